"""Rejected lines with their reasons, in a file that is bounded: 64 MB and the 64 MB before."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from landform_agent.formats.rows import Reject
from landform_agent.store import Store, own

LIMIT: Final = 64 << 20
# Of a raw line, where the configuration asks for it.
RAW: Final = 4_096


class Quarantine:
    """Appends rejects; their length is committed with the state, so that a kill neither loses nor repeats one."""

    def __init__(self, path: Path, keep_raw: bool, limit: int = LIMIT) -> None:
        self.path, self.name = path, f"rejected:{path}"
        self._keep_raw, self._limit = keep_raw, limit

    def start(self, store: Store) -> None:
        """Cut off what no commit knows; a file that was there before is ours from its end on."""
        size = self.path.stat().st_size if self.path.exists() else 0
        length = store.length(self.name)
        if length is None:
            with store.write():
                store.set_length(self.name, size)
        elif size > length:
            os.truncate(self.path, length)
        elif size and size < length >= self._limit:
            # Begun anew, and no commit came after that.
            os.truncate(self.path, 0)

    def append(self, origin: str, first: int, lines: Sequence[bytes], rejects: Sequence[Reject]) -> int | None:
        """Write rejects of lines, of which the first has that number; the file's length, None where it stays."""
        if not rejects:
            return None
        if self.path.exists() and self.path.stat().st_size >= self._limit:
            self.path.replace(f"{self.path}.1")
        own(self.path)
        with self.path.open("ab") as file:
            file.write(b"".join(self._line(origin, first, lines, reject) for reject in rejects))
            file.flush()
            os.fsync(file.fileno())
            return file.tell()

    def _line(self, origin: str, first: int, lines: Sequence[bytes], reject: Reject) -> bytes:
        told: dict[str, object] = {"object": origin, "line": first + reject.line, "reason": reject.reason}
        if self._keep_raw:
            told["raw"] = lines[reject.line][:RAW].decode("utf-8", "replace")
        return msgspec.json.encode(told) + b"\n"
