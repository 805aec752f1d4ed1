"""Windows of many lengths against the reference.

For the mean `m_w` of the last `w` observations of a series, reference mean `m`, marginal deviation `s`, long-run
inflation `v` and `n` observations in the reference:

    z_w = (m_w - m) / (s sqrt(v (1/w + 1/n)))

The largest `|z_w|` over all lengths is the window-limited generalised likelihood ratio of Lai (1995, "Sequential
changepoint detection in quality control and dynamical systems"): near the delay of a CUSUM that knows the change. What
is far from normal is judged by a signed root of a likelihood ratio instead: of two binomials for a share (of a
category, of the missing), of two gamma laws for a score that leans.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats, Ints
from landform_agent.engine.variance import inflation

UNIT = 1 << 16
"""Scores are whole numbers of this fraction."""

Bools = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]
Totals = npt.NDArray[np.int32]
"""Running sums of blocks, (blocks, series), modulo 2^32: a window's sum is far below that, so differences are exact."""

INDEPENDENT = 20
"""A window must hold so many independent observations' worth where a series is correlated: shorter means are skewed."""

RARE = 0.02
"""Up to this share the events of a window are counted: their law is far from normal in the windows that matter."""

PARTS = 24
"""Of a season: for windows of each one it is known how far the widest of them strays."""

LONG, SPARSE = 80, 4
"""Windows of so many blocks and more are looked at where every fourth block ends."""

_FEW = 6
"""New blocks up to which all lengths are looked at in one step."""

_NEVER = 2.0**31
_ALL = slice(None)


@dataclass(frozen=True)
class Yardstick:
    """What the reference says about each series, for one observation: mean and deviation in `UNIT`s of score.

    `doubt` is the relative error of the inflation's root, at 5,000 observations. `known` is how many observations a
    share is known from, `span` how many a window needs at least. So many `harmonics` of a season of `period`
    observations were taken out of each. `never` are the series of categories that the reference never saw. `wider` says
    by which part the variance grows in the widest window of each part of a season, (series, 1 + PARTS); without one,
    (series, 0).
    """

    mean: Floats
    deviation: Floats
    inflation: Floats
    doubt: Floats
    share: Bools
    skewness: Floats
    count: int
    known: Floats
    span: Floats
    kurtosis: Floats
    never: Bools
    harmonics: Ints
    wider: npt.NDArray[np.float32]
    period: float = 1.0

    @staticmethod
    def of(parts: Sequence[Yardstick]) -> Yardstick:
        """The series of all of them."""
        each = [one.name for one in fields(Yardstick) if one.name not in ("count", "period", "wider")]
        series: dict[str, Any] = {name: np.concatenate([getattr(yard, name) for yard in parts]) for name in each}
        width = max(yard.wider.shape[1] for yard in parts)
        wider = [yard.wider if yard.wider.shape[1] else np.zeros((len(yard.mean), width), np.float32) for yard in parts]
        return replace(parts[0], wider=np.concatenate(wider), **series)

    def pick(self, chosen: Bools | Indices) -> Yardstick:
        """Some of its series."""
        each: dict[str, Any] = {
            name: value[chosen] for name, value in vars(self).items() if isinstance(value, np.ndarray)
        }
        return replace(self, **each)

    @property
    def half(self) -> float:
        """Half an event's share of the reference and the event that comes next."""
        return 0.5 / (self.count + 1)

    @property
    def counted(self) -> Bools:
        """The series of shares so small that their events are counted: their law is far from normal."""
        counted: Bools = self.share & (self.mean <= RARE * UNIT) & (self.inflation == 1)
        return counted

    def parameters(self, length: float | Floats | Ints, series: Indices | slice = _ALL) -> Floats:
        """How many parameters of the reference a window's mean depends on: its own mean's, and the season's.

        Of one length for each of the series, or of a length each.

        A harmonic of the season that was fitted a little wrongly moves the mean of a window by `sinc(k w / L)` of it:
        fully within a part of the season of `L` observations, hardly over a whole one.
        """
        mine = self.harmonics[series]
        if not mine.any():
            return np.ones(len(mine))
        waves = np.arange(mine.max(initial=0) + 1)
        share = np.sinc(np.multiply.outer(np.asarray(length, np.float64) / self.period, waves)) ** 2
        sums = np.broadcast_to(np.cumsum(share, axis=-1), (len(mine), len(waves)))
        count: Floats = 2 * sums[np.arange(len(mine)), mine] - 1
        return count

    def variance(
        self, length: float | Floats | Ints, more: float | Floats = 0.0, series: Indices | slice = _ALL
    ) -> Floats:
        """Of the difference of a window's mean and the usual one, for series of deviation 1 without memory.

        The usual mean is known from `more` observations beside the reference, the season from the reference alone.
        """
        season = (self.parameters(length, series) - 1) / self.count
        own = self.widened(length, series) / np.asarray(length)
        variance: Floats = own + 1 / (self.count + np.asarray(more)) + season
        return variance

    def widened(self, length: float | Floats | Ints, series: Indices | slice = _ALL) -> float | Floats:
        """How many times as much the mean of the widest window of this length varies as its length alone says."""
        if not self.wider.size:
            return 1.0
        table = self.wider[series]
        place = np.broadcast_to(np.minimum(np.asarray(length, np.float64) / self.period, 1.0) * PARTS, len(table))
        row, low = np.arange(len(table)), np.minimum(place.astype(np.intp), PARTS - 1)
        rest = place - low
        more: Floats = 1 + table[row, low] * (1 - rest) + table[row, low + 1] * rest
        return more

    def error(
        self, length: float | Floats | Ints, more: float | Floats = 0.0, series: Indices | slice = _ALL
    ) -> Floats:
        """The standard error of the difference whose `variance` is that of series of deviation 1 without memory."""
        variance = self.inflation[series] * self.variance(length, more, series)
        error: Floats = self.deviation[series] * np.sqrt(variance)
        return error


