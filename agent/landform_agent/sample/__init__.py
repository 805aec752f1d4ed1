"""A real data set for a first look; README.md beside this file says whose."""
