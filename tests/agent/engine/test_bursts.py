"""A feed that hangs for a while is no drift; one that does not come back is."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from support.streams import block

from landform_agent.engine import Settings, fit
from landform_agent.engine.bursts import GAP, LONGEST, Recent, longest_runs, stuck
from landform_agent.engine.scan import Bools

REFERENCE, BEGIN, END = 5_000, 40_000, 41_000
WATCH = Settings(features={"a": "numeric", "b": "numeric"}, false_alarms=2e-6)


def longest(value: float) -> int:
    return GAP if np.isnan(value) else LONGEST


def told(value: float, lasts: bool) -> list[tuple[str | None, str, int]]:
    """Alarms of two columns that now and then repeat a value for a while, and at last for longer."""
    random = np.random.default_rng(33)
    a, b = random.normal(50, 10, END), np.exp(random.normal(3, 0.7, END))
    for length in (*range(5, longest(value) + 1, 13), END - BEGIN):
        start = BEGIN if length == END - BEGIN else 6_000 + 118 * length
        if length < END - BEGIN or lasts:
            a[start : start + length] = b[start : start + length] = value
    whole = block({"a": a, "b": b})
    alarms = fit(whole.slice(0, REFERENCE), WATCH).update(whole.slice(REFERENCE, END)).alarms
    return [(alarm.feature, alarm.kind, alarm.seq) for alarm in alarms if alarm.state == "raised"]


@pytest.mark.parametrize("value", [1e6, 0.0, -999.0, np.nan])
def test_rows_of_one_absurd_value_are_no_drift_as_long_as_they_do_not_last(value: float) -> None:
    assert told(value, lasts=False) == []
    found = told(value, lasts=True)
    assert {feature for feature, _, _ in found} == {"a", "b"}
    assert all(BEGIN + longest(value) <= seq < BEGIN + 1.5 * LONGEST for _, _, seq in found)


def test_a_run_is_too_long_for_a_rare_code_sooner_than_for_a_frequent_one_or_one_with_a_memory() -> None:
    reference = np.zeros(256, np.int64)
    reference[:3] = 4_000, 950, 50
    codes = np.repeat([0, 1, 2, 0, 2], [60, 8, 6, 80, 3]).astype(np.uint8)
    assert np.flatnonzero(stuck(codes, longest_runs(reference, 1.0))).tolist() == [*range(68, 74), *range(74, 154)]
    assert not stuck(codes, longest_runs(reference, 9.0)).any()


def held(absurd: Bools, longest: int = LONGEST) -> bool:
    """Whether a window of these rows lasts."""
    codes, always = absurd.astype(np.uint8), np.arange(256) == 1
    whole = Recent(codes, always, np.full(256, np.inf), np.arange(256))
    nought = np.zeros(1, np.int64)
    return bool(whole.of(nought, nought + len(codes), nought, longest).lasting[0])


def test_a_window_is_full_where_what_is_absurd_lasts_or_comes_again_and_again() -> None:
    rows = np.arange(400)
    assert held(rows < 400) and not held(rows[:LONGEST] < 400)
    assert not held(rows < LONGEST) and not held(rows[:280] < LONGEST)
    assert held(rows[:300] % 3 == 0) and not held(rows[:280] % 3 == 0)


def test_windows_hold_what_their_rows_do_one_by_one() -> None:
    """Of runs that began before a window, or go on after it, only what it knows of counts."""
    random = np.random.default_rng(5)
    least = np.full(256, np.inf)
    least[:5] = 3, 5, 40, 400, np.inf
    always, scores = np.arange(256) == 4, random.integers(0, 1_000, 256)
    for _ in range(40):
        codes = np.repeat(random.integers(0, 6, 300), random.integers(1, random.choice([4, 90]), 300)).astype(np.uint8)
        begin = int(random.integers(0, len(codes) // 2))
        starts = random.integers(begin, len(codes) - 10, 50)
        ends = starts + random.integers(1, len(codes) - starts + 1)
        oldest = np.maximum(starts - random.integers(0, 300, 50), 0)
        since = int(np.maximum(starts - LONGEST, oldest).min())
        found = Recent(codes[since:], always, least, scores, since).of(starts, ends, oldest, 60)
        for place, (start, end, first) in enumerate(zip(starts, ends, oldest, strict=True)):
            known = max(start - LONGEST, first)
            absurd = (stuck(codes[known:end], least) | always[codes[known:end]])[start - known :]
            mine = codes[start:end]
            assert found.absurd[place] == absurd.sum()
            assert found.sums[place] == scores[mine[~absurd]].sum()
            assert found.lasting[place] == lasting(absurd, 60)


def lasting(absurd: Bools, longest: int) -> bool:
    """Row by row."""
    if absurd.all() or len(absurd) < longest:
        return bool(absurd.all()) and len(absurd) > longest
    edges = np.arange(17) * len(absurd) // 16
    full = sum(absurd[a:b].any() for a, b in pairwise(edges)) >= 12
    return full and (len(absurd) >= 1.5 * longest or absurd.sum() > longest)


def test_many_columns_that_hang_at_once_take_hardly_more_memory() -> None:
    random, names = np.random.default_rng(0), [f"f{number}" for number in range(40)]
    columns = {name: random.standard_normal(9_000) for name in names}
    for column in columns.values():
        column[7_000:7_150] = 77.0
    whole = block(columns)
    bank = fit(whole.slice(0, 5_000), Settings(features=dict.fromkeys(names, "numeric"), false_alarms=2e-6))
    peaks = []
    for begin in (5_000, 7_000):
        tracemalloc.start()
        assert not bank.update(whole.slice(begin, begin + 2_000)).alarms
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]
