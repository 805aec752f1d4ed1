"""The facts in the form in which they are gathered: from a record, from AWS, or from a catalog to renew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from landform.catalog.model import Source
from landform.catalog.store import Catalog

_KEPT: Final = "; what it lacks is of "


@dataclass(frozen=True, slots=True)
class Offerings:
    """The zones of a region as (id, name), and for each instance type the ids of those that offer it."""

    source: Source
    zones: tuple[tuple[str, str], ...]
    zones_by_type: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Listed:
    """Listed prices of a region, by instance type or by what has a rate, in USD an hour."""

    source: Source
    usd_per_hour: Mapping[str, float]

    def over(self, before: Listed | None) -> Listed:
        """Lay these prices over those of before: what is listed no longer, or not read, stays and is told of."""
        kept = (
            {name: usd for name, usd in before.usd_per_hour.items() if name not in self.usd_per_hour} if before else {}
        )
        if before is None or not kept:
            return self
        origin = before.source.origin.partition(_KEPT)[2] or f"{before.source.date}, {before.source.origin}"
        return Listed(Source(self.source.date, f"{self.source.origin}{_KEPT}{origin}"), {**kept, **self.usd_per_hour})


@dataclass(frozen=True, slots=True)
class Spot:
    """Lowest and highest spot price over the zones of a region, by instance type, in USD an hour."""

    source: Source
    usd_per_hour: Mapping[str, tuple[float, float]]


def offerings_of(catalog: Catalog) -> dict[str, Offerings]:
    """Give what a catalog knows of every region's offerings."""
    return {
        name: Offerings(
            catalog.sources[f"offerings {name}"],
            tuple((zone.id, zone.name) for zone in region.zones),
            {kind: zones for kind in catalog.types if (zones := catalog.zones_of(kind, name))},
        )
        for name, region in catalog.regions.items()
    }


def on_demand_of(catalog: Catalog) -> dict[str, Listed]:
    """Give a catalog's listed on-demand prices, estimates left out."""
    return {
        name: Listed(catalog.sources[f"on-demand prices {name}"], prices)
        for name in catalog.regions
        if (prices := catalog.listed_prices(name))
    }


def managed_of(catalog: Catalog) -> dict[str, Listed]:
    """Give a catalog's listed prices of SageMaker's types, by their names without ``ml.``."""
    return {
        name: Listed(catalog.sources[f"SageMaker prices {name}"], prices)
        for name in catalog.regions
        if (prices := catalog.listed_managed(name))
    }


def rates_of(catalog: Catalog) -> dict[str, Listed]:
    """Give a catalog's rates of what is no instance, of every refreshed region."""
    return {
        name: Listed(catalog.sources[f"rates {name}"], catalog.listed_rates(name))
        for name in catalog.regions
        if catalog.is_refreshed(name)
    }


def spot_of(catalog: Catalog) -> dict[str, Spot]:
    """Give a catalog's spot ranges."""
    return {
        name: Spot(catalog.sources[f"spot prices {name}"], ranges)
        for name in catalog.regions
        if (ranges := catalog.spot_ranges(name))
    }
