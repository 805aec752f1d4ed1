"""The configuration that a spec compiles to, run: requests are captured, the bucket tells, drift comes by the bus."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from passes.test_drift import watched

from landform.lower.root import lower
from landform.plan import DriftWatch

from .conftest import CREDENTIALS, PROGRAM

PER_OBJECT = 500
BEGIN = 1_772_323_200
MORE = "columns: [price, country], baseline: {rows: 3000}, false_alarms: 1 per 100000 events"
WATCH = f"of: serve.score, features: {{price: numeric, country: categorical}}, prediction: probability, {MORE}"


@pytest.fixture
def built(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> tuple[DriftWatch, str]:
    """What the module of the watch makes, as far as the agent sees it, and the agent's configuration."""
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    plan, own = watched(WATCH)
    s3, sqs, events = map(boto3.client, ("s3", "sqs", "events"))
    s3.create_bucket(Bucket=own.captured.name)
    arns = {}
    for queue in (own.queue, "heard"):
        url = sqs.create_queue(QueueName=queue)["QueueUrl"]
        arns[queue] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    under = {"Key": {"FilterRules": [{"Name": "prefix", "Value": own.captured_under}]}}
    told = {"QueueArn": arns[own.queue], "Events": ["s3:ObjectCreated:*"], "Filter": under}
    s3.put_bucket_notification_configuration(
        Bucket=own.captured.name, NotificationConfiguration={"QueueConfigurations": [told]}
    )
    events.create_event_bus(Name=own.bus)
    pattern = json.dumps({"source": ["landform.drift"]})
    events.put_rule(Name="heard", EventBusName=own.bus, EventPattern=pattern)
    events.put_targets(Rule="heard", EventBusName=own.bus, Targets=[{"Id": "q", "Arn": arns["heard"]}])
    text = lower(plan).files["agent/score.yaml"].decode()
    # The queue has another address here, and nobody waits two minutes for the end of a slice.
    text = text.replace(own.queue_url, own.queue).replace("kind: capture\n", "kind: capture\n  wait: 1s\n", 1)
    return own, text.replace("127.0.0.1:8080", "127.0.0.1:0")


def capture(own: DriftWatch, number: int, price: float) -> None:
    """An object as the endpoint captures it: so many requests whose price is about as said."""
    chance = random.Random(number)
    lines = []
    for index in range(PER_OBJECT):
        data = f"{chance.gauss(price, 1):.4f},{chance.choice(('DE', 'FR'))}"
        side = {"encoding": "CSV"}
        sides = {"endpointInput": {**side, "data": data}, "endpointOutput": {**side, "data": f"{chance.random():.3f}"}}
        at = datetime.fromtimestamp(BEGIN + number * 300 + index * 0.5, UTC).isoformat()
        meta = {"eventId": f"{number}-{index}", "inferenceTime": at}
        lines.append(json.dumps({"captureData": sides, "eventMetadata": meta}))
    key = f"{own.captured_under}{own.service}/AllTraffic/2026/03/01/{number // 12:02}/{number % 12 * 5:02}-30-x.jsonl"
    boto3.client("s3").put_object(Bucket=own.captured.name, Key=key, Body="\n".join(lines))


def heard() -> list[dict[str, Any]]:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="heard")["QueueUrl"]
    found: list[dict[str, Any]] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"]) for message in messages]
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def run(folder: Path, text: str) -> None:
    (folder / "watch.yaml").write_text(text)
    command = [sys.executable, "-c", PROGRAM, "run", "--config", "watch.yaml", "--until-idle", "2s"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_what_is_compiled_watches(built: tuple[DriftWatch, str], tmp_path: Path) -> None:
    own, text = built
    for number in range(10):
        capture(own, number, price=0)
    run(tmp_path, text)
    assert heard() == []
    assert (tmp_path / "score.sqlite").exists()
    copies = boto3.client("s3").list_objects_v2(Bucket=own.artifacts.name, Prefix=own.state)
    assert [copy["Key"] for copy in copies["Contents"]] == [f"{own.state}score.snapshot"]
    for number in range(10, 14):
        capture(own, number, price=2)
    run(tmp_path, text)
    told = [event for event in heard() if event["detail-type"] == "Drift Detected"]
    assert told
    alarm = next(event["detail"] for event in told if event["detail"]["feature"] == "price")
    assert (alarm["kind"], alarm["model"], alarm["watch"]) == ("shift", "serve.score", "score")
    assert alarm["since_seq"] in range(4_500, 5_500)
    named = boto3.client("cloudwatch").list_metrics(Namespace="landform/demo")["Metrics"]
    assert {"Up", "Healthy", "RejectShare"} <= {metric["MetricName"] for metric in named}
