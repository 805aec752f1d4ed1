"""A stream whose shards split and merge: each event once, in order, whatever stops the agent. AWS is moto."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.kinesis.models import KinesisBackend
from moto.kinesis.models import Stream as KinesisStream
from moto.kinesis.utils import decompose_shard_iterator

from landform_agent.formats.rows import Schema
from landform_agent.sources import SourceError
from landform_agent.sources.kinesis import LIST_EVERY, KinesisSource
from landform_agent.store import Store

SCHEMA = Schema(numeric=("a",))


def _resharding_as_aws_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto moves records to other shards, lets closed ones take more, and never says that one ended.

    AWS: docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
    """
    original, answer = KinesisStream.get_shard_for_key, KinesisBackend.get_records

    def among_open(self: Any, partition_key: str, explicit_hash_key: str) -> Any:
        every = self.shards
        self.shards = {name: shard for name, shard in every.items() if shard.is_open}
        try:
            return original(self, partition_key, explicit_hash_key)
        finally:
            self.shards = every

    def in_place(change: Any) -> Any:
        def reshard(self: Any, first: str, second: str) -> None:
            held = {name: shard.records for name, shard in self.shards.items()}
            change(self, first, second)
            for name, shard in self.shards.items():
                shard.records = held.get(name, OrderedDict())

        return reshard

    def ends(self: Any, stream_arn: Any, shard_iterator: str, limit: Any) -> Any:
        following, records, behind = answer(self, stream_arn, shard_iterator, limit)
        name, shard_id, after = decompose_shard_iterator(following)
        shard = self.describe_stream(stream_arn=stream_arn, stream_name=name).get_shard(shard_id)
        ended = not shard.is_open and int(after) >= shard.get_max_sequence_number()
        return None if ended else following, records, behind

    monkeypatch.setattr(KinesisStream, "get_shard_for_key", among_open)
    monkeypatch.setattr(KinesisStream, "split_shard", in_place(KinesisStream.split_shard))
    monkeypatch.setattr(KinesisStream, "merge_shards", in_place(KinesisStream.merge_shards))
    monkeypatch.setattr(KinesisBackend, "get_records", ends)


@pytest.fixture(autouse=True)
def _cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    _resharding_as_aws_does_it(monkeypatch)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Stream:
    """A stream with two shards, and who reads it."""

    def __init__(self, path: Path) -> None:
        self.client: Any = boto3.client("kinesis", "us-east-1")
        self.client.create_stream(StreamName="clicks", ShardCount=2)
        self.clock = Clock()
        self.store = Store(path / "state")
        self.count = 0

    def source(self, start: str = "oldest") -> KinesisSource:
        return KinesisSource("clicks", start, "us-east-1", SCHEMA, self.clock)

    def put(self, count: int) -> None:
        for _ in range(count):
            key = f"customer-{self.count % 7}"
            event = json.dumps({"id": str(self.count), "features": {"a": self.count}, "version": key})
            self.client.put_record(StreamName="clicks", PartitionKey=key, Data=event.encode())
            self.count += 1

    def shards(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.list_shards(StreamName="clicks")["Shards"]
        return [shard for shard in found if "EndingSequenceNumber" not in shard["SequenceNumberRange"]]

    def split(self) -> None:
        shard = self.shards()[0]
        keys = shard["HashKeyRange"]
        middle = (int(keys["StartingHashKey"]) + int(keys["EndingHashKey"])) // 2
        self.client.split_shard(StreamName="clicks", ShardToSplit=shard["ShardId"], NewStartingHashKey=str(middle))

    def merge(self) -> None:
        first, second = sorted(self.shards(), key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))[:2]
        self.client.merge_shards(
            StreamName="clicks", ShardToMerge=first["ShardId"], AdjacentShardToMerge=second["ShardId"]
        )

    def drain(self, source: KinesisSource, polls: int = 12) -> None:
        for _ in range(polls):
            source.poll(self.store)
            self.clock.now += LIST_EVERY / 4

    def read(self) -> list[tuple[int, str]]:
        """Number and customer of each event, in the order that was made."""
        found, position = [], 0
        source = self.source()
        while entry := self.store.after(position):
            position = entry.position
            with source.open(self.store, entry, 0) as opened:
                rows = opened.decoder.decode(opened.stream.read(entry.stop).split(b"\n")).rows
            versions = [rows.version] * len(rows) if isinstance(rows.version, str) else rows.version
            found += [(int(a), customer) for a, customer in zip(rows.numeric["a"], versions, strict=True)]
        return found


