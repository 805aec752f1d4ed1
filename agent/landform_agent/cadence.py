"""Where batches end: with a file, or before a gap of over an hour in the events' own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec
import numpy as np

from landform_agent.block import Block, Floats, Ints

GAP: Final = 3_600.0
# So many batches a reference has at least, and so many rows a batch that a gap ends; the engine has them from here.
FEWEST: Final = 10
LEAST_ROWS: Final = 50


class Open(msgspec.Struct, frozen=True):
    """The batch that is open: its events, their earliest and latest times, and whether times go back by a gap."""

    rows: int = 0
    earliest: float = np.inf
    latest: float = -np.inf
    unordered: bool = False

    def of(self, at: Floats) -> Open:
        """With more events."""
        if not len(at):
            return self
        latest = np.maximum.accumulate(np.append(self.latest, at))
        return Open(
            self.rows + len(at),
            min(self.earliest, float(at.min())),
            float(latest[-1]),
            self.unordered or bool((latest[:-1] - at > GAP).any()),
        )

    def ends_before(self, at: float) -> bool:
        """Whether an event of this time belongs to the next one.

        What is sorted by customer goes to and fro over its whole day: there a gap must be longer than all of it.
        """
        gap = at - self.latest
        return self.rows >= LEAST_ROWS and gap > (max(GAP, self.latest - self.earliest) if self.unordered else GAP)


class Cadence:
    """Tells blocks where batches end in them; what it knows is kept, so that any cut of the events tells the same."""

    def __init__(self, kept: bytes | None = None) -> None:
        self._open = msgspec.msgpack.decode(kept, type=Open) if kept else Open()

    def dumps(self) -> bytes:
        """What is kept of it."""
        return msgspec.msgpack.encode(self._open)

    def mark(self, blocks: Sequence[Block], ended: bool, nothing: Block) -> list[Block]:
        """Blocks with their ends; where `ended`, their file does. `nothing` stands for events that there are not."""
        marked = [replace(block, ends=self._gaps(block.seq, block.at)) for block in blocks]
        if ended:
            last = marked[-1] if marked else nothing
            end = int(last.seq[-1]) + 1 if len(last) else int(nothing.ends[0])
            marked[-1:] = [replace(last, ends=np.append(last.ends[last.ends < end], end))]
            self._open = Open()
        return marked

    def _gaps(self, seq: Ints, at: Floats) -> Ints:
        found: list[int] = []
        start = 0
        latest = np.maximum.accumulate(np.append(self._open.latest, at))[:-1]
        for place in np.flatnonzero(at - latest > GAP).tolist():
            self._open = self._open.of(at[start:place])
            start = place
            if self._open.ends_before(float(at[place])):
                found.append(int(seq[place]))
                self._open = Open()
        self._open = self._open.of(at[start:])
        return np.array(found, np.int64)
