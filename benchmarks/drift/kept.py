"""Outcomes that stand already: a run of hours that was interrupted goes on where it stopped.

What one detector with one setting made of one stream is kept in `kept.sqlite` beside this file, which git ignores and
which may be deleted at any time. It is found again by the stream's kind, seed and length, the setting, and a digest
of the code that made it: a change of the engine leaves what rivals made, and a change of the streams leaves nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import msgspec

import landform_agent.engine
from benchmarks.drift.score import Outcome

FILE = Path(__file__).with_name("kept.sqlite")

_HERE = Path(__file__).parent
_ENGINE = Path(landform_agent.engine.__file__).parent
_STREAMS = ("budget.py", "streams.py", "kinds.py", "real.py", "traps.py", "score.py")
_BESIDE = ("block.py", "cadence.py", "limits.py")
_RIVALS = ("rivals.py", "columns.py", "windows.py", "kswin.py", "seed.py", "seed_columns.py")
_PACKAGES = ("numpy", "scipy", "river")

Key = tuple[str | int | float, ...]
T = TypeVar("T")


def outcomes(files: str, key: Key, compute: Callable[[], list[Outcome]]) -> list[Outcome]:
    """What is kept under this key, or else what `compute` gives, which is kept; `files` as in `digest`."""
    return _known(files, key, list[Outcome], compute)


def delays(key: Key, compute: Callable[[], list[int]]) -> list[int]:
    """The same of the oracle's delays."""
    return _known("oracle", key, list[int], compute)


def _known(files: str, key: Key, of: type[T], compute: Callable[[], T]) -> T:
    place = blake2b(repr((digest(files), key)).encode(), digest_size=16).digest()
    row = _file().execute("SELECT value FROM kept WHERE place = ?", [place]).fetchone()
    if row is not None:
        return msgspec.json.decode(row[0], type=of)
    value = compute()
    _file().execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", [place, msgspec.json.encode(value)])
    return value


@cache
def digest(files: str) -> str:
    """Of all code behind an outcome of `engine`, `rivals` or `oracle`, and of the packages that it uses."""
    own = {
        "engine": [_HERE / "ours.py", *(_ENGINE.parent / name for name in _BESIDE), *sorted(_ENGINE.rglob("*.py"))],
        "rivals": [_HERE / name for name in _RIVALS],
        "oracle": [_HERE / "oracle.py"],
    }[files]
    summed = blake2b(repr([version(name) for name in _PACKAGES]).encode(), digest_size=16)
    for file in [*(_HERE / name for name in _STREAMS), *own]:
        summed.update(file.name.encode() + blake2b(file.read_bytes()).digest())
    return summed.hexdigest()


@cache
def _file() -> sqlite3.Connection:
    """Each process has its own; every outcome is committed by itself."""
    file = sqlite3.connect(FILE, timeout=60, isolation_level=None)
    # No write-ahead log: to begin one does not wait for a process that begins it too.
    file.execute("PRAGMA synchronous = OFF")
    file.execute("CREATE TABLE IF NOT EXISTS kept (place BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
    return file
