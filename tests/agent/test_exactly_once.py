"""Killed at any point, cut into any batches: the same alarms as a run that nobody disturbed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Site, events

Make = Callable[..., Site]

HEAD, REST = 1_000, 6_000


@pytest.fixture(scope="module")
def fitted(lasting: Make) -> Site:
    """A site with a reference, whose stream holds rejects and duplicates too."""
    site = lasting("fitted")
    head = site.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in events(HEAD)))
    site.fit(head)
    rest = events(REST, HEAD)
    for number in range(3):
        part = rest[number * 2_000 : (number + 1) * 2_000]
        site.write(f"{number}.jsonl", [*part[:700], "no event", *part[:30], *part[700:]])
    return site


@pytest.fixture(scope="module")
def undisturbed(fitted: Site) -> Site:
    calm = fitted.copy(fitted.path.with_name("calm"))
    calm.run()
    return calm


@pytest.fixture
def other(fitted: Site, tmp_path: Path) -> Site:
    """A copy of the fitted one."""
    return fitted.copy(tmp_path / "other")


@pytest.mark.parametrize("batch", [7, 32, 10_000])
def test_batches_agree(other: Site, undisturbed: Site, batch: int) -> None:
    other.run("--batch", batch)
    assert other.alarms() == undisturbed.alarms()


def test_events_one_by_one_agree(other: Site, undisturbed: Site) -> None:
    """A commit for each event takes long on a slow disk: the first events are enough."""
    (other.path / "in" / "1.jsonl").unlink()
    (other.path / "in" / "2.jsonl").unlink()
    other.run("--batch", 1)
    assert len(other.alarms()) == 20
    assert set(other.alarms()) < set(undisturbed.alarms())


def test_replay_of_all_is_fit_of_the_head_and_run_of_the_rest(site: Make, undisturbed: Site) -> None:
    recorded = site("recorded")
    files = [undisturbed.path / "head.jsonl", *sorted((undisturbed.path / "in").iterdir())]
    done = recorded.call("replay", *files, "--alarms", "alarms.jsonl", "--batch", 33)
    assert done.returncode == 0, done.stderr
    assert recorded.alarms() == undisturbed.alarms()
    assert not (recorded.path / "state.sqlite").exists()


def test_a_sink_file_longer_than_recorded_is_cut(undisturbed: Site, tmp_path: Path) -> None:
    longer = undisturbed.copy(tmp_path / "longer")
    with (longer.path / "alarms.jsonl").open("a") as file:
        file.write('{"id": "half an al')
    longer.run()
    assert longer.alarms() == undisturbed.alarms()


def test_a_second_writer_exits_3(other: Site) -> None:
    with other.start("run") as first:
        wait_for(other.path / "alarms.jsonl")
        second = other.call("run", "--until-idle", "0.1s")
        first.terminate()
        assert first.wait(10) == 0
    assert second.returncode == 3
    assert "one state has one writer" in second.stderr


def test_a_term_signal_ends_the_run_with_all_committed(other: Site, undisturbed: Site) -> None:
    with other.start("run", "--batch", 10) as process:
        wait_for(other.path / "alarms.jsonl")
        process.terminate()
        assert process.wait(10) == 0
        assert json.loads(process.stderr.read().splitlines()[-1])["message"] == "stopped"  # type: ignore[union-attr]
    other.run()
    assert other.alarms() == undisturbed.alarms()


def test_files_that_grow_and_files_that_come_later(site: Make) -> None:
    grown, whole = site("grown"), site("whole")
    head, rest = events(HEAD), events(600, HEAD)
    for place in (grown, whole):
        (place.path / "head.jsonl").write_text("\n".join(head))
        place.fit(place.path / "head.jsonl")
    whole.write("0.jsonl", rest)
    whole.run()
    file = grown.write("0.jsonl", rest[:150])
    grown.run()
    with file.open("a") as more:
        more.writelines(f"{line}\n" for line in rest[150:300])
    grown.run()
    grown.write("1.jsonl", rest[300:])
    grown.run()
    assert grown.alarms() == whole.alarms()
    assert len(grown.alarms()) == 6


def wait_for(path: Path) -> None:
    """Until a file holds something."""
    for _ in range(200):
        if path.exists() and path.stat().st_size:
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} stayed empty")
