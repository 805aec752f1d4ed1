"""The samples, in lots: what rehearses one does not wait for the others."""

LARGE = ("fraud-detection", "training-platform")
WIDE = ("clickstream", "nightly", "recommender")
SMALL = ("console", "ingest", "quickstart", "returns", "shared-files", "studio")
LOOP = ("credit",)
"""Rehearsed by `rehearse --loop`, which applies all of it, plays the story, and plans again."""

ALL = (*LARGE, *WIDE, *SMALL, *LOOP)
