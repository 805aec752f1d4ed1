"""What a design can see: the smallest changes that are found, and how soon."""

from __future__ import annotations

import math

import numpy as np

from landform_agent.block import Floats
from landform_agent.engine.design import Design
from landform_agent.engine.profile import LENGTHS, REFERENCES
from landform_agent.engine.scan import UNIT, likelihood_root, recurrence_root, shortest_window

_ROUNDS = 8
"""From the height of a length to the length that passes it: no more change anything."""

_POWER = 0.84
"""The normal quantile of 80 %."""


def smallest(design: Design) -> tuple[Floats, Floats, Floats]:
    """For each series the smallest effect found with 80 % power, the delay of one twice as large, and rows needed.

    `(h + 0.84)` errors of the longest window, in deviations of the score (or in shares). The delay is where a window's
    `z` at twice that effect passes as much with the height of its own length. Rows are those of a reference that shows
    one deviation (a tenth of a share) at all. Of a share that is counted both go by the events that a window must hold.
    """
    yard, power = design.yard, design.heights[-1] + _POWER
    longest = design.lengths[-1] * design.per_block
    least = power * yard.error(longest)
    square = (2 * least / yard.deviation) ** 2 / yard.inflation
    delay, every = np.full(len(square), float(longest)), np.arange(len(square))
    for _ in range(_ROUNDS):
        height = design.height(slice(None), delay / design.per_block)
        known = yard.variance(delay, 0.0, every) - 1 / delay
        delay = 1 / np.maximum(square / (height + _POWER) ** 2 - known, 1e-9)
    wanted = np.where(yard.share, 0.1 * UNIT / yard.deviation, 1.0)
    worth = wanted**2 / (power**2 * yard.inflation)
    # A longer reference has longer windows, up to the longest there are.
    most = LENGTHS[-1] if 1.5 * longest > REFERENCES * yard.count else longest
    needed, room = (1 + 1 / REFERENCES) / worth, worth - 1 / most
    beyond = np.where(room > 0, 1 / np.maximum(room, 1e-12), np.inf)
    needed = np.where(REFERENCES * needed > most, beyond, needed)
    # Where no window is long enough nothing is looked at.
    least = np.where(shortest_window(yard) > longest, np.inf, least)
    least /= np.where(yard.share, UNIT, yard.deviation)
    for place in np.flatnonzero(yard.counted).tolist():
        least[place], delay[place] = _of_counted(design, place)
    return least, delay, np.where(needed <= yard.count, 0.0, needed)


def _of_counted(design: Design, place: int) -> tuple[float, float]:
    """By how much a rare share must rise for some window to hold as many events as it asks for, four times of five."""
    share, widths = design.yard.mean[place] / UNIT, np.array(design.lengths, np.float64) * design.per_block
    wanted = np.array([_mean_of(_asked(design, place, width)) for width in widths.tolist()])
    rise = float(np.min(wanted / widths)) - share
    soon = widths[wanted <= (share + 2 * rise) * widths]
    return rise, float(soon[0])


def _asked(design: Design, place: int, width: float) -> int:
    """How many events a window must hold to pass: more than the usual ones, and fewer than its rows."""
    yard, low, high = design.yard, int(design.yard.mean[place] / UNIT * width), int(width)
    share, known = yard.mean[[place]] / UNIT, yard.known[[place]]
    while high - low > 1:
        middle = (low + high) // 2
        hits, rows = np.array([float(middle)]), np.array([width])
        root = recurrence_root(hits, rows, share) if yard.never[place] else likelihood_root(hits, rows, share, known)
        low, high = (low, middle) if root[0] > design.bar[place] else (middle, high)
    return high


def _mean_of(count: int) -> float:
    """Of what mean a Poisson number is at least so large in 80 %.

    Wilson and Hilferty (1931, "The distribution of chi-square", PNAS 17), for the gamma law of the event that is the
    `count`-th.
    """
    return count * (1 - 1 / (9 * count) + _POWER / (3 * math.sqrt(count))) ** 3
