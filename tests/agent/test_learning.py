"""The reference that a watch gathers by itself: many and long enough, bounded, alike for any cut and any restart."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform_agent import learning
from landform_agent.block import Block, Losses
from landform_agent.config import parse
from landform_agent.formats.rows import objects
from landform_agent.learning import RUN, Learning

from .conftest import CONFIG, Site, events

Make = Callable[..., Site]


def block(count: int, first: int = 10) -> Block:
    seq = np.arange(first, first + count)
    texts = objects([None if n % 3 else "DE" for n in range(count)])
    losses = Losses(seq[::2], seq[::2] / 7.0, objects(["1"] * len(seq[::2])), objects([None] * len(seq[::2])))
    at, ident = seq * 2.0, seq.astype(np.uint64)
    return Block(seq, at, ident, {"a": seq / 3.0}, {"c": texts}, seq / 1e6, losses, "1")


def gathered(whole: Block, cuts: Sequence[int], *arguments: float, restart: bool = False) -> tuple[Block, int]:
    kept = Learning(*arguments)
    logged: list[bytes] = []
    bounds = [0, *sorted(cut % (len(whole) + 1) for cut in cuts), len(whole)]
    used = 0
    for start, stop in pairwise(bounds):
        part = whole.slice(start, stop)
        taken = kept.take(part)
        used += taken
        logged.append(learning.dumps(part.slice(0, taken)))
        if restart:
            kept = Learning(*arguments)
            for body in logged:
                kept.take(learning.loads(body))
    return kept.reference(), used


def same(one: Block, other: Block) -> bool:
    return learning.dumps(one) == learning.dumps(other)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 10_000), max_size=8), st.sampled_from([(300.0, 0.0), (300.0, 2_500.0), (1e9, 0.0)]))
def test_groupings_and_restarts_agree(cuts: list[int], arguments: tuple[float, float]) -> None:
    whole = block(2_000)
    one, used = gathered(whole, (), *arguments)
    other, also = gathered(whole, cuts, *arguments, restart=True)
    assert same(one, other)
    assert used == also == {(300.0, 0.0): 300, (300.0, 2_500.0): 1_251, (1e9, 0.0): 2_000}[arguments]


def test_a_long_reference_is_thinned_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "EVENTS", 2_000)
    whole = block(20_000)
    one, _ = gathered(whole, (), 100.0, 39_000.0)
    other, _ = gathered(whole, range(0, 20_000, 377), 100.0, 39_000.0)
    assert same(one, other)
    assert 1_000 < len(one) <= 2_000
    assert ((one.seq - 10) // RUN % 16 == 0).all()
    assert set(one.losses.after_seq.tolist()) <= set(one.seq.tolist())


@pytest.mark.parametrize(
    ("more", "rows", "span"),
    [
        ("", 5_000, 0.0),
        ("season: 1d", 5_000, 2 * 86_400.0),
        ("season: 4000 events", 8_000, 0.0),
        ("season: 1d, baseline: {span: 1 season}", 5_000, 86_400.0),
        ("baseline: {rows: 700, span: 6h}", 700, 21_600.0),
        ("baseline: {rows: 700, span: 900 events}", 900, 0.0),
    ],
)
def test_what_the_configuration_asks_for(more: str, rows: int, span: float) -> None:
    config = parse(f"{{version: 1, system: a, watch: b, {more}}}")
    assert config.reference(2) == (rows, span)


def test_a_recording_asks_for_no_season_by_itself() -> None:
    assert parse("{version: 1, system: a, watch: b, season: 1d}").reference(0) == (5_000, 0.0)


def test_a_reference_that_does_not_carry_the_budget_goes_on(site: Make) -> None:
    """Blocks of equal values: a thousand rows say little; the watch learns on, and says why."""
    config = CONFIG.replace("rows: 1000", "rows: 200").replace("1 per 100000 events", "1 per 1000000 events")
    slow = replace(site("slow", config), engine="landform_agent.engine")
    lines = []
    for text in events(3_000):
        event = json.loads(text)
        number = int(event["id"][1:])
        event["features"] = {"amount": float(number // 40 * 37 % 97), "country": "DE"}
        event["prediction"] = 0.5
        lines.append(json.dumps(event))
    slow.write("0.jsonl", lines)
    said = [json.loads(line) for line in slow.run("--batch", 100).stderr.splitlines()]
    told = [one["message"] for one in said]
    assert "goes on learning" in told
    assert "rows" in next(one["reason"] for one in said if one["message"] == "goes on learning")


def test_a_fit_while_a_watch_learns_ends_its_learning(site: Make) -> None:
    early = site()
    early.write("0.jsonl", events(500))
    early.run()
    head = early.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in events(1_000, 9_000)))
    done = early.call("fit", "--baseline", head)
    assert "Candidate 1 from 1000 rows" in done.stdout, done.stderr
    early.write("1.jsonl", events(300, 500))
    early.run()
    assert sorted(json.loads(alarm)["seq"] for alarm in early.alarms()) == [599, 699, 799]


def test_fit_says_where_the_baseline_is_shorter_than_two_seasons(site: Make) -> None:
    short = site(config=CONFIG + "season: 1d\n")
    head = short.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in events(1_000)))
    assert "two are needed to tell the season from a change" in short.call("fit", "--baseline", head).stderr


@pytest.mark.parametrize(
    ("rows", "told"),
    [(500, "Watched by themselves too, with 500 rows each: "), (5_000, "No value of country has 5000 rows")],
)
def test_fit_says_which_segments_are_watched(site: Make, rows: int, told: str) -> None:
    apart = replace(
        site(config=CONFIG + f"segments: {{by: country, min_rows: {rows}}}\n"), engine="landform_agent.engine"
    )
    head = apart.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in events(4_000)))
    done = apart.call("fit", "--baseline", head)
    assert told in " ".join(done.stdout.split()), done.stderr
