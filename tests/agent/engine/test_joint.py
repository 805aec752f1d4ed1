"""Pairs that go together: they go otherwise soon after they do, and not where a column alone has moved."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from support.streams import block

from landform_agent.block import Floats
from landform_agent.engine import Alarm, Settings, fit
from landform_agent.engine.joint import Influences
from landform_agent.engine.scan import UNIT

REFERENCE, CHANGE, LENGTH = 5_000, 9_000, 15_000


def joint(x: Floats) -> list[Alarm]:
    """Alarms of the pairs of some columns."""
    columns = {name: np.ascontiguousarray(x[:, place]) for place, name in enumerate("abcdefgh"[: x.shape[1]])}
    stream = block(columns)
    bank = fit(stream.slice(0, REFERENCE), Settings(dict.fromkeys(columns, "numeric"), false_alarms=0.25e-5))
    told = bank.update(stream.slice(REFERENCE, LENGTH)).alarms
    return [one for one in told if one.channel == "joint" and one.state == "raised"]


def together(random: np.random.Generator, r: Floats | float, width: int) -> Floats:
    """Columns of which each two have the correlation `r`, one for all events or one for each."""
    share = np.broadcast_to(np.asarray(r, np.float64), LENGTH)[:, None]
    one, each = random.standard_normal((LENGTH, 1)), random.standard_normal((LENGTH, width))
    found: Floats = np.sqrt(share) * one + np.sqrt(1 - share) * each
    return found


@pytest.mark.parametrize(
    ("before", "after", "soon"),
    [(0.9, 0.95, 600), (0.6, 0.9, 150), (0.8, 0.4, 80), (0.6, 0.0, 65), (0.9, 0.0, 30), (0.9, 0.99, 90)],
)
@pytest.mark.parametrize("sign", [1.0, np.array([1.0, -1.0])], ids=["alike", "against"])
def test_what_goes_together_is_told_soon_where_it_goes_otherwise(
    before: float, after: float, soon: int, sign: float | Floats
) -> None:
    """Products alone found the first of these after 7,000 events, or never; the others after 180, 120, 70 and 35."""
    r = np.where(np.arange(LENGTH) < CHANGE, before, after)
    delays = []
    for seed in range(7):
        told = joint(sign * together(np.random.default_rng(seed), r, 2))
        assert [one.evidence["features"] for one in told[:1]] == [["a", "b"]]
        delays.append(told[0].seq - CHANGE)
    assert 0 < np.median(delays) <= soon


def test_a_column_that_moved_does_not_hide_that_it_goes_more_with_another() -> None:
    """What is centred on the reference misses these: a step of 0.7 takes from it what 0.6 that grows to 0.75 adds."""
    r = np.where(np.arange(LENGTH) < CHANGE, 0.6, 0.75)
    told = []
    for seed in range(5):
        x = together(np.random.default_rng(seed), r, 2)
        x[7_000:, 0] += 0.7
        told.append([one.seq - CHANGE for one in joint(x)])
    assert all(len(one) == 1 and 0 < one[0] < 4_000 for one in told), told


@pytest.mark.parametrize("step", [0.5, 1.0])
@pytest.mark.parametrize("columns", [1, 6])
def test_a_column_that_moves_does_not_go_otherwise_with_others(step: float, columns: int) -> None:
    """A window that begins before half a deviation's step has a correlation of 0.87 instead of 0.9."""
    told = []
    for seed in range(10):
        x = together(np.random.default_rng(seed), 0.9, 6)
        x[CHANGE:, :columns] += step
        told += joint(x)
    assert len(told) <= 1


def test_influences_lie_about_nothing_and_stray_less_than_products() -> None:
    random, r = np.random.default_rng(1), 0.9
    x = 32 * together(random, r, 2) + np.array([5.0, -3.0])
    values = np.rint(x).astype(np.int64)
    centre, spread = values.mean(axis=0), values.std(axis=0)
    fisher, pair = np.full(1, np.arctanh(r) * UNIT), (np.array([0]), np.array([1]))
    found = Influences.of(fisher, centre, spread, *pair)
    sums = np.concatenate([values[:, [0]] * values[:, [1]], values, values**2, np.ones_like(values)], axis=1)
    rows = found.beside(sums, 1)
    assert (rows[:, found.products(7)] == sums[:, [0]]).all() and (rows[:, 1:7] == sums[:, 1:]).all()
    product = spread.prod()
    assert abs(rows[:, 0].mean()) < 0.02 * product
    assert rows[:, 0].std() == pytest.approx((1 - r * r) * product, rel=0.05)


def test_the_sums_behind_influences_are_exact_in_any_order() -> None:
    """So they are the same bytes whatever adds them up."""
    random = np.random.default_rng(2)
    left, right = np.array([0, 0, 1]), np.array([1, 2, 2])
    fisher = np.arctanh(np.array([0.9, 0.5, 0.1])) * UNIT
    found = Influences.of(fisher, random.normal(0, 10, 3), random.uniform(1, 40, 3), left, right)
    assert found.close.tolist() == [0, 1] and found.products(9).tolist() == [9, 10, 2]
    sums = random.integers(-(10**5), 10**5, (40, 12))
    got = found.less_products(sums[:, 3:9], 10)
    by = [[Fraction(value) for value in row] for row in found.by.tolist()]
    for row, values in zip(got.tolist(), sums[:, 3:9].tolist(), strict=True):
        for place, value in enumerate(row):
            exact = sum((each * one[place] for each, one in zip(values, by, strict=True)), Fraction(0))
            assert exact + 10 * Fraction(float(found.every[place])) == Fraction(value)


def test_pairs_that_hardly_go_together_have_their_products() -> None:
    pair = np.array([0]), np.array([1])
    found = Influences.of(np.full(1, 0.1 * UNIT), np.zeros(2), np.ones(2), *pair)
    sums = np.arange(14).reshape(2, 7)
    assert found.beside(sums, 10) is sums and found.products(7).tolist() == [0]
