"""KSWIN by columns: river's takes each event alone, seven thousand a second; this is the same test on many at once.

Each event's window of 100 ends in its newest 30 values; these are compared with 30 drawn from the 70 before them (Raab,
Heusinger and Schleif 2020, "Reactive soft prototype computing for concept drift streams"). After an alarm the window
starts anew with its newest 30.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.drift.streams import Floats, Ints, Random

WINDOW, NEWEST = 100, 30

Distances = npt.NDArray[np.integer[Any]]
_ROWS = 4_096


def distances(values: Floats, random: Random, window: int = WINDOW, newest: int = NEWEST) -> Ints:
    """The Kolmogorov-Smirnov distance at each full window, times `newest`; the first full window first."""
    windows = np.lib.stride_tricks.sliding_window_view(values, window)
    found = [_distance(windows[start : start + _ROWS], random, newest) for start in range(0, len(windows), _ROWS)]
    return np.concatenate(found)


def _distance(windows: Floats, random: Random, newest: int) -> Ints:
    older = windows.shape[1] - newest
    drawn = np.argpartition(random.random((len(windows), older)), newest - 1, axis=1)[:, :newest]
    both = np.concatenate([np.take_along_axis(windows, drawn, axis=1), windows[:, older:]], axis=1)
    order = np.argsort(both, axis=1)
    steps = np.cumsum(np.where(order < newest, 1, -1), axis=1)
    ordered = np.take_along_axis(both, order, axis=1)
    # Between equal values the distribution functions have not yet stepped.
    steps[:, :-1][ordered[:, 1:] == ordered[:, :-1]] = 0
    largest: Ints = np.abs(steps).max(axis=1)
    return largest


def alarms(found: Distances, least: int, window: int = WINDOW, newest: int = NEWEST) -> list[int]:
    """Events at which the distance reaches `least`, with the fresh start after each."""
    told: list[int] = []
    for event in (np.flatnonzero(found >= least) + window - 1).tolist():
        if not told or event - told[-1] >= window - newest:
            told.append(event)
    return told
