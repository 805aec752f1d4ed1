"""The roles of a loop: what AWS asks of who starts jobs, shifts traffic and brings old models back."""

from __future__ import annotations

import json

import pytest
from support.specs import outcome

from landform.lower.loop import loop_files
from landform.lower.root import lower
from landform.plan import Plan, Statement
from passes.test_drift import LABELS, THEN, TOLD, WATCH, said

MADE = "arn:aws:sagemaker:us-east-1:123456789012"
LOOP = f"{WATCH}, {LABELS}, {THEN % ''}"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/fit:1"
NVME = "instance: ml.g5.xlarge"


def spec(**more: str) -> str:
    return said(LOOP, **more)


def granted(text: str, role: str) -> dict[str, Statement]:
    plan: Plan | None = outcome(text).plan
    assert plan is not None
    return {g.statement.sid: g.statement for g in plan.grants if g.principal.endswith(f"role/{role}")}


def platforms(loop: str = LOOP) -> str:
    """Three loops beside each other, of models that SageMaker, Batch and a fleet train."""
    learns = "image: {}, command: python main.py, output: models, max_runtime: 2h, reports: [auc, recall], "
    learns += "inputs: {{train: {{from: orders, prefix: train/}}}}"
    trainings = {
        "tabular": f"platform: sagemaker, instance: ml.m5.xlarge, {learns.format('pytorch-2.10')}",
        "lots": f"platform: batch, instance: m5.xlarge, {learns.format(IMAGE)}",
        "nodes": f"platform: ec2, instance: m5.xlarge, pool: 0..2, {learns.format('al2023')}",
    }
    services = {"score": "tabular", "by-lots": "lots", "by-nodes": "nodes"}
    serves = "platform: sagemaker, image: xgboost-1.7, instance: ml.c5.large, scale: {min: 2}, capture: 50%"
    sections = {
        "train": trainings,
        "serve": {name: f"model: train.{training}, {serves}" for name, training in services.items()},
        "drift": {
            name.removeprefix("by-"): loop.replace("serve.score", f"serve.{name}").replace("tabular", training)
            for name, training in services.items()
        },
    }
    written = {
        section: ", ".join(f"{name}: {{{said}}}" for name, said in entries.items())
        for section, entries in sections.items()
    }
    lines = "".join(f"{section}: {{{entries}}}\n" for section, entries in written.items())
    return f"data: {{orders: {{kind: bucket}}, models: {{kind: bucket}}}}\n{TOLD}{lines}"


RETRAIN = "demo-dev-drift-score-retrain-machine-us-east-1"
DEPLOY = "demo-dev-drift-score-deploy-us-east-1"


def test_jobs_that_are_followed_are_tagged() -> None:
    own = granted(spec(), RETRAIN)
    tagged = {r for s in own.values() if "sagemaker:AddTags" in s.actions for r in s.resources}
    assert tagged == {f"{MADE}:training-job/demo-dev-tabular-*", f"{MADE}:transform-job/demo-dev-score-judged-*"}


def test_models_and_configurations_are_tagged() -> None:
    for role, made in (
        ("demo-dev-drift-score-retrain-us-east-1", {"model/demo-dev-score-judged-*"}),
        (DEPLOY, {"model/demo-dev-score-*", "endpoint-config/demo-dev-score-*"}),
    ):
        tagged = {r for s in granted(spec(), role).values() if "sagemaker:AddTags" in s.actions for r in s.resources}
        assert tagged == {f"{MADE}:{each}" for each in made}


@pytest.mark.parametrize("role", [RETRAIN, DEPLOY])
def test_who_names_a_key_for_disks_grants_its_use(role: str) -> None:
    own = granted(spec(), role)["Disks"]
    assert own.actions == ("kms:CreateGrant",)
    assert own.conditions == {
        "Bool": {"kms:GrantIsForAWSResource": ("true",)},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": ("alias/demo-dev/shared",)},
        "StringEquals": {"kms:ViaService": ("sagemaker.us-east-1.amazonaws.com",)},
    }
    disks = spec().replace("instance: ml.c5.large", NVME)
    assert "Disks" not in granted(disks, role)


