"""Build the packaged catalog: ``python -m landform.catalog.build --material DIR``.

Offline and repeatable. In: moto's package data (recorded DescribeInstanceTypes and
DescribeInstanceTypeOfferings) and the price tables in `material/`. Out: the files in `data/`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

from landform.catalog import encode, layout
from landform.catalog.describe import instance_type, is_wanted
from landform.catalog.estimate import MEDIAN, is_spot_market
from landform.catalog.model import CatalogError, InstanceType, Source
from landform.catalog.rates import MANAGED_LIST
from landform.catalog.records import Listed, Offerings, Spot
from landform.catalog.slots import SLOTS
from landform.catalog.store import PACKAGED

MATERIAL = Path(__file__).parent / "material"

# moto does not say when it recorded what it holds: the day its wheel was made is the latest it can be.
_MOTO_MADE = {"5.2.5": "2026-10-27"}

_ON_DEMAND = Source("2026-07-20", "Karpenter's table of AWS's price list, Linux on demand")
# What a type costs is the same for endpoints, jobs and apps, to within a cent, and some are rounded to one.
_MANAGED = Source("2026-09-27", MANAGED_LIST)
# The sample does not tell its day.
_SAMPLE = Source("2026", "SkyPilot's catalog, 13 types that stand for their families")


def build(material: Path) -> dict[str, str]:
    """Make the catalog's files, by name. Raises CatalogError for a moto or a region that nobody has dated."""
    recorded = _moto_source()
    types = {
        entry["InstanceType"]: instance_type(entry)
        for entry in _moto_json("instance_types.json.gz").values()
        if is_wanted(entry)
    }
    sample = list(_rows(material / "regional-sample.csv"))
    on_demand = _sampled_on_demand(sample)
    listed = {
        row["instance_type"]: float(row["usd_per_hour"])
        for row in _rows(material / "on-demand-us-east-1.csv")
        if row["instance_type"] in types
    }
    return {
        layout.TYPES: encode.encode_types(types.values(), recorded),
        layout.OFFERINGS: encode.encode_offerings(_offerings(types, recorded), types),
        layout.PRICES: encode.encode_prices(
            {region: Listed(_SAMPLE, prices) for region, prices in on_demand.items()}
            | {"us-east-1": Listed(_ON_DEMAND, listed)},
            {region: Spot(_SAMPLE, prices) for region, prices in _sampled_spot(sample).items()},
            _regional_factors(on_demand),
            {"us-east-1": Listed(_MANAGED, _managed(material))},
            {},
        ),
    }


def _managed(material: Path) -> dict[str, float]:
    rows = _rows(material / "sagemaker-us-east-1.csv")
    return {row["instance_type"]: float(row["usd_per_hour"]) for row in rows}


def _moto_source() -> Source:
    moto = version("moto")
    if moto not in _MOTO_MADE:
        raise CatalogError(f"the day that moto {moto} was made is unknown: add it to _MOTO_MADE.")
    return Source(_MOTO_MADE[moto], f"EC2's answers as recorded in moto {moto}")


def _moto_json(name: str) -> Any:
    return json.loads(gzip.decompress((files("moto") / "ec2" / "resources" / name).read_bytes()))


def _offerings(types: dict[str, InstanceType], source: Source) -> dict[str, Offerings]:
    folder = files("moto") / "ec2" / "resources" / "instance_type_offerings"
    regions = sorted(path.name.removesuffix(".json.gz") for path in (folder / "region").iterdir())
    unplaced = [region for region in regions if region not in SLOTS]
    if unplaced:
        raise CatalogError(f"regions without a place in slots.py: {', '.join(unplaced)}")
    return {region: Offerings(source, _zones(region), _zones_by_type(region, types)) for region in regions}


def _zones_by_type(region: str, types: dict[str, InstanceType]) -> dict[str, tuple[str, ...]]:
    zones = defaultdict(list)
    for kind, zone in _located("availability-zone-id", region):
        if kind in types:
            zones[kind].append(zone)
    return {kind: tuple(sorted(offering)) for kind, offering in zones.items()}


def _zones(region: str) -> tuple[tuple[str, str], ...]:
    """Pair zone ids and names as moto's own zones do; a zone that moto's lacks has the one name left over."""
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

    names = {zone.zone_id: zone.name for zone in RegionsAndZonesBackend.zones[region]}
    ids = {zone for _, zone in _located("availability-zone-id", region)}
    spare = sorted({zone for _, zone in _located("availability-zone", region)} - set(names.values()))
    unnamed = sorted(ids - set(names))
    if len(unnamed) != len(spare) or len(unnamed) > 1:
        raise CatalogError(f"zone ids {unnamed} of {region} cannot be told apart among {spare}")
    return tuple((zone, names.get(zone) or spare[0]) for zone in sorted(ids))


def _located(kind: str, region: str) -> Iterator[tuple[str, str]]:
    for offering in _moto_json(f"instance_type_offerings/{kind}/{region}.json.gz"):
        yield offering["InstanceType"], offering["Location"]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)


def _sampled_on_demand(sample: list[dict[str, str]]) -> dict[str, dict[str, float]]:
    prices: dict[str, dict[str, float]] = defaultdict(dict)
    for row in sample:
        # An empty cell is unknown, not "not offered".
        if row["on_demand_usd"]:
            prices[row["region"]][row["instance_type"]] = float(row["on_demand_usd"])
    return dict(prices)


def _regional_factors(sample: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Divide each region's prices (by sampled type) by those of us-east-1."""
    at_home = sample["us-east-1"]
    factors = {}
    for region, prices in sample.items():
        ratios = {name: round(price / at_home[name], 6) for name, price in prices.items() if name in at_home}
        if ratios:
            factors[region] = {**ratios, MEDIAN: round(median(ratios.values()), 6)}
    return factors


def _sampled_spot(sample: list[dict[str, str]]) -> dict[str, dict[str, tuple[float, float]]]:
    prices: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for row in sample:
        if not row["spot_min_usd"] or _has_local_zone(row["zone_ids"]):
            continue
        low, high = float(row["spot_min_usd"]), float(row["spot_max_usd"])
        if is_spot_market(low, float(row["on_demand_usd"]) if row["on_demand_usd"] else None):
            prices[row["region"]][row["instance_type"]] = (low, high)
    return dict(prices)


def _has_local_zone(zone_ids: str) -> bool:
    """Tell whether a range mixes in local zones (``use1-atl2-az1``), whose prices pull its low end down."""
    return any(not re.fullmatch(r"[a-z]+\d-az\d", zone) for zone in zone_ids.split())


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the packaged catalog, or another folder."""
    parser = argparse.ArgumentParser(prog="python -m landform.catalog.build", description=__doc__)
    parser.add_argument("--material", type=Path, default=MATERIAL, help="folder of the price tables")
    parser.add_argument("--out", type=Path, default=PACKAGED, help="folder to write")
    options = parser.parse_args(arguments)
    encode.write(build(options.material), options.out)


if __name__ == "__main__":
    main()