def yardstick_of(scores: Floats, share: Bools, least: float = 1.0) -> Yardstick:
    """From scores of the reference, (observations, series); inflations below `least` are not told."""
    count, mean = len(scores), scores.mean(axis=0)
    centred = scores - mean
    deviation = np.sqrt((centred * centred).mean(axis=0))
    half = 0.5 * UNIT / (count + 1)
    p = np.clip(mean, half, UNIT - half)
    deviation = np.where(share, np.maximum(deviation, np.sqrt(p * (UNIT - p))), np.maximum(deviation, 1e-9 * UNIT))
    square = (centred / deviation) ** 2
    skewness, kurtosis = (square * centred / deviation).mean(axis=0), (square * square).mean(axis=0)
    known, span, never = np.full(len(mean), float(count)), np.zeros(len(mean)), np.zeros(len(mean), np.bool_)
    waves, wider = np.zeros(len(mean), np.int64), np.zeros((len(mean), 0), np.float32)
    ratio, doubt = inflation(centred, least)
    return Yardstick(mean, deviation, ratio, doubt, share, skewness, count, known, span, kurtosis, never, waves, wider)


@dataclass(frozen=True)
class Windows:
    """Windows that stand out: they end before block `end` and are `blocks` long."""

    end: Indices
    blocks: Indices
    series: Indices
    z: Floats

    def pick(self, chosen: Bools | Indices) -> Windows:
        """Some of them."""
        return Windows(self.end[chosen], self.blocks[chosen], self.series[chosen], self.z[chosen])

    @staticmethod
    def of(parts: Sequence[Windows]) -> Windows:
        """All of them."""
        columns = ([getattr(one, name) for one in parts] for name in ("end", "blocks", "series", "z"))
        return Windows(*(np.concatenate(column) for column in columns))

    @staticmethod
    def none() -> Windows:
        """Nothing stands out."""
        return _NONE


_NONE = Windows(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0))


def shortest_window(yard: Yardstick) -> Floats:
    """How many observations a window needs, for each series."""
    needed: Floats = np.maximum(np.where(yard.inflation > 1, INDEPENDENT * yard.inflation, 0.0), yard.span)
    return needed


class Scan(Protocol):
    """Finds the windows that are worth a look."""

    def outstanding(self, total: Totals, first: int, base: int) -> Windows:
        """Those that end at row `first` of the totals or later; `base` is the position of row 0."""

    def farther(self, root: Floats) -> Scan:
        """The same where means stray so many times as far, (lengths, series)."""