ALARMS = """
monitor:
  notify: {pager: [oncall@example.com]}
  alarms:
    slow: {of: serve.score, when: p99 latency > 120ms for 5m}
    busy: {of: serve.score, when: cpu > 90% for 5m}
    odd: {of: serve.score, when: invocations outside 3 sigma for 15m}
"""


@pytest.mark.parametrize("role", [DEPLOY, "demo-dev-score-us-east-1"])
def test_errors_latency_and_answers_bring_the_old_model_back_and_nothing_else(role: str) -> None:
    """More callers, busy machines and full disks are no fault of a new model; its log is unusual by nature."""
    own = granted(said(LOOP, told=ALARMS), role)["Rollback"]
    assert own.actions == ("cloudwatch:DescribeAlarms",)
    alarms = ("drift-score-deploy-StrayedAnswers", "serve-score-error-rate", "serve-score-slow")
    assert set(own.resources) == {f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:demo-dev-{a}" for a in alarms}


def test_the_machine_names_those_alarms_and_the_module_makes_the_one_on_answers() -> None:
    plan = outcome(said(LOOP, told=ALARMS)).plan
    assert plan is not None
    found = json.loads(loop_files(plan)["files/drift_score_deploy.asl.json"])
    place = found["States"]["Look us-east-1"]["Parameters"]["Payload"]["place"]
    (made,) = [m.variables["strayed"] for m in lower(plan).modules if m.source == "loop"]
    assert place["alarms"] == [made["alarm"], "demo-dev-serve-score-error-rate", "demo-dev-serve-score-slow"]
    metric = place["answers"]
    assert (
        (metric["namespace"], metric["name"])
        == (made["namespace"], made["name"])
        == ("landform/demo", "StrayedAnswers")
    )
    assert metric["dimensions"] == [{"Name": "Endpoint", "Value": made["endpoint"]}]


def test_a_deployment_reads_what_is_answered_and_says_it_in_the_namespace_of_the_system() -> None:
    own = granted(spec(), DEPLOY)
    assert own["Compared"].conditions == {"StringEquals": {"cloudwatch:namespace": ("landform/demo",)}}
    read = {r for s in own.values() if "s3:GetObject" in s.actions for r in s.resources}
    assert any(each.endswith("/capture/serve-score/demo-dev-score/*") for each in read)


def test_no_loop_looks_at_no_alarms() -> None:
    assert "Rollback" not in granted(said(f"{WATCH}, {LABELS}"), "demo-dev-score-us-east-1")


@pytest.mark.parametrize("name", ["lots", "nodes"])
def test_a_training_reads_what_its_loop_leaves_and_writes_nothing_there(name: str) -> None:
    plan = outcome(platforms()).sound
    (edge,) = {g.edge for g in plan.grants if ".retrained." in g.edge and g.edge.startswith(f"train.{name}")}
    actions = {a for g in plan.grants if g.edge == edge for a in g.statement.actions}
    assert actions == {"s3:ListBucket", "s3:GetObject", "kms:Decrypt"}


def test_nodes_may_do_nothing_for_a_loop_but_read_its_rows() -> None:
    """They write down what becomes of a job anyway: a machine that looks there asks nothing new of them."""
    role = "demo-dev-nodes-us-east-1"
    looped, unlooped = (
        {(g.edge, *g.statement.actions) for g in outcome(text).sound.grants if g.principal.endswith(f"/{role}")}
        for text in (platforms(), platforms(f"{WATCH}, {LABELS}"))
    )
    assert {edge for edge, *_ in looped - unlooped} == {"train.nodes.retrained.nodes"}


def test_what_a_loop_decides_by_is_no_idle_word_on_any_platform() -> None:
    found = outcome(platforms()).found
    assert [d.text for d in found if d.code == "LF0613"] == []
    idle = outcome(platforms(f"{WATCH}, {LABELS}")).found
    assert len([d for d in idle if d.code == "LF0613"]) == 2
