"""Bursts: a feed that hangs repeats one value, or none, for a while; that is no drift as long as it does not last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats, Ints
from landform_agent.engine.columns import Codes
from landform_agent.engine.scan import Bools, Indices

LONGEST = 199
"""Events of a burst. A change made of absurd values alone is believed once a window of 200 events is full of them."""

GAP = 99
"""The same of missing values: a hundred rows without a column are told, as those with other columns are."""

_PARTS = 16
"""Parts of a window, of which three in four hold absurd values: a few bursts in a long window are no change."""

_LONGER = 1.5
"""Three quarters of a window that is so many times as long as a burst are longer than one. What comes one at a time is
told sooner, by its count (`outliers`)."""

_FEWEST = 5
_CHANCE = 1e-7


def longest_runs(reference: Ints, inflation: float) -> Floats:
    """Of each code, from how many rows on a run of it is too long for the reference, whose counts are given.

    Of a code with the share `p` in the reference a run of `k` begins at `p^k` of independent events; where each depends
    on the last, at as many as `inflation` says fewer are worth.
    """
    share = (reference + 0.5) / (int(reference.sum()) + 1)
    least: Floats = np.maximum(np.log(_CHANCE) / np.log(np.minimum(share, 1 - 1e-9)), _FEWEST) * max(inflation, 1.0)
    return least


def stuck(codes: Codes, least: Floats) -> Bools:
    """Which rows lie in a run of one code of so many rows that `longest_runs` has it too long."""
    starts, lengths = _runs(codes)
    found: Bools = np.repeat(lengths >= least[codes[starts]], lengths)
    return found


def _runs(codes: Codes) -> tuple[Indices, Indices]:
    starts = np.flatnonzero(np.diff(codes, prepend=codes[0] ^ 1))
    return starts, np.diff(starts, append=len(codes))


@dataclass(frozen=True)
class Held:
    """Of some windows: how many rows are absurd, the sum of the others' scores, and whether it lasts."""

    absurd: Ints
    sums: Floats
    lasting: Bools


class Recent:
    """The recent rows of a column, added up, so that of a window no row is looked at.

    Rows of the codes `absurd` are so each by itself, others in runs of at least so many as `least` has for their code.
    A window sees of a run what came until its end, and of what came before it `LONGEST` rows. `first` is the number of
    the first row.
    """

    def __init__(self, codes: Codes, absurd: Bools, least: Floats, scores: Ints, first: int = 0) -> None:
        starts, lengths = _runs(codes)
        self.first = first
        self._codes, self._scores = codes, scores
        self._least = np.where(absurd, 0.0, least)
        self._begin, self._end = np.repeat(starts, lengths), np.repeat(starts + lengths, lengths)
        far = np.repeat(lengths >= self._least[codes[starts]], lengths)
        self._far = _summed(far)
        self._sums = _summed(np.where(far, 0, scores[codes]))

    def of(self, starts: Indices, ends: Indices, oldest: Indices, longest: int) -> Held:
        """Of windows from rows `starts` to before `ends`; rows before `oldest` are no longer known to each."""
        known = np.maximum(starts - LONGEST, oldest) - self.first
        starts, ends = starts - self.first, ends - self.first
        first, last = self._codes[starts], self._codes[ends - 1]
        until, since = np.minimum(self._end[starts], ends), np.maximum(self._begin[ends - 1], starts)
        # Of the runs at either end a window may see too little to call them stuck.
        head = until - np.maximum(self._begin[starts], known) < self._least[first]
        tail = ends - np.maximum(self._begin[ends - 1], known) < self._least[last]
        low = np.where(head, until, starts)
        high = np.maximum(np.where(tail, since, ends), low)
        absurd = self._far[high] - self._far[low]
        sums = self._sums[high] - self._sums[low] + self._scores[first] * (low - starts)
        sums = (sums + self._scores[last] * (ends - high)).astype(np.float64)
        return Held(absurd, sums, self._lasting(starts, ends, low, high, absurd, longest))

    def _lasting(
        self, starts: Indices, ends: Indices, low: Indices, high: Indices, absurd: Ints, longest: int
    ) -> Bools:
        """Whether windows are full of absurd values, from end to end, and for longer than the longest burst."""
        count = ends - starts
        edges = starts[:, None] + np.arange(_PARTS + 1) * count[:, None] // _PARTS
        parts = (np.diff(self._far[np.clip(edges, low[:, None], high[:, None])]) > 0).sum(axis=1)
        often = (count >= _LONGER * longest) | (absurd > longest)
        found: Bools = np.where(absurd == count, count > longest, often & (parts >= 0.75 * _PARTS))
        return found


def _summed(each: npt.NDArray[np.bool_] | Ints) -> Ints:
    """Before each row and after the last."""
    return np.concatenate([[0], np.cumsum(each, dtype=np.int64)])
