"""The proof on a watch: it reaches what it watches and its own, and nothing beside; what is planted is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from passes.test_drift import LABELS, WATCH, said
from support.specs import head

from landform.proof.ask import ask, circumstances
from landform.proof.evaluate import Request, read_policy
from landform.proof.prove import prove
from landform.proof.system import Attached, Role, System

from .test_jobs import Compiled, compiled

OWN = "role/demo-dev-drift-score-us-east-1"
BUCKET = "arn:aws:s3:::demo-dev-{}-123456789012-us-east-1"
AWS = "arn:aws:{}:us-east-1:123456789012:{}"
TAGS = {
    "aws:ResourceTag/landform:entry": "drift.score",
    "aws:ResourceTag/landform:environment": "development",
    "aws:ResourceTag/landform:system": "demo",
}


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compiled(
        head() + said(f"{WATCH}, {LABELS}, baseline: {{from: train.tabular}}"), tmp_path_factory.mktemp("watch")
    )


def role(system: System) -> Role:
    return next(r for r in system.roles if r.arn.endswith(OWN))


def may(system: System, action: str, resource: str, context: dict[str, str] | None = None) -> bool:
    own = role(system)
    told = circumstances(system, own.arn) | {key.lower(): (value,) for key, value in (context or {}).items()}
    return ask(system, own, Request(own.arn, action, resource, told)).allowed


def test_it_is_proven(watch: Compiled) -> None:
    assert prove(*watch) == ()


REACHED = [
    ("s3:GetObject", BUCKET.format("artifacts") + "/capture/serve-score/demo-dev-score/AllTraffic/a.jsonl", {}),
    ("s3:ListBucket", BUCKET.format("artifacts"), {"s3:prefix": "capture/serve-score/"}),
    ("s3:GetObject", BUCKET.format("orders") + "/labels/a.csv", {}),
    ("s3:PutObject", BUCKET.format("artifacts") + "/drift/score/score.snapshot", {}),
    ("sqs:ReceiveMessage", AWS.format("sqs", "demo-dev-drift-score-captured"), {}),
    ("events:PutEvents", AWS.format("events", "event-bus/demo-dev-drift-score"), {}),
    ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "landform/demo"}),
    ("ec2:AttachVolume", AWS.format("ec2", "volume/vol-1"), TAGS),
    ("ec2:AttachVolume", AWS.format("ec2", "instance/i-1"), TAGS),
]


@pytest.mark.parametrize(("action", "resource", "context"), REACHED)
def test_what_its_edges_say_is_reached(watch: Compiled, action: str, resource: str, context: dict[str, str]) -> None:
    assert may(watch[0], action, resource, context)


MISSED = [
    ("s3:GetObject", BUCKET.format("orders") + "/train/a.csv", {}),
    ("s3:ListBucket", BUCKET.format("orders"), {"s3:prefix": "train/"}),
    ("s3:PutObject", BUCKET.format("orders") + "/labels/a.csv", {}),
    ("s3:GetObject", BUCKET.format("models") + "/a", {}),
    ("s3:PutObject", BUCKET.format("artifacts") + "/capture/serve-score/a.jsonl", {}),
    ("s3:PutObject", BUCKET.format("artifacts") + "/code/drift_score.zip", {}),
    ("s3:DeleteObject", BUCKET.format("artifacts") + "/drift/score/score.snapshot", {}),
    ("sqs:ReceiveMessage", AWS.format("sqs", "demo-dev-drift-score-captured-dead"), {}),
    ("sqs:SendMessage", AWS.format("sqs", "demo-dev-drift-score-captured"), {}),
    ("events:PutEvents", AWS.format("events", "event-bus/default"), {}),
    ("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "landform/other"}),
    ("ec2:AttachVolume", AWS.format("ec2", "volume/vol-1"), {}),
    ("ec2:AttachVolume", AWS.format("ec2", "volume/vol-1"), {**TAGS, "aws:ResourceTag/landform:system": "other"}),
    ("ec2:CreateTags", AWS.format("ec2", "volume/vol-1"), TAGS),
    ("sagemaker:InvokeEndpoint", AWS.format("sagemaker", "endpoint/demo-dev-score"), {}),
    ("sagemaker:UpdateEndpoint", AWS.format("sagemaker", "endpoint/demo-dev-score"), {}),
]


@pytest.mark.parametrize(("action", "resource", "context"), MISSED)
def test_near_misses_are_denied(watch: Compiled, action: str, resource: str, context: dict[str, str]) -> None:
    assert not may(watch[0], action, resource, context)


PLANTED: list[dict[str, Any]] = [
    {"Action": "s3:GetObject", "Resource": BUCKET.format("orders") + "/*"},
    {"Action": "s3:PutObject", "Resource": BUCKET.format("artifacts") + "/drift/*"},
    {"Action": "sqs:ReceiveMessage", "Resource": AWS.format("sqs", "demo-dev-*")},
    {"Action": "events:PutEvents", "Resource": AWS.format("events", "event-bus/*")},
    {"Action": "ec2:AttachVolume", "Resource": AWS.format("ec2", "volume/*")},
    {"Action": "cloudwatch:PutMetricData", "Resource": "*"},
]


@pytest.mark.parametrize("statement", PLANTED, ids=lambda s: str(s["Action"]))
def test_what_is_planted_is_found(watch: Compiled, statement: dict[str, Any]) -> None:
    system, grants, sections = watch
    own = role(system)
    planted = read_policy({"Version": "2012-10-17", "Statement": [{"Sid": "Planted", "Effect": "Allow", **statement}]})
    address = f"{own.address.rpartition('.aws_iam_role')[0]}.aws_iam_role_policy.planted"
    wider = replace(own, policies=(*own.policies, Attached(address, planted)))
    system = replace(system, roles=tuple(wider if r is own else r for r in system.roles))
    assert {d.code for d in prove(system, grants, sections)} & {"LF0805", "LF0810"}


@pytest.mark.parametrize(
    "edge", ["objects", "events", "disk", "snapshots", "captured.serve.score", "labels.orders", "code"]
)
def test_an_edge_that_is_not_recorded_is_missed(watch: Compiled, edge: str) -> None:
    system, grants, sections = watch
    without = [g for g in grants if g.edge != f"drift.score.{edge}"]
    assert len(without) < len(grants)
    assert {d.code for d in prove(system, without, sections)} & {"LF0805", "LF0810"}
