"""What live traffic proves beyond the reference: by how much windows' means stray farther than that says.

A reference of 5,000 rows knows little of what is remembered over hundreds of them: where sixty visitors take turns each
row has hardly anything to do with the next one, and yet a level is that of a few visitors. The levels of batches near
each other differ by it (the Allan variance: Allan 1966, "Statistics of atomic frequency standards"). One step, a change
that came and went, or a creep moves few of those differences, or hardly any, and none counts for more than `_MOST`.
What is proven widens, nothing is ever made narrower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landform_agent.block import Floats
from landform_agent.engine.design import Design
from landform_agent.engine.measure import Measure
from landform_agent.engine.scan import Indices, Totals

_EVENTS = (400, 1_800, 3_000)
"""In a batch, of three lengths. Windows of an eighth of the first stray as the reference says."""

_SHORT = 8
_BETWEEN = 2
"""Each batch is held against the second one after it: neighbours share what they remember."""

_FEWEST = 8
"""Differences from which anything is proven."""

_MOST, _OF_MOST = 4.0, 0.92
"""A squared difference counts at most so many times what is usual; in the mean, of normal ones, that leaves this."""

_APART = 2 / 3
"""Differences share batches: they are worth so many independent ones."""

_REMEMBERED = 1_000
"""Differences after which older ones are forgotten by and by."""


@dataclass(frozen=True)
class WanderState:
    """Sums of squared differences over what the reference says of them, (lengths, series), and how many there were."""

    squares: Floats
    count: Floats


class Wander:
    """Learns after each stretch as long as the longest window."""

    def __init__(self, design: Design) -> None:
        self._yard, self._per_block = design.yard, design.per_block
        self._stretch = design.lengths[-1]
        blocks = [events // design.per_block for events in _EVENTS]
        self._blocks = [one for one in blocks if 3 * one <= self._stretch]
        self._squares, self._count = np.zeros((len(self._blocks), len(design.bar))), np.zeros(len(self._blocks))
        self._logs = np.log([max(blocks[0] / _SHORT, 1.0), *self._blocks])
        self._roots = np.ones((len(self._logs), len(design.bar)))

    def rest(self, position: int) -> int:
        """Blocks from there to the end of the stretch."""
        return self._stretch - position % self._stretch

    def root(self, series: Indices, blocks: Indices) -> Floats:
        """How many times as far the mean of each of these windows may stray."""
        place = np.interp(np.log(blocks), self._logs, np.arange(len(self._logs)))
        low = np.minimum(place.astype(np.intp), max(len(self._logs) - 2, 0))
        high = np.minimum(low + 1, len(self._logs) - 1)
        root: Floats = self._roots[low, series] + (place - low) * (self._roots[high, series] - self._roots[low, series])
        return root

    def table(self, lengths: tuple[int, ...]) -> Floats:
        """The same for each of some lengths and each series."""
        series = np.arange(self._roots.shape[1])
        return np.stack([self.root(series, np.full(len(series), blocks)) for blocks in lengths])

    def learn(self, measure: Measure, total: Totals) -> None:
        """A stretch ends with the last row of the totals."""
        for place, blocks in enumerate(self._blocks):
            for square in self._found(measure, total, blocks):
                kept = 1 - 1 / _REMEMBERED if self._count[place] >= _REMEMBERED else 1.0
                most = _MOST * np.maximum(self._squares[place] / max(self._count[place], 1) / _OF_MOST, 1.0)
                self._squares[place] = kept * self._squares[place] + np.minimum(square, most)
                self._count[place] = kept * self._count[place] + 1
        self._prove()

    def _found(self, measure: Measure, total: Totals, blocks: int) -> Floats:
        """Squared differences of a stretch, over what the reference says of them: (differences, series)."""
        batches, series = self._stretch // blocks, np.arange(self._roots.shape[1])
        begin = np.repeat(len(total) - 1 - blocks * np.arange(batches, 0, -1), len(series))
        levels = measure.level(total, np.tile(series, batches), begin, begin + blocks).reshape(batches, -1)
        yard, length = self._yard, blocks * self._per_block
        variance = yard.deviation**2 * yard.inflation * yard.widened(length, series) / length
        found: Floats = (levels[_BETWEEN:] - levels[:-_BETWEEN]) ** 2 / (2 * variance)
        return found

    def _prove(self) -> None:
        for place, count in enumerate(self._count.tolist()):
            before = self._roots[place] if place else 1.0
            # One standard error below: by chance it proves something in one series of six, and hardly more than 1.
            chance = 1 + np.sqrt(2 / (_APART * max(count, 1)))
            found = self._squares[place] / max(count, 1) / _OF_MOST / chance
            root = np.sqrt(np.maximum(found, 1.0)) if count >= _FEWEST else np.ones(len(found))
            # What was remembered over a short batch is so over a long one.
            self._roots[place + 1] = np.maximum(root, before)

    def state(self) -> WanderState:
        """What a later one goes on from."""
        return WanderState(self._squares.copy(), self._count.copy())

    def restore(self, state: WanderState) -> None:
        """Go on from there."""
        self._squares, self._count = state.squares.copy(), state.count.copy()
        self._prove()
