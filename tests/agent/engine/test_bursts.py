"""A feed that hangs for a while is no drift; one that does not come back is."""

from __future__ import annotations

import numpy as np
import pytest
from support.streams import block

from landform_agent.engine import Settings, fit
from landform_agent.engine.bursts import GAP, LONGEST, lasting, stuck

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
    assert np.flatnonzero(stuck(codes, reference, 1.0)).tolist() == [*range(68, 74), *range(74, 154)]
    assert not stuck(codes, reference, 9.0).any()


def test_a_window_is_full_where_what_is_absurd_lasts_or_comes_again_and_again() -> None:
    rows = np.arange(400)
    assert lasting(rows < 400) and not lasting(rows[:LONGEST] < 400)
    assert not lasting(rows < LONGEST) and not lasting(rows[:280] < LONGEST)
    assert lasting(rows[:200] % 3 == 0) and not lasting(rows[:100] % 3 == 0)
