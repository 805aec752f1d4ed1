"""The roles of a loop: what AWS asks of who starts jobs, shifts traffic and brings old models back."""

from __future__ import annotations

import json

import pytest
from support.specs import outcome

from landform.lower.loop import loop_files
from landform.lower.root import lower
from landform.plan import Plan, Statement
from passes.test_drift import LABELS, THEN, WATCH, said

MADE = "arn:aws:sagemaker:us-east-1:123456789012"
LOOP = f"{WATCH}, {LABELS}, {THEN % ''}"
NVME = "instance: ml.g5.xlarge"


def spec(**more: str) -> str:
    return said(LOOP, **more)


def granted(text: str, role: str) -> dict[str, Statement]:
    plan: Plan | None = outcome(text).plan
    assert plan is not None
    return {g.statement.sid: g.statement for g in plan.grants if g.principal.endswith(f"role/{role}")}


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
