"""One dashboard across regions: what users meet, side by side; and what the account is charged."""

from collections.abc import Iterator
from typing import Any, Final

from landform.catalog.metric import Group
from landform.catalog.metrics import BILLED
from landform.lower.dashboard import HEADER_HEIGHT, PANEL_HEIGHT, WIDTH, lines, place, placed, unit
from landform.plan import Plan
from landform.plan.watch import Component

SHOWN: Final[tuple[Group, ...]] = ("traffic", "errors", "latency")
"""Groups of metrics by which one region is compared with another; the first metric of each."""

PANEL: Final = WIDTH // len(SHOWN)


def overview(plan: Plan) -> dict[str, Any] | None:
    """Return name and widgets of the dashboard of all regions; None where there is one region alone."""
    if len(plan.watches) < 2:
        return None
    return {"name": plan.prefix, "widgets": list(_widgets(plan))}


def _widgets(plan: Plan) -> Iterator[dict[str, Any]]:
    components: dict[str, list[Component]] = {}
    for watch in plan.watches:
        for component in watch.components:
            components.setdefault(component.label, []).append(component)
    top = 0
    for label, own in sorted(components.items(), key=lambda item: place(item[1][0])):
        panels = list(_panels(plan, label, own))
        if panels:
            where = ", ".join(component.region for component in own)
            text = {"markdown": f"## {label}\n{where}", "background": "transparent"}
            yield placed({"type": "text", "properties": text}, 0, top, WIDTH, HEADER_HEIGHT)
            for index, panel in enumerate(panels):
                widget = {"type": "metric", "properties": panel}
                yield placed(widget, index * PANEL, top + HEADER_HEIGHT, PANEL, PANEL_HEIGHT)
            top += HEADER_HEIGHT + PANEL_HEIGHT
    yield from charged(plan, top)


def _panels(plan: Plan, label: str, own: list[Component]) -> Iterator[dict[str, Any]]:
    for group in SHOWN:
        firsts = [(c, next((m for m in c.metrics.values() if m.group == group), None)) for c in own]
        shown = [(component, metric) for component, metric in firsts if metric]
        if shown:
            metric = shown[0][1]
            yield {
                "title": f"{label}: {metric.word}",
                "view": "timeSeries",
                "region": plan.system.regions.primary,
                "period": metric.period,
                "metrics": [
                    [*line[:-1], _seen(line[-1], component.region)]
                    for index, (component, one) in enumerate(shown)
                    for line in lines(component, one, index, "left")
                ],
                "yAxis": {"left": {"min": 0, "label": unit(metric), "showUnits": False}},
            }


def _seen(how: dict[str, Any], region: str) -> dict[str, Any]:
    """Say of a line which region it is of, and where to look for it."""
    named = {"label": f"{region}: {how['label']}"} if "label" in how else {}
    return {**how, **named, "region": region}


def charged(plan: Plan, top: int) -> Iterator[dict[str, Any]]:
    """Yield the row of money: what the account is charged so far this month, beside what the budget allows."""
    series, region, period = BILLED
    text = {"markdown": "## cost\nthe whole account, this month so far", "background": "transparent"}
    yield placed({"type": "text", "properties": text}, 0, top, WIDTH, HEADER_HEIGHT)
    dimensions = [part for pair in series.dimensions.items() for part in pair]
    how = {"label": "charged", "id": "w0", "stat": "Maximum", "period": period}
    budget = plan.system.budget
    limit = [{"label": "budget of a month", "value": float(budget.monthly)}] if budget else []
    panel = {
        "title": "cost: charged this month",
        "view": "timeSeries",
        "region": region,
        "period": period,
        "metrics": [[series.namespace, series.name, *dimensions, how]],
        "yAxis": {"left": {"min": 0, "label": "USD", "showUnits": False}},
    } | ({"annotations": {"horizontal": limit}} if limit else {})
    yield placed({"type": "metric", "properties": panel}, 0, top + HEADER_HEIGHT, WIDTH, PANEL_HEIGHT)
