"""Functions that run: what a bucket is given reaches the handler, and what the handler writes is found.

A function whose code has a folder `rehearsal` is tried with the files in it: each is put into the bucket of its
trigger. The embedded S3 finds whom to tell by prefix and suffix; the event that it makes waits in the function's log,
and is handed to the handler in a process of its own, with the planned environment and nothing but the embedded AWS to
talk to.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from landform.rehearse.applied import Applied
from landform.rehearse.inspection import Finding, Standing
from landform.rehearse.process import Function, environment

SAMPLES: Final = "rehearsal/"
"""The folder of a function's code with what its bucket is given."""

EVENTS: Final = "landform-events"
"""The stream of a function's log in which events wait."""

Written = frozenset[tuple[str, str]]
"""(bucket or table, object or row)."""


@dataclass(frozen=True)
class Run:
    """A function that was tried: with how many events, and what it wrote."""

    address: str
    events: int
    written: Written


def run_functions(standing: Standing, workdir: Path) -> tuple[tuple[Run, ...], tuple[Finding, ...]]:
    """Run each function that has samples, once for each; what was put and written is taken away again."""
    runs: list[Run] = []
    findings: list[Finding] = []
    for function, bucket, given in _tried(standing, workdir):
        before = _stored(standing)
        for key, content in given.items():
            standing.client("s3").put_object(Bucket=bucket, Key=key, Body=content)
        put = _stored(standing)
        events = _events(standing, function)
        failures = [why for event in events if (why := _failure(standing, function, workdir, event))]
        written = _stored(standing) - put
        runs.append(Run(function.address, len(events), written))
        if len(events) != len(given):
            findings.append(Finding(function.address, f"was told of {len(events)} of {len(given)} objects put"))
        findings += [Finding(function.address, f"failed: {why}") for why in failures]
        if not written and not failures:
            findings.append(Finding(function.address, "ran and wrote nothing"))
        _take_away(standing, _stored(standing) - before)
    return tuple(runs), tuple(findings)


def _tried(standing: Standing, workdir: Path) -> Iterator[tuple[Applied, str, dict[str, bytes]]]:
    """Each Python function with samples, the bucket that tells it, and the samples by the keys that it listens to."""
    told = {
        each["lambda_function_arn"]: (notification.values["bucket"], each)
        for notification in standing.of_type("aws_s3_bucket_notification")
        for each in notification.values["lambda_function"]
    }
    for function in standing.of_type("aws_lambda_function"):
        if function.values["arn"] in told and function.values["runtime"].startswith("python"):
            bucket, listens = told[function.values["arn"]]
            with zipfile.ZipFile(_archive(function, workdir)) as code:
                samples = {n.removeprefix(SAMPLES): code.read(n) for n in code.namelist() if n.startswith(SAMPLES)}
            prefix = listens["filter_prefix"] or ""
            if samples:
                yield function, bucket, {f"{prefix}{name}": content for name, content in samples.items()}


def _archive(function: Applied, workdir: Path) -> Path:
    return workdir / str(function.values["filename"])


def _events(standing: Standing, function: Applied) -> list[str]:
    """The events that wait in a function's log."""
    logs = standing.client("logs", function.region)
    group = function.values["logging_config"][0]["log_group"]
    streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=EVENTS)["logStreams"]
    if not streams:
        return []
    found = logs.get_log_events(logGroupName=group, logStreamName=EVENTS, startFromHead=True)
    return [event["message"] for event in found["events"]]


def _failure(standing: Standing, function: Applied, workdir: Path, event: str) -> str:
    """Hand one event to the handler; return what went wrong, or nothing."""
    values = function.values
    code, told = _archive(function, workdir).read_bytes(), _environment(standing, function)
    with Function(code, str(values["handler"]), told) as process:
        return process.call(json.loads(event), int(values["timeout"])).failure


def _environment(standing: Standing, function: Applied) -> dict[str, str]:
    planned: Mapping[str, str] = next((e["variables"] for e in function.values["environment"]), {})
    return environment(standing.aws.target, function.region, function.values["function_name"], planned)


def _stored(standing: Standing) -> Written:
    """Every object and every row that stands."""
    s3 = standing.client("s3")
    objects = {
        (bucket.values["bucket"], found["Key"])
        for bucket in standing.of_type("aws_s3_bucket")
        for found in s3.list_objects_v2(Bucket=bucket.values["bucket"]).get("Contents", ())
    }
    rows = {
        (table.values["name"], json.dumps(row, sort_keys=True, default=str))
        for table in standing.of_type("aws_dynamodb_table")
        for row in standing.client("dynamodb", table.region).scan(TableName=table.values["name"])["Items"]
    }
    return frozenset(objects | rows)


def _take_away(standing: Standing, things: Written) -> None:
    """Delete objects with all their versions: a protected bucket that holds something cannot be torn down."""
    s3 = standing.client("s3")
    buckets = {bucket.values["bucket"] for bucket in standing.of_type("aws_s3_bucket")}
    for bucket in sorted({name for name, _ in things if name in buckets}):
        found: dict[str, Any] = s3.list_object_versions(Bucket=bucket)
        for version in found.get("Versions", ()):
            if (bucket, version["Key"]) in things:
                s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
