"""How features go together: the correlation of each pair of columns, by normal scores with the window's own means.

Scores are those of ranks in the reference; the means and spreads are those of the window, so that a marginal change
moves nothing. For more than 64 columns 512 pairs are watched, spread evenly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats, Ints
from landform_agent.engine.columns import MISSING, Codes, Column, Numeric, outermost
from landform_agent.engine.correlation import NORMAL_PRODUCTS
from landform_agent.engine.scan import UNIT, Indices, Scan, Totals, Windows, Yardstick, yardstick_of
from landform_agent.engine.scores import joint_scores
from landform_agent.engine.variance import at_least_of_batches, at_least_of_levels, inflation, memory, of_products

_COLUMNS = 64
_PAIRS = 512
_AT_ONCE = 32
_BATCH = 400
_WINDOW = 50
_FEWEST, _TAILS = 30.0, 7.0
"""Observations in a window where columns are normal, and for each unit by which the kurtosis of what one adds is above
theirs: hundreds where a column hardly varies and two rare values that meet look like a perfect correlation. With 63
and more a correlation of 0.8 that begins is told at 55 events instead of 40; of independent normal columns these raise
0.2 alarms in 100,000 events where 0.15 are allowed, of t, counts and GARCH 0.1, 0.15, 0.1 (4 M each, November 2026)."""

_LEAST_DEVIATION = 0.5
"""Normal columns have 1; one that hardly varied in the reference says nothing of how far a correlation strays."""

_APART = 0.2
"""Columns that correlate less go their own ways: the kurtosis of their product is the product of theirs."""

_PARTS = 1 << 12
"""What columns count for a pair is a multiple of one in so many: sums of them are exact in any order."""

Small = npt.NDArray[np.int16]
_ALL = slice(None)


def pairs_of(columns: int) -> list[tuple[int, int]]:
    """The pairs that are watched."""
    pairs = [(left, right) for left in range(columns) for right in range(left + 1, columns)]
    return pairs if columns <= _COLUMNS else pairs[:: -(-len(pairs) // _PAIRS)]


class JointScores:
    """Normal scores of a track's numeric columns, and the reference's mean and deviation of each.

    `filled` is the share of the reference's values that were neither missing nor absurd.
    """

    def __init__(self, columns: tuple[Column, ...], counts: Ints) -> None:
        numeric = [place for place, column in enumerate(columns) if isinstance(column, Numeric)]
        self._numeric = np.array(numeric, np.intp)
        scores = np.stack([joint_scores(columns[place], counts[place]) for place in numeric])
        self._scores = scores.ravel()
        self._starts = 256 * np.arange(len(numeric), dtype=np.int32)
        shares = counts[numeric] / np.maximum(counts[numeric].sum(axis=1, keepdims=True), 1)
        self.centre: Floats = (shares * scores).sum(axis=1)
        squares = (shares * scores.astype(np.float64) ** 2).sum(axis=1)
        self.spread: Floats = np.sqrt(np.maximum(squares - self.centre**2, 0))
        self._last = np.array([columns[place].size - 1 for place in numeric], np.uint8)
        unknown = counts[numeric, MISSING] + counts[numeric, 0] + counts[numeric, self._last]
        self.filled: Floats = 1 - unknown / np.maximum(counts[numeric].sum(axis=1), 1)

    def places(self, columns: Indices) -> Indices:
        """Where some of the numeric columns lie among all of the track's."""
        return self._numeric[columns]

    def known(self, codes: Codes, columns: Indices | slice = _ALL) -> npt.NDArray[np.bool_]:
        """Which values of some of the numeric columns are neither missing nor absurd: (events, those columns)."""
        mine, last = codes[:, self._numeric[columns]], self._last[columns]
        found: npt.NDArray[np.bool_] = (mine != MISSING) & ~outermost(mine, last)
        return found

    def of(self, codes: Codes, columns: Indices | slice = _ALL) -> Small:
        """(events, columns) to the scores of some of the numeric ones, (events, those columns)."""
        return self._scores.take(codes[:, self._numeric[columns]] + self._starts[columns])


