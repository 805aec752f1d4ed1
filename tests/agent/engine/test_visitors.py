"""Rows that come from visitors who take turns, and what live traffic proves of how far means stray."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter
from support.streams import block

from landform_agent.block import Block, Floats, Ints
from landform_agent.engine import Alarm, Bank, Season, Segments, Settings, fit
from landform_agent.engine.columns import numeric_column
from landform_agent.engine.design import Design, Group
from landform_agent.engine.measure import Mean, in_clusters
from landform_agent.engine.scan import UNIT, yardstick_of
from landform_agent.engine.season import phases
from landform_agent.engine.variance import inflation, inflation_together
from landform_agent.engine.wander import Wander

REFERENCE, BUDGET = 5_000, 0.25e-5
SETTINGS = Settings(features={"age": "numeric", "device": "categorical"}, false_alarms=BUDGET)


def visits(random: np.random.Generator, length: int, side: int) -> Ints:
    """Whose row each one is: so many visitors take turns at random, each for six rows in the mean."""
    warm = 6 * side
    seat, leaves = random.integers(side, size=length + warm), random.random(length + warm) < 1 / 6
    visitor, now, following = np.empty(length + warm, np.int64), list(range(side)), side
    for place, (here, last) in enumerate(zip(seat.tolist(), leaves.tolist(), strict=True)):
        visitor[place] = now[here]
        if last:
            now[here], following = following, following + 1
    return visitor[warm:]


def traffic(seed: int, length: int, side: int) -> Block:
    """Every visitor has an age and a device."""
    random = np.random.default_rng(seed)
    visitor = visits(random, length, side)
    ages, devices = (
        random.standard_normal(visitor.max() + 1),
        random.choice(4, visitor.max() + 1, p=[0.5, 0.3, 0.15, 0.05]),
    )
    names = np.array(["phone", "desk", "pad", "tv"], np.object_)
    return block({"age": ages[visitor]}, {"device": names[devices[visitor]]})


def raised(bank: Bank, stream: Block, sizes: list[int]) -> list[Alarm]:
    """All alarms, the stream cut into pieces of these sizes in turns."""
    told, start, turn = list[Alarm](), 0, 0
    while start < len(stream):
        stop = start + sizes[turn % len(sizes)]
        told += bank.update(stream.slice(start, min(stop, len(stream)))).alarms
        start, turn = stop, turn + 1
    return told


@pytest.mark.parametrize("side", [1, 20])
def test_visits_are_no_drift(side: int) -> None:
    """One after the other eight and more false alarms came in 100,000 events, of twenty at once thirty-seven."""
    told = []
    for seed in range(8):
        stream = traffic(seed, REFERENCE + 20_000, side)
        told += raised(fit(stream.slice(0, REFERENCE), SETTINGS), stream.slice(REFERENCE, len(stream)), [10_000])
    assert sum(one.state == "raised" for one in told) <= 6


def test_live_traffic_proves_what_a_reference_cannot_know() -> None:
    """Of sixty visitors at once it holds few visits: fifteen false alarms in 100,000 events, for ever."""
    told = []
    for seed in range(5):
        stream = traffic(seed, 115_000, 60)
        told += raised(fit(stream.slice(0, REFERENCE), SETTINGS), stream.slice(REFERENCE, len(stream)), [10_000])
    later = [one for one in told if one.state == "raised" and one.seq > 55_000]
    assert len(later) <= 4


def test_what_is_proven_does_not_depend_on_how_events_come() -> None:
    stream = traffic(2, 60_000, 60)
    bank, rest = fit(stream.slice(0, REFERENCE), SETTINGS), stream.slice(REFERENCE, 60_000)
    kept = bank.dumps()
    whole = raised(bank, rest, [len(rest)])
    assert any(one.state == "raised" for one in whole)
    for sizes in ([10_000], [997, 10, 4_001], [9_050]):
        again = Bank.loads(kept, SETTINGS)
        assert raised(again, rest, sizes) == whole
        assert again.dumps() == bank.dumps()
    half = Bank.loads(kept, SETTINGS)
    early = raised(half, rest.slice(0, 31_234), [5_000])
    assert early + raised(Bank.loads(half.dumps(), SETTINGS), rest.slice(31_234, len(rest)), [5_000]) == whole


def proven(scores: Floats) -> Floats:
    """How many times as far than the reference of independent scores says windows of 400 events and more may stray."""
    yard = yardstick_of(np.random.default_rng(1).standard_normal((REFERENCE, 1)) * UNIT, np.zeros(1, np.bool_))
    yard = yardstick_of(yard.mean + yard.deviation * np.array([[-1.0], [1.0]] * 2_500), np.zeros(1, np.bool_))
    design = Design(yard, np.array([5.0]), (Group("a", (0,)),), (2, 40, 180, 905), 10, 20)
    wander, measure = Wander(design), Mean(10, design.bar)
    sums = np.rint((yard.mean + yard.deviation * scores[:, None]).reshape(-1, 10, 1).sum(axis=1))
    for end in range(905, len(sums) + 1, 905):
        part = sums[end - 905 : end]
        wander.learn(measure, np.concatenate([np.zeros((1, 1)), part.cumsum(axis=0)]).astype(np.int32), np.array([-1]))
    return wander.root(np.zeros(4, np.intp), np.array([5, 40, 300, 905]))


def test_a_level_that_wanders_is_proven_and_a_step_a_creep_or_an_outage_is_not() -> None:
    length = 20 * 9_050
    random = np.random.default_rng(5)
    calm = random.standard_normal(length)
    assert proven(calm) == pytest.approx(1, abs=0.1)
    slow = lfilter([np.sqrt(1 - 0.998**2)], [1, -0.998], random.standard_normal(length + 5_000))[5_000:]
    wandering = proven(0.9 * calm + np.sqrt(0.19) * slow)
    assert (np.diff(wandering) >= 0).all()
    # 400 events of an autoregression of 0.998 hardly tell it from a level; a window strays 8 times as far in the limit.
    assert 5.0 < wandering[1] < 8.0
    step, outage, creep = calm.copy(), calm.copy(), calm + np.linspace(0, 0.6, length)
    step[length // 3 :] += 2
    outage[30_000:31_500] += 3
    for other in (step, outage, creep):
        assert proven(other) == pytest.approx(1, abs=0.15)


def test_a_noisy_day_is_forgotten() -> None:
    """A level that flaps for 10,000 events early on widened windows for months: a step of 0.25 took 6,759 events."""
    delays = []
    for seed in range(5):
        place, x = np.arange(110_000), np.random.default_rng(seed).standard_normal((110_000, 2))
        noisy = (place >= 7_000) & (place < 17_000)
        x[noisy, 0] += np.where((place[noisy] // 600) % 2, 1.0, -1.0)
        x[80_000:, 0] += 0.25
        stream = block({"a": x[:, 0].copy(), "b": x[:, 1].copy()})
        bank = fit(stream.slice(0, REFERENCE), Settings(features=dict.fromkeys("ab", "numeric"), false_alarms=BUDGET))
        told = [one for one in raised(bank, stream.slice(REFERENCE, len(stream)), [10_000]) if one.state == "raised"]
        delays.append(next(one.seq - 80_000 for one in told if one.seq >= 80_000))
    assert np.median(delays) < 600


def test_segments_of_slow_traffic_do_not_depend_on_how_events_come() -> None:
    """What was found within a piece is told after it: the rows of its beginning are still at hand."""
    stream = traffic(3, 30_000, 40)
    numeric = {"age": np.where(np.arange(30_000) < 9_100, stream.numeric["age"], stream.numeric["age"] + 1)}
    changed = Block(stream.seq, stream.at * 0.1, stream.ident, numeric, stream.categorical)
    features = {"age": "numeric", "device": "categorical"}
    settings = Settings(features=features, false_alarms=1e-5, segments=Segments("device"))  # type: ignore[arg-type]
    bank = fit(changed.slice(0, REFERENCE), settings)
    kept, rest = bank.dumps(), changed.slice(REFERENCE, 30_000)
    whole = raised(bank, rest, [len(rest)])
    assert any(one.segment for one in whole)
    for sizes in ([97], [4_096]):
        again = Bank.loads(kept, settings)
        assert raised(again, rest, sizes) == whole
        assert again.dumps() == bank.dumps()


def test_categories_of_a_column_show_their_memory_together() -> None:
    """One of them alone has it anywhere from 2 to 18."""
    apart, together = [], []
    for seed in range(20):
        random = np.random.default_rng(seed)
        visitor = visits(random, REFERENCE, 20)
        kinds = random.choice(12, visitor.max() + 1)[visitor]
        cells = np.eye(12)[kinds] - np.bincount(kinds, minlength=12) / REFERENCE
        apart.append(inflation(cells)[0])
        together.append(inflation_together(cells, 400)[0])
    assert np.std(np.log(together)) < 0.6 * np.std(np.log(apart))
    assert 5 < np.median(together) < 14


def test_many_rows_of_a_category_at_once_are_likelier_in_clusters() -> None:
    few, many = (
        in_clusters(np.array([1.0, 5.0, 5.5]), np.array([5.0, 5.0, 5.0])),
        in_clusters(np.array([50.0]), np.array([5.0])),
    )
    assert few == pytest.approx([1, 1, 1], abs=0.02) and many[0] == pytest.approx(0.8165, abs=0.001)


def test_values_that_go_to_and_fro_stray_less_and_are_seen_sooner() -> None:
    """A step of 0.3 in an autoregression of -0.6 took 316 events; the means of 4 values stray as that of one."""
    delays = []
    for seed in range(11):
        draws = np.random.default_rng(seed).standard_normal((20_000, 2)) * 0.8
        x = lfilter([1.0], [1.0, 0.6], draws, axis=0)
        x[12_000:, 0] += 0.3
        stream = block({"a": x[:, 0].copy(), "b": x[:, 1].copy()})
        bank = fit(stream.slice(0, REFERENCE), Settings(features=dict.fromkeys("ab", "numeric"), false_alarms=BUDGET))
        told = [one for one in raised(bank, stream.slice(REFERENCE, len(stream)), [20_000]) if one.state == "raised"]
        delays.append(next(one.seq for one in told if one.feature == "a") - 12_000)
    assert min(delays) > 0 and np.median(delays) < 160


def test_a_column_of_whole_degrees_loses_its_season_and_a_clock_keeps_its_hours() -> None:
    random, hour = np.random.default_rng(4), np.arange(10_000) % 1_000
    season = Season(1_000, "events")
    phase = phases(np.arange(10_000), np.arange(10_000.0), season)
    degrees = np.round(15 + 8 * np.sin(2 * np.pi * hour / 1_000) + 3 * random.standard_normal(10_000))
    assert numeric_column("t", degrees, phase).cycle is not None
    counts = random.poisson(1 + np.sin(2 * np.pi * hour / 1_000)).astype(np.float64)
    assert numeric_column("n", counts, phase).cycle is None


def test_a_sensor_that_rests_by_night_is_no_drift() -> None:
    """Its windows stray by day alone: eleven in 100,000 events were raised."""
    told = []
    for seed in range(6):
        random, place = np.random.default_rng(seed), np.arange(25_000)
        day = np.maximum(np.sin(2 * np.pi * place / 1_000), 0)
        light = np.where(day > 0, np.round(day * 800 * random.lognormal(0, 0.3, 25_000)), 0.0)
        stream = block({"light": light, "hour": np.floor(24 * (place % 1_000) / 1_000)})
        settings = Settings(
            features=dict.fromkeys(["light", "hour"], "numeric"), season=Season(1_000, "events"), false_alarms=BUDGET
        )
        bank = fit(stream.slice(0, REFERENCE), settings)
        told += [one for one in raised(bank, stream.slice(REFERENCE, 25_000), [20_000]) if one.state == "raised"]
    assert len(told) <= 2
