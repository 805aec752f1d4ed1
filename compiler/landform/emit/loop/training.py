"""How the machine that retrains starts a training, and follows it to its end: on each platform in its own way.

On SageMaker and on Batch, Step Functions follows the job itself. The nodes of a fleet take jobs from a queue and write
down what becomes of them, for each other and for `landform run`: here that is looked at, so no node may do more than it
does anyway; with a task token each would have to be allowed to speak to Step Functions, and to say so at every beat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from landform.emit.loop.states import State, States, caught, choice, retry, step

ARCHIVE: Final = "output/model.tar.gz"
"""What a job leaves, under a folder of its own (`landform.emit.jobs.carry.target`, and SageMaker)."""
MANIFEST: Final = "States.Format('{}train.manifest', $.data.answer.given)"
"""What a job is to read: the step `gather` has written it."""
FAILED: Final = "TrainingFailed"
"""What the step that looks says of a job that is over without a model (`landform.emit.loop.steps.follow`)."""

_SAGEMAKER_BUSY: Final = ("SageMaker.AmazonSageMakerException", "SageMaker.ThrottlingException")
_BATCH_BUSY: Final = ("Batch.AWSBatchException", "Batch.ServerException", "Batch.TooManyRequestsException")
_SQS_BUSY: Final = ("SQS.AmazonSQSException", "SQS.SdkClientException")


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """A training of SageMaker's: `request` are the keys of its CreateTrainingJob but for its role, `role`."""

    request: tuple[str, ...]
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A training of Batch's: queue and definition are called `name`.

    `variable` tells its container of a manifest; under `output`, a URI, jobs leave what they make. A job has the tags
    that it is submitted with: those of its definition it hands on, and does not bear.
    """

    name: str
    tags: Mapping[str, str]
    variable: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A training of a fleet: `queue` is the URL of its jobs, `poll` the seconds between two looks at one.

    `manifest` is what the nodes call the input with the rows; `output` as above.
    """

    queue: str
    manifest: str
    output: str
    poll: int


Trainer = Managed | Submitted | Queued


def training(own: Trainer, function: str, seconds: int, then: str) -> States:
    """Return the states that train, the first one first: of what `gather` has written, for at most so many seconds."""
    match own:
        case Managed():
            return _managed(own, function, seconds, then)
        case Submitted():
            return {"Train": _submitted(own, seconds, then)}
        case Queued():
            return _queued(own, function, then)


def managed_job(
    keys: tuple[str, ...], action: str, into: str, keeps: tuple[str, ...], seconds: int, then: str, **more: str
) -> State:
    """A job of SageMaker's, followed to its end; a task that is given up stops it."""
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::sagemaker:{action}.sync",
        "Parameters": {**{f"{key}.$": f"$.request.answer.{key}" for key in keys}, **more},
        "ResultSelector": {f"{key}.$": f"$.{key}" for key in keeps},
        "ResultPath": f"$.{into}",
        "TimeoutSeconds": seconds,
        "Retry": [retry(_SAGEMAKER_BUSY)],
        "Catch": [caught("Failed")],
        "Next": then,
    }


def _managed(own: Managed, function: str, seconds: int, then: str) -> States:
    job = managed_job(own.request, "createTrainingJob", "job", ("ModelArtifacts",), seconds, then, RoleArn=own.role)
    return {
        "Request": step(function, "request", ("settings", "data"), "request", "Train", [caught("Failed")]),
        "Train": job,
    }


def _submitted(own: Submitted, seconds: int, then: str) -> State:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::batch:submitJob.sync",
        "Parameters": {
            "JobName.$": "$$.Execution.Name",
            "JobQueue": own.name,
            "JobDefinition": own.name,
            "Tags": dict(own.tags),
            "ContainerOverrides": {"Environment": [{"Name": own.variable, "Value.$": MANIFEST}]},
        },
        "ResultSelector": _left(own.output, "$.JobId"),
        "ResultPath": "$.job",
        "TimeoutSeconds": seconds,
        "Retry": [retry(_BATCH_BUSY)],
        "Catch": [caught("Failed")],
        "Next": then,
    }


def _queued(own: Queued, function: str, then: str) -> States:
    """Put the job into the queue, and look until it has ended.

    The step that looks has it stopped when it is late. Where nobody can look any more, it is stopped as well: nodes
    whose run has ended would work for nothing.
    """
    unseen = [caught("Failed", FAILED), caught("Stop training")]
    body = {"job.$": "$$.Execution.Name", "manifests": {f"{own.manifest}.$": MANIFEST}}
    return {
        "Train": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": own.queue, "MessageBody": body},
            "ResultSelector": {**_left(own.output, "$$.Execution.Name"), "began.$": "$$.State.EnteredTime"},
            "ResultPath": "$.job",
            "TimeoutSeconds": 60,
            "Retry": [retry(_SQS_BUSY)],
            "Catch": [caught("Failed")],
            "Next": "Await training",
        },
        "Await training": {"Type": "Wait", "Seconds": own.poll, "Next": "Follow"},
        "Follow": step(function, "follow", ("settings", "job"), "followed", "Trained", unseen)
        | {"Retry": [retry((FAILED,), 0), retry(("States.ALL",))]},
        # What is told is why nobody could look.
        "Stop training": step(
            function, "stop", ("settings",), "stopped", "Failed", [caught("Failed") | {"ResultPath": "$.stopped"}]
        ),
        "Trained": choice("Await training", ("$.followed.answer.over", True, then)),
    }


def _left(output: str, job: str) -> State:
    """What a job leaves, in the words of SageMaker."""
    return {"ModelArtifacts": {"S3ModelArtifacts.$": f"States.Format('{output}{{}}/{ARCHIVE}', {job})"}}
