"""What a track learns of the reference: scores, yardsticks and thresholds of its channels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from landform_agent.block import Floats, Ints
from landform_agent.engine import outliers
from landform_agent.engine.calibration import never_threshold, rare_threshold, thresholds
from landform_agent.engine.columns import Categorical, Codes, Column, Numeric
from landform_agent.engine.design import Design, Group
from landform_agent.engine.encode import Phases
from landform_agent.engine.joint import joint_yardsticks, pairs_of
from landform_agent.engine.measure import EXCHANGED, LEAST_EFFECT, exchanging
from landform_agent.engine.scan import UNIT, Indices, Yardstick, shortest_window
from landform_agent.engine.scores import Series, joint_scores, table
from landform_agent.engine.season import harmonic_fit
from landform_agent.engine.variance import DOUBT
from landform_agent.engine.widths import with_scores
from landform_agent.engine.yardsticks import Offsets, with_unseen, yardsticks

SEGMENT_LENGTHS = (20, 30, 50, 70, 100, 140, 200, 280, 400, 570, 800, 1_130, 1_600)
"""Events in a window, each about the root of two times the last. A segment keeps less of its past."""

LENGTHS = (
    *(*SEGMENT_LENGTHS[:-2], 950, 1_130, 1_340, 1_600, 1_900, 2_260, 2_690),
    *(3_200, 3_810, 4_520, 5_380, 6_400, 7_610, 9_050),
)
"""The same for a whole watch: what is small beside its memory takes long windows, in finer steps: of steps of a quarter
deviation in an autoregression of 0.8 a window in half steps misses 7.5 % within 10,000 events, these 3.7 %."""

FINER = (240, 340, 480, 680)
"""Between those of `LENGTHS`, where two categories that change places come to stand out: a window that is too long or
too short costs them events (344 to 316 in the median of 70 streams, measured November 2026)."""

JOINT_LENGTHS = (30, 40, 50, 70, 100, 140, 200, 280, 400, 570, 800, 1_130, 1_600, 2_260, 3_200)

WEIGHT = {"shift": 5.0, "spread": 1.5, "outliers": 0.5, "category": 9.0, "missing": 0.75, "performance": 1.0}
"""How a column's part of the budget is shared between what may happen to it."""

_OF_NUMBER, _OF_CATEGORY = ("shift", "spread", "missing"), ("category", "missing")
_ALONE = ("missing", outliers.KIND)
"""Kinds that are latched by themselves."""

RAISED = {"spread": 0.8, "category": 0.5, "performance": 0.5}
RAISED_WITH_MEMORY = {"shift": 0.70, "category": 0.5}
"""Of what the formula lets pass, the part that is raised: halves of a window must agree, small effects are never told,
categories of a column alarm together. So much more may pass. Measured in 10 M events each, at 1.5 alarms in 100,000, of
independent features, with a season, and with memory: shift 1.0 and 1.1, 0.6 to 0.8; spread with memory 0.7 to 1.2, else
0.5 to 1.15 (7 M events at five in 100,000); category 0.41 to 0.48; losses, of 12 laws in 40 M events each at 0.08 in
100,000, 0.25 to 0.7, and with memory 0.5 and 0.8 (November 2026). Shares that are counted, and new categories, are left
as they are."""

REFERENCES = 2
"""A window is at most so many references long. Seven years of weather say little of the mean of nineteen; and windows
without end would show changes that are smaller by a fifth, no more."""

_NEW = 0.35
"""A category that was never seen is the change of a categorical column that is surest soonest."""

_TWO = 1.4
"""Shares apart. Realised over budgeted of columns of one flag, which 3, 5, 10, 20 and 50 % have: 0.45, 0.60, 0.90, 1.19
and 0.95 (4 M events each, 40 fits, November 2026)."""

_LONGEST_MEMORY = 10.0
"""The inflation that counts at most for a series' part of the budget: one that is larger is hardly known itself."""

_AT_ONCE = 16
"""Series of a column that are learnt in one step."""

_JOINT_DOUBT = 0.02
_SETTLE = 200
"""Events that are looked at, at least, before an alarm clears or another change is told on top of it."""


