"""Yardsticks of a column's series: what the reference says of them beyond mean, deviation and memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats
from landform_agent.engine.columns import Categorical, Column
from landform_agent.engine.scan import UNIT, Bools, Yardstick, yardstick_of
from landform_agent.engine.scores import Series
from landform_agent.engine.variance import (
    at_least_of_batches,
    at_least_of_levels,
    inflation_together,
    of_squares,
)
from landform_agent.engine.variance import inflation as inflation_of
from landform_agent.engine.widths import with_shares

Offsets = npt.NDArray[np.int32]
"""What the season does to each series at each phase."""

SHARES = ("category", "missing", "outliers")
"""Kinds whose score is a share."""

SURE = 20.0
"""References' worth of rows by which it is known that no category is new, where none of it came only once."""

_LEAST, _SURELY = 0.2, 0.8
"""Of the variance of means of values that go to and fro, beside that of others: what is believed, and what is used."""

_SEVERAL = 3
_BATCH = 400


def yardsticks(kinds: Sequence[Series], scores: Floats, offset: Offsets, absurd: Bools) -> Yardstick:
    """Of some series of a column, from their scores (observations, series) and what was taken out of them.

    `absurd` are the observations that are.
    """
    share = np.array([one.kind in SHARES for one in kinds])
    found = yardstick_of(scores, share, _LEAST)
    inert = replace(
        found, inflation=np.maximum(found.inflation, 1.0), doubt=np.where(found.inflation < 1, 0.0, found.doubt)
    )
    yard = _with_common_memory(inert, scores, kinds)
    yard = replace(yard, inflation=np.maximum(yard.inflation, at_least_of_batches(scores, _BATCH, yard.doubt)))
    return _with_losses(_with_squares(with_shares(yard, offset), scores, kinds, absurd, found), kinds)


def _with_common_memory(yard: Yardstick, scores: Floats, kinds: Sequence[Series]) -> Yardstick:
    """Categories that come in sessions have one memory, which many of a column show far better than each."""
    mine = np.flatnonzero(np.array([one.kind == "category" for one in kinds]) & (yard.mean > 0))
    if len(mine) < _SEVERAL:
        return yard
    together, doubt = inflation_together(scores[:, mine] - yard.mean[mine], _BATCH)
    inflation, doubts = yard.inflation.copy(), yard.doubt.copy()
    # Of independent categories some seem to have one by chance, and would be held to be no shares that are counted.
    less = mine[(inflation[mine] < together) & (math.sqrt(together) > 1 + 2 * doubt)]
    inflation[less], doubts[less] = together, doubt
    return replace(yard, inflation=inflation, doubt=doubts)


def _with_squares(
    yard: Yardstick, scores: Floats, kinds: Sequence[Series], absurd: Bools, found: Yardstick
) -> Yardstick:
    """What the memory of the normal scores says of that of their squares, by which a spread is told, and the reverse.

    Squares remember what the scores' own memory explains. Where they remember more, spread comes in clusters
    (Bollerslev 1986): a window's mean strays as far as the cluster does in which it lies, its fourth cumulant is that
    of independent scores and three times the covariances of squares. And such a spread leans for as long as it
    remembers. Bursts of absurd values are no such clusters: no window passes by them alone. `found` also has what goes
    to and fro.
    """
    place = {one.kind: number for number, one in enumerate(kinds)}
    if "spread" not in place:
        return yard
    level, spread = place["shift"], place["spread"]
    inflation, doubt = yard.inflation.copy(), yard.doubt.copy()
    skewness, kurtosis = yard.skewness.copy(), yard.kurtosis.copy()
    proven = max(of_squares(scores[:, [level]] - yard.mean[level])[0], at_least_of_levels(*inflation[[level, level]]))
    clusters = inflation[spread] / proven
    if absurd.any():
        rest = scores[~absurd][:, [level, spread]]
        rest -= rest.mean(axis=0)
        clusters = inflation_of(rest[:, [1]])[0][0] / of_squares(rest[:, [0]])[0]
    clusters = max(clusters, 1.0)
    kurtosis[level] += 3 * (kurtosis[level] - 1) * (clusters - 1)
    skewness[spread] *= math.sqrt(clusters)
    if inflation[level] == 1 and found.inflation[level] < _SURELY:
        # Half of it: what goes to and fro, as two shops in turns, may begin to come at random.
        inflation[level], doubt[level] = math.sqrt(found.inflation[level]), 2 * found.doubt[level]
    if proven > inflation[spread]:
        inflation[spread], doubt[spread] = proven, max(doubt[level], doubt[spread])
    return replace(yard, inflation=inflation, doubt=doubt, skewness=skewness, kurtosis=kurtosis)


def _with_losses(yard: Yardstick, kinds: Sequence[Series]) -> Yardstick:
    """Losses of a model that never missed do not stray, but one may come with the next event: half an event's share."""
    share = yard.half
    error = math.sqrt(share * (1 - share))
    never = np.array([one.kind == "performance" for one in kinds]) & (yard.deviation < error * UNIT)
    deviation = np.where(never, error * UNIT, yard.deviation)
    return replace(yard, deviation=deviation, skewness=np.where(never, (1 - 2 * share) / error, yard.skewness))


def with_unseen(yard: Yardstick, column: Column) -> Yardstick:
    """The share of new categories is known from elsewhere than from their count, which is 0.

    Where some came and went it is as uncertain as any share of the reference's, and as clustered as they were; where
    none did, new ones hardly ever come.
    """
    if not isinstance(column, Categorical):
        return yard
    others, new = column.size - 2, column.size - 1
    mean, deviation, known, inflation = (one.copy() for one in (yard.mean, yard.deviation, yard.known, yard.inflation))
    mean[others] = column.others * UNIT
    mean[new], inflation[new] = column.unseen * UNIT, max(yard.inflation[new], column.together)
    known[new] = yard.count * SURE
    if column.unseen * yard.count >= 1:
        # The rare categories that came were lucky: what will be new takes its share from them (Good 1953 again).
        known[new] = yard.count
        mean[others] = max(mean[others] - mean[new], mean[new])
        known[others] = yard.count * mean[others] / (mean[others] + mean[new])
    yard = replace(yard, never=(np.arange(len(mean)) == new) & (column.unseen * yard.count < 1))
    for code in (others, new):
        share = min(max(mean[code] / UNIT, yard.half), 1 - yard.half)
        deviation[code] = max(math.sqrt(share * (1 - share)) * UNIT, deviation[code] if code == others else 0.0)
    return replace(yard, mean=mean, deviation=deviation, known=known, inflation=inflation)
