"""How much farther the mean of a window within a part of a season may stray than one of a whole season."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats
from landform_agent.engine.scan import PARTS, RARE, UNIT, Yardstick
from landform_agent.engine.season import BINS, harmonic_fit

_LEAST = -0.5


def with_shares(yard: Yardstick, offset: npt.NDArray[np.int32]) -> Yardstick:
    """A share that has a season strays farthest where it is nearest to a half.

    One that is rare, or that depends on its past, is taken to be as wide as there in windows of any length.
    """
    if not len(offset):
        return yard
    share = np.clip((yard.mean + offset) / UNIT, 0.0, 1.0)
    ratio = share * (1 - share) * UNIT**2 / yard.deviation**2
    seasonal = yard.share & (np.ptp(offset, axis=0) > 0)
    plain = seasonal & (yard.inflation == 1) & (yard.mean > RARE * UNIT)
    widest = np.where(seasonal & ~plain, np.maximum(yard.inflation, ratio.max(axis=0)), yard.inflation)
    wider = np.where(plain[:, None], np.maximum(_around(ratio - 1), _LEAST), 0.0)
    return replace(yard, inflation=widest, wider=wider.astype(np.float32))


def with_scores(yard: Yardstick, scores: Floats, phase: npt.NDArray[np.uint16]) -> Yardstick:
    """Scores whose season was taken out of their means alone may stray more at one phase than at another."""
    squares = ((scores - yard.mean) / yard.deviation) ** 2
    fitted, _ = harmonic_fit(squares - squares.mean(axis=0), phase)
    wider = np.maximum(_around(fitted / np.maximum(squares.mean(axis=0), 1e-9)), 0.0)
    return replace(yard, wider=np.where(yard.share[:, None], yard.wider, wider.astype(np.float32)))


def _around(ratio: Floats) -> Floats:
    """The largest mean over a part of the season, for parts from none of it to all: (series, 1 + PARTS)."""
    twice = np.concatenate([ratio, ratio]).cumsum(axis=0)
    sums = np.concatenate([np.zeros((1, ratio.shape[1])), twice])
    steps = np.arange(1, PARTS) * BINS // PARTS
    parts = [(sums[step : step + BINS] - sums[:BINS]).max(axis=0) / step for step in steps.tolist()]
    return np.stack([ratio.max(axis=0), *parts, ratio.mean(axis=0)], axis=1)
