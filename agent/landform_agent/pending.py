"""Predictions that wait for their labels: rows in the order of their events, found again by the hash of their id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from landform_agent.block import Hashes, Ints, Objects

ROW: Final = np.dtype(
    [
        ("seq", "<i8"),
        ("due", "<f8"),
        ("ident", "<u8"),
        ("prediction", "<f8"),
        ("label", "<f8"),
        ("version", "<i4"),
        ("segment", "<i4"),
    ]
)
Table = npt.NDArray[Any]
# Of distinct names: a flood of categories may not fill the memory; no segment is as rare as what comes beyond.
_NAMES: Final = 1 << 14


class Names(dict[str | None, int]):
    """Texts as small numbers, in the order in which they were met; beyond a bound all are one."""

    def __init__(self, names: Sequence[str | None] = (None,)) -> None:
        super().__init__((name, number) for number, name in enumerate(names))

    def __missing__(self, name: str | None) -> int:
        if len(self) >= _NAMES:
            return 0
        self[name] = len(self)
        return self[name]

    def extend(self, names: Sequence[str | None]) -> None:
        """Meet these."""
        for name in names:
            self[name]

    def codes(self, texts: Sequence[str | None]) -> npt.NDArray[np.int32]:
        """The number of each text."""
        return np.fromiter(map(self.__getitem__, texts), np.int32, len(texts))

    def texts(self, codes: npt.NDArray[np.int32]) -> Objects:
        """The text of each number."""
        known = np.empty(len(self), np.object_)
        known[:] = list(self)
        texts: Objects = known[codes]
        return texts


class Pending:
    """Rows that were added behind and are dropped in front. A place is counted from the first row that is there."""

    def __init__(self) -> None:
        self._buffer = np.empty(1_024, ROW)
        self._begin = self._end = 0
        # Of the first place in the buffer, among all rows that ever were.
        self._number = 0
        # Hashes in order with their numbers; each run less than half of the one before it.
        self._runs: list[tuple[Hashes, Ints]] = []

    def __len__(self) -> int:
        return self._end - self._begin

    @property
    def rows(self) -> Table:
        """The rows, as a view."""
        return self._buffer[self._begin : self._end]

    def add(self, rows: Table) -> None:
        """Put rows behind the others."""
        if self._end + len(rows) > len(self._buffer):
            kept = self.rows
            grown = np.empty(max(1_024, (len(kept) + len(rows)) * 3 // 2), ROW)
            grown[: len(kept)] = kept
            self._number += self._begin
            self._buffer, self._begin, self._end = grown, 0, len(kept)
        numbers = self._number + self._end + np.arange(len(rows))
        self._buffer[self._end : self._end + len(rows)] = rows
        self._end += len(rows)
        if len(rows):
            self._index(rows["ident"].copy(), numbers)

    def _index(self, idents: Hashes, numbers: Ints) -> None:
        while self._runs and len(self._runs[-1][0]) < 2 * len(idents):
            before = self._runs.pop()
            alive = before[1] >= self._number + self._begin
            idents = np.concatenate([before[0][alive], idents])
            numbers = np.concatenate([before[1][alive], numbers])
        order = np.argsort(idents, kind="stable")
        self._runs.append((idents[order], numbers[order]))

    def find(self, idents: Hashes) -> Ints:
        """The place of the last row with each of these hashes, -1 where there is none."""
        numbers = np.full(len(idents), -1, np.int64)
        for known, at in self._runs:
            place = np.searchsorted(known, idents, side="right") - 1
            hit = (place >= 0) & (known[place] == idents)
            numbers[hit] = at[place[hit]]
        first = self._number + self._begin
        return np.where(numbers >= first, numbers - first, -1)

    def drop(self, count: int) -> None:
        """Forget the first rows."""
        self._begin += count

    def keep(self, chosen: npt.NDArray[np.bool_]) -> None:
        """Forget all rows but these."""
        rows = self.rows[chosen]
        self._begin = self._end
        self._runs = []
        self.add(rows)
