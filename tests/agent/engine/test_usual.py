"""What windows are compared with: the reference and the calm traffic after it; and when a change began."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.streams import block, countries, normal

from landform_agent.block import Block, Losses
from landform_agent.engine import Alarm, Bank, Settings, fit
from landform_agent.engine.measure import Mean, exchanging
from landform_agent.engine.onset import likeliest, ramps, weight
from landform_agent.engine.pool import MOST, Pool, usual_of
from landform_agent.engine.scan import UNIT, Windows, yardstick_of
from landform_agent.engine.scores import Series

REFERENCE, PER_BLOCK = 1_000, 10
TWO = Settings(features={"a": "numeric", "b": "numeric"})


def told(bank: Bank, stream: Block, sizes: list[int], restart: bool = False) -> list[Alarm]:
    alarms: list[Alarm] = []
    start = turn = 0
    while start < len(stream):
        size = sizes[turn % len(sizes)]
        alarms += bank.update(stream.slice(start, start + size)).alarms
        start, turn = start + size, turn + 1
        bank = Bank.loads(bank.dumps(), bank.settings) if restart else bank
    return alarms


def test_the_usual_level_is_the_mean_of_the_reference_and_of_what_was_calm() -> None:
    """A pool beside the plain mean, over blocks with an alarm that stands from 120 to 150, until it is full."""
    yard = yardstick_of(np.random.default_rng(1).random((REFERENCE, 1)) * UNIT, np.zeros(1, np.bool_))
    sums = np.random.default_rng(2).integers(0, UNIT * PER_BLOCK, (600, 1))
    total = np.concatenate([np.zeros((1, 1), np.int64), sums.cumsum(axis=0)])
    pool, one, series = Pool(yard, np.zeros(1, np.int64), 1, PER_BLOCK), np.zeros(1, np.intp), np.array([0])
    calm: list[int] = []
    for end in range(1, 601):
        running = total[max(end - 200, 0) : end + 1].astype(np.int32)
        base = max(end - 200, 0)
        pool.add(sums[end - 1 : end])
        pool.fill(running, base)
        if end == 140:
            pool.leave(0, series, 120, running, base)
        if end == 150:
            pool.back(0, series, 150, running, base)
        usual = pool.usual(running, base, one, np.array([end]))
        calm = [place for place in range(end) if not 120 <= place < 150 or end < 140]
        calm = [place for place in calm if place < 120] if 140 <= end < 150 else calm
        calm = calm[: (MOST - 1) * REFERENCE // PER_BLOCK]
        level = (yard.mean[0] * REFERENCE + sums[calm].sum()) / (REFERENCE + PER_BLOCK * len(calm))
        assert usual.more[0] == PER_BLOCK * len(calm)
        assert usual.level[0] == pytest.approx(level, rel=1e-12)


@pytest.mark.parametrize("now", [0.02, 0.06])
def test_an_alarm_of_a_flag_stands_as_long_as_its_share(now: float) -> None:
    """Of the other side, which fell, any short window was back: of ten such alarms four cleared in 40,000 events."""
    for seed in range(6):
        random = np.random.default_rng(seed)
        share = np.where(np.arange(45_000) < 8_000, 0.01, now)
        flag = np.array(["no", "yes"], np.object_)[(random.random(45_000) < share).astype(int)]
        stream = block({}, {"country": flag})
        bank = fit(stream.slice(0, 5_000), Settings(features={"country": "categorical"}, false_alarms=1e-5))
        alarms = bank.update(stream.slice(5_000, 45_000)).alarms
        assert [one.state for one in alarms if one.state != "ongoing"] == ["raised"]


def test_an_alarm_that_was_chance_is_soon_over() -> None:
    """At a large budget. By what comes later alone half of them stood for 9,000 events, and hid what changed then."""
    stood = []
    for seed in range(20):
        random = np.random.default_rng(seed)
        flag = np.array(["no", "yes"], np.object_)[(random.random(40_000) < 0.01).astype(int)]
        stream = block({}, {"country": flag})
        bank = fit(stream.slice(0, 5_000), Settings(features={"country": "categorical"}, false_alarms=1e-4))
        alarms = bank.update(stream.slice(5_000, 40_000)).alarms
        began = {one.id: one.seq for one in alarms if one.state == "raised"}
        stood += [one.seq - began[one.id] for one in alarms if one.state == "cleared"]
    assert len(stood) > 8 and np.median(stood) < 1_500


def test_calm_traffic_shows_a_change_that_the_reference_alone_could_not() -> None:
    """0.15 deviations are 4.4 standard errors of 1,000 rows at most, and twice that once 3,000 more are known."""
    numeric = normal(11, 14_000)
    numeric["a"][8_000:] += 0.15
    stream = block(numeric)
    bank = fit(stream.slice(0, REFERENCE), TWO)
    raised = [alarm for alarm in told(bank, stream.slice(REFERENCE, 14_000), [14_000]) if alarm.state == "raised"]
    assert [(alarm.feature, alarm.kind) for alarm in raised] == [("a", "shift")]
    assert raised[0].seq > 8_000


@pytest.mark.parametrize(("sizes", "restart"), [([7], False), ([1, 4, 13, 977], False), ([331, 2_500], True)])
def test_any_cut_gives_the_same_alarms_and_state_until_the_level_is_fixed(sizes: list[int], restart: bool) -> None:
    numeric = normal(12, 12_000)
    for begin, end in ((2_000, 2_600), (3_500, 4_400), (9_000, 9_500)):
        numeric["a"][begin:end] += 1.0
    stream = block(numeric)
    kept = fit(stream.slice(0, REFERENCE), TWO).dumps()
    one, other = Bank.loads(kept, TWO), Bank.loads(kept, TWO)
    rest = stream.slice(REFERENCE, 12_000)
    whole = told(one, rest, [12_000])
    assert [alarm.state for alarm in whole].count("cleared") == 3
    assert told(other, rest, sizes, restart) == whole
    if not restart:
        assert other.dumps() == one.dumps()


@pytest.mark.parametrize("step", [97, 1_000_000])
def test_the_engine_s_own_steps_change_nothing(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alarms of all channels come and go before, while and after the usual level is fixed, 3,000 events on."""
    numeric, names = normal(13, 14_000), countries(14, 14_000)
    loss = np.random.default_rng(15).exponential(1.0, 14_000)
    for begin, end in ((2_000, 2_600), (3_900, 4_300), (6_200, 6_700), (9_000, 9_500)):
        numeric["a"][begin:end] += 1.0
        names[begin + 300 : end + 300] = countries(begin, end - begin, (0.2, 0.4, 0.4))
        loss[begin:end] *= 2
    stream = block(numeric, {"country": names}, Losses(np.arange(14_000), loss), prediction=numeric["c"] * 0.5)
    watch = Settings({"a": "numeric", "b": "numeric", "country": "categorical"}, prediction="numeric", labels=True)
    bank, rest = fit(stream.slice(0, REFERENCE), watch), stream.slice(REFERENCE, 14_000)
    kept, whole = bank.dumps(), told(bank, rest, [10])
    assert [alarm.state for alarm in whole].count("cleared") >= 9
    monkeypatch.setattr("landform_agent.engine.bank.STEP", step)
    other = Bank.loads(kept, watch)
    assert told(other, rest, [14_000]) == whole
    assert other.dumps() == bank.dumps()


