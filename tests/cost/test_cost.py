"""What fleets and services cost, and what has no price; whole samples stand in test_samples_by_hand.py."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from support.specs import head, outcome, outcome_of

from landform.catalog import load
from landform.catalog.estimate import between
from landform.catalog.price_list import ASKED
from landform.catalog.rates import ANYWHERE, NAMES, RATES, rate
from landform.cost import Entry, cost
from landform.cost.items import FIREWALL_RULES
from landform.cost.written import rows, verdict
from landform.pipeline import analyse
from landform.plan import Plan

ROOT = Path(__file__).parents[2]
MATERIAL = ROOT / "compiler" / "landform" / "catalog" / "material"
HOURS = 730

# Prices by hand: on demand and spot from the tables of the catalog's material, the rest as rates.py names its sources.
GP3, ADDRESS = 0.08, 0.005
# An hour's: the seven metrics of a machine, a metric that an alarm looks at.
NODE, ALARM = 7 * 0.3 / HOURS, 0.1 / HOURS


def on_demand(name: str) -> float:
    with (MATERIAL / "on-demand-us-east-1.csv").open() as table:
        return next(float(row["usd_per_hour"]) for row in csv.DictReader(table) if row["instance_type"] == name)


def spot(name: str) -> float:
    with (MATERIAL / "regional-sample.csv").open() as table:
        rows_ = [r for r in csv.DictReader(table) if (r["region"], r["instance_type"]) == ("us-east-1", name)]
    return float(rows_[0]["spot_min_usd"])


def sample(name: str) -> Plan:
    plan = analyse(ROOT / "specs" / f"{name}.yaml").plan
    assert plan is not None
    return plan


def entry(sections: str, label: str, regions: str = "{primary: us-east-1}") -> Entry:
    return cost(outcome(sections, regions).sound).of(tuple(label.split(".")))


# Fleets


FLEET = (
    "data:\n  kept: {{kind: bucket}}\n"
    "train:\n  fit: {{platform: ec2, instance: g5.xlarge, image: base-gpu, command: run, {how},"
    " checkpoint: {{to: kept}}}}\n"
)


def test_a_spot_share_buys_the_rest_on_demand_even_at_the_low_end() -> None:
    found = entry(FLEET.format(how="nodes: 5, capacity: {spot: 50%, on_demand_base: 1}"), "train.fit")
    beside = 5 * (75 * GP3 / HOURS + NODE)
    firm = 1 + (5 - 1) // 2
    assert found.hourly[0] == pytest.approx(firm * 1.006 + (5 - firm) * 0.4328 + beside)
    assert found.hourly[1] == pytest.approx(5 * 1.006 + beside)


def test_an_elastic_pool_costs_nothing_but_its_alarms_while_it_is_empty() -> None:
    found = entry(FLEET.format(how="pool: 0..8, capacity: {spot: 80%}"), "train.fit")
    alarms = 2 * 3 * ALARM
    assert found.hourly == pytest.approx((alarms, alarms + 8 * (1.006 + 75 * GP3 / HOURS + NODE)))


def test_on_demand_is_what_it_costs_at_both_ends() -> None:
    found = entry("machines:\n  one: {instance: t3.large}\n", "machines.one")
    assert found.hourly[0] == found.hourly[1] == pytest.approx(0.0832 + 30 * GP3 / HOURS + NODE)


def test_batch_starts_with_nothing() -> None:
    train = "train:\n  fit: {platform: batch, instance: g5.xlarge, image: pytorch-2.7, command: run, nodes: 2}\n"
    found = entry(train, "train.fit")
    assert found.hourly == pytest.approx((0, 2 * (1.006 + 100 * GP3 / HOURS + NODE)))


# What has no price


def test_a_spot_price_that_nobody_recorded_is_no_low_end() -> None:
    found = entry("machines:\n  one: {instance: i4i.large, purchase: spot}\n", "machines.one")
    assert found.hourly[0] == pytest.approx(30 * GP3 / HOURS + NODE)
    told = "1 x i4i.large at the spot price in us-east-1 (no price is recorded: refresh the catalog)"
    assert told in map(str, found.unpriced)


def test_a_rate_of_a_region_that_nobody_has_recorded_lies_between_us_east_1_s_and_what_instances_cost_more() -> None:
    plan = outcome("machines:\n  one: {instance: t3.large}\n", "{primary: eu-west-3}").sound
    gateways = cost(plan).of(("network",)).lines[0]
    most = 1.4  # an inf2.xlarge there, over that of us-east-1
    assert (gateways.what, gateways.quantity, gateways.estimated) == ("NAT gateway", (3, 3), True)
    assert gateways.price == pytest.approx((0.045, 0.045 * most))
    written = rows(plan, cost(plan))["prices"]["NAT gateway"]
    assert written["estimated"] is True and "of us-east-1" in written["source"]


def test_every_recorded_rate_lies_within_its_estimate() -> None:
    seen = 0
    for item, regions in RATES.items():
        for region, known in regions.items():
            factors = load().factors.get(region)
            if factors and "us-east-1" in regions:
                low, high = between(factors)
                home = regions["us-east-1"].usd
                assert low * home <= known.usd <= high * home, (item, region)
                seen += region != "us-east-1"
    assert seen >= 10


def test_where_nothing_tells_what_a_region_asks_more_there_is_no_estimate() -> None:
    plan = outcome("machines:\n  one: {instance: t3.large}\n", "{primary: sa-east-1}").sound
    told = [str(each) for _, each in cost(plan).unpriced]
    assert "3 x NAT gateway in sa-east-1 (no price is recorded: refresh the catalog)" in told
    assert "30 x GiB of gp3 in sa-east-1 (no price is recorded: refresh the catalog)" in told
    assert cost(plan).of(("network",)).hourly[0] == pytest.approx(3 * ADDRESS)


def test_the_price_of_another_region_is_marked_as_an_estimate() -> None:
    plan = outcome("machines:\n  one: {instance: m7i.4xlarge}\n", "{primary: eu-west-1}").sound
    hours, disk, metrics = cost(plan).of(("machines", "one")).lines
    assert (hours.estimated, disk.estimated, metrics.estimated) == (True, False, True)
    assert "on-demand prices us-east-1" in cost(plan).sources


@pytest.mark.parametrize(
    ("iops", "monthly"),
    [
        (20_000, 20_000 * 0.065),
        (40_000, 32_000 * 0.065 + 8_000 * 0.0455),
        (100_000, 32_000 * 0.065 + 32_000 * 0.0455 + 36_000 * 0.03185),
    ],
)
def test_iops_of_io2_cost_less_beyond_the_first_by_hand(iops: int, monthly: float) -> None:
    """AWS, "Amazon EBS pricing": 0.065 up to 32,000, 0.046 up to 64,000, 0.032 beyond; its list has more digits."""
    found = entry(
        f"machines:\n  one: {{instance: r7i.48xlarge, disk: {{data: 500GiB io2 {iops}iops}}}}\n", "machines.one"
    )
    paid = [line for line in found.lines if line.what.startswith("IOPS")]
    assert sum(line.hourly[0] for line in paid) * 730 == pytest.approx(monthly, rel=1e-6)
    assert sum(line.quantity[0] for line in paid) == iops


def test_the_root_disk_of_an_image_of_ones_own_is_as_large_as_it_is() -> None:
    image = "{id: ami-0123456789abcdef0, root_device: /dev/xvda, arch: x86_64, user: ec2-user}"
    found = entry(f"machines:\n  one: {{instance: t3.large, image: {image}}}\n", "machines.one")
    assert any("root disk as large as ami-0123456789abcdef0" in str(each) for each in found.unpriced)


SEARCH = """\
data:
  kept: {kind: bucket}
