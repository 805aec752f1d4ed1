"""`landform explain --fail`: what a zone or a region takes away, agreed with a walk over the root module."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.projects import landform
from support.specs import outcome

from landform.diagnostics import Diagnostic, dotted
from landform.explain.faults import Fault, fault, table
from landform.lower.root import lower
from landform.pipeline import analyse
from landform.plan import Plan
from landform.root import Output
from landform.spec.names import address
from landform_agent.config import State

ROOT = Path(__file__).parents[2]
FLAGSHIP = ROOT / "specs" / "fraud-detection.yaml"
REGIONAL = {"bucket", "efs", "queue", "stream", "table", "table_replica"}


@pytest.fixture(scope="module")
def flagship(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The flagship in three regions."""
    specs = tmp_path_factory.mktemp("project") / "specs"
    shutil.copytree(ROOT / "specs", specs)
    spec = specs / FLAGSHIP.name
    text = spec.read_text()
    spec.write_text(text.replace("replicas: [eu-west-1]", "replicas: [eu-west-1, eu-central-1]"))
    assert spec.read_text() != text
    plan = analyse(spec).plan
    assert plan is not None
    return plan


def verdicts(plan: Plan, name: str) -> dict[str, str]:
    gone = fault(plan, name)
    assert isinstance(gone, Fault)
    return {each["entry"]: each["verdict"] for each in table(plan, gone)["entries"]}


def entry(plan: Plan, name: str, label: str) -> dict[str, Any]:
    gone = fault(plan, name)
    assert isinstance(gone, Fault)
    (found,) = [each for each in table(plan, gone)["entries"] if each["entry"] == label]
    return found


# The walk: it knows the root module alone, not the plan's workloads and edges


def zones_in(value: Any) -> Iterator[str]:
    """Every zone whose private subnet a module is given."""
    if isinstance(value, Output) and value.name == "subnets":
        yield value.keys[1]
    elif isinstance(value, dict):
        for each in value.values():
            yield from zones_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from zones_in(each)


def walked(plan: Plan, gone: str) -> dict[str, set[str]]:
    """Entry → how its modules fare, each by itself: gone or there."""
    alias = None if gone == plan.system.regions.primary else address(gone)
    out: dict[str, set[str]] = {}
    for module in lower(plan).modules:
        if len(module.path) != 2:
            continue
        zones = set(zones_in(module.variables))
        if gone in plan.system.regions.active:
            lost = module.provider == alias
        else:
            lost = zones == {gone} and module.source not in REGIONAL
        out.setdefault(dotted(module.path), set()).add("gone" if lost else "there")
    return out


def agrees(verdict: str, modules: set[str]) -> bool:
    """All modules gone: lost. Some: degraded. None: anything, for what it needs may be gone."""
    return verdict == {("gone",): "lost", ("gone", "there"): "degraded"}.get(tuple(sorted(modules)), verdict)


@pytest.mark.parametrize("gone", ["us-east-1", "eu-west-1", "eu-central-1"])
def test_a_region_takes_what_stands_in_it(flagship: Plan, gone: str) -> None:
    found, modules = verdicts(flagship, gone), walked(flagship, gone)
    wrong = {label: (found[label], fares) for label, fares in modules.items() if not agrees(found[label], fares)}
    assert wrong == {}
    assert {"lost", "degraded"} & set(found.values())


def test_a_zone_takes_what_stands_in_it_alone(flagship: Plan) -> None:
    zones = [zone.id for zone in flagship.networks["us-east-1"].zones]
    assert len(zones) == 3
    for gone in zones:
        found, modules = verdicts(flagship, gone), walked(flagship, gone)
        for label, fares in modules.items():
            assert agrees(found[label], fares), (gone, label, found[label], fares)
            if fares == {"there"} and label.startswith("data."):
                assert found[label] == "works", (gone, label)


def test_what_no_fault_touches_works(flagship: Plan) -> None:
    """A replica that is gone takes nothing from what runs in the primary region alone, but from a loop that deploys."""
    found = verdicts(flagship, "eu-central-1")
    alone = {label for label, fares in walked(flagship, "eu-central-1").items() if fares == {"there"}}
    alone -= {dotted(watch.path) for watch in flagship.drift if watch.loop}
    assert {found[label] for label in alone} == {"works"}
    assert alone


def test_a_loop_does_less_without_what_it_trains_and_deploys(flagship: Plan) -> None:
    away = entry(flagship, "eu-central-1", "drift.score")
    assert (away["verdict"], away["left_in"]) == ("degraded", ["us-east-1"])
    assert away["why"] == ["`deploy` leads to serve.score in eu-central-1, which is lost"]
    first, second, _ = (zone.id for zone in flagship.networks["us-east-1"].zones)
    elsewhere = entry(flagship, second, "drift.score")
    assert elsewhere["verdict"] == "degraded"
    assert "`retrain` leads to train.tabular in us-east-1, which is degraded" in elsewhere["why"]
    assert entry(flagship, first, "drift.score")["verdict"] == "lost"


