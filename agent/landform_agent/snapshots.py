"""Copies of the state on S3, for the loss of its disk. One object, which only its owner may replace.

A copy names its owner, and is put on the condition that nothing was put since that was looked at (S3's `If-Match`:
docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html, read November 2026). An agent that restores a
copy becomes its owner at once: another one that still runs somewhere else is refused from then on, and ends.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

from landform_agent import aws
from landform_agent.store import StateError, Store, no_room, own

_GONE: Final = ("NoSuchKey", "404")
_DENIED: Final = ("AccessDenied", "403")
_LEVEL: Final = 1

log = logging.getLogger("landform_agent")


def place(where: str, watch: str) -> str:
    """Where the copy of a watch lies."""
    bucket, _, prefix = where.removeprefix("s3://").partition("/")
    return "/".join(filter(None, (f"s3://{bucket}", prefix.strip("/"), f"{watch}.snapshot")))


def _any(path: Path) -> None:
    """Whatever the copy holds."""


class _Copy(NamedTuple):
    """What lies on S3: its content, what was noted of it, and what S3 calls this version of it."""

    body: bytes
    told: Mapping[str, str]
    tag: str


class Snapshots:
    """The copies of one watch: `s3://bucket/prefix/<watch>.snapshot`."""

    def __init__(
        self, where: str, watch: str, region: str, every: float, clock: Callable[[], float] = time.time
    ) -> None:
        self.place = place(where, watch)
        self._aside = place(f"{where}/old", watch)
        bucket, _, key = self.place.removeprefix("s3://").partition("/")
        self._where = {"Bucket": bucket, "Key": key}
        self._every, self._clock = every, clock
        self._client = aws.client("s3", region)
        self._at, self._changes = clock(), -1
        self._upload: threading.Thread | None = None
        self._failure: StateError | None = None

    def restore(self, path: Path, readable: Callable[[Path], None] = _any) -> bool:
        """Put the copy where no state is and own it from then on; False where there is none.

        `StateError` where S3 cannot be asked: to begin anew would give up what the copy knows. What `readable` raises,
        where it cannot go on from a copy; then nothing is changed, here or there.
        """
        half, owner = path.with_name(f"{path.name}.restoring"), uuid4().hex
        try:
            found = self._found()
        except aws.FAILURES as failure:
            raise StateError(f"{self.place}: {aws.code(failure)}; without it the watch would begin anew") from failure
        if found is None:
            return False
        made = self._laid(half, found, owner)
        try:
            readable(half)
        except StateError as failure:
            _remove(half)
            raise type(failure)(f"{self.place}: {failure}") from failure
        try:
            self._put(half, owner, {"IfMatch": found.tag})
        except aws.FAILURES as failure:
            raise StateError(f"{self.place}: {aws.code(failure)}; start again to take over its watch") from failure
        half.replace(path)
        age = round((datetime.now(UTC) - made).total_seconds())
        told = {"copy": self.place, "made": made.isoformat(), "age_seconds": age}
        log.warning("restored the state from its copy: what came since is read again and told again", extra=told)
        return True

    def look(self, path: Path) -> datetime | None:
        """Lay the copy somewhere for who only looks at it: its owner stays that. When it was made, if there is one."""
        try:
            found = self._found()
        except aws.FAILURES as failure:
            raise StateError(
                f"{self.place}: {aws.code(failure)}; no state lies here, and its copy is not read"
            ) from failure
        return self._laid(path, found) if found else None

    def _found(self) -> _Copy | None:
        try:
            answer = self._client.get_object(**self._where)
            return _Copy(answer["Body"].read(), answer["Metadata"], str(answer["ETag"]))
        except aws.FAILURES as failure:
            if self._absent(failure):
                return None
            raise

    def _laid(self, path: Path, copy: _Copy, owner: str = "") -> datetime:
        """A copy as a file, with another owner where one is given; when it was made."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            made = datetime.fromisoformat(copy.told["made"])
            _remove(path)
            own(path)
            path.write_bytes(zlib.decompress(copy.body))
            with closing(sqlite3.connect(path)) as db, db:
                db.execute("SELECT 1 FROM kept LIMIT 1")
                if owner:
                    db.execute("INSERT OR REPLACE INTO kept VALUES ('owner', ?)", (owner.encode(),))
        except (KeyError, ValueError, zlib.error, sqlite3.DatabaseError) as failure:
            if no_room(failure):
                raise
            raise StateError(
                f"{self.place}: no copy of a state ({failure}). Put an earlier version of it there, or move it away"
            ) from failure
        return made

    def check(self, store: Store) -> None:
        """`StateError` where another agent owns the copy.

        To be asked before anything is read: an agent that is started again and again after it was given up would
        else take messages from the one that counts, until its first copy is due. Where S3 does not answer, the watch
        goes on; the next copy finds out.
        """
        try:
            self._condition((store.kept("owner") or b"").decode())
        except aws.FAILURES as failure:
            log.warning("nobody can say who owns the copy", extra={"copy": self.place, "reason": aws.code(failure)})

    def tick(self, store: Store) -> None:
        """Make a copy where it is time for one and something changed; it is put while the watch goes on.

        `StateError` where another agent owns the copy by now.
        """
        self._check()
        if self._clock() - self._at >= self._every and not (self._upload and self._upload.is_alive()):
            self._at = self._clock()
            if store.changes == self._changes:
                return
            try:
                copied = self._copied(store)
            except sqlite3.OperationalError as failure:
                log.error("no copy of the state could be made", extra={"reason": str(failure)})
                return
            self._upload = threading.Thread(target=self._save, args=copied, daemon=True)
            self._upload.start()

    def last(self, store: Store) -> None:
        """Make a copy now, at the end; `StateError` as for `tick`."""
        if self._upload:
            self._upload.join()
        self._check()
        self._save(*self._copied(store))
        self._check()

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _copied(self, store: Store) -> tuple[Path, str]:
        """A copy beside the state, and its owner."""
        owner = store.kept("owner")
        if owner is None:
            owner = uuid4().hex.encode()
            with store.write():
                store.keep({"owner": owner})
        half = store.path.with_name(f"{store.path.name}.copying")
        half.unlink(missing_ok=True)
        store.copy(half)
        self._changes = store.changes
        return half, owner.decode()

    def _save(self, copy: Path, owner: str) -> None:
        try:
            self._put(copy, owner, self._condition(owner))
        except StateError as failure:
            self._failure = failure
        except aws.FAILURES as failure:
            log.error("no copy of the state could be put", extra={"copy": self.place, "reason": aws.code(failure)})
        finally:
            copy.unlink(missing_ok=True)

    def _absent(self, failure: Exception) -> bool:
        """Whether no copy is there: of what is not there S3 says that it is denied to whoever may list a prefix alone.

        (docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, read November 2026)
        """
        if aws.code(failure) not in _DENIED:
            return aws.code(failure) in _GONE
        try:
            found = self._client.list_objects_v2(Bucket=self._where["Bucket"], Prefix=self._where["Key"], MaxKeys=1)
        except aws.FAILURES:
            return False
        return not found.get("Contents")

    def _condition(self, owner: str) -> dict[str, str]:
        try:
            there = self._client.head_object(**self._where)
        except aws.FAILURES as failure:
            if self._absent(failure):
                return {"IfNoneMatch": "*"}
            raise
        if there["Metadata"].get("owner") != owner:
            raise StateError(
                f"{self.place}: another agent took this watch over; its state is the one that counts. "
                f"If there is none any more, move that object away: `aws s3 mv {self.place} {self._aside}`"
            )
        return {"IfMatch": str(there["ETag"])}

    def _put(self, copy: Path, owner: str, condition: dict[str, str]) -> None:
        told = {"made": datetime.now(UTC).isoformat(timespec="seconds"), "owner": owner}
        body = zlib.compress(copy.read_bytes(), _LEVEL)
        self._client.put_object(**self._where, Body=body, Metadata=told, **condition)


def _remove(state: Path) -> None:
    """With what SQLite keeps beside it: left behind, that would be taken for the next one's."""
    for file in state.parent.glob(f"{state.name}*"):
        file.unlink()
