"""Watches for tests of the intake: a folder of events, a configuration, and the program in a process of its own."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# What is right does not depend on how busy the machine is.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).parents[2]
PROGRAM = "from landform_agent.cli import entry; entry()"


def events(count: int, first: int = 0, seed: int = 0) -> list[str]:
    """Flat events with a bit of everything."""
    chance = random.Random(f"{seed}/{first}")
    return [
        json.dumps(
            {
                "id": f"e{number}",
                "at": f"2026-03-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
                "features": {
                    "amount": chance.gauss(0, 1) if chance.random() > 0.02 else None,
                    "country": chance.choice(("DE", "FR", "US")),
                },
                "prediction": round(chance.random(), 3),
                "label": chance.randint(0, 1),
            }
        )
        for number in range(first, first + count)
    ]


@dataclass(frozen=True)
class Site:
    """A place where an agent runs."""

    path: Path
    engine: str = "support.tiny_engine"

    @property
    def config(self) -> Path:
        return self.path / "watch.yaml"

    def write(self, name: str, lines: Iterable[str]) -> Path:
        """A whole file of events, which appears at once."""
        file = self.path / "in" / name
        (self.path / "new").write_text("".join(f"{line}\n" for line in lines))
        (self.path / "new").rename(file)
        return file

    def command(self, name: str, *arguments: object) -> list[str]:
        start = [sys.executable, "-c", PROGRAM, name, "--config", str(self.config)]
        return [*start, "--engine", self.engine, *map(str, arguments)]

    def start(self, name: str, *arguments: object) -> subprocess.Popen[str]:
        own = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "agent"), str(ROOT / "tests")))}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self.command(name, *arguments), cwd=self.path, env=own, stdout=pipe, stderr=pipe, text=True
        )

    def call(self, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        with self.start(name, *arguments) as process:
            out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def demo(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", PROGRAM, "demo", *map(str, arguments)]
        own = os.environ | {"PYTHONPATH": str(ROOT / "agent")}
        return subprocess.run(command, cwd=self.path, env=own, capture_output=True, text=True, timeout=120, check=False)

    def fit(self, *files: Path) -> None:
        done = self.call("fit", "--baseline", *files)
        assert done.returncode == 0, done.stderr

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        done = self.call("run", "--until-idle", "0.1s", *arguments)
        assert done.returncode == 0, done.stderr
        return done

    def copy(self, path: Path) -> Site:
        """The same, with all that it holds, elsewhere."""
        shutil.copytree(self.path, path)
        return replace(self, path=path)

    def alarms(self, name: str = "alarms.jsonl") -> list[str]:
        file = self.path / name
        return sorted(file.read_text().splitlines()) if file.exists() else []

    def rejects(self) -> list[dict[str, object]]:
        file = self.path / "state.sqlite.rejected.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


CONFIG = """
version: 1
system: shop
watch: score
source: {kind: files, path: in/*, settle: 0.1s}
features: {amount: {kind: numeric}, country: {kind: categorical}}
prediction: {kind: probability}
false_alarms: 1 per 100000 events
baseline: {rows: 1000}
state: {path: state.sqlite}
sinks: [{kind: file, path: alarms.jsonl}]
"""


def of_another_engine(state: Path) -> None:
    """Make the reference of a state one of the engine's version 4: the first byte of each part says it."""
    with closing(sqlite3.connect(state)) as db, db:
        parts = db.execute("SELECT name, value FROM kept WHERE name LIKE 'bank/%'").fetchall()
        assert parts
        changed = [(b"\x04" + value[1:], name) for name, value in parts]
        db.executemany("UPDATE kept SET value = ? WHERE name = ?", changed)


def _within(folder: Path) -> Callable[..., Site]:
    def make(name: str = "site", config: str = CONFIG) -> Site:
        made = Site(folder / name)
        (made.path / "in").mkdir(parents=True)
        made.config.write_text(config)
        return made

    return make


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., Site]:
    """Make a site: `site("name", configuration)`."""
    return _within(tmp_path)


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Site]:
    """As `site`, for what all tests of a file are held against: they take copies, and leave it as it is."""
    return _within(tmp_path_factory.mktemp("lasting"))


CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def cloud(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    from .cloud import Cloud

    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    return Cloud
