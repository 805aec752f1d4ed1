"""Every detector on every stream, a piece of work at a time."""

from __future__ import annotations

import math
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat, takewhile
from typing import Protocol

import numpy as np

from benchmarks.drift import kept, kinds, oracle, ours, real
from benchmarks.drift.score import Alarm, Outcome, outcome
from benchmarks.drift.streams import BASELINE, Kind, Stream, Trap, pair, stationary
from benchmarks.drift.traps import TRAPS
from benchmarks.drift.tune import ALL, EQUAL, SEED, TUNED, settings

REPORT_SEED = 300_000_000
"""The first of the seeds that are reported; tuning has its own, from 100,000,000 to before 200,000,000."""

OURS = "landform"
TRAP_EVENTS = 100_000
WIDE = 100
"""With so many features a trap's streams are a fifth as long, and one of four is shown to the rivals."""

ONE_OF_WIDE = 4

KINDS: tuple[Kind, ...] = (*kinds.KINDS, *real.KINDS)

Of = tuple[str, str]
"""A detector and what it was set for: a law, or all."""


@dataclass(frozen=True)
class Sizes:
    """How much is run: changes of each synthetic kind and of each real one, and 100,000 events of each trap.

    Of each the streams from number `first` on.
    """

    changes: int
    real: int
    traps: int
    fits: int
    tuning: bool = False
    first: int = 0

    @property
    def seed(self) -> int:
        """The first seed."""
        return SEED + 50_000_000 if self.tuning else REPORT_SEED

    def numbers(self, count: int) -> range:
        """Of so many streams."""
        return range(self.first, self.first + count)


@dataclass(frozen=True)
class Result:
    """What all detectors made of one stream, or of a pair.

    `oracle` has its delays, `as_seldom` those of one that is allowed no more false alarms than we are, `starts` whether
    it tells the starts of what we found, asked when we told them.
    """

    of: str
    outcomes: dict[Of, list[Outcome]]
    oracle: list[int] = field(default_factory=list)
    as_seldom: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)


Alarms = Callable[[Stream, float], list[Alarm]]
"""A detector: a stream and a setting give its alarms."""

Streams = Callable[[], tuple[Stream, ...]]
"""Makes the streams of a piece, where an outcome is not kept."""


class Work(Protocol):
    """A piece of work."""

    @property
    def number(self) -> int:
        """Its place among those of its kind."""

    @property
    def name(self) -> str:
        """Its kind, trap or other."""

    def __call__(self) -> Result:
        """Do it."""


@dataclass(frozen=True)
class PairWork:
    """A stream with a change, and its twin."""

    kind: int
    number: int
    seed: int
    rivals: bool

    @property
    def name(self) -> str:
        """The kind of change."""
        return KINDS[self.kind].name

    def __call__(self) -> Result:
        """Run every detector on both."""
        kind, seed = KINDS[self.kind], self.seed + 1_000 * self.kind + self.number
        both = cache(lambda: pair(kind, seed))
        told = detected((kind.name, seed), both, (ALL, kind.law) if self.rivals else ())
        if not kind.oracle:
            return Result(kind.name, told)
        found = [0 if hit is None else hit.delay for hit in told[OURS, ALL][0].hits]
        known, as_seldom = (_oracle(kind, seed, both, rate) for rate in (oracle.RATE, ours.BUDGET))
        starts = kept.delays((kind.name, seed, "starts", *found), lambda: oracle.starts(both()[0], found))
        return Result(kind.name, told, known, as_seldom, starts)


def _oracle(kind: Kind, seed: int, streams: Streams, rate: float) -> list[int]:
    return kept.delays((kind.name, seed, rate), lambda: oracle.delays(kind, streams()[0], rate))


@dataclass(frozen=True)
class TrapWork:
    """A stationary stream."""

    trap: int
    number: int
    seed: int
    rivals: bool

    @property
    def name(self) -> str:
        """The trap."""
        return TRAPS[self.trap].name

    def __call__(self) -> Result:
        """Run every detector on it."""
        trap, seed = TRAPS[self.trap], self.seed + 500_000 + 1_000 * self.trap + self.number
        one = cache(lambda: (stationary(trap.make, np.random.default_rng(seed), BASELINE + events(trap)),))
        shown = self.rivals and (trap.width < WIDE or self.number % ONE_OF_WIDE == 0)
        return Result(trap.name, detected((trap.name, seed, events(trap)), one, (ALL,) if shown else ()))


def events(trap: Trap) -> int:
    """Armed events of one of a trap's streams."""
    return TRAP_EVENTS if trap.width < WIDE else TRAP_EVENTS // 5


@cache
def _settings() -> dict[str, dict[str, float]]:
    return settings()


def detected(of: kept.Key, streams: Streams, laws: Sequence[str]) -> dict[Of, list[Outcome]]:
    """What ours makes of the streams of a piece, and each rival with the setting for each of these laws."""

    def told(files: str, name: str, setting: float, alarms: Alarms) -> list[Outcome]:
        def made() -> list[Outcome]:
            return [outcome(stream, alarms(stream, setting)) for stream in streams()]

        return kept.outcomes(files, (*of, name, setting), made)

    found = {(OURS, ALL): told("engine", OURS, ours.BUDGET, ours.alarms)}
    for rival in TUNED:
        for law in laws:
            files = "engine" if rival is EQUAL else "rivals"
            found[rival.name, law] = told(files, rival.name, _settings()[rival.name][law], rival.alarms)
    return found


def work(sizes: Sizes, rivals: bool) -> list[Work]:
    """All there is to do, for the kinds and traps in their order."""
    pairs = [
        PairWork(place, number, sizes.seed, rivals)
        for place, kind in enumerate(KINDS)
        for number in sizes.numbers(sizes.changes if kind.oracle else sizes.real)
    ]
    traps = [
        TrapWork(place, number, sizes.seed, rivals)
        for place, trap in enumerate(TRAPS)
        for number in sizes.numbers(sizes.traps * (TRAP_EVENTS // events(trap)))
    ]
    return [*pairs, *traps]


def in_turns(pieces: Sequence[Work]) -> list[Work]:
    """Kinds take turns, so that as great a part of each is done wherever a run ends."""
    first = {piece.name: piece.number for piece in reversed(pieces)}
    total = Counter(piece.name for piece in pieces)
    return sorted(pieces, key=lambda piece: (piece.number - first[piece.name]) / total[piece.name])


def done(pieces: Iterable[Work], until: float = math.inf) -> Iterator[Result]:
    """The results in the order of the work, from `JOBS` processes (default: one for each core).

    At `until`, in seconds of `time.monotonic`, no further piece is begun.
    """
    jobs = int(os.environ.get("JOBS", os.cpu_count() or 1))
    if jobs == 1:
        yield from (piece() for piece in takewhile(lambda _: time.monotonic() < until, pieces))
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from takewhile(lambda result: result is not None, pool.map(_call, pieces, repeat(until)))


def _call(piece: Work, until: float) -> Result | None:
    """Not begun: None. The clock is the machine's, the same in each process."""
    return piece() if time.monotonic() < until else None
