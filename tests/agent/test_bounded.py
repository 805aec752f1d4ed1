"""Over months the state holds what is needed to go on, and no more: measured by its size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from landform_agent.formats.rows import Schema
from landform_agent.sources import files
from landform_agent.sources.files import Files
from landform_agent.store import Store

DAY = 86_400


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state") as opened:
        yield opened


def rows(store: Store, table: str) -> int:
    return int(store._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def pages(store: Store) -> int:
    return int(store._db.execute("PRAGMA page_count").fetchone()[0])


def test_what_was_pushed_leaves_nothing_behind(store: Store) -> None:
    sizes = []
    for _ in range(20):
        with store.write():
            for _ in range(200):
                store.drop_body(store.append("push", "", 0, 1_000, body=b"x" * 1_000))
        sizes.append(pages(store))
    assert rows(store, "journal") == 0
    assert sizes[-1] == sizes[1]
    with store.write():
        assert store.append("push", "", 0, 1, body=b"x") == 4_001


def test_a_file_that_grows_for_a_month_is_one_row(store: Store) -> None:
    with store.write():
        for stop in range(1, 30_000):
            place = store.append("in/today.jsonl", "v", stop - 1, stop)
        other = store.append("in/next.jsonl", "v", 0, 5)
    with store.write():
        store.prune(other, 15 * DAY)
    assert rows(store, "journal") == 2
    assert store.ends() == {"in/today.jsonl": ("v", 29_999), "in/next.jsonl": ("v", 5)}
    assert place < other


def test_what_is_not_worked_off_is_never_forgotten(store: Store) -> None:
    with store.write():
        places = [store.append("in/0.jsonl", "v", number, number + 1) for number in range(5)]
        store.prune(places[2], 0.0)
    assert [entry.position for place in places[1:4] if (entry := store.after(place))] == places[2:]


def test_the_newest_objects_are_known_while_nothing_comes_after_them(store: Store) -> None:
    """Where an endpoint rests for a month, the hourly listing goes on finding what it captured last."""
    last = [(f"k{number}", "tag", 10, number, 0.0) for number in range(3)]
    with store.write():
        store.receive(last)
        for key, tag, size, slice_, _ in last:
            place = store.append(key, tag, 0, size, (slice_ + 1) * 300.0)
    with store.write():
        store._db.execute("UPDATE journal SET noted = noted - ?", (30 * DAY,))
        store.prune(place + 1, 15 * DAY)
        assert store.receive(last) == 0


def test_objects_are_known_as_long_as_the_queue_may_tell_of_them_again(store: Store) -> None:
    """Four months of an object every five minutes; a queue keeps its messages for fourteen days."""
    told = [(f"k{number}", "tag", 10, number, 0.0) for number in range(120 * 288)]
    for day in range(120):
        today = told[day * 288 : (day + 1) * 288]
        with store.write():
            assert store.receive(today) == 288
            for key, tag, size, slice_, _ in store.received():
                last = store.append(key, tag, 0, size, slice_ * 300.0)
            store._db.execute("UPDATE journal SET noted = noted - ?", (DAY,))
            store.prune(last, 15 * DAY)
        if day == 30:
            reached = pages(store)
    assert rows(store, "inbox") == 0
    assert rows(store, "journal") <= 16 * 288
    assert pages(store) <= reached * 1.1
    with store.write():
        assert store.receive(told[-14 * 288 :]) == 0


def test_files_that_are_gone_are_forgotten_at_last(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_GONE", 10)
    source = Files(str(tmp_path / "in-*"), 0.0, Schema())
    for number in range(60):
        (tmp_path / f"in-{number:03}").write_text("x\n")
        assert source.poll(store)
        (tmp_path / f"in-{number:03}").unlink()
    assert 10 <= rows(store, "journal") <= 22
    # The last ones are known again, by this process and by the next.
    (tmp_path / "in-058").write_text("x\n")
    assert not source.poll(store)
    assert not Files(str(tmp_path / "in-*"), 0.0, Schema()).poll(store)


def test_files_that_stand_are_looked_at_and_not_opened(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "in-0"
    file.write_text("x\n")
    source = Files(str(tmp_path / "in-*"), 0.0, Schema())
    assert source.poll(store)
    assert not source.poll(store)
    file.chmod(0)
    assert not source.poll(store)
    file.chmod(0o600)
    with file.open("a") as more:
        more.write("y\n")
    assert source.poll(store)
    assert store.ends()[str(file)][1] == 4


def test_the_lines_of_a_file_that_grows_are_counted_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each stretch knows the number of its first line, at the cost of the one before it and not of all the file."""
    file, counted = tmp_path / "in-0", []
    count = files._count_lines
    monkeypatch.setattr(files, "_count_lines", lambda _, *part: counted.append(part) or count(_, *part))
    source, position, lines = Files(str(tmp_path / "in-*"), 0.0, Schema()), 0, []
    for _ in range(5):
        with file.open("a") as more:
            more.write("x\n" * 100)
        assert source.poll(store)
        entry = store.after(position)
        assert entry
        with source.open(store, entry, entry.start) as opened:
            lines.append(opened.line)
        position = entry.position
    assert lines == [1 + 100 * number for number in range(5)]
    assert counted == [(0, 0), *((max(0, 200 * number - 200), 200 * number) for number in range(1, 5))]
    with source.open(store, entry, 300) as opened:
        assert (opened.line, opened.stream.read(4)) == (151, b"x\nx\n")


def test_lines_of_a_file_that_was_written_anew_with_the_same_head_are_counted_anew(
    store: Store, tmp_path: Path
) -> None:
    head, file = "x" * 70 + "\n", tmp_path / "in-0"
    file.write_text(head + "b\n" * 9)
    source, lines = Files(str(tmp_path / "in-*"), 0.0, Schema()), []
    source.poll(store)
    entry = store.after(0)
    assert entry
    for text, offset in (("b\n", 79), ("a long line\n", 83)):
        file.write_text(head + text * 9)
        for each in (0, offset):
            with source.open(store, entry, each) as opened:
                lines.append(opened.line)
    assert lines == [1, 6, 1, 3]
