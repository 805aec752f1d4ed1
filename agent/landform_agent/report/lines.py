"""Time lines of what alarms are about, and of features that are quiet."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from landform_agent.engine.scores import FAR
from landform_agent.report import words
from landform_agent.report.charts import Axis, Plot, plot, series
from landform_agent.report.facts import Facts, Record


@dataclass(frozen=True)
class Still:
    """A feature without any alarm."""

    name: str
    plot: Plot | None


@dataclass(frozen=True)
class _Unit:
    """How levels of a kind are told: what stands beside the plot, a level's value, the deviation of a change's unit."""

    measure: str
    value: Callable[[float, float], float]
    label: Callable[[float], str]
    deviation: float


_UNITS: Final = {
    "shift": _Unit(
        "Part of the reference that a value lies above, on average",
        lambda level, _: words.above(FAR * (2 * level - 1)),
        words.percent,
        words.ABOVE,
    ),
    "spread": _Unit(
        "Spread of the values, as times the reference’s",
        lambda level, usual: math.sqrt(max(level, 0) / max(usual, 1e-9)),
        lambda value: f"× {value:.2f}",
        words.SPREAD / 2,
    ),
    "category": _Unit("Share of events", lambda level, _: level, words.percent, 1.0),
    "outliers": _Unit(
        "Share of events at which values far beyond the usual ones begin", lambda level, _: level, words.percent, 1.0
    ),
    "missing": _Unit("Share of events without a value", lambda level, _: level, words.percent, 1.0),
    "correlation": _Unit("Rank correlation", lambda level, _: level, words.signed, 1.0),
    "performance": _Unit(
        "Losses, as times the reference’s",
        lambda level, usual: level / max(usual, 1e-9),
        lambda value: f"× {value:.2f}",
        1.0,
    ),
}


def drawn(facts: Facts, alarm: Record, axis: Axis) -> tuple[str, Plot | None]:
    """The time line of what an alarm is about."""
    kind, channel = words.own_kind(alarm), str(alarm.get("channel"))
    evidence = alarm.get("evidence") or {}
    pair = evidence.get("features")
    feature = {"label": None, "prediction": "prediction", "joint": " and ".join(map(str, pair or ()))}.get(
        channel, alarm.get("feature")
    )
    unit = _UNITS.get(kind)
    if unit is None or alarm.get("segment"):
        return "", None
    lane = channel if channel in ("joint", "label", "prediction") else "data"
    places = [
        (place, line)
        for place, line in enumerate(one for one in facts.lines if one.lane == lane)
        if (line.feature, line.kind) == (feature, kind)
    ]
    named = [(place, line) for place, line in places if line.category == evidence.get("category")]
    found = named or (places if kind != "category" else [])
    if not found:
        return unit.measure, None
    place, line = found[0]
    seen = facts.sight.get("(label)" if lane == "label" else str(feature), {})
    reach = seen.get(kind, {}).get("change", 0.0) * unit.deviation
    measure = f"{unit.measure} that are “{line.category}”" if kind == "category" else unit.measure
    return measure, _plot(facts, lane, place, line.usual, unit, reach, axis)


def _plot(
    facts: Facts, lane: str, place: int, usual: float, unit: _Unit, reach: float, axis: Axis, points: int = 160
) -> Plot | None:
    points_of = series(facts.slices.get(lane, ()), place, points)
    values = [(moment, unit.value(level, usual)) for moment, level in points_of]
    return plot(values, axis, unit.value(usual, usual), reach, unit.label)


def still(name: str, facts: Facts, axis: Axis) -> Still:
    """A quiet feature's line: its level, or the share of its most frequent category."""
    lane = "prediction" if any(line.lane == "prediction" and line.feature == name for line in facts.lines) else "data"
    mine = [(place, line) for place, line in enumerate(line for line in facts.lines if line.lane == lane)]
    found = next(((p, line) for p, line in mine if line.feature == name and line.kind in ("shift", "category")), None)
    if found is None:
        return Still(name, None)
    place, line = found
    unit = _UNITS[line.kind]
    reach = facts.sight.get(name, {}).get(line.kind, {}).get("change", 0.0) * unit.deviation
    return Still(name, _plot(facts, lane, place, line.usual, unit, reach, axis, 60))
