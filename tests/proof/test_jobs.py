"""The proof on one training as it moves from EC2 to SageMaker by a single word, and on what could go wrong there."""

import json
from dataclasses import replace
from pathlib import Path
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
    platform: %s
    cpu: 8
    image: %s
    command: python main.py
    capacity: {spot: 100%%}
    checkpoint: {to: models, every: 10m}
    reads: [rows]
    writes: [models]
"""
Compiled = tuple[System, tuple[Grant, ...], dict[str, str]]


def compiled(text: str, folder: Path) -> Compiled:
    file = folder / "demo.yaml"
    file.write_text(text)
    analysis = analyse(file)
    assert analysis.plan is not None and analysis.sound, [d.text for d in analysis.diagnostics]
    files = tree(analysis.plan)
    laid = laid_out(analysis, files, folder / "out")
    system = read_system(read_plan(offline_plan(laid)), ACCOUNT)
    return system, read_grants(json.loads(files["grants.json"])), json.loads(files["sourcemap.json"])


@pytest.fixture(scope="module")
def managed(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    text = SPEC % ("sagemaker", "pytorch-2.10") + "    inputs: {train: {from: rows, prefix: train/}}\n"
    return compiled(text, tmp_path_factory.mktemp("managed"))


def role(system: System) -> Role:
    return next(r for r in system.roles if r.arn.endswith("role/demo-dev-fit-us-east-1"))


def test_one_word_moves_a_training_and_both_are_proven(managed: Compiled, tmp_path: Path) -> None:
    assert prove(*managed) == ()
    assert prove(*compiled(SPEC % ("ec2", "al2023"), tmp_path)) == ()


def may(system: System, action: str, resource: str, **context: str) -> bool:
    own = role(system)
    told = circumstances(system, own.arn) | {key.replace("_", ":"): (value,) for key, value in context.items()}
    return ask(system, own, Request(own.arn, action, resource, told)).allowed


BUCKET = "arn:aws:s3:::demo-dev-{}-123456789012-us-east-1"


def test_a_job_reaches_what_its_edges_say_through_the_endpoint(managed: Compiled) -> None:
    system = managed[0]
    assert may(system, "s3:GetObject", BUCKET.format("rows") + "/train/a.csv")
    assert may(system, "s3:PutObject", BUCKET.format("models") + "/checkpoints/train-fit/1")
    assert may(system, "s3:PutObject", BUCKET.format("artifacts") + "/training/train-fit/model.tar.gz")


def test_a_job_encrypts_its_model_with_the_bucket_s_key_and_with_no_other(managed: Compiled, tmp_path: Path) -> None:
    system, key = managed[0], "arn:aws:kms:us-east-1:123456789012:key/x"
    assert may(system, "kms:Encrypt", key, kms_resourcealiases="alias/demo-dev/shared")
    assert not may(system, "kms:Encrypt", key, kms_resourcealiases="alias/demo-dev/data/rows")
    named = compiled(SPEC % ("sagemaker", "pytorch-2.10") + "    output: rows\n", tmp_path)
    assert prove(*named) == ()
    assert may(named[0], "kms:Encrypt", key, kms_resourcealiases="alias/demo-dev/data/rows")
    assert not may(named[0], "kms:Encrypt", key, kms_resourcealiases="alias/demo-dev/shared")


def test_a_model_in_a_bucket_that_exists_is_encrypted_with_the_key_that_the_spec_names(tmp_path: Path) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
    theirs = f'data: {{kept: {{kind: bucket, existing: acme-models, key: "{key}"}}, rows:'
    spec = SPEC.replace("data: {rows:", theirs) % ("sagemaker", "pytorch-2.10") + "    output: kept\n"
    system, grants, sections = compiled(spec, tmp_path)
    assert prove(system, grants, sections) == ()
    assert may(system, "kms:Encrypt", key)
    assert not may(system, "kms:Encrypt", key.replace("key/1", "key/2"))
    without = [g for g in grants if g.edge != "train.fit.output-key"]
    assert {d.code for d in prove(system, without, sections)} == {"LF0810"}


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", BUCKET.format("others") + "/a"),
        ("s3:ListBucket", BUCKET.format("others")),
        ("s3:DeleteObject", BUCKET.format("rows") + "/train/a.csv"),
        ("s3:PutObject", BUCKET.format("rows") + "/train/a.csv"),
        ("s3:PutObject", BUCKET.format("artifacts") + "/code/train_fit.zip"),
        ("s3:GetObject", BUCKET.format("artifacts") + "/training/train-fit/model.tar.gz"),
        ("s3:GetObject", BUCKET.format("audit") + "/a"),
        ("s3:PutBucketPolicy", BUCKET.format("rows")),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/demo-dev-fit-us-east-1"),
        ("sagemaker:CreateTrainingJob", "arn:aws:sagemaker:us-east-1:123456789012:training-job/x"),
        ("sagemaker:CreateEndpoint", "arn:aws:sagemaker:us-east-1:123456789012:endpoint/x"),
        ("ecr:BatchGetImage", "arn:aws:ecr:us-east-1:763104351884:repository/other"),
        ("ecr:PutImage", "arn:aws:ecr:us-east-1:763104351884:repository/pytorch-training"),
        ("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/landform/demo/x:log-stream:y"),
        ("logs:DeleteLogGroup", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/TrainingJobs"),
        ("ec2:RunInstances", "arn:aws:ec2:us-east-1:123456789012:instance/*"),
        ("ec2:DeleteSubnet", "arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1"),
        ("ssm:PutParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/landform/demo/development/train/fit"),
        ("kms:CreateGrant", "arn:aws:kms:us-east-1:123456789012:key/x"),
        ("kms:Encrypt", "arn:aws:kms:us-east-1:123456789012:key/x"),
        ("cloudwatch:PutMetricAlarm", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:x"),
    ],
)
def test_near_misses_are_denied(managed: Compiled, action: str, resource: str) -> None:
    assert not may(managed[0], action, resource)


def widened(system: System, statement: dict[str, Any]) -> System:
    """The system with a further policy on the job's role."""
    own = role(system)
    planted = read_policy({"Version": "2012-10-17", "Statement": [{"Sid": "Planted", "Effect": "Allow", **statement}]})
    address = f"{own.address.rpartition('.aws_iam_role')[0]}.aws_iam_role_policy.planted"
    wider = replace(own, policies=(*own.policies, Attached(address, planted)))
    return replace(system, roles=tuple(wider if r is own else r for r in system.roles))


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "s3:GetObject", "Resource": BUCKET.format("others") + "/*"},
        {"Action": "kms:CreateGrant", "Resource": "arn:aws:kms:us-east-1:123456789012:key/*"},
        {"Action": "kms:Encrypt", "Resource": "arn:aws:kms:us-east-1:123456789012:key/*"},
        {"Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/demo-dev-fit-us-east-1"},
        {"Action": "ecr:BatchGetImage", "Resource": "arn:aws:ecr:us-east-1:763104351884:repository/*"},
        {"Action": "s3:PutObject", "Resource": BUCKET.format("artifacts") + "/*"},
    ],
    ids=lambda s: str(s["Action"]),
)  # fmt: skip
def test_what_is_planted_is_found(managed: Compiled, statement: dict[str, Any]) -> None:
    system, grants, sections = managed
    found = prove(widened(system, statement), grants, sections)
    assert {d.code for d in found} & {"LF0805", "LF0810"}


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """On EC2, where no script is known before an apply since the id of a file system stands in it."""
    told = "    inputs: {train: {from: rows, prefix: train/}}\n    output: models\n    mounts: {/home: homes}\n"
    spec = SPEC.replace("data: {", "data: {homes: {kind: efs}, ").replace("    reads: [rows]\n", "")
    return compiled(
        spec.replace("    writes: [models]\n", "") % ("ec2", "al2023") + told, tmp_path_factory.mktemp("ec2")
    )


