"""Where events come from. A source gives each stretch its place in the order once; the order is then kept."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from landform_agent.formats.rows import Decoder
from landform_agent.lines import Readable
from landform_agent.store import Entry, Store


class SourceError(Exception):
    """The source cannot be asked now; the message says why."""


class GoneError(Exception):
    """An object went away before it was read; the message names it."""


class Opened(NamedTuple):
    """An object at an offset: its bytes from there on, the number of the line there, and its format.

    `whole`: what comes in it is one batch.
    """

    stream: Readable
    line: int
    decoder: Decoder
    whole: bool = False


class Source(Protocol):
    """A place that events come from."""

    def poll(self, store: Store) -> bool:
        """Look for what is new and give it its place in the order; whether there was any."""
        ...

    def open(self, store: Store, entry: Entry, offset: int) -> AbstractContextManager[Opened]:
        """The bytes of a stretch from an offset on; `GoneError` where they are gone for good."""
        ...
