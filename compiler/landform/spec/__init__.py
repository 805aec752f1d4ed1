"""The language: one file of models for each section."""
