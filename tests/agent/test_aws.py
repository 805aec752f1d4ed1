"""Capture objects on S3 that SQS announces as it likes; alarms on EventBridge; metrics in CloudWatch. AWS is moto."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landform_agent.formats.rows import Schema
from landform_agent.lines import CHUNK
from landform_agent.sinks import DeliveryError
from landform_agent.sinks.cloudwatch import FIGURES, CloudWatchSink
from landform_agent.sinks.eventbridge import EventBridgeSink
from landform_agent.sources.capture import _DEPTH, CaptureSource
from landform_agent.sources.objects import Bucket
from landform_agent.store import Store
from landform_agent.watch import KNOWN

from .cloud import Cloud, watching
from .conftest import CONFIG, Site

Make = Callable[..., Site]


def _run(site: Site, idle: int = 2) -> None:
    done = site.call("run", "--until-idle", f"{idle}s")
    assert done.returncode == 0, done.stderr


def test_objects_that_nobody_announced_are_found_by_listing(cloud: Callable[[str], Cloud], site: Make) -> None:
    quiet = cloud("quiet")
    watch = watching(site, quiet)
    quiet.send(quiet.put(0))
    _run(watch)
    assert len(watch.alarms()) == 1
    quiet.put(1)
    _run(watch)
    assert len(watch.alarms()) == 3


def test_each_configuration_of_an_endpoint_is_listed(cloud: Callable[[str], Cloud]) -> None:
    """A deployment lets its configuration capture into a folder of its own, under that of the endpoint."""
    deployed = cloud("deployed")
    folders = [
        f"capture/serve-score/score/{each}AllTraffic/" for each in ("", "score-1a2b/score/", "score-3c4d/score/")
    ]
    for folder in folders:
        deployed.s3.put_object(Bucket="deployed", Key=f"{folder}2026/03/01/10/00-30-x.jsonl", Body=b"")
    schema = Schema(numeric=("a",))
    source = CaptureSource("deployed", "capture/serve-score/", deployed.news, 300, 1, "us-east-1", schema)
    assert sorted(source._roots("capture/serve-score/", _DEPTH)) == sorted(folders)


def test_what_was_captured_last_is_known_while_only_labels_come(tmp_path: Path, cloud: Callable[[str], Cloud]) -> None:
    """The hourly listing finds it again for ever: an endpoint that rests a month captures nothing twice."""
    rests = cloud("rests")
    source = CaptureSource("rests", "capture/", rests.news, 300, 1, "us-east-1", Schema(numeric=("a",)))
    month = 30 * 288
    with Store(tmp_path / "state") as store:
        for seen in ([("capture/k", "tag", 1, 0, 0.0)], [("labels:l", "tag", 1, month, 0.0)]):
            with store.write():
                store.receive(seen)
            source.poll(store)
        with store.write():
            store._db.execute("UPDATE journal SET noted = 0")
            store.prune(3, KNOWN)
            assert store.receive([("capture/k", "tag", 1, 0, 0.0)]) == 0


@pytest.mark.parametrize("more", ["", "region: nowhere at all\n"])
def test_a_region_that_nobody_names_is_a_wrong_configuration(
    site: Make, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "none")
    lost = site("lost", CONFIG.replace("sinks: [", "sinks: [{kind: eventbridge, bus: b}, ") + more)
    done = lost.call("run", "--until-idle", "0.1s")
    assert done.returncode == 2
    assert f"{lost.config}: region: " in done.stderr
    assert "Traceback" not in done.stderr


class Asked:
    """S3 that notes how much it was asked for at a time."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3
        self.most = 0

    def get_object(self, Range: str, **where: str) -> Any:  # noqa: N803
        start, last = map(int, Range.removeprefix("bytes=").split("-"))
        self.most = max(self.most, last + 1 - start)
        return self._s3.get_object(Range=Range, **where)


def test_the_line_at_an_offset_is_counted_in_bounded_memory(cloud: Callable[[str], Cloud]) -> None:
    s3 = Asked(cloud("long").s3)
    tag = s3._s3.put_object(Bucket="long", Key="k", Body=(b"x" * 99 + b"\n") * 100_000)["ETag"]
    lines = [Bucket(s3, "long").lines("k", tag, offset) for offset in (0, 99, 100, 9_999_999)]
    assert lines == [1, 1, 2, 100_000]
    assert s3.most <= CHUNK


def test_messages_that_are_none_of_a_buckets_are_told(
    tmp_path: Path, cloud: Callable[[str], Cloud], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("landform_agent"), "propagate", True)
    here = cloud("strange")
    source = CaptureSource("strange", "capture/", here.news, 300, 1, "us-east-1", Schema(numeric=("a",)))
    with Store(tmp_path / "state") as store:
        here.send(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "strange"}))
        here.send(here.put(0))
        source.poll(store)
        assert "landform_agent" not in {record.name for record in caplog.records}
        here.send(json.dumps({"Type": "Notification", "Message": "of a topic"}))
        here.send(json.dumps({"source": "aws.s3", "detail-type": "Object Created", "detail": {}}))
        here.send("nothing at all")
        source.poll(store)
        told = [vars(record)["messages"] for record in caplog.records if record.name == "landform_agent"]
        assert sum(told) == 3
        assert len(store.received()) == 1


