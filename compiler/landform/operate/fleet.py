"""Putting a job into the queue of a training on EC2, and following it by what its nodes write down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from landform.operate.training import POLL_SECONDS, OperationError, Outcome

SUCCEEDED: Final = "succeeded"
ENDED: Final = frozenset({SUCCEEDED, "failed", "stopped", "lost"})
"""States of a job that is over; before, it is waiting, forming, running or returned."""


def submit(session: Any, region: str, queue: str, job: str, manifests: Callable[[], Mapping[str, str]] = dict) -> None:
    """Put a job into the queue, with what `manifests` gives: those of inputs, by the ends of their variables.

    It is asked once it is known that the queue stands.

    Raises:
        OperationError: no such queue stands.
    """
    sqs = session.client("sqs", region_name=region)
    try:
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist:
        raise OperationError(f"no queue {queue} stands in {region}.", "Apply the output first.") from None
    given = dict(manifests())
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"job": job} | ({"manifests": given} if given else {})))


def wake(session: Any, region: str, group: str, nodes: int) -> str:
    """Ask an elastic group without nodes for those of one job, and return what there is to be said of it.

    Its alarm would do so too. But the metrics of a queue that nobody has asked for six hours come up to fifteen minutes
    late (SQS developer guide, "Available CloudWatch metrics for Amazon SQS", read 2026-11-29).
    """
    autoscaling = session.client("autoscaling", region_name=region)
    found = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])["AutoScalingGroups"]
    if not found:
        raise OperationError(f"no group {group} stands in {region}.", "Apply the output first.")
    (own,) = found
    wanted = min(nodes, own["MaxSize"])
    if own["DesiredCapacity"] >= wanted:
        return ""
    try:
        autoscaling.set_desired_capacity(AutoScalingGroupName=group, DesiredCapacity=wanted, HonorCooldown=False)
    except autoscaling.exceptions.ClientError as refused:
        return f"{group} starts by itself, within minutes: {refused}"
    return f"{group} starts {wanted - own['DesiredCapacity']} nodes"


def job_name(entry: str, now: datetime) -> str:
    """Return the name of a job that is started at this moment."""
    return f"{entry}-{now:%Y%m%d-%H%M%S}-{now.microsecond:06d}"


def follow(
    session: Any,
    region: str,
    records: tuple[str, str],
    job: str,
    log_group: str,
    tell: Callable[[str], None],
    wait: Callable[[float], None],
) -> Outcome:
    """Tell each new state of a job and each line that its first node writes, until it ends.

    `records` are the bucket and the prefix under which its nodes write down what becomes of it.
    """
    s3, lines = session.client("s3", region_name=region), _Lines(session.client("logs", region_name=region))
    told = ("waiting", "")
    tell("waiting")
    while True:
        status = _status(s3, records[0], f"{records[1]}{job}/status.json")
        state = (status.get("state", "waiting"), status.get("attempt", ""))
        if state != told:
            nodes = ", ".join(status.get("nodes", ()))
            tell(f"{state[0]}: {status.get('reason') or nodes}".rstrip(": "))
            told = state
        for node in status.get("nodes", ())[:1]:
            for line in lines.new(log_group, f"{node}/train", job):
                tell(f"  {line}")
        if state[0] in ENDED:
            return _outcome(status)
        wait(POLL_SECONDS)


def _status(s3: Any, bucket: str, key: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except s3.exceptions.NoSuchKey:
        return {}
    return found


def _outcome(status: dict[str, Any]) -> Outcome:
    code = f"exit code {status['code']}" if status.get("code") else ""
    return Outcome(status["state"], ", ".join(filter(None, (code, status.get("reason", "")))))


class _Lines:
    """The lines of a job that came into the streams of its nodes since they were last asked for."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._next: dict[str, str] = {}
        self._begun: set[str] = set()

    def new(self, group: str, stream: str, job: str) -> Iterator[str]:
        """Yield them, from the one with which a node begins the job; none while there is no such stream."""
        while True:
            token = {"nextToken": self._next[stream]} if stream in self._next else {}
            try:
                page = self._client.get_log_events(
                    logGroupName=group, logStreamName=stream, startFromHead=True, **token
                )
            except self._client.exceptions.ResourceNotFoundException:
                return
            self._next[stream] = page["nextForwardToken"]
            for event in page["events"]:
                if event["message"].startswith(f"landform: job {job}"):
                    self._begun.add(stream)
                if stream in self._begun:
                    yield event["message"]
            if not page["events"]:
                return
