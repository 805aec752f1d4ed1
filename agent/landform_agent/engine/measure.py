"""What a window is judged by, once its sum stands out: the mean of a score, or a correlation."""

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

LEAST_CORRELATION = 0.1
"""In Fisher's measure, nearly the correlation itself where that is small."""

EXCHANGED = 0.5
"""The part of a category's budget that it spends with another one, in whose place it comes: neither is likelier."""

_ONE_OF_TWO = 0.6
"""The part of the threshold that a category passes alone, where it and another pass together: of the two the one that
stands out more has `1 / sqrt(2)` of both at least."""

NORMAL_PRODUCTS = 9.0
"""The kurtosis of the product of two normal columns, of which Fisher's measure takes care by itself. What is above it
makes a mean of few stray farther: the first term of Cornish and Fisher (1938) for it is `(kurtosis - 3) z^3 / 24 w`."""

_MOST_TAILS = 0.5

_LEANING = 1.0
"""The skewness of what an event adds to a correlation, from which on its columns are far from normal."""

_HARDLY = 1e-3

_MOVED, _WIDER = 1.1, 1.6
"""Deviations that a column's mean may move by, and times its variance may grow: beyond that values pile up at the ends
of the reference's ranks, and a correlation of 0.95 comes out a tenth lower by Fisher's measure, itself the same."""

_NARROWER = 0.4
"""Times its variance may shrink: a column that hardly varies any more goes with nothing."""

_STEP = 0.3
"""Deviations between the means of a window's halves, or variances of the reference between theirs: two laws together
correlate otherwise than either alone."""

_CUTS = 8

_MARGINS = 2.5
"""Observations that a correlation loses to its means: with so many the root of its likelihood ratio agrees with the
exact law to a thousandth, for windows of 30 events and more."""


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


