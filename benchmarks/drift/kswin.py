"""KSWIN by columns: river's takes each event alone, seven thousand a second; this is the same test on many at once.

Each event's window of 100 ends in its newest 30 values; these are compared with 30 drawn from the 70 before them (Raab,
Heusinger and Schleif 2020, "Reactive soft prototype computing for concept drift streams"). After an alarm the window
starts anew with its newest 30. As each of river's detectors does with the seed it is given, each series draws from the
same seed: so the draws are made once.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.drift.streams import Floats, Ints

WINDOW, NEWEST = 100, 30
SEED = 1

Distances = npt.NDArray[np.integer[Any]]
_ROWS = 4_096
"""Windows at a time: what they take stays in the processor's cache."""


def distances(values: Floats, window: int = WINDOW, newest: int = NEWEST) -> Ints:
    """The Kolmogorov-Smirnov distance at each full window, times `newest`; the first full window first.

    Only the order of values counts, so they are replaced by their ranks, doubled, and the newest ones of a window get
    one more: then to sort plain integers puts equal values in a row, the drawn ones before the newest.
    """
    ranks = np.unique(values, return_inverse=True)[1].astype(np.int32) * 2
    windows = np.lib.stride_tricks.sliding_window_view(ranks, window)
    parts = [
        _distance(windows[start : start + _ROWS], drawn(start // _ROWS, window - newest, newest))
        for start in range(0, len(windows), _ROWS)
    ]
    return np.concatenate(parts)


@cache
def drawn(part: int, older: int, newest: int) -> npt.NDArray[np.intp]:
    """Which of the older values each of a part's windows draws: (windows, newest)."""
    random = np.random.default_rng([SEED, part])
    return np.argpartition(random.random((_ROWS, older)), newest - 1, axis=1)[:, :newest]


def _distance(windows: npt.NDArray[np.int32], draws: npt.NDArray[np.intp]) -> Ints:
    older = windows.shape[1] - draws.shape[1]
    chosen = np.take_along_axis(windows, draws[: len(windows)], axis=1)
    both = np.concatenate([chosen, windows[:, older:] + 1], axis=1)
    both.sort(axis=1)
    steps = np.cumsum(1 - 2 * (both & 1).astype(np.int8), axis=1, dtype=np.int8)
    # Between equal values the distribution functions have not yet stepped.
    values = both >> 1
    steps[:, :-1][values[:, 1:] == values[:, :-1]] = 0
    largest: Ints = np.abs(steps).max(axis=1)
    return largest


def alarms(found: Distances, least: int, window: int = WINDOW, newest: int = NEWEST) -> list[int]:
    """Events at which the distance reaches `least`, with the fresh start after each."""
    told: list[int] = []
    for event in (np.flatnonzero(found >= least) + window - 1).tolist():
        if not told or event - told[-1] >= window - newest:
            told.append(event)
    return told
