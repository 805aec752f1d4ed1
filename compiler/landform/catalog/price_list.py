"""Which products of AWS's price list have the rates of `rates.py`, and how they are read from its answers.

A usage type bears a prefix of its region, but in us-east-1: ``EU-NatGateway-Hours``. Product families, usage types and
operations as Infracost asks for them (github.com/infracost/infracost, internal/resources/aws, read 2026-11-30). Those
of Lustre and of io2 beyond its first rate, and all units, as public readers of the list met them (the same day).
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
    """A rate: what its product is, and the units in which the list has it, `each` of which make one of ours.

    `attributes` are those of the product besides; a unit is written in more than one way: ``GB-Mo``, ``GB-month``.
    """

    item: str
    service: str
    family: str
    usage: str
    units: tuple[str, ...]
    per: Per
    each: float = 1
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> tuple[str, str]:
        """What is asked for at once: a service's products of a family."""
        return self.service, self.family


_HOURLY: Final = ("Hrs", "Hours")
_GB: Final = ("GB-Mo", "GB-month")
_IOPS: Final = ("IOPS-Mo",)


def _storage(kind: str, usage: str = "") -> Asked:
    return Asked(f"{kind}-gib", "AmazonEC2", "Storage", f"EBS:VolumeUsage.{usage or kind}", _GB, "month")


def _operations(item: str, usage: str) -> Asked:
    return Asked(item, "AmazonEC2", "System Operation", f"EBS:VolumeP-IOPS.{usage}", _IOPS, "month")


def _lustre(kind: str, usage: str) -> Asked:
    of = (("operation", "CreateFileSystem:Lustre"),)
    return Asked(f"lustre-{kind}-gib", "AmazonFSx", "Storage", usage, _GB, "month", attributes=of)


def _stream(item: str, usage: str, *units: str, operation: str = "") -> Asked:
    of = (("operation", operation),) if operation else ()
    return Asked(item, "AmazonKinesis", "Kinesis Streams", usage, (*units, *_HOURLY), "hour", attributes=of)


def _capacity(verb: str) -> Asked:
    unit = f"{verb}CapacityUnit-Hrs"
    return Asked(f"{verb.lower()}-unit", "AmazonDynamoDB", "Provisioned IOPS", unit, (unit,), "hour")


def _ready(item: str, suffix: str) -> Asked:
    """Of a GiB that stands ready for a second."""
    group = (("group", f"AWS-Lambda-Provisioned-Concurrency{suffix}"),)
    return Asked(item, "AWSLambda", "Serverless", "", ("Lambda-GB-Second",), "hour", 3600, group)


ASKED: Final = (
    Asked("nat-gateway", "AmazonEC2", "NAT Gateway", "NatGateway-Hours", _HOURLY, "hour"),
    Asked("interface-endpoint", "AmazonVPC", "VpcEndpoint", "VpcEndpoint-Hours", _HOURLY, "hour"),
    Asked("load-balancer", "AWSELB", "Load Balancer-Application", "LoadBalancerUsage", _HOURLY, "hour"),
    *(_storage(*kind) for kind in (("gp3",), ("io1", "piops"), ("io2",), ("st1",), ("sc1",))),
    *(_operations(f"{kind}-iops", usage) for kind, usage in (("gp3", "gp3"), ("io1", "piops"), ("io2", "io2"))),
    _operations("io2-iops-middle", "io2.tier2"),
    _operations("io2-iops-last", "io2.tier3"),
    Asked(
        "gp3-mib",
        "AmazonEC2",
        "Provisioned Throughput",
        "EBS:VolumeP-Throughput.gp3",
        ("GiBps-mo",),
        "month",
        1 / 1024,
    ),
    _capacity("Write"),
    _capacity("Read"),
    _stream("shard", "Storage-ShardHour", "ShardHour", operation="shardHourStorage"),
    _stream("stream-on-demand", "OnDemand-StreamHour", "StreamHr", "StreamHour"),
    _stream("shard-consumer", "EnhancedFanoutHour", "ConsumerShardHour", operation="ConsumerHour"),
    Asked("alarm-metric", "AmazonCloudWatch", "Alarm", "CW:AlarmMonitorUsage", ("Alarms",), "month"),
    Asked("composite-alarm", "AmazonCloudWatch", "Alarm", "CW:CompositeAlarmMonitorUsage", ("Alarms",), "month"),
    Asked("metric", "AmazonCloudWatch", "Metric", "CW:MetricMonitorUsage", ("Metrics",), "month"),
    _lustre("scratch", "Storage"),
    *(_lustre(speed, f"Storage.SSD.{speed}") for speed in ("125", "250", "500", "1000")),
    Asked("efs-mib", "AmazonEFS", "Provisioned Throughput", "ProvisionedTP-MiBpsHrs", ("MiBps-Mo",), "month"),
    _ready("ready-x86_64-gib", ""),
    _ready("ready-arm64-gib", "-ARM"),
    Asked("studio-gib", "AmazonSageMaker", "Storage", "Studio:VolumeUsage.gp3", _GB, "month"),
)
"""Rates that a refresh reads; the others hold everywhere, or no filter for them is known."""

