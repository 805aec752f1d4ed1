"""The oracle: a CUSUM that knows the law before the change and the law after it.

`g_t = max(0, g_(t-1) + log(f1(x_t) / f0(x_t)))`, an alarm where `g` exceeds a bar (Page 1954, "Continuous inspection
schemes"; no detector with the same rate of false alarms is sooner in the worst case: Lorden 1971, Moustakides 1986).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from benchmarks.drift.kinds import KINDS
from benchmarks.drift.score import SINCE
from benchmarks.drift.streams import BASELINE, HORIZON, Floats, Kind, Stream

RATE = 1e-5
"""False alarms for each event, of the oracle and of every detector."""

_EVENTS = 1_000_000
_TOPS = 300
_SEED = 900_000_000


def cusum(evidence: Floats) -> Floats:
    """The level after each event."""
    total = np.cumsum(evidence)
    level: Floats = total - np.minimum(np.minimum.accumulate(total), 0)
    return level


def bar(name: str, rate: float) -> float:
    """The level that stationary events exceed at this rate, by an exponential fitted to the highest excursions."""
    tops = _highest(name)
    return float(tops[0] + (tops - tops[0]).mean() * np.log(len(tops) / (_EVENTS * rate)))


@cache
def _highest(name: str) -> Floats:
    """The highest excursions of the level in stationary events, in order."""
    kind = next(kind for kind in KINDS if kind.name == name)
    evidence = kind.make(np.random.default_rng(_SEED), _EVENTS, None).evidence
    assert evidence is not None
    level = cusum(evidence)
    excursion = np.cumsum(level == 0)
    tops: Floats = np.sort(np.maximum.reduceat(level, np.flatnonzero(np.diff(excursion, prepend=-1))))[-_TOPS:]
    return tops


def delays(kind: Kind, stream: Stream, rate: float) -> list[int]:
    """Events from each change to the alarm of an oracle with so many false ones; the horizon where it misses."""
    assert stream.evidence is not None
    found, begin = [], BASELINE
    for episode in stream.episodes:
        level = cusum(stream.evidence[begin : episode.end])[episode.begin - begin :]
        above = np.flatnonzero(level > bar(kind.name, rate))
        found.append(int(above[0]) + 1 if len(above) else HORIZON)
        begin = episode.end
    return found


def starts(stream: Stream, delays: Sequence[int]) -> list[int]:
    """Of each change found after so many events (0: not found), 1 where one who knows both laws tells its start right.

    Asked at the event of the alarm, and right within `SINCE` of the delay: the start of the greatest likelihood.
    """
    assert stream.evidence is not None
    found, begin = [], BASELINE
    for episode, delay in zip(stream.episodes, delays, strict=True):
        alarm = episode.begin + delay
        later = np.cumsum(stream.evidence[begin:alarm][::-1])[::-1]
        if delay:
            found.append(int(abs(begin + int(np.argmax(later)) - episode.begin) <= SINCE * delay))
        begin = episode.end
    return found
