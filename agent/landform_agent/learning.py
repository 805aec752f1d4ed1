"""The reference while it is gathered: the first events of a watch, until they are many and long enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import msgspec
import numpy as np

from landform_agent.block import Block, Floats, Hashes, Ints, Losses
from landform_agent.formats.rows import objects
from landform_agent.quantity import Length

# Where a span asks for more events than memory should hold, runs of so many are kept, evenly over it.
RUN: Final = 512
# Values (events times columns) that are kept at most, and events.
VALUES: Final = 8_000_000
EVENTS: Final = 200_000


class Learning:
    """Events until there are `rows` and they last `span` seconds. What is kept depends on the events alone.

    Where they come in batches it is complete with the end of one, the so-manieth or a later one.
    """

    def __init__(self, rows: float, span: float = 0.0, batches: int = 0) -> None:
        self.rows, self._span, self._batches = rows, span, batches
        self._ended, self._open = 0, False
        # Why what was there once did not do.
        self.reason = ""
        self._blocks: list[Block] = []
        self._first = self._count = self._level = 0
        self._began = self._latest = 0.0

    def __len__(self) -> int:
        return self._count

    @property
    def full(self) -> bool:
        """Whether the reference is complete."""
        enough = self._count >= self.rows and self._latest - self._began >= self._span
        return enough and self._ended >= self._batches and not self._open

    def take(self, block: Block) -> int:
        """Add events up to the one that completes the reference; how many those are."""
        if self._batches:
            return self._take_batches(block)
        if self.full or not len(block):
            return 0
        self._begin(block)
        time = np.maximum.accumulate(np.maximum(block.at, self._latest))
        done = (self._count + np.arange(1, len(block) + 1) >= self.rows) & (time - self._began >= self._span)
        used = int(np.argmax(done)) + 1 if done.any() else len(block)
        self._latest = float(time[used - 1])
        self._add(block.slice(0, used))
        return used

    def _begin(self, block: Block) -> None:
        if not self._count:
            self._first, self._began, self._latest = int(block.seq[0]), float(block.at[0]), float(block.at[0])

    def _add(self, block: Block) -> None:
        self._count += len(block)
        self._blocks.append(block)
        self._thin(len(block.numeric) + len(block.categorical) + 1)

    def _take_batches(self, block: Block) -> int:
        """The same up to the end of a batch, wherever that is told."""
        used = 0
        for end in block.ends.tolist():
            if self.full:
                return used
            stop = int(np.searchsorted(block.seq, end))
            self._gather(block.slice(used, stop))
            used = stop
            if self._open:
                self._ended, self._open = self._ended + 1, False
                self._blocks[-1] = replace(self._blocks[-1], ends=np.append(self._blocks[-1].ends, end))
        if self.full:
            return used
        self._gather(block.slice(used, len(block)))
        return len(block)

    def _gather(self, block: Block) -> None:
        if len(block):
            self._begin(block)
            self._open, self._latest = True, max(self._latest, float(block.at.max()))
            self._add(replace(block, ends=block.ends[:0]))

    @property
    def batches(self) -> int:
        """How many ended."""
        return self._ended

    def seasons(self, season: Length | None) -> float:
        """How many seasons were lived through; without a season, more than there can be."""
        if season is None:
            return float("inf")
        return (self._latest - self._began if season.unit == "seconds" else self._count) / season.amount

    def more(self, reason: str) -> None:
        """Go on until there are half as many again."""
        self.rows, self.reason = np.ceil(1.5 * self._count), reason

    def _thin(self, columns: int) -> None:
        bound = min(EVENTS, VALUES // columns)
        bound = max(bound, 0 if np.isinf(self.rows) else int(self.rows))
        finer = self._count > bound << self._level
        while self._count > bound << self._level:
            self._level += 1
        if finer:
            self._blocks = [self._some(block) for block in self._blocks]
        elif self._level:
            self._blocks[-1] = self._some(self._blocks[-1])

    def _some(self, block: Block) -> Block:
        # Of what may be in any order within a batch, any row is as good as its neighbour.
        run = 1 if self._batches else RUN
        kept = (block.seq - self._first) // run % (1 << self._level) == 0
        losses = block.losses.where(np.isin(block.losses.after_seq, block.seq[kept]))
        return replace(
            block,
            seq=block.seq[kept],
            at=block.at[kept],
            ident=block.ident[kept],
            numeric={name: column[kept] for name, column in block.numeric.items()},
            categorical={name: column[kept] for name, column in block.categorical.items()},
            prediction=None if block.prediction is None else block.prediction[kept],
            losses=losses,
        )

    def reference(self) -> Block:
        """All that is kept, as one block. `ValueError` where there is nothing."""
        return join(self._blocks)


def join(blocks: list[Block]) -> Block:
    """One block of several, for a reference; its version is the last one's. `ValueError` where there are none."""
    if not blocks:
        raise ValueError("no events")
    predictions = [block.prediction for block in blocks if block.prediction is not None]
    losses = [block.losses for block in blocks if len(block.losses.loss)]
    named = [one for one in losses if one.version is not None and one.segment is not None]
    return Block(
        np.concatenate([block.seq for block in blocks]),
        np.concatenate([block.at for block in blocks]),
        np.concatenate([block.ident for block in blocks]),
        {name: np.concatenate([block.numeric[name] for block in blocks]) for name in blocks[0].numeric},
        {name: np.concatenate([block.categorical[name] for block in blocks]) for name in blocks[0].categorical},
        np.concatenate(predictions) if predictions else None,
        Losses(
            np.concatenate([one.after_seq for one in losses]),
            np.concatenate([one.loss for one in losses]),
            np.concatenate([one.version for one in named]) if named else None,
            np.concatenate([one.segment for one in named]) if named else None,
        )
        if losses
        else Losses(),
        blocks[-1].version,
        np.concatenate([block.ends for block in blocks]),
    )


class _Kept(msgspec.Struct):
    seq: Ints
    at: Floats
    ident: Hashes
    numeric: dict[str, Floats]
    categorical: dict[str, list[str | None]]
    prediction: Floats | None
    after: Ints
    loss: Floats
    versions: list[str | None] | None
    segments: list[str | None] | None
    version: str
    ends: Ints = msgspec.field(default_factory=lambda: np.empty(0, np.int64))


def dumps(block: Block) -> bytes:
    """A block for the state."""
    losses = block.losses
    kept = _Kept(
        block.seq,
        block.at,
        block.ident,
        dict(block.numeric),
        {name: column.tolist() for name, column in block.categorical.items()},
        block.prediction,
        losses.after_seq,
        losses.loss,
        None if losses.version is None else losses.version.tolist(),
        None if losses.segment is None else losses.segment.tolist(),
        block.version,
        block.ends,
    )
    return msgspec.msgpack.encode(kept, enc_hook=lambda column: [column.dtype.str, column.tobytes()])


def loads(data: bytes) -> Block:
    """What `dumps` wrote."""
    kept = msgspec.msgpack.decode(data, type=_Kept, dec_hook=_array)
    losses = Losses(
        kept.after,
        kept.loss,
        None if kept.versions is None else objects(kept.versions),
        None if kept.segments is None else objects(kept.segments),
    )
    categorical = {name: objects(column) for name, column in kept.categorical.items()}
    prediction, version = kept.prediction, kept.version
    return Block(kept.seq, kept.at, kept.ident, kept.numeric, categorical, prediction, losses, version, kept.ends)


def _array(kind: type, value: Any) -> object:
    return np.frombuffer(value[1], value[0])
