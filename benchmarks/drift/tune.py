"""Set each rival, and ours beside them, to one false alarm per 100,000 armed events on the tuning seeds.

    python -m benchmarks.drift.tune [NAME...]      some minutes each; writes tuned.json beside this file

Twice: one setting for all laws, as a user must choose it, and one for each law alone, which a user cannot, because it
takes stationary streams of the law that will change.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.drift import kinds, ours, real, traps
from benchmarks.drift.oracle import RATE
from benchmarks.drift.rivals import RIVALS, Rival
from benchmarks.drift.score import Score, outcome
from benchmarks.drift.streams import LENGTH, Make, Stream, stationary

FILE = Path(__file__).with_name("tuned.json")
SEED = 100_000_000
"""The first of the tuning seeds; they end before 200,000,000."""

ALL = "all"
_OF_LAW, _OF_ALL = 64, 2
"""Streams of a law for its own setting, and for the one of all: 1.3 M events, of which about 13 alarm."""

EQUAL = Rival("landform, 1", ours.alarms, tuple(float(f"{one:.4g}") for one in np.geomspace(1e-4, 2e-6, 40)))
"""Ours with as many false alarms as the rivals have: what they are held against. It is set as they are."""

TUNED = (EQUAL, *RIVALS)

Settings = dict[str, dict[str, float]]
"""Of each detector for each law, and for all."""


def laws() -> dict[str, Make]:
    """Every stationary law of the changes."""
    return {kind.law: kind.make for kind in (*kinds.KINDS, *real.KINDS)}


def settings() -> Settings:
    """What was tuned."""
    loaded: Settings = json.loads(FILE.read_text())
    return loaded


def _streams(make: Make, salt: int, count: int) -> list[Stream]:
    return [stationary(make, np.random.default_rng(SEED + 1_000 * salt + number), LENGTH) for number in range(count)]


def setting(rival: Rival, streams: Sequence[Stream]) -> float:
    """The most sensitive one with at most the rate, by bisection of the grid; the blindest where none has it."""
    low, high = 0, len(rival.grid) - 1
    while low < high:
        middle = (low + high) // 2
        score = Score()
        score.add(outcome(stream, rival.alarms(stream, rival.grid[middle])) for stream in streams)
        low, high = (low, middle) if score.false <= RATE * score.armed else (middle + 1, high)
    return rival.grid[low]


def main(names: Sequence[str]) -> None:
    """Tune those of these names, or every one."""
    tuned = settings() if FILE.exists() else {}
    for rival in TUNED:
        if names and rival.name not in names:
            continue
        own = {law: setting(rival, _streams(make, salt, _OF_LAW)) for salt, (law, make) in enumerate(laws().items())}
        mixed = [*laws().values(), *(trap.make for trap in traps.TRAPS)]
        every = [one for salt, make in enumerate(mixed) for one in _streams(make, 50 + salt, _OF_ALL)]
        tuned[rival.name] = {ALL: setting(rival, every)} | own
        print(rival.name, tuned[rival.name], flush=True)
        FILE.write_text(json.dumps(tuned, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
