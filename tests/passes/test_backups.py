"""What is backed up, to where, and what is said of it."""

from pathlib import Path

import pytest

from landform.diagnostics import Severity
from landform.explain.faults import Fault, fault, table
from landform.lower.root import lower
from landform.pipeline import Analysis, analyse
from landform.plan import Plan
from landform.root import Output

SPEC = """\
version: 1
system: demo
account: "123456789012"
environment: production
regions: {primary: us-east-1, replicas: [eu-west-1]}
audit: {trail: all-regions}
data:
  files: {kind: bucket}
  people: {kind: table, class: pii, key: id}
  shared: {kind: table, key: id, replicate: true}
  homes: {kind: efs}
  cache: {kind: efs, backup: false}
  clicks: {kind: stream}
machines:
  box: {instance: t3.large, reads: [files, people, shared, clicks], mounts: {/homes: homes, /cache: cache},
        disk: {data: 100GiB gp3}}
  bare: {instance: t3.large, reads: [files]}
"""


def analysis(text: str, folder: Path) -> Analysis:
    file = folder / "demo.yaml"
    file.write_text(text)
    return analyse(file)


def plan_of(text: str, folder: Path) -> Plan:
    found = analysis(text, folder)
    assert found.plan is not None and found.sound, [d.text for d in found.diagnostics]
    return found.plan


def modules(plan: Plan) -> dict[str, dict[str, object]]:
    return {module.address: dict(module.variables) for module in lower(plan).modules}


def codes(text: str, folder: Path) -> list[str]:
    found = analysis(text, folder).diagnostics
    return [d.code for d in found if d.code in ("LF0671", "LF0672") and d.severity is Severity.WARNING]


def test_production_keeps_what_holds_data_and_nothing_else(tmp_path: Path) -> None:
    made = modules(plan_of(SPEC, tmp_path))
    assert made["backup"]["resources"] == {
        "data.homes": Output("data_homes", "arn"),
        "data.people": Output("data_people", "arn"),
        "data.shared": Output("data_shared", "arn"),
        "machines.box": Output("machines_box", "volume_arn"),
    }
    assert made["backup"]["copies"] == {"eu-west-1": Output("backup_eu_west_1", "vault_arn")}
    assert "resources" not in made["backup_eu_west_1"]
    assert made["backup"]["protect"] is True


def test_a_file_system_is_kept_once(tmp_path: Path) -> None:
    assert modules(plan_of(SPEC, tmp_path))["data_homes"]["backup"] is False
    elsewhere = SPEC.replace("environment: production", "environment: development")
    assert modules(plan_of(elsewhere, tmp_path))["data_homes"]["backup"] is True


def test_elsewhere_what_is_asked_for(tmp_path: Path) -> None:
    elsewhere = SPEC.replace("environment: production", "environment: staging")
    assert "backup" not in modules(plan_of(elsewhere, tmp_path))
    made = modules(plan_of(elsewhere + "backup: {retain: 7d, copies: [], locked: true}\n", tmp_path))
    assert (made["backup"]["retention_days"], made["backup"]["locked"]) == (7, "governance")
    assert made["backup"]["copies"] == {} and "backup_eu_west_1" not in made
    assert made["backup"]["protect"] is False


def test_the_vaults_have_keys_of_their_own(tmp_path: Path) -> None:
    plan = plan_of(SPEC, tmp_path)
    assert [key.region for key in plan.keys if key.logical == "backup"] == ["us-east-1", "eu-west-1"]
    without = plan_of(SPEC + "backup: none\n", tmp_path)
    assert [key for key in without.keys if key.logical == "backup"] == []
    assert "backup" not in modules(without)


@pytest.mark.parametrize(
    ("more", "change", "expected"),
    [
        ("", "", []),
        ("backup: none\n", "", ["LF0671"]),
        ("backup: {copies: []}\n", "", ["LF0671"]),
        ("backup: {locked: compliance}\n", "", ["LF0672"]),
        ("backup: {locked: governance}\n", "", []),
    ],
)
def test_what_is_said(tmp_path: Path, more: str, change: str, expected: list[str]) -> None:
    assert codes(SPEC + more, tmp_path) == expected


def test_backups_outlive_a_region_where_they_are_copied(tmp_path: Path) -> None:
    plan = plan_of(SPEC, tmp_path)
    gone = fault(plan, "us-east-1")
    assert isinstance(gone, Fault)
    entries = {each["entry"]: each for each in table(plan, gone)["entries"]}
    for entry in ("data.people", "data.homes", "machines.box"):
        assert entries[entry]["verdict"] == "lost"
        assert entries[entry]["recovery_point"].startswith("up to a day behind")
        assert entries[entry]["recovery_time"].endswith("the vault in eu-west-1")
    assert "recovery_point" not in entries["machines.bare"]
    assert entries["data.shared"]["recovery_point"].startswith("seconds behind")
    assert entries["data.cache"]["recovery_point"].startswith("none")


def test_a_zone_leaves_the_vault_of_its_region(tmp_path: Path) -> None:
    plan = plan_of(SPEC, tmp_path)
    zone = next(host.zones[0] for host in plan.hosts if host.entry == "box")
    gone = fault(plan, zone)
    assert isinstance(gone, Fault)
    box = next(each for each in table(plan, gone)["entries"] if each["entry"] == "machines.box")
    assert box["recovery_time"].endswith("the vault in us-east-1, eu-west-1")
