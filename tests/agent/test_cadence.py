"""Nightly files: each is one batch, whatever the order within; killed or not, in any cut, the same alarms."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from landform_agent.block import Block
from landform_agent.cadence import Cadence
from landform_agent.config import parse

from .conftest import CONFIG, Site

Make = Callable[..., Site]
NIGHTS, HEAD, CHANGE, ROWS = 17, 12, 14, 250
BATCHES = CONFIG.replace("rows: 1000", f"rows: {HEAD * ROWS}") + "cadence: batch\n"


def night(number: int) -> list[str]:
    """Sorted by customer, at any hour of its day; `amount` moves from night `CHANGE` on. The last line is no event."""
    chance = random.Random(number)
    lines = []
    for customer in range(ROWS // 5):
        country = chance.choice(("DE", "FR", "US"))
        for _ in range(5):
            event = {
                "id": f"{number}/{len(lines)}",
                "at": 1_772_323_200 + 86_400 * number + chance.randrange(80_000),
                "features": {"amount": chance.gauss(number >= CHANGE, 1) + 0.01 * customer, "country": country},
                "prediction": round(chance.random(), 3),
            }
            lines.append(json.dumps(event))
    return [*lines, "no event"]


def sites(site: Make, name: str) -> Site:
    return replace(site(name, BATCHES), engine="landform_agent.engine")


@pytest.fixture(scope="module")
def replayed(lasting: Make) -> Site:
    """A site with all nights, and the alarms of their replay."""
    whole = sites(lasting, "recorded")
    files = []
    for number in range(NIGHTS):
        files.append(whole.path / f"night-{number:02}.jsonl")
        files[-1].write_text("".join(f"{line}\n" for line in night(number)))
    done = whole.call("replay", *files, "--alarms", "replayed.jsonl")
    assert done.returncode == 0, done.stderr
    return whole


@pytest.fixture
def recorded(replayed: Site, tmp_path: Path) -> tuple[Site, Path]:
    """A copy of it, and those alarms."""
    return replayed.copy(tmp_path / "recorded"), replayed.path / "replayed.jsonl"


def test_the_night_that_moved_is_told_when_its_file_ends(recorded: tuple[Site, Path]) -> None:
    raised = [one for one in map(json.loads, recorded[1].read_text().splitlines()) if one["state"] == "raised"]
    assert [(one["feature"], one["kind"]) for one in raised] == [("amount", "shift")]
    assert (raised[0]["seq"], raised[0]["since_seq"]) == ((CHANGE + 1) * ROWS - 1, CHANGE * ROWS)


@pytest.mark.parametrize("batch", [1, 7, 10_000])
def test_fit_and_a_killed_run_tell_what_a_replay_tells(recorded: tuple[Site, Path], batch: int) -> None:
    whole, replayed = recorded
    files = sorted(whole.path.glob("night-*.jsonl"))
    done = whole.call("fit", "--baseline", *files[:HEAD])
    assert f"It came in {HEAD} batches of {ROWS} rows" in done.stdout, done.stderr
    for file in files[HEAD:]:
        whole.write(file.name, file.read_text().splitlines())
    for pause in (0.8, 1.3):
        process = whole.start("run", "--batch", batch)
        time.sleep(pause)
        process.kill()
        process.communicate()
    whole.run("--batch", batch)
    assert (whole.path / "alarms.jsonl").read_bytes() == replayed.read_bytes()


def test_a_watch_learns_from_the_first_nights_by_itself(recorded: tuple[Site, Path]) -> None:
    whole, replayed = recorded
    for file in sorted(whole.path.glob("night-*.jsonl")):
        whole.write(file.name, file.read_text().splitlines())
    whole.run("--batch", 333)
    assert (whole.path / "alarms.jsonl").read_bytes() == replayed.read_bytes()


def test_a_file_that_still_grows_is_no_batch_yet(site: Make) -> None:
    """What is written slowly is taken at once, when it has not grown for the time that `settle` says."""
    slow = sites(site, "slow")
    for number in range(NIGHTS - 1):
        slow.write(f"{number:02}.jsonl", night(number))
    slow.run()
    before = len(slow.alarms())
    with (slow.path / "in" / "99.jsonl").open("w") as file, slow.start("run", "--until-idle", "0.3s") as process:
        for line in night(NIGHTS - 1):
            file.write(f"{line}\n")
            file.flush()
            time.sleep(0.002)
        process.communicate(timeout=60)
    told = [json.loads(alarm) for alarm in slow.alarms()[before:]]
    assert {one["seq"] for one in told} <= {NIGHTS * ROWS - 1}


def test_ten_batches_are_asked_for(site: Make) -> None:
    few = sites(site, "few")
    files = []
    for number in range(9):
        files.append(few.path / f"{number}.jsonl")
        files[-1].write_text("".join(f"{line}\n" for line in night(number)))
    done = few.call("fit", "--baseline", *files)
    assert done.returncode == 1
    assert "9 batches" in done.stderr


def events(at: list[float], first: int) -> Block:
    count = len(at)
    return Block(np.arange(first, first + count), np.array(at), np.zeros(count, np.uint64))


def found(at: list[float], size: int) -> list[int]:
    cadence, ends = Cadence(), list[int]()
    for start in range(0, len(at), size):
        [block] = cadence.mark([events(at[start : start + size], start)], False, events([], 0))
        ends += block.ends.tolist()
        cadence = Cadence(cadence.dumps())
    return ends


@pytest.mark.parametrize("size", [1, 7, 60, 1_000])
def test_a_gap_of_more_than_an_hour_ends_a_batch_for_any_cut(size: int) -> None:
    one = [60.0 * minute for minute in range(100)]
    later = [one[-1] + 3_601 + second for second in range(60)]
    after = [later[-1] + 3_599 + second for second in range(10)]
    # Too few to be one.
    far = [after[-1] + 9_000 * times for times in range(1, 4)]
    assert found([*one, *later, *after, *far], size) == [100, 170]


@pytest.mark.parametrize("size", [1, 60, 1_000])
def test_of_a_batch_in_any_order_a_gap_is_longer_than_all_of_it(size: int) -> None:
    chance = random.Random(1)
    nights = [[86_400.0 * night + chance.randrange(21_600) for _ in range(300)] for night in range(3)]
    assert found([time for night in nights for time in night], size) == [300, 600]


def test_batches_may_be_silent_for_a_day() -> None:
    text = "{{version: 1, system: a, watch: b, cadence: {}}}"
    assert parse(text.format("batch")).stale == 26 * 3_600
    assert parse(text.format("stream")).stale == 900
    assert parse("{version: 1, system: a, watch: b, cadence: batch, stale_after: 30m}").stale == 1_800
