"""Laws that lie far from independent normal columns: none may make the watch cry, and none make it deaf."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter
from support.streams import block

from landform_agent.block import Block, Floats, Losses
from landform_agent.engine import Alarm, Season, Settings, fit
from landform_agent.engine.cell import learn_label
from landform_agent.engine.columns import MISSING, categorical_column, numeric_column
from landform_agent.engine.profile import LENGTHS, WEIGHT, Plan, by_memory, parts_of
from landform_agent.engine.reference import loss_column
from landform_agent.engine.scan import peaked_root, yardstick_of
from landform_agent.engine.scores import ERROR, FAR, LOSS, loss_scores, number_scores, table
from landform_agent.engine.season import BINS, harmonic_fit
from landform_agent.engine.track import Track
from landform_agent.engine.variance import inflation, of_squares

REFERENCE, LENGTH, CHANGE = 5_000, 25_000, 12_000
BUDGET = 0.25e-5


def raised(stream: Block, settings: Settings) -> list[Alarm]:
    """What is raised after the reference."""
    told = fit(stream.slice(0, REFERENCE), settings).update(stream.slice(REFERENCE, len(stream))).alarms
    return [alarm for alarm in told if alarm.state == "raised"]


def numbers(x: Floats, **other: object) -> tuple[Block, Settings]:
    """Columns of numbers and the watch of them."""
    columns = {name: np.ascontiguousarray(x[:, place]) for place, name in enumerate("abcdefgh"[: x.shape[1]])}
    return block(columns), Settings(features=dict.fromkeys(columns, "numeric"), false_alarms=BUDGET, **other)  # type: ignore[arg-type]


def under_noise(random: np.random.Generator, length: int, width: int) -> Floats:
    """A level that wanders slowly under noise; the mean of many strays as that of 7.3 times as few, squares' of 1.7."""
    found: Floats = lfilter([1.0, -0.85], [1.0, -0.95], random.standard_normal((length + 500, width)), axis=0)[500:]
    return found / found.std()


def test_a_slow_level_under_noise_has_its_long_run_variance() -> None:
    """An autoregression of some order takes it for 5.2 and 1.07."""
    x = under_noise(np.random.default_rng(1), 5_000, 40)
    x -= x.mean(axis=0)
    assert np.median(inflation(x)[0]) == pytest.approx(7.3, rel=0.15)
    assert np.median(of_squares(x)) == pytest.approx(1.7, rel=0.15)
    independent = np.random.default_rng(2).standard_normal((5_000, 200))
    assert (inflation(independent)[0] > 1).mean() < 0.03 and (of_squares(independent) > 1).mean() < 0.03


def test_a_slow_level_under_noise_is_no_drift() -> None:
    """More than nine in 100,000 events were raised, forty in these."""
    told = [raised(*numbers(under_noise(np.random.default_rng(seed), LENGTH, 3))) for seed in range(20)]
    assert sum(map(len, told)) <= 6


@pytest.mark.parametrize(("memory", "doubt"), [(0.95, 0.09), (0.99, 0.2)])
def test_what_remembers_longer_is_known_worse(memory: float, doubt: float) -> None:
    """The relative error of the long-run deviation is told as the one that is found."""
    random = np.random.default_rng(3)
    x = lfilter([1.0, -0.85], [1.0, -memory], random.standard_normal((6_000, 100)), axis=0)[1_000:]
    ratio, told = inflation(x - x.mean(axis=0))
    assert np.median(told) == pytest.approx(doubt, rel=0.2)
    low, high = np.quantile(np.log(ratio) / 2, [0.25, 0.75])
    assert (high - low) / 1.35 == pytest.approx(doubt, rel=0.35)


def clustered(random: np.random.Generator, length: int) -> Floats:
    """Spread comes in clusters and the mean does not move: a GARCH of 0.1 and 0.89 (Bollerslev 1986)."""
    x, variance = random.standard_normal((length + 500, 3)), np.ones(3)
    for number, draw in enumerate(x):
        x[number] = draw * np.sqrt(variance)
        variance = 0.01 + 0.1 * x[number] ** 2 + 0.89 * variance
    return x[500:]


def test_spread_that_comes_in_clusters_is_no_drift() -> None:
    """Nineteen in 100,000 events were raised, most of them shifts."""
    told = [raised(*numbers(clustered(np.random.default_rng(seed), LENGTH))) for seed in range(15)]
    assert sum(map(len, told)) <= 4


