"""Geometry of the page's charts: paths and places in per cent, without words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from landform_agent.history import Kept

WIDTH, HEIGHT = 1_000, 100
"""Units of a plot; it is stretched to its place, and what is text stands beside it."""

_POINTS = 160
_APART = 16
"""Labels of a plot stand at least so far apart."""


@dataclass(frozen=True)
class Span:
    """An alarm on the time axis, in per cent: where the change began, where it was raised, until when it stood."""

    since: float
    raised: float
    until: float
    severity: str
    standing: bool
    text: str

    @property
    def width(self) -> float:
        """At least a hair, so that a short one is seen."""
        return max(self.until - self.since, 0.4)


@dataclass(frozen=True)
class Plot:
    """A line over time: its path, the usual level, the band of what is not told from it, and labels; from the top."""

    path: str
    usual: float
    band: tuple[float, float]
    labels: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Axis:
    """The time axis of the page."""

    first: float
    last: float
    baseline: float
    ticks: tuple[tuple[float, str], ...]

    def place(self, moment: float) -> float:
        """A moment in per cent of the axis."""
        if self.last <= self.first:
            return 0.0
        return round(100 * min(max((moment - self.first) / (self.last - self.first), 0.0), 1.0), 2)


def series(slices: Sequence[Kept], place: int, points: int = _POINTS) -> list[tuple[float, float]]:
    """(moment, level) of one series; neighbours are averaged where there are more than so many."""
    mine = [(one.since, one.until, one.count, one.values()[place]) for one in slices if place < len(one.levels) // 4]
    size = -(-len(mine) // points) if mine else 1
    told = []
    for start in range(0, len(mine), size):
        group = mine[start : start + size]
        weights = [count for _, _, count, _ in group]
        level = float(np.average([level for *_, level in group], weights=weights))
        told.append(((group[0][0] + group[-1][1]) / 2, level))
    return told


def plot(
    points: Sequence[tuple[float, float]],
    axis: Axis,
    usual: float,
    reach: float,
    label: Callable[[float], str],
) -> Plot | None:
    """A line of values; `usual` and `reach` (the smallest change that is found) are in the same unit."""
    if len(points) < 2:
        return None
    values = [value for _, value in points]
    low, high = min(*values, usual - reach), max(*values, usual + reach)
    room = 0.06 * (high - low) or 1.0
    low, high = low - room, high + room

    def down(value: float) -> float:
        return round(HEIGHT * (high - min(max(value, low), high)) / (high - low), 1)

    places = [f"{WIDTH * axis.place(moment) / 100:.0f},{down(value)}" for moment, value in points]
    labels = [(down(usual), label(usual))]
    for value in (max(values), min(values)):
        if all(abs(down(value) - there) > _APART for there, _ in labels):
            labels.append((down(value), label(value)))
    return Plot(f"M{' '.join(places)}", down(usual), (down(usual + reach), down(usual - reach)), tuple(labels))
