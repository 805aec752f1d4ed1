"""Rows from elsewhere beside the reference: true shares, the same for any cut, and nothing where nothing is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.streams import block, countries, normal

from landform_agent.block import Block
from landform_agent.engine import Apart, Season, Settings, fit

ROWS = 4_000
WATCH = Settings(features={"a": "numeric", "country": "categorical"}, sensitive=frozenset({"country"}))


def reference() -> Block:
    return block({"a": normal(1, ROWS, "a")["a"]}, {"country": countries(2, ROWS)})


def apart(settings: Settings, rows: Block, size: int = ROWS, learnt: Block | None = None) -> dict[str, Apart]:
    bank = fit(learnt or reference(), settings)
    before = bank.dumps()
    beside = bank.beside()
    for start in range(0, len(rows), size):
        beside.take(rows.slice(start, start + size))
    assert bank.dumps() == before
    return {one.name: one for one in beside.told()}


def test_quartiles_of_both_sides_are_those_of_the_values() -> None:
    learnt, rows = reference(), block({"a": normal(3, ROWS, "a")["a"] + 0.5}, {"country": countries(4, ROWS)})
    told = apart(WATCH, rows)
    for name, one in (("quartiles_before", learnt), ("quartiles_now", rows)):
        quartiles = np.quantile(one.numeric["a"], [0.25, 0.5, 0.75])
        assert told["a"].evidence[name] == pytest.approx(quartiles, abs=0.03)
    assert told["a"].evidence["psi"] > 0.2  # type: ignore[operator]
    assert apart(WATCH, rows, 37) == told


def test_beyond_the_reference_there_are_no_places() -> None:
    told = apart(WATCH, block({"a": np.full(500, 1e6)}, {"country": countries(4, 500)}))
    assert told["a"].evidence["quartiles_now"] == [np.inf] * 3


def test_no_place_is_told_between_the_reference_and_what_is_absurd() -> None:
    """Codes there are steps of more than a deviation: a place within one was told as if it were known."""
    told = apart(WATCH, block({"a": np.full(500, 8.0)}, {"country": countries(4, 500)}))
    assert told["a"].evidence["quartiles_now"] == [np.inf] * 3
    assert told["a"].evidence["tails"] == pytest.approx([-2.6, 2.6], abs=0.3)


def test_of_what_is_sensitive_there_is_the_distance_alone() -> None:
    told = apart(WATCH, block({"a": normal(3, 500, "a")["a"]}, {"country": countries(4, 500)}))
    assert set(told["country"].evidence) == {"psi", "missing_before", "missing_now"}


def test_where_a_season_was_taken_out_rows_without_times_are_not_compared() -> None:
    season = replace(WATCH, season=Season(1_000, "seconds"))
    wave = 3 * np.sin(2 * np.pi * np.arange(ROWS) / 1_000)
    learnt = reference()
    learnt = replace(learnt, at=np.arange(ROWS, dtype=np.float64), numeric={"a": learnt.numeric["a"] + wave})
    timed = replace(learnt, numeric={"a": normal(5, ROWS, "a")["a"] + wave})
    told = apart(season, timed, learnt=learnt)["a"]
    assert told.evidence["psi"] < 0.05  # type: ignore[operator]
    assert not told.timeless
    told = apart(season, replace(timed, at=np.full(ROWS, np.nan)), learnt=learnt)["a"]
    assert told.timeless
    assert told.rows == ROWS
    assert not told.evidence