def test_a_flag_spends_its_budget_once() -> None:
    """Its two shares alarm together, and there is no rare category to watch; a third category is another share."""
    each = []
    for names in ("ny", "nyx"):
        column = categorical_column("c", np.array([*names] * 1_000, np.object_))
        series, _ = table(0, column, np.bincount(np.arange(len(names)).repeat(1_000), minlength=256))
        each.append(parts_of(series, (column,), Plan(1, LENGTHS, 1.0))[0] / WEIGHT["category"])
    assert each == pytest.approx([0.65 / 1.4, 0.65 / 3])


def test_what_remembers_has_more_of_the_budget_and_all_have_as_much() -> None:
    """Means of an autoregression of 0.8 stray nine times as far, where each false alarm buys nine times the events."""
    draws = np.random.default_rng(0).standard_normal((40_000, 3))
    draws[:, 1:] = lfilter([1.0], [1.0, -0.8], draws[:, 1:], axis=0)
    draws[:, 2] = lfilter([1.0], [1.0, -0.99], draws[:, 2])
    parts = np.array([1.0, 2.0, 1.0])
    shared = by_memory(parts, yardstick_of(draws, np.zeros(3, np.bool_)))
    assert shared.sum() == pytest.approx(parts.sum())
    assert shared / shared[0] == pytest.approx([1.0, 18.0, 10.0], rel=0.1)


SMOOTH = [(0.8, 0.99), (0.9, 0.95), (0.95, 0.95), (0.9, 0.9, 0.9)]
"""Roots of autoregressions that follow their past closely, as a temperature does that is read every few seconds."""


def smooth(random: np.random.Generator, length: int, roots: tuple[float, ...]) -> Floats:
    """Three columns of it."""
    x: Floats = lfilter([1.0], np.poly(roots), random.standard_normal((length + 3_000, 3)), axis=0)[3_000:]
    return x / x.std()


@pytest.mark.parametrize("roots", SMOOTH)
def test_what_is_smooth_has_its_long_run_variance(roots: tuple[float, ...]) -> None:
    """It was taken for a hundredth of it: what is left of the sum of its coefficients was held to be at least 0.02."""
    x = np.concatenate([smooth(np.random.default_rng(seed), 5_000, roots) for seed in range(10)], axis=1)
    answer = lfilter([1.0], np.poly(roots), np.eye(1, 20_000)[0])
    assert np.median(inflation(x - x.mean(axis=0))[0]) == pytest.approx(answer.sum() ** 2 / (answer**2).sum(), rel=0.2)


@pytest.mark.parametrize("roots", SMOOTH)
def test_what_is_smooth_is_no_drift(roots: tuple[float, ...]) -> None:
    """Eight to eleven in 100,000 events were raised."""
    told = [raised(*numbers(smooth(np.random.default_rng(seed), LENGTH, roots))) for seed in range(15)]
    assert sum(map(len, told)) <= 6


@pytest.mark.parametrize(("r", "within"), [(0.6, 700), (0.3, 4_500)])
def test_a_correlation_of_columns_with_memory_is_seen(r: float, within: int) -> None:
    """It took 1,400 events, and half of it was never seen, where the memory was counted twice."""
    delays = []
    for seed in range(5):
        random = np.random.default_rng(seed)
        draws = random.standard_normal((LENGTH, 2))
        draws[CHANGE:, 1] = r * draws[CHANGE:, 0] + np.sqrt(1 - r * r) * draws[CHANGE:, 1]
        told = raised(*numbers(lfilter([1.0], [1.0, -0.8], draws, axis=0)))
        delays.append(next((one.seq - CHANGE for one in told if one.channel == "joint"), LENGTH))
    assert 0 < np.median(delays) < within


def test_values_that_are_rare_are_no_drift_alone_or_together() -> None:
    """A column that is one value in 99 % and goes both ways else, a flag and an amount that is mostly none."""
    told: list[Alarm] = []
    for seed in range(10):
        random, length = np.random.default_rng(seed), 50_000
        both = np.where(random.random(length) < 0.01, random.standard_normal(length), 0.0)
        flag = (random.random(length) < 0.01).astype(np.float64)
        amount = np.where(random.random(length) < 0.02, random.lognormal(size=length), 0.0)
        told += raised(*numbers(np.stack([both, flag, amount], axis=1)))
    assert len(told) <= 2


