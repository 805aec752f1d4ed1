"""Label objects on S3 beside any source of events: what is found by listing is read in the one order with them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from landform_agent import aws
from landform_agent.formats.detect import HEAD, decoder
from landform_agent.formats.rows import Schema
from landform_agent.sources import Opened, Source, SourceError
from landform_agent.sources.objects import Bucket, Ranges
from landform_agent.store import Entry, Store

MINUTE: Final = 60.0
# Before the names of label objects in the order.
LABELS: Final = "labels:"
# Listings look back so far: an object is listed for good as soon as it is put, clocks differ by less.
_BACK: Final = 2 * 3_600.0
_DATED: Final = re.compile(r"\d{4}/\d\d/\d\d/\d\d/")


class TruthObjects:
    """The label objects of a prefix, in the order in which they were put."""

    def __init__(
        self, bucket: str, prefix: str, region: str, schema: Schema, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = aws.client("s3", region)
        self._bucket, self._prefix, self._schema, self._clock = Bucket(self._client, bucket), prefix, schema, clock
        self._listed = -MINUTE

    def poll(self, store: Store, slice_seconds: float | None) -> bool:
        """Note label objects that came: in the inbox, by when they were put; in the order at once without slices."""
        if self._clock() - self._listed < MINUTE:
            return False
        now = self._clock()
        since = float(store.kept("labels listed") or 0.0) - _BACK
        try:
            found = [one for one in self._list(since) if one["LastModified"].timestamp() >= since]
        except aws.FAILURES as failure:
            raise SourceError(f"{self._bucket.name}/{self._prefix}: {aws.code(failure)}") from failure
        found.sort(key=lambda one: (one["LastModified"], one["Key"]))
        with store.write():
            for one in found:
                moment = one["LastModified"].timestamp()
                name, tag = f"{LABELS}{one['Key']}", one["ETag"].strip('"')
                noted = (name, tag, one["Size"], int(moment // (slice_seconds or MINUTE)), now)
                if store.receive([noted]) and slice_seconds is None:
                    store.append(name, tag, 0, one["Size"])
            store.keep({"labels listed": str(now).encode()})
        self._listed = now
        return bool(found)

    def _list(self, since: float) -> Iterator[dict[str, Any]]:
        where = {"Bucket": self._bucket.name, "Prefix": self._prefix}
        first = self._client.list_objects_v2(**where, MaxKeys=1).get("Contents", [])
        if since > 0 and first and _DATED.match(first[0]["Key"].removeprefix(self._prefix).lstrip("/")):
            # Keys that begin with their hour: SageMaker's layout.
            slash = "" if not self._prefix or self._prefix.endswith("/") else "/"
            where["StartAfter"] = f"{self._prefix}{slash}{datetime.fromtimestamp(since, UTC):%Y/%m/%d/%H/}"
        for page in self._client.get_paginator("list_objects_v2").paginate(**where):
            yield from page.get("Contents", [])

    @contextmanager
    def open(self, entry: Entry, offset: int) -> Iterator[Opened]:
        """A label object at an offset."""
        key, tag = entry.object.removeprefix(LABELS), entry.version
        head = self._bucket.read(key, tag, 0, min(HEAD, entry.stop)) if entry.stop else b""
        stream = Ranges(self._bucket, key, tag, offset, entry.stop)
        yield Opened(stream, self._bucket.lines(key, tag, offset), decoder(key, head, self._schema))


class WithTruth:
    """A source of events and label objects beside it. `slice_seconds` where the events come in slices of time."""

    def __init__(self, events: Source, truth: TruthObjects, slice_seconds: float | None = None) -> None:
        self._events, self._truth, self._slice = events, truth, slice_seconds

    def poll(self, store: Store) -> bool:
        """Look for both."""
        labels = self._truth.poll(store, self._slice)
        return self._events.poll(store) or labels

    def open(self, store: Store, entry: Entry, offset: int) -> AbstractContextManager[Opened]:
        """One of either."""
        if entry.object.startswith(LABELS):
            return self._truth.open(entry, offset)
        return self._events.open(store, entry, offset)
