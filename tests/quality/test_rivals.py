"""The rivals by columns give river's own alarms."""

import doctest

import numpy as np
import pytest
from river.base import DriftDetector
from river.drift import KSWIN, PageHinkley
from river.drift.binary import HDDMA, HDDMW

from benchmarks.drift import columns, kswin, seed


def moved(length: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Numbers in [0, 1] whose mean moves up and down again."""
    values = np.random.default_rng(7).random(length)
    values[length // 3 : 2 * length // 3] = values[length // 3 : 2 * length // 3] ** 0.6
    return values


def streamed(detector: DriftDetector, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[int]:
    told = []
    for place, value in enumerate(values.tolist()):
        detector.update(value)
        if detector.drift_detected:
            told.append(place)
    return told


@pytest.mark.parametrize("confidence", [0.1, 1e-3, 1e-6])
def test_hddm_tells_what_river_tells(confidence: float) -> None:
    values = moved(6_000)
    theirs = streamed(HDDMA(confidence, max(confidence, 0.005), two_sided_test=True), values)
    assert theirs or confidence < 1e-3
    assert columns.alarms(values, confidence, columns.hddm_a) == theirs
    theirs = streamed(HDDMW(confidence, max(confidence, 0.005), two_sided_test=True), values)
    assert columns.alarms(values, confidence, columns.hddm_w) == theirs


@pytest.mark.parametrize("threshold", [3.0, 10.0, 50.0])
def test_page_hinkley_tells_what_river_tells(threshold: float) -> None:
    values = 4 * moved(6_000)
    theirs = streamed(PageHinkley(threshold=threshold), values)
    assert theirs
    assert columns.alarms(values, threshold, columns.page_hinkley) == theirs


def test_kswin_tells_what_river_tells_where_nothing_is_drawn() -> None:
    """With as many older values as are drawn, the draw is all of them: no chance is left."""
    values = np.round(moved(1_500), 2)
    theirs = streamed(KSWIN(alpha=0.01, window_size=60, stat_size=30, seed=1), values)
    found = kswin.distances(values, np.random.default_rng(1), window=60, newest=30)
    # 13/30 is the least distance of two samples of 30 with a p-value of at most 0.01.
    assert kswin.alarms(found, 13, window=60, newest=30) == theirs
    assert theirs


def test_seed_keeps_its_promise() -> None:
    assert doctest.testmod(seed).failed == 0
    assert doctest.testmod(seed).attempted > 0
