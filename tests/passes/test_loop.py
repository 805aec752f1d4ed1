"""The roles of a loop: what AWS asks of who starts jobs, shifts traffic and brings old models back."""

from __future__ import annotations

import pytest
from support.specs import outcome

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


@pytest.mark.parametrize("role", [DEPLOY, "demo-dev-score-us-east-1"])
def test_who_goes_back_by_alarms_looks_at_exactly_those(role: str) -> None:
    plan = outcome(spec()).plan
    assert plan is not None
    alarms = {a.name for w in plan.watches for a in w.alarms if a.component.label == "serve.score"}
    own = granted(spec(), role)["Rollback"]
    assert own.actions == ("cloudwatch:DescribeAlarms",)
    assert alarms
    assert set(own.resources) == {f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}" for name in alarms}


def test_no_loop_looks_at_no_alarms() -> None:
    assert "Rollback" not in granted(said(f"{WATCH}, {LABELS}"), "demo-dev-score-us-east-1")
