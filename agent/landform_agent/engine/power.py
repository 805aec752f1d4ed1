"""What a design can see: the smallest changes that are found, and how soon."""

from __future__ import annotations

from functools import cache

import numpy as np

from landform_agent.block import Floats, Ints
from landform_agent.engine.design import Design
from landform_agent.engine.profile import LENGTHS, REFERENCES
from landform_agent.engine.scan import UNIT, likelihood_root, recurrence_root, shortest_window

_ROUNDS = 8
"""From the height of a length to the length that passes it: no more change anything."""

_POWER = 0.84
"""The normal quantile of 80 %."""


def smallest(design: Design) -> tuple[Floats, Floats, Floats]:
    """For each series the smallest effect found with 80 % power, the delay of one twice as large, and `rows_needed`.

    `(h + 0.84)` errors of the longest window, in deviations of the score (or in shares). The delay is where a window's
    `z` at twice that effect passes as much with the height of its own length. Of a share that is counted both go by the
    events that a window must hold.
    """
    yard, longest = design.yard, design.lengths[-1] * design.per_block
    least = (design.heights[-1] + _POWER) * yard.error(longest)
    square = (2 * least / yard.deviation) ** 2 / yard.inflation
    delay, every = np.full(len(square), float(longest)), np.arange(len(square))
    for _ in range(_ROUNDS):
        height = design.height(slice(None), delay / design.per_block)
        known = yard.variance(delay, 0.0, every) - 1 / delay
        delay = 1 / np.maximum(square / (height + _POWER) ** 2 - known, 1e-9)
    # Where no window is long enough nothing is looked at.
    least = np.where(shortest_window(yard) > longest, np.inf, least)
    least /= np.where(yard.share, UNIT, yard.deviation)
    for place in np.flatnonzero(yard.counted).tolist():
        share, rows = float(yard.mean[place] / UNIT), float(yard.known[place])
        bar, never = float(design.bar[place]), bool(yard.never[place])
        least[place], delay[place] = _of_counted(share, rows, bar, never, design.lengths, design.per_block)
    return least, delay, rows_needed(design)


def rows_needed(design: Design) -> Floats:
    """For each series the rows of a reference that shows one deviation (a tenth of a share), 0 where it has them."""
    yard, longest = design.yard, design.lengths[-1] * design.per_block
    wanted = np.where(yard.share, 0.1 * UNIT / yard.deviation, 1.0)
    worth = wanted**2 / ((design.heights[-1] + _POWER) ** 2 * yard.inflation)
    # A longer reference has longer windows, up to the longest there are.
    most = LENGTHS[-1] if 1.5 * longest > REFERENCES * yard.count else longest
    needed, room = (1 + 1 / REFERENCES) / worth, worth - 1 / most
    beyond = np.where(room > 0, 1 / np.maximum(room, 1e-12), np.inf)
    needed = np.where(REFERENCES * needed > most, beyond, needed)
    return np.where(needed <= yard.count, 0.0, needed)


@cache
def _of_counted(
    share: float, known: float, bar: float, never: bool, lengths: tuple[int, ...], per_block: int
) -> tuple[float, float]:
    """By how much a rare share must rise for some window to hold as many events as it asks for, four times of five.

    And how soon one does at twice that.
    """
    widths = np.array(lengths, np.float64) * per_block
    wanted = _mean_of(_asked(share, known, bar, never, widths))
    rise = float(np.min(wanted / widths)) - share
    twice = share + 2 * rise
    return rise, float(np.min(wanted[wanted <= twice * widths])) / twice


def _asked(share: float, known: float, bar: float, never: bool, widths: Floats) -> Ints:
    """How many events windows must hold to pass: more than the usual ones, and no more than their rows."""
    low, high = np.floor(share * widths), widths.copy()
    each, each_known = np.full(len(widths), share), np.full(len(widths), known)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        root = recurrence_root(middle, widths, each) if never else likelihood_root(middle, widths, each, each_known)
        passes = root > bar
        low, high = np.where(passes, low, middle), np.where(passes, middle, high)
    return high.astype(np.int64)


def _mean_of(count: Ints) -> Floats:
    """Of what mean a Poisson number is at least so large in 80 %.

    Wilson and Hilferty (1931, "The distribution of chi-square", PNAS 17), for the gamma law of the event that is the
    `count`-th.
    """
    mean: Floats = count * (1 - 1 / (9 * count) + _POWER / (3 * np.sqrt(count))) ** 3
    return mean
