"""Says once an hour how many messages wait among the failed, of files and of itself: a line that a query can find."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Count what waits in the queue of failures, and log it where there is anything."""
    asked = {"QueueUrl": os.environ["LANDFORM_DATA_FAILED"], "AttributeNames": ["ApproximateNumberOfMessages"]}
    found = boto3.client("sqs").get_queue_attributes(**asked)["Attributes"]
    waiting = int(found["ApproximateNumberOfMessages"])
    if waiting:
        print(json.dumps({"level": "WARN", "message": f"{waiting} messages wait among the failed", "waiting": waiting}))
    return {"waiting": waiting}