class Reach:
    """What a window's sum may be, for each length and series: so most windows cost a difference and a comparison.

    `bar` is one for each series, or for each length and series; `below` the same for sums that are too small. Sums of
    the series stand in the totals from column `at` on.
    """

    def __init__(
        self,
        yard: Yardstick,
        bar: Floats,
        lengths: tuple[int, ...],
        per_block: int,
        below: Floats | None = None,
        at: int = 0,
    ) -> None:
        self.lengths = lengths
        self.series = len(yard.mean)
        self._columns = slice(at, at + self.series)
        self._blocks = np.array(lengths)
        width = self._blocks[:, None] * float(per_block)
        self._centre = yard.mean * width
        self._error = np.stack([yard.error(one) * one for one in width[:, 0].tolist()])
        self._usable = width >= shortest_window(yard)
        self._above = np.broadcast_to(bar, self._usable.shape)
        self._below = self._above if below is None else np.broadcast_to(below, self._usable.shape)
        self._low, self._span = self._bounds(np.ones(self._usable.shape))

    def _bounds(self, root: Floats) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint32]]:
        low = np.where(self._usable, np.ceil(self._centre - self._below * root * self._error), -_NEVER)
        high = np.where(self._usable, np.floor(self._centre + self._above * root * self._error), _NEVER - 1)
        low, high = np.clip(low, -_NEVER, _NEVER - 1), np.clip(high, -_NEVER, _NEVER - 1)
        return low.astype(np.int64).astype(np.int32), np.maximum(high - low, 0).astype(np.uint32)

    def farther(self, root: Floats) -> Reach:
        """The same where means stray so many times as far, (lengths, series)."""
        found = copy(self)
        found._low, found._span = self._bounds(root)
        return found

    def outstanding(self, total: Totals, first: int, base: int) -> Windows:
        """All windows that end at block `first` or later and whose sum is beyond what it may be.

        `base` is the position of row 0 of the totals: long windows are looked at where they end at a multiple of
        `SPARSE`, which costs them a fiftieth of their length, in the mean of the shortest.
        """
        if len(total) - first <= _FEW:
            return self._of_few(total, first, base)
        found, total = [], total[:, self._columns]
        for number, blocks in enumerate(self.lengths):
            step, begin = SPARSE if blocks >= LONG else 1, max(first, blocks)
            begin += -(begin + base) % step
            if begin >= len(total):
                continue
            sums = total[begin::step] - total[begin - blocks : len(total) - blocks : step]
            sums -= self._low[number]
            out = np.flatnonzero(sums.view(np.uint32) > self._span[number])
            if len(out):
                row, series = np.divmod(out, self.series)
                found.append((row * step + begin, np.full(len(row), number), series))
        return self._windows(total, found)

    def _of_few(self, total: Totals, first: int, base: int) -> Windows:
        found, total = [], total[:, self._columns]
        for end in range(first, len(total)):
            longest = end if (end + base) % SPARSE == 0 else min(end, LONG - 1)
            fits = int(np.searchsorted(self._blocks, longest, side="right"))
            sums = total[end] - total[end - self._blocks[:fits]]
            sums -= self._low[:fits]
            out = np.flatnonzero(sums.view(np.uint32) > self._span[:fits])
            if len(out):
                number, series = np.divmod(out, self.series)
                found.append((np.full(len(number), end), number, series))
        return self._windows(total, found)

    def _windows(self, total: Totals, found: list[tuple[Indices, Indices, Indices]]) -> Windows:
        if not found:
            return _NONE
        end, number, series = (np.concatenate(parts) for parts in zip(*found, strict=True))
        blocks = self._blocks[number]
        sums = (total[end, series] - total[end - blocks, series]).astype(np.float64)
        return Windows(end, blocks, series, (sums - self._centre[number, series]) / self._error[number, series])


def _entropy(count: Floats, expected: Floats) -> Floats:
    count = np.maximum(count, 0)
    part: Floats = count * np.log(np.maximum(count, 1e-300) / np.maximum(expected, 1e-300))
    return part


def likelihood_root(hits: Floats, width: Floats, share: Floats, count: int | Floats) -> Floats:
    """The root of the likelihood ratio of `hits` of `width` against `share` of `count`: two binomials or one."""
    before = share * count
    pooled = np.clip((hits + before) / (width + count), 0, 1)
    ratio = (
        _entropy(hits, width * pooled)
        + _entropy(width - hits, width * (1 - pooled))
        + _entropy(before, count * pooled)
        + _entropy(count - before, count * (1 - pooled))
    )
    root: Floats = np.sqrt(np.maximum(2 * ratio, 0))
    return root


