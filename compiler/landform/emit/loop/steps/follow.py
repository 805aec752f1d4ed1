"""Following a training on nodes of our own, by what they write down of it; they take their jobs from a queue.

A node that falls silent gives its job back by itself, since the queue shows it again: here only the whole counts.
"""

from __future__ import annotations

import json
import time
from typing import Any

import boto3

from . import rows, stored

SUCCEEDED = "succeeded"
FAILED = ("failed", "lost", "stopped")
"""As nodes say it of a job that is over (`landform.emit.jobs.part`)."""


class TrainingFailed(Exception):  # noqa: N818 (what a person reads)
    """The training is over, and has left no model."""


def follow(event: dict[str, Any]) -> dict[str, Any]:
    """Say whether the training is over. One that takes too long is to stop: its nodes look for that.

    Raises `TrainingFailed`.
    """
    said, s3 = event["settings"]["training"], boto3.client("s3")
    here = stored.place(f"{said['records']}{event['run']}/")
    status = _status(s3, here.under("status.json"))
    state = status.get("state", "waiting")
    if state == SUCCEEDED:
        return {"over": True}
    if state in FAILED:
        code = f" with exit code {status['code']}" if status.get("code") else ""
        reason = f": {status['reason']}" if status.get("reason") else ""
        raise TrainingFailed(f"the training has {_HAS[state]}{code}{reason}")
    if time.time() > rows.moment(event["job"]["began"]) + said["longest"]:
        stop(event)
        raise TrainingFailed(f"the training is {state} {said['longest']} s after it was asked for; it is told to stop")
    return {"over": False}


def stop(event: dict[str, Any]) -> dict[str, Any]:
    """Have the job's nodes stop it."""
    where = stored.place(f"{event['settings']['training']['records']}{event['run']}/stop")
    stored.put(boto3.client("s3"), where, json.dumps({"at": time.time()}))
    return {}


_HAS = {"failed": "failed", "lost": "been lost", "stopped": "been stopped"}


def _status(s3: Any, where: stored.Place) -> dict[str, Any]:
    """What its nodes say of the job; nothing where none has taken it yet."""
    try:
        found: dict[str, Any] = json.loads(stored.text(s3, where))
    except s3.exceptions.NoSuchKey:
        return {}
    return found
