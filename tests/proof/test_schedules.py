"""The proof on what starts trainings at their times: the one role of a system that passes another."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landform.proof.ask import ask, circumstances
from landform.proof.evaluate import Request, read_policy
from landform.proof.prove import prove
from landform.proof.system import Attached, Role, System

from .test_jobs import Compiled, compiled

SPEC = """\
version: 1
system: demo
account: "123456789012"
environment: development
regions: {primary: us-east-1}
network: {egress: none}
data: {rows: {kind: bucket}, models: {kind: bucket}}
train:
  night: {platform: sagemaker, cpu: 8, image: xgboost-1.7, inputs: {train: {from: rows}}, output: models,
          schedule: cron(0 3 ? * SUN *)}
  hourly: {platform: batch, cpu: 8, image: pytorch-2.10, command: run, inputs: {train: {from: rows, prefix: in/}},
           output: models, schedule: rate(12 hours)}
  fleet: {platform: ec2, cpu: 8, pool: 0..2, command: run, reads: [rows], writes: [models], schedule: rate(1 day)}
"""
STARTER = "role/demo-dev-night-schedule-us-east-1"
JOB_ROLE = "arn:aws:iam::123456789012:role/demo-dev-night-us-east-1"
SAGEMAKER = "arn:aws:sagemaker:us-east-1:123456789012"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:demo-dev-fleet"
BATCH = "arn:aws:batch:us-east-1:123456789012"
PASSED = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


@pytest.fixture(scope="module")
def scheduled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compiled(SPEC, tmp_path_factory.mktemp("scheduled"))


def role(system: System, end: str) -> Role:
    return next(r for r in system.roles if r.arn.endswith(end))


def test_all_are_proven(scheduled: Compiled) -> None:
    assert prove(*scheduled) == ()


@pytest.mark.parametrize(
    ("starter", "action", "resource", "allowed"),
    [
        ("night", "sagemaker:CreateTrainingJob", f"{SAGEMAKER}:training-job/demo-dev-night-1", True),
        ("night", "sagemaker:CreateTrainingJob", f"{SAGEMAKER}:training-job/demo-dev-other-1", False),
        ("night", "sagemaker:CreateProcessingJob", f"{SAGEMAKER}:processing-job/demo-dev-night-1", False),
        ("night", "sagemaker:StopTrainingJob", f"{SAGEMAKER}:training-job/demo-dev-night-1", False),
        ("night", "iam:PassRole", JOB_ROLE, True),
        ("night", "iam:PassRole", "arn:aws:iam::123456789012:role/demo-dev-hourly-us-east-1", False),
        ("night", "iam:PassRole", f"arn:aws:iam::123456789012:{STARTER}", False),
        ("night", "batch:SubmitJob", f"{BATCH}:job-queue/demo-dev-hourly", False),
        ("night", "s3:GetObject", "arn:aws:s3:::demo-dev-rows-123456789012-us-east-1/a", False),
        ("fleet", "sqs:SendMessage", f"{QUEUE}-jobs", True),
        ("fleet", "sqs:SendMessage", f"{QUEUE}-jobs-dead", False),
        ("fleet", "sqs:ReceiveMessage", f"{QUEUE}-jobs", False),
        ("fleet", "sqs:PurgeQueue", f"{QUEUE}-jobs", False),
        ("fleet", "iam:PassRole", "arn:aws:iam::123456789012:role/demo-dev-fleet-us-east-1", False),
        ("hourly", "sqs:SendMessage", f"{QUEUE}-jobs", False),
        ("hourly", "batch:SubmitJob", f"{BATCH}:job-queue/demo-dev-hourly", True),
        ("hourly", "batch:SubmitJob", f"{BATCH}:job-definition/demo-dev-hourly:7", True),
        ("hourly", "batch:SubmitJob", f"{BATCH}:job-definition/demo-dev-hourly", True),
        ("hourly", "batch:SubmitJob", f"{BATCH}:job-definition/demo-dev-hourly-other", False),
        ("hourly", "batch:SubmitJob", f"{BATCH}:job-definition/other:1", False),
        ("hourly", "batch:SubmitJob", f"{BATCH}:job-queue/other", False),
        ("hourly", "batch:TerminateJob", f"{BATCH}:job/1", False),
        ("hourly", "batch:RegisterJobDefinition", f"{BATCH}:job-definition/demo-dev-hourly", False),
        ("hourly", "iam:PassRole", "arn:aws:iam::123456789012:role/demo-dev-hourly-us-east-1", False),
    ],
)  # fmt: skip
def test_a_starter_starts_its_own_training_and_does_nothing_else(
    scheduled: Compiled, starter: str, action: str, resource: str, allowed: bool
) -> None:
    own = role(scheduled[0], f"role/demo-dev-{starter}-schedule-us-east-1")
    told = circumstances(scheduled[0], own.arn) | {"iam:passedtoservice": ("sagemaker.amazonaws.com",)}
    assert ask(scheduled[0], own, Request(own.arn, action, resource, told)).allowed is allowed


def widened(system: System, end: str, statement: dict[str, Any]) -> System:
    own = role(system, end)
    planted = read_policy({"Version": "2012-10-17", "Statement": [{"Sid": "Planted", "Effect": "Allow", **statement}]})
    address = f"{own.address.rpartition('.aws_iam_role')[0]}.aws_iam_role_policy.planted"
    wider = replace(own, policies=(*own.policies, Attached(address, planted)))
    return replace(system, roles=tuple(wider if r is own else r for r in system.roles))


@pytest.mark.parametrize(
    ("end", "statement"),
    [
        (STARTER, {"Resource": JOB_ROLE}),
        (STARTER, {"Resource": "arn:aws:iam::123456789012:role/*", "Condition": PASSED}),
        (STARTER, {"Resource": f"arn:aws:iam::123456789012:{STARTER}", "Condition": PASSED}),
        (STARTER, {"Resource": JOB_ROLE, "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}),
        ("role/demo-dev-night-us-east-1", {"Resource": JOB_ROLE, "Condition": PASSED}),
        ("role/demo-dev-hourly-us-east-1", {"Resource": JOB_ROLE, "Condition": PASSED}),
    ],
)
def test_whoever_else_passes_a_role_widens_access(scheduled: Compiled, end: str, statement: dict[str, Any]) -> None:
    system, grants, sections = scheduled
    found = prove(widened(system, end, {"Action": "iam:PassRole", **statement}), grants, sections)
    assert any(d.code == "LF0805" and "widens access" in d.message for d in found)


def test_a_starter_of_other_jobs_is_found(scheduled: Compiled) -> None:
    system, grants, sections = scheduled
    wide = {
        "Action": "sagemaker:CreateTrainingJob",
        "Resource": f"{SAGEMAKER}:training-job/*",
    }
    assert {d.code for d in prove(widened(system, STARTER, wide), grants, sections)} == {"LF0810"}


def test_an_input_of_batch_is_proven_by_what_its_container_is_told(scheduled: Compiled, tmp_path: Path) -> None:
    system, grants, sections = scheduled
    wide = [
        replace(g, resources=("arn:aws:s3:::demo-dev-rows-123456789012-us-east-1/*",))
        if g.edge == "train.hourly.inputs.train" and "s3:GetObject" in g.actions
        else g
        for g in grants
    ]
    assert "LF0805" in {d.code for d in prove(system, wide, sections)}
