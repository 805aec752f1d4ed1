"""How far two distributions are apart where nothing differs: what few events show by chance alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from landform_agent.engine.alarms import stability
from landform_agent.report.facts import Record
from landform_agent.report.words import real

_EMPTY = 1e-4
"""What an empty bin counts as; see `engine.alarms.stability`."""

_FEW = 2_000


def by_chance(shares: Sequence[float], events: int) -> float:
    """The index to be expected of so many independent events that come by these very shares."""
    if events > _FEW:
        return (len(shares) - 1) / events
    hits = np.arange(events + 1)
    ways = math.lgamma(events + 1) - np.array([math.lgamma(k + 1) + math.lgamma(events - k + 1) for k in hits])
    told = 0.0
    for share in (max(one, _EMPTY) for one in shares if one < 1):
        likely = np.exp(ways + hits * math.log(share) + (events - hits) * math.log1p(-share))
        now = np.maximum(hits / events, _EMPTY)
        told += float((likely * (now - share) * np.log(now / share)).sum())
    return told


def outlying(evidence: Record) -> float:
    """The index of far values and all others beyond chance, which bins hardly show; 0 where neither is told."""
    if "outliers_now" not in evidence:
        return 0.0
    shares = [real(evidence.get(f"outliers_{when}")) for when in ("before", "now")]
    before, now = (np.array([share, 1 - share]) for share in shares)
    events = int(real(evidence.get("events")))
    chance = by_chance(np.maximum(before, _EMPTY).tolist(), events) if events else 0.0
    return max(stability(before, now) - chance, 0.0)


def expected(evidence: Record) -> float:
    """What is to be expected of as many events as an alarm's evidence is of; 0 where its shares are not told."""
    before, events = evidence.get("before") or (), int(real(evidence.get("events")))
    return by_chance([real(share) for share in before], events) if before and events else 0.0
