"""The proof on two fleets side by side: each takes its own jobs, and nobody else's."""

from dataclasses import replace
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
data: {rows: {kind: bucket}, retries: {kind: queue}}
train:
  fit:
    platform: ec2
    cpu: 8
    nodes: 2
    pool: 0..4
    capacity: {spot: 100%, fallback: 15m}
    command: python main.py
    schedule: rate(1 day)
    checkpoint: {to: rows}
  other: {platform: ec2, cpu: 8, command: python main.py, reads: [rows]}
"""
QUEUE = "arn:aws:sqs:us-east-1:123456789012:demo-dev-{}"
GROUP = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/demo-dev-{}"
RECORDS = "arn:aws:s3:::demo-dev-artifacts-123456789012-us-east-1/jobs/train-{}/job-1/status.json"


@pytest.fixture(scope="module")
def fleets(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compiled(SPEC, tmp_path_factory.mktemp("fleets"))


def role(system: System, name: str) -> Role:
    return next(r for r in system.roles if r.arn.endswith(f"role/demo-dev-{name}-us-east-1"))


def may(system: System, name: str, action: str, resource: str) -> bool:
    own = role(system, name)
    return ask(system, own, Request(own.arn, action, resource, circumstances(system, own.arn))).allowed


def test_all_of_it_is_proven(fleets: Compiled) -> None:
    assert prove(*fleets) == ()


@pytest.mark.parametrize(
    ("name", "action", "resource"),
    [
        ("fit", "sqs:ReceiveMessage", QUEUE.format("fit-jobs")),
        ("fit", "sqs:ChangeMessageVisibility", QUEUE.format("fit-jobs")),
        ("fit", "autoscaling:SetInstanceProtection", GROUP.format("fit")),
        ("fit", "autoscaling:SetInstanceProtection", GROUP.format("fit-spare")),
        ("fit", "autoscaling:CompleteLifecycleAction", GROUP.format("fit-spare")),
        ("fit", "s3:PutObject", RECORDS.format("fit")),
        ("fit-schedule", "sqs:SendMessage", QUEUE.format("fit-jobs")),
    ],
)
def test_each_reaches_what_it_needs(fleets: Compiled, name: str, action: str, resource: str) -> None:
    assert may(fleets[0], name, action, resource)


@pytest.mark.parametrize(
    ("name", "action", "resource"),
    [
        ("other", "sqs:ReceiveMessage", QUEUE.format("fit-jobs")),
        ("fit", "sqs:DeleteMessage", QUEUE.format("other-jobs")),
        ("fit", "sqs:ReceiveMessage", QUEUE.format("fit-jobs-dead")),
        ("fit", "sqs:ReceiveMessage", QUEUE.format("retries")),
        ("fit", "sqs:SendMessage", QUEUE.format("fit-jobs")),
        ("fit", "sqs:PurgeQueue", QUEUE.format("fit-jobs")),
        ("fit", "sqs:SetQueueAttributes", QUEUE.format("fit-jobs")),
        ("fit", "autoscaling:SetInstanceProtection", GROUP.format("other")),
        ("other", "autoscaling:SetInstanceProtection", GROUP.format("fit-spare")),
        ("fit", "autoscaling:SetDesiredCapacity", GROUP.format("fit")),
        ("fit", "autoscaling:UpdateAutoScalingGroup", GROUP.format("fit")),
        ("fit", "autoscaling:TerminateInstanceInAutoScalingGroup", GROUP.format("fit")),
        ("fit", "s3:PutObject", RECORDS.format("other")),
        ("fit", "s3:GetObject", RECORDS.format("other")),
        ("fit", "s3:DeleteObject", RECORDS.format("fit")),
        ("fit", "s3:PutObject", RECORDS.partition("/jobs")[0] + "/code/train_fit.zip"),
        ("fit-schedule", "sqs:SendMessage", QUEUE.format("other-jobs")),
        ("fit-schedule", "sqs:ReceiveMessage", QUEUE.format("fit-jobs")),
        ("fit-schedule", "iam:PassRole", "arn:aws:iam::123456789012:role/demo-dev-fit-us-east-1"),
        ("fit-schedule", "s3:PutObject", RECORDS.format("fit")),
    ],
)
def test_near_misses_are_denied(fleets: Compiled, name: str, action: str, resource: str) -> None:
    assert not may(fleets[0], name, action, resource)


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("fit", {"Action": "sqs:ReceiveMessage", "Resource": QUEUE.format("*")}),
        ("fit", {"Action": "sqs:SendMessage", "Resource": QUEUE.format("fit-jobs")}),
        ("other", {"Action": "autoscaling:SetInstanceProtection", "Resource": GROUP.format("*")}),
        ("other", {"Action": "s3:PutObject", "Resource": RECORDS.format("*")}),
        ("fit-schedule", {"Action": "sqs:SendMessage", "Resource": "*"}),
    ],
)
def test_what_is_planted_is_found(fleets: Compiled, name: str, statement: dict[str, Any]) -> None:
    system, grants, sections = fleets
    own = role(system, name)
    planted = read_policy({"Version": "2012-10-17", "Statement": [{"Sid": "Planted", "Effect": "Allow", **statement}]})
    address = f"{own.address.rpartition('.aws_iam_role')[0]}.aws_iam_role_policy.planted"
    wider = replace(own, policies=(*own.policies, Attached(address, planted)))
    widened = replace(system, roles=tuple(wider if r is own else r for r in system.roles))
    assert {d.code for d in prove(widened, grants, sections)} & {"LF0805", "LF0810"}