class Refusing:
    """A bus that refuses every second entry."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.calls: list[int] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.calls.append(sum(len(entry["Detail"]) for entry in Entries))
        self.taken += [entry["Detail"] for entry in Entries[::2]]
        answers = [
            {"EventId": "1"} if i % 2 == 0 else {"ErrorCode": "ThrottlingException"} for i in range(len(Entries))
        ]
        return {"FailedEntryCount": len(Entries) // 2, "Entries": answers}


def test_entries_that_were_refused_are_put_again(tmp_path: Any, cloud: Callable[[str], Cloud]) -> None:
    bodies = [json.dumps({"id": number, "state": "raised", "evidence": "x" * 50_000}).encode() for number in range(23)]
    sink = EventBridgeSink("bus", "us-east-1")
    bus = Refusing()
    sink._client = bus
    with Store(tmp_path / "state") as store:
        with store.write():
            store.post(sink.name, bodies)
        while store.unsent():
            try:
                sink.deliver(store)
            except DeliveryError as failure:
                assert "ThrottlingException" in str(failure)
    assert sorted(bus.taken) == sorted(body.decode() for body in bodies)
    assert max(bus.calls) < 256 * 1024


class Particular:
    """A bus that calls some entries malformed, for good; what moto never says."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.mended = False

    def put_events(self, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        answers = []
        for entry in Entries:
            bad = not self.mended and json.loads(entry["Detail"])["id"] < 12
            answers.append({"ErrorCode": "MalformedDetail"} if bad else {"EventId": "1"})
            if not bad:
                self.taken.append(entry["Detail"])
        return {"FailedEntryCount": sum("ErrorCode" in one for one in answers), "Entries": answers}


def test_alarms_that_the_bus_will_never_take_hold_up_no_others(tmp_path: Any, cloud: Callable[[str], Cloud]) -> None:
    bodies = [json.dumps({"id": number, "state": "raised"}).encode() for number in range(30)]
    sink = EventBridgeSink("bus", "us-east-1")
    bus = Particular()
    sink._client = bus
    with Store(tmp_path / "state") as store:
        with store.write():
            store.post(sink.name, bodies)
        while sink.deliver(store):
            pass
        assert bus.taken == [body.decode() for body in bodies[12:]]
        assert (store.unsent(), store.aside(), store.unsent_age()) == (0, 12, 0.0)
    bus.mended = True
    with Store(tmp_path / "state") as store:
        sink.start(store)
        assert (store.unsent(), store.aside()) == (12, 0)
        while sink.deliver(store):
            pass
        assert (store.unsent(), store.aside()) == (0, 0)
    assert sorted(bus.taken) == sorted(body.decode() for body in bodies)


def test_one_wrong_entry_does_not_take_its_whole_call_along(tmp_path: Any, cloud: Callable[[str], Cloud]) -> None:
    """An entry beyond 256 KB: the call is refused as a whole."""
    up = cloud("large")
    bus = up.events.describe_event_bus(Name="large")["Arn"]
    up.events.create_archive(ArchiveName="large", EventSourceArn=bus)
    sink = EventBridgeSink("large", "us-east-1")
    refuse = Whole(sink._client)
    sink._client = refuse
    bodies = [json.dumps({"id": number, "state": "cleared"}).encode() for number in range(4)]
    with Store(tmp_path / "state") as store:
        with store.write():
            store.post(sink.name, bodies)
        while sink.deliver(store):
            pass
        assert (store.unsent(), store.aside()) == (0, 1)
    assert up.events.describe_archive(ArchiveName="large")["EventCount"] == 3


class Whole:
    """moto's bus, but for what it does not check: a call with the third alarm is refused."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def put_events(self, Entries: list[dict[str, str]]) -> Any:  # noqa: N803
        if any(json.loads(entry["Detail"])["id"] == 2 for entry in Entries):
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "too large"}}, "PutEvents")
        return self._client.put_events(Entries=Entries)


def test_a_bus_that_is_down_loses_none(
    tmp_path: Any, cloud: Callable[[str], Cloud], monkeypatch: pytest.MonkeyPatch
) -> None:
    up = cloud("late")
    bus = up.events.describe_event_bus(Name="late")["Arn"]
    up.events.create_archive(ArchiveName="late", EventSourceArn=bus)
    states = ["raised", *["cleared"] * 299]
    bodies = [json.dumps({"id": str(n), "model": "score", "state": state}).encode() for n, state in enumerate(states)]
    with Store(tmp_path / "state") as store:
        with monkeypatch.context() as down:
            down.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            sink = EventBridgeSink("late", "us-east-1")
            with store.write():
                store.post(sink.name, bodies)
            with pytest.raises(DeliveryError, match="EndpointConnectionError"):
                sink.deliver(store)
        assert store.unsent() == 300
        sink = EventBridgeSink("late", "us-east-1")
        delivered = 0
        while count := sink.deliver(store):
            delivered += count
        assert (delivered, store.unsent()) == (300, 0)
    assert up.events.describe_archive(ArchiveName="late")["EventCount"] == 300
    assert len(up.alarms()) == 1


def test_metrics_of_an_outage_follow_after_it(tmp_path: Any, cloud: Callable[[str], Cloud]) -> None:
    minutes = [{"at": time.time() - 60 * age, "figures": dict.fromkeys(FIGURES, 1.0)} for age in (3, 2, 1, 30_000)]
    sink = CloudWatchSink("test/outage", "score", "us-east-1")
    with Store(tmp_path / "state") as store:
        with store.write():
            store.post(sink.name, [json.dumps(minute).encode() for minute in minutes])
        assert sink.deliver(store) == 4
        assert store.unsent() == 0
    found = cloud("outage").cloudwatch.get_metric_statistics(
        Namespace="test/outage",
        MetricName="Up",
        Dimensions=[{"Name": "Watch", "Value": "score"}],
        StartTime=time.time() - 30 * 86_400,
        EndTime=time.time() + 60,
        Period=60,
        Statistics=["Sum"],
    )
    assert sum(point["Sum"] for point in found["Datapoints"]) == 3
