"""A new model version's first events, kept until they make a reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from landform_agent.block import Block, Floats, Ints, Objects
from landform_agent.cadence import FEWEST, LEAST_ROWS
from landform_agent.engine.settings import Settings

STRETCH = 400
"""Events that are kept or dropped together, so that what depends on the past still shows."""


_STRETCHES = 500
"""Batches are thinned out only where they are large: of each one enough must stay to be compared."""


@dataclass(frozen=True)
class Stretch:
    """A run of events as it came, for the state."""

    seq: Ints
    at: Floats
    numeric: dict[str, Floats]
    categorical: dict[str, list[str | None]]
    prediction: Floats | None

    def __len__(self) -> int:
        return len(self.seq)

    def block(self) -> Block:
        """As events."""
        texts = {name: _objects(values) for name, values in self.categorical.items()}
        ident = np.zeros(len(self.seq), np.uint64)
        return Block(self.seq, self.at, ident, self.numeric, texts, self.prediction)


@dataclass(frozen=True)
class Learning:
    """How far a version is: what it lived through, and the stretches that are kept, every `stride`-th of them.

    Where the span asks for far more events than rows are needed, stretches are thinned out evenly over it. Of batches
    the `ends` are known, how many there were, the `rows` of the one that is open, and the latest time.
    """

    events: int = 0
    began_at: float = 0.0
    began_seq: int = 0
    stride: int = 1
    stretches: tuple[Stretch, ...] = ()
    ends: tuple[int, ...] = ()
    batches: int = 0
    rows: int = 0
    latest: float = -np.inf

    def take(self, block: Block, settings: Settings) -> tuple[Learning, int | None]:
        """With more events, up to the one that makes it ready; how many of the block those were, None if it is not."""
        if settings.batches:
            return self._take_batches(block, settings)
        now = self if self.events else replace(self, began_at=float(block.at[0]), began_seq=int(block.seq[0]))
        ready = np.flatnonzero(now._ready(block, settings))
        used = int(ready[0]) + 1 if len(ready) else len(block)
        for start, stop in _cuts(now.events, used):
            now = now._add(_stretch(block.slice(start, stop)), settings)
        return now, used if len(ready) else None

    def _take_batches(self, block: Block, settings: Settings) -> tuple[Learning, int | None]:
        """The same, batch by batch; small ones count together with the next."""
        now, start = self, 0
        for end in block.ends.tolist():
            stop = int(np.searchsorted(block.seq, end))
            now = now._with(block.slice(start, stop), settings)
            now, start = replace(now, ends=(*now.ends, end)), stop
            if now.rows >= LEAST_ROWS:
                now = replace(now, batches=now.batches + 1, rows=0)
            if now.batches >= FEWEST and now.events >= settings.baseline_rows and now._lived(settings):
                return now, stop
        return now._with(block.slice(start, len(block)), settings), None

    def _with(self, block: Block, settings: Settings) -> Learning:
        if not len(block):
            return self
        now = self if self.events else replace(self, began_at=float(block.at[0]), began_seq=int(block.seq[0]))
        for start, stop in _cuts(now.events, len(block)):
            now = now._add(_stretch(block.slice(start, stop)), settings)
        return replace(now, rows=now.rows + len(block), latest=max(now.latest, float(block.at.max())))

    def _lived(self, settings: Settings) -> bool:
        """Whether the batches lasted long enough."""
        span = settings.baseline_span
        if span is None:
            return True
        return (self.latest - self.began_at if span.unit == "seconds" else self.events) >= span.length

    def _ready(self, block: Block, settings: Settings) -> npt.NDArray[np.bool_]:
        """At which events there are enough, over time enough."""
        enough = self.events + np.arange(1, len(block) + 1) >= settings.baseline_rows
        span = settings.baseline_span
        if span is None:
            return enough
        lived = block.at - self.began_at if span.unit == "seconds" else block.seq - self.began_seq
        return enough & (lived >= span.length)

    def _add(self, more: Stretch, settings: Settings) -> Learning:
        place, rest = divmod(self.events, STRETCH)
        kept = self.stretches
        if rest and place % self.stride == 0:
            kept = (*kept[:-1], _join([kept[-1], more]))
        elif place % self.stride == 0:
            kept = (*kept, more)
        stride = self.stride
        if len(kept) > (_STRETCHES if settings.batches else 2 * -(-settings.baseline_rows // STRETCH) + 1):
            kept, stride = kept[::2], 2 * stride
        return replace(self, events=self.events + len(more), stretches=kept, stride=stride)

    def parts(self) -> dict[int, Stretch]:
        """The stretches by their places; all but the one that is still open stay as they are."""
        return {place * self.stride: stretch for place, stretch in enumerate(self.stretches)}

    def block(self) -> Block:
        """All that is kept, as the reference."""
        return replace(_join(self.stretches).block(), ends=np.array(self.ends, np.int64))


def _cuts(events: int, count: int) -> list[tuple[int, int]]:
    first = STRETCH - events % STRETCH
    cuts = [0, *range(first, count, STRETCH), count]
    return list(pairwise(cuts))


def _stretch(block: Block) -> Stretch:
    texts = {name: values.tolist() for name, values in block.categorical.items()}
    numeric = {name: values.astype(np.float64) for name, values in block.numeric.items()}
    return Stretch(block.seq.copy(), block.at.copy(), numeric, texts, block.prediction)


def _join(parts: Sequence[Stretch]) -> Stretch:
    first = parts[0]
    predictions = [part.prediction for part in parts if part.prediction is not None]
    return Stretch(
        np.concatenate([part.seq for part in parts]),
        np.concatenate([part.at for part in parts]),
        {name: np.concatenate([part.numeric[name] for part in parts]) for name in first.numeric},
        {name: [v for part in parts for v in part.categorical[name]] for name in first.categorical},
        np.concatenate(predictions) if predictions else None,
    )


def _objects(values: list[str | None]) -> Objects:
    made: Objects = np.empty(len(values), np.object_)
    made[:] = values
    return made
