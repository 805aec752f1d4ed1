"""The proof on a training that Batch runs: three roles of it, and what could go wrong there."""

import json
from dataclasses import replace
from typing import Any

import pytest

from landform.commands.workspace import laid_out
from landform.emit.tree import tree
from landform.pipeline import analyse
from landform.proof.ask import ask, circumstances
from landform.proof.evaluate import Request, read_policy
from landform.proof.grants import Grant, read_grants
from landform.proof.planned import read_plan
from landform.proof.prove import prove
from landform.proof.system import Attached, Role, System, read_system
from landform.rehearse.terraform import offline_plan

ACCOUNT = "123456789012"
SPEC = """\
version: 1
system: demo
account: "123456789012"
environment: development
regions: {primary: us-east-1}
network: {egress: none}
data: {rows: {kind: bucket, class: pii}, models: {kind: bucket}, others: {kind: bucket}}
audit: {trail: all-regions}
train:
  fit:
    platform: batch
    cpu: 8
    image: pytorch-2.10
    command: python main.py
    capacity: {spot: 80%}
    checkpoint: {to: models, every: 10m}
    reads: [rows]
    writes: [models]
"""
Compiled = tuple[System, tuple[Grant, ...], dict[str, str]]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("batch")
    file = folder / "demo.yaml"
    file.write_text(SPEC)
    analysis = analyse(file)
    assert analysis.plan is not None and analysis.sound, [d.text for d in analysis.diagnostics]
    files = tree(analysis.plan)
    system = read_system(read_plan(offline_plan(laid_out(analysis, files, folder / "out"))), ACCOUNT)
    return system, read_grants(json.loads(files["grants.json"])), json.loads(files["sourcemap.json"])


def role(system: System, name: str = "fit") -> Role:
    return next(r for r in system.roles if r.arn.endswith(f"role/demo-dev-{name}-us-east-1"))


def may(system: System, action: str, resource: str, name: str = "fit") -> bool:
    own = role(system, name)
    return ask(system, own, Request(own.arn, action, resource, circumstances(system, own.arn))).allowed


BUCKET = "arn:aws:s3:::demo-dev-{}-123456789012-us-east-1"
LOG = "arn:aws:logs:us-east-1:123456789012:log-group:/landform/demo/development/train/fit:log-stream:train/1"
IMAGE = "arn:aws:ecr:us-east-1:763104351884:repository/pytorch-training"
CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/AWSBatch-x"


def test_all_of_it_is_proven(compiled: Compiled) -> None:
    assert prove(*compiled) == ()
    assert role(compiled[0]).services == {"ecs-tasks.amazonaws.com"}
    assert role(compiled[0], "fit-host").services == {"ec2.amazonaws.com"}


@pytest.mark.parametrize(
    ("name", "action", "resource"),
    [
        ("fit", "s3:GetObject", BUCKET.format("rows") + "/train/a.csv"),
        ("fit", "s3:PutObject", BUCKET.format("models") + "/checkpoints/train-fit/1"),
        ("fit", "s3:GetObject", BUCKET.format("artifacts") + "/code/train_fit.zip"),
        ("fit-start", "ecr:BatchGetImage", IMAGE),
        ("fit-start", "logs:PutLogEvents", LOG),
        ("fit-host", "ecs:RegisterContainerInstance", CLUSTER),
    ],
)
def test_each_role_reaches_what_it_needs_through_the_endpoints(
    compiled: Compiled, name: str, action: str, resource: str
) -> None:
    assert may(compiled[0], action, resource, name)


@pytest.mark.parametrize(
    ("name", "action", "resource"),
    [
        ("fit", "s3:GetObject", BUCKET.format("others") + "/a"),
        ("fit", "s3:DeleteObject", BUCKET.format("rows") + "/train/a.csv"),
        ("fit", "s3:PutObject", BUCKET.format("rows") + "/train/a.csv"),
        ("fit", "s3:PutObject", BUCKET.format("artifacts") + "/code/train_fit.zip"),
        ("fit", "s3:GetObject", BUCKET.format("audit") + "/a"),
        ("fit", "s3:PutBucketPolicy", BUCKET.format("rows")),
        ("fit", "iam:PassRole", "arn:aws:iam::123456789012:role/demo-dev-fit-us-east-1"),
        ("fit", "batch:SubmitJob", "arn:aws:batch:us-east-1:123456789012:job-queue/demo-dev-fit"),
        ("fit", "logs:PutLogEvents", LOG),
        ("fit", "ecr:BatchGetImage", IMAGE),
        ("fit", "ecs:RegisterContainerInstance", CLUSTER),
        ("fit-start", "s3:GetObject", BUCKET.format("rows") + "/train/a.csv"),
        ("fit-start", "ecr:PutImage", IMAGE),
        ("fit-start", "ecr:BatchGetImage", IMAGE.replace("pytorch", "other")),
        ("fit-start", "logs:PutLogEvents", LOG.replace("train/fit", "train/other")),
        ("fit-start", "logs:DeleteLogGroup", LOG),
        ("fit-host", "s3:GetObject", BUCKET.format("rows") + "/train/a.csv"),
        ("fit-host", "ecs:RunTask", "arn:aws:ecs:us-east-1:123456789012:task-definition/x:1"),
        ("fit-host", "ecs:RegisterContainerInstance", CLUSTER.replace("us-east-1", "eu-west-1")),
        ("fit-host", "ec2:RunInstances", "arn:aws:ec2:us-east-1:123456789012:instance/*"),
    ],
)
def test_near_misses_are_denied(compiled: Compiled, name: str, action: str, resource: str) -> None:
    assert not may(compiled[0], action, resource, name)


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("fit", {"Action": "s3:GetObject", "Resource": BUCKET.format("others") + "/*"}),
        ("fit-start", {"Action": "ecr:BatchGetImage", "Resource": IMAGE.replace("pytorch-training", "*")}),
        ("fit-start", {"Action": "s3:GetObject", "Resource": BUCKET.format("rows") + "/*"}),
        ("fit-host", {"Action": "ecs:Poll", "Resource": "*"}),
        ("fit-host", {"Action": "s3:GetObject", "Resource": BUCKET.format("rows") + "/*"}),
    ],
)
def test_what_is_planted_is_found(compiled: Compiled, name: str, statement: dict[str, Any]) -> None:
    system, grants, sections = compiled
    own = role(system, name)
    planted = read_policy({"Version": "2012-10-17", "Statement": [{"Sid": "Planted", "Effect": "Allow", **statement}]})
    address = f"{own.address.rpartition('.aws_iam_role')[0]}.aws_iam_role_policy.planted"
    wider = replace(own, policies=(*own.policies, Attached(address, planted)))
    widened = replace(system, roles=tuple(wider if r is own else r for r in system.roles))
    assert {d.code for d in prove(widened, grants, sections)} & {"LF0805", "LF0810"}


def test_a_grant_to_another_role_of_the_training_is_found(compiled: Compiled) -> None:
    system, grants, sections = compiled
    own = role(system, "fit-host").arn
    wide = [replace(g, resources=("*",)) if g.principal == own and "ecs:Poll" in g.actions else g for g in grants]
    assert "LF0805" in {d.code for d in prove(system, wide, sections)}
