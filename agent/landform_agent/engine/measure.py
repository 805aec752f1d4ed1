"""What a window is judged by, once its sum stands out: the mean of a score, or (in `correlation`) how pairs go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from landform_agent.block import Floats
from landform_agent.engine.pool import Usual
from landform_agent.engine.scan import (
    RARE,
    UNIT,
    Bools,
    Indices,
    Totals,
    Windows,
    Yardstick,
    gamma_root,
    likelihood_root,
    peaked_root,
    recurrence_root,
)
from landform_agent.engine.scores import Series

AGREE = 0.33
"""Each half of a window must show this part of the whole window's effect: a burst at one end is no change."""

LEAST_EFFECT = 0.12
"""In standard deviations of the series; for a shift about an eighth of the feature's own deviation."""

LEAST_LOSS = 0.06
"""The same of a model's losses: of an accuracy of 90 % two points."""

LEAST_SHARE = 0.01
"""But of a share so small that its events are counted any rise that stands out: to some it is all that ever happens."""

LEAST_COUNT = 2.5
"""Events more than expected, or fewer; a category that was never seen counts from the second one on."""

EXCHANGED = 0.5
"""The part of a category's budget that it spends with another one, in whose place it comes: neither is likelier."""

_ONE_OF_TWO = 0.6
"""The part of the threshold that a category passes alone, where it and another pass together: of the two the one that
stands out more has `1 / sqrt(2)` of both at least."""


class Measure(Protocol):
    """Levels of series over windows of the running totals, in the terms of a yardstick."""

    def level(self, total: Totals, series: Indices, starts: Indices, ends: Indices) -> Floats:
        """The level of each series from block `starts` to before block `ends`."""

    def least(self, yard: Yardstick, series: Indices) -> Floats:
        """The smallest effect that is told, for each series."""

    def at_once(self, yard: Yardstick, series: Indices) -> Bools:
        """Of which series a window is believed wherever in it what is unusual lies."""

    def worth(self, yard: Yardstick, usual: Usual, z: Floats, windows: Windows, total: Totals) -> Floats:
        """The `z` of the windows' levels against the usual ones on the normal scale."""


def exchanging(series: tuple[Series, ...], yard: Yardstick) -> list[Indices]:
    """The series of each column's categories of which one may come in another's place: of two and more, none rare.

    Where two are all there is, either share says it: no budget is set aside for both together.
    """
    groups: dict[int, list[int]] = {}
    for place, one in enumerate(series):
        if one.kind == "category" and yard.inflation[place] == 1 and yard.mean[place] > RARE * UNIT:
            groups.setdefault(one.column, []).append(place)
    several = [np.array(members, np.intp) for members in groups.values() if len(members) > 1]
    return [one for one in several if len(one) > 2 or yard.mean[one].sum() < (1 - RARE) * UNIT]


def in_clusters(hits: Floats, expected: Floats) -> Floats:
    """The part of the root of too many hits that is left where they come in clusters, not one by one.

    Poisson clusters of exponential sizes have the rate function `(sqrt(x) - sqrt(m))^2` times a constant that the
    inflation gives, single hits `x log(x/m) - x + m`: the two agree near `m`, far beyond it clusters are much likelier.
    """
    x, m = np.maximum(hits, 1e-9), np.maximum(expected, 1e-9)
    single = np.sqrt(np.maximum(2 * (x * np.log(x / m) - x + m), 1e-18))
    part: Floats = np.where(x > 1.001 * m, np.minimum(2 * (np.sqrt(x) - np.sqrt(m)) / single, 1.0), 1.0)
    return part


