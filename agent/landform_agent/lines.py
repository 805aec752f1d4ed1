"""Lines of a stream of bytes in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from landform_agent.formats.rows import Reject

CHUNK: Final = 1 << 22


class Readable(Protocol):
    """What gives bytes."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


@dataclass(frozen=True)
class Run:
    """Consecutive lines without their ends. `stop` is the offset behind them; a line too long stands there empty."""

    lines: list[bytes]
    stop: int
    rejects: tuple[Reject, ...] = ()


def runs(stream: Readable, start: int, stop: int, batch: int, max_line: int) -> Iterator[Run]:
    """The lines between two offsets, at most `batch` at a time; what stands before `stop` without end is a line."""
    offset, read, buffer, dropped = start, start, b"", 0
    kept: list[bytes] = []
    while True:
        data = stream.read(min(CHUNK, stop - read))
        read += len(data)
        lines = data.split(b"\n")
        lines[0] = buffer + lines[0]
        rest = lines.pop()
        if not data and (rest or dropped):
            lines.append(rest)
            rest = b""
        lines[:0] = kept
        # What is left over behind full batches goes with the next ones, at the end evenly with the last ones: a
        # transaction for a few lines costs as much as one for all. Before a line too long nothing waits.
        waits = len(lines) % batch if len(lines) > batch and read < stop and len(rest) <= max_line else 0
        kept = lines[len(lines) - waits :]
        del lines[len(lines) - waits :]
        groups = -(-len(lines) // batch) or 1
        step = -(-len(lines) // groups) or 1
        for first in range(0, len(lines), step):
            group = lines[first : first + step]
            sizes = list(map(len, group))
            sizes[0] += dropped
            offset = min(stop, offset + sum(sizes) + len(group))
            group, rejects = _bounded(group, sizes, max_line)
            dropped = 0
            yield Run(group, offset, rejects)
        if not data:
            return
        buffer = rest
        if len(buffer) > max_line:
            dropped += len(buffer)
            buffer = b""


def _bounded(lines: list[bytes], sizes: list[int], max_line: int) -> tuple[list[bytes], tuple[Reject, ...]]:
    """The lines with those that are too long emptied; of the first one the beginning may be lost already."""
    if max(sizes) <= max_line:
        return lines, ()
    long = [place for place, size in enumerate(sizes) if size > max_line]
    kept = [b"" if size > max_line else line for line, size in zip(lines, sizes, strict=True)]
    return kept, tuple(Reject(place, f"a line of {sizes[place]} bytes; {max_line} are read") for place in long)
