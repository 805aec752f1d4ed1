"""`landform explain`: every entry of every sample, from the spec to Terraform and back, and why each thing is in."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.projects import landform, project
from support.specs import outcome

from landform.catalog.uses import ANY
from landform.diagnostics import dotted
from landform.emit.modules import installed
from landform.emit.tree import grants
from landform.explain.facts import resources_of
from landform.explain.told import spending
from landform.explain.types import misfit
from landform.lower.root import lower
from landform.passes.instances import fits
from landform.pipeline import analyse
from landform.plan import Plan

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"
SAMPLES = sorted(path.stem for path in SPECS.glob("*.yaml"))
PLATFORM = SPECS / "training-platform.yaml"


def planned(name: str) -> Plan:
    plan = analyse(SPECS / f"{name}.yaml").plan
    assert plan is not None
    return plan


def entries(name: str) -> list[str]:
    return sorted({dotted(module.path) for module in lower(planned(name)).modules if len(module.path) == 2})


EVERY = [(name, entry) for name in SAMPLES for entry in entries(name)]


def explain(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    assert landform("explain", *arguments, "--format", "json") == 0
    return json.loads(capsys.readouterr().out)


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert landform("explain", *arguments) == 0
    return capsys.readouterr().out


# Every entry


@pytest.mark.parametrize(("name", "entry"), EVERY)
def test_an_entry_says_what_it_becomes(name: str, entry: str, capsys: pytest.CaptureFixture[str]) -> None:
    facts = explain(capsys, SPECS / f"{name}.yaml", entry)
    section, _, own = entry.partition(".")
    line = (SPECS / f"{name}.yaml").read_text().splitlines()[facts["line"] - 1]
    assert line.strip().startswith(f"{own}:"), (section, line)
    assert facts["modules"]
    assert all(module["resources"] for module in facts["modules"])


@pytest.mark.parametrize(("name", "entry"), EVERY)
def test_every_permission_has_an_edge_a_line_and_a_reason(
    name: str, entry: str, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = explain(capsys, SPECS / f"{name}.yaml", entry)
    wanted = [row for row in grants(planned(name)) if f"{row['edge']}.".startswith(f"{entry}.")]
    found = [(each["role"], p["sid"], p["edge"]) for each in facts["identities"] for p in each["permissions"]]
    assert sorted(found) == sorted((row["principal"], row["sid"], row["edge"]) for row in wanted)
    for identity in facts["identities"]:
        for permission in identity["permissions"]:
            assert permission["path"]
            assert permission["line"] > 1, permission
            assert permission["why"] != ANY, permission["edge"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_address_leads_back(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    root = lower(planned(name))
    paths = {f"module.{module.address}": module.path for module in root.modules}
    for module, resources in resources_of(root, installed()).items():
        facts = explain(capsys, SPECS / f"{name}.yaml", resources[0])
        assert facts["entry"] == dotted(paths[module])
        assert [each["resources"] for each in facts["modules"]] == [[resources[0]]]


def test_resources_are_those_of_a_real_plan() -> None:
    root = lower(planned("quickstart"))
    listed = {each for several in resources_of(root, installed()).values() for each in several}
    main = "\n".join(path.read_text() for path in (ROOT / "modules" / "machine").glob("*.tf"))
    declared = re.findall(r'resource "(\w+)" "(\w+)"', main)
    assert {f"module.machines_workbench.{kind}.{name}" for kind, name in declared} <= listed


# Names


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("train.graph", "train.graph"),
        ("graph", "train.graph"),
        ("train.graph.reads", "train.graph"),
        ("module.train_graph", "train.graph"),
        ("module.train_graph.aws_iam_role.this", "train.graph"),
        ('module.network_us_east_1.aws_subnet.private["use1-az1"]', "network"),
        ("module.keys_us_east_1", "regions"),
        ("network", "network"),
        ("audit", "audit"),
        ("data", "data"),
        ("module.logs_us_east_1", "data"),
        ("data.archive", "data.archive"),
    ],
)
def test_a_name_may_be_a_path_or_an_address(name: str, entry: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(capsys, PLATFORM, name)["entry"] == entry


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("train.grahp", "Did you mean 'train.graph'?"),
        ("grahp", "Did you mean 'graph'?"),
        ("module.train_grahp", "Did you mean 'module.train_graph'?"),
        ("module.train_graph.aws_iam_rol.this", "Did you mean 'module.train_graph.aws_iam_role.this'?"),
        ("", "There are: "),
    ],
)
def test_a_misspelt_name_says_what_was_meant(name: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("explain", PLATFORM, name) == 1
    told = capsys.readouterr().err
    assert "error[LF0203]" in told
    assert meant in told


def test_an_edge_alone_shows_its_permissions_alone(capsys: pytest.CaptureFixture[str]) -> None:
    facts = explain(capsys, PLATFORM, "train.graph.reads[1]")
    edges = {p["edge"] for each in facts["identities"] for p in each["permissions"]}
    assert edges == {"train.graph.reads.archive"}


def test_a_store_says_who_uses_it(capsys: pytest.CaptureFixture[str]) -> None:
    facts = explain(capsys, PLATFORM, "data.models")
    assert {(each["by"], each["verb"]) for each in facts["used_by"]} == {
        ("machines.workbench", "reads"),
        ("train.graph", "checkpoint"),
        ("train.graph", "writes"),
    }


# Instance types


def test_types_that_were_not_chosen_have_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = explain(capsys, PLATFORM, "train.graph")["instances"]
    assert [each["type"] for each in found["chosen"]] == ["g5.12xlarge", "g5.24xlarge"]
    assert {each["why"]: each["types"] for each in found["rejected"]} == {
        "has 1 x A10G": ["g5.16xlarge", "g5.2xlarge", "g5.4xlarge", "g5.8xlarge", "g5.xlarge"],
        "has 8 x A10G": ["g5.48xlarge"],
    }


def test_a_type_that_is_named_was_not_chosen_among_others(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = explain(capsys, PLATFORM, "machines.workbench")["instances"]
    assert (found["asked"], found["rejected"]) == ("g5.2xlarge, instance store, a spot market", [])


WISHES = [
    "accelerator: 4 x A10G, image: base-gpu",
    "accelerator: 8 x A100 80GiB, image: base-gpu",
    "cpu: 8, memory: 16GiB..32GiB",
    "cpu: 16.., architecture: arm64, disk: {local: instance-store}",
    "memory: 512GiB.., purchase: spot",
]


@pytest.mark.parametrize("wish", WISHES)
def test_a_reason_is_given_for_all_that_does_not_fit_and_for_nothing_else(wish: str) -> None:
    (host,) = outcome(f"machines: {{work: {{{wish}}}}}\n").sound.hosts
    assert host.image is not None
    for kind in outcome("").sound.catalog.types.values():
        reason = misfit(host.spec, kind, host.image.architecture)
        assert (reason is None) == fits(host.spec, kind, host.image.architecture), (kind.name, reason)
        assert reason is None or reason.strip()


# The command


def test_the_whole_system_in_short(capsys: pytest.CaptureFixture[str]) -> None:
    facts = explain(capsys, PLATFORM)
    assert {each["entry"] for each in facts["entries"]} >= {"train.graph", "data.models", "network", "audit"}
    assert facts["permissions"] == len(planned("training-platform").grants)
    text = said(capsys, PLATFORM)
    assert "costs at least 1,686.55 to 50,922.68 USD a month" in text
    assert "unpriced: data.models: storage and requests in eu-west-1 (by use)" in text
    assert "assumed: a month is 730 hours" in text


def test_text_is_for_people(capsys: pytest.CaptureFixture[str], golden: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    golden("explain/workbench.txt", said(capsys, "specs/quickstart.yaml", "workbench"))


def test_colour_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b[1m" in said(capsys, PLATFORM, "graph", "--color", "always")
    assert "\x1b" not in said(capsys, PLATFORM, "graph", "--color", "never")


def test_a_spec_with_errors_is_not_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = project(tmp_path)
    spec.write_text(spec.read_text().replace("[logs]", "[log]"))
    assert landform("explain", spec, "work") == 1
    assert "LF0203" in capsys.readouterr().err


def test_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = project(tmp_path)
    said(capsys, spec)
    said(capsys, spec, "work")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["demo.yaml", "specs"]


def test_neither_cdktf_nor_boto3_is_imported() -> None:
    watch = (
        "import sys; from landform.cli import main; status = main(sys.argv[1:]);"
        "print('LOADED', status, sorted({'cdktf', 'jsii', 'boto3'} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", watch, "explain", str(PLATFORM), "train.graph"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "LOADED 0 []"


# What a move would cost


def test_a_training_says_what_a_move_loses_and_gains(capsys: pytest.CaptureFixture[str]) -> None:
    facts = explain(capsys, PLATFORM, "train.graph")
    away = {move["to"]: move for move in facts["moves"]}
    assert away.keys() == {"batch", "sagemaker"}
    assert any(line.startswith("a pool of nodes:") for line in away["sagemaker"]["loses"])
    assert not any(line.startswith("a pool of nodes:") for line in away["batch"]["loses"])
    assert any(line.startswith("metrics from the log:") for line in away["sagemaker"]["gains"])
    text = said(capsys, PLATFORM, "train.graph")
    assert "moved to `platform: sagemaker`" in text and "    - a pool of nodes: SageMaker" in text


def test_what_is_no_training_moves_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(capsys, PLATFORM, "machines.workbench")["moves"] == []


FRAUD = SPECS / "fraud-detection.yaml"


def test_the_alarms_of_an_entry_are_told_with_their_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, FRAUD, "data.clicks")
    assert "maximum age > 12h for 5m, of data.clicks in us-east-1" in told
    assert "tells pager, because what is not read within the retention is lost" in told


def test_one_alarm_is_told_alone_and_all_of_them_by_their_section(capsys: pytest.CaptureFixture[str]) -> None:
    every = explain(capsys, FRAUD, "monitor")["alarms"]
    assert len(every) == sum(len(watch.alarms) for watch in planned("fraud-detection").watches)
    name = next(iter(planned("fraud-detection").system.monitor.alarms))  # type: ignore[union-attr]
    alone = explain(capsys, FRAUD, f"monitor.alarms.{name}")["alarms"]
    assert {alarm["path"] for alarm in alone} == {f"monitor.alarms.{name}"}
    assert {alarm["why"] for alarm in alone} == {"the spec asks for it"}


def test_saved_queries_are_told_as_they_are_saved(capsys: pytest.CaptureFixture[str]) -> None:
    plan = planned("fraud-detection")
    assert plan.system.monitor is not None
    name = next(iter(plan.system.monitor.queries))
    (query, *_) = explain(capsys, FRAUD, f"monitor.queries.{name}")["queries"]
    assert (query["name"], "filter" in query["text"]) == (name, True)
    assert f"query {name} on " in said(capsys, FRAUD, f"monitor.queries.{name}")


def test_the_budget_is_told_beside_what_the_spec_asks_for(capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, FRAUD, "budget")
    assert "limits the account 123456789012 to 6,000.00 USD a month; tells risk-ml@example.com" in told
    assert re.search(r"the spec asks for at least [\d,.]+ to [\d,.]+ USD a month", told)


@pytest.mark.parametrize(
    ("monthly", "unpriced", "by_use", "words"),
    [
        ((0, 0), 0, 0, "0.00 USD a month"),
        ((0, 0), 2, 2, "paid by use"),
        ((0, 0), 2, 1, "not priced"),
        ((2, 2), 1, 1, "at least 2.00 USD a month"),
        ((0, 5), 1, 0, "at least 0.00 to 5.00 USD a month"),
        ((2, 5), 0, 0, "2.00 to 5.00 USD a month"),
    ],
)
def test_what_has_no_price_does_not_cost_nothing(
    monthly: tuple[float, float], unpriced: int, by_use: int, words: str
) -> None:
    assert spending({"low": monthly[0], "high": monthly[1]}, unpriced, by_use) == words


def test_no_entry_with_something_unpriced_is_said_to_cost_so_much_and_no_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = [line for line in said(capsys, FRAUD).splitlines() if " unpriced" in line and "resource blocks" in line]
    assert len(lines) > 10
    assert [line for line in lines if not re.search(r"at least|not priced|paid by use", line)] == []
