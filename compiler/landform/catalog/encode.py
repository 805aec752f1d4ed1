"""Write the catalog's files (`layout.py` says what stands in them): the same facts, the same bytes."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

from landform.catalog.layout import COLUMNS, DIGITS, MAX_ZONES
from landform.catalog.model import CatalogError, InstanceType, Source
from landform.catalog.records import Listed, Offerings, Spot


def encode_types(types: Iterable[InstanceType], source: Source) -> str:
    """Write types.json."""
    rows = {kind.name: list(astuple(kind))[1:] for kind in types}
    return _document({**_stamp(source), "columns": COLUMNS, "types": _Lines(rows)})


def encode_offerings(offerings: Mapping[str, Offerings], types: Iterable[str]) -> str:
    """Write offerings.json for these types."""
    regions = sorted(offerings)
    described = {region: {**_stamp(offerings[region].source), "zones": _zones(offerings[region])} for region in regions}
    offered = {name: "".join(_digit(offerings[region], name) for region in regions) for name in types}
    return _document({"regions": _Lines(described), "offered": _Lines(offered)})


def _zones(offerings: Offerings) -> list[list[Any]]:
    sizes = {zone: sum(zone in zones for zones in offerings.zones_by_type.values()) for zone, _ in offerings.zones}
    fullest = max(sizes.values())
    return [[zone, name, sizes[zone] < fullest / 2] for zone, name in sorted(offerings.zones)]


def _digit(offerings: Offerings, type_name: str) -> str:
    offering = offerings.zones_by_type.get(type_name, ())
    if len(offerings.zones) > MAX_ZONES:
        raise CatalogError(f"a region has {len(offerings.zones)} zones; offerings.json has room for {MAX_ZONES}")
    return DIGITS[sum(1 << n for n, (zone, _) in enumerate(sorted(offerings.zones)) if zone in offering)]


def encode_prices(
    on_demand: Mapping[str, Listed],
    spot: Mapping[str, Spot],
    factors: Mapping[str, Mapping[str, float]],
    managed: Mapping[str, Listed],
    rates: Mapping[str, Listed],
) -> str:
    """Write prices.json."""
    return _document(
        {
            "on_demand": {region: _listed(prices) for region, prices in sorted(on_demand.items())},
            "spot": {region: _listed(prices) for region, prices in sorted(spot.items())},
            "managed": {region: _listed(prices) for region, prices in sorted(managed.items())},
            "rates": {region: _listed(prices) for region, prices in sorted(rates.items())},
            "factors": _Lines(factors),
        }
    )


def _listed(prices: Listed | Spot) -> dict[str, Any]:
    return {**_stamp(prices.source), "usd_per_hour": _Lines(prices.usd_per_hour)}


def _stamp(source: Source) -> dict[str, str]:
    return {"date": source.date, "source": source.origin}


class _Lines(dict[str, Any]):
    """A map that stands in the file with one entry a line, in the order of its keys."""


def _document(value: Mapping[str, Any]) -> str:
    return _text(value) + "\n"


def _text(value: Any) -> str:
    if isinstance(value, _Lines):
        entries = [f"{json.dumps(key)}: {_compact(value[key])}" for key in sorted(value)]
    elif isinstance(value, dict):
        entries = [f"{json.dumps(key)}: {_text(item)}" for key, item in value.items()]
    else:
        return _compact(value)
    return "{\n" + ",\n".join(entries) + "\n}" if entries else "{}"


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def write(files: Mapping[str, str], directory: Path) -> None:
    """Put a catalog's files in place of `directory`'s, which stay whole until the new ones are."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix=f".{directory.name}-") as scratch:
        fresh, old = Path(scratch, "new"), Path(scratch, "old")
        fresh.mkdir()
        for name, text in files.items():
            (fresh / name).write_text(text, encoding="utf-8", newline="\n")
        if directory.exists():
            for other in directory.iterdir():
                if other.name not in files:
                    raise CatalogError(f"{directory} holds {other.name}, which is no part of a catalog")
            directory.rename(old)
        fresh.rename(directory)
        shutil.rmtree(old, ignore_errors=True)
