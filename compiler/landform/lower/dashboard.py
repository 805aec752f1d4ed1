"""The dashboard of a region: a row for each component, a panel for each group of its metrics."""

from collections.abc import Iterator
from typing import Any, Final

from landform.catalog.metric import GROUPS, Metric
from landform.lower.metric import expanded
from landform.plan import Plan, Watch
from landform.plan.watch import Component

WIDTH: Final = 24
"""Columns of a dashboard (CloudWatch user guide, "Dashboard body structure and syntax", read 2026-11-28)."""

PANEL_HEIGHT: Final = 6
HEADER_HEIGHT: Final = 1
PANEL_WIDTH: Final = 6
PANELS_IN_A_ROW: Final = WIDTH // PANEL_WIDTH
UNITS: Final = {"count": "count", "time": "ms", "percent": "%", "bytes": "bytes", "bytes/s": "bytes/s", "days": "days"}
TIMES: Final = {1: "ms", 0.001: "s", 1000: "µs"}
"""How many of CloudWatch's units a millisecond has → what that unit is."""

SECTIONS: Final = ("serve", "drift", "functions", "train", "machines", "data", "network")
"""What users meet first stands on top."""


def dashboard(plan: Plan, own: Watch) -> dict[str, Any]:
    """Return name and widgets; the module puts the state of all alarms on top."""
    return {"name": f"{plan.prefix}-{own.region}", "widgets": list(_widgets(plan, own))}


def _widgets(plan: Plan, own: Watch) -> Iterator[dict[str, Any]]:
    top = 0
    for component in sorted(own.components, key=place):
        if not component.metrics:
            continue
        text = f"## {component.label}\n{component.kind}"
        yield placed({"type": "text", "properties": {"markdown": text, "background": "transparent"}}, 0, top, WIDTH, 1)
        top += HEADER_HEIGHT
        panels = list(_panels(own, component))
        for first in range(0, len(panels), PANELS_IN_A_ROW):
            row = panels[first : first + PANELS_IN_A_ROW]
            for index, panel in enumerate(row):
                widget = {"type": "metric", "properties": panel}
                yield placed(widget, index * PANEL_WIDTH, top, PANEL_WIDTH, PANEL_HEIGHT)
            top += PANEL_HEIGHT


def place(component: Component) -> tuple[int, str]:
    """Return what a component is sorted by."""
    section = component.label.partition(".")[0]
    return SECTIONS.index(section) if section in SECTIONS else len(SECTIONS), component.label


def placed(widget: dict[str, Any], x: int, y: int, width: int, height: int) -> dict[str, Any]:
    """Return a widget with its place."""
    return widget | {"x": x, "y": y, "width": width, "height": height}


def _panels(own: Watch, component: Component) -> Iterator[dict[str, Any]]:
    for group in GROUPS:
        shown = [metric for metric in component.metrics.values() if metric.group == group]
        if not shown:
            continue
        # What is counted in another unit goes by the scale on the right.
        first = unit(shown[0])
        sides = {unit(metric): "left" if unit(metric) == first else "right" for metric in shown}
        limits: list[dict[str, Any]] = []
        for metric in shown:
            # An alarm in several parts has one line.
            for limit in _limits(own, component, metric, sides[unit(metric)]):
                limits += [limit] if limit not in limits else []
        yield {
            "title": f"{component.label}: {group}",
            "view": "timeSeries",
            "region": own.region,
            "period": max(metric.period for metric in shown),
            "metrics": [
                line
                for index, metric in enumerate(shown)
                for line in lines(component, metric, index, sides[unit(metric)])
            ],
            "yAxis": {side: {"min": 0, "label": unit, "showUnits": False} for unit, side in sides.items()},
        } | ({"annotations": {"horizontal": limits}} if limits else {})


def unit(metric: Metric) -> str:
    """Return the unit that an axis is labelled with."""
    return TIMES[metric.factor] if metric.quantity == "time" else UNITS[metric.quantity]


def lines(component: Component, metric: Metric, index: int, side: str) -> Iterator[list[Any]]:
    """Yield the lines of a metric, as a dashboard has them: its series, hidden where a formula is what is shown."""
    seen = {"label": _label(metric), "yAxis": side}
    if metric.searched:
        yield [{"expression": _search(component, metric), "id": f"s{index}", **seen}]
        return
    shown = expanded(component, metric, f"w{index}")
    for series in shown.series:
        dimensions = [part for pair in series.said["dimensions"].items() for part in pair]
        how: dict[str, Any] = {"id": series.id, "stat": metric.statistic, "period": metric.period}
        how |= {"visible": False} if shown.expression else seen
        yield [series.said["namespace"], series.said["name"], *dimensions, how]
    if shown.expression:
        yield [{"expression": shown.expression, "id": f"e{index}", **seen}]


def _label(metric: Metric) -> str:
    return f"{metric.word} {metric.statistic}" if metric.statistic.startswith("p") else metric.word


def _search(component: Component, metric: Metric) -> str:
    """Return a search for what goes by the name of a job: the words of the name, whatever stands behind them."""
    (series,) = metric.series
    (name,) = component.tokens["name"]
    words = " ".join(str(name).split("-"))
    dimensions = ",".join(series.dimensions)
    return (
        f"SEARCH('{{{series.namespace},{dimensions}}} MetricName=\"{series.name}\" {words}', '{metric.statistic}', 60)"
    )


def _limits(own: Watch, component: Component, metric: Metric, side: str) -> Iterator[dict[str, Any]]:
    """Yield the thresholds of the alarms on a metric."""
    for alarm in own.alarms:
        if alarm.component.label == component.label and alarm.metric.word == metric.word and alarm.comparison:
            # The line is of the metric's own statistic; an alarm may ask for another.
            of = "" if alarm.statistic == metric.statistic else f"{alarm.statistic.lower()} "
            label = f"alarm: {of}{metric.word} {alarm.comparison} this"
            yield {"label": label, "value": alarm.threshold * metric.factor, "yAxis": side}
