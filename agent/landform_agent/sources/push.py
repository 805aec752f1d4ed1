"""Events that are posted: each request is a stretch of the order, durable before it is answered."""

from __future__ import annotations

import io
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from landform_agent.formats.detect import decoder
from landform_agent.formats.rows import Schema
from landform_agent.serve import Refused
from landform_agent.sources import Opened
from landform_agent.store import Entry, Store, no_room

# What waits is worked off at once when it takes such a share of the room: what trickles may wait for more.
_MUCH: Final = 1 / 100


class Push:
    """What came by `/ingest`. The server's threads write through a connection of their own, one at a time."""

    def __init__(self, path: Path, schema: Schema, limit: int, wake: Callable[[], None] = lambda: None) -> None:
        self._store = Store(path, fresh=False)
        self._lock = threading.Lock()
        self._schema, self._limit, self._wake = schema, limit, wake

    def take(self, body: bytes) -> int:
        """Make a body durable; its place in the order."""
        if not body.strip():
            raise Refused(400, "no line")
        with self._lock:
            try:
                with self._store.write():
                    waiting = self._store.waiting() + len(body)
                    if waiting > self._limit:
                        raise Refused(429, "events wait; send these again later")
                    place = self._store.append("push", "", 0, len(body), body=body)
            except sqlite3.OperationalError as failure:
                status = 507 if no_room(failure) else 503
                raise Refused(status, "nothing can be stored now", 10) from failure
        if waiting > self._limit * _MUCH:
            self._wake()
        return place

    def poll(self, store: Store) -> bool:
        """What was posted has its place already."""
        return False

    @contextmanager
    def open(self, store: Store, entry: Entry, offset: int) -> Iterator[Opened]:
        """A body at an offset."""
        body = store.body(entry.position)
        stream = io.BytesIO(body)
        stream.seek(offset)
        yield Opened(stream, 1 + body.count(b"\n", 0, offset), decoder(entry.object, body, self._schema))
