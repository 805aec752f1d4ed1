"""The recent rows of a table that grows for ever, by their numbers since it began."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_LEAST_ROOM = 64

Rows = npt.NDArray[Any]


class Ring:
    """Keeps at least the last `keep` rows of those appended. Rows are moved seldom, so that one more costs little."""

    def __init__(self, width: int, dtype: npt.DTypeLike, keep: int) -> None:
        self.keep = keep
        self._data: Rows = np.empty((0, width), dtype)
        self._held = 0
        self.count = 0
        """All rows ever appended."""

    @property
    def rows(self) -> Rows:
        """The rows that are held: the first is number `first`."""
        return self._data[: self._held]

    @property
    def first(self) -> int:
        """The number of the oldest row that is held."""
        return self.count - self._held

    def append(self, more: Rows) -> Rows:
        """Take rows; the place where they lie, to be filled further where `more` is only a shape of them."""
        size = len(more)
        if self._held + size > len(self._data):
            self._make_room(size)
        place = self._data[self._held : self._held + size]
        place[:] = more
        self._held += size
        self.count += size
        return place

    def between(self, start: int, stop: int) -> Rows:
        """Rows by their numbers, as far as they are held."""
        first = self.first
        return self._data[max(start - first, 0) : max(stop - first, 0)]

    def recent(self) -> Rows:
        """A copy of the last `keep` rows, the same however rows came."""
        return self.rows[-self.keep :].copy()

    def restore(self, rows: Rows, count: int) -> None:
        """What `recent` gave, of a table that had `count` rows."""
        self.append(rows)
        self.count = count

    def _make_room(self, size: int) -> None:
        stay = min(self._held, self.keep)
        # A table that is young is small; an old one moves its rows each time that a third of them is new.
        wanted = stay + size + max(min(self.keep // 2, self._held), _LEAST_ROOM)
        recent = self._data[self._held - stay : self._held]
        if wanted > len(self._data):
            grown = np.empty((wanted, self._data.shape[1]), self._data.dtype)
            grown[:stay] = recent
            self._data = grown
        else:
            self._data[:stay] = recent.copy()
        self._held = stay
