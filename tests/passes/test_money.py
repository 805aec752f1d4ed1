"""The budget: what the spec asks for against it, and the module that watches it."""

from __future__ import annotations

import pytest
from support.specs import module, outcome

from landform.diagnostics import Severity
from landform.lower.root import lower
from landform.spec.system import System

WORK = "machines:\n  work: {instance: t3.large}\n"
# 0.0832 USD an hour and 30 GiB of gp3; three NAT gateways with addresses; a key.
MONTH = 0.0832 * 730 + 30 * 0.08 + 3 * 0.05 * 730 + 1


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
    assert "at the least 110.50 USD, of 200.00 USD" in told.message


def test_what_is_not_counted_is_said() -> None:
    lacking = "data:\n  homes: {kind: efs, throughput: 100MiB/s}\n"
    told = outcome(lacking + WORK + budget("6000 USD")).one("LF0651")
    assert told.severity is Severity.WARNING
    assert (
        "costs at least" in told.message
        and "no price is recorded of 100 MiB/s of provisioned throughput" in told.message
    )
    assert "what is paid by use comes on top" in told.message
    assert "refresh" not in told.remedy, "no catalog has it"


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
    (told,) = [each for each in found.found if each.code == "LF0652" and "hpc8a.96xlarge" in each.message]
    assert told.path == ("machines", "work")
    assert "1 x hpc8a.96xlarge on demand in ap-northeast-1" in told.message
    assert "`landform catalog refresh ap-northeast-1`" in told.remedy
    assert outcome(lacking, regions="{primary: ap-northeast-1}").errors == []


@pytest.mark.parametrize(
    ("spec", "lacking", "at"),
    [
        (WORK, "3 x NAT gateway", ("network",)),
        (WORK, "30 x GiB of gp3", ("machines", "work")),
        ("data:\n  fast: {kind: lustre, size: 1.2TiB}\n", "1200 x GiB of Lustre with 125 MB/s/TiB", ("data", "fast")),
    ],
)
def test_a_rate_of_another_region_is_a_gap_that_says_how_to_refresh(spec: str, lacking: str, at: tuple[str]) -> None:
    found = [
        each
        for each in outcome(spec + budget("90000 USD"), regions="{primary: sa-east-1}").found
        if each.code == "LF0652" and lacking in each.message
    ]
    assert [(each.path, each.severity) for each in found] == [(at, Severity.ERROR)]
    assert "`landform catalog refresh sa-east-1`" in found[0].remedy


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
