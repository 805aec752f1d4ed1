"""What watches over an entry, and over the money: alarms, saved queries and the budget."""

from __future__ import annotations

from typing import Any

from landform.catalog.metric import Metric
from landform.cost import Cost
from landform.diagnostics import Path, dotted
from landform.plan import Plan
from landform.plan.watch import Alarm
from landform.spec.condition import in_words


def alarms(plan: Plan, path: Path, part: str) -> list[dict[str, Any]]:
    """Return the alarms on an entry; of `monitor` all, or those of one part of it (``monitor.alarms.slow``)."""
    everything = [(watch.region, alarm) for watch in plan.watches for alarm in watch.alarms]
    return [
        {
            "name": alarm.name,
            "region": region,
            "of": alarm.component.label,
            "when": condition(alarm),
            "why": "the spec asks for it" if alarm.path[0] == "monitor" else alarm.reason,
            "tells": list(alarm.tell),
            "path": alarm.path,
        }
        for region, alarm in everything
        if _meant(alarm, path, part)
    ]


def _meant(alarm: Alarm, path: Path, part: str) -> bool:
    if path == ("monitor",):
        return part in ("", "monitor.alarms", dotted(alarm.path))
    return path == alarm.component.path and not part


def condition(alarm: Alarm) -> str:
    """Return when an alarm rings, in the words of a spec."""
    lasting = f"for {alarm.seconds // 60}m"
    measured = f"{_statistic(alarm.statistic, alarm.metric)}{alarm.metric.word}"
    if alarm.comparison is None:
        return f"{measured} outside {alarm.sigmas:g} sigma {lasting}"
    return f"{measured} {alarm.comparison} {in_words(alarm.metric.quantity, alarm.threshold)} {lasting}"


def _statistic(statistic: str, metric: Metric) -> str:
    """Return the statistic where it says something: of a sum over several metrics there is one alone."""
    return "" if metric.formula or statistic == "Sum" else f"{statistic.lower()} "


def queries(plan: Plan, path: Path, part: str) -> list[dict[str, Any]]:
    """Return the saved queries of `monitor`, or the one that is named."""
    return [
        {"name": query.entry, "region": watch.region, "log_group": query.log_group, "text": query.text}
        for watch in plan.watches
        for query in watch.queries
        if path == ("monitor",) and part in ("", "monitor.queries", f"monitor.queries.{query.entry}")
    ]


def budget(plan: Plan, path: Path, spent: Cost) -> dict[str, Any] | None:
    """Return the budget, what it counts, and what the spec asks for beside it."""
    own = plan.system.budget
    if path != ("budget",) or own is None:
        return None
    low, high = spent.monthly
    counted = f"what carries the tag of {plan.system.system}" if own.by_tag else f"the account {plan.system.account}"
    return {
        "monthly": float(own.monthly),
        "counts": counted,
        "tells": sorted(own.notify),
        "asked_for": {"low": low, "high": high},
        "unpriced": len(spent.unpriced),
    }
