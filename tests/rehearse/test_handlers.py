"""Functions that run in a rehearsal: told by the bucket, with the planned environment, and held to what they write."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from landform.rehearse.applied import Applied
from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.handlers import run_functions
from landform.rehearse.inspection import Standing

REGION = "us-east-1"
COPY = """
import os, boto3
from urllib.parse import unquote_plus
def handler(event, context):
    for record in event["Records"]:
        key = unquote_plus(record["s3"]["object"]["key"])
        boto3.client("s3").put_object(Bucket=os.environ["TARGET"], Key=key, Body=context.function_name)
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws("123456789012") as running:
        running.client("iam", REGION).create_role(RoleName="run", AssumeRolePolicyDocument='{"Statement": []}')
        yield running


def standing(aws: EmbeddedAws, folder: Path, name: str, code: str, sample: str = "a.csv") -> Standing:
    """Two buckets and a function, of which the first tells it of what ends with .csv."""
    archive = folder / "code.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("app.py", code)
        bundle.writestr(f"rehearsal/{sample}", "content")
    s3, target = aws.client("s3", REGION), f"{name}-out"
    for bucket in (name, target):
        s3.create_bucket(Bucket=bucket)
    group = f"/landform/{name}"
    aws.client("logs", REGION).create_log_group(logGroupName=group)
    arn = aws.client("lambda", REGION).create_function(
        FunctionName=name,
        Role="arn:aws:iam::123456789012:role/run",
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": archive.read_bytes()},
        LoggingConfig={"LogFormat": "JSON", "LogGroup": group},
    )["FunctionArn"]
    rules = [{"Name": "suffix", "Value": ".csv"}]
    listening = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": {"Key": {"FilterRules": rules}}}
    s3.put_bucket_notification_configuration(
        Bucket=name, NotificationConfiguration={"LambdaFunctionConfigurations": [listening]}
    )
    function: dict[str, Any] = {
        "arn": arn,
        "function_name": name,
        "runtime": "python3.13",
        "handler": "app.handler",
        "timeout": 20,
        "filename": "code.zip",
        "environment": [{"variables": {"TARGET": target}}],
        "logging_config": [{"log_group": group}],
    }
    told = {"bucket": name, "lambda_function": [{"lambda_function_arn": arn, "filter_prefix": "in/"}]}
    applied = (
        Applied("module.functions_run.aws_lambda_function.this", "aws_lambda_function", REGION, function),
        Applied("module.data_in.aws_s3_bucket_notification.this", "aws_s3_bucket_notification", REGION, told),
        *(Applied(f"{b}.this", "aws_s3_bucket", REGION, {"bucket": b}) for b in (name, target)),
    )
    return Standing(aws, (REGION,), applied, {})


def test_what_the_handler_wrote_is_found_and_taken_away(aws: EmbeddedAws, tmp_path: Path) -> None:
    stands = standing(aws, tmp_path, "copies", COPY)
    (run,), findings = run_functions(stands, tmp_path)
    assert findings == ()
    assert (run.events, run.written) == (1, {("copies-out", "in/a.csv")})
    assert "Contents" not in aws.client("s3", REGION).list_objects_v2(Bucket="copies-out")


def test_a_handler_that_fails_says_why(aws: EmbeddedAws, tmp_path: Path) -> None:
    stands = standing(aws, tmp_path, "fails", "def handler(event, context):\n    raise ValueError('no such column')\n")
    _, (finding,) = run_functions(stands, tmp_path)
    assert finding.message == "failed: ValueError: no such column"


def test_a_handler_that_writes_nothing_is_found(aws: EmbeddedAws, tmp_path: Path) -> None:
    stands = standing(aws, tmp_path, "idles", "def handler(event, context): ...\n")
    _, (finding,) = run_functions(stands, tmp_path)
    assert finding.message == "ran and wrote nothing"


def test_an_object_that_nobody_listens_to_is_found(aws: EmbeddedAws, tmp_path: Path) -> None:
    stands = standing(aws, tmp_path, "misses", COPY, sample="a.json")
    _, findings = run_functions(stands, tmp_path)
    assert findings[0].message == "was told of 0 of 1 objects put"
