"""Distributions before and now, as rows of a table with bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from landform_agent.report import words
from landform_agent.report.facts import Record


@dataclass(frozen=True)
class Bar:
    """One row of a distribution: shares of one, and their lengths in per cent of the widest."""

    name: str
    before: float
    now: float
    scale: float


def numeric(evidence: Record) -> bool:
    """Whether bins are those of a number: there is one more of them than there are cuts."""
    return len(evidence["before"]) == len(evidence["bins"]) + 1


def bars(evidence: Record) -> tuple[Bar, ...]:
    """The rows of what evidence tells; none where it tells no shares."""
    if "bins" not in evidence:
        return ()
    bins, before, now = evidence["bins"], evidence["before"], evidence["now"]
    names = _ranges(bins) if numeric(evidence) else [str(name) for name in bins]
    widest = max(*before, *now, 1e-9)
    return tuple(Bar(name, b, n, 100 / widest) for name, b, n in zip(names, before, now, strict=False))


def _ranges(cuts: Sequence[object]) -> list[str]:
    told = [str(cut) for cut in cuts]
    if told and all(_is_number(cut) for cut in told):
        told = words.alike([float(cut) for cut in told])
    if not told:
        return ["all"]
    return [f"below {told[0]}", *(f"{low} – {high}" for low, high in pairwise(told)), f"{told[-1]} and up"]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
