"""Segments and model versions: each watched by itself, for any cut of the stream and through any restart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.streams import block, countries, normal

from landform_agent.block import Block, Losses
from landform_agent.engine import Alarm, Bank, Season, Segments, Settings, fit
from landform_agent.engine.learning import STRETCH, Learning
from landform_agent.engine.reference import learn_reference
from landform_agent.engine.state import unpack
from landform_agent.engine.version import CellProfile

REFERENCE, CHANGE, END = 5_000, 6_500, 9_000
WATCH = Settings(
    features={"a": "numeric", "b": "numeric", "country": "categorical"},
    segments=Segments("country", least_rows=500),
    prediction="probability",
    labels=True,
    baseline_rows=2_000,
)


def traffic(seed: int = 1, length: int = END) -> Block:
    """Three countries, of which IT changes at `CHANGE` in `a`; losses come 100 events late and say whose they are."""
    numeric, names = normal(seed, length, "ab"), countries(seed + 1, length, (0.6, 0.3, 0.1))
    italian = (names == "IT") & (np.arange(length) >= CHANGE)
    numeric["a"][italian] += 2.0
    random = np.random.default_rng(seed + 2)
    losses = Losses(np.arange(100, length), random.exponential(1.0, length)[:-100], segment=names[:-100])
    return block(numeric, {"country": names}, losses, prediction=random.random(length))


def cut(stream: Block, sizes: list[int], start: int = REFERENCE) -> Iterator[Block]:
    turn = 0
    while start < len(stream):
        yield stream.slice(start, start + sizes[turn % len(sizes)])
        start, turn = start + sizes[turn % len(sizes)], turn + 1


def told(bank: Bank, blocks: Iterator[Block]) -> list[Alarm]:
    return [alarm for part in blocks for alarm in bank.update(part).alarms]


@pytest.fixture(scope="module")
def stream() -> Block:
    return traffic()


@pytest.fixture(scope="module")
def fitted(stream: Block) -> bytes:
    return fit(stream.slice(0, REFERENCE), WATCH).dumps()


@pytest.fixture(scope="module")
def whole(stream: Block, fitted: bytes) -> list[Alarm]:
    return told(Bank.loads(fitted, WATCH), cut(stream, [END]))


def test_a_change_in_one_segment_is_told_of_that_segment(whole: list[Alarm]) -> None:
    first = next(alarm for alarm in whole if alarm.state == "raised")
    assert (first.segment, first.feature, first.kind) == ("IT", "a", "shift")
    assert CHANGE <= first.seq < CHANGE + 600
    assert 0.05 < float(str(first.evidence["share"])) < 0.2
    assert {alarm.segment for alarm in whole} <= {"IT", None}


@settings(max_examples=8, deadline=None)
@given(sizes=st.lists(st.integers(1, 700), min_size=1, max_size=6), restart=st.booleans())
def test_any_cut_gives_the_same_alarms_and_state(
    stream: Block, fitted: bytes, whole: list[Alarm], sizes: list[int], restart: bool
) -> None:
    sizes = [*sizes, 400]
    bank, kept, alarms = Bank.loads(fitted, WATCH), dict[str, bytes](), list[Alarm]()
    kept |= Bank.loads(fitted, WATCH)._parts(canonical=False)
    for part in cut(stream, sizes):
        alarms += bank.update(part).alarms
        for name, data in bank.changes().items():
            if data is None:
                kept.pop(name)
            else:
                kept[name] = data
        if restart:
            bank = Bank.of(kept, WATCH)
    assert alarms == whole
    straight = Bank.loads(fitted, WATCH)
    told(straight, cut(stream, [END]))
    assert bank.dumps() == straight.dumps()


def test_a_commit_of_ten_events_writes_little(stream: Block, fitted: bytes) -> None:
    bank = Bank.loads(fitted, WATCH)
    bank.changes()
    sizes = []
    for start in range(REFERENCE, REFERENCE + 3_000, 10):
        bank.update(stream.slice(start, start + 10))
        sizes.append(sum(len(data) for data in bank.changes().values() if data is not None))
    assert np.mean(sizes) < 0.1 * len(bank.dumps())


def test_the_rest_shares_a_segment_and_too_few_have_none() -> None:
    names = countries(3, 4_000, (0.5, 0.2, 0.2, 0.1))
    whole = block(normal(3, 4_000, "a"), {"country": names})
    by = replace(WATCH, features={"a": "numeric", "country": "categorical"}, prediction=None, labels=False)
    two = learn_reference(whole, replace(by, segments=Segments("country", most=2)))
    assert (len(two.segments), two.other) == (2, True)
    four = learn_reference(whole, replace(by, segments=Segments("country", least_rows=500)))
    assert (four.segments, four.other) == (("DE", "IT", "FR"), False)


def test_half_of_the_budget_is_for_the_whole_and_half_for_all_segments(stream: Block) -> None:
    reference = learn_reference(stream.slice(0, REFERENCE), WATCH)
    cells = [unpack(cell, CellProfile) for cell in reference.cells]
    assert cells[0].budget == pytest.approx(WATCH.false_alarms / 2)
    assert sum(cell.budget * cell.share for cell in cells[1:]) == pytest.approx(WATCH.false_alarms / 2)


def test_a_new_version_learns_by_itself_and_is_watched_then(stream: Block, fitted: bytes) -> None:
    bank = Bank.loads(fitted, WATCH)
    later = replace(traffic(20, 9_000), version="v2", seq=np.arange(END, END + 9_000))
    score = later.prediction
    assert score is not None
    score[6_000:] = np.sqrt(score[6_000:])
    later = replace(later, losses=Losses(), prediction=score)
    assert bank.update(later.slice(0, 1_900)).metrics["learning"] == 1
    bank = Bank.loads(bank.dumps(), WATCH)
    assert bank.update(later.slice(1_900, 2_000)).metrics["learning"] == 0
    assert bank.serving.name == "v2"
    alarms = bank.update(later.slice(2_000, 9_000)).alarms
    found = next(alarm for alarm in alarms if alarm.channel == "prediction")
    assert found.model_version == "v2" and END + 6_000 <= found.seq < END + 6_400


def test_events_of_an_unknown_version_count_for_the_features_only(stream: Block) -> None:
    known = replace(stream, version="v1")
    bank = fit(known.slice(0, REFERENCE), replace(WATCH, labels=False))
    strange = replace(stream.slice(REFERENCE, END), prediction=np.full(END - REFERENCE, 0.99), losses=Losses())
    alarms = bank.update(strange).alarms
    assert {alarm.channel for alarm in alarms} == {"data"}
    assert all(alarm.model_version == "v1" for alarm in alarms)


def test_a_late_loss_counts_for_the_version_that_predicted(stream: Block) -> None:
    bank = fit(replace(stream, version="v1").slice(0, REFERENCE), WATCH)
    later = replace(traffic(30, 4_000), version="v2", losses=Losses(), seq=np.arange(END, END + 4_000))
    bank.update(later.slice(0, 2_500))
    assert list(bank.versions) == ["v1", "v2"]
    bad = Losses(np.arange(END + 2_500, END + 4_000), np.full(1_500, 9.0), np.full(1_500, "v1", np.object_))
    alarms = bank.update(replace(later.slice(2_500, 4_000), losses=bad)).alarms
    found = next(alarm for alarm in alarms if alarm.channel == "label")
    assert (found.model_version, found.kind, found.severity) == ("v1", "performance", "critical")


def test_what_stands_is_cleared_when_another_version_takes_over() -> None:
    numeric = normal(40, 14_000, "a")
    numeric["a"][6_000:] += 1.0
    events = block(numeric)
    bank = fit(replace(events, version="v1").slice(0, REFERENCE), replace(WATCH, **_PLAIN))
    before = bank.update(replace(events, version="v1").slice(REFERENCE, 7_000)).alarms
    after = bank.update(replace(events, version="v2").slice(7_000, 14_000)).alarms
    assert [alarm.state for alarm in before] == ["raised"]
    assert [(alarm.state, alarm.id, alarm.seq) for alarm in after] == [("cleared", before[0].id, 8_999)]


_PLAIN = {"features": {"a": "numeric"}, "segments": None, "prediction": None, "labels": False}


def test_names_of_versions_are_only_names_and_a_flood_of_them_is_bounded() -> None:
    plain = replace(WATCH, **_PLAIN)  # type: ignore[arg-type]
    events = block(normal(41, 9_000, "a"))
    bank = fit(replace(events, version="a").slice(0, REFERENCE), plain)
    for name in ("a/cell/0", "../a", "", "\x00"):
        bank.update(replace(events, version=name).slice(REFERENCE, 7_100))
        bank = Bank.loads(bank.dumps(), plain)
    assert list(bank.versions) == ["a", "a/cell/0", "../a", "\x00"]
    for number in range(200):
        bank.update(replace(events.slice(7_100 + number, 7_101 + number), version=f"v{number}"))
    assert bank.update(events.slice(8_000, 8_001)).metrics["learning"] == 2
    assert len(bank.dumps()) < 400_000


def test_losses_that_come_only_after_the_fit_teach_what_is_usual(stream: Block) -> None:
    bare = replace(stream.slice(0, REFERENCE), losses=Losses())
    late = replace(WATCH, segments=None)
    bank = fit(bare, late)
    loss = np.random.default_rng(5).exponential(1.0, 4_000)
    loss[3_000:] *= 3
    rest = replace(stream.slice(REFERENCE, END), losses=Losses(np.arange(REFERENCE, END), loss))
    one = told(bank, cut(replace(rest, seq=np.arange(REFERENCE, END)), [333], 0))
    other = told(Bank.loads(fit(bare, late).dumps(), late), cut(rest, [END], 0))
    assert [alarm.kind for alarm in one if alarm.channel == "label"] == ["performance"]
    assert one == other


def test_a_version_lives_through_its_span_and_keeps_a_part_of_it_evenly() -> None:
    span = replace(WATCH, **_PLAIN, baseline_rows=800, baseline_span=Season(20_000, "events"))  # type: ignore[arg-type]
    events = block(normal(50, 25_000, "a"))
    whole, used = Learning().take(events, span)
    assert used == 20_001
    parts = Learning()
    for start in range(0, 25_000, 170):
        parts, ready = parts.take(events.slice(start, start + 170), span)
        if ready is not None:
            assert start + ready == 20_001
            break
    seq = whole.block().seq
    assert (parts.block().seq == seq).all()
    assert 800 <= len(seq) <= 2 * 800 + 2 * STRETCH
    assert seq[-1] > 17_000 and np.diff(seq).max() <= 16 * STRETCH


def test_thousands_of_cells_are_read_at_once_and_made_when_they_are_needed() -> None:
    names = np.array([f"s{number}" for number in range(50)], np.object_)[np.arange(30_000) % 50]
    events = block(normal(60, 30_000, "abcdefgh"), {"shop": names})
    watch = Settings(
        features=dict.fromkeys("abcdefgh", "numeric") | {"shop": "categorical"},  # type: ignore[arg-type]
        segments=Segments("shop", least_rows=500),
    )
    bank = fit(events, watch)
    for _ in range(2):
        bank.update(events)
    parts = bank._parts(canonical=True)
    size = sum(map(len, parts.values()))
    assert bank.update(events.slice(0, 1)).metrics["cells"] == 51
    assert size / 51 < 60_000
    before = time.process_time()
    again = Bank.of(parts, watch)
    assert time.process_time() - before < 0.5
    assert len(again.serving._cells) == 0