def test_the_mean_of_few_far_values_passes_as_seldom_as_a_normal_score() -> None:
    """In 200 observations far values come twice on average, to either side: a plain `z` of 4 is nothing rare."""
    random = np.random.default_rng(3)
    sums = random.poisson(1, 2_000_000) - random.poisson(1, 2_000_000)
    z = sums / np.sqrt(2)
    root = peaked_root(z, np.full(len(z), 100.0), np.full(len(z), 200.0))
    assert (z > 4).mean() > 5 * 3.2e-5
    assert (root > 4).mean() < 2 * 3.2e-5
    assert (np.sign(root) == np.sign(z)).all()


def test_a_column_has_the_harmonics_that_it_needs_itself() -> None:
    """Others' seasons are none of its own: noise that is taken out of it comes back at the same hour each day."""
    random, phase = np.random.default_rng(4), (np.arange(20_000) % BINS).astype(np.uint16)
    x = random.standard_normal((20_000, 40))
    x[:, 0] += 0.3 * np.sin(2 * np.pi * phase / BINS)
    x[:, 1] += np.where(phase < 100, 1.0, 0.0)
    fitted, waves = harmonic_fit(x - x.mean(axis=0), phase)
    assert waves[0] >= 1 and waves[1] >= 8 and (waves[2:] == 0).sum() >= 34
    assert np.abs(fitted[:, 0] - 0.3 * np.sin(2 * np.pi * (np.arange(BINS) + 0.5) / BINS)).max() < 0.06
    assert np.abs(fitted[:, waves == 0]).max() < 1e-9


def test_shares_that_follow_the_hour_are_no_drift() -> None:
    told: list[Alarm] = []
    for seed in range(6):
        random, length = np.random.default_rng(seed), 50_000
        wave = np.sin(2 * np.pi * np.arange(length) / 1_000)
        shares = np.stack([0.05 + 0.045 * wave, 0.3 - 0.1 * wave, 0.65 + 0.055 * wave], axis=1)
        kinds = np.array(["night", "noon", "day"], np.object_)[
            (random.random(length)[:, None] > shares.cumsum(axis=1)).sum(axis=1)
        ]
        stream = block({"a": random.standard_normal(length)}, {"kind": kinds})
        settings = Settings(
            {"a": "numeric", "kind": "categorical"}, false_alarms=BUDGET, season=Season(1_000, "events")
        )
        told += raised(stream, settings)
    assert len(told) <= 1


@pytest.mark.parametrize("count", [120, 200, 300])
def test_more_even_categories_than_have_a_code_are_no_drift(count: int) -> None:
    """By its own names a reference gives the others 2 to 8 points too few; each of four streams alarmed."""
    settings = Settings(features={"shop": "categorical"}, false_alarms=BUDGET)
    for seed in range(4):
        kinds = np.random.default_rng(seed).integers(count, size=LENGTH)
        names = np.array([f"shop {number}" for number in range(count)], np.object_)
        assert raised(block({}, {"shop": names[kinds]}), settings) == []


@pytest.mark.parametrize("period", [2, 3, 4, 10])
def test_categories_that_take_turns_leave_none_to_the_others(period: int) -> None:
    names = np.array([f"shop {number}" for number in range(period)], np.object_)[np.arange(1_000) % period]
    assert categorical_column("shop", names).others == 0


def test_one_of_fifty_even_categories_is_seen_and_the_others_are_left_alone() -> None:
    """Named were the sixteen that had luck in the reference: their shares fell afterwards, and others went unseen."""
    names = np.array([f"shop {number}" for number in range(50)], np.object_)
    settings = Settings(features={"shop": "categorical"}, false_alarms=BUDGET)
    before: list[Alarm] = []
    delays = []
    for seed in range(6):
        random = np.random.default_rng(seed)
        kinds = random.integers(50, size=LENGTH)
        grown = random.random(LENGTH) < 0.04
        kinds[CHANGE:][grown[CHANGE:]] = 7
        told = raised(block({}, {"shop": names[kinds]}), settings)
        before += [one for one in told if one.seq < CHANGE]
        right = (one for one in told if one.seq >= CHANGE and one.evidence.get("category") == "shop 7")
        delays.append(next((one.seq - CHANGE for one in right), LENGTH))
    assert before == [] and np.median(delays) < 1_500


