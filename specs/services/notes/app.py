"""What is noted about an account: a service that answers `?account=…` from a bucket."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer with the notes of an account."""
    account = (event.get("queryStringParameters") or {}).get("account", "")
    s3 = boto3.client("s3")
    try:
        found = s3.get_object(Bucket=os.environ["LANDFORM_DATA_NOTES"], Key=f"accounts/{account}.json")
    except s3.exceptions.NoSuchKey:
        return {"statusCode": 404, "body": json.dumps({"error": f"nothing is noted of account {account!r}"})}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": found["Body"].read().decode()}
