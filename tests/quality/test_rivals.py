"""The rivals by columns give river's own alarms."""

import doctest

import numpy as np
import pytest
from river.base import DriftDetector
from river.drift import KSWIN, PageHinkley
from river.drift.binary import HDDMA, HDDMW
from scipy.stats import ks_2samp

from benchmarks.drift import columns, kswin, seed, seed_columns


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
    found = kswin.distances(values, window=60, newest=30)
    # 13/30 is the least distance of two samples of 30 with a p-value of at most 0.01.
    assert kswin.alarms(found, 13, window=60, newest=30) == theirs
    assert theirs


def test_kswin_by_columns_is_the_distance_of_the_drawn_to_the_newest() -> None:
    values = np.round(moved(4_300), 2)  # ties, and more windows than are taken at a time
    found = kswin.distances(values)
    for window in [0, 1, 777, 4_095, 4_096, 4_200]:
        older, newest = values[window : window + 70], values[window + 70 : window + 100]
        drawn = kswin.drawn(window // 4_096, 70, 30)[window % 4_096]
        assert len(set(drawn.tolist())) == 30
        assert found[window] == round(30 * ks_2samp(older[drawn], newest).statistic)
    assert len(found) == 4_201


@pytest.mark.parametrize("delta", [0.3, 1e-3, 1e-22])
def test_seed_by_columns_tells_what_seed_tells(delta: float) -> None:
    random = np.random.default_rng(3)
    steps = np.cumsum(random.standard_normal(12_000)) / 40
    of_two = np.repeat([0.1, 0.9, 0.5], 4_000) > random.random(12_000)
    for values in (random.standard_normal(12_000), steps, of_two.astype(float), np.ones(500), steps[:31]):
        assert seed_columns.alarms(values, delta) == streamed(seed.SEED(delta=delta), values)
    assert seed_columns.alarms(steps, delta)


def test_seed_keeps_its_promise() -> None:
    assert doctest.testmod(seed).failed == 0
    assert doctest.testmod(seed).attempted > 0
