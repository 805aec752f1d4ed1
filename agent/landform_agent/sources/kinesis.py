"""A Kinesis stream: in order within a shard, parents before children, the interleaving of shards made once.

What a call returned is kept in the order's journal together with how far its shard was read, in one transaction: a
shard that is read again gives nothing twice, and the events outlive the stream's retention.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from landform_agent import aws
from landform_agent.formats.detect import decoder
from landform_agent.formats.rows import Schema
from landform_agent.sources import Opened, SourceError
from landform_agent.store import Entry, Store

# GetRecords: five calls a second and 2 MB a second for each shard, 10 MB or 10,000 records a call; an iterator lives
# five minutes (docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html, read November 2026).
CALL_GAP: Final = 0.2
RECORDS: Final = 10_000
LIST_EVERY: Final = 60.0
# Bytes that may wait for the engine before the stream is asked for more.
PENDING: Final = 1 << 25
_BUSY: Final = ("ProvisionedThroughputExceededException", "LimitExceededException", "ThrottlingException")


class Shard(msgspec.Struct):
    """How far a shard was read: the last sequence number, none before the first, and whether it ended there."""

    parents: tuple[str, ...] = ()
    after: str = ""
    done: bool = False


class Kept(msgspec.Struct):
    """What the state keeps of a stream: when the watch began, and its shards."""

    begun: float
    shards: dict[str, Shard] = {}


class KinesisSource:
    """The shards of a stream. `start` is where a new watch begins: `oldest` record or `latest`."""

    def __init__(
        self, stream: str, start: str, region: str, schema: Schema, clock: Callable[[], float] = time.time
    ) -> None:
        self._which = {"StreamARN" if stream.startswith("arn:") else "StreamName": stream}
        self._stream, self._start, self._schema, self._clock = stream, start, schema, clock
        self._client = aws.client("kinesis", region)
        self._kept: Kept | None = None
        self._listed = -LIST_EVERY
        self._iterators: dict[str, str] = {}
        self._next: dict[str, float] = {}

    def poll(self, store: Store) -> bool:
        """Read each shard that may be read once; whether there were records."""
        if store.waiting() > PENDING:
            return False
        try:
            return self._round(store)
        except BaseException as failure:
            # What was being changed is in doubt: the state has what is true.
            self._kept, self._listed, self._iterators = None, -LIST_EVERY, {}
            if isinstance(failure, aws.FAILURES):
                raise SourceError(f"{self._stream}: {aws.code(failure)}") from failure
            raise

    def _round(self, store: Store) -> bool:
        if self._kept is None:
            raw = store.kept("kinesis")
            self._kept = msgspec.json.decode(raw, type=Kept) if raw else Kept(self._clock())
        if self._clock() - self._listed >= LIST_EVERY:
            self._list(store, self._kept)
        news = False
        for name in self._readable(self._kept):
            news = self._read(store, self._kept, name) or news
        return news

    def _list(self, store: Store, kept: Kept) -> None:
        """Note shards that came by a split or a merge, and forget those that are no more."""
        found: list[dict[str, Any]] = []
        more: dict[str, str] = dict(self._which)
        while True:
            answer = self._client.list_shards(**more)
            found += answer["Shards"]
            if not answer.get("NextToken"):
                break
            more = {"NextToken": answer["NextToken"]}
        names = {one["ShardId"] for one in found}
        for one in found:
            parents = (one.get("ParentShardId"), one.get("AdjacentParentShardId"))
            kept.shards.setdefault(one["ShardId"], Shard(tuple(p for p in parents if p)))
        # A shard whose retention is over is no longer listed: its children are waited for no longer.
        for name in [name for name in kept.shards if name not in names]:
            del kept.shards[name]
        self._listed = self._clock()
        with store.write():
            store.keep({"kinesis": msgspec.json.encode(kept)})

    def _readable(self, kept: Kept) -> list[str]:
        """The shards whose parents were read to their end, in the order of their names."""

        def waits(shard: Shard) -> bool:
            return any(name in kept.shards and not kept.shards[name].done for name in shard.parents)

        return [name for name, shard in sorted(kept.shards.items()) if not shard.done and not waits(shard)]

    def _read(self, store: Store, kept: Kept, name: str) -> bool:
        now = self._clock()
        if now < self._next.get(name, 0.0):
            return False
        self._next[name] = now + CALL_GAP
        shard = kept.shards[name]
        try:
            iterator = self._iterators.get(name) or self._iterator(kept, name)
            answer = self._client.get_records(ShardIterator=iterator, Limit=RECORDS)
        except aws.FAILURES as failure:
            if aws.code(failure) == "ExpiredIteratorException":
                self._iterators.pop(name, None)
                return False
            if aws.code(failure) in _BUSY:
                # botocore has asked again already: the other shards go on meanwhile.
                self._next[name] = now + 1.0
                return False
            raise
        records = answer["Records"]
        following = answer.get("NextShardIterator")
        self._iterators[name] = following or ""
        # A shard that a split or a merge closed gives none with its last records.
        ended = not following
        if not records and not ended:
            return False
        with store.write():
            if records:
                body = b"\n".join(record["Data"].rstrip(b"\n") for record in records)
                store.append(name, records[-1]["SequenceNumber"], 0, len(body), body=body)
                shard.after = records[-1]["SequenceNumber"]
            if ended:
                shard.done = True
                # Its children may be read: they are looked for at once.
                self._listed = -LIST_EVERY
            store.keep({"kinesis": msgspec.json.encode(kept)})
        return True

    def _iterator(self, kept: Kept, name: str) -> str:
        shard = kept.shards[name]
        where: dict[str, Any] = {"ShardIteratorType": "TRIM_HORIZON"}
        if shard.after:
            where = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": shard.after}
        elif self._start == "latest":
            # A time is found again after a restart, `LATEST` is not. In a shard that came by a split or a merge there
            # are older records too, where that was before the watch.
            where = {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": datetime.fromtimestamp(kept.begun, UTC)}
        answer = self._client.get_shard_iterator(**self._which, ShardId=name, **where)
        return str(answer["ShardIterator"])

    @contextmanager
    def open(self, store: Store, entry: Entry, offset: int) -> Iterator[Opened]:
        """The records of a call at an offset."""
        body = store.body(entry.position)
        stream = io.BytesIO(body)
        stream.seek(offset)
        yield Opened(stream, 1 + body.count(b"\n", 0, offset), decoder(entry.object, body, self._schema))
