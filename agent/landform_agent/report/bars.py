"""Distributions before and now, as rows of a table with bars."""

from __future__ import annotations

import sys
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
    rows = shares(evidence)
    widest = max(*(share for _, *sides in rows for share in sides), 1e-9)
    return tuple(Bar(name, before, now, 100 / widest) for name, before, now in rows)


def shares(evidence: Record) -> list[tuple[str, float, float]]:
    """Bins with their shares before and now; empty ones between values that are frequent by themselves are left out."""
    sides = (evidence["before"], evidence["now"])
    if not numeric(evidence):
        return [(str(name), b, n) for name, b, n in zip(evidence["bins"], *sides, strict=False)]
    cuts = [_cut(cut) for cut in evidence["bins"]]
    rows = list(zip(_ranges(cuts), *sides, strict=False))
    return [row for row in rows if row[1] or row[2]] if len({*cuts}) < len(cuts) else rows


def valued(evidence: Record) -> list[tuple[str, float, float]]:
    """The rows of a number that has but a few values, each with a bin of its own; none of another."""
    if "bins" not in evidence or not numeric(evidence):
        return []
    rows, cuts = shares(evidence), [_cut(cut) for cut in evidence["bins"]]
    single = {*words.alike(sorted({low for low, high in pairwise(cuts) if low == high}))}
    return rows if rows and all(name in single for name, *_ in rows) else []


def _cut(cut: object) -> float:
    """Behind a frequent value lies a cut that is the next number to it: to the digits that are told, the same."""
    value = float(str(cut))
    return value if abs(value) >= sys.float_info.min else 0.0


def _ranges(cuts: Sequence[float]) -> list[str]:
    if not cuts:
        return ["all"]
    told = dict(zip(sorted({*cuts}), words.alike(sorted({*cuts})), strict=True))
    between = [told[low] if low == high else f"{told[low]} – {told[high]}" for low, high in pairwise(cuts)]
    return [f"below {told[cuts[0]]}", *between, f"{told[cuts[-1]]} and up"]
