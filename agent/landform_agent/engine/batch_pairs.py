"""How features go together in batches that are compared whole: each batch has one correlation of each pair.

It is Fisher's measure of the normal scores, with the means and spreads of the batch itself, as `joint` has it of a
stream's windows. Over the batches of the reference it has a mean and a deviation, never less than that of independent
rows; what a batch to come is worth beside them is Student's `t`, as of every other mean of batches.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from landform_agent.block import Floats, Ints
from landform_agent.cadence import FEWEST
from landform_agent.engine.batches import LENGTHS, BatchMean, bars, rows_for_one
from landform_agent.engine.columns import Codes, Column
from landform_agent.engine.correlation import LEAST_CORRELATION, strayed
from landform_agent.engine.design import Design
from landform_agent.engine.joint import JointScores
from landform_agent.engine.pool import Usual
from landform_agent.engine.profile import Batches, Joint, Profile
from landform_agent.engine.scan import UNIT, Bools, Indices, Totals, Windows, Yardstick

_SUMS = 6
"""Sums of each pair."""


class Pairs:
    """The pairs of a track's numeric columns: sums over rows, and what those of a batch say."""

    def __init__(self, joint: Joint, columns: tuple[Column, ...], counts: Ints) -> None:
        self._scores = JointScores(columns, counts)
        self._left, self._right = joint.left, joint.right
        self._yard = joint.design.yard
        self.width = _SUMS * len(joint.left)

    def sums(self, codes: Codes) -> Ints:
        """Over the rows that have both columns of a pair: how many, then sums, squares and products of the two.

        All in whole numbers, so that any cut of the rows adds up to the same.
        """
        known = self._scores.known(codes).astype(np.float64)
        values = self._scores.of(codes) * known
        left, right = self._left, self._right
        rows, sums, squares, products = (
            known.T @ known,
            values.T @ known,
            (values * values).T @ known,
            values.T @ values,
        )
        parts = [rows[left, right], sums[left, right], sums[right, left]]
        parts += [squares[left, right], squares[right, left], products[left, right]]
        return np.concatenate(parts).astype(np.int64)

    def levels(self, sums: Ints, rows: int) -> tuple[Floats, Bools]:
        """Fisher's measure of each pair in a batch, and whether it says anything.

        It does not where a column has another law than in the reference by far, where most rows lack one of the two, or
        where they are so few that two rare values that meet look like a correlation.
        """
        both, x, y, xx, yy, xy = sums.reshape(_SUMS, -1).astype(np.float64)
        some = np.maximum(both, 1.0)
        x, y, xx, yy = x / some, y / some, xx / some, yy / some
        along = np.sqrt(np.maximum((xx - x * x) * (yy - y * y), 1.0))
        level: Floats = np.arctanh(np.clip((xy / some - x * y) / along, -0.999, 0.999)) * UNIT
        centre, spread = self._scores.centre, self._scores.spread
        moved = strayed(x, xx, centre[self._left], spread[self._left])
        moved |= strayed(y, yy, centre[self._right], spread[self._right])
        return level, ~moved & (both >= self._yard.span) & (2 * both > rows)


def learn_pairs(
    profile: Profile, codes: Codes, columns: tuple[Column, ...], batch: Ints, usual: Batches, budget: float
) -> Joint | None:
    """The joint channel of batches, from what single rows taught; `codes` and `columns` are those of the track.

    `budget` is what all pairs may spend, in alarms a batch. Only batches that say something of a pair count for it; a
    pair of which fewer than `FEWEST` do is not watched.
    """
    joint = profile.joint
    if joint is None:
        return None
    pairs = Pairs(joint, columns, profile.counts)
    levels = np.empty((usual.count, len(joint.left)))
    told = np.empty(levels.shape, np.bool_)
    for number in range(usual.count):
        chosen = np.flatnonzero(batch == number)
        levels[number], told[number] = pairs.levels(pairs.sums(codes[chosen]), len(chosen))
    watched = np.flatnonzero(told.sum(axis=0) >= FEWEST)
    if not len(watched):
        return None
    yard = _yard(joint.design.yard.pick(watched), levels[:, watched], told[:, watched], usual)
    bar = bars(np.full(len(watched), budget / len(watched)))
    groups = tuple(replace(group, series=tuple(range(len(watched)))) for group in joint.design.groups)
    design = Design(yard, bar, groups, LENGTHS, yard.count // usual.count, 1)
    return Joint(design, joint.influences, joint.products, joint.left[watched], joint.right[watched])


def _yard(rowwise: Yardstick, levels: Floats, told: Bools, usual: Batches) -> Yardstick:
    """The yardstick of pairs over the batches that tell of each: its `known` is the rows that stand for those."""
    per_block = rows_for_one(usual)
    count = told.sum(axis=0)
    mean = np.where(told, levels, 0.0).sum(axis=0) / count
    found = np.where(told, levels - mean, 0.0)
    between = np.maximum((found**2).sum(axis=0) / (count - 1), rowwise.deviation**2 / usual.rows)
    return replace(
        rowwise,
        mean=mean,
        inflation=between * per_block / rowwise.deviation**2,
        count=usual.count * per_block,
        known=count * float(per_block),
        harmonics=np.zeros_like(rowwise.harmonics),
    )


@dataclass(frozen=True)
class BatchCorrelation(BatchMean):
    """The correlation of batches, each as one; totals as those of `BatchMean`."""

    def least(self, yard: Yardstick, series: Indices) -> Floats:
        """The same for all pairs."""
        return np.full(len(series), LEAST_CORRELATION * UNIT)

    def worth(self, yard: Yardstick, usual: Usual, z: Floats, windows: Windows, total: Totals) -> Floats:
        """Student's `t` on the normal scale, of the batches that told of the pair."""
        told = yard.known[windows.series] / self.per_block
        surer = (1 / windows.blocks + 1 / self.count) / (1 / windows.blocks + 1 / told)
        return self.student(z * np.sqrt(surer), windows, total, told)