def test_a_watch_goes_on_from_the_copy_of_its_state(flagship: Plan) -> None:
    zone = flagship.drift[0].zones[0]
    every = State.model_fields["every"].default
    assert f"every {every / 60:g} minutes" in entry(flagship, zone, "drift.score")["recovery_point"]
    assert entry(flagship, "us-east-1", "drift.score")["recovery_point"].startswith("none: the copies")


# Rules, one by one


STORES = "data:\n  logs: {kind: bucket, replicate: true}\n  rows: {kind: table, key: id, replicate: true}\n"
TWO = "{primary: us-east-1, replicas: [eu-west-1]}"


def test_copies_say_how_far_they_are_behind() -> None:
    plan = outcome(STORES, TWO).sound
    logs, rows = (entry(plan, "us-east-1", f"data.{name}") for name in ("logs", "rows"))
    assert (logs["verdict"], logs["left_in"]) == ("degraded", ["eu-west-1"])
    assert "15 minutes" in logs["recovery_point"]
    assert logs["recovery_time"] == "at once, in eu-west-1; to write there, `replicate: both` is needed"
    assert rows["recovery_time"] == "at once, in eu-west-1"


def test_without_a_copy_it_is_lost() -> None:
    plan = outcome("data:\n  logs: {kind: bucket}\n").sound
    logs = entry(plan, "us-east-1", "data.logs")
    assert (logs["verdict"], logs["recovery_point"]) == ("lost", "none: there is no copy elsewhere")


def test_a_machine_is_lost_with_its_zone_and_with_no_other() -> None:
    plan = outcome("machines:\n  work: {instance: t3.large}\n").sound
    first, second, _ = plan.hosts[0].zones
    assert verdicts(plan, first) == {"machines.work": "lost"}
    assert verdicts(plan, second) == {"machines.work": "works"}


def test_a_fleet_goes_on_elsewhere() -> None:
    plan = outcome("train:\n  fit: {platform: ec2, instance: c7i.large, command: run, pool: 0..8}\n").sound
    fit = entry(plan, plan.hosts[0].zones[0], "train.fit")
    assert fit["verdict"] == "degraded"
    assert "is started anew in" in fit["why"][0]


def test_the_only_nat_gateway_takes_the_way_out_along() -> None:
    network = "network: {egress: nat-single}\n"
    plan = outcome(network + "train:\n  fit: {platform: ec2, instance: c7i.large, command: run}\n").sound
    first, second, _ = (zone.id for zone in plan.networks["us-east-1"].zones)
    assert any("the only NAT gateway" in why for why in entry(plan, first, "train.fit")["why"])
    assert not any("NAT" in why for why in entry(plan, second, "train.fit")["why"])


def test_what_mounts_a_lost_file_system_is_lost_and_what_reads_through_it_degraded() -> None:
    spec = """\
network: {zones: 2, egress: none}
data:
  images: {kind: bucket}
  fast: {kind: lustre, size: 1.2TiB, loads: images}
machines:
  work: {instance: t3.large, mounts: {/fast: fast}, reads: [images]}
"""
    plan = outcome(spec).sound
    zone = plan.hosts[0].zones[0]
    assert verdicts(plan, zone) == {"machines.work": "lost", "data.fast": "lost", "data.images": "works"}
    assert entry(plan, zone, "data.fast")["recovery_point"].startswith("what data.images hold")


def test_what_exists_already_is_not_known_here() -> None:
    plan = outcome("data:\n  old: {kind: bucket, existing: acme-history}\n").sound
    old = entry(plan, "us-east-1", "data.old")
    assert (old["verdict"], "not this system's" in old["why"][0]) == ("degraded", True)


def test_an_unknown_place_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(fault(outcome(STORES, TWO).sound, "us-east-9"), Diagnostic)
    assert landform("explain", FLAGSHIP, "--fail", "us-east-2") == 1
    assert "unknown region or zone of this system 'us-east-2'. Did you mean 'us-east-1'?" in capsys.readouterr().err


def test_the_table_as_text_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("explain", FLAGSHIP, "--fail", "us-east-1", "--format", "json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert landform("explain", FLAGSHIP, "--fail", "us-east-1") == 0
    text = capsys.readouterr().out
    for each in facts["entries"]:
        assert f"  {each['verdict']:<8}  {each['entry']}" in text
        assert each["line"] > 1
