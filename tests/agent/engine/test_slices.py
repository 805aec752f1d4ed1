"""Slices: the same for any cut of the stream, few in a long one, and true to what the events were."""

from __future__ import annotations

import numpy as np
import pytest
from support.streams import block, countries, normal

from landform_agent.block import Block, Losses
from landform_agent.engine import Bank, Settings, Slice, fit
from landform_agent.engine.scores import FAR
from landform_agent.engine.slices import cuts

REFERENCE, CHANGE, END = 3_000, 5_000, 7_030
WATCH = Settings(features={"a": "numeric", "b": "numeric", "country": "categorical"}, labels=True)
LANES = ("data", "joint", "label")


@pytest.fixture(scope="module")
def stream() -> Block:
    numeric = normal(1, END)
    numeric["a"][CHANGE:] += 2.0
    losses = Losses(np.arange(END), np.random.default_rng(4).exponential(1.0, END))
    return block(numeric, {"country": countries(2, END)}, losses)


def slices_of(stream: Block, size: int) -> dict[str, list[Slice]]:
    bank = fit(stream.slice(0, REFERENCE), WATCH)
    told: list[Slice] = []
    for start in range(REFERENCE, END, size):
        bank = Bank.loads(bank.dumps(), WATCH) if start % 3 else bank
        told += bank.update(stream.slice(start, min(start + size, END))).slices
    return {lane: [one for one in told if one.lane == lane] for lane in LANES}


def test_any_cut_of_the_stream_gives_the_same_slices(stream: Block) -> None:
    whole = slices_of(stream, END)
    assert [len(whole[lane]) for lane in LANES] == [40, 40, 40]
    for size in (37, 999):
        parts = slices_of(stream, size)
        for lane in LANES:
            assert [(one.count, one.since, one.until) for one in parts[lane]] == [
                (one.count, one.since, one.until) for one in whole[lane]
            ]
            assert all(np.array_equal(a.levels, b.levels) for a, b in zip(parts[lane], whole[lane], strict=True))


def test_a_level_is_what_its_line_says(stream: Block) -> None:
    bank = fit(stream.slice(0, REFERENCE), WATCH)
    lines = [line for line in bank.lines() if line.lane == "data"]
    slices = [one for one in bank.update(stream.slice(REFERENCE, END)).slices if one.lane == "data"]
    shift = next(n for n, line in enumerate(lines) if (line.feature, line.kind) == ("a", "shift"))
    assert abs(lines[shift].usual - 0.5) < 0.01
    assert abs(slices[0].levels[shift] - 0.5) < 0.1
    assert slices[-1].levels[shift] > 0.5 + 1.5 / (2 * FAR)
    named = [line.category for line in lines if line.feature == "country" and line.kind == "category"]
    assert set(named) >= {"DE", "FR", "(new)"}


def test_the_reference_has_slices_too_and_the_bank_stays(stream: Block) -> None:
    bank = fit(stream.slice(0, REFERENCE), WATCH)
    before = bank.dumps()
    assert [one.count for one in bank.trace(stream.slice(0, REFERENCE))] == [100] * 30
    assert bank.dumps() == before


@pytest.mark.parametrize("per_block", [1, 10])
def test_a_long_stream_has_longer_slices_without_a_gap(per_block: int) -> None:
    blocks = 320_000 // per_block
    slices = cuts(0, blocks, per_block)
    counts = [(end - start) * per_block for start, end in slices]
    assert counts == sorted(counts)
    assert set(counts) == {100, 200, 400, 800, 1_600, 3_200}
    assert [0, *(end for _, end in slices)] == [*(start for start, _ in slices), blocks]
    assert [one for n in range(0, blocks, 1_000) for one in cuts(n, n + 1_000, per_block)] == slices
