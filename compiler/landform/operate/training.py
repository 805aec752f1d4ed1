"""Starting a training job of SageMaker from its definition, and following it to its end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from landform.catalog.job_permissions import LOG_GROUP

POLL_SECONDS: Final = 10.0
ENDED: Final = frozenset({"Completed", "Failed", "Stopped"})


class OperationError(Exception):
    """What AWS refused or does not hold, with what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: its status, why it failed, where its model lies, the metrics that it reported."""

    status: str
    reason: str = ""
    model: str = ""
    metrics: dict[str, float] = field(default_factory=dict)


def require_account(session: Any, region: str, account: str) -> None:
    """Raise `OperationError` unless the credentials belong to the account of the spec."""
    own = session.client("sts", region_name=region).get_caller_identity()["Account"]
    if own != account:
        raise OperationError(f"the credentials are of account {own}, the spec is for {account}.", "Change AWS_PROFILE.")


Changed = Callable[[dict[str, Any]], dict[str, Any]]
"""What is done to a definition before it is sent; it is asked once it is known that the definition stands."""


def start(
    session: Any, region: str, parameter: str, base: str, now: datetime, changed: Changed = lambda same: same
) -> str:
    """Start the job whose definition `parameter` holds, and return its name: `base` and the moment of the start.

    Raises:
        OperationError: no such definition stands.
    """
    definition = changed(read_definition(session, region, parameter))
    name = f"{base}-{now:%Y%m%d-%H%M%S}"
    if "CheckpointConfig" in definition:
        # Each job has its own: SageMaker restores what it finds, and the last job has finished there.
        definition["CheckpointConfig"]["S3Uri"] += f"{name}/"
    session.client("sagemaker", region_name=region).create_training_job(TrainingJobName=name, **definition)
    return name


def read_definition(session: Any, region: str, parameter: str) -> dict[str, Any]:
    """Return the request that a parameter holds.

    Raises:
        OperationError: no such parameter stands.
    """
    ssm = session.client("ssm", region_name=region)
    try:
        definition: dict[str, Any] = json.loads(ssm.get_parameter(Name=parameter)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        raise OperationError(f"nothing stands at {parameter} in {region}.", "Apply the output first.") from None
    return definition


def follow(session: Any, region: str, name: str, tell: Callable[[str], None], wait: Callable[[float], None]) -> Outcome:
    """Tell each new step of a job and each line of its logs, until it ends."""
    sagemaker = session.client("sagemaker", region_name=region)
    logs = _Logs(session.client("logs", region_name=region), name)
    told = 0
    while True:
        job = sagemaker.describe_training_job(TrainingJobName=name)
        steps = job.get("SecondaryStatusTransitions", [])
        for step in steps[told:]:
            tell(f"{step['Status']}: {step.get('StatusMessage', '')}".rstrip(": "))
        told = len(steps)
        for line in logs.new():
            tell(f"  {line}")
        if job["TrainingJobStatus"] in ENDED:
            return _outcome(job)
        wait(POLL_SECONDS)


def _outcome(job: dict[str, Any]) -> Outcome:
    return Outcome(
        status=job["TrainingJobStatus"],
        reason=job.get("FailureReason", ""),
        model=job.get("ModelArtifacts", {}).get("S3ModelArtifacts", ""),
        metrics={metric["MetricName"]: metric["Value"] for metric in job.get("FinalMetricDataList", [])},
    )


class _Logs:
    """The lines that the machines of a job have written since they were last asked for."""

    def __init__(self, client: Any, job: str) -> None:
        self._client = client
        self._job = job
        self._next: dict[str, str] = {}

    def new(self) -> Iterator[str]:
        """Yield the lines that came; none while SageMaker has not made the log group yet."""
        missing = self._client.exceptions.ResourceNotFoundException
        try:
            streams = self._client.describe_log_streams(logGroupName=LOG_GROUP, logStreamNamePrefix=f"{self._job}/")
        except missing:
            return
        for stream in streams["logStreams"]:
            yield from self._lines(stream["logStreamName"])

    def _lines(self, stream: str) -> Iterator[str]:
        while True:
            token = {"nextToken": self._next[stream]} if stream in self._next else {}
            page = self._client.get_log_events(
                logGroupName=LOG_GROUP, logStreamName=stream, startFromHead=True, **token
            )
            self._next[stream] = page["nextForwardToken"]
            yield from (event["message"] for event in page["events"])
            if not page["events"]:
                return
