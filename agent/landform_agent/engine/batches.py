"""Batches that are compared whole: what comes in one go may be in any order within, so its events are no stream.

Of each series every batch has one mean. Means of batches differ by more than their rows' own spread would make them:
customers come in clusters, weekdays differ. For the mean `m` of the last `w` batches, the mean `m0` of `J` batches of
the reference and the deviation `s` of those `J` means, never less than that of independent rows,

    t = (m - m0) / (s sqrt(1/w + 1/J))

has Student's law with `J - 1` degrees of freedom. `s^2` over what independent rows would give is the design effect
(Kish 1965, "Survey Sampling"): it stands where a stream has its long-run inflation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from landform_agent.block import Floats, Ints, Objects
from landform_agent.cadence import FEWEST, LEAST_ROWS
from landform_agent.engine.columns import Categorical, Codes, Column
from landform_agent.engine.design import Design
from landform_agent.engine.encode import Phases
from landform_agent.engine.measure import LEAST_COUNT, LEAST_SHARE, Mean, Measure
from landform_agent.engine.pool import Usual
from landform_agent.engine.profile import Batches, Plan, Profile, parts_of
from landform_agent.engine.scan import UNIT, Bools, Indices, Totals, Windows, Yardstick, likelihood_root
from landform_agent.engine.scores import Sums

LENGTHS = (1, 2, 4)
"""Batches in a window."""

_MOST_ROWS = 1_000
"""Means are kept as sums over at most so many rows, so that those of a window stay below 2^31."""

_SPENT = 0.1
"""The part of the budget that is spent: so few batches show nothing of the tails, and neighbours are alike."""

_LIKELIEST = 0.02
"""No series is allowed more false alarms a batch, however large batches are beside the budget."""

_SMALLEST = 1_000
"""Times that a batch may be smaller than usual, at most."""


def numbered(seq: Ints, ends: Ints) -> Ints:
    """The number of the batch that each event belongs to, with small ones joined; -1 behind the last end."""
    numbers = np.searchsorted(ends, seq, side="right")
    sizes = np.bincount(numbers, minlength=len(ends) + 1)
    of, rows, number = np.full(len(sizes), -1), 0, 0
    first = 0
    for place, size in enumerate(sizes[: len(ends)].tolist()):
        rows += size
        if rows >= LEAST_ROWS:
            of[first : place + 1] = number
            first, rows, number = place + 1, 0, number + 1
    found: Ints = of[numbers]
    return found


def lone_shares(values: Objects, batch: Ints) -> Floats:
    """For each batch the share of its rows whose category no other one has: what is new in a batch to come."""
    known = np.flatnonzero((batch >= 0) & np.array([value is not None for value in values], np.bool_))
    count = int(batch.max()) + 1
    number = {value: place for place, value in enumerate(dict.fromkeys(values[known].tolist()))}
    of = np.fromiter((number[value] for value in values[known]), np.int64, len(known))
    first, last = np.full(len(number), count), np.full(len(number), -1)
    np.minimum.at(first, of, batch[known])
    np.maximum.at(last, of, batch[known])
    lone = np.bincount(batch[known], weights=(first == last)[of], minlength=count)
    shares: Floats = lone / np.maximum(np.bincount(batch[batch >= 0], minlength=count), 1)
    return shares


def learn_batches(
    profile: Profile,
    codes: Codes,
    phase: Phases | None,
    columns: tuple[Column, ...],
    batch: Ints,
    lone: Mapping[str, Floats],
    plan: Plan,
) -> Profile | None:
    """A track's profile for batches, from what its rows alone teach; None where too few batches have rows.

    `codes` are those of the encoder, `batch` the number of each row's batch; `lone` has the share of new categories in
    each batch, by column. How columns go together is still as single rows have it.
    """
    count = int(batch.max(initial=-1)) + 1
    if count < FEWEST:
        return None
    rows = np.bincount(batch[batch >= 0], minlength=count).astype(np.float64)
    usual = Batches(count, float(1 / (1 / rows).mean()))
    if profile.means is None:
        return replace(profile, batches=usual)
    own = tuple(columns[number] for number in profile.columns)
    means = _means(profile, codes, phase, own, batch, lone, count)
    yard = _yard(profile.means.yard, means, usual, rows.sum())
    budgets = parts_of(profile.series, own, replace(plan, per_block=round(rows.mean())))
    design = Design(yard, bars(budgets), profile.means.groups, LENGTHS, rows_for_one(usual), 1, plan.least)
    return replace(profile, means=design, batches=usual)


def _means(
    profile: Profile,
    codes: Codes,
    phase: Phases | None,
    own: tuple[Column, ...],
    batch: Ints,
    lone: Mapping[str, Floats],
    count: int,
) -> Floats:
    """Of each batch the mean of each series: (batches, series)."""
    offsets = [profile.offsets] if len(profile.offsets) else []
    sums = Sums(profile.tables(own), offsets, 1)
    mine = codes[:, [profile.columns[place] for place in profile.scored]]
    means = np.empty((count, len(profile.series)))
    for number in range(count):
        chosen = np.flatnonzero(batch == number)
        means[number] = sums.of(mine[chosen], None if phase is None else phase[chosen]).mean(axis=0)
    for place, one in enumerate(profile.series):
        column = own[one.column]
        if isinstance(column, Categorical) and one.kind == "category" and column.name in lone:
            new = column.size - 1
            if one.code == new:
                means[:, place] = lone[column.name] * UNIT
            elif one.code == new - 1:
                means[:, place] = np.maximum(means[:, place] - lone[column.name] * UNIT, 0.0)
    return means


def rows_for_one(usual: Batches) -> int:
    """The rows that stand for one batch in its yardstick."""
    return int(np.clip(round(usual.rows), LEAST_ROWS, _MOST_ROWS))


def _yard(rowwise: Yardstick, means: Floats, usual: Batches, rows: float) -> Yardstick:
    """The yardstick of batches."""
    per_block = rows_for_one(usual)
    level = means.mean(axis=0)
    least = 0.5 * UNIT / (rows + 1)
    share = np.clip(level, least, UNIT - least)
    deviation = np.where(rowwise.share, np.sqrt(share * (UNIT - share)), rowwise.deviation)
    between = np.maximum(means.var(axis=0, ddof=1), deviation**2 / usual.rows)
    return replace(
        rowwise,
        mean=level,
        deviation=deviation,
        inflation=between * per_block / deviation**2,
        count=usual.count * per_block,
        known=np.full(len(level), rows),
        harmonics=np.zeros_like(rowwise.harmonics),
    )


def bars(budgets: Floats) -> Floats:
    """What a series must pass on the normal scale, for its budget in alarms a batch over windows of all lengths."""
    tail, sides = NormalDist(), 2 * len(LENGTHS)
    found = [tail.inv_cdf(1 - min(_SPENT * one, _LIKELIEST) / sides) for one in budgets.tolist()]
    return np.array(found)


def normal_of(t: Floats, freedom: int | Floats) -> Floats:
    """Student's `t` on the normal scale, its sign kept (Wallace 1959, Annals of Mathematical Statistics 30).

    >>> from scipy.stats import norm, t
    >>> [round(float(norm.isf(t.sf(x, 9)) - normal_of(np.array([x]), 9)[0]), 3) for x in (1.0, 3.0, 6.0, 12.0)]
    [0.002, 0.002, 0.0, -0.002]
    """
    scale = (8 * freedom + 1) / (8 * freedom + 3)
    z: Floats = np.sign(t) * scale * np.sqrt(freedom * np.log1p(t * t / freedom))
    return z


def student_of(z: Floats, freedom: int) -> Floats:
    """The inverse of `normal_of`, of what is positive."""
    scale = (8 * freedom + 1) / (8 * freedom + 3)
    t: Floats = np.sqrt(freedom * np.expm1((z / scale) ** 2 / freedom))
    return t


def smallest_of_batches(design: Design, usual: Batches, measure: Measure) -> tuple[Floats, Floats, Floats]:
    """As `power.smallest`: the delay is one batch, whose mean shows the effect by itself."""
    yard = design.yard
    least = (student_of(design.bar, usual.count - 1) + 0.84) * yard.error(design.per_block)
    least = np.maximum(least, measure.least(yard, np.arange(len(design.bar))))
    none = np.zeros(len(design.bar))
    return least / np.where(yard.share, UNIT, yard.deviation), none + usual.rows, none


@dataclass(frozen=True)
class BatchMean(Mean):
    """The mean score of batches, each as one. Totals hold `extra` columns: rows, and how much fewer than usual."""

    count: int = 2
    rows: float = 1.0

    extra = 2

    def level(self, total: Totals, series: Indices, starts: Indices, ends: Indices) -> Floats:
        """As the protocol says; half of one batch is that batch."""
        return super().level(total, series, np.where(starts == ends, ends - 1, starts), ends)

    def least(self, yard: Yardstick, series: Indices) -> Floats:
        """A hundredth of any share: batches of few rows say nothing of less."""
        return np.maximum(super().least(yard, series), np.where(yard.share[series], LEAST_SHARE * UNIT, 0.0))

    def at_once(self, yard: Yardstick, series: Indices) -> Bools:
        """None: halves are batches."""
        return np.zeros(len(series), np.bool_)

    def student(self, z: Floats, windows: Windows, total: Totals, count: int | Floats) -> Floats:
        """What `z` is worth on the normal scale as Student's `t` of `count` batches of the reference.

        Of batches smaller than usual it is less.
        """
        smaller = (total[windows.end, -1] - total[windows.end - windows.blocks, -1]).astype(np.float64)
        size = np.maximum(smaller / UNIT / windows.blocks, 1.0)
        return normal_of(z / np.sqrt(size), count - 1)

    def worth(self, yard: Yardstick, usual: Usual, z: Floats, windows: Windows, total: Totals) -> Floats:
        """Student's `t` on the normal scale; of a share no more than its count says."""
        start, series = windows.end - windows.blocks, windows.series
        rows = (total[windows.end, -2] - total[start, -2]).astype(np.float64)
        root = self.student(z, windows, total, self.count)
        hits, expected = self.level(total, series, start, windows.end) / UNIT * rows, usual.level / UNIT
        # Customers come with all their rows: a cluster counts as one.
        clusters = np.maximum(yard.inflation[series] * self.rows / self.per_block, 1.0)
        counted = likelihood_root(hits, rows, expected, yard.known[series]) / np.sqrt(clusters)
        counted = np.where(np.abs(hits - expected * rows) >= LEAST_COUNT, counted, 0.0)
        worth: Floats = np.where(yard.share[series], np.sign(root) * np.minimum(np.abs(root), counted), root)
        return worth


def sums_of(means: Floats, rows: int, design: Design, usual: Batches) -> Ints:
    """What a lane takes of one batch: the sums of its series and the `extra` columns, (1, series + 2)."""
    smaller = min(max(usual.rows / rows, 1 / _SMALLEST), _SMALLEST)
    row = np.concatenate([np.rint(means * design.per_block), [rows, round(smaller * UNIT)]])
    return row.astype(np.int64)[None]


class Every:
    """All windows that end with a new batch: there are so few that none is passed over."""

    def __init__(self, series: int, lengths: tuple[int, ...]) -> None:
        self._series, self._lengths = series, np.array(lengths)

    def farther(self, root: Floats) -> Every:
        """The same: whatever strays is looked at."""
        return self

    def outstanding(self, total: Totals, first: int, base: int) -> Windows:
        """As `Reach` says; their `z` is not reckoned yet."""
        found = []
        for end in range(first, len(total)):
            blocks = self._lengths[self._lengths <= end]
            series = np.tile(np.arange(self._series), len(blocks))
            fits: Bools = np.ones(len(series), np.bool_)
            found.append(
                Windows(np.full(len(series), end), np.repeat(blocks, self._series), series, fits.astype(np.float64))
            )
        return Windows.of(found) if found else Windows.none()
