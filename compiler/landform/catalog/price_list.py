"""Which products of AWS's price list have the rates of `rates.py`, and how they are read from its answers.

A usage type bears a prefix of its region, but in us-east-1: ``EU-NatGateway-Hours``. Product families, usage types and
units as Infracost asks for them (github.com/infracost/infracost, internal/resources/aws, read 2026-11-30); those of
Lustre and of SageMaker as public readers of their lists do ("File system type", "Throughput capacity"; "ML Instance",
component Hosting; the same day), as do those of provisioned concurrency, which is listed by the second, and of Studio's
disks ("Serverless", "Storage").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from landform.catalog.rates import HOURS, Per

Product = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A rate: the service and family that its product is of, what its usage type is, and units of it in one of ours."""

    item: str
    service: str
    family: str
    usage: str
    per: Per
    each: float = 1
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def answered(self) -> tuple[str, str]:
        """What is asked for at once."""
        return self.service, self.family


def _storage(kind: str, usage: str = "") -> Asked:
    return Asked(f"{kind}-gib", "AmazonEC2", "Storage", f"EBS:VolumeUsage.{usage or kind}", "month")


def _operations(kind: str, usage: str = "") -> Asked:
    return Asked(f"{kind}-iops", "AmazonEC2", "System Operation", f"EBS:VolumeP-IOPS.{usage or kind}", "month")


def _lustre(speed: str) -> Asked:
    of = (("fileSystemType", "Lustre"), ("storageType", "SSD"), ("throughputCapacity", speed))
    return Asked(f"lustre-{speed}-gib", "AmazonFSx", "Storage", "", "month", attributes=of)


ASKED: Final = (
    Asked("nat-gateway", "AmazonEC2", "NAT Gateway", "NatGateway-Hours", "hour"),
    Asked("interface-endpoint", "AmazonVPC", "VpcEndpoint", "VpcEndpoint-Hours", "hour"),
    Asked("load-balancer", "AWSELB", "Load Balancer-Application", "LoadBalancerUsage", "hour"),
    *(_storage(*kind) for kind in (("gp3",), ("io1", "piops"), ("io2",), ("st1",), ("sc1",))),
    *(_operations(*kind) for kind in (("gp3",), ("io1", "piops"), ("io2",))),
    Asked("io2-iops-middle", "AmazonEC2", "System Operation", "EBS:VolumeP-IOPS.io2.tier2", "month"),
    Asked("io2-iops-last", "AmazonEC2", "System Operation", "EBS:VolumeP-IOPS.io2.tier3", "month"),
    Asked("gp3-mib", "AmazonEC2", "Provisioned Throughput", "EBS:VolumeP-Throughput.gp3", "month", 1 / 1024),
    Asked("ready-gib", "AWSLambda", "Serverless", "Lambda-Provisioned-Concurrency", "hour", 3_600),
    Asked("write-unit", "AmazonDynamoDB", "Provisioned IOPS", "WriteCapacityUnit-Hrs", "hour"),
    Asked("read-unit", "AmazonDynamoDB", "Provisioned IOPS", "ReadCapacityUnit-Hrs", "hour"),
    Asked("shard", "AmazonKinesis", "Kinesis Streams", "Storage-ShardHour", "hour"),
    Asked("stream-on-demand", "AmazonKinesis", "Kinesis Streams", "OnDemand-StreamHour", "hour"),
    Asked("alarm-metric", "AmazonCloudWatch", "Alarm", "CW:AlarmMonitorUsage", "month"),
    Asked("composite-alarm", "AmazonCloudWatch", "Alarm", "CW:CompositeAlarmMonitorUsage", "month"),
    *(_lustre(speed) for speed in ("125", "250", "500", "1000")),
    Asked("studio-gib", "AmazonSageMaker", "Storage", "Studio:VolumeUsage.gp3", "month"),
)
"""Rates that a refresh reads; the others hold everywhere, or no filter for them is known."""

REFRESHED: Final = frozenset(asked.item for asked in ASKED)

_HOURS: Final = ("hrs", "hours")


def rates(pricing: Any, region: str) -> dict[str, float]:
    """Read a region's rates: USD an hour, of what AWS asks something for there."""
    found: dict[str, float] = {}
    for service, family in sorted({asked.answered for asked in ASKED}):
        products = list(_products(pricing, service, productFamily=family, regionCode=region))
        for asked in (each for each in ASKED if each.answered == (service, family)):
            usd = next((usd for product in products if (usd := _priced(asked, product))), None)
            found |= {asked.item: usd} if usd else {}
    return found


def managed(pricing: Any, region: str) -> dict[str, float]:
    """Read what SageMaker's types cost an hour as endpoints: USD by name, without ``ml.``."""
    products = _products(
        pricing, "AmazonSageMaker", productFamily="ML Instance", component="Hosting", regionCode=region
    )
    found: dict[str, float] = {}
    for product in products:
        name = str(product["product"]["attributes"].get("instanceName", "")).removeprefix("ml.")
        for unit, usd in _dimensions(product):
            if name and usd > 0 and unit.lower() in _HOURS:
                found.setdefault(name, usd)
    return found


def _products(pricing: Any, service: str, **filters: str) -> Iterator[Product]:
    wanted = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in filters.items()]
    pages = pricing.get_paginator("get_products").paginate(ServiceCode=service, Filters=wanted)
    yield from (json.loads(text) for page in pages for text in page["PriceList"])


def _priced(asked: Asked, product: Product) -> float | None:
    """Return USD an hour of what is asked for, where this is its product; what is free for a while costs nothing."""
    attributes = product["product"]["attributes"]
    usage = re.sub(r"^([A-Z]{3}\d|EU)-", "", attributes.get("usagetype", ""))
    if asked.usage and usage != asked.usage:
        return None
    if any(attributes.get(name) != value for name, value in asked.attributes):
        return None
    # Of several the dearest comes first: the more one has, the cheaper, but for what is free.
    most = max((usd for _, usd in _dimensions(product)), default=0)
    return round(most * asked.each / (HOURS if asked.per == "month" else 1), 9) if most else None


def _dimensions(product: Product) -> Iterable[tuple[str, float]]:
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            yield dimension["unit"], float(dimension["pricePerUnit"].get("USD", 0))
