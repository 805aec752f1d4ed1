"""Killed at any point, whatever the queue does meanwhile: the alarms of a run that nobody disturbed.

KILLS=50 pytest tests/agent/test_kills.py    for the full number
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from landform_agent.store import VERSION

from .cloud import PER_OBJECT, Cloud, watching
from .conftest import Site, events

Make = Callable[..., Site]
KILLS = int(os.environ.get("KILLS", "5"))
HEAD, REST = 1_000, 6_000


def struck(site: Site, pause: Callable[[], object], batch: int) -> None:
    """A run that is killed, `pause` after it began to work."""
    with site.start("run", "--batch", batch) as process:
        await_work(process)
        pause()
        assert process.poll() is None
        process.kill()
        process.communicate()


def await_work(process: subprocess.Popen[str]) -> None:
    assert process.stderr
    for line in process.stderr:
        if json.loads(line)["message"] == "watching":
            return
    raise AssertionError("the run ended before it began")


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


def test_files(fitted: Site, tmp_path: Path) -> None:
    chance = random.Random(7)
    calm, victim = fitted.copy(tmp_path / "calm"), fitted.copy(tmp_path / "victim")
    calm.run()
    at_work, most = 0, REST // 100 // (KILLS + 1)
    for _ in range(KILLS):
        struck(victim, lambda: await_alarms(victim, chance, chance.randint(0, most)), 10)
        at_work += len(victim.alarms()) < REST // 100
    victim.run()
    assert at_work > KILLS // 2
    assert victim.alarms() == calm.alarms()
    assert len(victim.alarms()) == REST // 100
    assert [r["line"] for r in victim.rejects()] == [r["line"] for r in calm.rejects()] == [701] * 3


def test_capture_shuffled_duplicated_and_delayed(cloud: Callable[[str], Cloud], site: Make) -> None:
    """Half of the kills fall while the queue is emptied, half while its objects are worked off."""
    chance = random.Random(3)
    objects, half = 8 + KILLS, KILLS // 2
    calm, wild = cloud("calm"), cloud("wild")
    # A slice must not close before the last delivery: what is late comes later in the order, rightly.
    undisturbed, victim = watching(site, calm), watching(site, wild, wait=4 + 2 * half)
    for number in range(objects):
        calm.send(calm.put(number))
    undisturbed.run("--until-idle", "2s")

    messages = [wild.put(number) for number in range(objects)]
    messages += chance.sample(messages, objects // 3)
    chance.shuffle(messages)
    wild.send(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "wild"}))
    wild.send("no event at all")
    for number in range(half):
        for message in messages[number::half]:
            wild.send(message)
        struck(victim, lambda: time.sleep(chance.random() * 0.3), 20)
    for _ in range(KILLS - half):
        struck(victim, lambda: await_alarms(victim, chance, 1), 5)
    victim.run("--until-idle", "3s")

    assert len(undisturbed.alarms()) == objects * PER_OBJECT // 100
    assert victim.alarms() == undisturbed.alarms()
    seen = sorted(json.dumps(json.loads(alarm), sort_keys=True) for alarm in undisturbed.alarms())
    assert calm.alarms() == wild.alarms() == seen
    told = wild.cloudwatch.list_metrics(Namespace="landform/drift")["Metrics"]
    assert {metric["MetricName"] for metric in told} >= {"Up", "AcceptedTotal", "RejectedTotal"}


def test_a_killed_run_and_an_agent_of_another_version(fitted: Site, tmp_path: Path) -> None:
    """An agent that cannot read the state says so and leaves it as it is: the one that wrote it goes on."""
    calm, victim = fitted.copy(tmp_path / "calm"), fitted.copy(tmp_path / "victim")
    calm.run()
    state = victim.path / "state.sqlite"
    struck(victim, lambda: time.sleep(0.05), 10)
    with closing(sqlite3.connect(state)) as db:
        db.execute("PRAGMA user_version=99")
        before = list(db.iterdump())
    done = victim.call("run", "--until-idle", "0.1s")
    assert done.returncode == 4
    assert "a state of version 99" in done.stderr
    assert "Run the agent that wrote it" in done.stderr
    with closing(sqlite3.connect(state)) as db:
        assert list(db.iterdump()) == before
        db.execute(f"PRAGMA user_version={VERSION}")
    victim.run()
    assert victim.alarms() == calm.alarms()


def await_alarms(site: Site, chance: random.Random, more: int) -> None:
    """Until so many alarms more than before are told, and a little longer."""
    before = len(site.alarms())
    for _ in range(6_000):
        if len(site.alarms()) >= before + more:
            time.sleep(chance.random() / 50)
            return
        time.sleep(0.01)
    raise AssertionError("no alarm in a minute")