@dataclass(frozen=True)
class Mean:
    """The mean score of an observation. `exchanges` are the series of categories that may take each other's place.

    `new` are those of categories that the reference lacks, whose inflation is the size of the clusters that it has.
    """

    per_block: int
    bar: Floats
    exchanges: tuple[Indices, ...] = ()
    least_effect: float = LEAST_EFFECT
    new: tuple[int, ...] = ()

    def level(self, total: Totals, series: Indices, starts: Indices, ends: Indices) -> Floats:
        """As the protocol says."""
        sums = (total[ends, series] - total[starts, series]).astype(np.float64)
        level: Floats = sums / ((ends - starts) * self.per_block)
        return level

    def least(self, yard: Yardstick, series: Indices) -> Floats:
        """A hundredth of a share that is not counted; of another score a part of its deviation."""
        share = np.where(yard.counted[series], 0.0, LEAST_SHARE * UNIT)
        return np.where(yard.share[series], share, self.least_effect * yard.deviation[series])

    def at_once(self, yard: Yardstick, series: Indices) -> Bools:
        """Of a category that was never seen two events are enough."""
        return yard.never[series]

    def worth(self, yard: Yardstick, usual: Usual, z: Floats, windows: Windows, total: Totals) -> Floats:
        """A share has the root of its likelihood ratio, and some count at least; any other score its gamma root."""
        series, width = windows.series, (windows.blocks * self.per_block).astype(np.float64)
        inflated, share = yard.inflation[series], yard.share[series]
        hits = (total[windows.end, series] - total[windows.end - windows.blocks, series]) / UNIT
        # Less what a season explains fewer than none may be left.
        hits = np.where(share, np.clip(hits, 0, width), hits)
        expected, known = usual.level / UNIT, yard.known[series]
        known = 1 / (1 / (known + usual.more) + (yard.parameters(width, series) - 1) / known)
        root = likelihood_root(hits, width, expected, known) / np.sqrt(inflated * yard.widened(width, series))
        together = (inflated > 1) & ~np.isin(series, self.new)
        root = root * np.where(together, in_clusters(hits, expected * width), 1.0)
        root = np.where(np.abs(hits - expected * width) >= LEAST_COUNT, root, 0.0)
        never = yard.never[series]
        at_once = usual.together[never]
        root[never] = recurrence_root(np.floor(hits[never] / at_once), width[never], expected[never] / at_once)
        column = np.full(len(yard.mean), -1)
        for number, members in enumerate(self.exchanges):
            column[members] = number
        own = np.where(root > _ONE_OF_TWO * self.bar[series], column[series], -1)
        for number in np.flatnonzero(np.bincount(own[own >= 0])).tolist():
            mine = np.flatnonzero(own == number)
            both = self._exchanged(yard, usual.pick(mine), windows.pick(mine), self.exchanges[number], total)
            root[mine] = np.maximum(root[mine], both)
        worth = 1 / (inflated * yard.variance(width, usual.more, series))
        skewness, kurtosis = yard.skewness[series], yard.kurtosis[series]
        excess = kurtosis - 3 - 1.5 * skewness**2
        score, peaked = gamma_root(z, skewness, worth), peaked_root(z, excess, worth)
        # What depends on its past may lean by more than is known; the other side is no shorter for it.
        score = np.where((inflated > 1) & (np.abs(score) > np.abs(z)), z, score)
        score = np.where((excess > 0) & (np.abs(peaked) < np.abs(score)), peaked, score)
        return np.where(share, np.sign(z) * root, score)

    def _exchanged(self, yard: Yardstick, usual: Usual, windows: Windows, members: Indices, total: Totals) -> Floats:
        """The root for a category and another one, the likeliest: how they share the events that either has.

        There are so many more pairs than categories that it counts for less: both have the same threshold.
        """
        start, one = windows.end - windows.blocks, windows.series
        own = ((total[windows.end, one] - total[start, one]) / UNIT)[:, None]
        every = (total[windows.end[:, None], members] - total[start[:, None], members]) / UNIT
        share, others = usual.level[:, None] / UNIT, usual.levels_of(yard, members, start) / UNIT
        sums, part = own + every, share / (share + others)
        width = (windows.blocks * self.per_block)[:, None]
        # A season that was fitted a little wrongly moves both: the parts are known from so many events fewer.
        season = (yard.parameters(width[:, 0], one) - 1) / yard.known[one]
        known = (1 / (1 / (yard.known[one] + usual.more) + season))[:, None] * (share + others)
        wider = np.maximum(yard.widened(width[:, 0], one), 1.0)
        root = likelihood_root(own, np.maximum(sums, 1e-9), part, known) / np.sqrt(np.reshape(wider, (-1, 1)))
        apart = (own > share * width) != (every > others * width)
        bar = self.bar[one]
        pairs = 2 * np.log(max((1 - EXCHANGED) / EXCHANGED * (len(members) - 1) / 2, 1.0))
        worth: Floats = np.where(apart, root, 0.0).max(axis=1) * bar / np.sqrt(bar**2 + pairs)
        return worth


def believable(
    measure: Measure, total: Totals, windows: Windows, yard: Yardstick, per_block: int, usual: Usual
) -> Windows:
    """Those of the windows whose effect is large enough and whose halves agree, with a `z` on the normal scale."""
    end, series = windows.end, windows.series
    start, middle = end - windows.blocks, end - windows.blocks // 2
    effect = measure.level(total, series, start, end) - usual.level
    sign = np.sign(effect)
    late = sign * (measure.level(total, series, middle, end) - usual.level)
    early = sign * (measure.level(total, series, start, middle) - usual.level)
    size = np.abs(effect)
    agree = (np.minimum(late, early) >= AGREE * size) | measure.at_once(yard, series)
    good: Bools = (size >= measure.least(yard, series)) & agree
    kept, held, width = windows.pick(good), usual.pick(good), (windows.blocks[good] * per_block).astype(np.float64)
    z = effect[good] / yard.error(width, held.more, kept.series)
    return Windows(kept.end, kept.blocks, kept.series, measure.worth(yard, held, z, kept, total))
