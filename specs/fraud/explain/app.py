"""Why a transaction looks like fraud: the score, and how much lower it would be if one feature were ordinary."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key

COLUMNS = ("amount", "hour", "foreign", "account_days")
"""The order of the model's columns."""

ORDINARY = {"amount": 32.0, "hour": 12.0, "foreign": 0.0, "account_days": 426.0}
"""The median of each column where there is no fraud: `model/first_model.py` made them up."""

Score = Callable[[list[list[float]]], list[float]]


def explanation(row: Mapping[str, float], score: Score) -> dict[str, Any]:
    """Return the score of a row, and by how much each column raises it, the largest first.

    All rows are scored in one request: the row itself, and one for each column with its ordinary value.
    """
    own = [row[column] for column in COLUMNS]
    variants = [[ORDINARY[c] if c == column else row[c] for c in COLUMNS] for column in COLUMNS]
    first, *others = score([own, *variants])
    raised = {column: round(first - other, 4) for column, other in zip(COLUMNS, others, strict=True)}
    return {"score": round(first, 4), "raised_by": dict(sorted(raised.items(), key=lambda item: -item[1]))}


def endpoint(rows: list[list[float]]) -> list[float]:
    """Ask the model that serves."""
    body = "\n".join(",".join(f"{value:g}" for value in row) for row in rows)
    answer = boto3.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=os.environ["LANDFORM_SERVE_SCORE"], ContentType="text/csv", Accept="text/csv", Body=body
    )
    return [float(value) for value in answer["Body"].read().decode().replace(",", "\n").split()]


def last(account: str) -> dict[str, float] | None:
    """Return the features of an account's last transaction, or nothing where there is none."""
    table = boto3.resource("dynamodb").Table(os.environ["LANDFORM_DATA_FEATURES"])
    found = table.query(KeyConditionExpression=Key("account_id").eq(account), ScanIndexForward=False, Limit=1)["Items"]
    return {column: float(found[0][column]) for column in COLUMNS} if found else None


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer `?account=…` of the function's URL."""
    account = (event.get("queryStringParameters") or {}).get("account", "")
    row = last(account) if account else None
    if row is None:
        return _answer(404, {"error": f"no transaction of account {account!r} is known"})
    return _answer(200, {"account": account, **explanation(row, endpoint)})


def _answer(status: int, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