@dataclass(frozen=True)
class Batches:
    """Of a reference that came in batches: how many, and the rows of one, by their harmonic mean."""

    count: int
    rows: float


@dataclass(frozen=True)
class Joint:
    """The joint channel of a track: pairs of its columns."""

    design: Design
    influences: Yardstick
    products: Yardstick
    left: Indices
    right: Indices

    def pair(self, series: int) -> Indices:
        """The two columns of a series, as places among the numeric ones."""
        return np.array([self.left[series], self.right[series]])


@dataclass(frozen=True)
class Profile:
    """Everything about a track that stays as it is until the next fit.

    `columns` are those of the encoder that the track reads; `scored` the places among them that have series.
    `offsets` is what the season does to each series at each phase, with no rows where there is none.
    """

    columns: tuple[int, ...]
    scored: tuple[int, ...]
    counts: Ints
    series: tuple[Series, ...]
    offsets: Offsets
    means: Design | None
    joint: Joint | None
    rows: int
    batches: Batches | None = None

    def tables(self, columns: tuple[Column, ...]) -> list[Ints]:
        """The scores of each code, for each scored column; `columns` are those of the track."""
        return [table(number, columns[number], self.counts[number])[1] for number in self.scored]


def weight_of(column: Column, in_order: bool) -> float:
    """How much of the budget a column has, beside the others; of events `in_order` outliers are watched too."""
    if not isinstance(column, Numeric):
        return sum(WEIGHT[kind] for kind in _OF_CATEGORY)
    return sum(WEIGHT[kind] for kind in _OF_NUMBER) + WEIGHT[outliers.KIND] * in_order


@dataclass(frozen=True)
class Plan:
    """How a track is to be learnt: events in a block, lengths in events, alarms an event for each unit of weight.

    `joint` is what all pairs have together; `period` the season's length in the track's own events; `least` the
    smallest effect that is told, as in `Design`; `in_order` that events come one after another, not in batches.
    """

    per_block: int
    lengths: tuple[int, ...]
    each: float
    joint: float = 0.0
    upward: bool = False
    period: float = 1.0
    least: float = LEAST_EFFECT
    in_order: bool = True


def learn(
    codes: Codes, phase: Phases | None, columns: tuple[Column, ...], use: tuple[int, ...], scored: set[int], plan: Plan
) -> Profile:
    """The profile of a track that reads the columns `use` of the codes; those of `scored` have series."""
    most = max(REFERENCES * len(codes), plan.lengths[0])
    plan = replace(plan, lengths=tuple(length for length in plan.lengths if length <= most))
    mine = np.ascontiguousarray(codes[:, list(use)])
    own = tuple(columns[number] for number in use)
    counts = np.stack([np.bincount(mine[:, number], minlength=256) for number in range(len(use))])
    places = tuple(place for place, number in enumerate(use) if number in scored)
    series, yards, offsets = _series_of(mine, phase, own, places, counts, plan)
    means = _means(series, Yardstick.of(yards), own, plan) if yards else None
    joint = _joint(mine, own, counts, plan) if plan.joint else None
    offset_of = np.concatenate(offsets, axis=1) if offsets else np.empty((0, 0), np.int32)
    return Profile(use, places, counts.astype(np.int32), tuple(series), offset_of, means, joint, len(codes))


def _series_of(
    codes: Codes, phase: Phases | None, columns: tuple[Column, ...], places: tuple[int, ...], counts: Ints, plan: Plan
) -> tuple[list[Series], list[Yardstick], list[Offsets]]:
    """The series of the scored columns, and what the reference says of them; outliers, which have no season, last."""
    series: list[Series] = []
    yards: list[Yardstick] = []
    offsets: list[Offsets] = []
    for place in places:
        column = columns[place]
        kinds, scores = table(place, column, counts[place])
        # A column may have a hundred categories, and a reference many rows.
        parts = [slice(start, start + _AT_ONCE) for start in range(0, len(kinds), _AT_ONCE)]
        found = [_learnt(kinds[part], scores[:, part], codes[:, place], phase, column) for part in parts]
        series += kinds
        offsets += [offset for _, offset in found]
        yards.append(with_unseen(replace(Yardstick.of([yard for yard, _ in found]), period=plan.period), column))
    if plan.in_order and yards:
        far = outliers.watched(columns, series, Yardstick.of(yards).inflation)
        if far.places:
            beyond, yard = outliers.learnt(far, codes)
            series += beyond
            yards.append(replace(yard, period=plan.period))
    return series, yards, offsets


