"""What the engine's promises stand on: variances, rates, ranks, scores that are exact."""

from __future__ import annotations

import doctest
import math
from collections.abc import Callable

import numpy as np
import pytest
from support.streams import block, countries, normal

from landform_agent.engine import Season, Settings, detectors, fit
from landform_agent.engine.calibration import (
    EVEN,
    _overshoot,
    height,
    never_threshold,
    rare_threshold,
    rate_of_passing,
    threshold,
)
from landform_agent.engine.cell import PER_BLOCK
from landform_agent.engine.columns import MISSING, categorical_column, numeric_column
from landform_agent.engine.correlation import Correlation
from landform_agent.engine.design import Design
from landform_agent.engine.encode import Grids
from landform_agent.engine.joint import block_products
from landform_agent.engine.pool import usual_of
from landform_agent.engine.power import smallest
from landform_agent.engine.profile import LENGTHS
from landform_agent.engine.scan import (
    LONG,
    SPARSE,
    UNIT,
    Reach,
    Windows,
    Yardstick,
    gamma_root,
    likelihood_root,
    recurrence_root,
    yardstick_of,
)
from landform_agent.engine.scores import joint_scores
from landform_agent.engine.season import phases
from landform_agent.engine.variance import at_least_of_batches, inflation


def correlated(seed: int, length: int, phi: float) -> np.ndarray:  # type: ignore[type-arg]
    draws = np.random.default_rng(seed).standard_normal(length) * np.sqrt(1 - phi * phi)
    for place in range(1, length):
        draws[place] += phi * draws[place - 1]
    return draws


@pytest.mark.parametrize(("phi", "wanted"), [(0.0, 1.0), (0.5, 3.0), (0.8, 9.0)])
def test_the_long_run_variance_of_an_autoregression_is_found(phi: float, wanted: float) -> None:
    x = correlated(1, 20_000, phi)[:, None]
    found = inflation(x - x.mean())[0][0]
    assert wanted * 0.85 <= found <= wanted * 1.25


def test_a_wandering_level_shows_in_batches() -> None:
    x = np.random.default_rng(2).standard_normal(10_000)
    wandering = x + np.sin(np.arange(10_000) / 500)
    assert at_least_of_batches(x[:, None], 400)[0] < 1.2
    assert at_least_of_batches(wandering[:, None], 400)[0] > 20