def losses_of(seed: int, positives: float, odds: float) -> tuple[Block, Settings]:
    """Log losses of a calibrated model, whose positives' odds grow at `CHANGE`."""
    random = np.random.default_rng(seed)
    logit = np.log(positives / (1 - positives)) + random.standard_normal(LENGTH) - 0.3
    p = 1 / (1 + np.exp(-logit))
    real = 1 / (1 + np.exp(-logit - np.where(np.arange(LENGTH) >= CHANGE, np.log(odds), 0.0)))
    y = random.random(LENGTH) < real
    loss = -np.log(np.clip(np.where(y, p, 1 - p), 1e-6, 1))
    stream = block({"a": random.standard_normal(LENGTH)}, losses=Losses(np.arange(LENGTH), loss))
    return stream, Settings(features={"a": "numeric"}, labels=True, false_alarms=BUDGET, prediction=None)


def test_losses_of_rare_positives_are_seen() -> None:
    """One event in a hundred is positive: by ranks their losses, a hundred times the others', hardly counted."""
    delays = []
    for seed in range(6):
        told = raised(*losses_of(seed, 0.01, 3.0))
        assert all(one.seq >= CHANGE for one in told)
        delays.append(next((one.seq - CHANGE for one in told if one.channel == "label"), LENGTH))
    assert np.median(delays) < 900


def test_an_error_rate_that_grows_by_half_is_seen() -> None:
    """From 10 % to 15 %: with half of the budget, and half of that never raised, it took these 1,080 events."""
    delays = []
    settings = Settings(features={"a": "numeric"}, labels=True, prediction="category", false_alarms=BUDGET)
    for seed in range(6):
        random = np.random.default_rng(seed)
        wrong = random.random(LENGTH) < np.where(np.arange(LENGTH) < CHANGE, 0.10, 0.15)
        losses = Losses(np.arange(LENGTH), wrong.astype(np.float64))
        told = raised(block({"a": random.standard_normal(LENGTH)}, losses=losses), settings)
        assert all(one.seq >= CHANGE for one in told)
        delays.append(next((one.seq - CHANGE for one in told if one.channel == "label"), LENGTH))
    assert np.median(delays) < 850


@pytest.mark.parametrize("law", ["few wrong", "few positive", "many positive", "heavy tails"])
def test_losses_of_an_unchanged_model_are_no_drift(law: str) -> None:
    """Their channel alone, with what the benchmark's watch gives it: in these 2 M events 1.5 alarms are allowed."""
    passed = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        if law == "few wrong":
            losses = (random.random(55_000) < 0.02).astype(np.float64)
        elif law == "heavy tails":
            losses = np.abs(random.standard_t(3, 55_000))
        else:
            logit = (-4.9 if law == "few positive" else -1.1) + random.standard_normal(55_000)
            p = 1 / (1 + np.exp(-logit))
            losses = -np.log(np.where(random.random(55_000) < p, p, 1 - p))
        column = loss_column(losses[:REFERENCE], "numeric" if law == "heavy tails" else "probability")
        codes = column.encode(losses, None)[:, None]
        profile = learn_label(column, codes[:REFERENCE], BUDGET, 10, None, None)
        assert profile is not None
        seq = np.arange(50_000)
        told = Track(profile, (column,)).advance(codes[REFERENCE:], seq, seq.astype(np.float64), None, 1e9)
        passed += sum(finding.state == "raised" for _, finding in told)
    assert passed <= 5


def test_a_model_that_never_missed_is_told_when_it_does_and_not_of_a_miss_or_two() -> None:
    loss = np.zeros(LENGTH)
    loss[[8_000, 8_400, 9_000]] = 1.0
    loss[CHANGE:] = np.random.default_rng(7).random(LENGTH - CHANGE) < 0.2
    stream = block({"a": np.random.default_rng(8).standard_normal(LENGTH)}, losses=Losses(np.arange(LENGTH), loss))
    settings = Settings(features={"a": "numeric"}, labels=True, prediction="category", false_alarms=BUDGET)
    first, *more = raised(stream, settings)
    assert first.channel == "label" and CHANGE < first.seq < CHANGE + 200
    assert len(more) <= 1