def _means(series: list[Series], yard: Yardstick, columns: tuple[Column, ...], plan: Plan) -> Design:
    budgets = by_memory(parts_of(series, columns, plan), yard) / _raised(series, columns, yard)
    exchanges = exchanging(tuple(series), yard)
    for members in exchanges:
        budgets[members] *= 1 - EXCHANGED
    lengths = tuple(sorted({*plan.lengths, *FINER})) if exchanges else plan.lengths
    return _design(yard, budgets, _groups(columns, series, plan.upward), replace(plan, lengths=lengths))


def _learnt(
    kinds: Sequence[Series], scores: Ints, codes: Codes, phase: Phases | None, column: Column
) -> tuple[Yardstick, Offsets]:
    """What the reference says of some series of a column, and what the season does to them."""
    offset, waves = _offset(scores, codes, phase)
    found = scores[codes]
    real = (found if phase is None else found - offset[phase]).astype(np.float64)
    yard = yardsticks(kinds, real, offset, column.absurd(codes))
    if phase is not None and isinstance(column, Numeric) and column.cycle is None:
        yard = with_scores(yard, real, phase)
    # A season that was taken out of values leaves their absence alone.
    before = np.where([one.kind == "missing" for one in kinds], 0, column.harmonics)
    return replace(yard, harmonics=np.maximum(waves, before)), offset


def _offset(scores: Ints, codes: Codes, phase: Phases | None) -> tuple[Offsets, Ints]:
    """What the season alone does to the mean of each score at each phase, and with how many harmonics."""
    if phase is None:
        return np.empty((0, scores.shape[1]), np.int32), np.zeros(scores.shape[1], np.int64)
    found = scores[codes].astype(np.float64)
    fitted, waves = harmonic_fit(found - found.mean(axis=0), phase)
    return np.rint(fitted).astype(np.int32), waves


def parts_of(series: Sequence[Series], columns: tuple[Column, ...], plan: Plan) -> Floats:
    """What each series of a track has of the budget, in alarms a block."""
    return np.array([_part(one, columns[one.column], plan) for one in series])


def _part(series: Series, column: Column, plan: Plan) -> float:
    """Alarms a block; of what a categorical column has the new categories get `_NEW`, the rest share the rest.

    Where two are all there is, each share is the other one seen from behind: they alarm as often as `_TWO` would.
    """
    whole = plan.each * plan.per_block * WEIGHT[series.kind]
    if not isinstance(column, Categorical) or series.kind != "category":
        return whole
    if series.code == column.size - 1:
        return whole * _NEW
    shares = len(column.names) + bool(column.rare)
    return whole * (1 - _NEW) / (_TWO if shares == 2 else max(shares, 1))


def by_memory(parts: Floats, yard: Yardstick) -> Floats:
    """As much in all, but the more of it for a series the longer that remembers.

    An effect `d` is found after about `2 v log(1/part) / d^2` events of a series whose means stray `v` times as far
    (Lorden 1971, "Procedures for reacting to a change in distribution", Annals of Mathematical Statistics 42). So a
    false alarm buys `v` times as many events there, and all wait least where parts go with `v`.
    """
    weighed: Floats = parts * np.clip(yard.inflation, 1.0, _LONGEST_MEMORY)
    shared: Floats = weighed * (parts.sum() / weighed.sum())
    return shared


def _raised(series: Sequence[Series], columns: tuple[Column, ...], yard: Yardstick) -> Floats:
    """Of what each series' threshold lets pass, the part that is raised."""
    new = np.array([one.code is not None and one.code == columns[one.column].size - 1 for one in series])
    part, inert = (np.array([of.get(one.kind, 1.0) for one in series]) for of in (RAISED, RAISED_WITH_MEMORY))
    return np.where(yard.counted | new, 1.0, np.where(yard.inflation > 1, inert, part))


