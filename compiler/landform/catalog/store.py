"""The catalog as the compiler sees it: a lazy view of three dated files, no network, no clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from landform.catalog.estimate import HOME, MEDIAN, between, stand_in
from landform.catalog.layout import ACCELERATOR, COLUMNS, OFFERINGS, PRICES, TYPES, decode_type, decode_zones
from landform.catalog.model import (
    CatalogError,
    InstanceType,
    Price,
    Region,
    Source,
    Zone,
)
from landform.catalog.rates import Rate
from landform.catalog.rates import rate as recorded_rate
from landform.catalog.slots import SLOTS

PACKAGED = Path(__file__).parent / "data"

_NOTHING: dict[str, Any] = {"usd_per_hour": {}}

_PRICED = {
    "on_demand": "on-demand prices",
    "spot": "spot prices",
    "managed": "SageMaker prices",
    "rates": "rates",
}
"""Part of prices.json → how its sources are called."""


def load(directory: Path | None = None) -> Catalog:
    """Open the packaged catalog, or one that `landform catalog refresh` wrote; the same object every time.

    Raises CatalogError where the folder holds no catalog that this version of landform can read.
    """
    return _open((directory or PACKAGED).resolve())


@lru_cache(maxsize=8)
def _open(directory: Path) -> Catalog:
    return Catalog(directory)


class Catalog:
    """Dated facts about regions, instance types and prices. Parts that nobody asks for are never read."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._types = self._read(TYPES)
        if self._types.get("columns") != COLUMNS:
            raise CatalogError(f"{directory / TYPES} is of another version of landform: refresh the catalog.")
        self._offerings = self._read(OFFERINGS)
        self.types: Mapping[str, InstanceType] = _TypeTable(self._types["types"])

    def _read(self, name: str) -> dict[str, Any]:
        path = self._directory / name
        try:
            table: dict[str, Any] = json.loads(path.read_bytes())
        except (OSError, ValueError) as reason:
            raise CatalogError(f"{path} is no part of a catalog: {reason}") from reason
        return table

    @property
    def date(self) -> str:
        """The ISO date of the oldest record of what exists and where (prices have dates of their own)."""
        recorded = [described["date"] for described in self._offerings["regions"].values()]
        return str(min(self._types["date"], *recorded))

    @cached_property
    def regions(self) -> Mapping[str, Region]:
        """Every recorded region by name."""
        return {
            name: Region(name, SLOTS[name], tuple(Zone(*zone) for zone in described["zones"]))
            for name, described in self._offerings["regions"].items()
        }

    def zones_of(self, type_name: str, region: str) -> tuple[str, ...]:
        """Name the zone ids that offer a type, sorted; none where it, or the region, is unknown."""
        column = self._columns.get(region)
        digits = self._offerings["offered"].get(type_name)
        if column is None or digits is None:
            return ()
        return decode_zones(digits[column], (zone.id for zone in self.regions[region].zones))

    def regions_of(self, type_name: str) -> tuple[str, ...]:
        """Name the regions that offer a type, sorted."""
        digits = self._offerings["offered"].get(type_name, "")
        return tuple(region for region, digit in zip(self._columns, digits, strict=False) if digit != "0")

    @cached_property
    def _columns(self) -> Mapping[str, int]:
        return {region: column for column, region in enumerate(self._offerings["regions"])}

    def price(self, type_name: str, region: str) -> Price | None:
        """Price an hour on demand; None where the type is not offered or nothing to go by is known."""
        if not self.zones_of(type_name, region):
            return None
        return self._priced(type_name, region, self.listed_prices)

    def managed_price(self, type_name: str, region: str) -> Price | None:
        """Price an hour of a SageMaker type, without its ``ml.``; of what EC2 offers in no zone too, for it differs."""
        return self._priced(type_name, region, self.listed_managed)

    def _priced(self, type_name: str, region: str, listed: Callable[[str], Mapping[str, float]]) -> Price | None:
        here = listed(region).get(type_name)
        if here is not None:
            return Price(here, estimated=False)
        at_home = listed(HOME).get(type_name)
        factors = self._prices["factors"].get(region)
        if at_home is None or factors is None:
            return None
        factor = factors.get(stand_in(type_name.partition(".")[0]), factors[MEDIAN])
        return Price(round(at_home * factor, 6), estimated=True)

    def rate(self, item: str, region: str) -> Rate | None:
        """Give what one of something costs that is no instance: as refreshed from AWS, as recorded, or estimated.

        An estimate lies between what is asked in us-east-1 and that times what instances cost more in the region.
        """
        return self._refreshed_rate(item, region) or recorded_rate(item, region) or self._estimated_rate(item, region)

    def _refreshed_rate(self, item: str, region: str) -> Rate | None:
        part = self._prices.get("rates", {}).get(region, _NOTHING)
        usd = part["usd_per_hour"].get(item)
        return usd and Rate(usd, "hour", part["date"], part["source"])

    def _estimated_rate(self, item: str, region: str) -> Rate | None:
        at_home = self._refreshed_rate(item, HOME) or recorded_rate(item, HOME)
        factors = self._prices["factors"].get(region)
        if at_home is None or factors is None:
            return None
        low, high = between(factors)
        source = f"{at_home.source}, of {HOME}; by what instances cost more or less in {region}"
        usd, most = at_home.usd * low, at_home.usd * high
        return Rate(usd, at_home.per, at_home.date, source, estimated=True, most=most)

    def is_refreshed(self, region: str) -> bool:
        """Tell whether a refresh has read the region: what is missing then, another one does not find either."""
        return region in self._prices.get("rates", {})

    def spot_range(self, type_name: str, region: str) -> tuple[float, float] | None:
        """Give the lowest and highest spot price of the region's zones, in USD an hour, where recorded."""
        if not self.zones_of(type_name, region):
            return None
        recorded = self._prices["spot"].get(region, _NOTHING)["usd_per_hour"].get(type_name)
        return recorded and (recorded[0], recorded[1])

    def listed_prices(self, region: str) -> Mapping[str, float]:
        """Give the region's on-demand prices that are no estimates, in USD an hour by type."""
        prices: dict[str, float] = self._prices["on_demand"].get(region, _NOTHING)["usd_per_hour"]
        return prices

    def listed_managed(self, region: str) -> Mapping[str, float]:
        """Give the listed prices of SageMaker's types in a region, in USD an hour by name without ``ml.``.

        What a catalog of before does not hold stands in the packaged one.
        """
        packaged, own = (of._prices.get("managed", {}).get(region, _NOTHING)["usd_per_hour"] for of in (load(), self))
        return {**packaged, **own}

    def listed_rates(self, region: str) -> Mapping[str, float]:
        """Give the region's rates as they were refreshed, in USD an hour."""
        rates: dict[str, float] = self._prices.get("rates", {}).get(region, _NOTHING)["usd_per_hour"]
        return rates

    def spot_ranges(self, region: str) -> Mapping[str, tuple[float, float]]:
        """Give the region's recorded spot ranges, in USD an hour by type."""
        ranges: dict[str, list[float]] = self._prices["spot"].get(region, _NOTHING)["usd_per_hour"]
        return {name: (low, high) for name, (low, high) in ranges.items()}

    @cached_property
    def _prices(self) -> dict[str, Any]:
        return self._read(PRICES)

    @cached_property
    def accelerated(self) -> tuple[InstanceType, ...]:
        """All types that have an accelerator; far cheaper than to look through all of `types`."""
        return tuple(self.types[name] for name, row in self._types["types"].items() if row[ACCELERATOR])

    def accelerator_names(self) -> tuple[str, ...]:
        """Name every accelerator that some type has, sorted."""
        return tuple(sorted({kind.accelerator.name for kind in self.accelerated if kind.accelerator}))

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Tell of each part when and where it was recorded."""
        offerings = {f"offerings {region}": _source(part) for region, part in self._offerings["regions"].items()}
        priced = {**self._prices, "managed": {**load()._prices["managed"], **self._prices.get("managed", {})}}
        prices = {
            f"{named} {region}": _source(part)
            for kind, named in _PRICED.items()
            for region, part in priced.get(kind, {}).items()
        }
        return {"instance types": _source(self._types), **offerings, **prices}

    @property
    def factors(self) -> Mapping[str, Mapping[str, float]]:
        """What sampled types cost in a region, over us-east-1."""
        factors: Mapping[str, Mapping[str, float]] = self._prices["factors"]
        return factors


def _source(part: Mapping[str, Any]) -> Source:
    return Source(part["date"], part["source"])


class _TypeTable(Mapping[str, InstanceType]):
    """Instance types by name, each read from its row when it is first asked for."""

    def __init__(self, rows: Mapping[str, list[Any]]) -> None:
        self._rows = rows
        self._read: dict[str, InstanceType] = {}

    def __getitem__(self, name: str) -> InstanceType:
        known = self._read.get(name)
        if known is None:
            known = self._read[name] = decode_type(name, self._rows[name])
        return known

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