train:
  fit:
    platform: sagemaker
    instance: ml.m7i.large
    image: xgboost-1.7
    inputs: {train: {from: kept, prefix: train/, format: csv}, validation: {from: kept, prefix: held/, format: csv}}
    output: kept
    hyperparameters: {objective: "binary:logistic"}
    reports: [auc]
    nodes: 2
    tuning: {maximize: auc, ranges: {eta: 0.01..0.3}, jobs: 9, parallel: 3}
"""


def test_a_job_of_sagemaker_costs_nothing_until_it_runs_and_a_search_runs_several() -> None:
    found = entry(SEARCH, "train.fit")
    assert found.hourly == pytest.approx((0, 2 * 3 * 0.121))
    assert [each.why for each in found.unpriced] == ["use"]


@pytest.mark.parametrize(
    ("region", "usd", "estimated"), [("us-east-1", 0.214, False), ("eu-west-1", 0.214 * 0.19152 / 0.1785, True)]
)
def test_an_endpoint_costs_what_its_machines_do(region: str, usd: float, estimated: bool) -> None:
    spec = """\
data:
  models: {kind: bucket, existing: acme-models}
serve:
  score:
    platform: sagemaker
    instance: ml.c7i.xlarge
    image: xgboost-1.7
    initial: s3://acme-models/score.tar.gz
    scale: {min: 2, max: 20, target: 800 invocations/min}