def block_products(
    values: Small, known: npt.NDArray[np.bool_], left: Indices, right: Indices, per_block: int
) -> npt.NDArray[np.int64]:
    """Sums over each block of the pairs' products, then of the columns, of their squares, and of what is known.

    Whole numbers below 2^24 are exact in single precision, whatever the order of the sums.
    """
    blocks = values.reshape(-1, per_block, values.shape[1]).astype(np.float32)
    every = np.matmul(blocks.transpose(0, 2, 1), blocks)
    columns = np.arange(values.shape[1])
    parts = [every[:, left, right], blocks.sum(axis=1), every[:, columns, columns]]
    if known.all():
        parts.append(np.full((len(blocks), len(columns)), per_block, np.float32))
    else:
        parts.append(known.reshape(blocks.shape).sum(axis=1, dtype=np.float32))
    return np.concatenate(parts, axis=1).astype(np.int64)


@dataclass(frozen=True)
class Influences:
    """What events add to Fisher's measure of pairs, times `1 - r^2`: `x y - r (x^2 + y^2) / 2` of standard scores.

    By it windows are found. The products of a pair that goes together stray far more than its correlation: one of 0.9
    that grows to 0.95 hid in them for 7,000 events. But a column that moved hides growth from what is centred, so they
    are looked at as well. Other pairs have their products alone.

    Sums are those of scores, whose spreads they are times too. `close` are the pairs that go together; `by` what the
    sum of each column counts for them and then that of its squares, (2 x columns, close); `every` what each row does,
    without more.
    """

    pairs: int
    close: Indices
    by: Floats
    every: Floats

    @staticmethod
    def of(fisher: Floats, centre: Floats, spread: Floats, left: Indices, right: Indices) -> Influences:
        """By the reference's measure of the pairs, and its columns' means and deviations."""
        r = np.tanh(fisher / UNIT)
        close = np.flatnonzero(np.abs(r) >= _APART)
        x, y, each, columns = left[close], right[close], np.arange(len(close)), len(centre)
        xx, yy = r[close] / 2 * spread[y] / spread[x], r[close] / 2 * spread[x] / spread[y]
        by = np.zeros((2 * columns, len(close)))
        by[x, each], by[y, each] = 2 * xx * centre[x] - centre[y], 2 * yy * centre[y] - centre[x]
        by[columns + x, each], by[columns + y, each] = -xx, -yy
        every = centre[x] * centre[y] - xx * centre[x] ** 2 - yy * centre[y] ** 2
        return Influences(len(left), close, np.rint(by * _PARTS) / _PARTS, np.rint(every * _PARTS) / _PARTS)

    def products(self, width: int) -> Indices:
        """Where the pairs' products stand among the sums, of which there were so many."""
        found = np.arange(self.pairs)
        found[self.close] = width + np.arange(len(self.close))
        return found

    def beside(self, sums: npt.NDArray[np.int64], rows: int) -> npt.NDArray[np.int64]:
        """Sums over blocks of so many rows with influences in the place of the close pairs' products, which come last.

        They begin with the products of all pairs, the columns and their squares.
        """
        if not len(self.close):
            return sums
        found = np.concatenate([sums, sums[:, self.close]], axis=1)
        columns = sums[:, self.pairs : self.pairs + len(self.by)]
        found[:, self.close] += np.rint(self.less_products(columns, rows)).astype(np.int64)
        return found

    def less_products(self, columns: npt.NDArray[np.int64], rows: int) -> Floats:
        """What the close pairs' influences have beside their products, from sums over so many rows."""
        more: Floats = columns.astype(np.float64) @ self.by + self.every * rows
        return more


@dataclass(frozen=True)
class Either:
    """The windows of one scan and those of another one, of some of the same series."""

    one: Scan
    other: Scan
    some: Indices

    def outstanding(self, total: Totals, first: int, base: int) -> Windows:
        """Of both."""
        others = self.other.outstanding(total, first, base)
        return Windows.of([self.one.outstanding(total, first, base), replace(others, series=self.some[others.series])])

    def farther(self, root: Floats) -> Either:
        """Both where means stray farther."""
        return Either(self.one.farther(root), self.other.farther(root[:, self.some]), self.some)


