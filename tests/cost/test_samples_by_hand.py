"""What every sample costs, reckoned by hand: entry by entry, from prices that stand here and in no table of landform's.

A month has 730 hours. Prices are AWS's own price list, as public repositories quote it: service, version (its date),
SKU where one is told. Where AWS's list was not at hand, the page stands that was.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from landform.cost import cost
from landform.diagnostics import dotted
from landform.pipeline import analyse
from landform.plan import Plan

ROOT = Path(__file__).parents[2]
H = 730
Ends = tuple[float, float]

# us-east-1, by the hour
NAT = 0.045  # AmazonEC2 20260831181331, M2YSHUBETB3JX4M4
ENDPOINT = 0.01  # Infracost, vpc_endpoint_test.golden at 0a8a5aaa
BALANCER = 0.0225  # AWSELB 20260831092255, 37CUWUT8GSNQEPUV
STREAM, READ, WRITE = 0.04, 0.00013, 0.00065  # Infracost, kinesis_stream and dynamodb_table at 01c59b17
# us-east-1, by the month
GP3 = 0.08  # AmazonEC2 20260831181331, JG3KUJMBRGHV3N8G
GP3_IOPS, GP3_MIB, IO2, IO2_IOPS = 0.005, 0.04, 0.125, 0.065  # Infracost, ebs_volume at 25994726
LUSTRE_125, LUSTRE_250 = 0.145, 0.21  # AmazonFSx, us-east-1 by a public reader; 0.21 in us-west-2 from 2026-06-01
SPACE = 0.112  # AmazonSageMaker, read 2026-09-27
NODE = (
    7 * 0.3
)  # seven metrics by the minute (Infracost, instance.go): AmazonCloudWatch 20260831092148, KG586CTNGQ4VRZKZ

# eu-west-1
NAT_EU = 0.048  # AmazonEC2 20260925174521, KFNSSCHWD43WZK2R
READY_EU = 0.000004646  # a GB-second of provisioned concurrency: AWS Pricing Calculator's lambda.json, read 2026-11-30
ENDPOINT_EU = 0.011  # AmazonVPC, read 2026-09-14, H37WJ97MHYGDXG2A
BALANCER_EU = 0.0252  # AWSELB, read 2026-09-14, T29JAP5UEZ7HXAM7
GP3_EU = 0.088  # AmazonEC2 20260910195514, TXACT7E3PV6ZX2NM
# What nobody has recorded costs there at least what it does in us-east-1, at the most as much more as an inf2.xlarge.
MOST_EU = 0.94775 / 0.7582  # SkyPilot's catalog, 2026

# everywhere
ADDRESS = 0.005  # an hour: AWS News Blog, 2023-07-28
KEY = 1.0  # a month: KMS pricing page
ALARM, COMPOSITE = 0.1, 0.5  # a month: AmazonCloudWatch 20260831092148, EVETVUGEN3MUTMXM; us-east-2 and ap-northeast-2
DASHBOARD = 3.0  # a month: AmazonCloudWatch 20260831092148, 8AWBXE5MPQY58BK4
FIREWALL = 5.0 + 4 * 1.0  # a month, with four groups of rules: awswaf 20260107213453
CHECK = 0.5 + 1.0  # a month, by TLS: Infracost, route53_health_check at 01c59b17
CANVAS = 1.9  # an hour: AWS, "Amazon SageMaker Canvas Pricing"

# Linux on demand, us-east-1, an hour: AWS's price list as Karpenter has it, 2026-07-20
G5_XLARGE, G5_2XLARGE, G5_12XLARGE, G5_16XLARGE, G5_24XLARGE = 1.006, 1.212, 5.672, 4.096, 8.144
T3_SMALL, T3_MEDIUM, T3_LARGE, T4G_SMALL = 0.0208, 0.0416, 0.0832, 0.0168
M6G_LARGE, C7I_LARGE, C6A_LARGE, C8INE_LARGE, M8AZN_LARGE = 0.077, 0.08925, 0.0765, 0.1701, 0.20646
M5DN_2XLARGE, M8IN_4XLARGE = 0.544, 1.33664
# At the lowest spot price of the zones, the same: SkyPilot's catalog, 2026. A g5.2xlarge as a g5.xlarge, size by size.
G5_XLARGE_SPOT = 0.4328
G5_2XLARGE_SPOT = G5_2XLARGE * G5_XLARGE_SPOT / G5_XLARGE

# In eu-west-1 as much more as the sampled type of the family asks there: SkyPilot's catalog, 2026
C_EU, M_EU, T_EU = 0.19152 / 0.1785, 0.2247 / 0.2016, 0.0456 / 0.0416
C6A_LARGE_EU_SPOT = C6A_LARGE * C_EU * 0.0886 / 0.19152

# SageMaker, us-east-1, an hour: AmazonSageMaker's price list, read 2026-09-27
ML_C5_LARGE, ML_C7I_XLARGE, ML_M5_LARGE, ML_M5_XLARGE, ML_M7I_4XLARGE, ML_T3_MEDIUM = (
    0.102,
    0.214,
    0.115,
    0.23,
    0.968,
    0.05,
)


def always(monthly: float) -> Ends:
    return monthly, monthly


def up_to(monthly: float) -> Ends:
    return 0, monthly


def watched(metrics: int, composites: int, dashboards: int) -> float:
    return metrics * ALARM + composites * COMPOSITE + dashboards * DASHBOARD


def both(*ends: Ends) -> Ends:
    return sum(low for low, _ in ends), sum(high for _, high in ends)


def estimated(monthly: float, most: float | None = None) -> Ends:
    """What is estimated in eu-west-1, of the least and the most of it."""
    return monthly, (monthly if most is None else most) * MOST_EU


TRACKED = 2 * ALARM  # to grow and to shrink: Application Auto Scaling user guide, "Target tracking scaling policies"
TRACKED_TABLE = 2 * 4 * ALARM  # reads and writes; two more each for what somebody else has changed
DRIVEN = 2 * 3 * ALARM  # to grow and to shrink by three metrics: modules/fleet/jobs.tf

# The agent's machine with its disk of 30 GiB and that of its state.
WATCH = always(T3_MEDIUM * H + (30 + 10) * GP3 + NODE)
LOOP = always(8 * ALARM)
BENCHMARK = 14 * ALARM
WORKBENCH = (
    G5_2XLARGE_SPOT * H + 100 * GP3 + 500 * IO2 + 16_000 * IO2_IOPS + NODE,
    G5_2XLARGE * H + 100 * GP3 + 500 * IO2 + 16_000 * IO2_IOPS + NODE,
)
GRAPH = DRIVEN, DRIVEN + 8 * (G5_24XLARGE * H + 200 * GP3 + NODE)
CPU_8 = M5DN_2XLARGE  # the dearest of the types with 8 vCPU that a fleet may have

SAMPLES: dict[str, dict[str, Ends]] = {
    "quickstart": {
        "network": always((NAT + ADDRESS) * H),
        "regions": always(KEY),
        "machines.workbench": (G5_XLARGE_SPOT * H + 75 * GP3 + NODE, G5_XLARGE * H + 75 * GP3 + NODE),
    },
    "ingest": {
        "network": always((NAT + ADDRESS) * H),
        "regions": always(KEY),
        "monitor": always(watched(22, 4, 1)),
    },
    "clickstream": {
        "network": always(3 * 2 * ENDPOINT * H),
        "regions": always(2 * KEY),
        "data.features": always(2 * KEY),
        "data.counters": ((10 * READ + 10 * WRITE) * H + TRACKED_TABLE, (105 * READ + 55 * WRITE) * H + TRACKED_TABLE),
        "data.clicks": always(STREAM * H),
        "machines.scorer": always(T4G_SMALL * H + 30 * GP3 + NODE),
        "machines.collector": always(T4G_SMALL * H + 30 * GP3 + NODE),
        # A stream's band counts three times its metric; three dashboards: of two regions, and of both.
        "monitor": always(watched(25 + 7, 5 + 1, 3)),
        "audit": always(KEY + BENCHMARK),
    },
    "console": {
        "network": always((NAT_EU + ADDRESS) * H),
        "regions": always(KEY),
        "serve.console": both(
            always((BALANCER_EU + 2 * ADDRESS) * H + FIREWALL + TRACKED),
            (2 * (T3_SMALL * T_EU * H + 20 * GP3_EU), 4 * (T3_SMALL * T_EU * H + 20 * GP3_EU)),
            estimated(2 * NODE, 4 * NODE),
        ),
        "serve.explain": always(2 * 0.5 * READY_EU * 3_600 * H),
    },
    "credit": {
        "network": always((NAT + ADDRESS) * H),
        "regions": always(KEY),
        "train.risk": up_to(ML_M5_LARGE * H),
        "serve.score": always(2 * ML_C5_LARGE * H),
        "drift.score": WATCH,
        "drift.score.then": LOOP,
        "monitor": always(watched(15, 2, 1)),
    },
    "returns": {
        "network": always((NAT + ADDRESS) * H),
        "regions": always(KEY),
        "train.tabular": up_to(ML_M5_XLARGE * H),
        "serve.score": (2 * ML_C5_LARGE * H + TRACKED, 4 * ML_C5_LARGE * H + TRACKED),
        "drift.score": WATCH,
        "monitor": always(watched(15, 2, 1)),
    },
    "nightly": {
        "network": always(6 * 2 * ENDPOINT * H),
        "regions": always(KEY),
        "data.scratch": always(1_200 * LUSTRE_125),
        "train.embed": up_to(CPU_8 * H + 100 * GP3 + NODE),
        "train.merge": up_to(2 * (CPU_8 * H + 100 * GP3 + NODE)),
    },
    "shared-files": {
        "network": always(6 * 2 * ENDPOINT * H),
        "regions": always(2 * KEY),
        "backup": always(2 * KEY),  # of its vaults
        "data.scratch": always(1_200 * LUSTRE_250),
        "machines.workbench": always(T3_LARGE * H + 30 * GP3 + NODE),
        "serve.gallery": always(2 * (T3_SMALL * H + 30 * GP3 + NODE) + BALANCER * H),
        "train.embed": (DRIVEN, DRIVEN + 2 * (CPU_8 * H + 30 * GP3 + NODE)),
    },
    "recommender": {
        "network": always((NAT + ADDRESS) * H + (NAT_EU + ADDRESS) * H),
        "regions": always(2 * KEY),
        "serve.recommend": both(
            always((BALANCER + 2 * ADDRESS) * H + FIREWALL + CHECK + TRACKED),
            (2 * (C7I_LARGE * H + 30 * GP3 + NODE), 6 * (C7I_LARGE * H + 30 * GP3 + NODE)),
            always((BALANCER_EU + 2 * ADDRESS) * H + FIREWALL + CHECK + TRACKED),
            (2 * (C7I_LARGE * C_EU * H + 30 * GP3_EU), 6 * (C7I_LARGE * C_EU * H + 30 * GP3_EU)),
            estimated(2 * NODE, 6 * NODE),
        ),
        # Of two hosts one is bought on demand and one on spot, of which us-east-1 has no price recorded.
        "serve.rank": both(
            always((BALANCER + BALANCER_EU) * H + 2 * TRACKED),
            (C6A_LARGE * H + 2 * (30 * GP3 + NODE), 4 * (C8INE_LARGE * H + 30 * GP3 + NODE)),
            ((C6A_LARGE * C_EU + C6A_LARGE_EU_SPOT) * H, 4 * M8AZN_LARGE * M_EU * H),
            (2 * 30 * GP3_EU, 4 * 30 * GP3_EU),
            estimated(2 * NODE, 4 * NODE),
        ),
    },
    "studio": {
        "network": always(7 * 3 * ENDPOINT_EU * H),
        "regions": always(KEY),
        "machines.desk": both(always(T3_MEDIUM * T_EU * H + 30 * GP3_EU), estimated(NODE)),
        "train.fit": up_to(2 * ML_M5_XLARGE * M_EU * H),
        "serve.score": always(ML_M5_LARGE * M_EU * H),
        "studio": both(up_to(2 * (ML_T3_MEDIUM * T_EU + CANVAS) * H), estimated(2 * 20 * SPACE)),
        "monitor": always(watched(8, 2, 1)),
    },
    "training-platform": {
        "network": always(3 * (NAT + ADDRESS) * H),
        "regions": always(2 * KEY),
        "environment": always(2 * KEY),  # of the vaults of its backups
        "data.transactions": always(2 * KEY),
        "machines.workbench": WORKBENCH,
        "machines.gateway": always(M6G_LARGE * H + 30 * GP3 + NODE),
        "train.graph": GRAPH,
        # The group and the one that stands in for it.
        "train.features": (
            2 * DRIVEN,
            2 * DRIVEN + M8IN_4XLARGE * H + (30 + 200) * GP3 + 3_000 * GP3_IOPS + 375 * GP3_MIB + NODE,
        ),
        "monitor": always(watched(19, 4, 3)),
        "audit": always(KEY + BENCHMARK),
    },
    "fraud-detection": {
        "network": always(3 * (NAT + ADDRESS) * H + 3 * (NAT_EU + ADDRESS) * H),
        "regions": always(2 * KEY),
        "environment": always(2 * KEY),
        "data.transactions": always(2 * KEY),
        "data.captured": always(2 * KEY),
        "data.features": always(2 * KEY),
        "data.clicks": always(STREAM * H),
        "data.scratch": always(4_800 * LUSTRE_250),
        "machines.workbench": WORKBENCH,
        "train.graph": GRAPH,
        "train.embeddings": up_to(4 * (G5_16XLARGE * H + 100 * GP3 + NODE)),
        "train.tabular": up_to(ML_M7I_4XLARGE * H),
        "serve.score": both(
            always(2 * TRACKED), (2 * ML_C7I_XLARGE * (1 + C_EU) * H, 20 * ML_C7I_XLARGE * (1 + C_EU) * H)
        ),
        "serve.console": (
            2 * (T3_SMALL * H + 20 * GP3 + NODE) + BALANCER * H + TRACKED,
            4 * (T3_SMALL * H + 20 * GP3 + NODE) + BALANCER * H + TRACKED,
        ),
        "serve.api": both(
            always((BALANCER + 3 * ADDRESS) * H + FIREWALL + CHECK + TRACKED),
            (3 * (C7I_LARGE * H + 30 * GP3 + NODE), 12 * (C7I_LARGE * H + 30 * GP3 + NODE)),
            always((BALANCER_EU + 3 * ADDRESS) * H + FIREWALL + CHECK + TRACKED),
            (3 * (C7I_LARGE * C_EU * H + 30 * GP3_EU), 12 * (C7I_LARGE * C_EU * H + 30 * GP3_EU)),
            estimated(3 * NODE, 12 * NODE),
        ),
        "studio": (2 * 20 * SPACE, 2 * 20 * SPACE + 2 * (ML_T3_MEDIUM + CANVAS) * H),
        "drift.score": WATCH,
        "drift.score.then": LOOP,
        "monitor": always(watched(77 + 26, 13 + 3, 3)),
        "audit": always(KEY + BENCHMARK),
    },
    "forecast": {
        "network": always(2 * (NAT_EU + ADDRESS) * H),
        "regions": always(2 * KEY),
        "train.fit": both(always(DRIVEN), up_to(8 * (CPU_8 * M_EU * H + 30 * GP3_EU)), estimated(0, 8 * NODE)),
        # Memory, disk, dead letters, interruptions of the fleet, told of as one; ports of two NAT gateways.
        "monitor": always(watched(4 + 2, 1, 3)),
        "audit": always(KEY + BENCHMARK),
    },
}

UNPRICED: dict[str, set[str]] = {
    "credit": {"serve.score: 2 x disk as large as SageMaker makes it in us-east-1"},
    "returns": {"serve.score: 2 to 4 x disk as large as SageMaker makes it in us-east-1"},
    "nightly": {
        "train.rank: 0 to 4 x ml.c7i-flex.2xlarge while a job runs in us-east-1",
        "train.crawl: 0 to 1 x ml.c7i-flex.4xlarge while a job runs in us-east-1",
    },
    "recommender": {"serve.rank: 1 x c5.large, c5a.large, c5ad.large, … at the spot price in us-east-1"},
    "studio": {"serve.score: 1 x disk as large as SageMaker makes it in eu-west-1"},
    "fraud-detection": {
        f"serve.score: 2 to 20 x disk as large as SageMaker makes it in {region}"
        for region in ("us-east-1", "eu-west-1")
    },
}
"""What has no recorded price, and is not paid by use."""


def plan_of(name: str) -> Plan:
    if name == "forecast":
        folder = ROOT / "specs" / "forecast"
        plan = analyse(folder / "base.yaml", overlays=(folder / "production.yaml",)).plan
    else:
        plan = analyse(ROOT / "specs" / f"{name}.yaml").plan
    assert plan is not None
    return plan


def test_no_sample_is_left_out() -> None:
    assert {path.stem for path in (ROOT / "specs").glob("*.yaml")} | {"forecast"} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_by_hand(name: str) -> None:
    found, by_hand = cost(plan_of(name)), SAMPLES[name]
    monthly = {dotted(entry.path): entry.monthly for entry in found.entries if entry.lines}
    assert monthly.keys() == by_hand.keys()
    for entry, ends in by_hand.items():
        assert monthly[entry] == pytest.approx(ends, rel=1e-5, abs=0.005), entry
    whole = tuple(sum(ends[end] for ends in by_hand.values()) for end in (0, 1))
    assert found.monthly == pytest.approx(whole, rel=1e-5)
    told = {f"{dotted(at)}: {each.what} in {each.region}" for at, each in found.unpriced if each.why != "use"}
    assert told == UNPRICED.get(name, set())
