"""Metrics by their definitions, and a bound that holds what it says."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.emit.loop.steps import figures

SCORE = st.floats(0, 1, allow_nan=False)
ROWS = st.lists(st.tuples(SCORE, SCORE, st.integers(0, 1)), min_size=2, max_size=40)


def test_metrics_of_a_small_table() -> None:
    scores, truths, ones = [0.9, 0.8, 0.4, 0.2], [1.0, 0.0, 1.0, 0.0], [1.0] * 4
    found = {name: figure(scores, truths, ones) for name, figure in figures.METRICS.items()}
    assert found["accuracy"] == 0.5
    assert found["recall"] == found["precision"] == found["f1"] == 0.5
    assert found["auc"] == 0.75
    assert found["mae"] == pytest.approx((0.1 + 0.8 + 0.6 + 0.2) / 4)
    assert found["rmse"] == pytest.approx(math.sqrt((0.01 + 0.64 + 0.36 + 0.04) / 4))
    assert found["logloss"] == pytest.approx(-(math.log(0.9) + math.log(0.2) + math.log(0.4) + math.log(0.8)) / 4)


@given(ROWS, st.lists(st.integers(0, 3), min_size=40, max_size=40))
def test_a_weight_counts_like_so_many_rows(rows: list[tuple[float, float, int]], counts: list[int]) -> None:
    repeated = [row for row, count in zip(rows, counts, strict=False) for _ in range(count)]
    if not repeated:
        return
    weights = [float(count) for _, count in zip(rows, counts, strict=False)]
    for figure in figures.METRICS.values():
        one = figure([s for s, _, _ in rows], [float(y) for *_, y in rows], weights)
        many = figure([s for s, _, _ in repeated], [float(y) for *_, y in repeated], [1.0] * len(repeated))
        assert one == pytest.approx(many, abs=1e-9)


@given(ROWS)
def test_auc_is_the_share_of_pairs_in_order(rows: list[tuple[float, float, int]]) -> None:
    pairs = [(p, n) for p, _, y in rows if y for n, _, other in rows if not other]
    wanted = sum((p > n) + (p == n) / 2 for p, n in pairs) / len(pairs) if pairs else 0.5
    found = figures.auc([s for s, *_ in rows], [float(y) for *_, y in rows], [1.0] * len(rows))
    assert found == pytest.approx(wanted, abs=1e-9)


@given(ROWS, st.sampled_from(sorted(figures.METRICS)))
def test_the_two_bounds_enclose(rows: list[tuple[float, float, int]], metric: str) -> None:
    challenger, champion = [a for a, _, _ in rows], [b for _, b, _ in rows]
    truths = [float(y) for *_, y in rows]
    least = figures.bound(metric, ">=", challenger, champion, truths)
    most = figures.bound(metric, "<=", challenger, champion, truths)
    assert least <= most
    assert figures.bound(metric, ">=", challenger, challenger, truths) == 0


def test_a_challenger_that_is_as_good_is_let_in_five_times_of_a_hundred_or_less() -> None:
    """The bound is one-sided at 5 %: over many samples of equally good answers it says "better" about so often."""
    wrong = 0
    for seed in range(200):
        draw = Random(seed)
        truths = [float(draw.random() < 0.5) for _ in range(150)]
        one, other = ([y if draw.random() < 0.8 else 1 - y for y in truths] for _ in range(2))
        wrong += figures.accepted(">", figures.bound("accuracy", ">", one, other, truths), 0.0)
    assert 2 <= wrong <= 20


@pytest.mark.parametrize(
    ("comparison", "bound", "margin", "accepted"),
    [
        (">=", -0.01, -0.01, True),
        (">", -0.01, -0.01, False),
        ("<=", 0.1, 0.1, True),
        ("<", 0.1, 0.1, False),
        (">=", 0.89, 0.9, False),
    ],
)
def test_what_is_accepted(comparison: str, bound: float, margin: float, accepted: bool) -> None:
    assert figures.accepted(comparison, bound, margin) is accepted
