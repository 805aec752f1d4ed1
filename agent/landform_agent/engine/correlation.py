"""How two columns go together in a window, and what that is worth.

Fisher's measure needs nothing of a window but itself. Where a pair goes together the spreads of its columns are as
good as known, and tell sooner that it does so less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landform_agent.block import Floats
from landform_agent.engine.pool import Usual
from landform_agent.engine.scan import UNIT, Bools, Indices, Totals, Windows, Yardstick, gamma_root

LEAST_CORRELATION = 0.1
"""In Fisher's measure, nearly the correlation itself where that is small."""

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

_WITHOUT_END = 0.8
"""The part of its difference that a window may lack without its last or first part: by chance one is nearly always
less than the whole."""

_LARGE = 0.4
"""Deviations of what an event adds: a smaller loss may come of values that pile up at the ends of the ranks."""

_AGREE = 0.75
"""Of a loss that shows by known spreads Fisher's measure must show so much, of its own bar: another spread of a column
is no change of how it goes with others."""

_MARGINS = 2.5
"""Observations that a correlation loses to its means: with so many the root of its likelihood ratio agrees with the
exact law to a thousandth, for windows of 30 events and more."""


@dataclass(frozen=True)
class _Change:
    """From one level of Fisher's measure to another, one for each window; its size is never quite nothing."""

    before: Floats
    level: Floats
    size: Floats

    @staticmethod
    def of(before: Floats, level: Floats) -> _Change:
        size = level - before
        return _Change(before, level, np.where(np.abs(size) < _HARDLY * UNIT, _HARDLY * UNIT, size))

    def pick(self, chosen: Indices) -> _Change:
        return _Change(self.before[chosen], self.level[chosen], self.size[chosen])

    def part(self, level: Floats) -> Floats:
        """How much of it another level shows: 1 at its own."""
        part: Floats = (level - self.before) / self.size
        return part


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

    def _close(self, series: Indices) -> Bools:
        """Which pairs go together."""
        close: Bools = self.products[series] != series
        return close

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self.centre)

    def level(self, total: Totals, series: Indices, starts: Indices, ends: Indices) -> Floats:
        """As the protocol says."""
        return _fisher(*self._sums(total, series, np.stack([starts, ends], axis=1)))

    def _sums(self, total: Totals, series: Indices, edges: Indices) -> tuple[Floats, Floats, Floats]:
        """Of products and of both squares between each two edges, less the means there: (windows, edges - 1) each."""
        pairs = len(self.left)

        def over(column: Indices) -> Floats:
            parts: Floats = np.diff(total[edges, column[:, None]]).astype(np.float64)
            return parts

        left, right = self.left[series], self.right[series]
        rows = np.maximum(np.diff(edges), 1) * self.per_block
        x, y, squares = over(pairs + left), over(pairs + right), pairs + self.columns
        across = over(self.products[series]) - x * y / rows
        return across, over(squares + left) - x * x / rows, over(squares + right) - y * y / rows

    def least(self, yard: Yardstick, series: Indices) -> Floats:
        """The same for all pairs."""
        return np.full(len(series), LEAST_CORRELATION * UNIT)

    def at_once(self, yard: Yardstick, series: Indices) -> Bools:
        """None."""
        return np.zeros(len(series), np.bool_)

    def worth(self, yard: Yardstick, usual: Usual, z: Floats, windows: Windows, total: Totals) -> Floats:
        """The root of the correlation's likelihood ratio, but for what the pair's products lean."""
        width, series = (windows.blocks * self.per_block).astype(np.float64), windows.series
        level = self.level(total, series, windows.end - windows.blocks, windows.end)
        change = _Change.of(usual.level, level)
        close = np.flatnonzero(self._close(series))
        left = self._beside_gaps(yard, change, windows, total)
        left[close] *= self._beside_steps(change.pick(close), windows.pick(close), total)
        size = z * np.sqrt(np.maximum(width - _MARGINS, 1) / width) * (left * self._part(yard, change, series))
        worth = 1 / (yard.inflation[series] * yard.variance(width, series=series))
        root = gamma_root(size, yard.skewness[series], worth)
        apart = -np.sign(usual.level)
        less = np.zeros(len(series))
        less[close] = self._less(yard, change.before[close], windows.pick(close), total, worth[close])
        less = np.minimum(less * left, apart * root / _AGREE)
        root = np.where(less > apart * root, apart * less, root)
        tails = np.minimum(root**2 * np.maximum(yard.kurtosis[series] - NORMAL_PRODUCTS, 0) / (24 * worth), _MOST_TAILS)
        moved = self._moved(self.left[series], yard, windows, total) | self._moved(
            self.right[series], yard, windows, total
        )
        corrected: Floats = np.where(moved, 0.0, root * (1 - tails))
        return corrected

    def _less(self, yard: Yardstick, before: Floats, windows: Windows, total: Totals, worth: Floats) -> Floats:
        """How surely close pairs go together less, on the normal scale, by spreads as the reference has them; else 0.

        What an event adds to Fisher's measure is `(u^2 - v^2) / 2` of two independent normal values, whose means have
        the rate function `sup_t (t m + log(1 - t^2) / 2)`. Where Fisher's measure strays farther than by that, so may
        this.
        """
        end, series = windows.end, windows.series
        sums = self._sums(total, series, np.stack([end - windows.blocks, end], axis=1))
        across, xx, yy = (one[:, 0] for one in sums)
        x, y = (np.maximum(self.spread[place[series]], _HARDLY) for place in (self.left, self.right))
        r, rows = np.tanh(before / UNIT), windows.blocks * self.per_block
        both = (xx / x**2 + yy / y**2) / 2
        # Where both spread more each event counts for more.
        added = (across / (x * y) - r * both) / (np.maximum(both, rows) * (1 - r * r))
        mean = np.maximum(-np.sign(r) * added * UNIT / yard.deviation[series], _HARDLY)
        t = (np.sqrt(1 + 4 * mean**2) - 1) / (2 * mean)
        root = np.sqrt(2 * worth * np.maximum(t * mean + np.log1p(-t * t) / 2, 0.0))
        plain = np.abs(gamma_root(-np.sign(r) * mean * np.sqrt(worth), yard.skewness[series], worth))
        large = (mean >= _LARGE) & self._steady(windows, total)
        return np.where(large, np.minimum(root, plain), 0.0)

    def _moved(self, column: Indices, yard: Yardstick, windows: Windows, total: Totals) -> Bools:
        """The window has another law of the column than the reference by far, or two laws one after the other."""
        width = windows.blocks * self.per_block
        whole, square = self._law(column, total, windows.end - windows.blocks, windows.end)
        (early, early_square), (late, late_square) = (self._law(column, total, *half) for half in _halves(windows))
        centre, spread = self.centre[column], np.maximum(self.spread[column], _HARDLY)
        # Three errors of the difference of two halves, of columns that depend on their past more than their products.
        step = np.maximum(_STEP, 3 * np.sqrt(8 * yard.inflation[windows.series] / width))
        apart = np.abs(late - early) > step * spread
        uneven = np.abs((late_square - late**2) - (early_square - early**2)) > step * spread**2
        moved: Bools = apart | uneven | strayed(whole, square, centre, spread)
        return moved

    def _law(self, column: Indices, total: Totals, start: Indices, end: Indices) -> tuple[Floats, Floats]:
        """The mean of columns and of their squares."""
        place, rows = len(self.left) + column, np.maximum(end - start, 1) * self.per_block
        mean, square = ((total[end, one] - total[start, one]) / rows for one in (place, place + self.columns))
        return mean, square

    def _steady(self, windows: Windows, total: Totals) -> Bools:
        """Neither half of the window has another law of either column than the reference by far."""
        found = np.ones(len(windows.end), np.bool_)
        for column in (self.left[windows.series], self.right[windows.series]):
            for half in _halves(windows):
                found &= ~strayed(*self._law(column, total, *half), self.centre[column], self.spread[column])
        return found

    def _beside_gaps(self, yard: Yardstick, change: _Change, windows: Windows, total: Totals) -> Floats:
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
        whole = np.arctanh(np.clip(np.tanh(change.level / UNIT) / np.sqrt(both), -0.999, 0.999)) * UNIT
        fewer = np.sqrt(
            yard.variance(width, 0.0, windows.series)
            / yard.variance(width * np.minimum(both, 1.0), 0.0, windows.series)
        )
        left: Floats = np.where(both == 1, 1.0, np.clip(change.part(whole) * fewer, 0.0, 1.0))
        return left

    def _beside_steps(self, change: _Change, windows: Windows, total: Totals) -> Floats:
        """What part of a close pair's difference is left, from 0 to 1, where a column may have moved within the window.

        By that a pair that goes together seems to do so less: one of 0.9 goes down to 0.87 by half a deviation.
        Independent columns seem so only where both move. So each of `_CUTS` parts has means of its own, and what the
        last or the first one makes alone, in which a step may lie, is none.
        """
        cuts = np.arange(_CUTS + 1) * windows.blocks[:, None] // _CUTS
        # Of few blocks the ends are one each.
        cuts[:, 1], cuts[:, -2] = np.maximum(cuts[:, 1], 1), np.minimum(cuts[:, -2], windows.blocks - 1)
        edges = (windows.end - windows.blocks)[:, None] + np.maximum.accumulate(cuts, axis=1)
        sums = self._sums(total, windows.series, edges)
        first, last = (_fisher(*(one[:, part] for one in sums)) for part in (slice(1, None), slice(None, -1)))
        left: Floats = np.clip(np.minimum(change.part(first), change.part(last)) / _WITHOUT_END, 0.0, 1.0)
        return left

    def _part(self, yard: Yardstick, change: _Change, series: Indices) -> Floats:
        """What part of Fisher's difference counts.

        Of a pair of normal columns the likelihood ratio of `n` events is `2 n log cosh` of it, of which its own square
        is the first term: short windows, whose correlations stray farthest, would pass too often. What an event adds
        is symmetric then. Where it is not, a few events hold the correlation down or up; a window that has none of
        them is worth far less: where the pair leans no more counts than the correlation's own difference.
        """
        before, fisher = np.tanh(change.before / UNIT), change.size / UNIT
        part = np.sqrt(2 * np.log(np.cosh(fisher))) / np.abs(fisher)
        plain = (np.tanh(change.level / UNIT) - before) / (1 - before**2)
        leaning = np.abs(yard.skewness[series]) > _LEANING
        counted: Floats = np.where(leaning, np.minimum(plain / fisher, part), part)
        return counted


def _halves(windows: Windows) -> tuple[tuple[Indices, Indices], tuple[Indices, Indices]]:
    """Where each begins and ends."""
    middle = windows.end - windows.blocks // 2
    return (windows.end - windows.blocks, middle), (middle, windows.end)


def _fisher(across: Floats, xx: Floats, yy: Floats) -> Floats:
    """Fisher's measure of sums over the parts of windows, (windows, parts) each."""
    r = across.sum(axis=1) / np.sqrt(np.maximum(xx.sum(axis=1) * yy.sum(axis=1), 1.0))
    level: Floats = np.arctanh(np.clip(r, -0.999, 0.999)) * UNIT
    return level


def strayed(mean: Floats, square: Floats, centre: Floats, spread: Floats) -> Bools:
    """Whether a column with this mean and mean square has another law than the reference's by far."""
    far, variance = np.abs(mean - centre) > _MOVED * spread, square - mean**2
    found: Bools = far | (variance > _WIDER * spread**2) | (variance < _NARROWER * spread**2)
    return found
