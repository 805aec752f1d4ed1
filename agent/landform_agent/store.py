"""The state of a watch: one SQLite file, one writer, and one transaction for everything that must agree.

WAL with `synchronous=FULL`: what was committed survives a power cut. WAL needs a local disk, never a network one
(sqlite.org/wal.html).
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from landform_agent.block import Hashes

VERSION: Final = 2

TABLES: Final = """
CREATE TABLE kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE inbox (
  object TEXT NOT NULL, version TEXT NOT NULL, size INTEGER NOT NULL, slice INTEGER NOT NULL, received REAL NOT NULL,
  PRIMARY KEY (object, version)) WITHOUT ROWID;
CREATE TABLE journal (
  position INTEGER PRIMARY KEY AUTOINCREMENT, object TEXT NOT NULL, version TEXT NOT NULL,
  start INTEGER NOT NULL, stop INTEGER NOT NULL, horizon REAL, body BLOB,
  noted INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER)));
CREATE INDEX journal_object ON journal (object, version);
CREATE INDEX journal_body ON journal (position) WHERE body IS NOT NULL;
CREATE TABLE seen (first INTEGER PRIMARY KEY, hashes BLOB NOT NULL);
CREATE TABLE outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, sink TEXT NOT NULL, body BLOB NOT NULL,
  posted INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER)));