@pytest.fixture
def stream(tmp_path: Path) -> Stream:
    return Stream(tmp_path)


def _in_order(stream: Stream) -> None:
    """Each event once; those of a customer, whatever shards they went through, one after the other."""
    read = stream.read()
    assert sorted(number for number, _ in read) == list(range(stream.count))
    for customer in {customer for _, customer in read}:
        own = [number for number, whose in read if whose == customer]
        assert own == sorted(own)


def test_shards_that_split_and_merge_keep_each_customers_order(stream: Stream) -> None:
    stream.put(50)
    source = stream.source()
    source.poll(stream.store)
    for change in (stream.split, stream.merge, stream.split):
        stream.put(20)
        change()
        stream.put(30)
    stream.drain(source, 30)
    stream.put(20)
    stream.drain(source)
    _in_order(stream)


def test_another_process_goes_on_where_the_last_one_committed(stream: Stream) -> None:
    for step in range(8):
        stream.put(15)
        if step == 3:
            stream.split()
        # A new one each time, which knows nothing but the state.
        stream.drain(stream.source(), 1 + step % 3)
    stream.drain(stream.source())
    order = stream.read()
    _in_order(stream)
    stream.drain(stream.source())
    assert stream.read() == order


def test_latest_begins_with_the_watch_and_is_found_again(stream: Stream) -> None:
    stream.clock.now = 4e9
    stream.put(5)
    stream.drain(stream.source("latest"), 2)
    assert stream.read() == []


def test_latest_is_latest_in_shards_that_came_by_a_split_before_it(stream: Stream) -> None:
    stream.put(50)
    stream.split()
    stream.put(50)
    stream.clock.now = time.time() + 3_600
    stream.drain(stream.source("latest"))
    assert stream.read() == []


class Failing:
    """The client, which fails as told before it answers."""

    def __init__(self, client: Any, codes: list[str]) -> None:
        self._client, self._codes = client, codes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_records(self, **arguments: Any) -> Any:
        if self._codes:
            raise ClientError({"Error": {"Code": self._codes.pop(0), "Message": ""}}, "GetRecords")
        return self._client.get_records(**arguments)


@pytest.mark.parametrize("code", ["ExpiredIteratorException", "ProvisionedThroughputExceededException"])
def test_an_iterator_that_expired_and_a_busy_shard_are_asked_again(stream: Stream, code: str) -> None:
    source = stream.source()
    stream.put(20)
    stream.drain(source, 2)
    stream.put(20)
    source._client = Failing(source._client, [code] * 3)
    stream.drain(source)
    _in_order(stream)


def test_a_stream_that_cannot_be_asked_says_so_and_goes_on_later(stream: Stream) -> None:
    source = stream.source()
    stream.put(20)
    source._client = Failing(source._client, ["InternalFailure"])
    with pytest.raises(SourceError, match="clicks: InternalFailure"):
        source.poll(stream.store)
    stream.drain(source)
    _in_order(stream)


def test_what_could_not_be_stored_is_read_again(stream: Stream) -> None:
    stream.put(200)
    source = stream.source()
    pages = stream.store._db.execute("PRAGMA page_count").fetchone()[0]
    stream.store._db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(Exception, match="full"):
        for _ in range(5):
            stream.put(200)
            stream.drain(source, 2)
    stream.store._db.execute("PRAGMA max_page_count=1000000")
    stream.drain(source)
    _in_order(stream)


def test_no_more_is_read_than_may_wait(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landform_agent.sources.kinesis.PENDING", 100)
    stream.put(20)
    source = stream.source()
    stream.drain(source, 2)
    waiting = stream.store.waiting()
    stream.put(20)
    stream.drain(source, 2)
    assert stream.store.waiting() == waiting > 100
