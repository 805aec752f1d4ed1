"""A node: what it is told, what it asks of AWS, and the records that nodes leave for each other."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = os.environ.get("LANDFORM_ROOT", "")  # empty but in tests, as is what follows
IMDS = os.environ.get("LANDFORM_IMDS", "http://169.254.169.254")
BEAT = float(os.environ.get("LANDFORM_BEAT_SECONDS", "60"))
POLL = float(os.environ.get("LANDFORM_POLL_SECONDS", "5"))

SILENT = 5 * BEAT
"""Seconds after which nobody counts on a node any more that says nothing."""

_MISSING = ("404", "403", "NoSuchKey", "Not Found", "Forbidden")
"""What the CLI says of an object that is not there; S3 says 403 to who may not list the whole bucket."""


class AwsError(Exception):
    """AWS, or the way there, said no."""


def say(line: str) -> None:
    """Write to the log of the node, among what the command writes."""
    print(f"landform: {line}", flush=True)


def metadata(path: str) -> str:
    """Return what EC2 says of this node."""
    lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    ask = urllib.request.Request(f"{IMDS}/latest/api/token", method="PUT", headers=lifetime)
    with urllib.request.urlopen(ask, timeout=5) as answer:
        token = answer.read().decode()
    ask = urllib.request.Request(f"{IMDS}/latest/meta-data/{path}", headers={"X-aws-ec2-metadata-token": token})
    with urllib.request.urlopen(ask, timeout=5) as answer:
        return str(answer.read().decode())


def fresh(record: dict[str, Any]) -> bool:
    """Tell whether somebody still stands behind a record."""
    return time.time() - float(record.get("at", 0)) < SILENT


def settings() -> dict[str, Any]:
    """Return what the compiler wrote down for this node."""
    return dict(json.loads(Path(f"{ROOT}/etc/landform/jobs.json").read_text()))


def call(region: str, *words: str, given: str | None = None) -> str:
    """Call the AWS CLI and return what it prints."""
    path = f"{os.environ['PATH']}:/usr/local/bin:/snap/bin"  # where images have the CLI
    done = subprocess.run(
        ["aws", *words, "--region", region],
        input=given,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
        check=False,
    )
    if done.returncode:
        raise AwsError(f"{' '.join(words[:2])}: {done.stderr.strip() or done.returncode}")
    return done.stdout


class Host:
    """This node: what the compiler wrote down for it, who it is, and whether it is to end."""

    def __init__(self) -> None:
        told = settings()
        self.queue: str = told["queue"]
        self.records: str = told["records"]
        self.region: str = told["region"]
        self.groups: list[str] = told["groups"]
        self.nodes: int = told["nodes"]
        self.attempts: int = told["attempts"]
        self.max_seconds: float = told["max_seconds"] or float("inf")
        self.log_group: str = told["log_group"]
        self.user: str = told["user"]
        self.gpu: bool = told["gpu"]
        self.checkpoint: str = told["checkpoint"]
        self.id = metadata("instance-id")
        self.address = metadata("local-ipv4")
        self.ending = False

    def end(self, *_: object) -> None:
        """Take note of SIGTERM."""
        self.ending = True

    def aws(self, *words: str, given: str | None = None) -> str:
        """Call the AWS CLI in the node's region."""
        return call(self.region, *words, given=given)

    def put(self, key: str, content: dict[str, Any]) -> None:
        """Write a record, with the moment at which it was true."""
        body = json.dumps({**content, "at": time.time()})
        self.aws("s3", "cp", "--only-show-errors", "-", f"{self.records}{key}", given=body)

    def get(self, key: str) -> dict[str, Any]:
        """Return a record; nothing where there is none."""
        try:
            found: dict[str, Any] = json.loads(self.aws("s3", "cp", "--only-show-errors", f"{self.records}{key}", "-"))
        except AwsError as missing:
            if not any(word in str(missing) for word in _MISSING):
                raise
            return {}
        return found

    def all(self, prefix: str, folder: Path) -> dict[str, dict[str, Any]]:
        """Return the records under a prefix by their names; `folder` keeps what was there before."""
        folder.mkdir(parents=True, exist_ok=True)
        self.aws("s3", "sync", "--only-show-errors", f"{self.records}{prefix}", str(folder))
        return {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json")}

    def receive(self) -> dict[str, Any]:
        """Return a message of the queue, hidden from the others; nothing after a while without one."""
        # A node that might join others looks after them between two of its waits.
        wait = min(20, int(POLL * (4 if self.nodes == 1 else 1)))
        words = ("--queue-url", self.queue, "--max-number-of-messages", "1", "--wait-time-seconds", str(wait))
        told = ("--attribute-names", "ApproximateReceiveCount", "--output", "json")
        found = json.loads(self.aws("sqs", "receive-message", *words, *told) or "{}")
        return dict(found["Messages"][0]) if found.get("Messages") else {}

    def hide(self, receipt: str, seconds: float) -> None:
        """Keep a message from the others for so long."""
        words = ("--queue-url", self.queue, "--receipt-handle", receipt, "--visibility-timeout", str(int(seconds)))
        self.aws("sqs", "change-message-visibility", *words)

    def delete(self, receipt: str) -> None:
        """Take a message from the queue for good."""
        self.aws("sqs", "delete-message", "--queue-url", self.queue, "--receipt-handle", receipt)

    def protect(self, working: bool) -> bool:
        """Keep the group from ending this node while it works; False where it is already being ended.

        The second group stands in with on-demand nodes. One that has a checkpoint is not protected there: once there
        is spot capacity again, its work moves over.
        """
        for number, group in enumerate(self.groups):
            keep = working and not (number and self.checkpoint)
            flag = "--protected-from-scale-in" if keep else "--no-protected-from-scale-in"
            words = ("--auto-scaling-group-name", group, "--instance-ids", self.id, flag)
            try:
                self.aws("autoscaling", "set-instance-protection", *words)
            except AwsError as why:
                refusal = why
            else:
                return True
        say(str(refusal))
        return False