CREATE INDEX outbox_sink ON outbox (sink, number);
CREATE TABLE files (path TEXT PRIMARY KEY, length INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE slices (number INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX slices_lane ON slices (lane, number);
CREATE TABLE logs (number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX logs_name ON logs (name, number);
CREATE TABLE alarms (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, raised BLOB NOT NULL, latest BLOB NOT NULL);
"""

# What is set aside has this after its sink's name.
ASIDE: Final = " (aside)"


def no_room(failure: Exception) -> bool:
    """Whether a disk, a quota or a limit on file sizes refused to take more, or failed: both may pass."""
    if isinstance(failure, sqlite3.OperationalError):
        return failure.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
    return isinstance(failure, OSError) and failure.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def own(path: Path) -> None:
    """Make a file that nobody else may read, where there is none: it will hold values. SQLite's own follow it."""
    if not path.exists():
        path.touch(mode=0o600)


class StateError(Exception):
    """The state cannot be used; the message says why and the way forward."""


class RefusedError(StateError):
    """A state that another agent or another configuration wrote: it is left as it is, and no second try takes it."""


@dataclass(frozen=True)
class Entry:
    """A stretch of an object, at its place in the order that was made once."""

    position: int
    object: str
    version: str
    start: int
    stop: int
    horizon: float | None = None


class Store:
    """An open state. `write` is the one way to change it."""

    def __init__(self, path: Path, *, fresh: bool = True) -> None:
        """Open the state, or make it; `StateError` where it is another version's, damaged or not there."""
        self.path = path
        if not fresh and not path.exists():
            raise StateError(f"{path}: no state; `landform-agent fit` makes it from a baseline")
        path.parent.mkdir(parents=True, exist_ok=True)
        own(path)
        try:
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._prepare()
        except sqlite3.DatabaseError as failure:
            if no_room(failure):
                raise
            raise StateError(
                f"{path}: {failure}. Put a copy of the state in its place, or move it away and fit anew"
            ) from failure

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        with self.write():
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
            if found == 0 and not self._db.execute("SELECT 1 FROM sqlite_master").fetchone():
                for statement in TABLES.split(";"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version={VERSION}")
                found = VERSION
        if found != VERSION:
            raise RefusedError(f"{self.path}: a state of version {found}, this agent keeps version {VERSION}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction: all of it or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @property
    def changes(self) -> int:
        """A number that grows with each change."""
        return self._db.total_changes

    def copy(self, path: Path) -> None:
        """Write a whole copy of the state, as it was committed last, to a new file."""
        own(path)
        self._db.execute("VACUUM INTO ?", (str(path),))

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One moment of the state for several reads, while another process writes on."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK")

    def keep(self, values: Mapping[str, bytes]) -> None:
        """Set named values."""
        self._db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", values.items())

    def forget(self, name: str, value: bytes) -> None:
        """Remove a named value, unless it is another one by now."""
        self._db.execute("DELETE FROM kept WHERE name = ? AND value = ?", (name, value))

    def drop(self, names: Sequence[str]) -> None:
        """Remove named values."""
        self._db.executemany("DELETE FROM kept WHERE name = ?", [(name,) for name in names])

    def kept_under(self, prefix: str) -> dict[str, bytes]:
        """The named values whose names begin so."""
        rows = self._db.execute("SELECT name, value FROM kept WHERE substr(name, 1, ?) = ?", (len(prefix), prefix))
        return dict(rows)

    def kept(self, name: str) -> bytes | None:
        """A named value."""
        row = self._db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    # --- the order of things

    def receive(self, objects: Sequence[tuple[str, str, int, int, float]]) -> int:
        """Note objects (name, version, bytes, slice, now); how many were not known."""
        before = self._db.total_changes
        self._db.executemany(
            "INSERT OR IGNORE INTO inbox SELECT ?1, ?2, ?3, ?4, ?5"
            " WHERE NOT EXISTS (SELECT 1 FROM journal WHERE object = ?1 AND version = ?2)",
            objects,
        )
        return self._db.total_changes - before

    def received(self) -> list[tuple[str, str, int, int, float]]:
        """What was noted and has no place in the order yet, by slice and name."""
        return self._db.execute("SELECT * FROM inbox ORDER BY slice, object, version").fetchall()

    def append(
        self, object: str, version: str, start: int, stop: int, horizon: float | None = None, body: bytes | None = None
    ) -> int:
        """Give a stretch its place in the order; the place."""
        row = (object, version, start, stop, horizon, body)
        cursor = self._db.execute(
            "INSERT INTO journal (object, version, start, stop, horizon, body) VALUES (?, ?, ?, ?, ?, ?)", row
        )
        self._db.execute("DELETE FROM inbox WHERE object = ? AND version = ?", (object, version))
        return int(cursor.lastrowid or 0)

    def after(self, position: int) -> Entry | None:
        """The first stretch behind a place."""
        row = self._db.execute(
            "SELECT position, object, version, start, stop, horizon FROM journal WHERE position > ? ORDER BY position",
            (position,),
        ).fetchone()
        return None if row is None else Entry(*row)

    def end(self) -> int:
        """The last place of the order; 0 where there is none."""
        return int(self._db.execute("SELECT coalesce(max(position), 0) FROM journal").fetchone()[0])

    def ends(self) -> dict[str, tuple[str, int]]:
        """How far each object stands in the order, the oldest first: its last version and offset."""
        rows = self._db.execute(
            "SELECT object, version, stop FROM journal"
            " WHERE position IN (SELECT max(position) FROM journal GROUP BY object) ORDER BY position"
        )
        return {name: (version, stop) for name, version, stop in rows}

    def prune(self, done: int, age: float) -> None:
        """Forget what tells nothing of the order before `done` any more.

        The last stretch of an object says how far it was read. One of a slice says that the object is known, as long
        as a queue may tell of it again: `age` in seconds. A listing finds the newest slices again for ever, where
        nothing comes after them, so age counts from those on too.
        """
        self._db.execute(
            "DELETE FROM journal WHERE position < ? AND horizon IS NULL"
            " AND position NOT IN (SELECT max(position) FROM journal WHERE horizon IS NULL GROUP BY object)",
            (done,),
        )
        self._db.execute(
            "DELETE FROM journal WHERE position < ?1 AND noted < CAST(strftime('%s', 'now') AS INTEGER) - ?2"
            " AND horizon < (SELECT max(horizon) FROM journal) - ?2",
            (done, age),
        )

    def disown(self, objects: Sequence[str]) -> None:
        """Forget objects that are no more; what of them is not worked off yet could not be read anyway."""
        self._db.executemany("DELETE FROM journal WHERE object = ?", [(name,) for name in objects])

    def body(self, position: int) -> bytes:
        """What came with a stretch."""
        return bytes(self._db.execute("SELECT body FROM journal WHERE position = ?", (position,)).fetchone()[0])

    def drop_body(self, position: int) -> None:
        """Give up a stretch that came with what it holds: nothing else stands there."""
        self._db.execute("DELETE FROM journal WHERE position = ? AND body IS NOT NULL", (position,))

    def waiting(self) -> int:
        """Bytes that came with stretches and are not given up."""
        return int(self._db.execute("SELECT total(length(body)) FROM journal WHERE body IS NOT NULL").fetchone()[0])

    # --- ids

    def add_seen(self, first: int, idents: Hashes) -> None:
        """Note ids, of which the first is the so-manieth."""
        if len(idents):
            self._db.execute("INSERT INTO seen VALUES (?, ?)", (first, idents.tobytes()))

    def merge_seen(self, oldest: int, start: int, stop: int) -> None:
        """Forget ids before `oldest`, and put those from `start` to `stop` in one row."""
        self._db.execute("DELETE FROM seen WHERE first < ?", (oldest,))
        parts = self._db.execute("SELECT hashes FROM seen WHERE first >= ? AND first < ? ORDER BY first", (start, stop))
        whole = b"".join(part for (part,) in parts)
        self._db.execute("DELETE FROM seen WHERE first >= ? AND first < ?", (start, stop))
        self._db.execute("INSERT INTO seen VALUES (?, ?)", (start, whole))

    def seen(self) -> tuple[int, Hashes]:
        """The number of the first id that is noted, and all from it on."""
        rows = self._db.execute("SELECT first, hashes FROM seen ORDER BY first").fetchall()
        joined = np.frombuffer(b"".join(part for _, part in rows), np.uint64)
        return (rows[0][0] if rows else 0), joined

    # --- what goes out

    def post(self, sink: str, bodies: Sequence[bytes]) -> None:
        """Put bodies in the outbox of a sink."""
        self._db.executemany("INSERT INTO outbox (sink, body) VALUES (?, ?)", [(sink, body) for body in bodies])

    def outgoing(self, sink: str, limit: int) -> list[tuple[int, bytes]]:
        """The oldest bodies for a sink, by their numbers."""
        query = "SELECT number, body FROM outbox WHERE sink = ? ORDER BY number LIMIT ?"
        return self._db.execute(query, (sink, limit)).fetchall()

    def sent(self, numbers: Sequence[int]) -> None:
        """Forget bodies that were delivered."""
        self._db.executemany("DELETE FROM outbox WHERE number = ?", [(number,) for number in numbers])

    def set_aside(self, numbers: Sequence[int]) -> None:
        """Keep bodies that a sink will never take where they hold up no others."""
        self._db.executemany("UPDATE outbox SET sink = sink || ? WHERE number = ?", [(ASIDE, one) for one in numbers])

    def bring_back(self, sink: str) -> int:
        """Put what was set aside of a sink among what waits; how many."""
        return self._db.execute("UPDATE outbox SET sink = ? WHERE sink = ?", (sink, sink + ASIDE)).rowcount

    def unsent(self) -> int:
        """How many bodies wait."""
        return int(self._db.execute("SELECT count(*) FROM outbox WHERE NOT sink GLOB ?", ("*" + ASIDE,)).fetchone()[0])

    def aside(self) -> int:
        """How many bodies are set aside."""
        return int(self._db.execute("SELECT count(*) FROM outbox WHERE sink GLOB ?", ("*" + ASIDE,)).fetchone()[0])

    def unsent_age(self) -> float:
        """Seconds since the oldest body that waits was put there; 0 where none does."""
        query = "SELECT max(0, strftime('%s', 'now') - min(posted)) FROM outbox WHERE NOT sink GLOB ?"
        return float(self._db.execute(query, ("*" + ASIDE,)).fetchone()[0] or 0)

    def length(self, path: str) -> int | None:
        """How much of a file that we append to is ours for good."""
        row = self._db.execute("SELECT length FROM files WHERE path = ?", (path,)).fetchone()
        return None if row is None else int(row[0])

    def set_length(self, path: str, length: int) -> None:
        """Note that length."""
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (path, length))

    # --- what is written as it comes and read at the start

    def log(self, name: str, body: bytes) -> None:
        """Put a body behind those of a log."""
        self._db.execute("INSERT INTO logs (name, body) VALUES (?, ?)", (name, body))

    def logged(self, name: str) -> list[bytes]:
        """The bodies of a log in their order."""
        rows = self._db.execute("SELECT body FROM logs WHERE name = ? ORDER BY number", (name,))
        return [bytes(body) for (body,) in rows]

    def log_sizes(self, name: str) -> list[int]:
        """Their sizes in bytes."""
        rows = self._db.execute("SELECT length(body) FROM logs WHERE name = ? ORDER BY number", (name,))
        return [size for (size,) in rows]

    def clear_log(self, name: str) -> None:
        """Give up what a log holds."""
        self._db.execute("DELETE FROM logs WHERE name = ?", (name,))

    # --- what the report tells

    def add_slice(self, lane: str, body: bytes) -> None:
        """Keep a slice behind those of its lane."""
        self._db.execute("INSERT INTO slices (lane, body) VALUES (?, ?)", (lane, body))

    def slices(self, lane: str) -> list[tuple[int, bytes]]:
        """The slices of a lane by their numbers."""
        return self._db.execute("SELECT number, body FROM slices WHERE lane = ? ORDER BY number", (lane,)).fetchall()

    def all_slices(self) -> list[tuple[str, bytes]]:
        """The slices of all lanes."""
        return self._db.execute("SELECT lane, body FROM slices ORDER BY number").fetchall()

    def count_slices(self, lane: str) -> int:
        """How many a lane has."""
        return int(self._db.execute("SELECT count(*) FROM slices WHERE lane = ?", (lane,)).fetchone()[0])

    def swap_slices(self, numbers: Sequence[int], lane: str, slices: Sequence[tuple[int, bytes]]) -> None:
        """Put other slices of a lane in the place of those with these numbers."""
        self._db.executemany("DELETE FROM slices WHERE number = ?", [(number,) for number in numbers])
        rows = [(number, lane, body) for number, body in slices]
        self._db.executemany("INSERT INTO slices VALUES (?, ?, ?)", rows)

    def drop_slices(self) -> None:
        """Give up all slices: they were measured against another reference."""
        self._db.execute("DELETE FROM slices")

    def note_alarm(self, ident: str, seq: int, body: bytes, limit: int) -> None:
        """Keep an alarm as it was raised and as it was told last; the oldest go beyond a limit."""
        self._db.execute(
            "INSERT INTO alarms VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET latest = excluded.latest",
            (ident, seq, body, body),
        )
        self._db.execute(
            "DELETE FROM alarms WHERE id IN (SELECT id FROM alarms ORDER BY seq DESC, id LIMIT -1 OFFSET ?)", (limit,)
        )

    def noted_alarms(self) -> list[tuple[bytes, bytes]]:
        """Alarms as they were raised and as they were told last, oldest first."""
        return self._db.execute("SELECT raised, latest FROM alarms ORDER BY seq, id").fetchall()


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Be the one writer; `StateError` where another process is. The lock goes with the process, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateError(f"{path}: another agent writes this state; one state has one writer") from None
        yield
    finally:
        os.close(handle)
