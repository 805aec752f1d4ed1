"""Transactions that arrive as CSV files become features of their accounts, and events on the stream of clicks."""

from __future__ import annotations

import csv
import io
import json
import os
import time
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote_plus

import boto3

KEPT_SECONDS = 90 * 86_400
MOST_RECORDS = 500
"""Kinesis takes so many records in one request."""


def features(text: str, now: int) -> Iterator[dict[str, Any]]:
    """Yield what is known of the account after each transaction; lines that are no transaction are left out."""
    for line in csv.DictReader(io.StringIO(text)):
        try:
            row = {
                "account_id": line["account_id"],
                "event_time": int(line["event_time"]),
                "day": time.strftime("%Y-%m-%d", time.gmtime(int(line["event_time"]))),
                "amount": Decimal(line["amount"]),
                "hour": int(line["event_time"]) // 3600 % 24,
                "foreign": int(line["country"] != line["home"]),
                "account_days": int(line["account_days"]),
                "expires_at": now + KEPT_SECONDS,
            }
        except (KeyError, TypeError, ValueError, InvalidOperation):
            continue
        if row["account_id"]:
            yield row


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Keep the features of every file that the event names, and say on the stream that they came."""
    s3, clicks = boto3.client("s3"), boto3.client("kinesis")
    table = boto3.resource("dynamodb").Table(os.environ["LANDFORM_DATA_FEATURES"])
    rows: list[dict[str, Any]] = []
    for record in event["Records"]:
        bucket, key = record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"])
        text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8")
        rows += features(text, int(time.time()))
    for row in rows:
        table.put_item(Item=row)
    said = [_record(row) for row in rows]
    for start in range(0, len(said), MOST_RECORDS):
        sent = clicks.put_records(
            StreamName=os.environ["LANDFORM_DATA_CLICKS"], Records=said[start : start + MOST_RECORDS]
        )
        if sent["FailedRecordCount"]:
            raise RuntimeError(f"{sent['FailedRecordCount']} records were not taken: Lambda tries again")
    return {"transactions": len(rows)}


def _record(row: dict[str, Any]) -> dict[str, Any]:
    told = {"account_id": row["account_id"], "day": row["day"], "amount": float(row["amount"])}
    return {"Data": json.dumps(told).encode(), "PartitionKey": row["account_id"]}
