"""The bank keeps its promises for any cut of the stream, and sees each kind of change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.streams import block, countries, normal

from landform_agent.block import Block, Losses
from landform_agent.engine import Alarm, Bank, OtherVersionError, Season, Settings, TooFewRowsError, fit
from landform_agent.engine.cell import PER_BLOCK

REFERENCE, CHANGE, END = 5_000, 7_003, 9_000
FEATURES = Settings(
    features={"a": "numeric", "b": "numeric", "c": "numeric", "country": "categorical"}, watch="score", labels=True
)


def changed() -> Block:
    """A shift in `a`, new shares in `country`, and worse losses, all from `CHANGE` on."""
    numeric = normal(1, END)
    numeric["a"][CHANGE:] += 1.0
    numeric["b"][::50] = np.nan
    before, after = countries(2, CHANGE), countries(3, END - CHANGE, (0.4, 0.3, 0.2, 0.1))
    loss = np.random.default_rng(4).exponential(1.0, END)
    loss[CHANGE:] *= 2
    losses = Losses(np.arange(END), loss)
    return block(numeric, {"country": np.concatenate([before, after])}, losses)


def alarms_of(bank: Bank, stream: Block, sizes: list[int]) -> list[Alarm]:
    told: list[Alarm] = []
    start, turn = 0, 0
    while start < len(stream):
        size = sizes[turn % len(sizes)]
        told += bank.update(stream.slice(start, start + size)).alarms
        start, turn = start + size, turn + 1
    return told


def raised(alarms: list[Alarm] | tuple[Alarm, ...]) -> list[tuple[str, str | None, str]]:
    return [(alarm.channel, alarm.feature, alarm.kind) for alarm in alarms if alarm.state == "raised"]


@pytest.fixture(scope="module")
def stream() -> Block:
    return changed()


@pytest.fixture(scope="module")
def fitted(stream: Block) -> bytes:
    return fit(stream.slice(0, REFERENCE), FEATURES).dumps()


@pytest.fixture(scope="module")
def whole(stream: Block, fitted: bytes) -> list[Alarm]:
    return alarms_of(Bank.loads(fitted, FEATURES), stream.slice(REFERENCE, END), [END])


def test_what_changed_is_told_and_nothing_else(whole: list[Alarm]) -> None:
    assert set(raised(whole)) == {
        ("data", "a", "shift"),
        ("data", "country", "category"),
        ("label", None, "performance"),
    }
    assert all(alarm.seq >= CHANGE and abs(alarm.since_seq - CHANGE) <= 60 for alarm in whole)


@pytest.mark.parametrize("size", [1, 7, 32, 10_000])
def test_any_batch_size_gives_the_same_alarms_and_state(
    stream: Block, fitted: bytes, whole: list[Alarm], size: int
) -> None:
    rest = stream.slice(REFERENCE, END)
    one, other = Bank.loads(fitted, FEATURES), Bank.loads(fitted, FEATURES)
    assert alarms_of(one, rest, [size]) == whole
    alarms_of(other, rest, [END])
    assert one.dumps() == other.dumps()


def test_random_batches_with_a_restart_after_each_give_the_same_alarms(
    stream: Block, fitted: bytes, whole: list[Alarm]
) -> None:
    random = np.random.default_rng(11)
    bank, told, start = Bank.loads(fitted, FEATURES), list[Alarm](), REFERENCE
    while start < END:
        stop = start + int(random.integers(1, 300))
        told += bank.update(stream.slice(start, min(stop, END))).alarms
        bank, start = Bank.loads(bank.dumps(), FEATURES), stop
    assert told == whole


def test_a_batch_of_nothing_changes_nothing(stream: Block, fitted: bytes) -> None:
    bank = Bank.loads(fitted, FEATURES)
    assert bank.update(stream.slice(0, 0)).alarms == ()
    assert bank.dumps() == fitted


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e308, -1e308])
def test_a_value_beyond_all_measure_blinds_nothing(value: float) -> None:
    numeric = normal(5, 10_000)
    numeric["a"][8_000:] += 1.0
    numeric["a"][5_500] = numeric["b"][6_000] = value
    settings = replace(FEATURES, features={"a": "numeric", "b": "numeric"}, labels=False)
    bank = fit(block(numeric).slice(0, REFERENCE), settings)
    update = bank.update(block(numeric).slice(REFERENCE, 10_000))
    assert raised(update.alarms) == [("data", "a", "shift")]
    assert all(np.isfinite(alarm.statistic) for alarm in update.alarms)


def test_values_beyond_all_measure_in_the_reference_blind_nothing() -> None:
    numeric = normal(6, 10_000)
    numeric["a"][[10, 20, 30, 40]] = [np.nan, np.inf, -np.inf, 1e308]
    numeric["a"][8_000:] += 1.0
    for season in (None, Season(500, "events")):
        settings = Settings(features={"a": "numeric", "b": "numeric"}, season=season)
        bank = fit(block(numeric).slice(0, REFERENCE), settings)
        assert ("data", "a", "shift") in raised(bank.update(block(numeric).slice(REFERENCE, 10_000)).alarms)


def test_a_reference_as_wide_as_numbers_are_has_no_season_and_blinds_nothing() -> None:
    """It could not be fitted: squares of what the season leaves are no numbers."""
    numeric = normal(6, 10_000)
    numeric["a"] = np.clip(numeric["a"] / 4, -1, 1) * 1e308
    numeric["b"][8_000:] += 1.0
    settings = Settings(features={"a": "numeric", "b": "numeric"}, season=Season(500, "events"))
    bank = fit(block(numeric).slice(0, REFERENCE), settings)
    assert raised(bank.update(block(numeric).slice(REFERENCE, 10_000)).alarms) == [("data", "b", "shift")]


def test_a_short_burst_of_absurd_values_is_no_drift() -> None:
    numeric = normal(7, 10_000)
    numeric["a"][7_000:7_060] = 1e6
    settings = Settings(features={"a": "numeric", "b": "numeric"})
    bank = fit(block(numeric).slice(0, REFERENCE), settings)
    assert raised(bank.update(block(numeric).slice(REFERENCE, 10_000)).alarms) == []


def test_many_short_bursts_are_no_drift_but_a_broken_sensor_is() -> None:
    numeric = normal(23, 26_000)
    for begin in range(1_000, 20_000, 3_450):
        numeric["a"][begin : begin + 60] = -999.0
    numeric["a"][20_000::3] = -999.0
    bank = fit(block(numeric).slice(0, REFERENCE), Settings(features={"a": "numeric", "b": "numeric"}))
    assert raised(bank.update(block(numeric).slice(REFERENCE, 20_000)).alarms) == []
    told = bank.update(block(numeric).slice(20_000, 26_000)).alarms
    assert [alarm.feature for alarm in told][:1] == ["a"]
    assert told[0].seq < 20_800


def test_a_change_that_goes_back_is_cleared_under_its_id_and_told_anew_when_it_recurs() -> None:
    numeric = normal(8, 26_000)
    numeric["a"][8_000:10_000] += 1.0
    numeric["a"][20_000:] += 1.0
    settings = Settings(features={"a": "numeric", "b": "numeric"})
    bank = fit(block(numeric).slice(0, REFERENCE), settings)
    told = [alarm for alarm in bank.update(block(numeric).slice(REFERENCE, 26_000)).alarms if alarm.feature == "a"]
    assert [alarm.state for alarm in told] == ["raised", "cleared", "raised"]
    assert told[0].id == told[1].id != told[2].id
    assert 10_000 <= told[1].seq < 11_000 and 20_000 <= told[2].seq < 20_200


def test_a_further_change_names_the_alarm_before() -> None:
    numeric = normal(9, 20_000)
    numeric["a"][8_000:] += 0.5
    numeric["a"][14_000:] += 1.5
    bank = fit(block(numeric).slice(0, REFERENCE), Settings(features={"a": "numeric", "b": "numeric"}))
    told = [alarm for alarm in bank.update(block(numeric).slice(REFERENCE, 20_000)).alarms if alarm.feature == "a"]
    assert [alarm.state for alarm in told] == ["raised", "raised"]
    assert told[1].evidence["after"] == told[0].id and 14_000 <= told[1].seq < 15_000


def test_a_small_alarm_that_took_long_hides_no_large_change() -> None:
    """By a window twice as long as that of the first alarm it was told after 800 events."""
    numeric = normal(31, 30_000)
    numeric["a"][8_000:] += 0.15
    numeric["a"][20_000:] += 0.6
    watch = Settings(features={"a": "numeric", "b": "numeric"}, false_alarms=2e-6)
    bank = fit(block(numeric).slice(0, REFERENCE), watch)
    told = [one for one in bank.update(block(numeric).slice(REFERENCE, 30_000)).alarms if one.state == "raised"]
    assert [alarm.feature for alarm in told] == ["a", "a"]
    assert float(str(told[0].evidence["events"])) > 1_000
    assert told[1].evidence["after"] == told[0].id and 20_000 <= told[1].seq < 20_400
    assert abs(told[1].since_seq - 20_000) < 100


def test_an_alarm_that_stands_is_told_again_under_its_id() -> None:
    numeric = normal(10, 12_000)
    numeric["a"][8_000:] += 1.0
    bank = fit(block(numeric).slice(0, REFERENCE), Settings(features={"a": "numeric"}, remind=1_000))
    told = bank.update(block(numeric).slice(REFERENCE, 12_000)).alarms
    assert [(alarm.state, alarm.attempt) for alarm in told[:3]] == [("raised", 1), ("ongoing", 2), ("ongoing", 3)]
    assert len({alarm.id for alarm in told}) == 1


def test_what_an_alarm_tells_again_is_of_all_since_the_change() -> None:
    """Not of the few events that brought it: of these a share goes to and fro from telling to telling."""
    numeric = normal(25, 20_000)
    numeric["a"][8_000:][np.random.default_rng(26).random(12_000) < 0.2] = np.nan
    settings = Settings(features={"a": "numeric", "b": "numeric"}, remind=1_000)
    told = fit(block(numeric).slice(0, REFERENCE), settings).update(block(numeric).slice(REFERENCE, 20_000)).alarms
    again = [alarm.evidence for alarm in told if alarm.state == "ongoing"]
    assert len(again) > 8
    events = [evidence["events"] for evidence in again]
    assert events == sorted(events) and 900 < events[0] < 1_200 and events[-1] == 9_050
    assert all(abs(evidence["missing_now"] - 0.2) < 0.05 for evidence in again)
    assert {tuple(evidence["moved"]) for evidence in again} == {("a",)}


@pytest.mark.parametrize(("kind", "feature"), [("spread", "a"), ("missing", "b"), ("correlation", None)])
def test_each_kind_of_change_is_seen_under_its_name(kind: str, feature: str | None) -> None:
    numeric = normal(12, 12_000)
    if kind == "spread":
        numeric["a"][8_000:] *= 2
    elif kind == "missing":
        numeric["b"][8_000::5] = np.nan
    else:
        numeric["b"][8_000:] = 0.7 * numeric["a"][8_000:] + 0.7 * numeric["b"][8_000:]
    bank = fit(block(numeric).slice(0, REFERENCE), Settings(features=dict.fromkeys("abc", "numeric")))
    told = bank.update(block(numeric).slice(REFERENCE, 12_000)).alarms
    assert [(alarm.feature, alarm.kind) for alarm in told if alarm.state == "raised"] == [(feature, kind)]
    if kind == "correlation":
        assert told[0].evidence["features"] == ["a", "b"]


def test_a_new_category_is_seen() -> None:
    names = np.concatenate([countries(13, 8_000), countries(14, 4_000, (0.57, 0.3, 0.1, 0.03))])
    bank = fit(block({}, {"country": names}).slice(0, REFERENCE), Settings(features={"country": "categorical"}))
    told = bank.update(block({}, {"country": names}).slice(REFERENCE, 12_000)).alarms
    assert raised(told) == [("data", "country", "category")]
    assert told[0].evidence["category"] == "(new)"


@pytest.mark.parametrize("second", [8_001, 8_004, 8_060])
def test_the_second_event_of_a_new_category_is_told_at_once(second: int) -> None:
    """Where 8,000 events had none: also when both lie in one block of ten. A single one is nothing."""
    names = countries(13, 12_000)
    names[8_000] = "new"
    stream, settings = block({}, {"country": names}), Settings(features={"country": "categorical"})
    bank = fit(stream.slice(0, REFERENCE), settings)
    assert bank.update(stream.slice(REFERENCE, 12_000)).alarms == ()
    names[second] = "new"
    stream = block({}, {"country": names})
    told = fit(stream.slice(0, REFERENCE), settings).update(stream.slice(REFERENCE, 12_000)).alarms
    assert [(alarm.state, alarm.evidence["category"]) for alarm in told[:1]] == [("raised", "(new)")]
    assert second <= told[0].seq < second + PER_BLOCK


def test_a_better_performance_is_no_alarm() -> None:
    loss = np.random.default_rng(15).exponential(1.0, 12_000)
    loss[8_000:] /= 3
    stream = block(normal(15, 12_000), losses=Losses(np.arange(12_000), loss))
    bank = fit(stream.slice(0, REFERENCE), Settings(features={"a": "numeric"}, labels=True))
    assert raised(bank.update(stream.slice(REFERENCE, 12_000)).alarms) == []


def test_a_prediction_has_a_channel_of_its_own() -> None:
    score = np.random.default_rng(16).beta(2, 5, 12_000)
    score[8_000:] = np.sqrt(score[8_000:])
    stream = block(normal(16, 12_000, "a"), prediction=score)
    bank = fit(stream.slice(0, REFERENCE), Settings(features={"a": "numeric"}, prediction="probability"))
    told = bank.update(stream.slice(REFERENCE, 12_000)).alarms
    assert (told[0].channel, told[0].feature) == ("prediction", None)


def test_of_a_sensitive_feature_only_distances_leave() -> None:
    secret = np.concatenate([countries(17, 8_000), countries(18, 4_000, (0.2, 0.2, 0.6))])
    stream = block({}, {"country": secret})
    settings = Settings(features={"country": "categorical"}, sensitive=frozenset(["country"]))
    told = fit(stream.slice(0, REFERENCE), settings).update(stream.slice(REFERENCE, 12_000)).alarms
    assert told and not {"bins", "before", "now", "category"} & set(told[0].evidence)


def test_bytes_of_another_version_are_refused_with_a_way_forward(fitted: bytes) -> None:
    for bad in (b"", bytes([99]) + fitted[1:], fitted[:500]):
        with pytest.raises(OtherVersionError, match="fit the watch again"):
            Bank.loads(bad, FEATURES)


def test_too_short_a_reference_is_refused_with_the_rows_needed() -> None:
    with pytest.raises(TooFewRowsError, match="1000"):
        fit(block(normal(1, 999)), Settings(features={"a": "numeric"}))


def test_the_report_says_what_can_be_seen(fitted: bytes) -> None:
    report = Bank.loads(fitted, FEATURES).report()
    assert set(report) == {"a", "b", "c", "country", "(pairs)", "(label)"}
    assert 0.05 < report["a"]["shift"]["change"] < 0.3


def test_a_slow_watch_judges_each_event() -> None:
    """An event a minute: ten of them would wait for ten minutes."""
    numeric = normal(18, 7_000, "ab")
    numeric["a"][6_000:] += 1.5
    stream = replace(block(numeric), at=np.arange(7_000) * 60.0)
    settings = Settings(features={"a": "numeric", "b": "numeric"})
    bank = fit(stream.slice(0, REFERENCE), settings)
    kept, whole = bank.dumps(), alarms_of(bank, stream.slice(REFERENCE, 7_000), [7_000])
    assert [alarm.feature for alarm in whole] == ["a"]
    assert 6_000 <= whole[0].seq < 6_040
    again = Bank.loads(kept, settings)
    assert alarms_of(again, stream.slice(REFERENCE, 7_000), [1, 4, 13]) == whole
    assert again.dumps() == bank.dumps()


def test_two_hundred_features_keep_to_the_budget_where_nothing_happens() -> None:
    """Five watches may raise one alarm in these 100,000 events, and 200 if each feature had all of the budget."""
    names = [f"f{number}" for number in range(200)]
    told: list[Alarm] = []
    for seed in range(19, 24):
        x = np.random.default_rng(seed).standard_normal((25_000, 200))
        stream = block({name: np.ascontiguousarray(x[:, place]) for place, name in enumerate(names)})
        bank = fit(stream.slice(0, REFERENCE), Settings(features=dict.fromkeys(names, "numeric")))
        told += bank.update(stream.slice(REFERENCE, 25_000)).alarms
        assert len(bank.dumps()) < 4_000_000
    assert len(raised(told)) <= 1


def test_unchanged_traffic_that_grows_is_no_drift() -> None:
    """Three times the events a day at the end, with a daily season: the law at each hour stays."""
    random, length = np.random.default_rng(21), 60_000
    at = np.cumsum(random.exponential(86_400 / 1_000, length) / (1 + 2 * np.arange(length) / length))
    numeric = normal(22, length, "ab")
    numeric["a"] -= 1.5 * np.cos(2 * np.pi * at / 86_400)
    stream = replace(block(numeric), at=at)
    season = Season(86_400, "seconds")
    settings = Settings(features={"a": "numeric", "b": "numeric"}, season=season, false_alarms=1e-6)
    bank = fit(stream.slice(0, REFERENCE), settings)
    assert raised(bank.update(stream.slice(REFERENCE, length)).alarms) == []
