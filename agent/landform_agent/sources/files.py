"""Files in the order of their names: a folder that grows, and files that grow."""

from __future__ import annotations

import glob
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Final

from landform_agent.formats.detect import HEAD, decoder
from landform_agent.formats.rows import MAX_CAPTURE_LINE, Schema
from landform_agent.lines import CHUNK
from landform_agent.sources import GoneError, Opened
from landform_agent.store import Entry, Store

# Bytes by which a file is known again: a rotated one begins differently.
_BEGINNING: Final = 64
# Of a file's head, what nearly always holds its first line.
_NEAR: Final = 1 << 12
# Files that are gone and would still be known if they came back.
_GONE: Final = 10_000


class Files:
    """The files of a glob."""

    def __init__(
        self,
        pattern: str,
        settle: float,
        schema: Schema,
        clock: Callable[[], float] = time.time,
        whole: bool = False,
    ) -> None:
        self._pattern, self._settle, self._schema, self._clock = pattern, settle, schema, clock
        # Files are batches: one is taken when it has not grown for a while, all of it at once.
        self._whole = whole
        self._known: dict[str, tuple[str, int]] | None = None
        # Files of which everything has its place, as they were then: they need not be opened again.
        self._placed: dict[str, tuple[int, int, int]] = {}
        # Of files that grow, where each was opened last: version, offset and line, so that lines are counted once.
        self._opened: dict[str, tuple[str, int, int]] = {}
        self._growing = False

    def poll(self, store: Store) -> bool:
        """Give what the files grew by its place."""
        known = store.ends() if self._known is None else self._known
        names = sorted(glob.glob(self._pattern, recursive=True))  # noqa: PTH207 (its pattern may be absolute)
        found: list[tuple[str, str, int, int]] = []
        self._growing = False
        for name in names:
            try:
                found += self._look(name, known.get(name))
            except (FileNotFoundError, IsADirectoryError):
                continue
        if found:
            with store.write():
                for stretch in found:
                    store.append(*stretch)
        self._known = known | {name: (version, stop) for name, version, _, stop in found}
        self._forget(store, names)
        return bool(found) or self._growing

    def _look(self, name: str, known: tuple[str, int] | None) -> list[tuple[str, str, int, int]]:
        path = Path(name)
        stat = path.stat()
        mark = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if self._placed.get(name) == mark:
            return []
        with path.open("rb") as file:
            found = self._growth(name, path, file, known)
        if not found and known and known[1] == stat.st_size:
            self._placed[name] = mark
        return found

    def _forget(self, store: Store, names: Sequence[str]) -> None:
        """Files that are gone may come back, the last many of them; the state must not grow by all that ever were."""
        assert self._known is not None
        if len(self._known) <= len(names) + 2 * _GONE:
            return
        gone = [name for name in self._known if name not in set(names)]
        with store.write():
            store.disown(gone[:-_GONE])
        for name in gone[:-_GONE]:
            del self._known[name]
            self._placed.pop(name, None)
            self._opened.pop(name, None)

    def _growth(
        self, name: str, path: Path, file: BinaryIO, known: tuple[str, int] | None
    ) -> list[tuple[str, str, int, int]]:
        stat = path.stat()
        version, start = known or (_beginning(file, min(_BEGINNING, stat.st_size)), 0)
        if stat.st_size < start or _beginning(file, int(version.split(":")[0])) != version:
            # The name stands for another file now.
            version, start = _beginning(file, min(_BEGINNING, stat.st_size)), 0
        settled = self._clock() - stat.st_mtime >= self._settle
        if self._whole and not settled and stat.st_size > start:
            self._growing = True
            return []
        stop = stat.st_size if settled else _last_line(file, start, stat.st_size)
        return [(name, version, start, stop)] if stop > start else []

    @contextmanager
    def open(self, store: Store, entry: Entry, offset: int) -> Iterator[Opened]:
        """The file at an offset."""
        try:
            file = Path(entry.object).open("rb")  # noqa: SIM115 (closed below)
        except FileNotFoundError as failure:
            raise GoneError(entry.object) from failure
        with file:
            head = _head(file)
            if _beginning(file, int(entry.version.split(":")[0])) != entry.version:
                raise GoneError(entry.object)
            line = self._line(entry, file, offset)
            yield Opened(file, line, decoder(entry.object, head, self._schema), self._whole)

    def _line(self, entry: Entry, file: BinaryIO, offset: int) -> int:
        """The number of the line at an offset, at which the file then stands."""
        version, start, line = self._opened.get(entry.object, (entry.version, 0, 1))
        if version != entry.version or start > offset:
            start, line = 0, 1
        line += _count_lines(file, start, offset)
        if offset:
            self._opened[entry.object] = entry.version, offset, line
        else:
            # Begun anew: it may be another file that begins alike.
            self._opened.pop(entry.object, None)
        return line


def _beginning(file: BinaryIO, size: int) -> str:
    file.seek(0)
    return f"{size}:{blake2b(file.read(size), digest_size=8).hexdigest()}"


def _head(file: BinaryIO) -> bytes:
    """Enough of the file to hold its first line."""
    near = file.read(_NEAR)
    return near if b"\n" in near.lstrip() else near + file.read(HEAD - len(near))


def _last_line(file: BinaryIO, start: int, size: int) -> int:
    """The offset behind the last line end; the size where a line is too long to wait for."""
    reach = max(start, size - MAX_CAPTURE_LINE)
    file.seek(reach)
    found = file.read(size - reach).rfind(b"\n")
    if found < 0:
        return size if reach > start else start
    return reach + found + 1


def _count_lines(file: BinaryIO, start: int, stop: int) -> int:
    """Line ends between two offsets; the file then stands at the second."""
    file.seek(start)
    count = 0
    while data := file.read(min(CHUNK, stop - file.tell())):
        count += data.count(b"\n")
    return count
