"""PageHinkley and the two HDDMs by columns: river's take each value alone, in Python; these give the same alarms.

PageHinkley sums how far values lie from their mean so far, forgetting slowly, and compares the sum with its least and
its largest (Page 1954, "Continuous inspection schemes"). HDDM_A compares the mean of all values with the one at the cut
that bounds it best (Hoeffding's inequality), HDDM_W the same of exponentially weighted means (McDiarmid's), both to
either side, for values in [0, 1] (Frías-Blanco et al. 2014, "Online and non-parametric drift detection methods based on
Hoeffding's bounds"). All start anew after an alarm.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import lfilter

from benchmarks.drift.streams import Bools, Floats, Ints

FORGET, SLACK, LEAST = 0.9999, 0.005, 30
"""PageHinkley's defaults in river: the sum's memory, what a value may lie off for nothing, the values before a test."""

WEIGHT = 0.05
"""HDDM_W's default in river: the weight of the newest value."""

_STRETCH = 1_000

First = Callable[[Floats, float], "int | None"]


def alarms(values: Floats, setting: float, first: First) -> list[int]:
    """Places of all alarms; `first` is one of the functions below, `setting` what it takes.

    What comes later changes no alarm, so a short stretch is looked at first: where alarms are many they come soon.
    """
    told: list[int] = []
    begin, reach = 0, _STRETCH
    while begin < len(values):
        found = first(values[begin : begin + reach], setting)
        if found is not None:
            begin, reach = begin + found + 1, _STRETCH
            told.append(begin - 1)
        elif begin + reach >= len(values):
            break
        else:
            reach *= 4
    return told


def page_hinkley(values: Floats, threshold: float) -> int | None:
    """The place of the first alarm."""
    off = values - np.cumsum(values) / np.arange(1, len(values) + 1)
    rise = lfilter([1], [1, -FORGET], off - SLACK)
    fall = lfilter([1], [1, -FORGET], off + SLACK)
    # river's largest sum begins at -1, its least one at infinity.
    largest = np.maximum(np.maximum.accumulate(fall), -1.0)
    beyond = np.maximum(rise - np.minimum.accumulate(rise), largest - fall) > threshold
    beyond[: LEAST - 1] = False
    return _first(beyond)


def hddm_a(values: Floats, confidence: float) -> int | None:
    """The place of the first alarm."""
    n = np.arange(1, len(values) + 1)
    mean = np.cumsum(values) / n
    bound = np.sqrt(-np.log(confidence) / (2 * n))

    def away(cut: Ints, sign: int) -> Floats:
        m = (n - n[cut]) / n[cut] / n
        gap: Floats = sign * (mean - mean[cut]) - np.sqrt(m / 2 * np.log(2 / confidence))
        return np.where(cut == n - 1, -1.0, gap)

    up = away(_latest_least(mean + bound), 1)
    down = away(_latest_least(bound - mean), -1)
    return _first(np.maximum(up, down) >= 0)


def hddm_w(values: Floats, confidence: float) -> int | None:
    """The place of the first alarm."""
    keep, place = 1 - WEIGHT, np.arange(len(values))
    ewma = lfilter([WEIGHT], [1, -keep], values, zi=[keep * values[0]])[0]

    def width(count: Ints) -> Floats:
        """The independent bounded condition after so many values; it starts at 1."""
        limit = WEIGHT**2 / (1 - keep**2)
        return limit + keep ** (2.0 * count) * (1 - limit)

    bound = np.sqrt(-width(place + 1) * np.log(confidence) / 2)

    def away(cut: Ints, sign: int) -> Floats:
        begin = np.minimum(cut + 1, len(values) - 1)
        since = ewma + keep ** np.maximum(place - begin, 0) * (values[begin] - ewma[begin])
        both = width(cut + 1) + width(place - cut)
        gap: Floats = sign * (since - ewma[cut]) - np.sqrt(-both * np.log(confidence) / 2)
        return np.where(cut == place, -1.0, gap)

    up = away(_earliest_least(ewma + bound), 1)
    down = away(_earliest_least(bound - ewma), -1)
    return _first(np.maximum(up, down) > 0)


def _latest_least(values: Floats) -> Ints:
    """For each place the least value's so far, the latest of equal ones."""
    return np.maximum.accumulate(np.where(values == np.minimum.accumulate(values), np.arange(len(values)), 0))


def _earliest_least(values: Floats) -> Ints:
    least = np.minimum.accumulate(values)
    fresh = np.concatenate([[True], least[1:] < least[:-1]])
    return np.maximum.accumulate(np.where(fresh, np.arange(len(values)), 0))


def _first(found: Bools) -> int | None:
    places = np.flatnonzero(found)
    return int(places[0]) if len(places) else None
