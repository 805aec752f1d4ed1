"""A bucket, a queue and a bus of moto's: deliveries as they please, and alarms as a rule's target sees them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote_plus

import boto3

from .conftest import CONFIG, Site

PER_OBJECT = 150


class Cloud:
    """A bucket, the queue of its news, and a bus whose alarms a second queue receives."""

    def __init__(self, name: str) -> None:
        self.s3, self.sqs, self.events, self.cloudwatch = map(boto3.client, ("s3", "sqs", "events", "cloudwatch"))
        self.name = name
        self.s3.create_bucket(Bucket=name)
        # What a killed process had received must come again within `wait`.
        again = {"VisibilityTimeout": "2"}
        self.news, self.seen = (
            self.sqs.create_queue(QueueName=f"{name}-{q}", Attributes=again)["QueueUrl"] for q in ("news", "seen")
        )
        # The name is this test's own: it stands already where an answer got lost and the client asked again.
        with suppress(self.events.exceptions.ResourceAlreadyExistsException):
            self.events.create_event_bus(Name=name)
        pattern = json.dumps({"source": ["landform.drift"], "detail-type": ["Drift Detected"]})
        self.events.put_rule(Name=name, EventBusName=name, EventPattern=pattern)
        target = self.arn(self.seen)
        self.events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "q", "Arn": target}])

    def arn(self, queue: str) -> str:
        found = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        return str(found["Attributes"]["QueueArn"])

    def put(self, number: int) -> str:
        """An object of captured calls; the message that announces it."""
        key = f"capture/score/v 1/2026/03/01/{number // 12:02}/{number % 12 * 5:02}-30-x.jsonl"
        body = "".join(line(number * PER_OBJECT + i, number) for i in range(PER_OBJECT))
        tag = self.s3.put_object(Bucket=self.name, Key=key, Body=body)["ETag"]
        thing = {"key": quote_plus(key, safe="/"), "eTag": tag.strip('"'), "size": len(body)}
        record = {"eventName": "ObjectCreated:Put", "eventTime": "2026-03-01T00:00:00.000Z", "s3": {"object": thing}}
        return json.dumps({"Records": [record]})

    def send(self, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.news, MessageBody=body)

    def alarms(self) -> list[str]:
        """What came through the rule's target, behind the lock that consumers take on (model, id, attempt)."""
        found: dict[tuple[str, ...], str] = {}
        while messages := self.sqs.receive_message(QueueUrl=self.seen, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                alarm = json.loads(message["Body"])["detail"]
                lock = (alarm["model"], alarm["id"], str(alarm.get("attempt")))
                text = json.dumps(alarm, sort_keys=True)
                assert found.setdefault(lock, text) == text
                self.sqs.delete_message(QueueUrl=self.seen, ReceiptHandle=message["ReceiptHandle"])
        return sorted(found.values())


def line(number: int, minute: int) -> str:
    chance = random.Random(number)
    data = f"{chance.gauss(0, 1):.4f},{chance.choice(('DE', 'FR'))}"
    sides = {"endpointInput": {"data": data, "encoding": "CSV"}, "endpointOutput": {"data": "0.5", "encoding": "CSV"}}
    at = datetime.fromtimestamp(1_772_323_200 + minute * 300 + number % PER_OBJECT, UTC).isoformat()
    return json.dumps({"captureData": sides, "eventMetadata": {"eventId": f"c{number}", "inferenceTime": at}}) + "\n"


def watching(make: Callable[..., Site], cloud: Cloud, wait: int = 1) -> Site:
    """A fitted watch of that bucket, which tells a file, the bus and CloudWatch."""
    source = f"{{kind: capture, bucket: {cloud.name}, prefix: capture/, queue: '{cloud.news}', wait: {wait}s}}"
    config = CONFIG.replace("{kind: files, path: in/*, settle: 0.1s}", source).replace(
        "sinks: [", f"sinks: [{{kind: eventbridge, bus: {cloud.name}}}, {{kind: cloudwatch}}, "
    )
    made = make(cloud.name, config + "region: us-east-1\ncolumns: [amount, country]\n")
    head = made.path / "head.jsonl"
    head.write_text("".join(line(-1 - number, 0) for number in range(1_000)))
    made.fit(head)
    return made
