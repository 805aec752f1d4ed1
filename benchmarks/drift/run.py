"""Every detector on every stream, a piece of work at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from benchmarks.drift import kinds, oracle, ours, real
from benchmarks.drift.rivals import RIVALS
from benchmarks.drift.score import Outcome, outcome
from benchmarks.drift.streams import BASELINE, Kind, Stream, Trap, pair, stationary
from benchmarks.drift.traps import TRAPS
from benchmarks.drift.tune import ALL, SEED, settings

REPORT_SEED = 300_000_000
"""The first of the seeds that are reported; tuning has its own, from 100,000,000 to before 200,000,000."""

OURS = "landform"
EQUAL = "landform, 1"
"""Ours with as many false alarms allowed as the rivals have: what they are held against."""

TRAP_EVENTS = 100_000
WIDE = 100
"""With so many features a trap's streams are a fifth as long, and one in four is shown to the rivals."""

KINDS: tuple[Kind, ...] = (*kinds.KINDS, *real.KINDS)

Of = tuple[str, str]
"""A detector and what it was set for: a law, or all."""


@dataclass(frozen=True)
class Sizes:
    """How much is run: changes of each synthetic kind and of each real one, and 100,000 events of each trap."""

    changes: int
    real: int
    traps: int
    fits: int
    tuning: bool = False

    @property
    def seed(self) -> int:
        """The first seed."""
        return SEED + 50_000_000 if self.tuning else REPORT_SEED


@dataclass(frozen=True)
class Result:
    """What all detectors made of one stream, or of a pair; `oracle` has its delays."""

    of: str
    outcomes: dict[Of, list[Outcome]]
    oracle: list[int] = field(default_factory=list)


Work = Callable[[], Result]


@dataclass(frozen=True)
class PairWork:
    """A stream with a change, and its twin."""

    kind: int
    number: int
    seed: int
    rivals: bool

    def __call__(self) -> Result:
        """Run every detector on both."""
        kind = KINDS[self.kind]
        both = pair(kind, self.seed + 1_000 * self.kind + self.number)
        outcomes: dict[Of, list[Outcome]] = {}
        for stream in both:
            for of, told in _detected(stream, self.number if self.rivals else None, (ALL, kind.law)):
                outcomes.setdefault(of, []).append(told)
        return Result(kind.name, outcomes, oracle.delays(kind, both[0]) if kind.oracle else [])


@dataclass(frozen=True)
class TrapWork:
    """A stationary stream."""

    trap: int
    number: int
    seed: int
    rivals: bool

    def __call__(self) -> Result:
        """Run every detector on it."""
        trap = TRAPS[self.trap]
        random = np.random.default_rng(self.seed + 500_000 + 1_000 * self.trap + self.number)
        stream = stationary(trap.make, random, BASELINE + events(trap))
        each = 4 if trap.width >= WIDE else 1
        shown = self.number // each if self.rivals and self.number % each == 0 else None
        return Result(trap.name, {of: [told] for of, told in _detected(stream, shown, (ALL,))})


def events(trap: Trap) -> int:
    """Armed events of one of a trap's streams."""
    return TRAP_EVENTS if trap.width < WIDE else TRAP_EVENTS // 5


@cache
def _settings() -> dict[str, dict[str, float]]:
    return settings()


def _detected(stream: Stream, number: int | None, laws: Iterable[str]) -> Iterator[tuple[Of, Outcome]]:
    yield (OURS, ALL), outcome(stream, ours.alarms(stream, ours.BUDGET))
    if number is not None:
        yield (EQUAL, ALL), outcome(stream, ours.alarms(stream, oracle.RATE))
    for rival in RIVALS:
        if number is not None and number % rival.every == 0:
            for law in laws:
                yield (rival.name, law), outcome(stream, rival.alarms(stream, _settings()[rival.name][law]))


def work(sizes: Sizes, rivals: bool) -> list[Work]:
    """All there is to do, for the kinds and traps in their order."""
    pairs = [
        PairWork(place, number, sizes.seed, rivals)
        for place, kind in enumerate(KINDS)
        for number in range(sizes.changes if kind.oracle else sizes.real)
    ]
    traps = [
        TrapWork(place, number, sizes.seed, rivals)
        for place, trap in enumerate(TRAPS)
        for number in range(sizes.traps * (TRAP_EVENTS // events(trap)))
    ]
    return [*pairs, *traps]


def done(pieces: Iterable[Work]) -> Iterator[Result]:
    """The results in the order of the work, from `JOBS` processes (default: one for each core)."""
    jobs = int(os.environ.get("JOBS", os.cpu_count() or 1))
    if jobs == 1:
        yield from (piece() for piece in pieces)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_call, pieces, chunksize=1)


def _call(piece: Work) -> Result:
    return piece()