"""
    found = entry(spec, "serve.score", f"{{primary: {region}}}")
    assert found.hourly == pytest.approx((2 * usd + 2 * ALARM, 20 * usd + 2 * ALARM), rel=1e-5)
    assert found.lines[0].estimated is estimated
    told = f"2 to 20 x disk as large as SageMaker makes it in {region} (no price is recorded)"
    assert told in map(str, found.unpriced)


def test_a_machine_of_sagemaker_that_nobody_has_recorded_is_a_gap() -> None:
    found = entry(SEARCH.replace("ml.m7i.large", "ml.c7i-flex.xlarge"), "train.fit")
    told = "0 to 6 x ml.c7i-flex.xlarge while a job runs in us-east-1 (no price is recorded: refresh the catalog)"
    assert (found.lines, told in map(str, found.unpriced)) == ((), True)


def test_a_public_service_pays_for_what_stands_before_it() -> None:
    certificate = ", ".join(
        f'{region}: "arn:aws:acm:{region}:123456789012:certificate/00000000-0000-0000-0000-000000000001"'
        for region in ("us-east-1", "eu-west-1")
    )
    spec = (
        "serve:\n  api: {platform: ec2, instance: c7i.large, command: run, scale: {min: 1, max: 1}, public: PUBLIC,"
        f" regions: all, domain: api.example.com, zone: Z0123456789ABCDEFGHIJ, certificate: {{{certificate}}}}}\n"
    )
    regions = "{primary: us-east-1, replicas: [eu-west-1]}"
    inside, outside = (entry(spec.replace("PUBLIC", how), "serve.api", regions).monthly[0] for how in ("false", "true"))
    addresses, firewall, check = 3 * 0.005 * HOURS, 5 + 4, 0.5 + 1
    assert outside - inside == pytest.approx(2 * (addresses + firewall + check))


def test_the_firewalls_have_the_groups_of_rules_that_are_paid_for() -> None:
    for module in ("web", "beanstalk"):
        text = (ROOT / "modules" / module / "waf.tf").read_text()
        assert text.count("= { priority =") == FIREWALL_RULES


def test_a_band_counts_three_times_and_a_fan_out_once_for_each() -> None:
    spec = """\
data:
  rows: {kind: table, key: id}
monitor:
  notify: {pager: [oncall@example.com]}
  defaults: none
  dashboard: none
  alarms:
    odd: {of: data.rows, when: reads outside 3 sigma for 15m}
    full: {of: data.rows, when: throttles > 5 for 5m}
