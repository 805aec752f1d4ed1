"""The proof on a loop: its roles do what its machines do, and a use that is not recorded is missed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from passes.test_loop import platforms
from support.specs import head

from landform.proof.ask import ask, circumstances
from landform.proof.evaluate import Request
from landform.proof.prove import prove
from landform.proof.system import Attached

from .small import allow, policy
from .test_jobs import Compiled, compiled


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """Loops of models that SageMaker, Batch and a fleet train."""
    return compiled(head() + platforms(), tmp_path_factory.mktemp("loop"))


def test_it_is_proven(loop: Compiled) -> None:
    assert prove(*loop) == ()


@pytest.mark.parametrize(
    "edge",
    [
        "drift.score.then.disks",
        "drift.score.then.rollback",
        "drift.score.then.compared",
        "drift.score.then.training",
        "drift.lots.then.submitted",
        "drift.lots.then.followed",
        "drift.nodes.then.queued",
        "drift.nodes.then.records",
        "serve.score.rollback",
        "train.lots.retrained.lots",
        "train.nodes.retrained.nodes",
    ],
)
def test_a_use_that_is_not_recorded_is_missed(loop: Compiled, edge: str) -> None:
    system, grants, sections = loop
    without = [g for g in grants if g.edge != edge]
    assert len(without) < len(grants)
    assert {d.code for d in prove(system, without, sections)} & {"LF0805", "LF0810"}


AWS = "arn:aws:{}:us-east-1:123456789012:{}"
RULE = AWS.format("events", "rule/StepFunctionsGetEventsFor{}Rule")
WORK = "arn:aws:s3:::demo-dev-orders-123456789012-us-east-1/drift/{}/{}"
RECORDS = "arn:aws:s3:::demo-dev-artifacts-123456789012-us-east-1/jobs/train-{}/run-1/{}"
TRAININGS = {"tabular": "score", "lots": "lots", "nodes": "nodes"}
"""Training → the watch whose loop starts it."""
JUDGES = ("held-out/rows.csv", "judged.json", "record.json", "evaluation.json")
LOTS, NODES = "drift-lots-retrain-machine", "drift-nodes-retrain-machine"


def may(own: Compiled, name: str, action: str, resource: str, context: dict[str, str]) -> bool:
    role = next(r for r in own[0].roles if r.arn.endswith(f"role/demo-dev-{name}-us-east-1"))
    told = circumstances(own[0], role.arn) | {key.lower(): (value,) for key, value in context.items()}
    return ask(own[0], role, Request(role.arn, action, resource, told)).allowed


def tagged(key: str, **other: str) -> dict[str, str]:
    """The tags of a job of the loop of Batch, given in a request or borne by a resource."""
    own = {"entry": "drift.lots", "environment": "development", "system": "demo"} | other
    return {f"aws:{key}/landform:{name}": value for name, value in own.items()}


SENT = {"kms:ResourceAliases": "alias/demo-dev/shared", "kms:ViaService": "sqs.us-east-1.amazonaws.com"}
REACHED = [
    (LOTS, "batch:SubmitJob", AWS.format("batch", "job-queue/demo-dev-lots"), {}),
    (LOTS, "batch:SubmitJob", AWS.format("batch", "job-definition/demo-dev-lots"), {}),
    (LOTS, "batch:SubmitJob", AWS.format("batch", "job-definition/demo-dev-lots:3"), {}),
    (LOTS, "batch:DescribeJobs", "*", {}),
    (LOTS, "batch:TagResource", AWS.format("batch", "job/0123-abcd"), tagged("RequestTag")),
    (LOTS, "batch:TagResource", AWS.format("batch", "job-definition/demo-dev-lots:3"), tagged("RequestTag")),
    (LOTS, "batch:TagResource", AWS.format("batch", "job-queue/demo-dev-lots"), tagged("RequestTag")),
    (LOTS, "batch:TerminateJob", AWS.format("batch", "job/0123-abcd"), tagged("ResourceTag")),
    (LOTS, "events:PutRule", RULE.format("BatchJobs"), {}),
    (LOTS, "events:PutTargets", RULE.format("BatchJobs"), {}),
    (NODES, "sqs:SendMessage", AWS.format("sqs", "demo-dev-nodes-jobs"), {}),
    (NODES, "kms:GenerateDataKey", AWS.format("kms", "key/x"), SENT),
    ("drift-nodes-retrain", "s3:GetObject", RECORDS.format("nodes", "status.json"), {}),
    ("drift-nodes-retrain", "s3:PutObject", RECORDS.format("nodes", "stop"), {}),
    *(
        (name, "s3:GetObject", WORK.format(watch, f"given/r/{what}"), {})
        for name, watch in TRAININGS.items()
        for what in ("train.manifest", "new.csv")
    ),
]


@pytest.mark.parametrize(("name", "action", "resource", "context"), REACHED)
def test_a_loop_reaches_what_trains_its_model(
    loop: Compiled, name: str, action: str, resource: str, context: dict[str, str]
) -> None:
    assert may(loop, name, action, resource, context)


NEAR = [
    (LOTS, "batch:SubmitJob", AWS.format("batch", "job-queue/demo-dev-other"), {}),
    (LOTS, "batch:SubmitJob", AWS.format("batch", "job-definition/demo-dev-lots-too:1"), {}),
    (LOTS, "batch:RegisterJobDefinition", AWS.format("batch", "job-definition/demo-dev-lots"), {}),
    (LOTS, "batch:UpdateJobQueue", AWS.format("batch", "job-queue/demo-dev-lots"), {}),
    (LOTS, "batch:TerminateJob", "arn:aws:batch:eu-west-1:123456789012:job/0123-abcd", tagged("ResourceTag")),
    (LOTS, "batch:TerminateJob", AWS.format("batch", "job/0123-abcd"), {}),
    (LOTS, "batch:TerminateJob", AWS.format("batch", "job/0123-abcd"), tagged("ResourceTag", entry="drift.score")),
    (LOTS, "batch:TerminateJob", AWS.format("batch", "job/0123-abcd"), tagged("ResourceTag", system="other")),
    # Nobody else's job is made its own by a tag.
    (
        LOTS,
        "batch:TagResource",
        AWS.format("batch", "job/0123-abcd"),
        tagged("RequestTag") | tagged("ResourceTag", system="other"),
    ),
    (LOTS, "batch:TagResource", AWS.format("batch", "job/0123-abcd"), tagged("RequestTag", entry="drift.score")),
    (LOTS, "batch:TagResource", AWS.format("batch", "job-definition/demo-dev-other:1"), tagged("RequestTag")),
    (LOTS, "iam:PassRole", "arn:aws:iam::123456789012:role/demo-dev-lots-us-east-1", {}),
    (LOTS, "sqs:SendMessage", AWS.format("sqs", "demo-dev-nodes-jobs"), {}),
    (LOTS, "events:PutRule", RULE.format("SageMakerTrainingJobs"), {}),
    (LOTS, "events:DeleteRule", RULE.format("BatchJobs"), {}),
    (NODES, "batch:SubmitJob", AWS.format("batch", "job-queue/demo-dev-lots"), {}),
    (NODES, "batch:DescribeJobs", "*", {}),
    (NODES, "sqs:SendMessage", AWS.format("sqs", "demo-dev-nodes-jobs-dead"), {}),
    (NODES, "sqs:ReceiveMessage", AWS.format("sqs", "demo-dev-nodes-jobs"), {}),
    (NODES, "sqs:PurgeQueue", AWS.format("sqs", "demo-dev-nodes-jobs"), {}),
    (NODES, "kms:GenerateDataKey", AWS.format("kms", "key/x"), SENT | {"kms:ViaService": "s3.us-east-1.amazonaws.com"}),
    (NODES, "events:PutRule", RULE.format("BatchJobs"), {}),
    (NODES, "autoscaling:SetDesiredCapacity", AWS.format("autoscaling", "autoScalingGroup:1:x/demo-dev-nodes"), {}),
    ("drift-nodes-retrain", "s3:PutObject", RECORDS.format("lots", "stop"), {}),
    ("drift-nodes-retrain", "s3:DeleteObject", RECORDS.format("nodes", "stop"), {}),
    ("drift-lots-retrain", "s3:GetObject", RECORDS.format("nodes", "status.json"), {}),
    ("drift-lots-retrain", "batch:SubmitJob", AWS.format("batch", "job-queue/demo-dev-lots"), {}),
    ("nodes", "states:SendTaskSuccess", AWS.format("states", "stateMachine:demo-dev-drift-nodes"), {}),
    ("nodes", "s3:GetObject", WORK.format("lots", "given/r/new.csv"), {}),
    ("nodes", "s3:PutObject", WORK.format("nodes", "given/r/new.csv"), {}),
    ("lots", "s3:GetObject", WORK.format("nodes", "given/r/new.csv"), {}),
    # What judges a model is not for what makes it.
    *(
        (name, "s3:GetObject", WORK.format(watch, f"r/{what}"), {})
        for name, watch in TRAININGS.items()
        for what in JUDGES
    ),
    *(
        (name, "s3:ListBucket", WORK.partition("/")[0], {"s3:prefix": f"drift/{watch}/r/held-out/"})
        for name, watch in TRAININGS.items()
    ),
]


@pytest.mark.parametrize(("name", "action", "resource", "context"), NEAR)
def test_near_misses_of_a_loop_are_denied(
    loop: Compiled, name: str, action: str, resource: str, context: dict[str, str]
) -> None:
    assert not may(loop, name, action, resource, context)


STEPS = AWS.format("lambda", "function:demo-dev-drift-{}-steps")


@pytest.mark.parametrize(
    ("resource", "ends"),
    [
        (STEPS.format("lots-retrain"), ["drift-lots-retrain"]),
        (STEPS.format("score-deploy") + ":*", ["drift-score-deploy"]),
        (STEPS.format("nodes-*"), ["drift-nodes-deploy", "drift-nodes-retrain"]),
        (AWS.format("lambda", "function:demo-dev-other"), []),
    ],
)
def test_whoever_invokes_steps_acts_as_them(loop: Compiled, resource: str, ends: list[str]) -> None:
    """They work on what their event says: buckets, parameters, endpoints and roles."""
    system, grants, sections = loop
    training = AWS.format("iam", "role/demo-dev-tabular-us-east-1").replace(":us-east-1:", "::")
    planted = Attached("planted", policy(allow("lambda:InvokeFunction", resource)))
    roles = (replace(r, policies=(*r.policies, planted)) if r.arn == training else r for r in system.roles)
    found = prove(replace(system, roles=tuple(roles)), grants, sections)
    first = {d.related[0].message.partition(": it ")[0] for d in found if d.code == "LF0818"}
    role = training.partition("tabular")[0]
    assert first == {f"1. {training} acts as {role}{end}-us-east-1" for end in ends}
