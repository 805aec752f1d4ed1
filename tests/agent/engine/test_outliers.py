"""Values far beyond the reference's: one at a time they are told within a few, and a burst of them is no drift."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.streams import block

from landform_agent.block import Floats
from landform_agent.engine import Alarm, Settings, fit
from landform_agent.engine.bursts import LONGEST
from landform_agent.engine.outliers import Watched
from landform_agent.report.sentences import change, summary

REFERENCE, CHANGE, END = 5_000, 20_000, 30_000
WATCH = Settings(features={"a": "numeric", "b": "numeric"}, false_alarms=2e-6)


def raised(a: Floats, settings: Settings = WATCH) -> list[Alarm]:
    """What is raised of a column, beside one that never changes."""
    whole = block({"a": a, "b": np.random.default_rng(99).standard_normal(len(a))})
    alarms = fit(whole.slice(0, REFERENCE), settings).update(whole.slice(REFERENCE, len(a))).alarms
    return [alarm for alarm in alarms if alarm.state == "raised"]


def test_what_comes_now_and_then_is_told_within_a_few() -> None:
    """In 2 % of the rows an amount is a million; by means of bounded scores that shows after a thousand events."""
    delays = []
    for seed in range(7):
        random = np.random.default_rng(seed)
        a = np.exp(random.normal(3, 0.7, END))
        a[CHANGE:][random.random(END - CHANGE) < 0.02] = 1e6
        first = raised(a)[0]
        delays.append(first.seq - CHANGE)
        assert (first.feature, first.kind, first.channel) == ("a", "spread", "data")
        before, now = (float(str(first.evidence[f"outliers_{side}"])) for side in ("before", "now"))
        assert now > 0.005 and before < 0.001
    assert min(delays) >= 0 and np.median(delays) < 250


def test_what_their_count_tells_is_not_told_again_as_a_spread() -> None:
    """In each of these streams the spread was told too, 1,000 to 8,000 events later and as another incident."""
    for seed in range(8):
        random = np.random.default_rng(seed)
        a = np.exp(random.normal(3, 0.7, 40_000))
        a[CHANGE:][random.random(len(a) - CHANGE) < 0.02] = 1e6
        assert ["outliers_now" in one.evidence for one in raised(a)] == [True]


def test_with_more_of_them_the_level_is_told_too() -> None:
    """Of a third of the rows stretches run together, and their count says nothing of how many there are."""
    random = np.random.default_rng(3)
    a = np.exp(random.normal(3, 0.7, END))
    a[CHANGE:][random.random(END - CHANGE) < 0.3] = 1e6
    assert "shift" in {one.kind for one in raised(a)}
    which = Watched((4,), np.full(1, 9, np.uint8), np.array([8]))
    rows = np.full(2, 900)
    assert which.few(4, np.array([100, 101]), rows).tolist() == [True, False]
    assert which.few(3, np.array([0, 1]), rows).tolist() == [False, False]


def test_one_in_three_hundred_is_told_too() -> None:
    """Right after 5,000 rows without any: half of such streams were missed when a whole point was asked for."""
    for seed in range(8):
        random = np.random.default_rng(seed)
        a = random.gamma(2, 30, 20_000)
        a[REFERENCE:][random.random(len(a) - REFERENCE) < 1 / 300] = 1e6
        told = raised(a)
        assert "outliers_now" in told[0].evidence and told[0].seq < REFERENCE + 5_000


def test_heavy_tails_that_grow_heavier_are_told_by_all_their_values() -> None:
    """Their count says little of it. Judged without far values, five of twenty such changes were missed."""
    delays = []
    for seed in range(6):
        random = np.random.default_rng(seed)
        told = raised(np.concatenate([random.pareto(1.0, CHANGE), random.pareto(0.85, 12_000)]))
        delays.append(next(one.seq for one in told if one.seq >= CHANGE) - CHANGE)
    assert np.median(delays) < 2_000


def test_what_comes_again_after_its_alarm_is_over_is_told_again() -> None:
    """It is no category, which is news once: counted as usual from then on, it was told in one stream of ten."""
    for seed in range(5):
        random = np.random.default_rng(seed)
        a, row = random.standard_normal(45_000), np.arange(45_000)
        a[((row >= 8_000) & (row < 18_000) | (row >= 30_000)) & (random.random(len(a)) < 0.01)] = 1e6
        began = [one.seq for one in raised(a)]
        assert len(began) == 2 and 8_000 <= began[0] < 9_000 and 30_000 <= began[1] < 31_000


def test_what_was_told_of_three_is_no_measure_of_what_moves_on() -> None:
    """Where each three hundredth is far, a window of three in a hundred says 3 %: 8 of 100 streams moved on from it."""
    for seed in range(12):
        random = np.random.default_rng(seed)
        a = random.standard_normal(60_000)
        a[8_000:][random.random(len(a) - 8_000) < 0.003] = 1e6
        assert [one.evidence.get("after") for one in raised(a)] == [None]


def test_an_alarm_says_on_which_side_and_from_where_on() -> None:
    random = np.random.default_rng(2)
    a = random.standard_normal(END)
    a[CHANGE:][random.random(END - CHANGE) < 0.02] = 1e6
    evidence = raised(a)[0].evidence
    bound = float(str(evidence["outliers_above"]))
    assert a[:REFERENCE].max() < bound < 1e6 and "outliers_below" not in evidence
    private = raised(a, replace(WATCH, sensitive=frozenset({"a"})))[0].evidence
    assert "outliers_now" in private and not {"outliers_above", "bins"} & private.keys()


def test_an_alarm_of_outliers_stands_for_as_long_as_they_come() -> None:
    """What was told by three in sixty rows is 1 %: a window without any is soon there, and says nothing.

    In these streams it cleared after 1,000 to 8,000 events.
    """
    for seed in (0, 1, 3, 8):
        random = np.random.default_rng(seed)
        a, ends = random.standard_normal(40_000), 35_000
        a[CHANGE:ends][random.random(ends - CHANGE) < 0.01] = 1e6
        whole = block({"a": a, "b": random.standard_normal(len(a))})
        alarms = fit(whole.slice(0, REFERENCE), WATCH).update(whole.slice(REFERENCE, len(a))).alarms
        told = [(one.state, one.seq) for one in alarms if "outliers_now" in one.evidence and one.state != "ongoing"]
        assert [state for state, _ in told] == ["raised", "cleared"]
        assert ends < told[1][1] < ends + 4_500


def test_the_sentence_says_how_many() -> None:
    evidence = {"outliers_before": 0.0, "outliers_now": 0.023, "effect": 0.02}
    alarm = {"kind": "spread", "channel": "data", "state": "raised", "feature": "a", "evidence": evidence}
    assert change(alarm) == "Values far beyond the usual ones come more often: 2.3 % of the events, none before."
    bounds = {"outliers_below": -40.0, "outliers_above": 1234.5}
    assert "ones (below −40 or above 1,234) come" in change(alarm | {"evidence": evidence | bounds})
    gone = summary(alarm | {"state": "cleared"})
    assert gone == "a has gone back to the reference (outliers)."


@pytest.mark.parametrize(("each", "first"), [(1, 6_500), (2, 6_500), (4, 1_500)])
def test_a_burst_is_no_drift_even_with_holes(each: int, first: int) -> None:
    """Every 3,000 events up to 199 rows, or each other or fourth one of them, are absurd.

    Where rows are so far apart that some of them count, the reference has such bursts too.
    """
    random = np.random.default_rng(each)
    a = random.standard_normal(60_000)
    for begin in range(first, 60_000, 3_000):
        rows = begin + np.arange(int(random.integers(20, LONGEST)))
        a[rows[random.random(len(rows)) < 1 / each]] = random.choice([-999.0, 1e6])
    assert raised(a) == []


def test_an_alarm_stands_as_long_as_outliers_come() -> None:
    """Of 3 % none in 200 events is nothing: that comes every few thousand, and half of these cleared by it."""
    for seed in range(6):
        random = np.random.default_rng(seed)
        a = random.standard_normal(50_000)
        a[10_000:END][random.random(END - 10_000) < 0.03] = 1e6
        whole = block({"a": a, "b": random.standard_normal(len(a))})
        told = fit(whole.slice(0, REFERENCE), WATCH).update(whole.slice(REFERENCE, len(a))).alarms
        mine = [alarm for alarm in told if "outliers_now" in alarm.evidence]
        assert [alarm.state for alarm in mine if alarm.state != "ongoing"] == ["raised", "cleared"]
        assert END <= mine[-1].seq < END + 1_000


def test_of_a_column_that_had_no_values_none_is_an_outlier() -> None:
    random = np.random.default_rng(5)
    a = np.full(END, np.nan)
    a[CHANGE:][random.random(END - CHANGE) < 0.02] = 1.0
    told = raised(a)
    assert told[0].kind == "missing" and not any("outliers_now" in one.evidence for one in told)


@pytest.mark.parametrize("shape", [2.0, 3.0])
def test_tails_that_the_reference_has_are_usual_and_more_of_them_are_told(shape: float) -> None:
    random = np.random.default_rng(7)
    a = random.pareto(shape, 60_000)
    assert raised(a) == []
    a[CHANGE:][random.random(len(a) - CHANGE) < 0.03] = a.max()
    first = raised(a)[0]
    assert "outliers_now" in first.evidence and CHANGE <= first.seq < CHANGE + 1_200


def test_the_largest_amount_so_far_is_no_outlier() -> None:
    """Of a column that is 0 in 97 % the reference's largest value is soon surpassed."""
    told = []
    for seed in range(8):
        random = np.random.default_rng(seed)
        told += raised(np.where(random.random(60_000) < 0.03, random.lognormal(0, 1.5, 60_000), 0.0))
    assert len(told) <= 1