def joint_yardsticks(values: Small, left: Indices, right: Indices) -> tuple[Yardstick, Yardstick, Yardstick]:
    """For Fisher's measure of the pairs, for their `Influences`, and for their products.

    What one observation adds to Fisher's measure is `(x y - r (x^2 + y^2) / 2) / (1 - r^2)` of the standard scores.
    """
    fisher, influences, products = [], [], []
    whole = values.astype(np.int64)
    columns = np.concatenate([whole, whole * whole], axis=1)
    centre, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
    past, (level, doubt) = memory(values - centre), inflation(values - centre)
    for start in range(0, len(left), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        x = (values[:, left[part]] - centre[left[part]]) / spread[left[part]]
        y = (values[:, right[part]] - centre[right[part]]) / spread[right[part]]
        r = np.clip((x * y).mean(axis=0), -0.999, 0.999)
        influence = (x * y - r * (x * x + y * y) / 2) / (1 - r * r) * UNIT
        nothing = np.zeros(len(r), np.bool_)
        yard = yardstick_of(influence, nothing)
        doubted = np.maximum(yard.doubt, np.maximum(doubt[left[part]], doubt[right[part]]))
        inflated = np.maximum(yard.inflation, at_least_of_batches(influence, _BATCH, doubted))
        inflated = np.maximum(inflated, of_products(past[:, left[part]], past[:, right[part]], len(values)))
        inflated = np.maximum(inflated, at_least_of_levels(level[left[part]], level[right[part]]))
        yard = replace(yard, doubt=np.where(inflated > yard.inflation, doubted, yard.doubt))
        # Two rare values that never met in the reference hide how far one meeting carries the correlation.
        met = np.where(np.abs(r) < _APART, (x**4).mean(axis=0) * (y**4).mean(axis=0), 0.0)
        peaked = np.maximum(yard.kurtosis, met)
        farther = np.maximum(_farther(x, y, influence), 1.0)
        deviation = np.maximum(yard.deviation * farther, _LEAST_DEVIATION * UNIT)
        fisher.append(
            replace(yard, mean=np.arctanh(r) * UNIT, deviation=deviation, inflation=inflated, span=_span(peaked))
        )
        found = Influences.of(fisher[-1].mean, centre, spread, left[part], right[part])
        plain = (whole[:, left[part]] * whole[:, right[part]]).astype(np.float64)
        products.append(replace(yardstick_of(plain, nothing), inflation=inflated, span=_span(peaked)))
        plain[:, found.close] += found.less_products(columns, 1)
        influences.append(replace(yardstick_of(plain, nothing), inflation=inflated, span=_span(peaked)))
    return Yardstick.of(fisher), Yardstick.of(influences), Yardstick.of(products)


def _span(kurtosis: Floats) -> Floats:
    span: Floats = _FEWEST + _TAILS * np.maximum(kurtosis - NORMAL_PRODUCTS, 0.0)
    return span


def _farther(x: Floats, y: Floats, influence: Floats) -> Floats:
    """How many times as far as its linear part Fisher's measure strays in windows of the reference, as far as proven.

    The two agree where columns are normal. Both depend on what came before alike: the ratio is of the law alone.
    """
    count = len(x) // _WINDOW
    x, y, linear = (part[: count * _WINDOW].reshape(count, _WINDOW, -1) for part in (x, y, influence))
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    along = np.maximum((x * x).sum(axis=1) * (y * y).sum(axis=1), 1e-9)
    fisher = np.arctanh(np.clip((x * y).sum(axis=1) / np.sqrt(along), -0.999, 0.999))
    proven = 1 - 1 / np.sqrt(2 * max(count - 1, 1))
    usual = np.maximum(linear.mean(axis=1).std(axis=0) / UNIT, 1e-9) * np.sqrt(_WINDOW / (_WINDOW - 3))
    farther: Floats = fisher.std(axis=0) / usual * proven
    return farther
