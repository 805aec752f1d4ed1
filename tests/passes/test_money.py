"""The budget: what the spec asks for against it, and the module that watches it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.specs import module, outcome

from landform.catalog import load
from landform.catalog.store import PACKAGED
from landform.diagnostics import Severity
from landform.lower.root import lower
from landform.pipeline import analyse
from landform.spec.system import System

WORK = "machines:\n  work: {instance: t3.large}\n"
# 0.0832 USD an hour, 30 GiB of gp3 and seven metrics; three NAT gateways with addresses; a key.
MONTH = 0.0832 * 730 + 30 * 0.08 + 7 * 0.3 + 3 * 0.05 * 730 + 1
ENDPOINT = """\
data: {models: {kind: bucket, existing: acme-models}}
serve:
  score:
    platform: sagemaker
    instance: ml.c7i.large
    image: xgboost-1.7
    initial: s3://acme-models/score.tar.gz
    scale: {min: 2}
"""


def budget(monthly: str, more: str = "") -> str:
    return f"budget: {{monthly: {monthly}, notify: [risk-ml@example.com]{more}}}\n"


@pytest.mark.parametrize(("monthly", "severity"), [(MONTH - 0.01, Severity.ERROR), (MONTH + 0.01, None)])
def test_the_edge_is_exact(monthly: float, severity: Severity | None) -> None:
    found = [d.severity for d in outcome(WORK + budget(f"{monthly:.2f} USD")).found if d.code == "LF0650"]
    assert found == ([severity] if severity else [])


def test_an_error_names_the_dearest_first() -> None:
    told = outcome(WORK + budget("1 USD")).one("LF0650")
    assert told.path == ("budget", "monthly")
    assert [other.message.partition(":")[0] for other in told.related] == ["network", "machines.work", "regions"]


def test_what_may_grow_is_a_warning() -> None:
    train = "train:\n  fit: {platform: ec2, instance: c7i.large, command: run, pool: 0..8}\n"
    told = outcome(train + budget("200 USD")).one("LF0650")
    assert told.severity is Severity.WARNING
    assert "at the least 111.10 USD, of 200.00 USD" in told.message


def test_what_is_not_counted_is_said() -> None:
    found = outcome(ENDPOINT + budget("6000 USD"))
    told = found.one("LF0651")
    assert (told.severity, found.codes) == (Severity.WARNING, ["LF0651"])
    lacking = "no price is recorded of 2 x disk as large as SageMaker makes it of serve.score, and"
    assert "costs at least" in told.message and lacking in told.message
    assert "what is paid by use comes on top" in told.message
    assert "refresh" not in told.remedy, "no catalog has it"


def test_what_is_not_counted_in_two_regions_is_said_once() -> None:
    found = analyse(Path(__file__).parents[2] / "specs" / "fraud-detection.yaml").diagnostics
    (told,) = [each for each in found if each.code == "LF0651"]
    assert told.message.count("2 to 20 x disk as large as SageMaker makes it of serve.score") == 1


def test_an_end_of_the_range_that_a_refresh_would_know_is_a_warning_that_says_so() -> None:
    lacking = "machines:\n  work: {instance: i4i.large, purchase: spot}\n"
    found = outcome(lacking + budget("6000 USD"))
    told = found.one("LF0651")
    assert (told.severity, found.errors) == (Severity.WARNING, [])
    assert "1 x i4i.large at the spot price of machines.work" in told.message
    assert "`landform catalog refresh us-east-1`" in told.remedy


def test_what_is_paid_by_use_alone_is_a_note() -> None:
    told = outcome("data:\n  kept: {kind: bucket}\n" + WORK + budget("6000 USD")).one("LF0651")
    assert told.severity is Severity.NOTE
    assert "costs at least" in told.message


def test_a_price_that_the_catalog_lacks_is_an_error_that_says_how_to_refresh() -> None:
    lacking = "machines:\n  work: {instance: hpc8a.96xlarge, image: al2023}\n"
    found = outcome(lacking + budget("90000 USD"), regions="{primary: ap-northeast-1}")
    told = found.one("LF0652")
    assert (told.path, found.errors) == (("machines", "work"), ["LF0652"])
    assert "1 x hpc8a.96xlarge on demand in ap-northeast-1" in told.message
    assert "`landform catalog refresh ap-northeast-1`" in told.remedy
    assert outcome(lacking, regions="{primary: ap-northeast-1}").errors == []


@pytest.mark.parametrize("region", sorted(load().factors))
def test_where_rates_can_be_estimated_a_budget_needs_no_refresh(region: str) -> None:
    fast = "data:\n  fast: {kind: lustre, size: 1.2TiB}\n"
    work = "machines:\n  work: {instance: t3.large, mounts: {/fast: fast}}\n"
    found = outcome(fast + work + budget("90000 USD"), regions=f"{{primary: {region}}}")
    assert [each.text for each in found.found if each.code == "LF0652"] == []


def test_a_rate_of_another_region_is_a_gap_that_says_how_to_refresh() -> None:
    fast = "data:\n  fast: {kind: lustre, size: 1.2TiB}\n"
    work = "machines:\n  work: {instance: t3.large, mounts: {/fast: fast}}\n"
    found = outcome(fast + work + budget("90000 USD"), regions="{primary: sa-east-1}")
    gaps = [each for each in found.found if each.code == "LF0652"]
    told = {(each.path, each.message.partition(" has no price of ")[2].partition(" in sa-east-1")[0]) for each in gaps}
    assert told == {
        (("budget", "monthly"), "3 x NAT gateway"),
        (("data", "fast"), "1200 x GiB of Lustre with 125 MB/s/TiB"),
        (("machines", "work"), "up to 1 x t3.large on demand"),
        (("machines", "work"), "30 x GiB of gp3"),
        (("machines", "work"), "7 x metric of a machine, minute by minute"),
    }
    assert all("`landform catalog refresh sa-east-1`" in each.remedy for each in gaps)
    assert {each.severity for each in gaps} == {Severity.ERROR}


def test_what_costs_nothing_at_the_least_is_a_warning_though_nobody_has_recorded_it() -> None:
    job = """\
