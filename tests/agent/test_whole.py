"""The agent as it is shipped: a change in the stream becomes an alarm, killed or not, in batches of any size."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from .conftest import CONFIG, Site

Make = Callable[..., Site]
HEAD, CHANGE, COUNT = 5_000, 9_000, 12_000


def _stream() -> list[str]:
    """`amount` moves by one deviation at event 9,000."""
    chance = random.Random(11)
    return [
        json.dumps(
            {
                "id": f"e{number}",
                "at": 1_772_323_200 + number,
                "features": {"amount": chance.gauss(number >= CHANGE, 1), "country": chance.choice(("DE", "FR", "US"))},
                "prediction": round(chance.random(), 3),
            }
        )
        for number in range(COUNT)
    ]


def _shipped(made: Site) -> Site:
    return replace(made, engine="landform_agent.engine")


@pytest.fixture(scope="module")
def replayed(lasting: Make) -> Path:
    """The alarms of a replay of all."""
    whole = _shipped(lasting("recorded", CONFIG.replace("rows: 1000", f"rows: {HEAD}")))
    file = whole.path / "all.jsonl"
    file.write_text("".join(f"{line}\n" for line in _stream()))
    done = whole.call("replay", file, "--alarms", "replayed.jsonl")
    assert done.returncode == 0, done.stderr
    return whole.path / "replayed.jsonl"


@pytest.fixture
def recorded(site: Make, replayed: Path) -> tuple[Site, Path]:
    """A site, and the alarms of a replay of all."""
    return _shipped(site("recorded", CONFIG.replace("rows: 1000", f"rows: {HEAD}"))), replayed


def test_a_change_is_told_once_with_its_feature_and_its_beginning(recorded: tuple[Site, Path]) -> None:
    [alarm] = map(json.loads, recorded[1].read_text().splitlines())
    told = {name: alarm[name] for name in ("watch", "model", "channel", "feature", "kind", "state", "attempt")}
    assert told == {
        "watch": "score",
        "model": "score",
        "channel": "data",
        "feature": "amount",
        "kind": "shift",
        "state": "raised",
        "attempt": 1,
    }
    assert CHANGE <= alarm["seq"] < CHANGE + 200
    assert abs(alarm["since_seq"] - CHANGE) < 50
    assert alarm["at"].endswith("Z")


@pytest.mark.parametrize("batch", [37, 10_000])
def test_fit_and_a_killed_run_tell_what_a_replay_tells(recorded: tuple[Site, Path], batch: int) -> None:
    whole, replayed = recorded
    stream = _stream()
    head = whole.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in stream[:HEAD]))
    whole.fit(head)
    whole.write("rest.jsonl", stream[HEAD:])
    for pause in (0.6, 0.9, 1.2, 1.5):
        process = whole.start("run", "--batch", batch)
        time.sleep(pause)
        process.kill()
        process.communicate()
    whole.run("--batch", batch)
    assert (whole.path / "alarms.jsonl").read_bytes() == replayed.read_bytes()


def test_any_batches_from_one_restart_to_the_next_tell_what_a_replay_tells(recorded: tuple[Site, Path]) -> None:
    """The file grows by any number of lines, and each run reads it in batches of another size."""
    whole, replayed = recorded
    chance, stream = random.Random(23), _stream()
    file, place = whole.path / "in" / "all.jsonl", 0
    for more in (2_999, 3, HEAD - 3_500, CHANGE - HEAD + 523, 40, COUNT):
        with file.open("a") as grown:
            grown.writelines(f"{line}\n" for line in stream[place : place + more])
        place += more
        whole.run("--batch", int(chance.choice((7, 32, 977, 10_000)) * chance.uniform(1, 3)))
    assert (whole.path / "alarms.jsonl").read_bytes() == replayed.read_bytes()


def test_absurd_numbers_in_a_feature_do_not_hide_its_change(site: Make) -> None:
    """NaN, infinity and 1e308 are rejected; 1e100 and -1e149 are taken, and move nothing for long."""
    whole = replace(site("absurd", CONFIG.replace("rows: 1000", f"rows: {HEAD}")), engine="landform_agent.engine")
    stream = _stream()
    for number in range(HEAD, COUNT, 100):
        event = json.loads(stream[number])
        event["features"]["amount"] = 1e100 if number % 200 else -1e149
        stream[number] = json.dumps(event)
        worst = ("NaN", "Infinity", "-Infinity", "1e308", "-1e308", "1e999")[number // 100 % 6]
        stream[number] += f'\n{{"features": {{"amount": {worst}, "country": "DE"}}, "prediction": 0.5}}'
    file = whole.path / "all.jsonl"
    file.write_text("".join(f"{line}\n" for line in stream))
    done = whole.call("replay", file, "--alarms", "replayed.jsonl")
    assert done.returncode == 0, done.stderr
    assert "70 lines rejected" in done.stdout
    alarms = [json.loads(line) for line in (whole.path / "replayed.jsonl").read_text().splitlines()]
    absurd = ["outliers_now" in alarm["evidence"] for alarm in alarms]
    # One row in a hundred is absurd, which the reference had none of: that is told by itself, and first.
    assert absurd[0] and HEAD <= alarms[0]["seq"] < HEAD + 1_000
    first = alarms[absurd.index(False)]
    assert (first["feature"], first["state"]) == ("amount", "raised")
    assert first["kind"] in ("shift", "spread")
    assert CHANGE <= first["seq"] < CHANGE + 400


def test_a_baseline_that_cannot_carry_the_budget_is_refused(site: Make) -> None:
    few = replace(site(), engine="landform_agent.engine")
    head = few.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in _stream()[:60]))
    done = few.call("fit", "--baseline", head)
    assert done.returncode == 1
    assert "rows" in done.stderr
    assert few.call("report", "--out", "r.html").returncode == 3


@pytest.mark.parametrize("batch", [37, 10_000])
def test_a_run_without_a_fit_learns_first_killed_or_not(recorded: tuple[Site, Path], batch: int) -> None:
    whole, replayed = recorded
    whole.write("all.jsonl", _stream())
    for pause in (0.7, 0.9, 1.1):
        process = whole.start("run", "--batch", batch)
        time.sleep(pause)
        process.kill()
        process.communicate()
    whole.run("--batch", batch)
    assert (whole.path / "alarms.jsonl").read_bytes() == replayed.read_bytes()
