"""Which files `ingest` failed at: a row each, for a person to look at; the file itself lies in its bucket."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3


def named(message: str) -> list[tuple[str, str]]:
    """Return bucket and key of each object that a failed event named.

    Lambda sends the event that failed as `requestPayload` of the message.
    """
    event = json.loads(message).get("requestPayload", {})
    return [
        (record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"]))
        for record in event.get("Records", ())
    ]


def handler(event: dict[str, Any], context: object) -> dict[str, list[dict[str, str]]]:
    """Note in the table which files wait for a person; messages that cannot be worked off come again, alone."""
    table = boto3.resource("dynamodb").Table(os.environ["LANDFORM_DATA_FEATURES"])
    failures = []
    for record in event["Records"]:
        try:
            for bucket, key in named(record["body"]):
                table.put_item(Item={"account_id": f"failed#{bucket}/{key}", "event_time": 0, "day": "failed"})
        except Exception as failure:
            print(f"message {record['messageId']} failed: {failure!r}")
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
