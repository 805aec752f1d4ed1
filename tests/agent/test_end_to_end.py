"""From a captured call to a person: S3, its own notification, SQS, the agent, EventBridge and CloudWatch, on moto."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from landform_agent.formats.rows import Schema
from landform_agent.sources.capture import CaptureSource

from .cloud import Cloud
from .conftest import CONFIG, Site, events

Make = Callable[..., Site]
HEAD, CHANGE, COUNT, PER_OBJECT = 3_000, 4_500, 7_500, 500
START = datetime(2026, 3, 1, tzinfo=UTC)


def _call(number: int, chance: random.Random) -> str:
    data = f"{chance.gauss(1.0 if number >= CHANGE else 0.0, 1):.4f},{chance.choice(('DE', 'FR'))}"
    answer = {"data": f"{chance.random():.3f}", "encoding": "CSV", "observedContentType": "text/csv", "mode": "OUTPUT"}
    sides = {"endpointInput": {"data": data, "encoding": "CSV", "mode": "INPUT"}, "endpointOutput": answer}
    at = (START + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    meta = {"eventId": f"c{number}", "inferenceTime": at}
    return json.dumps({"captureData": sides, "eventMetadata": meta, "eventVersion": "0"})


def _capture(cloud: Cloud) -> None:
    """The endpoint writes its objects; the bucket announces them by itself."""
    told = [{"QueueArn": cloud.arn(cloud.news), "Events": ["s3:ObjectCreated:*"]}]
    cloud.s3.put_bucket_notification_configuration(
        Bucket=cloud.name, NotificationConfiguration={"QueueConfigurations": told}
    )
    chance = random.Random(6)
    for first in range(0, COUNT, PER_OBJECT):
        at = START + timedelta(seconds=first)
        key = f"capture/score/AllTraffic/{at:%Y/%m/%d/%H/%M-%S}-123-{first}.jsonl"
        body = "\n".join(_call(number, chance) for number in range(first, first + PER_OBJECT))
        cloud.s3.put_object(Bucket=cloud.name, Key=key, Body=body)


def test_a_changed_feature_of_captured_calls_reaches_a_person(cloud: Callable[[str], Cloud], site: Make) -> None:
    here = cloud("e2e")
    _capture(here)
    source = f"{{kind: capture, bucket: {here.name}, prefix: capture/, queue: {here.name}-news, wait: 1s}}"
    config = CONFIG.replace("{kind: files, path: in/*, settle: 0.1s}", source).replace("rows: 1000", f"rows: {HEAD}")
    sinks = f"[{{kind: eventbridge, bus: {here.name}}}, {{kind: cloudwatch, namespace: drift/e2e}}, "
    config = config.replace("sinks: [", f"sinks: {sinks}") + "region: us-east-1\ncolumns: [amount, country]\n"
    watch = replace(site(here.name, config), engine="landform_agent.engine")

    done = watch.call("run", "--until-idle", "2s")
    assert done.returncode == 0, done.stderr
    [seen] = map(json.loads, here.alarms())
    told = {name: seen[name] for name in ("watch", "channel", "feature", "kind", "state", "attempt", "region")}
    assert told == {
        "watch": "score",
        "channel": "data",
        "feature": "amount",
        "kind": "shift",
        "state": "raised",
        "attempt": 1,
        "region": "us-east-1",
    }
    assert CHANGE <= seen["seq"] < CHANGE + 300
    assert watch.alarms()[0].startswith('{"summary":"amount has drifted.')
    assert re.match(r"amount has drifted\. Values are higher: their median went from .+ Since ", seen["summary"])
    assert [json.loads(line) for line in watch.alarms()] == [seen]

    # Figures go by the minute: the second start tells what the first one learnt.
    done = watch.call("run", "--until-idle", "1s")
    assert done.returncode == 0, done.stderr
    assert _figure("AlarmsTotal") == 1
    assert _figure("AcceptedTotal") == COUNT
    assert _figure("Armed") > 0
    assert _figure("RejectedTotal") == 0
    assert here.alarms() == []


@pytest.mark.parametrize("form", ["name", "arn", "address"])
def test_a_queue_is_named_by_name_arn_or_address(cloud: Callable[[str], Cloud], form: str) -> None:
    here = cloud(f"by-{form}")
    queue = {"name": f"{here.name}-news", "arn": here.arn(here.news), "address": here.news}[form]
    source = CaptureSource(here.name, "", queue, 300, 120, "us-east-1", Schema())
    assert source._url().rsplit("/", 1)[1] == here.news.rsplit("/", 1)[1]


def _figure(name: str) -> float:
    """The highest value of a metric in the last minutes; it must be there."""
    cloudwatch: Any = boto3.client("cloudwatch")
    found = cloudwatch.get_metric_statistics(
        Namespace="drift/e2e",
        MetricName=name,
        Dimensions=[{"Name": "Watch", "Value": "score"}],
        StartTime=time.time() - 600,
        EndTime=time.time() + 60,
        Period=60,
        Statistics=["Maximum"],
    )
    return max(float(point["Maximum"]) for point in found["Datapoints"])


def test_a_killed_run_on_a_stream_tells_what_one_on_files_tells(cloud: Callable[[str], Cloud], site: Make) -> None:
    cloud("stream")
    client: Any = boto3.client("kinesis")
    client.create_stream(StreamName="clicks", ShardCount=1)
    lines = events(3_000)
    config = CONFIG + "region: us-east-1\n"
    calm = site("calm", config)
    calm.write("0.jsonl", lines)
    calm.run()
    watch = site("stream", config.replace("{kind: files, path: in/*, settle: 0.1s}", "{kind: kinesis, stream: clicks}"))
    kills = 0
    for first in range(0, 3_000, 1_000):
        # A record may hold several events.
        part = [lines[place : min(place + 3, first + 1_000)] for place in range(first, first + 1_000, 3)]
        records = [{"Data": "\n".join(own).encode(), "PartitionKey": "a"} for own in part]
        client.put_records(StreamName="clicks", Records=records)
        process = watch.start("run", "--batch", 50)
        time.sleep(1.2)
        kills += process.poll() is None
        process.kill()
        process.communicate()
    done = watch.call("run", "--until-idle", "2s")
    assert done.returncode == 0, done.stderr
    assert kills == 3
    assert watch.alarms() == calm.alarms()
    assert len(watch.alarms()) == 20


def test_a_model_that_is_deployed_learns_its_own_reference_and_segments_are_watched(site: Make) -> None:
    """Version 2 answers higher: that is no drift of version 1. Later one country's customers change."""
    config = CONFIG.replace("rows: 1000", f"rows: {HEAD}") + "segments: {by: country, max: 5, min_rows: 500}\n"
    watch = replace(site("versions", config), engine="landform_agent.engine")
    chance = random.Random(9)
    lines = []
    for number in range(18_000):
        country = chance.choice(("DE", "FR"))
        moved = number >= 14_000 and country == "FR"
        event = {
            "id": f"e{number}",
            "at": 1_772_323_200 + number,
            "features": {"amount": chance.gauss(0.8 if moved else 0.0, 1), "country": country},
            "prediction": min(1.0, chance.random() * 0.5 + (0.4 if number >= 6_000 else 0.0)),
            "version": "2" if number >= 6_000 else "1",
        }
        lines.append(json.dumps(event))
    watch.write("0.jsonl", lines)
    watch.run()
    alarms = sorted(map(json.loads, watch.alarms()), key=lambda alarm: alarm["seq"])
    assert alarms
    assert all(14_000 <= alarm["seq"] < 15_500 and alarm["feature"] == "amount" for alarm in alarms)
    assert {alarm["model_version"] for alarm in alarms} == {"2"}
    assert "FR" in {alarm["segment"] for alarm in alarms}
    assert "DE" not in {alarm["segment"] for alarm in alarms}
