"""SEED by columns: `seed.SEED` looks at its boundaries block by block; here many blocks in a row are looked at at once.

Between two compressions blocks only join at the end of the window. So whether the means differ at a boundary is asked
for every boundary and every later block in one table, and the first block at which they do is the first alarm.
"""

from __future__ import annotations

import math

import numpy as np

from benchmarks.drift.seed import SEED
from benchmarks.drift.streams import Floats

_PLAIN = SEED()
_STRETCH = 8
"""Blocks that are looked at first after an alarm: others may follow soon."""


def alarms(values: Floats, delta: float) -> list[int]:
    """Places of all alarms of `SEED(delta)`, whose other parameters are the default ones."""
    size = _PLAIN.block_size
    cut = values[: len(values) // size * size].reshape(-1, size)
    fresh = np.column_stack([np.full(len(cut), float(size)), cut.sum(axis=1), (cut * cut).sum(axis=1)])
    told: list[int] = []
    window, taken, uncompressed, reach = np.empty((0, 3)), 0, 0, _STRETCH
    while taken < len(fresh):
        coming = fresh[taken : taken + min(reach, _PLAIN.compress_term + 1 - uncompressed)]
        found = _first_cut(window, coming, delta)
        joined = len(coming) if found is None else found[0] + 1
        window = np.vstack([window, coming[:joined]])
        taken, uncompressed, reach = taken + joined, uncompressed + joined, reach * 4
        if found is not None:
            window, reach = window[found[1] + 1 :], _STRETCH
            told.append(taken * size - 1)
        if uncompressed > _PLAIN.compress_term:
            window, uncompressed = _compressed(window), 0
    return told


def _first_cut(window: Floats, coming: Floats, delta: float) -> tuple[int, int] | None:
    """The first of the coming blocks with which the means differ at some boundary, and the newest such boundary.

    Boundary `b` lies behind block `b` of window and coming blocks together.
    """
    blocks = np.vstack([window, coming])
    sums = np.cumsum(blocks, axis=0)
    now = sums[len(window) :, :, None]
    n0, total0 = sums[:-1, 0], sums[:-1, 1]
    count, total = now[:, 0], now[:, 1]
    inside = np.arange(len(n0)) < (len(window) + np.arange(len(coming)))[:, None]
    n1 = np.where(inside, count - n0, 1.0)
    gap = np.abs((total - total0) / n1 - total0 / n0)
    variance = np.maximum(now[:, 2] / count - (total / count) ** 2, 0.0)
    d = np.log(2 * np.log(count)) - math.log(delta)
    m = 1 / n0 + 1 / n1
    beyond = inside & (gap > np.sqrt(2 * m * variance * d) + 2 / 3 * d * m)
    differ = np.flatnonzero(beyond.any(axis=1))
    if not len(differ):
        return None
    return int(differ[0]), int(np.flatnonzero(beyond[differ[0]])[-1])


def _compressed(window: Floats) -> Floats:
    """Neighbours that hardly differ are joined, from the newest to the oldest."""
    step = _PLAIN.epsilon_prime * _PLAIN.alpha
    rows = window.tolist()
    kept = [rows[-1]]
    for age, (count, total, squares) in enumerate(reversed(rows[:-1]), start=1):
        newest = kept[-1]
        if abs(newest[1] / newest[0] - total / count) < age * step:
            kept[-1] = [newest[0] + count, newest[1] + total, newest[2] + squares]
        else:
            kept.append([count, total, squares])
    return np.array(kept[::-1])
