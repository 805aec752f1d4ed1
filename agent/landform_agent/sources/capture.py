"""SageMaker data capture: objects on S3, announced by an SQS queue, at least once and in no order.

Received first: what a message announces goes into the inbox, and only then the message is deleted. Ordered next: the
objects of a slice of time get their places once a later slice was seen for a while, or nothing came for a while.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote_plus

import msgspec

from landform_agent import aws
from landform_agent.formats.capture import KEY, Capture, variant
from landform_agent.formats.rows import Schema
from landform_agent.sources import Opened, SourceError
from landform_agent.sources.objects import Bucket, Ranges
from landform_agent.sources.shifts import Parameter, known, versions
from landform_agent.sources.truth import LABELS
from landform_agent.store import Entry, Store

HOUR: Final = 3_600
MINUTE: Final = 60.0
# How deep endpoints and variants lie below a prefix; each configuration of a deployment has a folder of its own.
_DEPTH: Final = 5
_MANY: Final = 20
# What a topic or a bus sends on has another form: without a word of it the watch would look as if nothing came.
_STRANGE: Final = "no bucket's own messages: let it announce its objects to the queue directly"

log = logging.getLogger("landform_agent")

Noted = tuple[str, str, int, int, float]


class CaptureSource:
    """The objects of a prefix."""

    def __init__(
        self,
        bucket: str,
        prefix: str,
        queue: str,
        slice_seconds: float,
        wait: float,
        region: str,
        schema: Schema,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._bucket, self._prefix, self._queue = bucket, prefix, queue
        self._address = queue if "://" in queue else ""
        self._slice, self._wait, self._schema, self._clock = slice_seconds, wait, schema, clock
        self._s3, self._sqs = aws.client("s3", region), aws.client("sqs", region)
        self._objects = Bucket(self._s3, bucket)
        self.shifts: Parameter | None = None
        """Where deployments say which version serves; asked before anything gets its place."""
        self._asked = 0.0
        self._listed = 0.0

    def poll(self, store: Store) -> bool:
        """Receive what is announced, and order what is complete."""
        try:
            news = self._receive(store)
            if self._clock() - self._listed >= HOUR:
                self._list(store)
                self._listed = self._clock()
            if self.shifts and (self._clock() - self._asked >= MINUTE or self._closing(store)[1]):
                self.shifts.note(store)
                self._asked = self._clock()
        except aws.FAILURES as failure:
            raise SourceError(f"{self._queue}: {aws.code(failure)}") from failure
        return self._close(store) or news

    def _receive(self, store: Store) -> bool:
        news = False
        for wait in (1, *[0] * _MANY):
            answer = self._sqs.receive_message(QueueUrl=self._url(), MaxNumberOfMessages=10, WaitTimeSeconds=wait)
            messages = answer.get("Messages", [])
            if not messages:
                break
            announced = [self._announced(message["Body"]) for message in messages]
            if strange := announced.count(None):
                log.warning(_STRANGE, extra={"queue": self._queue, "messages": strange})
            noted = [object_ for objects in announced for object_ in objects or ()]
            with store.write():
                news = store.receive(noted) > 0 or news
            handles = [{"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(messages)]
            # What could not be deleted comes again and is known by then.
            self._sqs.delete_message_batch(QueueUrl=self._url(), Entries=handles)
        return news

    def _url(self) -> str:
        """The queue's address; a name or an ARN is looked up once."""
        if not self._address:
            *owner, name = self._queue.split(":")[-2:] if self._queue.startswith("arn:") else [self._queue]
            account = {"QueueOwnerAWSAccountId": owner[0]} if owner else {}
            self._address = str(self._sqs.get_queue_url(QueueName=name, **account)["QueueUrl"])
        return self._address

    def _announced(self, body: str) -> list[Noted] | None:
        """The objects of a message, of S3's test event none; None for whatever else lies in the queue."""
        try:
            told = msgspec.json.decode(body)
            if told.get("Event") == "s3:TestEvent":
                return []
            return [
                noted
                for record in told["Records"]
                if record["eventName"].startswith("ObjectCreated")
                for noted in self._noted(
                    unquote_plus(record["s3"]["object"]["key"]),
                    record["s3"]["object"]["eTag"],
                    record["s3"]["object"]["size"],
                    datetime.fromisoformat(record["eventTime"]),
                )
            ]
        except (msgspec.DecodeError, KeyError, TypeError, AttributeError, ValueError):
            return None

    def _noted(self, key: str, tag: str, size: int, created: datetime) -> list[Noted]:
        if not key.startswith(self._prefix):
            return []
        moment = _time_of(key) or created.timestamp()
        return [(key, tag.strip('"'), size, int(moment // self._slice), self._clock())]

    def _list(self, store: Store) -> None:
        """Find what no message announced, from two closed slices back on."""
        closed = store.kept("closed")
        if closed is None:
            return
        since = (int(closed) - 2) * self._slice
        hour = f"{datetime.fromtimestamp(since, UTC):%Y/%m/%d/%H/}"
        for root in self._roots(self._prefix, _DEPTH):
            pages = self._s3.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=root, StartAfter=root + hour):
                found = [
                    noted
                    for one in page.get("Contents", [])
                    for noted in self._noted(one["Key"], one["ETag"], one["Size"], one["LastModified"])
                    if noted[3] * self._slice >= since
                ]
                with store.write():
                    store.receive(found)

    def _roots(self, prefix: str, depth: int) -> Iterator[str]:
        """The folders that hold years."""
        if prefix and not prefix.endswith("/"):
            prefix += "/"
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix, Delimiter="/")
        folders = [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])]
        if any(re.search(r"/\d{4}/$", folder) for folder in folders):
            yield prefix
        elif depth:
            for folder in folders:
                yield from self._roots(folder, depth - 1)

    def _closing(self, store: Store) -> tuple[list[Noted], list[Noted]]:
        """Objects that may get their places now: those of events, and all."""
        waiting = store.received()
        if not waiting:
            return [], []
        settled = self._clock() - self._wait
        # Seen for long enough: everything before it is complete. Nothing new for as long: everything is.
        # Label objects are put when they please: they close nothing.
        events = [noted for noted in waiting if not noted[0].startswith(LABELS)]
        newest = max((noted[3] for noted in events if noted[4] <= settled), default=-1)
        idle = max(noted[4] for noted in waiting) <= settled
        closing = [noted for noted in waiting if idle or noted[3] < newest]
        return [noted for noted in closing if not noted[0].startswith(LABELS)], closing

    def _close(self, store: Store) -> bool:
        events, closing = self._closing(store)
        if not closing:
            return False
        closed = int(store.kept("closed") or -1)
        ordered = [noted[3] for noted in events]
        late = sum(slice_ <= closed for slice_ in ordered)
        end = max([closed, *ordered])
        with store.write():
            for key, tag, size, slice_, _ in closing:
                # The end of the order is that of events: by it the journal knows what a listing may find again.
                store.append(key, tag, 0, size, (min(slice_, end) + 1) * self._slice)
            store.keep({"closed": str(end).encode()})
            store.keep({"late": str(int(store.kept("late") or 0) + late).encode()})
        return True

    @contextmanager
    def open(self, store: Store, entry: Entry, offset: int) -> Iterator[Opened]:
        """The object at an offset."""
        shifts, own = known(store), variant(entry.object)
        decoder = Capture(self._schema, own, lambda at: versions(shifts, entry.position, at, own))
        key, tag = entry.object, entry.version
        yield Opened(
            Ranges(self._objects, key, tag, offset, entry.stop), self._objects.lines(key, tag, offset), decoder
        )


def _time_of(key: str) -> float | None:
    found = KEY.search(key)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[1:])
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        return None
