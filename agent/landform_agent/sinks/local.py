"""Alarms in a file, and in the agent's log."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Final

import msgspec

from landform_agent.sinks import Carries, DeliveryError
from landform_agent.store import Store

_MANY: Final = 1_000
log = logging.getLogger("landform_agent.alarms")


class FileSink:
    """One alarm a line. The length that is ours for good is in the state: what a kill left behind it is cut off."""

    carries: Carries = "alarms"

    def __init__(self, path: Path) -> None:
        self.name = f"file:{path}"
        self._path = path
        self._cut = False

    def start(self, store: Store) -> None:
        """Cut the file to what is ours; where that cannot be now, before the next delivery."""
        try:
            self._trim(store)
        except OSError as failure:
            log.error("the file cannot be opened", extra={"sink": self.name, "reason": failure.strerror})

    def _trim(self, store: Store) -> None:
        """Cut the file to the length that was recorded; a file that was there before is ours from its end on."""
        self._cut = False
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            length = store.length(self.name)
            if length is None:
                with store.write():
                    store.set_length(self.name, file.tell())
            elif file.tell() > length:
                file.truncate(length)
        self._cut = True

    def deliver(self, store: Store) -> int:
        """Append the oldest alarms, make them durable, and then forget them."""
        bodies = store.outgoing(self.name, _MANY)
        if not bodies:
            return 0
        try:
            if not self._cut:
                self._trim(store)
            with self._path.open("ab") as file:
                file.write(b"".join(body + b"\n" for _, body in bodies))
                file.flush()
                os.fsync(file.fileno())
                length = file.tell()
        except OSError as failure:
            self._cut = False
            raise DeliveryError(f"{self._path}: {failure.strerror}") from failure
        with store.write():
            store.sent([number for number, _ in bodies])
            store.set_length(self.name, length)
        return len(bodies)


class LogSink:
    """One log record an alarm."""

    carries: Carries = "alarms"
    name = "log"

    def start(self, store: Store) -> None:
        """Nothing is left behind in a log."""

    def deliver(self, store: Store) -> int:
        """Log the oldest alarms."""
        bodies = store.outgoing(self.name, _MANY)
        for _, body in bodies:
            log.warning("alarm", extra={"alarm": msgspec.Raw(body)})
        if bodies:
            with store.write():
                store.sent([number for number, _ in bodies])
        return len(bodies)
