"""How often an account paid on a day, and how much: counted as the stream tells it."""

from __future__ import annotations

import base64
import json
import os
from collections import defaultdict
from decimal import Decimal
from typing import Any

import boto3


def totals(records: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """Return for each account and day how many transactions the records tell of, and their sum."""
    found: dict[tuple[str, str], tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for record in records:
        told = json.loads(base64.b64decode(record["kinesis"]["data"]))
        count, amount = found[told["account_id"], told["day"]]
        found[told["account_id"], told["day"]] = count + 1, amount + Decimal(str(told["amount"]))
    return dict(found)


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Add what came to the rates of the day, which lie beside the account's features."""
    table = boto3.resource("dynamodb").Table(os.environ["LANDFORM_DATA_FEATURES"])
    counted = totals(event["Records"])
    for (account, day), (count, amount) in counted.items():
        table.update_item(
            Key={"account_id": f"rate#{account}#{day}", "event_time": 0},
            UpdateExpression="ADD transactions :count, amount :amount SET #day = :day",
            ExpressionAttributeNames={"#day": "day"},
            ExpressionAttributeValues={":count": count, ":amount": amount, ":day": day},
        )
    return {"rates": len(counted)}