def _groups(columns: tuple[Column, ...], series: list[Series], upward: bool) -> tuple[Group, ...]:
    """A column's series are latched together, but its missing values and its outliers by themselves."""
    groups = []
    for number, column in enumerate(columns):
        mine = [place for place, one in enumerate(series) if one.column == number]
        together = [place for place in mine if series[place].kind not in _ALONE]
        alone = ([place for place in mine if series[place].kind == kind] for kind in _ALONE)
        for members in (together, *alone):
            if members:
                leading = next((place for place in members if series[place].kind == "shift"), -1)
                groups.append(Group(column.name, tuple(members), upward, leading=leading))
    return tuple(groups)


def _design(yard: Yardstick, budgets: Floats, groups: tuple[Group, ...], plan: Plan) -> Design:
    lengths = tuple(length // plan.per_block for length in plan.lengths)
    shortest = _shortest(yard, lengths, plan.per_block)
    doubt = np.where(yard.inflation == 1, 0.0, np.maximum(yard.doubt, DOUBT))
    doubts = _known_from(yard.count, doubt)
    bar = thresholds(budgets, doubts, shortest, _longest(yard, lengths, plan))
    for place in np.flatnonzero(yard.counted).tolist():
        bar[place] = _rare(yard, place, float(budgets[place]), lengths, plan.per_block)
    return Design(yard, bar, groups, lengths, plan.per_block, -(-_SETTLE // plan.per_block), plan.least)


def _known_from(count: int, doubt: Floats) -> Floats:
    """A relative error at 5,000 observations where there are so many; no surer with more of them."""
    return doubt * math.sqrt(max(1.0, 5000 / count))


def _rare(yard: Yardstick, place: int, budget: float, lengths: tuple[int, ...], per_block: int) -> float:
    """The threshold of a share that is counted, for all lengths."""
    if yard.never[place]:
        return never_threshold(budget / per_block)
    return rare_threshold(budget, float(yard.mean[place] / UNIT), float(yard.known[place]), lengths, per_block)


def _shortest(yard: Yardstick, lengths: tuple[int, ...], per_block: int) -> Ints:
    usable = np.array(lengths)
    blocks = np.ceil(np.minimum(shortest_window(yard), lengths[-1] * per_block) / per_block)
    return usable[np.minimum(np.searchsorted(usable, blocks), len(usable) - 1)]


def _longest(yard: Yardstick, lengths: tuple[int, ...], plan: Plan) -> Ints:
    """Windows beyond which no effect as small as the threshold's is told: they add no false alarms."""
    typical = 5.0
    blocks = np.ceil((typical / plan.least) ** 2 * yard.inflation / plan.per_block).astype(np.int64)
    steps = np.array(lengths)
    return np.where(yard.share, lengths[-1], steps[np.minimum(np.searchsorted(steps, blocks), len(steps) - 1)])


def _joint(codes: Codes, columns: tuple[Column, ...], counts: Ints, plan: Plan) -> Joint | None:
    numeric = [place for place, column in enumerate(columns) if isinstance(column, Numeric)]
    if len(numeric) < 2:
        return None
    pairs = np.array(pairs_of(len(numeric)), np.intp)
    scores = np.stack([joint_scores(columns[place], counts[place]) for place in numeric])
    values = np.stack([scores[n][codes[:, place]] for n, place in enumerate(numeric)], axis=1)
    left, right = pairs[:, 0], pairs[:, 1]
    yard, influences, products = joint_yardsticks(values, left, right)
    lengths = tuple(length // plan.per_block for length in JOINT_LENGTHS if length <= plan.lengths[-1])
    budgets = np.full(len(pairs), plan.joint * plan.per_block / len(pairs))
    doubts = np.maximum(_known_from(yard.count, yard.doubt), _JOINT_DOUBT)
    longest = np.full(len(pairs), lengths[-1], np.int64)
    bar = thresholds(budgets, doubts, _shortest(yard, lengths, plan.per_block), longest)
    group = Group("", tuple(range(len(pairs))), apart=True)
    design = Design(yard, bar, (group,), lengths, plan.per_block, -(-_SETTLE // plan.per_block))
    return Joint(design, influences, products, left, right)