def test_a_step_began_where_it_stands_out_and_growth_before_it_shows() -> None:
    random, count = np.random.default_rng(3), 300
    ages = np.arange(count, 0, -1.0) * PER_BLOCK
    steps, slopes = [], []
    for _ in range(40):
        noise = random.standard_normal(count) * np.sqrt(PER_BLOCK)
        for found, path in ((steps, np.where(np.arange(count) >= 260, 0.5, 0.0)), (slopes, _slope(count))):
            sums = noise + path * PER_BLOCK
            z = np.cumsum(sums[::-1])[::-1] / np.sqrt(ages)
            grown, error = ramps(sums, PER_BLOCK, 1.0, np.full(count, 1e9))
            found.append(count - likeliest([weight(np.maximum(z, 0), 1 / np.sqrt(ages)), weight(grown, error) - 1]))
    assert np.mean(np.abs(np.array(steps) - 40) <= 10) > 0.8
    assert 110 < np.median(slopes) < 190


def _slope(count: int) -> np.ndarray:  # type: ignore[type-arg]
    """A level that grows from 150 blocks before the end on."""
    path: np.ndarray = np.clip((np.arange(count) - (count - 150)) / 150 * 0.75, 0, None)  # type: ignore[type-arg]
    return path


def test_two_categories_that_change_places_stand_out_more_than_each_alone() -> None:
    shares = np.array([0.4, 0.25, 0.15, 0.2])
    codes = np.random.default_rng(4).choice(4, REFERENCE, p=shares)
    yard = yardstick_of(np.eye(4)[codes] * UNIT, np.ones(4, np.bool_))
    series = tuple(Series(0, "category", code) for code in range(4))
    measure = Mean(PER_BLOCK, np.full(4, 5.4), tuple(exchanging(series, yard)))
    counts = np.array([160, 60, 100, 80])
    total = np.stack([np.zeros(4, np.int64), counts * UNIT]).astype(np.int32)
    windows = Windows(np.ones(2, np.intp), np.full(2, 40), np.array([1, 2]), np.array([-3.0, 3.0]))
    # The window is one row of the totals that stands for 40 blocks.
    one = Windows(windows.end, windows.end, windows.series, windows.z)
    usual = usual_of(yard, windows.series)
    pairs = Mean(40 * PER_BLOCK, np.full(4, 5.4), measure.exchanges)
    both = pairs._exchanged(yard, usual, one, measure.exchanges[0], total)
    alone = Mean(40 * PER_BLOCK, np.full(4, 5.4))
    roots = np.abs(alone.worth(yard, usual, windows.z, one, total))
    assert (both > roots).all()


