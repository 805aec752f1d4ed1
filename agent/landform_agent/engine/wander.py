"""What live traffic proves beyond the reference: by how much windows' means stray farther than that says.

A reference of 5,000 rows knows little of what is remembered over hundreds of them: where sixty visitors take turns each
row has hardly anything to do with the next one, and yet a level is that of a few visitors. The levels of batches near
each other differ by it (the Allan variance: Allan 1966, "Statistics of atomic frequency standards"). A step moves few
of them, a creep hardly any as long as it is no alarm, an incident those of its own days; and the median over stretches
of traffic is that of the others.
What is proven widens, nothing is ever made narrower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats, Ints
from landform_agent.engine.design import Design
from landform_agent.engine.measure import Measure
from landform_agent.engine.scan import Indices, Totals

_EVENTS = (400, 1_800, 3_000)
"""In a batch, of three lengths. Windows of an eighth of the first stray as the reference says."""

_SHORT = 8
_BETWEEN = 2
"""Each batch is held against the second one after it: neighbours share what they remember."""

_KEPT = 12
"""Stretches of traffic that are looked back on."""

_FEWEST, _LEAST = 3, 8
"""Stretches, and differences in them, from which anything is proven."""

_APART = 2 / 3
"""Differences share batches: they are worth so many independent ones."""


Small = npt.NDArray[np.float32]


@dataclass(frozen=True)
class WanderState:
    """Of each stretch the mean squared differences over what the reference says of them: (stretches, lengths, series).

    `last` is the one that ended last; `stretches` have been learnt, NaN in series that an alarm stood of.
    """

    means: Small
    last: Small
    stretches: int


class Wander:
    """Learns after each stretch as long as the longest window."""

    def __init__(self, design: Design) -> None:
        self._yard, self._per_block = design.yard, design.per_block
        self._stretch = design.lengths[-1]
        blocks = [events // design.per_block for events in _EVENTS]
        self._blocks = [one for one in blocks if 3 * one <= self._stretch]
        self._differences = np.array([self._stretch // one - _BETWEEN for one in self._blocks])
        self._means: Small = np.full((_KEPT, len(self._blocks), len(design.bar)), np.nan, np.float32)
        self._last: Small = np.full(self._means.shape[1:], np.nan, np.float32)
        self._stretches = 0
        self._logs = np.log([max(blocks[0] / _SHORT, 1.0), *self._blocks])
        self._group_of = np.maximum(design.group_of, 0)
        self._roots = np.ones((len(self._logs), len(design.bar)))

    def rest(self, position: int) -> int:
        """Blocks from there to the end of the stretch."""
        return self._stretch - position % self._stretch

    def root(self, series: Indices, blocks: Indices) -> Floats:
        """How many times as far the mean of each of these windows may stray; shapes are broadcast."""
        place = np.interp(np.log(blocks), self._logs, np.arange(len(self._logs)))
        low = np.minimum(place.astype(np.intp), max(len(self._logs) - 2, 0))
        high = np.minimum(low + 1, len(self._logs) - 1)
        root: Floats = self._roots[low, series] + (place - low) * (self._roots[high, series] - self._roots[low, series])
        return root

    @property
    def most(self) -> float:
        """How many times as far any window of any series may stray."""
        return float(self._roots.max(initial=1.0))

    def table(self, lengths: tuple[int, ...]) -> Floats:
        """The same for each of some lengths and each series."""
        return self.root(np.arange(self._roots.shape[1])[None], np.array(lengths)[:, None])

    def learn(self, measure: Measure, total: Totals, since: Ints) -> None:
        """A stretch ends with the last row of the totals; alarms of groups stand since so many blocks before, or -1."""
        if not self._blocks:
            return
        calm = (since <= self._stretch)[self._group_of]
        self._means[self._stretches % _KEPT] = np.where(calm, self._last, np.nan)
        self._last = np.stack([self._found(measure, total, blocks) for blocks in self._blocks]).astype(np.float32)
        self._stretches += 1
        self._prove()

    def _found(self, measure: Measure, total: Totals, blocks: int) -> Floats:
        """The mean squared difference of a stretch, over what the reference says of it."""
        batches, series = self._stretch // blocks, np.arange(self._roots.shape[1])
        begin = np.repeat(len(total) - 1 - blocks * np.arange(batches, 0, -1), len(series))
        levels = measure.level(total, np.tile(series, batches), begin, begin + blocks).reshape(batches, -1)
        yard, length = self._yard, blocks * self._per_block
        variance = yard.deviation**2 * yard.inflation * yard.widened(length, series) / length
        squares: Floats = ((levels[_BETWEEN:] - levels[:-_BETWEEN]) ** 2).mean(axis=0)
        squares /= np.where(variance > 0, 2 * variance, np.inf)
        return squares

    def _prove(self) -> None:
        ordered = np.sort(self._means.astype(np.float64), axis=0)
        count = (~np.isnan(ordered)).sum(axis=0)
        both = np.stack([np.maximum(count - 1, 0) // 2, count // 2])
        freedom = np.maximum(_APART * self._differences, 1.0)[:, None]
        # The median of means that are chi-squared; and one standard error below it, so that by chance it proves
        # something in one series of six, and hardly more than 1.
        middle = np.take_along_axis(ordered, both, axis=0).mean(axis=0) / (1 - 2 / (9 * freedom)) ** 3
        found = middle / (1 + np.sqrt(np.pi / (freedom * np.maximum(count, 1))))
        enough = (count >= _FEWEST) & (count * self._differences[:, None] >= _LEAST)
        roots = np.where(enough, np.sqrt(np.fmax(found, 1.0)), 1.0)
        # What was remembered over a short batch is so over a long one.
        self._roots[1:] = np.maximum.accumulate(roots, axis=0)

    def state(self) -> WanderState:
        """What a later one goes on from."""
        return WanderState(self._means.copy(), self._last.copy(), self._stretches)

    def restore(self, state: WanderState) -> None:
        """Go on from there."""
        self._means, self._last, self._stretches = state.means.copy(), state.last.copy(), state.stretches
        self._prove()