def test_a_node_reaches_its_inputs_and_its_output_and_no_more(carried: Compiled) -> None:
    system, grants, sections = carried
    # What grants say of the file system goes by names that an apply alone gives: tests/proof/test_foreseen.py.
    assert {d.code for d in prove(system, grants, sections) if "homes" not in d.message} == set()
    assert may(system, "s3:GetObject", BUCKET.format("rows") + "/train/a.csv")
    assert may(system, "s3:ListBucket", BUCKET.format("rows"), s3_prefix="train/")
    assert may(system, "s3:PutObject", BUCKET.format("models") + "/training/train-fit/job-1/output/model.tar.gz")


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", BUCKET.format("rows") + "/validation/a.csv"),
        ("s3:ListBucket", BUCKET.format("rows")),
        ("s3:PutObject", BUCKET.format("rows") + "/train/a.csv"),
        ("s3:DeleteObject", BUCKET.format("rows") + "/train/a.csv"),
        ("s3:PutObject", BUCKET.format("models") + "/training/train-other/job-1/output/model.tar.gz"),
        ("s3:PutObject", BUCKET.format("models") + "/model.tar.gz"),
        ("s3:GetObject", BUCKET.format("models") + "/training/train-fit/job-1/output/model.tar.gz"),
        ("s3:DeleteObject", BUCKET.format("models") + "/training/train-fit/job-1/output/model.tar.gz"),
        ("kms:Encrypt", "arn:aws:kms:us-east-1:123456789012:key/x"),
    ],
)
def test_near_misses_of_a_node_are_denied(carried: Compiled, action: str, resource: str) -> None:
    assert not may(carried[0], action, resource)
    assert not may(carried[0], action, resource, kms_resourcealiases="alias/demo-dev/shared")


@pytest.mark.parametrize("where", ["managed", "carried"])
def test_a_grant_of_another_channel_s_prefix_is_found(where: str, request: pytest.FixtureRequest) -> None:
    managed: Compiled = request.getfixturevalue(where)
    _finds_another_prefix(managed)


def _finds_another_prefix(managed: Compiled) -> None:
    system, grants, sections = managed
    wide = [
        replace(g, resources=(BUCKET.format("rows") + "/*",))
        if g.edge == "train.fit.inputs.train" and "s3:GetObject" in g.actions
        else g
        for g in grants
    ]
    assert "LF0805" in {d.code for d in prove(system, wide, sections)}
