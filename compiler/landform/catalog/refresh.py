"""Read the catalog's facts from AWS: instance types, where they are offered, what they cost.

Needs these permissions and changes nothing: ec2:DescribeAvailabilityZones, ec2:DescribeInstanceTypes,
ec2:DescribeInstanceTypeOfferings, ec2:DescribeSpotPriceHistory, pricing:GetProducts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from landform.catalog import encode, layout, price_list
from landform.catalog.describe import instance_type, is_wanted
from landform.catalog.estimate import is_spot_market
from landform.catalog.model import CatalogError, InstanceType, Source
from landform.catalog.records import (
    Listed,
    Offerings,
    Spot,
    managed_of,
    offerings_of,
    on_demand_of,
    rates_of,
    spot_of,
)
from landform.catalog.slots import SLOTS
from landform.catalog.store import Catalog

# The price list is served in three regions and covers all of them.
_PRICING_ENDPOINT = "us-east-1"


class Session(Protocol):
    """What is needed of a boto3.Session."""

    def client(self, service_name: str, *, region_name: str) -> Any:
        """Make a client of a service in a region."""


def refresh(
    base: Catalog,
    regions: Sequence[str],
    session: Session,
    now: datetime,
    progress: Callable[[str], None],
) -> dict[str, str]:
    """Make the files of a catalog in which these regions are as AWS says, and all others as `base` says.

    Raises CatalogError for a region without a slot; what boto3 raises (no credentials, a region that the
    account has not enabled) passes through.
    """
    unknown = [region for region in regions if region not in SLOTS]
    if unknown:
        raise CatalogError(f"no such region: {', '.join(unknown)}. Known are {', '.join(sorted(SLOTS))}.")
    today = now.date().isoformat()
    described: dict[str, InstanceType] = {}
    offerings, on_demand, spot = offerings_of(base), on_demand_of(base), spot_of(base)
    managed, rates = managed_of(base), rates_of(base)
    for region in regions:
        progress(f"{region}: instance types and offerings")
        ec2 = session.client("ec2", region_name=region)
        described |= _types(ec2)
        offerings[region] = _offerings(ec2, today)
        progress(f"{region}: prices")
        pricing = session.client("pricing", region_name=_PRICING_ENDPOINT)
        if listed := price_list.on_demand(pricing, region):
            on_demand[region] = Listed(Source(today, "AWS Price List, Linux on demand"), listed)
        if machines := price_list.managed(pricing, region):
            fresh = Listed(Source(today, "AWS Price List, AmazonSageMaker"), machines)
            managed[region] = fresh.over(managed.get(region))
        asked, unread = price_list.rates(pricing, region)
        rates[region] = Listed(Source(today, "AWS Price List"), asked).over(rates.get(region))
        for reason in unread:
            progress(f"{region}: {reason}")
        if ranges := _spot(ec2, offerings[region], on_demand.get(region), now):
            spot[region] = Spot(Source(today, "EC2 DescribeSpotPriceHistory, Linux"), ranges)
    types = _offered({**base.types, **described}, offerings.values())
    return {
        layout.TYPES: encode.encode_types(types.values(), _types_source(base, types, described, today)),
        layout.OFFERINGS: encode.encode_offerings(offerings, types),
        layout.PRICES: encode.encode_prices(on_demand, spot, base.factors, managed, rates),
    }


def _offered(types: Mapping[str, InstanceType], offerings: Iterable[Offerings]) -> dict[str, InstanceType]:
    offered = set().union(*(part.zones_by_type for part in offerings))
    return {name: kind for name, kind in types.items() if name in offered}


def _types_source(
    base: Catalog, types: Mapping[str, InstanceType], described: Mapping[str, InstanceType], today: str
) -> Source:
    """Date the types: from today only where AWS described every one of them."""
    if types.keys() <= described.keys():
        return Source(today, "EC2 DescribeInstanceTypes")
    return base.sources["instance types"]


def _types(ec2: Any) -> dict[str, InstanceType]:
    pages = ec2.get_paginator("describe_instance_types").paginate()
    entries = (entry for page in pages for entry in page["InstanceTypes"])
    return {entry["InstanceType"]: instance_type(entry) for entry in entries if is_wanted(entry)}


def _offerings(ec2: Any, today: str) -> Offerings:
    zones = _zones(ec2)
    ids = {zone for zone, _ in zones}
    zones_by_type: dict[str, list[str]] = defaultdict(list)
    pages = ec2.get_paginator("describe_instance_type_offerings").paginate(LocationType="availability-zone-id")
    for offering in (entry for page in pages for entry in page["InstanceTypeOfferings"]):
        if offering["Location"] in ids:
            zones_by_type[offering["InstanceType"]].append(offering["Location"])
    source = Source(today, "EC2 DescribeInstanceTypeOfferings")
    return Offerings(source, zones, {name: tuple(sorted(found)) for name, found in zones_by_type.items()})


def _zones(ec2: Any) -> tuple[tuple[str, str], ...]:
    """List the region's zones proper: neither local nor wavelength zones."""
    proper = [{"Name": "zone-type", "Values": ["availability-zone"]}]
    answer = ec2.describe_availability_zones(Filters=proper)
    return tuple(sorted((zone["ZoneId"], zone["ZoneName"]) for zone in answer["AvailabilityZones"]))


def _spot(ec2: Any, offerings: Offerings, on_demand: Listed | None, now: datetime) -> dict[str, tuple[float, float]]:
    """Take the price in force now in each zone; a history that starts now holds just that."""
    zone_names = {name for _, name in offerings.zones}
    prices: dict[str, list[float]] = defaultdict(list)
    history = ec2.get_paginator("describe_spot_price_history")
    for page in history.paginate(ProductDescriptions=["Linux/UNIX"], StartTime=now):
        for entry in page["SpotPriceHistory"]:
            if entry["AvailabilityZone"] in zone_names:
                prices[entry["InstanceType"]].append(float(entry["SpotPrice"]))
    listed = on_demand.usd_per_hour if on_demand else {}
    return {
        name: (min(found), max(found)) for name, found in prices.items() if is_spot_market(min(found), listed.get(name))
    }