@pytest.mark.parametrize("even", [True, False])
def test_the_rate_of_passing_is_that_of_gaussian_blocks(even: bool) -> None:
    blocks = np.random.default_rng(3).standard_normal((4_000, 300))
    total = np.concatenate([np.zeros((1, 300)), blocks.cumsum(axis=0)])
    top = np.zeros((4_000, 300))
    lengths = [length // PER_BLOCK for length in LENGTHS]
    for length in lengths:
        bar = float(height(4.0, np.array(length))) if even else 4.0
        z = np.abs(total[length:] - total[:-length]) / np.sqrt(length) / bar
        np.maximum(top[length - 1 :], z, out=top[length - 1 :])
    passed = (top.reshape(10, 400, 300).max(axis=1) > 1).mean()
    rate = -np.log1p(-passed) / 400
    assert rate == pytest.approx(rate_of_passing(4.0, lengths[0], lengths[-1], even), rel=0.25)


def test_long_windows_pass_with_less_and_short_ones_with_what_they_did() -> None:
    """Of a threshold of 5: a fair share of what is false goes to long windows, at hardly any cost to the short ones."""
    heights = height(5.0, np.array([2, EVEN, 4 * EVEN, 16 * EVEN]))
    assert heights[:2].tolist() == [5.0, 5.0] and (np.diff(heights) <= 0).all() and 4.4 < heights[3] < 4.5
    octaves = [rate_of_passing(5.0, start, 2 * start) for start in (EVEN, 2 * EVEN, 4 * EVEN, 8 * EVEN)]
    assert max(octaves) < 1.4 * min(octaves)
    assert rate_of_passing(5.0, 2, 640) < rate_of_passing(4.9, 2, 640, even=False)


def test_a_threshold_rises_with_a_smaller_budget_and_with_doubt() -> None:
    usual = threshold(1e-5, 0.0, 2, 640)
    assert threshold(1e-6, 0.0, 2, 640) > usual
    assert threshold(1e-5, 0.1, 2, 640) > usual
    assert rate_of_passing(usual, 2, 640) == pytest.approx(1e-5, rel=0.02)


def test_a_deviation_in_doubt_scales_what_windows_of_each_length_show() -> None:
    """A `z` that is wrong by a factor passes each window's own height as if that were so much lower or higher."""
    doubt, blocks = 0.15, np.geomspace(2, 3_000, 2_000)
    bar = threshold(1e-5, doubt, 2, 3_000)
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    rates = []
    for node in nodes.tolist():
        heights = height(bar, blocks) * math.exp(doubt * node)
        x = heights / np.sqrt(blocks)
        rate = heights * np.exp(-(heights**2) / 2) / math.sqrt(2 * math.pi) * x * _overshoot(x) ** 2
        rates.append(0.7 * float(np.trapezoid(rate[::-1], x[::-1])))
    assert weights @ np.array(rates) / weights.sum() == pytest.approx(1e-5, rel=0.003)


def test_the_delay_that_is_told_is_of_the_windows_it_lies_among() -> None:
    """They pass the height of their own length: 80 % must do so."""
    yard = yardstick_of(np.random.default_rng(3).normal(0, UNIT, (5_000, 1)), np.zeros(1, np.bool_))
    design = Design(yard, np.array([5.0]), (), (2, 20, 640), 10, 1)
    least, delay, _ = smallest(design)
    assert design.heights[-1, 0] < 4.75
    height = float(design.height(0, delay[0] / 10))
    assert design.heights[-1, 0] < height < 5
    assert 2 * least[0] * yard.deviation[0] / yard.error(float(delay[0]))[0] == pytest.approx(height + 0.84, rel=0.001)


@pytest.mark.parametrize("base", [0, 3])
def test_a_window_over_the_bar_is_found_where_it_lies(base: int) -> None:
    """However many blocks come at a time; long ones where a fourth block of the lane ends."""
    sums = np.zeros((200, 2), np.int64)
    sums[50:60, 1] = 30 * UNIT
    yard = yardstick_of(np.random.default_rng(4).standard_normal((5_000, 2)) * UNIT, np.zeros(2, np.bool_))
    total = np.concatenate([np.zeros((1, 2), np.int32), sums.cumsum(axis=0, dtype=np.int32)])
    reach = Reach(yard, np.full(2, 8.0), (5, 10, LONG), PER_BLOCK)
    found = reach.outstanding(total, 1, base)
    each = [reach.outstanding(total[: end + 1], end, base) for end in range(1, 201)]
    parts = [(end, *one) for w in each for end, *one in zip(w.end.tolist(), w.blocks.tolist(), w.z.tolist())]  # noqa: B905
    assert sorted(parts) == sorted(zip(found.end.tolist(), found.blocks.tolist(), found.z.tolist(), strict=True))
    assert set(found.series.tolist()) == {1}
    assert found.end[np.argmax(found.z)] == 60
    long = found.end[found.blocks == LONG] + base
    assert len(long) > 5 and set((long % SPARSE).tolist()) == {0}


def test_the_likelihood_root_of_an_equal_share_is_nothing_and_grows_with_the_difference() -> None:
    width, share = np.array([100.0, 100.0, 100.0]), np.full(3, 0.1)
    roots = likelihood_root(np.array([10.0, 20.0, 0.0]), width, share, 5_000)
    assert roots[0] == pytest.approx(0, abs=1e-6)
    assert 2.5 < roots[1] < roots[2]


def test_a_frequent_value_has_a_code_of_its_own_and_absurd_ones_lie_outside() -> None:
    values = np.concatenate([np.zeros(500), np.random.default_rng(5).random(500)])
    column = numeric_column("x", values, None)
    zero, near, far, below = column.encode(np.array([0.0, 1e-9, 1e6, -1e6]), None)
    assert below == 0 and zero > below and near > zero and far == column.size - 1
    assert column.encode(np.array([np.nan, np.inf]), None).tolist() == [MISSING, MISSING]


@pytest.mark.parametrize("law", ["normal", "cauchy", "counts", "constant", "huge"])
def test_a_grid_finds_what_a_search_finds(law: str) -> None:
    random = np.random.default_rng(9)
    values = {
        "normal": random.standard_normal(20_000),
        "cauchy": random.standard_cauchy(20_000),
        "counts": random.poisson(2, 20_000).astype(np.float64),
        "constant": np.full(20_000, 3.0),
        "huge": random.standard_normal(20_000) * 1e307,
    }[law]
    column = numeric_column("x", values[:5_000], None)
    hostile = np.array([np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, 0.0, -0.0])
    tried = np.concatenate([values, hostile, column.edges, np.nextafter(column.edges, -np.inf)])
    fine = np.isfinite(tried)
    found = Grids([np.arange(3.0), column.edges]).find(np.stack([tried, tried]))[1]
    assert (found == column.encode(tried, None))[fine].all()


def test_categories_are_named_shared_or_new() -> None:
    names = np.array(["a"] * 600 + ["b"] * 399 + ["odd"], np.object_)
    column = categorical_column("c", names)
    assert column.names == ("a", "b") and column.rare == {"odd"}
    assert column.encode(np.array(["b", "odd", "never", None], np.object_)).tolist() == [1, 2, 3, MISSING]


def test_what_came_and_went_in_the_reference_is_the_share_of_what_will_be_new() -> None:
    names = np.array(["a", "b"] * 500, np.object_)
    assert categorical_column("c", names).unseen == pytest.approx(0.37 / 1_000)
    names[100:104], names[500:502] = "id1", "id2"
    names[[0, 999]] = "comes back"
    column = categorical_column("c", names)
    assert column.unseen == pytest.approx(6 / 1_000)
    assert column.together == pytest.approx((16 + 4) / 6)


def test_a_correlation_does_not_move_with_the_margins() -> None:
    x = np.random.default_rng(6).standard_normal((1_000, 2))
    x[:, 1] += x[:, 0]
    pair = np.array([0]), np.array([1])
    columns = [numeric_column("x", np.random.default_rng(7).standard_normal(5_000) * 2, None) for _ in range(2)]
    counts = np.bincount(columns[0].encode(np.random.default_rng(7).standard_normal(5_000) * 2, None), minlength=256)

    def of(values: np.ndarray) -> float:  # type: ignore[type-arg]
        codes = [column.encode(values[:, n], None) for n, column in enumerate(columns)]
        scores = np.stack([joint_scores(columns[n], counts)[code] for n, code in enumerate(codes)], axis=1)
        sums = block_products(scores, np.ones(scores.shape, np.bool_), *pair, PER_BLOCK)
        total = np.concatenate([np.zeros((1, 7), np.int32), sums.cumsum(axis=0, dtype=np.int32)])
        level = Correlation(PER_BLOCK, *pair, np.array([0]), np.zeros(2), np.full(2, 32.0), np.ones(2)).level(
            total, np.array([0]), np.array([0]), np.array([100])
        )
        return float(np.tanh(level[0] / UNIT))

    assert of(x) == pytest.approx(0.7, abs=0.04)
    assert of(x + 1.0) == pytest.approx(of(x), abs=0.04)
    assert of(x * 0.5) == pytest.approx(of(x), abs=0.02)


@pytest.mark.parametrize("width", [70, 140, 800])
@pytest.mark.parametrize("wanted", [4.0, 5.5])
def test_a_correlation_passes_as_seldom_as_a_normal_score(width: int, wanted: float) -> None:
    """Beside the exact law of a correlation of independent columns, `(1 - r^2)^((n - 4) / 2)`: Fisher 1915."""
    r = np.linspace(0, 1, 2_000_001)[:-1]
    density = (1 - r * r) ** ((width - 4) / 2)
    tail = density[::-1].cumsum()[::-1] / density.sum()
    rare = float(r[np.searchsorted(-tail, -math.erfc(wanted / math.sqrt(2)))])
    one, nothing = np.ones(1), np.zeros(1)
    plain = Yardstick(
        mean=nothing,
        deviation=one * UNIT,
        inflation=one,
        doubt=nothing,
        share=nothing > 0,
        skewness=nothing,
        count=10**12,
        known=one,
        span=nothing,
        kurtosis=9 * one,
        never=nothing > 0,
        harmonics=np.zeros(1, np.int64),
        wider=np.zeros((1, 0), np.float32),
    )
    scale = 1e8
    whole = np.array([rare * scale, 0, 0, scale, scale, width, width])
    total = np.linspace(np.zeros(7), whole, width + 1).astype(np.int32)
    window = Windows(np.array([width]), np.array([width]), np.array([0]), nothing)
    spread = np.full(2, np.sqrt(scale / width))
    measure = Correlation(1, np.array([0]), np.array([1]), np.array([0]), np.zeros(2), spread, np.ones(2))
    z = np.arctanh(np.array([rare])) * np.sqrt(width)
    found = measure.worth(plain, usual_of(plain, np.zeros(1, np.intp)), z, window, total)
    assert found[0] == pytest.approx(wanted, abs=0.01)


def test_the_gamma_root_is_normal_where_scores_are_squares() -> None:
    """Means of 40 squared normal values: chi-squared, whose upper tail is far too heavy for a plain `z`."""
    squares = (np.random.default_rng(10).standard_normal((200_000, 40)) ** 2).mean(axis=1)
    z = (squares - 1) / np.sqrt(2 / 40)
    root = gamma_root(z, np.full(len(z), np.sqrt(8)), np.full(len(z), 40.0))
    assert (z > 3.5).mean() > 6 * 2.33e-4
    assert (root > 3.5).mean() == pytest.approx(2.33e-4, rel=0.5)
    assert (root < -3.0).mean() == pytest.approx(1.35e-3, rel=0.5)
    assert (np.sign(root) == np.sign(z)).all()


@pytest.mark.parametrize("unit", ["events", "seconds"])
def test_a_season_has_phases_and_is_no_drift_but_a_shift_within_it_is(unit: str) -> None:
    numeric = normal(8, 30_000, "ab")
    numeric["a"] += 3 * np.sin(2 * np.pi * np.arange(30_000) / 1_000)
    settings = Settings(features={"a": "numeric", "b": "numeric"}, season=Season(1_000, unit))  # type: ignore[arg-type]
    stream = block(numeric)
    found = phases(stream.seq[:1_001], stream.at[:1_001], Season(1_000, unit))  # type: ignore[arg-type]
    assert found[[0, 500, 1_000]].tolist() == [0, 144, 0]
    still = fit(stream.slice(0, 5_000), settings).update(stream.slice(5_000, 30_000))
    assert [alarm.state for alarm in still.alarms] == []
    numeric["a"][20_000:] += 0.5
    told = fit(stream.slice(0, 5_000), settings).update(stream.slice(5_000, 30_000)).alarms
    assert [(alarm.feature, alarm.kind) for alarm in told if alarm.state == "raised"] == [("a", "shift")]
    assert 20_000 <= told[0].seq < 20_500


def test_a_season_of_others_leaves_counts_alone() -> None:
    """Counts have no season; a daily one is configured. Taking out its noise by value would tear equal ones apart."""
    random, length = np.random.default_rng(21), 60_000
    numeric = {"items": random.choice([1.0, 1, 1, 2, 2, 3, 4], length), "a": random.standard_normal(length)}
    numeric["a"] += np.sin(2 * np.pi * np.arange(length) / 2_880)
    season = Season(2_880, "events")
    settings = Settings(features=dict.fromkeys(numeric, "numeric"), season=season, false_alarms=1e-6)
    stream = block(numeric)
    phase = phases(stream.seq, stream.at, season)
    assert numeric_column("items", numeric["items"], phase).cycle is None
    told = fit(stream.slice(0, 15_000), settings).update(stream.slice(15_000, length)).alarms
    assert [alarm for alarm in told if alarm.feature == "items"] == []


def unchanged(seed: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(seed).standard_normal(45_000)


@pytest.mark.parametrize("law", [unchanged, lambda seed: correlated(seed, 45_000, 0.8)], ids=["iid", "AR(1) 0.8"])
def test_unchanged_streams_alarm_no_more_than_the_budget_allows(law: Callable[[int], np.ndarray]) -> None:  # type: ignore[type-arg]
    """A budget of 1 in 10,000 over 10 x 40,000 events is 40 alarms; a Poisson count passes 59 once in 500 times."""
    raised = 0
    settings = Settings(features={"a": "numeric", "b": "numeric", "country": "categorical"}, false_alarms=1e-4)
    for seed in range(10):
        numeric = {"a": law(2 * seed), "b": law(2 * seed + 1)}
        stream = block(numeric, {"country": countries(seed, 45_000)})
        told = fit(stream.slice(0, 5_000), settings).update(stream.slice(5_000, 45_000)).alarms
        raised += sum(alarm.state == "raised" for alarm in told)
    assert 0 < raised <= 59


def test_the_detector_of_one_stream_does_as_its_example_says() -> None:
    assert doctest.testmod(detectors).failed == 0


def test_a_rare_share_passes_its_threshold_as_often_as_budgeted() -> None:
    """Without the halves that must agree: the counts of the most telling length alone take no more than the budget."""
    random, share, known, blocks, budget = np.random.default_rng(11), 0.01, 5_000.0, 14, 1e-4
    bar = rare_threshold(budget, share, known, (blocks,), 10)
    total = np.concatenate([[0], np.cumsum(random.binomial(10, share, 400_000))])
    hits = (total[blocks:] - total[:-blocks]).astype(np.float64)
    width, shares = np.full(len(hits), 10.0 * blocks), np.full(len(hits), share)
    above = (likelihood_root(hits, width, shares, known) > bar) & (hits > share * width)
    passed = int((above[1:] & ~above[:-1]).sum())
    assert 0.1 * budget * 400_000 < passed <= budget * 400_000


def test_a_category_that_was_never_seen_recurs_by_chance_no_more_than_budgeted() -> None:
    """Events of a share, each judged with every event of the last 2,000: whatever their number, one budget is kept."""
    random, share, budget, events = np.random.default_rng(12), 0.002, 1e-5, 10_000_000
    at = np.flatnonzero(random.random(events) < share)
    bar, passed = never_threshold(budget), np.zeros(len(at), np.bool_)
    for more in range(1, 40):
        width = (at[more:] - at[:-more] + 1).astype(np.float64)
        root = recurrence_root(np.full(len(width), more + 1.0), width, np.full(len(width), share))
        passed[more:] |= (root > bar) & (width <= 2_000)
    assert 0.05 * budget * events < passed.sum() <= budget * events


def test_one_event_of_a_category_that_was_never_seen_is_nothing() -> None:
    one, width = np.ones(1), np.full(1, 20.0)
    assert recurrence_root(one, width, np.full(1, 1e-9))[0] == 0
    roots = recurrence_root(np.array([2.0, 3.0, 4.0]), np.full(3, 100.0), np.full(3, 1e-4))
    assert (np.diff(roots) > 0).all()


def test_a_spread_that_halves_is_told_as_soon_as_the_law_of_squares_says() -> None:
    """Squares lean: their means hardly come so far below the usual one as above it."""
    delays = []
    for seed in range(8):
        x = np.random.default_rng(seed).standard_normal(7_000)
        x[6_000:] /= 2
        whole = block({"x": x})
        update = fit(whole.slice(0, 5_000), Settings(features={"x": "numeric"})).update(whole.slice(5_000, 7_000))
        delays += [alarm.seq - 6_000 for alarm in update.alarms if alarm.state == "raised"][:1]
    assert len(delays) == 8 and min(delays) >= 0 and np.median(delays) < 65
