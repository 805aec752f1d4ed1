"""The proof on a model that is served in two regions, and on who may call it: what is near and not allowed."""

import tarfile
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
regions: {primary: us-east-1, replicas: [eu-west-1]}
network: {egress: none}
data:
  rows: {kind: bucket}
  models: {kind: bucket, replicate: true}
  firsts: {kind: bucket}
  features: {kind: table, key: id}
train:
  fit: {platform: sagemaker, cpu: 8, image: xgboost-1.7, inputs: {train: {from: rows}}, output: models}
serve:
  score: {platform: sagemaker, model: train.fit, initial: score.tar.gz, cpu: 4, capture: 20%, regions: all}
  waiting: {platform: sagemaker, model: train.fit, cpu: 4, capture: {share: 5%, to: rows}, reads: [features]}
  stored:
    platform: sagemaker
    image: xgboost-1.7
    initial: s3://demo-dev-firsts-123456789012-us-east-1/first/a.tar.gz
    cpu: 4
machines:
  client: {instance: t3.micro, calls: [serve.score, serve.waiting], reads: [firsts]}
"""
REGION = "us-east-1"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("served")
    with tarfile.open(folder / "score.tar.gz", "w:gz") as archive:
        archive.add(__file__, "model.py")
    return compiled(SPEC, folder)


def role(system: System, name: str, region: str = REGION) -> Role:
    return next(r for r in system.roles if r.arn.endswith(f"role/demo-dev-{name}-{region}"))


def may(system: System, who: str, action: str, resource: str) -> bool:
    own = role(system, who)
    return ask(system, own, Request(own.arn, action, resource, circumstances(system, own.arn))).allowed


BUCKET = "arn:aws:s3:::demo-dev-{}-123456789012-us-east-1"
ENDPOINT = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/demo-dev-{}"
OWN = "arn:aws:sagemaker:us-east-1:123456789012:{}"


def test_endpoints_in_two_regions_are_proven_whether_they_stand_or_wait(served: Compiled) -> None:
    assert prove(*served) == ()


@pytest.mark.parametrize(
    ("who", "action", "resource"),
    [
        ("score", "s3:GetObject", BUCKET.format("models") + "/training/train-fit/fit-1/output/model.tar.gz"),
        ("score", "s3:GetObject", BUCKET.format("artifacts") + "/models/serve-score/score.tar.gz"),
        ("score", "s3:PutObject", BUCKET.format("artifacts") + "/capture/serve-score/a.jsonl"),
        ("stored", "s3:GetObject", BUCKET.format("firsts") + "/first/a.tar.gz"),
        ("waiting", "s3:PutObject", BUCKET.format("rows") + "/capture/serve-waiting/a.jsonl"),
        ("waiting", "dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:123456789012:table/demo-dev-features"),
        ("client", "sagemaker:InvokeEndpoint", ENDPOINT.format("score")),
        ("client", "sagemaker:InvokeEndpoint", ENDPOINT.format("waiting")),
    ],
)
def test_edges_suffice(served: Compiled, who: str, action: str, resource: str) -> None:
    assert may(served[0], who, action, resource)


@pytest.mark.parametrize(
    ("who", "action", "resource"),
    [
        ("client", "sagemaker:InvokeEndpoint", ENDPOINT.format("stored")),
        ("client", "sagemaker:InvokeEndpoint", ENDPOINT.format("score-2")),
        ("client", "sagemaker:InvokeEndpoint", ENDPOINT.format("score").replace("us-east-1", "eu-west-1")),
        ("client", "sagemaker:InvokeEndpoint", ENDPOINT.format("score").replace("123456789012", "999999999999")),
        ("client", "sagemaker:InvokeEndpointAsync", ENDPOINT.format("score")),
        ("client", "sagemaker:InvokeEndpointWithResponseStream", ENDPOINT.format("score")),
        ("client", "sagemaker:DescribeEndpoint", ENDPOINT.format("score")),
        ("client", "sagemaker:UpdateEndpoint", ENDPOINT.format("score")),
        ("client", "sagemaker:UpdateEndpointWeightsAndCapacities", ENDPOINT.format("score")),
        ("client", "sagemaker:DeleteEndpoint", ENDPOINT.format("score")),
        ("client", "sagemaker:CreateEndpointConfig", OWN.format("endpoint-config/x")),
        ("client", "s3:GetObject", BUCKET.format("artifacts") + "/capture/serve-score/a.jsonl"),
        ("client", "s3:GetObject", BUCKET.format("models") + "/training/train-fit/a"),
        ("score", "sagemaker:InvokeEndpoint", ENDPOINT.format("waiting")),
        ("score", "sagemaker:InvokeEndpoint", ENDPOINT.format("score")),
        ("score", "sagemaker:CreateModel", OWN.format("model/x")),
        ("score", "s3:ListBucket", BUCKET.format("models")),
        ("score", "s3:GetObject", BUCKET.format("models") + "/checkpoints/train-fit/1"),
        ("score", "s3:GetObject", BUCKET.format("models") + "/training/train-other/model.tar.gz"),
        ("score", "s3:PutObject", BUCKET.format("models") + "/training/train-fit/model.tar.gz"),
        ("score", "s3:GetObject", BUCKET.format("rows") + "/a.csv"),
        ("score", "s3:GetObject", BUCKET.format("artifacts") + "/models/serve-other/a.tar.gz"),
        ("score", "s3:GetObject", BUCKET.format("artifacts") + "/capture/serve-score/a.jsonl"),
        ("score", "s3:PutObject", BUCKET.format("artifacts") + "/models/serve-score/score.tar.gz"),
        ("score", "s3:PutObject", BUCKET.format("artifacts") + "/capture/serve-waiting/a.jsonl"),
        ("score", "s3:DeleteObject", BUCKET.format("artifacts") + "/capture/serve-score/a.jsonl"),
        ("score", "ecr:BatchGetImage", "arn:aws:ecr:us-east-1:683313688378:repository/other"),
        ("score", "logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/x:*"),
        ("score", "iam:PassRole", "arn:aws:iam::123456789012:role/demo-dev-score-us-east-1"),
        ("score", "kms:CreateGrant", "arn:aws:kms:us-east-1:123456789012:key/x"),
        ("stored", "s3:GetObject", BUCKET.format("firsts") + "/first/a.tar.gz.old"),
        ("stored", "s3:GetObject", BUCKET.format("firsts") + "/first/b.tar.gz"),
        ("stored", "s3:PutObject", BUCKET.format("firsts") + "/first/a.tar.gz"),
        ("waiting", "dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:123456789012:table/demo-dev-features"),
        ("waiting", "ssm:PutParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/landform/demo/development/serve"),
    ],
)
def test_near_misses_are_denied(served: Compiled, who: str, action: str, resource: str) -> None:
    assert not may(served[0], who, action, resource)


def widened(system: System, name: str, statement: dict[str, Any]) -> System:
    """The system with a further policy on a role."""
    own = role(system, name)
    planted = read_policy({"Version": "2012-10-17", "Statement": [{"Sid": "Planted", "Effect": "Allow", **statement}]})
    address = f"{own.address.rpartition('.aws_iam_role')[0]}.aws_iam_role_policy.planted"
    wider = replace(own, policies=(*own.policies, Attached(address, planted)))
    return replace(system, roles=tuple(wider if r is own else r for r in system.roles))


@pytest.mark.parametrize(
    ("who", "statement"),
    [
        ("client", {"Action": "sagemaker:InvokeEndpoint", "Resource": ENDPOINT.format("stored")}),
        ("client", {"Action": "sagemaker:InvokeEndpoint", "Resource": ENDPOINT.format("*")}),
        ("client", {"Action": "sagemaker:DeleteEndpoint", "Resource": ENDPOINT.format("score")}),
        ("score", {"Action": "s3:GetObject", "Resource": BUCKET.format("models") + "/*"}),
        ("score", {"Action": "s3:PutObject", "Resource": BUCKET.format("artifacts") + "/models/serve-score/*"}),
        ("stored", {"Action": "s3:GetObject", "Resource": BUCKET.format("firsts") + "/first/*"}),
    ],
    ids=lambda value: str(value.get("Action")) if isinstance(value, dict) else value,
)
def test_what_is_planted_is_found(served: Compiled, who: str, statement: dict[str, Any]) -> None:
    system, grants, sections = served
    found = prove(widened(system, who, statement), grants, sections)
    assert {d.code for d in found} & {"LF0805", "LF0810"}


def test_a_grant_of_all_that_lies_beside_the_models_is_found(served: Compiled) -> None:
    system, grants, sections = served
    wide = [
        replace(g, resources=(BUCKET.format("models") + "/*",)) if g.edge == "serve.waiting.model.train.fit" else g
        for g in grants
    ]
    assert "LF0805" in {d.code for d in prove(system, wide, sections)}


def test_one_word_moves_the_training_and_the_model_is_read_where_it_leaves_it(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "score.tar.gz", "w:gz") as archive:
        archive.add(__file__, "model.py")
    moved = SPEC.replace(
        "platform: sagemaker, cpu: 8, image: xgboost-1.7,",
        "platform: batch, cpu: 8, image: pytorch-2.10, command: run,",
    )
    moved = moved.replace("model: train.fit,", "model: train.fit, image: xgboost-1.7,")
    system, grants, sections = compiled(moved, tmp_path)
    assert prove(system, grants, sections) == ()
    assert may(system, "score", "s3:GetObject", BUCKET.format("models") + "/training/train-fit/model.tar.gz")