@pytest.mark.parametrize(
    ("shares", "several"), [((0.5, 0.5), 0), ((0.95, 0.05), 0), ((0.6, 0.4), 0), ((0.6, 0.3, 0.1), 1)]
)
def test_no_budget_is_set_aside_for_two_categories_that_are_all_there_is(
    shares: tuple[float, ...], several: int
) -> None:
    """Where one comes in the other's place, either share says it."""
    codes = np.random.default_rng(5).choice(len(shares), REFERENCE, p=shares)
    yard = yardstick_of(np.eye(len(shares))[codes] * UNIT, np.ones(len(shares), np.bool_))
    series = tuple(Series(0, "category", code) for code in range(len(shares)))
    assert len(exchanging(series, yard)) == several


def test_new_names_that_never_end_are_no_drift() -> None:
    """Of those that came once, few come again: what is new takes their place."""
    settings = Settings(features={"merchant": "categorical"})
    for seed in range(4):
        kinds = np.minimum(np.random.default_rng(seed).zipf(1.5, 25_000), 1_000_000)
        stream = block({}, {"merchant": kinds.astype(str).astype(object)})
        bank = fit(stream.slice(0, 5_000), settings)
        assert [alarm.kind for alarm in bank.update(stream.slice(5_000, 25_000)).alarms] == []


