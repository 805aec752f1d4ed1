"""Values far beyond the reference's, counted by stretches: a burst of them is one event, however long.

So what comes now and then, one value or a few at a time, is told within a few stretches, as a category that was never
seen is, and a feed that breaks for two hundred rows is not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from landform_agent.block import Floats, Ints
from landform_agent.engine.bursts import LONGEST
from landform_agent.engine.columns import NEVER_SEEN, Codes, Column, outermost
from landform_agent.engine.scan import UNIT, Bools, Yardstick
from landform_agent.engine.scores import Series
from landform_agent.engine.yardsticks import SURE, yardsticks

KIND = "outliers"

_APART = 8
"""Rows without one that end a stretch. Of a burst whose rows are absurd each other time one stretch in 500 goes on."""


@dataclass(frozen=True)
class Watched:
    """The columns whose far values are counted: their places, highest codes, and how many rows end a stretch of each.

    Where spread depends on its past, as of prices, far values come together for as long as it remembers.
    """

    places: tuple[int, ...]
    last: Codes
    apart: Ints

    @property
    def back(self) -> int:
        """How many rows before some say which of these begin a stretch."""
        return int(self.apart.max(initial=0))

    def begun(self, codes: Codes, before: int) -> Bools:
        """Where stretches begin, from (rows, columns watched); the first `before` rows came earlier and have none.

        Those are `back` rows, or all that came.
        """
        far = outermost(codes, self.last)
        if not far[before:].any():
            return np.zeros((len(codes) - before, len(self.places)), np.bool_)
        # Few rows are far: a step between each two of a column, not one for each row.
        column, row = np.divmod(np.flatnonzero(far.T), len(far))
        alone = (np.diff(column, prepend=-1) > 0) | (np.diff(row, prepend=0) > self.apart[column])
        found = np.zeros_like(far)
        found[row[alone], column[alone]] = True
        return found[before:]

    def few(self, column: int, absurd: Ints, rows: Ints) -> Bools:
        """Whether so many absurd rows of all may be told by their count: with more of them stretches run together.

        Of single ones that are a share `p` stretches begin at `p (1 - p)^apart`, most often where `p` is one in
        `apart + 1`.
        """
        if column not in self.places:
            return np.zeros(len(rows), np.bool_)
        few: Bools = absurd * (self.apart[self.places.index(column)] + 1) <= rows
        return few


def watched(columns: tuple[Column, ...], series: Sequence[Series], inflation: Floats) -> Watched:
    """Those of numbers that are no losses; `inflation` is that of each series.

    Of a column without any value in the reference every one is far, and told as missing values are.
    """
    spread = {
        one.column: inflation[place]
        for place, one in enumerate(series)
        if one.kind == "spread" and columns[one.column].size > 2
    }
    last = np.array([columns[place].size - 1 for place in spread], np.uint8)
    apart = np.minimum(np.ceil(_APART * np.array([*spread.values()])), LONGEST).astype(np.int64)
    return Watched(tuple(spread), last, apart)


def learnt(which: Watched, codes: Codes) -> tuple[list[Series], Yardstick]:
    """The series of the watched columns, from the reference's codes, (rows, columns)."""
    scores = which.begun(codes[:, list(which.places)], 0).astype(np.float64) * UNIT
    series = [Series(place, KIND) for place in which.places]
    found = [_yardstick(one, scores[:, [number]]) for number, one in enumerate(series)]
    return series, Yardstick.of(found)


def _yardstick(series: Series, scores: Floats) -> Yardstick:
    """What never came is as likely as what would show once in e references at least, as of a new category."""
    yard = yardsticks([series], scores, np.empty((0, 1), np.int32), np.zeros(len(scores), np.bool_))
    if scores.any():
        return yard
    share = NEVER_SEEN / len(scores)
    deviation = np.full(1, math.sqrt(share * (1 - share)) * UNIT)
    never, known = np.ones(1, np.bool_), SURE * yard.known
    return replace(yard, mean=np.full(1, share * UNIT), deviation=deviation, never=never, known=known)
