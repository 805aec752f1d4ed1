"""Realised over budgeted false alarms of single fits: the promise that a user of one watch gets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.drift import kept, ours
from benchmarks.drift.kinds import PHI, Shift
from benchmarks.drift.run import OURS, Result
from benchmarks.drift.score import Outcome, outcome
from benchmarks.drift.streams import BASELINE, Random, Stream, stationary
from benchmarks.drift.tune import ALL

BUDGET = 1e-4
"""Ten times the budget of everything else: at one per 100,000, a fit needs a million events to be judged."""

EVENTS = 100_000
NAME = "fits"


def binary(random: Random, length: int, change: int | None) -> Stream:
    """Independent events whose category is one of two: each share says what the other does."""
    return replace(Shift(0.5)(random, length, change), codes=random.integers(2, size=length))


LAWS = Shift(0.5), Shift(0.5, PHI), Shift(0.5, season=True), binary


@dataclass(frozen=True)
class FitWork:
    """One fit, of one law after the other, and what it promised."""

    number: int
    seed: int

    @property
    def name(self) -> str:
        """They are one kind."""
        return NAME

    def __call__(self) -> Result:
        """False alarms of the fit in its events."""
        seed = self.seed + 800_000 + self.number

        def told() -> list[Outcome]:
            law = LAWS[self.number % len(LAWS)]
            stream = stationary(law, np.random.default_rng(seed), BASELINE + EVENTS)
            return [outcome(stream, ours.alarms(stream, BUDGET))]

        return Result(NAME, {(OURS, ALL): kept.outcomes("engine", (NAME, seed, EVENTS, BUDGET), told)})
