"""What is asked of SSM and SageMaker by both machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import boto3
from botocore.exceptions import ClientError

LONGEST_NAME = 63
"""Characters of a name of SageMaker's (SageMaker API, read 2026-11-29)."""

MOVED = "moved"
"""The name under which a package says how far its answers lie from the champion's, on the rows that both answered."""


def named(base: str, run: str) -> str:
    """The name of what a run makes: the same for the same run, and no longer than SageMaker takes."""
    behind = f"-{sha256(run.encode()).hexdigest()[:12]}"
    return f"{base[: LONGEST_NAME - len(behind)].rstrip('-')}{behind}"


def parameter(name: str, region: str | None = None) -> dict[str, Any]:
    """The document that a parameter holds."""
    found = boto3.client("ssm", region_name=region).get_parameter(Name=name)
    said: dict[str, Any] = json.loads(found["Parameter"]["Value"])
    return said


def once(make: Callable[[], Any]) -> None:
    """Make what an earlier try of the same step may have made: SageMaker says so in words alone."""
    try:
        make()
    except ClientError as refused:
        if "already exist" not in refused.response["Error"]["Message"].lower():
            raise
