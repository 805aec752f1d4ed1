"""Rows become events: numbered once, told apart by id, alike for any grouping."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform_agent.formats.rows import Rows
from landform_agent.identity import GENERATION, GENERATIONS, Seen, hashes, key
from landform_agent.intake import Intake
from landform_agent.labels import loss
from landform_agent.learning import join

KEY = key("shop/score")


def rows(ids: list[str | None], at: list[float], version: list[str] | str = "") -> Rows:
    count = len(ids)
    numbers = {"a": np.arange(count, dtype=np.float64)}
    return Rows(np.arange(count), ids, np.array(at, np.float64), numbers, {}, None, None, version)


def test_hashes_do_not_depend_on_neighbours_and_tell_ids_apart() -> None:
    ids: list[str | None] = [None, "", "a", "a\0", "é", "x" * 500, "x" * 501, *map(str, range(10_000))]
    together = hashes(ids, KEY)
    assert together.tolist() == [int(hashes([one], KEY)[0]) for one in ids]
    assert together[0] == 0
    assert len(set(together.tolist()) - {0}) >= len(ids) - 2
    assert hashes(["a"], key("other"))[0] != together[2]


def test_times_that_are_absent() -> None:
    intake = Intake(None, KEY)
    nan = float("nan")
    [first] = intake.accept(rows([None] * 2, [nan, nan])).blocks
    [second] = intake.accept(rows([None] * 4, [nan, 500, nan, 400])).blocks
    [third] = intake.accept(rows([None], [nan])).blocks
    assert [*first.at, *second.at, *third.at] == [0, 1, 2, 500, 500, 400, 400]
    assert [*first.seq, *second.seq, *third.seq] == list(range(7))
    assert intake.counts["backwards"] == 1


def test_events_from_the_future_of_their_slice_are_not_taken() -> None:
    intake = Intake(None, KEY)
    accepted = intake.accept(rows(["a", "b", "c"], [100, 9_000, 200]), horizon=300)
    [block], idents = accepted.blocks, accepted.idents
    assert accepted.lines.tolist() == [0, 2]
    assert block.at.tolist() == [100, 200]
    assert len(idents) == 2
    assert intake.counts["future"] == 1


def test_a_block_is_of_one_version() -> None:
    blocks = Intake(None, KEY).accept(rows([None] * 5, [1] * 5, ["1", "1", "2", "1", "1"])).blocks
    assert [(block.version, len(block)) for block in blocks] == [("1", 2), ("2", 1), ("1", 2)]


@given(st.lists(st.sampled_from("abcdefg") | st.none(), max_size=20), st.data())
def test_groupings_agree(ids: list[str | None], data: st.DataObject) -> None:
    at = data.draw(st.lists(st.floats(0, 10) | st.just(float("nan")), min_size=len(ids), max_size=len(ids)))
    cut = data.draw(st.integers(0, len(ids)))
    whole, parts = Intake(None, KEY), Intake(None, KEY)
    all_rows = rows(ids, at)
    one = whole.accept(all_rows).blocks
    two = [
        block
        for keep in (np.arange(cut), np.arange(cut, len(ids)))
        for block in parts.accept(all_rows.where(keep)).blocks
    ]
    assert whole.mark == parts.mark
    if one:
        a, b = join(one), join(two)
        for left, right in ((a.seq, b.seq), (a.at, b.at), (a.ident, b.ident), (a.numeric["a"], b.numeric["a"])):
            np.testing.assert_array_equal(left, right)


def test_ids_are_remembered_for_a_million_and_a_bit_and_then_forgotten() -> None:
    seen = Seen()
    chance = np.random.default_rng(1)
    given_ = chance.integers(1, 2**63, GENERATION * (GENERATIONS + 2), dtype=np.uint64)
    for start in range(0, len(given_), GENERATION):
        seen.add(given_[start : start + GENERATION])
    # The oldest two of eighteen generations are gone; the others are known to the last id.
    assert seen.fresh(given_[: 2 * GENERATION]).all()
    assert not seen.fresh(given_[2 * GENERATION :]).any()
    assert seen.fresh(chance.integers(1, 2**63, 100_000, dtype=np.uint64)).all()


@pytest.mark.parametrize("sizes", [[1], [7, 900, 1_100, 3], [5_000, 1, 30_000]])
def test_ids_are_remembered_however_many_come_at_a_time(sizes: list[int]) -> None:
    seen = Seen()
    given_ = np.random.default_rng(2).integers(1, 2**63, 3_000 if sizes == [1] else 2 * GENERATION, dtype=np.uint64)
    start, turn = 0, 0
    while start < len(given_):
        stop = min(start + min(sizes[turn % len(sizes)], seen.room()), len(given_))
        assert seen.fresh(given_[start:stop]).all()
        seen.add(given_[start:stop])
        start, turn = stop, turn + 1
    assert not seen.fresh(given_).any()
    assert seen.fresh(given_ ^ np.uint64(1)).all()


@pytest.mark.parametrize(
    ("kind", "prediction", "label", "expected"),
    [
        ("probability", [0.5, 0.0, np.nan], [1.0, 1.0, 0.0], [np.log(2), -np.log(1e-6), np.nan]),
        ("numeric", [1.0, 2.0], [3.0, np.nan], [2.0, np.nan]),
    ],
)
def test_losses(kind: str, prediction: list[float], label: list[float], expected: list[float]) -> None:
    np.testing.assert_allclose(loss(kind, np.array(prediction), np.array(label)), expected)


def test_losses_of_categories() -> None:
    a, b = (np.array(values, np.object_) for values in (["x", "y", None], ["x", "x", "x"]))
    np.testing.assert_array_equal(loss("category", a, b), [0, 1, np.nan])
