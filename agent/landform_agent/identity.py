"""Ids as keyed hashes, and which were seen among the last million."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

from landform_agent.block import Hashes

Mask = npt.NDArray[np.bool_]

GENERATION: Final = 1 << 16
GENERATIONS: Final = 16
_SLOTS: Final = 1 << 24
_LONG: Final = 128
_FEW: Final = 1_024
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)


def key(name: str) -> np.uint64:
    """The key of a watch: derived, so that a replay elsewhere hashes alike."""
    return np.uint64(int.from_bytes(blake2b(name.encode(), digest_size=8).digest()))


def hashes(ids: Sequence[str | None], secret: np.uint64) -> Hashes:
    """A hash of each id, never 0; 0 where there is none.

    Eight bytes at a time over the whole column: a keyed hash in C for each id would cost as much as its decoding.
    """
    if not ids:
        return np.empty(0, np.uint64)
    raw: Sequence[bytes | str] = _plain(ids) or [_short(one) for one in ids]
    width = max(8, -(-max(map(len, raw)) // 8) * 8)
    lanes = np.array(raw, dtype=f"S{width}").view(np.uint64).reshape(len(raw), -1)
    mixed = np.full(len(raw), secret)
    for lane in lanes.T:
        # A lane of zeros is padding: the hash must not depend on the longest neighbour.
        step = (mixed ^ lane) * _ODD
        mixed = np.where(lane == 0, mixed, step ^ (step >> _HALF))
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _ODD
    mixed ^= mixed >> _HALF
    mixed[mixed == 0] = 1
    if None in ids:
        mixed[[one is None for one in ids]] = 0
    return mixed


def _plain(ids: Sequence[str | None]) -> Sequence[str]:
    """The ids where each is a short one in ASCII, which needs no encoding; else nothing."""
    try:
        ascii_ = "".join(ids).isascii()  # type: ignore[arg-type]
    except TypeError:
        return ()
    return ids if ascii_ and max(map(len, ids)) <= _LONG else ()  # type: ignore[return-value, arg-type]


def _short(one: str | None) -> bytes:
    if one is None:
        return b""
    text = one.encode("utf-8", "surrogatepass")
    return text if len(text) <= _LONG else blake2b(text, digest_size=32).hexdigest().encode()


class Seen:
    """The ids of the last 16 full generations of 65,536 and of the one that fills: a million and a bit.

    A table of touched slots tells at once that most ids are new; the few that may be old are looked up exactly. It is
    made anew every 16 generations, so at most an eighth of it is touched.
    """

    def __init__(self) -> None:
        self.count = 0
        self._sealed: deque[Hashes] = deque(maxlen=GENERATIONS)
        # Of the generation that fills: runs in order, each less than half of the one before it, then the last few.
        self._runs: list[Hashes] = []
        self._few: set[int] = set()
        self._touched = np.zeros(_SLOTS, np.uint8)

    def room(self) -> int:
        """How many ids until the generation is full: no call of `fresh` may bring more."""
        return GENERATION - self.count % GENERATION

    def fresh(self, idents: Hashes) -> Mask:
        """Which of these ids are new (a mask); the first of several counts. Id 0 is always new."""
        new = np.ones(len(idents), np.bool_)
        given = np.flatnonzero(idents)
        ids = idents[given]
        ordered = np.sort(ids)
        if (ordered[1:] == ordered[:-1]).any():
            repeated = np.ones(len(ids), np.bool_)
            repeated[np.unique(ids, return_index=True)[1]] = False
            new[given[repeated]] = False
        maybe = given[self._touched[(ids >> np.uint64(40)).astype(np.intp)] > 0]
        if len(maybe):
            known = np.array([one in self._few for one in idents[maybe].tolist()])
            for run in (*self._runs, *self._sealed):
                place = np.minimum(np.searchsorted(run, idents[maybe]), len(run) - 1)
                known |= run[place] == idents[maybe]
            new[maybe[known]] = False
        return new

    def add(self, idents: Hashes) -> None:
        """Remember ids (0 is none); at most `room()` of them."""
        ids = idents[idents != 0]
        self._touched[(ids >> np.uint64(40)).astype(np.intp)] = 1
        self._fill(ids)
        self.count += len(ids)
        if self.count % GENERATION == 0 and len(ids):
            self._sealed.append(np.sort(np.concatenate([*self._runs, np.fromiter(self._few, np.uint64)])))
            self._runs, self._few = [], set()
            if self.count // GENERATION % GENERATIONS == 0:
                self._touched[:] = 0
                for sealed in self._sealed:
                    self._touched[(sealed >> np.uint64(40)).astype(np.intp)] = 1

    def _fill(self, ids: Hashes) -> None:
        """A set takes few ids fast; many are faster to sort than to put into one."""
        if len(self._few) + len(ids) <= _FEW:
            self._few.update(ids.tolist())
            return
        run = np.concatenate([ids, np.fromiter(self._few, np.uint64)])
        self._few = set()
        while self._runs and len(self._runs[-1]) < 2 * len(run):
            run = np.concatenate([self._runs.pop(), run])
        self._runs.append(np.sort(run))
