"""The grammar of conditions: what is read, and where what cannot be read stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.spec.condition import UNITS, Condition, TextError, in_base, parse


def test_a_threshold() -> None:
    found = parse("p99 latency > 120ms for 5m")
    assert (found.statistic, found.word.text, found.comparison) == ("p99", "latency", ">")
    assert (found.value, found.unit and found.unit.text, found.seconds) == (120, "ms", 300)


def test_a_band() -> None:
    found = parse("invocations outside 2.5 sigma for 15m")
    assert (found.word.text, found.comparison, found.sigmas, found.seconds) == ("invocations", None, 2.5, 900)


def test_no_alarm_at_all() -> None:
    assert parse("throttles never").never


@pytest.mark.parametrize(
    ("text", "statistic", "word"),
    [
        ("gpu memory >= 90% for 10m", "", "gpu memory"),
        ("spot interruptions > 2 for 1m", "", "spot interruptions"),
        ("maximum disk io > 10MiB/s for 10m", "Maximum", "disk io"),
        ("p99.9 latency<=1s for 1h", "p99.9", "latency"),
        ("  average   cpu  <  5%   for  6h ", "Average", "cpu"),
    ],
)
def test_statistics_and_words(text: str, statistic: str, word: str) -> None:
    found = parse(text)
    assert (found.statistic, found.word.text) == (statistic, word)


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("cpu = 80% for 5m", "="),
        ("cpu > much for 5m", "much"),
        ("cpu > 80% since 5m", "since"),
        ("cpu > 80% for 5x", "5x"),
        ("cpu > 80% for 90s", "90s"),
        ("cpu > 80% for 0m", "0m"),
        ("cpu > 80% for 5m and more", "and more"),
        ("cpu outside 11 sigma for 5m", "11"),
        ("cpu outside 3 sigmoid for 5m", "sigmoid"),
        ("cpu never ever", "ever"),
    ],
)
def test_what_is_wrong_is_pointed_at(text: str, about: str) -> None:
    with pytest.raises(TextError) as caught:
        parse(text)
    assert text[caught.value.start : caught.value.end] == about


@pytest.mark.parametrize("text", ["", "   ", "> 5 for 5m", "p99", "p99 > 5ms for 5m", "never"])
def test_a_condition_without_a_metric(text: str) -> None:
    with pytest.raises(TextError, match="no metric"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "quantity", "value"),
    [
        ("latency > 1.5s for 5m", "time", 1500),
        ("age > 2h for 5m", "time", 7_200_000),
        ("errors > 3 for 5m", "count", 3),
        ("errors > 3/min for 5m", "count", 3),
        ("errors > 3/s for 5m", "count", 180),
        ("network > 2MiB/s for 5m", "bytes/s", 2_097_152),
        ("size > 1GiB for 1d", "bytes", 1_073_741_824),
        ("cpu > 80% for 5m", "percent", 80),
    ],
)
def test_units(text: str, quantity: str, value: float) -> None:
    assert in_base(quantity, parse(text)) == value


@pytest.mark.parametrize("quantity", UNITS)
def test_a_unit_of_nothing_is_refused_with_those_that_there_are(quantity: str) -> None:
    with pytest.raises(TextError) as caught:
        in_base(quantity, parse("cpu > 80furlongs for 5m"))
    assert all(f"80{unit}" in caught.value.remedy for unit in UNITS[quantity])


@given(st.text(alphabet="abp9 .5%ms<>=/for outsidegneverKiB\n", max_size=60))
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str) -> None:
    try:
        assert isinstance(parse(text), Condition)
    except TextError as problem:
        assert 0 <= problem.start <= problem.end <= len(text)