def sessions(seed: int, share: float, rows: int, length: int, since: int = 0) -> Block:
    """Visitors send so many rows in one go; a share of them has a category of its own, from `since` on."""
    random = np.random.default_rng(seed)
    names = np.repeat(countries(seed, length // rows + 1), rows)[:length]
    for number in np.flatnonzero(random.random(length // rows) < share).tolist():
        names[max(number * rows, since) : (number + 1) * rows] = f"id{number}"
    return block({}, {"country": names})


@pytest.mark.parametrize("rows", [2, 5])
def test_ids_that_come_with_all_rows_of_a_session_are_no_drift(rows: int) -> None:
    """None of them comes once only, and yet the reference is full of them."""
    told = []
    for seed in range(4):
        stream = sessions(seed, 0.01, rows, 45_000)
        bank = fit(stream.slice(0, REFERENCE), Settings(features={"country": "categorical"}))
        told += [one.state for one in bank.update(stream.slice(REFERENCE, 45_000)).alarms if of_new(one)]
    assert told.count("raised") <= 1


@pytest.mark.parametrize("step", [40_000, 377])
def test_what_was_never_seen_and_went_again_is_not_told_each_time_it_comes(step: int) -> None:
    """The reference has no session with an id: the first one is news, those after it are not."""
    for seed in range(3):
        stream = sessions(seed, 0.001, 5, 85_000, since=REFERENCE)
        bank = fit(stream.slice(0, REFERENCE), Settings(features={"country": "categorical"}))
        alarms = told(bank, stream.slice(REFERENCE, 85_000), [step], restart=True)
        raised = [one.seq for one in alarms if of_new(one) and one.state == "raised"]
        assert 1 <= len(raised) <= 3


def of_new(alarm: Alarm) -> bool:
    return alarm.evidence.get("category") == "(new)"


def test_a_new_category_that_stays_is_told_soon_though_one_went_before() -> None:
    names = countries(3, 30_000)
    names[8_000:8_005] = "id"
    names[20_000:][np.random.default_rng(3).random(10_000) < 0.05] = "new"
    stream = block({}, {"country": names})
    bank = fit(stream.slice(0, REFERENCE), Settings(features={"country": "categorical"}))
    raised = [one.seq for one in bank.update(stream.slice(REFERENCE, 30_000)).alarms if one.state == "raised"]
    assert len(raised) == 2 and raised[1] < 20_600


def test_a_pair_whose_correlation_a_few_events_hold_down_is_no_alarm_without_them() -> None:
    """One event in ten lies on another line: a window that has few of them is nearly perfectly correlated."""
    random = np.random.default_rng(1)
    x = random.standard_normal(45_000)
    off = random.random(45_000) < 0.1
    y = np.where(off, -3 * x, x) + 0.15 * random.standard_normal(45_000)
    stream = block({"a": x, "b": y})
    bank = fit(stream.slice(0, 5_000), TWO)
    assert [alarm for alarm in bank.update(stream.slice(5_000, 45_000)).alarms if alarm.kind == "correlation"] == []


@pytest.mark.parametrize("size", [1.5, 3.0])
@pytest.mark.parametrize("likeness", [0.5, 0.8])
def test_a_shift_that_explains_another_correlation_makes_no_alarm_of_its_own(size: float, likeness: float) -> None:
    """Values at the end of the reference's ranks go together less, and so do two laws in one window."""
    for seed in range(5):
        random = np.random.default_rng(seed)
        x, y = random.standard_normal((2, 40_000))
        y = likeness * x + np.sqrt(1 - likeness**2) * y
        x[8_000:24_000] += size
        stream = block({"a": x, "b": y})
        alarms = fit(stream.slice(0, 5_000), TWO).update(stream.slice(5_000, 40_000)).alarms
        assert "a" in {one.feature for one in alarms}
        assert "correlation" not in {one.kind for one in alarms}


def test_a_correlation_that_changes_after_a_shift_of_half_a_deviation_is_told() -> None:
    random = np.random.default_rng(5)
    x, y = random.standard_normal((2, 20_000))
    y[12_000:] = 0.6 * x[12_000:] + 0.8 * y[12_000:]
    x[8_000:] += 0.5
    stream = block({"a": x, "b": y})
    alarms = fit(stream.slice(0, 5_000), TWO).update(stream.slice(5_000, 20_000)).alarms
    told = [one.seq for one in alarms if one.kind == "correlation"]
    assert told and 12_000 < told[0] < 12_200


def test_a_strong_correlation_that_ends_is_told_within_fifty_events() -> None:
    delays = []
    for seed in range(9):
        numeric = normal(300 + seed, 9_000, "ab")
        numeric["b"][:8_000] = 0.8 * numeric["a"][:8_000] + 0.6 * numeric["b"][:8_000]
        bank = fit(block(numeric).slice(0, 5_000), replace(TWO, false_alarms=2e-6))
        delays.append(bank.update(block(numeric).slice(5_000, 9_000)).alarms[0].seq - 8_000)
    assert min(delays) >= 0 and np.median(delays) < 50


def test_a_correlation_that_comes_back_after_it_cleared_must_be_calm_for_longer() -> None:
    random = np.random.default_rng(7)
    x, y = random.standard_normal(40_000), random.standard_normal(40_000)
    for begin in (5_000, 15_000, 25_000):
        y[begin : begin + 1_000] = 0.8 * x[begin : begin + 1_000] + 0.6 * y[begin : begin + 1_000]
    stream = block({"a": x, "b": y})
    bank = fit(stream.slice(0, 3_000), TWO)
    alarms = [one for one in bank.update(stream.slice(3_000, 40_000)).alarms if one.kind == "correlation"]
    cleared = [one.seq for one in alarms if one.state == "cleared"]
    waits = np.array(cleared) - np.array([6_000, 16_000, 26_000])
    assert (np.diff(waits) > 0).all()