"""
    # One metric within a band, and the two of reading and writing; they tell the same people, and so one for both.
    assert entry(spec, "monitor").monthly == pytest.approx((3 * 0.1 + 2 * 0.1 + 0.5,) * 2)


def test_what_exists_is_not_this_systems_to_pay() -> None:
    plan = outcome_of(head() + "data:\n  old: {kind: bucket, existing: acme-history}\n").plan
    assert plan is not None
    assert cost(plan).of(("data", "old")).unpriced == ()


@pytest.mark.parametrize("trail", ["existing", "all-regions, retain: 7y"])
def test_detectors_are_paid_by_use_in_each_region(trail: str) -> None:
    text = f"audit: {{trail: {trail}, detect: [guardduty, securityhub, access-analyzer]}}\n"
    found = cost(outcome(text, "{primary: us-east-1, replicas: [eu-west-1]}").sound).of(("audit",)).unpriced
    looked = {(each.what, each.region, each.why) for each in found if each.what.startswith("what ")}
    regions, detectors = ("us-east-1", "eu-west-1"), ("guardduty", "securityhub")
    assert looked == {(f"what {name} looks at", region, "use") for name in detectors for region in regions}


def test_detectors_that_stand_are_paid_by_who_made_them() -> None:
    standing = cost(outcome("audit: {trail: existing, detect: existing}\n").sound)
    assert all(entry.path != ("audit",) for entry in standing.entries)


# The file


def test_with_anything_unpriced_the_verdict_is_at_least() -> None:
    bare = cost(outcome("").sound)
    assert (bare.unpriced, verdict(bare)) == ((), "between")
    assert verdict(cost(sample("ingest"))) == "at least"


def test_the_entries_of_the_file_add_up() -> None:
    plan = sample("training-platform")
    written = json.loads(json.dumps(rows(plan, cost(plan))))
    for span, digits in (("hourly", 5), ("monthly", 0)):
        for end in ("low", "high"):
            whole = sum(each[span][end] for each in written["entries"].values())
            assert written[span][end] == pytest.approx(whole, abs=10**-digits)
    assert written["catalog"] == plan.catalog.date
    assert all(price["date"] and price["source"] for price in written["prices"].values())
    listed = {(line["what"], line["region"]) for each in written["entries"].values() for line in each["lines"]}
    named = {what if what in written["prices"] else f"{what} in {at}" for what, at in listed if what in NAMES.values()}
    assert named <= written["prices"].keys()


def test_regions_that_ask_differently_have_a_source_each() -> None:
    plan = sample("recommender")
    prices = rows(plan, cost(plan))["prices"]
    assert {"NAT gateway in us-east-1", "NAT gateway in eu-west-1", "public IPv4 address"} <= prices.keys()
    composite = rows(sample("ingest"), cost(sample("ingest")))["prices"]["composite alarm"]
    assert composite["estimated"] is True and "us-east-2" in composite["source"]
    assert prices["NAT gateway in eu-west-1"]["date"] == "2026-09-25"


def test_every_rate_has_a_name_a_day_and_a_source() -> None:
    assert RATES.keys() <= NAMES.keys()
    for item, regions in RATES.items():
        for region, known in regions.items():
            assert (known.usd > 0, bool(known.date), bool(known.source)) == (True, True, True), (item, region)
    assert rate("key", "sa-east-1") == rate("key", "us-east-1")
    assert rate("nat-gateway", "sa-east-1") is None


def test_what_is_the_same_on_two_continents_is_an_estimate_elsewhere() -> None:
    recorded, elsewhere = rate("alarm-metric", "us-east-1"), rate("alarm-metric", "eu-west-1")
    assert recorded is not None and elsewhere is not None
    assert (recorded.estimated, elsewhere.estimated, elsewhere.usd) == (False, True, recorded.usd)
    assert rate("lustre-250-gib", "eu-west-1") is None, "two regions of one continent say nothing of another"


def test_a_refresh_reads_what_is_of_a_region() -> None:
    regional = {item for item, regions in RATES.items() if ANYWHERE not in regions}
    assert {asked.item for asked in ASKED} == regional


READY = "{platform: lambda, code: code, handler: app.handler, memory: 2GiB, scale: {min: 3}ARCHITECTURE}"


@pytest.mark.parametrize(("architecture", "usd"), [("", 0.0000041667), (", architecture: arm64", 0.0000033334)])
def test_what_lambda_keeps_ready_by_hand(tmp_path: Path, architecture: str, usd: float) -> None:
    """Three of 2 GiB each, by the GB-second: AWS Lambda's pricing page, us-east-1."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context): ...\n")
    spec = f"serve: {{ask: {READY.replace('ARCHITECTURE', architecture)}}}\n"
    own = cost(outcome(spec, file=tmp_path / "spec.yaml").sound).of(("serve", "ask"))
    assert own.monthly == pytest.approx((3 * 2 * usd * 3600 * 730,) * 2, abs=0.005)
    assert {each.why for each in own.unpriced} == {"use"}


def test_a_service_on_beanstalk_by_hand(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "application.py").write_text("")
    console = "console: {platform: beanstalk, stack: python-3.12, code: code, scale: {min: 2, max: 4}}"
    own = cost(outcome(f"serve: {{{console}}}\n", file=tmp_path / "demo.yaml").sound).of(("serve", "console"))
    each, balancer = on_demand("t3.small") * HOURS + 20 * GP3 + 7 * 0.3, 0.0225 * HOURS + 2 * 0.1
    assert own.monthly == pytest.approx((2 * each + balancer, 4 * each + balancer))
