"""One workload on every platform: three plans from one changed word, and what each platform has that others lack."""

import difflib

import pytest
from support.specs import head, outcome, outcome_of

from landform.catalog.platforms import ABILITIES, ALWAYS, PLATFORMS
from landform.emit.tree import tree
from landform.moves import ASKED, gained, lost, otherwise, trainings
from landform.plan import Plan

DATA = "data: {rows: {kind: bucket}, models: {kind: bucket}}\n"
WORKLOAD = """
train:
  fit:
    platform: PLATFORM
    accelerator: 1 x A10G
    image: pytorch-2.10
    command: python main.py
    disk: {root: 200GiB gp3}
    capacity: {spot: 100%}
    checkpoint: {to: models, every: 10m}
    env: {TEAM: risk}
    reads: [rows]
    writes: [models]
"""


def spec(platform: str) -> str:
    return head() + DATA + WORKLOAD.replace("PLATFORM", platform)


def plan(platform: str) -> Plan:
    return outcome_of(spec(platform)).sound


def of(platform: str, asked: str) -> Plan:
    text = f"{DATA}train: {{fit: {{platform: {platform}, cpu: 8, image: pytorch-2.10, command: run, {asked}}}}}\n"
    found = outcome(text).plan
    assert found is not None
    return found


def test_one_changed_line_moves_a_workload() -> None:
    for one, other in (("ec2", "batch"), ("batch", "sagemaker"), ("sagemaker", "ec2")):
        changed = [
            line
            for line in difflib.unified_diff(spec(one).splitlines(), spec(other).splitlines(), lineterm="", n=0)
            if line[0] in "+-" and line[:3] not in ("+++", "---")
        ]
        assert changed == [f"-    platform: {one}", f"+    platform: {other}"]


@pytest.mark.parametrize(
    ("platform", "module", "type_"), [("ec2", "fleet", "g5."), ("batch", "batch", "g5."), ("sagemaker", "job", "g5.")]
)
def test_each_platform_makes_a_plan_of_it(platform: str, module: str, type_: str) -> None:
    made = plan(platform)
    assert f"../../../modules/{module}" in tree(made)["main.tf.json"].decode()
    (training,) = trainings(made)
    types = training.types if training.platform != "sagemaker" else (training.type,)  # type: ignore[union-attr]
    assert types and all(kind is not None and kind.name.startswith(type_) for kind in types)


def test_what_it_may_do_with_its_data_moves_with_it() -> None:
    data = {
        platform: {
            (g.edge, action, resource)
            for g in plan(platform).grants
            if g.edge.startswith(("train.fit.reads.", "train.fit.writes.", "train.fit.checkpoint."))
            for action in g.statement.actions
            for resource in g.statement.resources
        }
        for platform in PLATFORMS
    }
    assert data["ec2"] and data["ec2"] == data["batch"] == data["sagemaker"]


def test_the_table_says_of_every_platform_what_it_does_or_why_not() -> None:
    assert ASKED.keys() == ABILITIES.keys()
    for name, ability in ABILITIES.items():
        assert ability.how.keys() | ability.lacks.keys() | {"ec2" if name == "algorithm" else ""} >= set(PLATFORMS)
        assert not ability.how.keys() & ability.lacks.keys()
        assert all(not lack.fact.endswith(".") for lack in ability.lacks.values())
    assert all(ways.keys() == set(PLATFORMS) for ways in ALWAYS.values())


@pytest.mark.parametrize(
    ("platform", "asked", "code"),
    [
        ("sagemaker", "capacity: {spot: 50%}", "LF0611"),
        ("sagemaker", "pool: 0..4", "LF0611"),
        ("sagemaker", "capacity: {spot: 100%, on_demand_base: 1}", "LF0611"),
        ("batch", "nodes: 2, capacity: {spot: 100%}", "LF0611"),
        ("batch", "disk: {data: 100GiB gp3}", "LF0611"),
        ("ec2", "reports: [auc]", "LF0613"),
        ("ec2", "capacity: {max_wait: 1h}", "LF0613"),
    ],
)
def test_what_a_platform_lacks_is_said_with_where_it_is(platform: str, asked: str, code: str) -> None:
    text = f"{DATA}train: {{fit: {{platform: {platform}, cpu: 8, image: pytorch-2.10, command: run, {asked}}}}}\n"
    said = [found for found in outcome(text).found if found.code == code]
    assert said and all("`platform: " in found.remedy for found in said)


def test_inputs_and_output_move_with_one_word() -> None:
    carried = "inputs: {train: {from: rows, prefix: train/}}, output: models"
    data = {
        platform: {
            (grant.edge, action, resource, str(grant.statement.conditions))
            for grant in of(platform, carried).grants
            if grant.edge.startswith(("train.fit.inputs.", "train.fit.output."))
            for action in grant.statement.actions
            for resource in grant.statement.resources
        }
        for platform in PLATFORMS
    }
    assert data["ec2"] and data["ec2"] == data["batch"] == data["sagemaker"]
    (fleet,) = trainings(of("ec2", carried))
    assert not [line for line in lost(fleet, "sagemaker") if line.startswith(("inputs", "an output"))]
    assert [line.split(":")[0] for line in otherwise(fleet, "sagemaker")][:2] == ["inputs", "an output"]


def test_a_move_says_what_is_lost_and_what_is_gained() -> None:
    (fleet,) = trainings(of("ec2", "capacity: {spot: 50%, on_demand_base: 1}, pool: 0..8"))
    away = list(lost(fleet, "sagemaker"))
    assert [line.split(":")[0] for line in away] == [
        "a share of spot capacity",
        "an on-demand base beside spot capacity",
        "a pool of nodes",
    ]
    assert any(line.startswith("metrics from the log") for line in gained(fleet, "sagemaker"))
    assert any(line.startswith("a share of spot capacity: spot first") for line in otherwise(fleet, "batch"))
    assert not any(line.startswith("a pool of nodes") for line in lost(fleet, "batch"))