def test_what_no_window_shows_is_not_promised() -> None:
    """Two flags of 2 % hardly ever meet: their correlation is not looked at, and `fit` does not say that it is."""
    flags = (np.random.default_rng(9).random((REFERENCE, 2)) < 0.02).astype(np.float64)
    stream, settings = numbers(flags)
    assert "(pairs)" not in fit(stream, settings).report()
    stream, settings = numbers(np.random.default_rng(10).standard_normal((REFERENCE, 2)))
    assert "(pairs)" in fit(stream, settings).report()


def test_an_effect_of_tied_values_is_told_as_that_of_others() -> None:
    """An amount that is none in 98 % has scores that hardly differ: in their deviations any change looked large."""
    random = np.random.default_rng(11)
    some = random.random(LENGTH) < np.where(np.arange(LENGTH) < CHANGE, 0.02, 0.10)
    stream, settings = numbers(np.where(some, random.lognormal(size=LENGTH), 0.0)[:, None])
    first = raised(stream, settings)[0]
    assert first.kind == "shift" and 0.05 < float(str(first.evidence["effect"])) < 0.6


def test_a_class_is_scored_by_its_loss_and_a_number_by_its_rank() -> None:
    losses = np.random.default_rng(5).exponential(1.0, 20_000)
    by_loss = numeric_column(LOSS, losses, None, absurd=False)
    by_rank = numeric_column(ERROR, losses, None, absurd=False)
    counts = np.bincount(by_loss.encode(losses, None), minlength=256)
    (own,), scores = table(0, by_loss, counts)
    assert own.kind == "performance" and np.array_equal(scores[:, 0], loss_scores(by_loss, counts))
    _, ranked = table(0, by_rank, counts)
    # Of exponential losses the rank's score is nearly the loss itself; the two are not the same function.
    inner = slice(5, by_loss.size - 5)
    assert np.corrcoef(scores[inner, 0], ranked[inner, 0])[0, 1] > 0.99
    assert not np.array_equal(scores, ranked)
    assert scores[: by_loss.size].max() <= 1 << 16


def test_the_worst_losses_are_told_apart() -> None:
    """The largest half percent shared a code: half of the positives of a model that has one in a hundred."""
    random = np.random.default_rng(12)
    loss = np.where(random.random(REFERENCE) < 0.01, random.uniform(2, 8, REFERENCE), 0.01)
    column = loss_column(loss, "probability")
    assert column.size < MISSING
    scores = loss_scores(column, np.bincount(column.encode(loss, None), minlength=256)) / (1 << 16)
    told = scores[column.encode(np.array([0.01, 2.5, 5.0, 7.5, 13.8]), None)]
    # No loss counts more than forty mean ones.
    assert told * 40 * loss.mean() == pytest.approx(np.minimum([0.01, 2.5, 5.0, 7.5, 8.0], 40 * loss.mean()), rel=0.1)
    right = loss_column(np.zeros(REFERENCE), "category")
    assert right.encode(np.array([0.0, 1.0]), None).tolist() == [1, 2]


def test_a_shift_is_scored_by_normal_scores() -> None:
    x = np.random.default_rng(6).standard_normal(200_000)
    column = numeric_column("a", x, None)
    counts = np.bincount(column.encode(x, None), minlength=256)
    shift, spread = (score / (1 << 16) for score in number_scores(counts))
    moved = column.encode(x + 0.25, None)
    assert FAR * (2 * shift[moved] - 1).mean() == pytest.approx(0.25, abs=0.01)
    assert FAR**2 * spread[column.encode(1.5 * x, None)].mean() == pytest.approx(1.5**2, rel=0.12)


def test_the_start_is_told_within_a_long_season() -> None:
    """The season's fitting error was so before the change too; priced anew for each start, it drew them a day early."""
    near = 0
    for seed in range(8):
        random = np.random.default_rng(seed)
        x = random.standard_normal((LENGTH, 2)) + np.where(np.arange(LENGTH) % 2_400 < 800, 1.0, 0.0)[:, None]
        x[CHANGE:, 0] += 0.5
        first = next(one for one in raised(*numbers(x, season=Season(2_400, "events"))) if one.seq >= CHANGE)
        near += abs(first.since_seq - CHANGE) <= 0.25 * (first.seq - CHANGE + 1)
    assert near >= 6
