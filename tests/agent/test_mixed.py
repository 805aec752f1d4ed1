"""Everything at once: late labels, versions, segments, broken lines and other forms, cut and killed anywhere."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import CONFIG, Site

Make = Callable[..., Site]
HEAD, COUNT = 1_000, 6_000
MORE = """
labels: {lag: 300s, keep: 1000}
segments: {by: country}
remind: 20m
"""


def _lines() -> list[tuple[int, str]]:
    """Lines with the number of the event that each belongs to; odd ones come in stretches."""
    chance = random.Random(2)
    came: list[tuple[float, int, str]] = []
    for number in range(COUNT):
        features: dict[str, object] = {"amount": chance.gauss(0, 1), "country": chance.choice(("DE", "FR", None))}
        if 2_000 <= number < 2_400:
            features["more"] = 1
        event = {"id": f"e{number}", "at": 1_772_323_200 + number, "features": features, "prediction": chance.random()}
        if number > 3_000:
            event["version"] = "2"
        if number % 7 == 0:
            event["label"] = chance.randint(0, 1)
        came.append((number, number, json.dumps(event)))
        if 4_000 <= number < 4_300 and number % 3 == 0:
            came.append((number + 0.2, number, "no event"))
        if chance.random() < 0.7:
            after = chance.choice((-20, 30, 200, 350))
            label = json.dumps({"id": f"e{number}", "label": chance.randint(0, 1)})
            came.append((max(number, number + after) + 0.5, min(COUNT - 1, max(number, number + after)), label))
    return [(number, text) for _, number, text in sorted(came)]


@pytest.fixture(scope="module")
def lines() -> list[tuple[int, str]]:
    return _lines()


@pytest.fixture(scope="module")
def recorded(lasting: Make, lines: list[tuple[int, str]]) -> Path:
    """The alarms of a replay of all."""
    whole = lasting("recorded", CONFIG + MORE)
    file = whole.path / "all.jsonl"
    file.write_text("".join(f"{text}\n" for _, text in lines))
    done = whole.call("replay", file, "--alarms", "alarms.jsonl", "--batch", 977)
    assert done.returncode == 0, done.stderr
    alarms = [json.loads(line) for line in (whole.path / "alarms.jsonl").read_text().splitlines()]
    schema = [alarm["state"] for alarm in alarms if alarm.get("kind") == "schema"]
    assert schema == ["raised", "cleared", "raised", "cleared"]
    assert len(alarms) == (COUNT - HEAD) // 100 + len(schema)
    return whole.path / "alarms.jsonl"


@pytest.fixture(scope="module")
def fitted(lasting: Make, lines: list[tuple[int, str]]) -> Site:
    """A fit of the head, with the rest to be read."""
    fitted = lasting("fitted", CONFIG + MORE)
    head = fitted.path / "head.jsonl"
    # The last event of the reference ends the head.
    cut = next(place for place, (number, text) in enumerate(lines) if number == HEAD - 1 and "features" in text) + 1
    head.write_text("".join(f"{text}\n" for _, text in lines[:cut]))
    fitted.fit(head)
    fitted.write("rest.jsonl", [text for _, text in lines[cut:]])
    return fitted


@pytest.mark.parametrize("batch", [13, 700, 10_000])
def test_fit_and_run_tell_what_a_replay_tells(fitted: Site, recorded: Path, batch: int, tmp_path: Path) -> None:
    here = fitted.copy(tmp_path / "here")
    here.run("--batch", batch)
    assert (here.path / "alarms.jsonl").read_bytes() == recorded.read_bytes()


@pytest.mark.parametrize("batch", [100, 10_000])
def test_a_killed_run_that_learns_first_tells_it_too(
    site: Make, lines: list[tuple[int, str]], recorded: Path, batch: int
) -> None:
    victim = site("victim", CONFIG + MORE)
    for part in range(4):
        victim.write(f"{part}.jsonl", [text for _, text in lines[part * 3_000 : (part + 1) * 3_000]])
    chance = random.Random(batch)
    kills = 0
    for _ in range(6):
        process = victim.start("run", "--batch", batch)
        time.sleep(0.45 + chance.random() * 0.5)
        kills += process.poll() is None
        process.kill()
        process.communicate()
    victim.run("--batch", batch)
    assert kills >= 3
    assert (victim.path / "alarms.jsonl").read_bytes() == recorded.read_bytes()
