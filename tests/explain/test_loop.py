"""`landform explain drift.<name>`: what a watch looks at and whom it tells, and its loop as the machine really goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from passes.test_drift import DATA, LABELS, THEN, WATCH, said
from passes.test_loop import platforms
from support.projects import landform
from support.specs import outcome

from landform.catalog.uses import ANY
from landform.explain.loop import watch
from landform.explain.permissions import identities
from landform.lower.loop import loop_files
from landform.pipeline import analyse
from landform.plan import Plan

ROOT = Path(__file__).parents[2]
CREDIT = "specs/credit.yaml"
OWN = ("drift", "score")
ABROAD = "{primary: us-east-1, replicas: [eu-west-1]}"


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def told(capsys: pytest.CaptureFixture[str], spec: str, name: str, *more: str) -> str:
    assert landform("explain", spec, name, *more) == 0
    return capsys.readouterr().out


def data(capsys: pytest.CaptureFixture[str], spec: str, name: str) -> Any:
    return json.loads(told(capsys, spec, name, "--format", "json"))


def planned(then: str = "", regions: str = "{primary: us-east-1}") -> Plan:
    """A plan of a watch whose loop has more keys, perhaps in two regions."""
    kept = {"capture": "{share: 20%, to: kept}, regions: all", "data": DATA.replace("models: {kind: bucket}", MODELS)}
    text = said(f"{WATCH}, {LABELS}, {THEN % then}", **(kept if "replicas" in regions else {}))
    return outcome(text, regions).sound


MODELS = "models: {kind: bucket, replicate: true}"


def loop_of(plan: Plan, own: tuple[str, str] = OWN) -> dict[str, Any]:
    facts = watch(plan, own)
    assert facts
    loop: dict[str, Any] = facts["loop"]
    return loop


def test_the_loop_is_drawn(capsys: pytest.CaptureFixture[str], golden: Any) -> None:
    drawing = told(capsys, CREDIT, "drift.score").partition("  becomes module")[0]
    golden("explain/loop.txt", drawing)
    assert drawing in (ROOT / "docs/explain.md").read_text(), "docs/explain.md shows another drawing"


@pytest.mark.parametrize("then", ["", ", approve: manual"])
def test_the_drawing_is_the_machine(then: str) -> None:
    drawn_as_it_is(planned(then), "score")


def drawn_as_it_is(plan: Plan, name: str) -> None:
    machine = json.loads(loop_files(plan)[f"files/drift_{name}_retrain.asl.json"])["States"]
    loop = loop_of(plan, ("drift", name))
    drawn = [state for step in loop["steps"] for state in step["states"]]
    does = [name for name, state in machine.items() if state["Type"] in ("Task", "Wait") and "Tell" not in name]
    assert sorted(drawn) == sorted(does)
    ways = {way["way"] for step in loop["steps"] for way in step["ways_out"]}
    assert ways == {"broken", "failed", "over", "page", "rejected", "unlabelled"}
    assert {way.capitalize() for way in ways} <= machine.keys()


def test_a_training_is_drawn_on_its_own_platform() -> None:
    plan = outcome(platforms()).sound
    for name, says in (
        ("lots", "train.lots on AWS Batch, m5.xlarge, for at most 2h"),
        ("nodes", "train.nodes on its fleet, m5.xlarge, for at most 2h"),
    ):
        drawn_as_it_is(plan, name)
        (train,) = [step for step in loop_of(plan, ("drift", name))["steps"] if step["name"] == "train"]
        assert train["says"] == says
    (late,) = train["ways_out"]
    assert late["when"].endswith("is not done 3h after it was asked for: its nodes are told to stop")


def test_its_numbers_are_those_of_the_spec() -> None:
    more = ", on: [shift, category], min_labelled: 2500, deploy: canary 25% for 20m, rest: 36h, approve: manual"
    plan = planned(more, ABROAD)
    loop = loop_of(plan)
    assert (loop["accept"], loop["approve"]) == ("recall >= champion - 0.01", "manual")
    assert (loop["min_labelled"], loop["rest"]) == (2_500, 36 * 3_600)
    assert loop["canary"] == {"percent": 25, "seconds": 1_200}
    assert loop["regions"] == ["us-east-1", "eu-west-1"]
    assert loop["kinds"]["retrain"] == ["shift", "category"]
    assert loop["kinds"]["tell"] == ["spread", "correlation", "performance"]
    says = {step["name"]: step["says"] for step in loop["steps"]}
    assert says["alarm"].startswith("shift or category of ")
    assert "36h of rest" in says["admitted"]
    assert says["labels"].startswith("2,500 labelled rows") and "14d after the event" in says["labels"]
    assert says["approve"] == "pager lets it in"
    assert says["deploy"] == "canary 25% for 20m in us-east-1, then eu-west-1"
    settings = json.loads(loop_files(plan)["files/drift_score_retrain.asl.json"])["States"]["Settings"]["Result"]
    assert loop["labels_within"] == 2 * settings["labels"]["lag"] + settings["patience"]


def test_a_loop_in_two_regions_has_a_reason_for_each_permission() -> None:
    found = [p for role in identities(planned(", approve: manual", ABROAD), OWN) for p in role["permissions"]]
    assert "drift.score.then.copied" in {p["edge"] for p in found}
    assert [p["edge"] for p in found if p["why"] == ANY] == []


def test_what_the_loop_may_do_is_asked_for_by_then(capsys: pytest.CaptureFixture[str]) -> None:
    facts = data(capsys, CREDIT, "drift.score")
    permissions = [p for role in facts["identities"] for p in role["permissions"]]
    lines = Path(CREDIT).read_text().splitlines()
    asked = {lines[p["line"] - 1].strip() for p in permissions if p["edge"].startswith("drift.score.then.")}
    assert asked == {"then:"}


def test_a_watch_is_told_with_its_loop(capsys: pytest.CaptureFixture[str]) -> None:
    facts = data(capsys, CREDIT, "drift.score")
    assert [module["source"] for module in facts["modules"]] == ["watch", "loop"]
    assert {each["what"] for each in facts["cost"]["unpriced"]} >= {"runs, their ledger and logs"}
    plan = analyse(Path(CREDIT)).plan
    assert plan
    assert [step["name"] for step in facts["watch"]["loop"]["steps"]] == [s["name"] for s in loop_of(plan)["steps"]]
    assert data(capsys, CREDIT, "drift.score.then")["watch"] == facts["watch"]
    assert data(capsys, CREDIT, "serve.score")["watch"] is None


def test_without_then_somebody_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    spec = "specs/returns.yaml"
    text = told(capsys, spec, "drift.score")
    assert "tells pager when something drifts" in text
    assert "without `then` no model is trained" in text
    assert data(capsys, spec, "drift.score")["watch"]["loop"] is None
