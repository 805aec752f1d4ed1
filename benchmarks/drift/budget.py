"""Realised over budgeted false alarms of single fits: the promise that a user of one watch gets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.drift import kept, ours
from benchmarks.drift.kinds import PHI, Shift
from benchmarks.drift.run import OURS, Result
from benchmarks.drift.score import Outcome, outcome
from benchmarks.drift.streams import BASELINE, stationary
from benchmarks.drift.tune import ALL

BUDGET = 1e-4
"""Ten times the budget of everything else: at one per 100,000, a fit needs a million events to be judged."""

EVENTS = 100_000
NAME = "fits"
LAWS = Shift(0.5), Shift(0.5, PHI), Shift(0.5, season=True)


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

        return Result(NAME, {(OURS, ALL): kept.outcomes("engine", (NAME, seed, BUDGET), told)})
