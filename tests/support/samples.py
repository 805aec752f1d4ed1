"""The samples, in three lots: what rehearses one does not wait for the others."""

LARGE = ("fraud-detection", "training-platform")
WIDE = ("clickstream", "nightly", "recommender")
SMALL = ("console", "ingest", "quickstart", "returns", "shared-files", "studio")
