"""What goes into the engine: a run of accepted events, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Objects = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Losses:
    """Losses of labels that came, in the order in which they count: `after_seq` is the event at which each one does.

    A label may come when another model version serves: `version` and `segment` (the value of the segments' column) are
    those of its own event. Without them the block's version is meant, and no segment.
    """

    after_seq: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    loss: Floats = field(default_factory=lambda: np.empty(0, np.float64))
    version: Objects | None = None
    segment: Objects | None = None

    def where(self, chosen: npt.NDArray[np.bool_] | slice) -> Losses:
        """Some of them."""
        return Losses(
            self.after_seq[chosen],
            self.loss[chosen],
            None if self.version is None else self.version[chosen],
            None if self.segment is None else self.segment[chosen],
        )


@dataclass(frozen=True)
class Block:
    """A run of accepted events in the order of `seq`, all of one model version.

    `at` is in seconds since the epoch; `ident` the keyed hash of an event's id, 0 where it has none. A missing number
    is NaN, a missing category None. A category as prediction is the categorical column `prediction`. A batch ends
    before each event whose number is in `ends`; that may be the one behind the last, also of a block without events.
    """

    seq: Ints
    at: Floats
    ident: Hashes
    numeric: Mapping[str, Floats] = field(default_factory=lambda: MappingProxyType({}))
    categorical: Mapping[str, Objects] = field(default_factory=lambda: MappingProxyType({}))
    prediction: Floats | None = None
    losses: Losses = field(default_factory=Losses)
    version: str = ""
    ends: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def __len__(self) -> int:
        return len(self.seq)

    def slice(self, start: int, stop: int) -> Block:
        """The events from `start` to before `stop`, with the losses that count at them."""
        seq, losses = self.seq[start:stop], self.losses
        if len(losses.loss):
            first, last = (int(seq[0]), int(seq[-1])) if len(seq) else (0, -1)
            losses = losses.where((losses.after_seq >= first) & (losses.after_seq <= last))
        return Block(
            seq=seq,
            at=self.at[start:stop],
            ident=self.ident[start:stop],
            numeric={name: column[start:stop] for name, column in self.numeric.items()},
            categorical={name: column[start:stop] for name, column in self.categorical.items()},
            prediction=None if self.prediction is None else self.prediction[start:stop],
            losses=losses,
            version=self.version,
            ends=ends_within(self.ends, seq),
        )

    def parted(self, place: int) -> tuple[Block, Block]:
        """The events before a place and from there on; an end that lies there goes with those before it."""
        first, rest = self.slice(0, place), self.slice(place, len(self))
        if not len(self.ends):
            return first, rest
        cut = int(self.seq[place]) if place < len(self) else int(self.ends[-1])
        return replace(first, ends=self.ends[self.ends <= cut]), replace(rest, ends=self.ends[self.ends > cut])


def ends_within(ends: Ints, seq: Ints) -> Ints:
    """Those of the ends of batches that lie before, among or right behind some events."""
    if not len(ends):
        return ends
    return ends[(ends >= seq[0]) & (ends <= seq[-1] + 1)] if len(seq) else ends[:0]
