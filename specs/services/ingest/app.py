"""Each line of a CSV file that arrives becomes a row of the table of readings."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_plus

import boto3


def readings(text: str) -> Iterator[dict[str, Any]]:
    """Yield a row for each line that says a sensor, a time and a value; lines without all three are left out."""
    for line in csv.DictReader(io.StringIO(text)):
        if line.get("sensor") and line.get("time") and line.get("value"):
            yield {"sensor": line["sensor"], "time": line["time"], "value": Decimal(line["value"])}


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Put the readings of every file that the event names into the table; return how many there were."""
    s3 = boto3.client("s3")
    table = boto3.resource("dynamodb").Table(os.environ["LANDFORM_DATA_READINGS"])
    count = 0
    for record in event["Records"]:
        bucket, key = record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"])
        text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8")
        for row in readings(text):
            table.put_item(Item=row)
            count += 1
    return {"readings": count}
