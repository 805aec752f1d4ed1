"""What a watch can see, a row a feature: for the page, and for the terminal when a reference is learnt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from landform_agent.report import words

_COLUMNS: Final = {**words.KINDS, "missing": "missing"}
"""As short as may be: all of them fit a terminal of 80."""

_WHOLE: Final = {"(pairs)": "pairs of features", "(label)": "losses of the model"}

Seen = Mapping[str, Mapping[str, Mapping[str, float]]]


@dataclass(frozen=True)
class Sight:
    """The smallest changes that are found: rows of a name, a cell for each of `kinds`, and events for twice as much.

    Events are of the first kind that a row has, its level or its categories: what is rare takes its own time.
    """

    kinds: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...], str], ...]


def sight(seen: Seen) -> Sight:
    """What `Bank.report` tells, as a table."""
    # Pairs and losses have one kind of their own, which their name says already.
    told = {
        feature: {"shift" if kind in ("correlation", "performance") else kind: one for kind, one in kinds.items()}
        for feature, kinds in seen.items()
    }
    columns = [kind for kind in _COLUMNS if any(kind in kinds for kinds in told.values())]
    rows = []
    for feature, kinds in told.items():
        cells = tuple(_smallest(kind, kinds[kind]["change"]) if kind in kinds else "" for kind in columns)
        events = next((kinds[kind]["events"] for kind in columns if kind in kinds), 0.0)
        rows.append((_WHOLE.get(feature, feature), cells, f"{events:,.0f}"))
    return Sight(tuple(_COLUMNS[kind] for kind in columns), tuple(rows))


def _smallest(kind: str, change: float) -> str:
    return words.percent(change) if kind in ("outliers", "category", "missing") else f"{change:.2f} σ"


def typical(seen: Seen, rate: float | None) -> str:
    """The middle feature's shift, in a sentence; with `rate`, events a second, the time that it takes."""
    found = sorted((kinds["shift"]["change"], kinds["shift"]["events"]) for kinds in seen.values() if "shift" in kinds)
    if not found:
        return ""
    change, events = found[len(found) // 2]
    takes = f" ({words.lasting(events / rate)} at this traffic)" if rate else ""
    return (
        f"In a typical feature a lasting shift of {change:.2f} σ is found four times of five, "
        f"and one of twice that size after about {words.count(round(events), 'event')}{takes}."
    )


def blind(seen: Seen) -> list[str]:
    """Of features for which the reference is too short, how many rows it would take."""
    short = [
        (_WHOLE.get(name, name), max(one.get("rows", 0.0) for one in kinds.values())) for name, kinds in seen.items()
    ]
    return [
        f"{name}: the reference is too short to find a change of one σ; {words.number(rows)} rows would do."
        if math.isfinite(rows)
        else f"{name}: its rows depend on each other so much that no window finds a change of one σ."
        for name, rows in short
        if rows > 0
    ]