@dataclass(frozen=True)
class Correlation:
    """Fisher's measure of the correlation of two columns of normal scores, with the means of the window itself.

    So a shift or another spread of a column moves nothing, unless it drives values beyond the reference: a window of
    such a column says nothing of how it goes with others. Totals hold a column for each pair by which it is found, then
    the sums of each single column, then its squares, then how many of its values are known: neither missing nor absurd.
    `products` are the columns of the pairs' products, their own of pairs that hardly go together. `centre`, `spread`
    and `filled`, the share of known values, are the reference's, for each column.
    """

    per_block: int
    left: Indices
    right: Indices
    products: Indices
    centre: Floats
    spread: Floats
    filled: Floats

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self.centre)

    def level(self, total: Totals, series: Indices, starts: Indices, ends: Indices) -> Floats:
        """As the protocol says."""
        return self._level(total, series, np.stack([starts, ends], axis=1))

    def _level(self, total: Totals, series: Indices, edges: Indices) -> Floats:
        """The level of each series from its first edge to its last, with means of their own between each two."""
        pairs = len(self.left)

        def over(column: Indices) -> Floats:
            window: Floats = (total[edges[:, -1], column] - total[edges[:, 0], column]).astype(np.float64)
            return window

        def sums(column: Indices) -> Floats:
            parts: Floats = np.diff(total[edges, pairs + column[:, None]]).astype(np.float64)
            return parts

        left, right = self.left[series], self.right[series]
        rows = np.maximum(np.diff(edges), 1) * self.per_block
        x, y, squares = sums(left), sums(right), pairs + self.columns
        across = over(self.products[series]) - (x * y / rows).sum(axis=1)
        along = over(squares + left) - (x * x / rows).sum(axis=1)
        along *= over(squares + right) - (y * y / rows).sum(axis=1)
        r = across / np.sqrt(np.maximum(along, 1.0))
        level: Floats = np.arctanh(np.clip(r, -0.999, 0.999)) * UNIT
        return level

    def least(self, yard: Yardstick, series: Indices) -> Floats:
        """The same for all pairs."""
        return np.full(len(series), LEAST_CORRELATION * UNIT)

    def at_once(self, yard: Yardstick, series: Indices) -> Bools:
        """None."""
        return np.zeros(len(series), np.bool_)

    def worth(self, yard: Yardstick, usual: Usual, z: Floats, windows: Windows, total: Totals) -> Floats:
        """The root of the correlation's likelihood ratio, but for what the pair's products lean."""
        width, series = (windows.blocks * self.per_block).astype(np.float64), windows.series
        part = self._part(yard, usual, windows, total) * self._beside_gaps(yard, usual, windows, total)
        part *= self._beside_steps(usual, windows, total)
        size = z * np.sqrt(np.maximum(width - _MARGINS, 1) / width) * part
        worth = 1 / (yard.inflation[series] * yard.variance(width, series=series))
        root = gamma_root(size, yard.skewness[series], worth)
        tails = np.minimum(root**2 * np.maximum(yard.kurtosis[series] - NORMAL_PRODUCTS, 0) / (24 * worth), _MOST_TAILS)
        moved = self._moved(self.left[series], yard, windows, total) | self._moved(
            self.right[series], yard, windows, total
        )
        corrected: Floats = np.where(moved, 0.0, root * (1 - tails))
        return corrected

    def _moved(self, column: Indices, yard: Yardstick, windows: Windows, total: Totals) -> Bools:
        """The window has another law of the column than the reference by far, or two laws one after the other."""
        end, pairs = windows.end, len(self.left)
        start, middle, width = end - windows.blocks, end - windows.blocks // 2, windows.blocks * self.per_block

        def mean(place: Indices, start: Indices, end: Indices) -> Floats:
            found: Floats = (total[end, place] - total[start, place]) / (np.maximum(end - start, 1) * self.per_block)
            return found

        def both(start: Indices, end: Indices) -> tuple[Floats, Floats]:
            return mean(pairs + column, start, end), mean(pairs + column + self.columns, start, end)

        whole, square = both(start, end)
        (early, early_square), (late, late_square) = both(start, middle), both(middle, end)
        centre, spread = self.centre[column], np.maximum(self.spread[column], _HARDLY)
        # Three errors of the difference of two halves, of columns that depend on their past more than their products.
        step = np.maximum(_STEP, 3 * np.sqrt(8 * yard.inflation[windows.series] / width))
        apart = np.abs(late - early) > step * spread
        uneven = np.abs((late_square - late**2) - (early_square - early**2)) > step * spread**2
        moved: Bools = apart | uneven | strayed(whole, square, centre, spread)
        return moved

    def _beside_gaps(self, yard: Yardstick, usual: Usual, windows: Windows, total: Totals) -> Floats:
        """What part of a difference is left, from 0 to 1, once gaps that have grown or shrunk are allowed for.

        An unknown value has the mean score 0. Where of two columns the parts `p` and `q` of what the reference knew
        are known, whatever the values, their products keep `p q` and their squares `p` and `q`: a correlation `r` comes
        out as `r sqrt(p q)`. So the measure is that of `r / sqrt(p q)`, and a window of `w` events is worth `p q w`.
        """
        end, start = windows.end, windows.end - windows.blocks
        width, counts = windows.blocks * self.per_block, len(self.left) + 2 * self.columns

        def known(column: Indices) -> Floats:
            share: Floats = (total[end, counts + column] - total[start, counts + column]) / width
            return np.maximum(share, _HARDLY) / np.maximum(self.filled[column], _HARDLY)

        both = known(self.left[windows.series]) * known(self.right[windows.series])
        level = self.level(total, windows.series, start, end)
        whole = np.arctanh(np.clip(np.tanh(level / UNIT) / np.sqrt(both), -0.999, 0.999)) * UNIT
        raw = level - usual.level
        some = np.where(np.abs(raw) < _HARDLY * UNIT, _HARDLY * UNIT, raw)
        fewer = np.sqrt(
            yard.variance(width, 0.0, windows.series)
            / yard.variance(width * np.minimum(both, 1.0), 0.0, windows.series)
        )
        left: Floats = np.where(both == 1, 1.0, np.clip((whole - usual.level) / some * fewer, 0.0, 1.0))
        return left

    def _beside_steps(self, usual: Usual, windows: Windows, total: Totals) -> Floats:
        """What part of a difference is left, from 0 to 1, with means of their own in each of `_CUTS` parts of a window.

        Where a column moves within it, a pair that goes together seems to do so less: one of 0.9 goes down to 0.87 by
        half a deviation. Independent columns seem so only where both move.
        """
        end, series = windows.end, windows.series
        edges = (end - windows.blocks)[:, None] + np.arange(_CUTS + 1) * windows.blocks[:, None] // _CUTS
        raw = self.level(total, series, edges[:, 0], end) - usual.level
        some = np.where(np.abs(raw) < _HARDLY * UNIT, _HARDLY * UNIT, raw)
        left = np.clip((self._level(total, series, edges) - usual.level) / some, 0.0, 1.0)
        return np.where(self.products[series] == series, 1.0, left)

    def _part(self, yard: Yardstick, usual: Usual, windows: Windows, total: Totals) -> Floats:
        """What part of Fisher's difference counts.

        Of a pair of normal columns the likelihood ratio of `n` events is `2 n log cosh` of it, of which its own square
        is the first term: short windows, whose correlations stray farthest, would pass too often. What an event adds
        is symmetric then. Where it is not, a few events hold the correlation down or up; a window that has none of
        them is worth far less: where the pair leans no more counts than the correlation's own difference.
        """
        before = np.tanh(usual.level / UNIT)
        level = self.level(total, windows.series, windows.end - windows.blocks, windows.end)
        fisher = (level - usual.level) / UNIT
        some = np.where(np.abs(fisher) < _HARDLY, _HARDLY, fisher)
        part = np.sqrt(2 * np.log(np.cosh(some))) / np.abs(some)
        plain = (np.tanh(level / UNIT) - before) / (1 - before**2)
        leaning = np.abs(yard.skewness[windows.series]) > _LEANING
        counted: Floats = np.where(leaning, np.minimum(plain / some, part), part)
        return counted


def strayed(mean: Floats, square: Floats, centre: Floats, spread: Floats) -> Bools:
    """Whether a column with this mean and mean square has another law than the reference's by far."""
    far, variance = np.abs(mean - centre) > _MOVED * spread, square - mean**2
    found: Bools = far | (variance > _WIDER * spread**2) | (variance < _NARROWER * spread**2)
    return found


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
