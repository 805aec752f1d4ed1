"""Dated facts: regions and zones, instance types, where they are offered, what they cost."""

from landform.catalog.model import (
    Accelerator,
    CatalogError,
    InstanceType,
    LocalDisks,
    Price,
    Region,
    Source,
    Zone,
)
from landform.catalog.store import Catalog, load

__all__ = [
    "Accelerator",
    "Catalog",
    "CatalogError",
    "InstanceType",
    "LocalDisks",
    "Price",
    "Region",
    "Source",
    "Zone",
    "load",
]