REFRESHED: Final = frozenset(asked.item for asked in ASKED)

_LINUX: Final = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
}
"""Of the many prices of a type, the one for plain Linux on shared hardware, billed by the hour."""

_MACHINES: Final = ("Studio:JupyterLab-", "Train:", "Host:")
"""How usage types of SageMaker's machines begin: of an app, a job, an endpoint. They cost the same to within a cent.

The last that a type has counts: it is the one that stands. Machines of notebooks by themselves may cost less.
"""


def on_demand(pricing: Any, region: str) -> dict[str, float]:
    """Read what a region's instance types cost an hour on demand: USD by type."""
    products = _products(pricing, "AmazonEC2", **_LINUX, regionCode=region)
    found = (
        (product["product"]["attributes"]["instanceType"], usd)
        for product in products
        for usd in _paid(product, _HOURLY)
    )
    return dict(found)


def managed(pricing: Any, region: str) -> dict[str, float]:
    """Read what SageMaker's types cost an hour: USD by name, without ``ml.``."""
    by_use: dict[str, dict[str, float]] = {use: {} for use in _MACHINES}
    for product in _products(pricing, "AmazonSageMaker", productFamily="ML Instance", regionCode=region):
        use, _, name = _usage(product).partition("ml.")
        if use in by_use and (usd := max(_paid(product, _HOURLY), default=0.0)):
            by_use[use][name] = usd
    return {name: usd for machines in by_use.values() for name, usd in machines.items()}


def rates(pricing: Any, region: str) -> tuple[dict[str, float], list[str]]:
    """Read a region's rates: USD an hour, of what AWS asks something for there; and what could not be read, as told."""
    found: dict[str, float] = {}
    unread: list[str] = []
    for query in sorted({asked.query for asked in ASKED}):
        service, family = query
        products = list(_products(pricing, service, productFamily=family, regionCode=region))
        for asked in (each for each in ASKED if each.query == query):
            usd, problem = _one(asked, [product for product in products if _is(asked, product)])
            if usd:
                found[asked.item] = usd
            if problem:
                unread.append(problem)
    return found, unread


def _one(asked: Asked, products: Iterable[Product]) -> tuple[float | None, str]:
    """Return USD an hour of what is asked for; of products that differ, or are counted otherwise, the reason too."""
    # Of several tiers the dearest comes first: the more one has, the cheaper, but for what is free for a while.
    dearest = [(product, max(_paid(product, asked.units), default=0.0)) for product in products]
    prices = sorted({usd for _, usd in dearest if usd})
    if len(prices) > 1:
        return None, f"{asked.item} is left as it was: {', '.join(map(str, prices))} USD are asked for it"
    strange = sorted({unit for product, usd in dearest if not usd for unit, asks in _dimensions(product) if asks})
    if strange:
        return None, f"{asked.item} is left as it was: it is counted in {', '.join(strange)}"
    hours = HOURS if asked.per == "month" else 1
    return (round(prices[0] * asked.each / hours, 12) if prices else None), ""


def _is(asked: Asked, product: Product) -> bool:
    attributes = product["product"]["attributes"]
    named = not asked.usage or _usage(product) == asked.usage
    return named and all(attributes.get(name) == value for name, value in asked.attributes)


def _usage(product: Product) -> str:
    """Return a product's usage type, without what it bears of its region."""
    return re.sub(r"^([A-Z]{3}\d|EU)-", "", product["product"]["attributes"].get("usagetype", ""))


def _products(pricing: Any, service: str, **filters: str) -> Iterator[Product]:
    wanted = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in filters.items()]
    pages = pricing.get_paginator("get_products").paginate(ServiceCode=service, Filters=wanted)
    yield from (json.loads(text) for page in pages for text in page["PriceList"])


def _paid(product: Product, units: Iterable[str]) -> Iterator[float]:
    """Yield what a product costs in one of these units, tier by tier, but what is free."""
    known = {unit.lower() for unit in units}
    yield from (usd for unit, usd in _dimensions(product) if usd > 0 and unit.lower() in known)


def _dimensions(product: Product) -> Iterator[tuple[str, float]]:
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            yield dimension["unit"], float(dimension["pricePerUnit"].get("USD", 0))