def test_far_values_of_prices_come_together() -> None:
    """Where spread comes in clusters three of them within fifty events are one; four such alarms came in these."""
    told = []
    for seed in (6, 8, 11):
        random = np.random.default_rng(seed)
        a, variance = random.standard_normal(20_500), 1.0
        for number, draw in enumerate(a.tolist()):
            a[number] = draw * np.sqrt(variance)
            variance = 0.01 + 0.1 * a[number] ** 2 + 0.89 * variance
        told += [one for one in raised(a[500:]) if "outliers_now" in one.evidence]
    assert told == []


def test_stretches_begin_at_the_same_rows_however_they_come() -> None:
    random = np.random.default_rng(3)
    codes = random.choice([0, 5, 9], (4_000, 3), p=[0.02, 0.96, 0.02]).astype(np.uint8)
    codes[1_000:1_300, 1] = 9
    which = Watched((0, 1, 2), np.full(3, 9, np.uint8), np.array([8, 8, 150]))
    whole = which.begun(codes, 0)
    assert whole[1_000:1_300, 1].sum() <= 1
    for column, apart in enumerate(which.apart.tolist()):
        far = np.flatnonzero(np.isin(codes[:, column], (0, 9)))
        began = far[np.diff(far, prepend=-LONGEST - 1) > apart]
        assert np.flatnonzero(whole[:, column]).tolist() == began.tolist()
    start = 0
    while start < len(codes):
        stop = min(start + int(random.choice([1, 10, 330])), len(codes))
        before = min(which.back, start)
        assert (which.begun(codes[start - before : stop], before) == whole[start:stop]).all()
        start = stop


def test_while_an_alarm_stands_what_varies_more_since_is_no_further_change() -> None:
    """Squares lean: of few of them a mean that is far by its deviation alone comes now and then: four in these."""
    told = []
    for seed in range(16):
        random = np.random.default_rng(seed)
        a = np.exp(random.standard_normal(END + 20_000))
        a[10_000:][random.random(END + 10_000) < 0.03] = 1e7
        told += [one for one in raised(a) if "after" in one.evidence]
    assert len(told) <= 1