data: {kept: {kind: bucket}}
train:
  fit:
    {platform: sagemaker, instance: ml.c7i-flex.xlarge, image: xgboost-1.7, output: kept, reports: [auc],
     inputs: {train: {from: kept, prefix: train/, format: csv}, validation: {from: kept, prefix: held/, format: csv}},
     hyperparameters: {objective: "binary:logistic"}}
"""
    found = outcome(job + budget("6000 USD"))
    told = found.one("LF0651")
    assert (told.severity, found.errors) == (Severity.WARNING, [])
    assert "0 to 1 x ml.c7i-flex.xlarge while a job runs of train.fit" in told.message
    assert "`landform catalog refresh us-east-1`" in told.remedy


def test_what_a_refresh_did_not_find_is_a_warning_that_asks_for_no_other(tmp_path: Path) -> None:
    lacking = ENDPOINT.replace("ml.c7i.large", "ml.t2.medium") + budget("6000 USD")
    assert outcome(lacking).errors == ["LF0652"]
    refreshed = tmp_path / "landform-catalog"
    shutil.copytree(PACKAGED, refreshed)
    prices = json.loads((refreshed / "prices.json").read_text())
    prices["rates"]["us-east-1"] = {"date": "2027-02-03", "source": "AWS Price List", "usd_per_hour": {}}
    (refreshed / "prices.json").write_text(json.dumps(prices))
    found = outcome(lacking, file=tmp_path / "demo.yaml")
    told = found.one("LF0651")
    assert (told.severity, found.errors) == (Severity.WARNING, [])
    assert "2 x ml.t2.medium" in told.message and "refresh" not in told.remedy


def test_no_budget_reckons_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(plan: object) -> None:
        raise AssertionError(plan)

    monkeypatch.setattr("landform.cost.cost", fail)
    assert outcome(WORK).errors == []


def test_a_broken_entry_is_no_crash() -> None:
    found = outcome("machines:\n  work: {instance: t9.large}\n" + budget("60 USD"))
    assert "LF0401" in found.errors


def test_the_module_counts_the_account() -> None:
    call = module(lower(outcome(WORK + budget("6000.50 USD")).sound), "budget")
    assert (call.source, call.path) == ("budget", ("budget",))
    assert call.variables == {
        "name": "demo-dev-monthly",
        "account": "123456789012",
        "monthly_usd": "6000.50",
        "tag": None,
        "notify": ["risk-ml@example.com"],
    }


def test_the_module_counts_a_tag_that_is_active() -> None:
    call = module(lower(outcome(WORK + budget("6000 USD", ", by_tag: active")).sound), "budget")
    assert call.variables["tag"] == {"key": "landform:system", "value": "demo"}
    assert call.variables["monthly_usd"] == "6000"


def test_money_is_exact() -> None:
    plan = outcome(WORK + budget("999999999.99 USD")).sound
    assert isinstance(plan.system, System)
    assert plan.system.budget is not None
    assert str(plan.system.budget.monthly) == "999999999.99"
