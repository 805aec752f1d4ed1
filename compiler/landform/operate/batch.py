"""Starting a job of AWS Batch from the definition that stands, and following it to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from landform.operate.training import POLL_SECONDS, OperationError, Outcome

SUCCEEDED: Final = "SUCCEEDED"
ENDED: Final = frozenset({SUCCEEDED, "FAILED"})


def submit(
    session: Any, region: str, queue: str, now: datetime, told: Callable[[], Mapping[str, str]] = dict, nodes: int = 1
) -> str:
    """Start a job of the queue by the definition of the same name, and return the job's id.

    `told` gives variables of this job alone, on each of its `nodes`. It is asked once the queue is known to stand.

    Raises:
        OperationError: no such queue stands.
    """
    batch = session.client("batch", region_name=region)
    if not batch.describe_job_queues(jobQueues=[queue])["jobQueues"]:
        raise OperationError(f"no job queue {queue} stands in {region}.", "Apply the output first.")
    name = f"{queue}-{now:%Y%m%d-%H%M%S}"
    started = batch.submit_job(jobName=name, jobQueue=queue, jobDefinition=queue, **_overrides(told(), nodes))
    return str(started["jobId"])


def _overrides(told: Mapping[str, str], nodes: int) -> dict[str, Any]:
    if not told:
        return {}
    container = {"environment": [{"name": name, "value": value} for name, value in sorted(told.items())]}
    if nodes == 1:
        return {"containerOverrides": container}
    every = {"targetNodes": f"0:{nodes - 1}", "containerOverrides": container}
    return {"nodeOverrides": {"nodePropertyOverrides": [every]}}


def follow(
    session: Any, region: str, job: str, log_group: str, tell: Callable[[str], None], wait: Callable[[float], None]
) -> Outcome:
    """Tell each new state of a job and each line that its first node writes, until it ends."""
    batch, lines = session.client("batch", region_name=region), _Lines(session.client("logs", region_name=region))
    told = ""
    while True:
        (found,) = batch.describe_jobs(jobs=[job])["jobs"]
        if found["status"] != told:
            tell(f"{found['status']}: {found.get('statusReason', '')}".rstrip(": "))
            told = found["status"]
        for stream in _streams(batch, found):
            for line in lines.new(log_group, stream):
                tell(f"  {line}")
        if told in ENDED:
            return Outcome(told, found.get("statusReason", ""))
        wait(POLL_SECONDS)


def _streams(batch: Any, job: dict[str, Any]) -> Iterator[str]:
    """Yield the log streams of a job's attempts; of several nodes, those of the first."""
    if job.get("nodeProperties"):
        first = batch.describe_jobs(jobs=[f"{job['jobId']}#0"])["jobs"]
        yield from (stream for node in first for stream in _streams(batch, {**node, "nodeProperties": None}))
        return
    attempts = [attempt.get("container", {}) for attempt in job.get("attempts", [])]
    named = [each.get("logStreamName", "") for each in (*attempts, job.get("container", {}))]
    yield from (stream for stream in dict.fromkeys(named) if stream)


class _Lines:
    """The lines that came into streams since they were last asked for."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._next: dict[str, str] = {}

    def new(self, group: str, stream: str) -> Iterator[str]:
        """Yield them; none while the stream has not been made yet."""
        while True:
            token = {"nextToken": self._next[stream]} if stream in self._next else {}
            try:
                page = self._client.get_log_events(
                    logGroupName=group, logStreamName=stream, startFromHead=True, **token
                )
            except self._client.exceptions.ResourceNotFoundException:
                return
            self._next[stream] = page["nextForwardToken"]
            yield from (event["message"] for event in page["events"])
            if not page["events"]:
                return
