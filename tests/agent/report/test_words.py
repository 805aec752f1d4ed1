"""Times, numbers and sentences."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from landform_agent.report import words
from landform_agent.report.sight import blind, sight, typical


@pytest.mark.parametrize(
    ("hours", "labels"),
    [
        (1, ["00:00", "00:15", "00:30", "00:45", "01:00"]),
        (24, ["00:00", "06:00", "12:00", "18:00", "00:00"]),
        (24 * 5, ["1 Mar", "2 Mar", "3 Mar", "4 Mar", "5 Mar", "6 Mar"]),
        (24 * 14, ["2 Mar", "5 Mar", "8 Mar", "11 Mar", "14 Mar"]),
        (24 * 120, ["Apr 2026", "May 2026", "Jun 2026"]),
        (24 * 365 * 30, ["2030", "2035", "2040", "2045", "2050", "2055"]),
    ],
)
def test_ticks_are_round_and_few(hours: int, labels: list[str]) -> None:
    first = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
    told = words.Clock(True, hours * 3_600.0).ticks(first, first + hours * 3_600)
    assert [label for _, label in told] == labels
    assert all(first <= moment <= first + hours * 3_600 for moment, _ in told)


def test_numbers_that_stand_together_have_the_same_decimals() -> None:
    assert words.alike([-1.6449, 0.07451, 12.5]) == ["−1.6", "0.1", "12.5"]
    assert words.alike([0.001, 0.0011, 100]) == ["0.0010", "0.0011", "100.0000"]
    assert words.alike([10_000, 250_000]) == ["10,000", "250,000"]
    assert words.alike([3.0]) == ["3"]
    assert words.alike([3.5]) == ["3.50"]
    assert words.alike([0.0, 1.0, 24.0]) == ["0", "1", "24"]
    assert words.alike([-0.001, 1.0]) == ["0.00", "1.00"]


def test_names_are_listed_as_one_says_them() -> None:
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(["a", "b", "c", "d"]) == "a, b, c and d"
    assert words.listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


SEEN = {
    "amount": {"shift": {"change": 0.2, "events": 120.0, "rows": 0.0}, "missing": {"change": 0.002, "events": 90.0}},
    "rare": {"category": {"change": 0.12, "events": 700.0, "rows": 24_000.0}},
    "(pairs)": {"correlation": {"change": 0.4, "events": 400.0}},
}


def test_what_a_watch_can_see_is_a_row_a_feature() -> None:
    table = sight(SEEN)
    assert table.kinds == ("level", "shares", "missing")
    assert table.rows == (
        ("amount", ("0.20 σ", "", "0.2 %"), "120"),
        ("rare", ("", "12 %", ""), "700"),
        ("pairs of features", ("0.40 σ", "", ""), "400"),
    )
    assert typical(SEEN, 1 / 60) == (
        "In a typical feature a lasting shift of 0.20 σ is found four times of five, and one of twice that size after "
        "about 120 events (2 hours at this traffic)."
    )
    assert blind(SEEN) == ["rare: the reference is too short to find a change of one σ; 24,000 rows would do."]


def test_all_but_a_few_is_not_all() -> None:
    assert [words.percent(share) for share in (1.0, 0.9999, 0.9951, 0.994, 0.0123, 0.0)] == [
        *("100 %", "99.9 %", "99.5 %", "99 %", "1.2 %", "0 %"),
    ]
