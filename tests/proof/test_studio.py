"""The proof on two users of Studio: what is theirs, what they may start and put in force, and what is only near."""

import json
from dataclasses import replace
from typing import Any

import pytest

from landform.commands.workspace import laid_out
from landform.emit.tree import tree
from landform.pipeline import analyse
from landform.proof.ask import ask, circumstances
from landform.proof.evaluate import Request, read_policy
from landform.proof.foreseen import foreseen
from landform.proof.grants import read_grants
from landform.proof.planned import Planned, Resource, read_plan
from landform.proof.prove import prove
from landform.proof.system import Attached, Role, System, read_system
from landform.rehearse.terraform import offline_plan

from .test_jobs import Compiled

ACCOUNT, REGION = "123456789012", "us-east-1"
SPEC = """\
version: 1
system: demo
account: "123456789012"
environment: development
regions: {primary: us-east-1}
network: {egress: none}
data:
  rows: {kind: bucket}
  models: {kind: bucket}
  others: {kind: bucket}
  homes: {kind: efs}
  features: {kind: table, key: id}
train:
  fit:
    platform: sagemaker
    cpu: 8
    image: xgboost-1.7
    inputs: {train: {from: rows}, validation: {from: rows, prefix: validation/}}
    output: models
    hyperparameters: {num_round: 10}
    reports: [auc]
    tuning: {maximize: auc, ranges: {eta: 0.01..0.3}, jobs: 4}
  deep: {platform: batch, cpu: 8, image: pytorch-2.10, command: python main.py, reads: [rows], writes: [models]}
  wide: {platform: ec2, cpu: 8, pool: 0..2, image: pytorch-2.10, command: python main.py, reads: [rows]}
serve:
  score: {platform: sagemaker, model: train.fit, cpu: 4}
  plain:
    platform: sagemaker
    image: xgboost-1.7
    initial: s3://demo-dev-models-123456789012-us-east-1/a.tar.gz
    cpu: 4
machines:
  bench: {instance: t3.micro, mounts: {/team: homes}, writes: [homes, others]}
studio:
  users: [ana, ben]
  canvas: true
  jumpstart: true
  mounts: {/team: homes}
  reads: [rows, features]
  writes: [models, homes]
  calls: [serve.score]
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    folder = tmp_path_factory.mktemp("studio")
    (folder / "demo.yaml").write_text(SPEC)
    analysis = analyse(folder / "demo.yaml")
    assert analysis.plan is not None and analysis.sound, [d.text for d in analysis.diagnostics]
    files = tree(analysis.plan)
    planned = read_plan(offline_plan(laid_out(analysis, files, folder / "out")))
    # AWS has yet to give the file system its id, and what is mounted stands under its address.
    system = read_system(foreseen(planned, json.loads(files["main.tf.json"]), ACCOUNT), ACCOUNT)
    return system, read_grants(json.loads(files["grants.json"])), json.loads(files["sourcemap.json"])


def role(system: System, user: str = "ana") -> Role:
    return next(r for r in system.roles if r.arn.endswith(f"role/demo-dev-studio-{user}-{REGION}"))


PLACED = {"sagemaker:vpcsubnets": ("subnet-1",), "sagemaker:vpcsecuritygroupids": ("sg-1",)}
TO_SAGEMAKER = {"iam:passedtoservice": ("sagemaker.amazonaws.com",)}
SMALL = {"sagemaker:instancetypes": ("ml.t3.medium",)}


def may(system: System, action: str, resource: str, context: Any = None) -> bool:
    own = role(system)
    circumstance = {**circumstances(system, own.arn), **(context or {})}
    return ask(system, own, Request(own.arn, action, resource, circumstance)).allowed


def of(what: str) -> str:
    return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{what}"


def bucket(name: str, key: str = "") -> str:
    return f"arn:aws:s3:::demo-dev-{name}-{ACCOUNT}-{REGION}{key}"


def iam(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/demo-dev-{name}-{REGION}"


LANDFORM = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/landform/demo/development"
STREAMS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/sagemaker/studio:log-stream:d-1"
PUBLIC = "arn:aws:s3:::jumpstart-cache-prod-us-east-1"
HUB = f"arn:aws:sagemaker:{REGION}:aws:hub"


def test_all_of_it_is_proven(studio: Compiled) -> None:
    assert prove(*studio) == ()
    nobody = next(r for r in studio[0].roles if r.arn == iam("studio"))
    assert nobody.policies == () and nobody.foreign == ()


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("s3:GetObject", bucket("rows", "/a.csv"), {}),
        ("s3:PutObject", bucket("models", "/a.tar.gz"), {}),
        ("dynamodb:Query", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/demo-dev-features", {}),
        ("sagemaker:ListApps", "*", {}),
        ("sagemaker:CreatePresignedDomainUrl", of("user-profile/d-1/demo-dev-ana"), {}),
        ("sagemaker:DescribeSpace", of("space/d-1/demo-dev-ana-space"), {}),
        ("sagemaker:CreateApp", of("app/d-1/demo-dev-ana-space/jupyterlab/default"), SMALL),
        ("sagemaker:DeleteApp", of("app/d-1/demo-dev-ana-space/jupyterlab/default"), {}),
        ("sagemaker:CreateApp", of("app/d-1/demo-dev-ana/canvas/default"), {}),
        ("logs:PutLogEvents", f"{STREAMS}/demo-dev-ana-space/JupyterLab/default", {}),
        ("s3:PutObject", bucket("canvas", "/canvas/studio-ana/a.csv"), {}),
        ("sagemaker:CreateAutoMLJobV2", of("automl-job/Canvas1"), PLACED),
        ("iam:PassRole", iam("studio-ana"), TO_SAGEMAKER),
        ("s3:GetObject", f"{PUBLIC}/model.tar.gz", {}),
        ("sagemaker:ListHubContents", f"{HUB}/SageMakerPublicHub", {}),
        ("sagemaker:CreateTrainingJob", of("training-job/demo-dev-fit-1"), PLACED),
        ("sagemaker:StopTrainingJob", of("training-job/demo-dev-fit-1"), {}),
        ("sagemaker:CreateHyperParameterTuningJob", of("hyper-parameter-tuning-job/demo-dev-fit-1"), PLACED),
        ("ssm:GetParameter", f"{LANDFORM}/train/fit/tuning", {}),
        ("iam:PassRole", iam("fit"), TO_SAGEMAKER),
        ("batch:SubmitJob", f"arn:aws:batch:{REGION}:{ACCOUNT}:job-queue/demo-dev-deep", {}),
        ("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:demo-dev-wide-jobs", {}),
        ("sagemaker:CreateModelPackage", of("model-package/demo-dev-score/3"), {}),
        ("sagemaker:CreateModel", of("model/demo-dev-score-3"), PLACED),
        ("sagemaker:UpdateEndpoint", of("endpoint/demo-dev-score"), {}),
        ("iam:PassRole", iam("score"), TO_SAGEMAKER),
        ("ssm:PutParameter", f"{LANDFORM}/serve/score/model", {}),
        ("sagemaker:InvokeEndpoint", of("endpoint/demo-dev-score"), {}),
    ],
)
def test_a_user_may_prepare_build_train_tune_and_deploy(
    studio: Compiled, action: str, resource: str, context: dict[str, tuple[str, ...]]
) -> None:
    assert may(studio[0], action, resource, context)


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        # What is another user's.
        ("sagemaker:CreatePresignedDomainUrl", of("user-profile/d-1/demo-dev-ben"), {}),
        ("sagemaker:DescribeUserProfile", of("user-profile/d-1/demo-dev-ben"), {}),
        ("sagemaker:DescribeSpace", of("space/d-1/demo-dev-ben-space"), {}),
        ("sagemaker:CreateApp", of("app/d-1/demo-dev-ben-space/jupyterlab/default"), SMALL),
        ("sagemaker:DeleteApp", of("app/d-1/demo-dev-ben-space/jupyterlab/default"), {}),
        ("sagemaker:CreateApp", of("app/d-1/demo-dev-ben/canvas/default"), {}),
        ("s3:GetObject", bucket("canvas", "/canvas/studio-ben/a.csv"), {}),
        ("s3:PutObject", bucket("canvas", "/a.csv"), {}),
        ("logs:PutLogEvents", f"{STREAMS}/demo-dev-ben-space/JupyterLab/default", {}),
        ("iam:PassRole", iam("studio-ben"), TO_SAGEMAKER),
        # Roles that nobody passes, or not to this service.
        ("iam:PassRole", iam("bench"), TO_SAGEMAKER),
        ("iam:PassRole", iam("deep"), TO_SAGEMAKER),
        ("iam:PassRole", iam("plain"), TO_SAGEMAKER),
        ("iam:PassRole", iam("studio"), TO_SAGEMAKER),
        ("iam:PassRole", iam("fit"), {"iam:passedtoservice": ("lambda.amazonaws.com",)}),
        ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/admin", TO_SAGEMAKER),
        # Apps of another size, spaces that could be changed, domains.
        (
            "sagemaker:CreateApp",
            of("app/d-1/demo-dev-ana-space/jupyterlab/default"),
            {"sagemaker:instancetypes": ("ml.p5.48xlarge",)},
        ),
        ("sagemaker:UpdateSpace", of("space/d-1/demo-dev-ana-space"), SMALL),
        ("sagemaker:CreateSpace", of("space/d-1/demo-dev-more"), {}),
        ("sagemaker:UpdateUserProfile", of("user-profile/d-1/demo-dev-ana"), {}),
        ("sagemaker:UpdateDomain", of("domain/d-1"), {}),
        ("sagemaker:DeleteDomain", of("domain/d-1"), {}),
        # Jobs past the network, of other names, and other searches.
        ("sagemaker:CreateTrainingJob", of("training-job/demo-dev-fit-1"), {}),
        ("sagemaker:CreateTrainingJob", of("training-job/mine"), PLACED),
        ("sagemaker:CreateTrainingJob", of("training-job/demo-dev-fitness"), PLACED),
        ("sagemaker:CreateHyperParameterTuningJob", of("hyper-parameter-tuning-job/mine"), PLACED),
        ("sagemaker:CreateProcessingJob", of("processing-job/demo-dev-fit-1"), PLACED),
        ("sagemaker:CreateAutoMLJobV2", of("automl-job/Canvas1"), {}),
        ("sagemaker:CreateAutoMLJobV2", of("automl-job/mine"), PLACED),
        ("batch:SubmitJob", f"arn:aws:batch:{REGION}:{ACCOUNT}:job-queue/other", {}),
        ("batch:TerminateJob", f"arn:aws:batch:{REGION}:{ACCOUNT}:job/1", {}),
        ("sqs:ReceiveMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:demo-dev-wide-jobs", {}),
        # Models: of a service that no training makes, and beyond what puts one in force.
        ("sagemaker:UpdateEndpoint", of("endpoint/demo-dev-plain"), {}),
        ("sagemaker:DeleteEndpoint", of("endpoint/demo-dev-score"), {}),
        ("sagemaker:CreateEndpoint", of("endpoint/demo-dev-score"), {}),
        ("sagemaker:UpdateModelPackage", of("model-package/demo-dev-score/3"), {}),
        ("sagemaker:CreateModelPackage", of("model-package/other/3"), {}),
        ("sagemaker:CreateModel", of("model/demo-dev-score-3"), {}),
        ("sagemaker:InvokeEndpoint", of("endpoint/demo-dev-plain"), {}),
        ("ssm:PutParameter", f"{LANDFORM}/serve/score", {}),
        ("ssm:PutParameter", f"{LANDFORM}/train/fit", {}),
        ("ssm:GetParameter", f"{LANDFORM}/serve/plain", {}),
        # Other data, and more than is said of the same.
        ("s3:GetObject", bucket("others", "/a"), {}),
        ("s3:GetObject", bucket("models", "/a.tar.gz"), {}),
        ("s3:PutObject", bucket("rows", "/a.csv"), {}),
        ("s3:DeleteObject", bucket("models", "/a.tar.gz"), {}),
        ("s3:GetObject", bucket("artifacts", "/code/train_deep.zip"), {}),
        ("s3:PutObject", f"{PUBLIC}/model.tar.gz", {}),
        ("s3:GetObject", "arn:aws:s3:::jumpstart-cache-prod-eu-west-1/model.tar.gz", {}),
        ("sagemaker:DescribeHub", f"{HUB}/OtherHub", {}),
        ("dynamodb:PutItem", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/demo-dev-features", {}),
        ("dynamodb:Scan", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/demo-dev-features", {}),
        ("elasticfilesystem:ClientMount", f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/data_homes", {}),
        ("kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1", {}),
        ("sts:AssumeRole", iam("fit"), {}),
    ],
)
def test_near_misses_are_denied(
    studio: Compiled, action: str, resource: str, context: dict[str, tuple[str, ...]]
) -> None:
    assert not may(studio[0], action, resource, context)


PASSED = {"Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}}


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ({"Action": "sagemaker:CreateApp", "Resource": of("app/*/demo-dev-ben-space/jupyterlab/*")}, {"LF0810"}),
        ({"Action": "s3:GetObject", "Resource": bucket("canvas", "/canvas/studio-ben/*")}, {"LF0805", "LF0810"}),
        ({"Action": "sagemaker:DescribeUserProfile", "Resource": of("user-profile/*/*")}, {"LF0810"}),
        # A role that only SageMaker takes, and that no edge of the user's leads to.
        ({"Action": "iam:PassRole", "Resource": iam("plain"), **PASSED}, {"LF0810", "LF0818"}),
        # Another user's, one of a machine, any, and to any service: each would widen what the user may.
        ({"Action": "iam:PassRole", "Resource": iam("studio-ben"), **PASSED}, {"LF0810", "LF0818"}),
        ({"Action": "iam:PassRole", "Resource": iam("bench"), **PASSED}, {"LF0805", "LF0810"}),
        ({"Action": "iam:PassRole", "Resource": f"arn:aws:iam::{ACCOUNT}:role/*", **PASSED}, {"LF0810", "LF0818"}),
        ({"Action": "iam:PassRole", "Resource": iam("fit")}, {"LF0805", "LF0810"}),
        ({"Action": "sagemaker:CreateTrainingJob", "Resource": of("training-job/demo-dev-fit-*")}, {"LF0810"}),
        ({"Action": "sagemaker:DeleteEndpoint", "Resource": of("endpoint/demo-dev-score")}, {"LF0805", "LF0810"}),
    ],
)
def test_what_is_planted_is_found(studio: Compiled, statement: dict[str, Any], codes: set[str]) -> None:
    system, grants, sections = studio
    own = role(system)
    planted = read_policy({"Version": "2012-10-17", "Statement": [{"Sid": "Planted", "Effect": "Allow", **statement}]})
    wider = replace(own, policies=(*own.policies, Attached("module.studio.aws_iam_role_policy.planted", planted)))
    widened = replace(system, roles=tuple(wider if r is own else r for r in system.roles))
    assert {d.code for d in prove(widened, grants, sections)} == codes


def test_what_one_user_is_granted_of_another_is_found(studio: Compiled) -> None:
    system, grants, sections = studio
    crossed = [
        replace(g, resources=tuple(r.replace("demo-dev-ana", "demo-dev-ben") for r in g.resources))
        if g.edge == "studio.ana.apps"
        else g
        for g in grants
    ]
    assert {"LF0805", "LF0809"} <= {d.code for d in prove(system, crossed, sections)}


def test_what_the_network_alone_lets_in_widens_no_role(studio: Compiled) -> None:
    system, grants, sections = studio
    (homes,) = [store for store in system.stores if store.kind == "elasticfilesystem"]
    assert homes.policy is not None and [s.allow for s in homes.policy.statements] == [True]
    # The machine mounts the same files, and only reads them: it could write without its role.
    reading = [g for g in grants if "elasticfilesystem:ClientWrite" not in g.actions]
    found = [d for d in prove(system, reading, sections) if d.message.startswith("whoever reaches")]
    assert [(d.code, d.path) for d in found] == [("LF0805", ("data", "homes"))]
    assert "may elasticfilesystem:ClientWrite" in found[0].message


def _of_homes(kind: str, values: dict[str, object]) -> Resource:
    return Resource(
        f"module.data_homes.{kind}.this", "module.data_homes", "", kind, "this", None, REGION, values, {}, {}
    )


def test_a_policy_of_a_file_system_that_admits_and_is_not_known_is_not_passed_over() -> None:
    for admits, unreadable in ((None, 0), ({"write": False}, 1)):
        calls = {"data_homes": {"expressions": {"without_identity": {"constant_value": admits}} if admits else {}}}
        files = _of_homes("aws_efs_file_system", {"id": "fs-1"})
        policy = replace(
            _of_homes("aws_efs_file_system_policy", {"file_system_id": "fs-1"}),
            unknown={"policy": True},
            expressions={"policy": {}},
        )
        system = read_system(Planned((files, policy), {"root_module": {"module_calls": calls}}), ACCOUNT)
        assert len(system.unreadable) == unreadable


def test_what_a_user_lacks_is_found(studio: Compiled) -> None:
    system, grants, sections = studio
    own = role(system)
    less = replace(own, policies=())
    lacking = replace(system, roles=tuple(less if r is own else r for r in system.roles))
    found = {d.message for d in prove(lacking, grants, sections) if d.code == "LF0809"}
    assert any(m.startswith("studio.ana.trains.fit needs sagemaker:CreateTrainingJob") for m in found)
    assert not any(m.startswith("studio.ben") for m in found)