_HALVINGS = 12
_MOST_HITS = 1_000
_LOG_FACTORIALS = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, _MOST_HITS + 1)))])


def recurrence_root(hits: Floats, width: Floats, share: Floats) -> Floats:
    """How rare it is that a category of `share`, which the reference never saw, comes `hits` times in `width` events.

    An event is the k-th of its kind within `width` of the first at most this often, by Markov's inequality for the sets
    of k - 1 events before it (the argument of scan statistics: Naus 1982, "Approximations for distributions of scan
    statistics", JASA 77):

        share (share width)^(k-1) / (k-1)!

    Each k from 2 on has the part 1/(k (k - 1)) of a budget, which add up to 1: where that rate times k (k - 1) is at
    most the budget in alarms an event, no more than the budget is raised, however many windows are looked at. That is
    so of the true share. What is put in is an estimate, which is too small where a reference has none by luck: where
    one was expected in 2,000 rows, 184 such references in 500 raised 0.22 per 100,000 events, all 500 of them 0.11, and
    the budget was 0.06 (November 2026). The root of -2 times its logarithm; 0 below the second.
    """
    k = np.clip(np.rint(hits), 2, _MOST_HITS).astype(np.int64)
    log = np.log(share) + (k - 1) * np.log(share * width) - _LOG_FACTORIALS[k - 1] + np.log(k * (k - 1.0))
    root: Floats = np.where(hits > 1.5, np.sqrt(np.maximum(-2 * log, 0)), 0.0)
    return root


def gamma_root(z: Floats, skewness: Floats, worth: Floats) -> Floats:
    """What a `z` of the mean of `worth` independent scores that lean is worth on the normal scale; it keeps its sign.

    A gamma law with the scores' first three moments has the rate function `k (x - log(1 + x))` with `k = 4/skewness^2`
    and `x = skewness z / (2 sqrt(worth))`; the signed root of twice its sum is normal to the second order
    (Barndorff-Nielsen 1986, "Inference on full or partial parameters based on the standardized signed log likelihood
    ratio"). A mean that no such gamma law could have keeps its `z`.
    """
    lean = np.where(np.abs(skewness) < 0.01, 0.01, skewness)
    x = lean * z / (2 * np.sqrt(worth))
    within = x > -0.99
    x = np.where(within, x, 0.0)
    root = np.sign(z) * np.sqrt(np.maximum(8 * worth / lean**2 * (x - np.log1p(x)), 0))
    return np.where(within & (np.abs(skewness) >= 0.01), root, z)


def part_of_short_side(yard: Yardstick, bar: Floats, widths: Floats) -> Floats:
    """The part of a bar that the `z` of means below the usual has when its `gamma_root` passes: (widths, series).

    Of scores that lean to the right, as squares do, few lie far below: 1 where they do not lean, or depend on the past.
    """
    worth = 1 / (yard.inflation * np.stack([yard.variance(width) for width in widths.tolist()]))
    skewness = np.where((yard.inflation > 1) | yard.share, 0.0, np.maximum(yard.skewness, 0.0))
    low, high = np.zeros_like(bar), np.ones_like(bar)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        passes = np.abs(gamma_root(-middle * bar, skewness, worth)) >= bar
        low, high = np.where(passes, low, middle), np.where(passes, middle, high)
    return high


def peaked_root(z: Floats, excess: Floats, worth: Floats) -> Floats:
    """What a `z` of the mean of `worth` symmetric scores is worth, most of which are alike and few lie far off.

    Far ones come to either side as two Poisson processes of one rate and size, which give the scores' variance and
    fourth cumulant `b^2`; the rate function is `x asinh(b x) / b - (sqrt(1 + b^2 x^2) - 1) / b^2` (Skellam 1946), and
    its signed root as in `gamma_root`. For `b` near 0 it is `z` itself.
    """
    b = np.sqrt(np.maximum(excess, 1e-4))
    x = np.abs(z) / np.sqrt(worth)
    rate = x * np.arcsinh(b * x) / b - (np.sqrt(1 + (b * x) ** 2) - 1) / b**2
    root: Floats = np.sign(z) * np.sqrt(np.maximum(2 * worth * rate, 0))
    return np.where(excess > 0, root, z)
