"""The catalog's files: JSON with one entry a line, so that a refresh can be reviewed as a diff.

types.json      {"date", "source", "columns", "types": {name: [value of each column]}}
offerings.json  {"regions": {name: {"date", "source", "zones": [[id, name, thin]]}},
                 "offered": {type: digits}}
                 (a digit for each region, in their order: bit n of its place in `DIGITS` is the n-th zone)
prices.json     {"on_demand" | "spot" | "managed" | "rates":
                 {region: {"date", "source", "usd_per_hour": {type: price}}}, "factors"}
                 ("managed" are SageMaker's types; "rates" of what is no instance, and none but refreshed ones)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from landform.catalog.model import Accelerator, InstanceType, LocalDisks

TYPES, OFFERINGS, PRICES = "types.json", "offerings.json", "prices.json"

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"

MAX_ZONES = 6
"""As many zones as a digit has bits; us-east-1 has six, no region has more (2026)."""

COLUMNS = [field.name for field in fields(InstanceType)][1:]

ACCELERATOR, DISKS = COLUMNS.index("accelerator"), COLUMNS.index("disks")


def decode_type(name: str, row: list[Any]) -> InstanceType:
    """Read a row of types.json, whose values stand in the order of `COLUMNS`."""
    if row[ACCELERATOR] or row[DISKS]:
        row = row.copy()
        row[ACCELERATOR] = row[ACCELERATOR] and Accelerator(*row[ACCELERATOR])
        row[DISKS] = row[DISKS] and LocalDisks(*row[DISKS])
    return InstanceType(name, *row)


def decode_zones(digit: str, zones: Iterable[str]) -> tuple[str, ...]:
    """Name the zones, given in the order of their ids, that a digit of offerings.json stands for."""
    mask = DIGITS.index(digit)
    return tuple(zone for n, zone in enumerate(zones) if mask >> n & 1)
