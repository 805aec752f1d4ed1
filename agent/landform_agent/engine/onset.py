"""When a change began, judged at its alarm.

Every start is weighed by how likely what came since is made by it: once as a step, once as a level that grows evenly
from there, each of a size that is normal with the deviation of the series (so that `1 / sqrt(1 + size^2 / error^2)` is
the price of a size that fits; the marginal likelihood of a linear model, e.g. Zellner 1971). Told is the start within
a fifth of whose age the most weight lies: the largest likelihood alone is a coin toss among neighbours, and of what
grows slowly it finds the middle.
"""

from __future__ import annotations

import numpy as np

from landform_agent.block import Floats, Ints

NEAR = 0.2
"""The part of its age by which a start may be wrong."""

STEPS = 1.0
"""The log of how much likelier a step is than growth, before anything is seen."""

SYMMETRIC = 0.5
"""Growth is looked for in scores that do not lean more: of others the sums of few are far from normal."""

SLOW = 2_000
"""Events over which a level that grows has grown by a deviation, at most: what is faster is a step."""


def weight(z: Floats, error: Floats) -> Floats:
    """The log of the marginal likelihood ratio of a size that was measured as `z` errors of `error` deviations each."""
    square = error**2
    weighed: Floats = z**2 / (2 * (1 + square)) - np.log1p(1 / square) / 2
    return weighed


def ramps(blocks: Floats, per_block: int, inflation: float, more: Floats) -> tuple[Floats, Floats]:
    """Of a level that grows evenly from each start to the end: how far it stands out, and the error of its last value.

    The error is in parts of the size that a level may have grown to by then.

    `blocks` are sums of a series from the first start on, less the usual level, in its deviations; `more` is from how
    many observations that level is known.
    """
    count = len(blocks)
    length = np.arange(count, 0, -1.0)
    later = np.cumsum(blocks[::-1])[::-1]
    # The sum over j >= k of (j - k + 1/2) y_j, by sums of later sums.
    product = np.cumsum(later[::-1])[::-1] - later / 2
    squares = (length**3 / 3 - length / 12) * per_block
    straight = length**2 / 2 * per_block
    variance = inflation * (squares + straight**2 / more)
    z: Floats = product / np.sqrt(variance)
    likely = np.minimum(length * per_block / SLOW, 1.0)
    return z, np.sqrt(variance) / squares * length / likely


def likeliest(weights: list[Floats]) -> int:
    """Which start to tell, of the weights for each shape; the last start is one block old."""
    logs = np.stack(weights)
    mass = np.exp(logs - logs.max()).sum(axis=0)[::-1]
    age = np.arange(1, len(mass) + 1)
    sums = np.concatenate([[0.0], np.cumsum(mass)])
    least: Ints = np.ceil(age / (1 + NEAR)).astype(np.int64)
    most = np.minimum(np.floor(age / (1 - NEAR)).astype(np.int64), len(mass))
    within = sums[most] - sums[least - 1]
    return len(mass) - 1 - int(np.argmax(within))
