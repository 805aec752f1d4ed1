"""What it costs to be watched: alarms by the metrics that they look at, composite ones, dashboards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landform.catalog.cis import CONTROLS
from landform.cost.bill import Item, by_use, charged
from landform.lower.composite import speaking
from landform.plan import Plan
from landform.plan.watch import Alarm

BAND: Final = 3
"""Of an alarm on what is usual, each metric counts as so many: itself, and both edges of the band (Infracost's
cloudwatch_metric_alarm.go at 2da9cbf6, after the pricing page of CloudWatch, read 2026-11-30)."""

LOOP_ALARMS: Final = 8
"""Alarms of a loop, on one metric each: runs of its two state machines that failed, took too long or were cut off, a
version that strays while it is deployed, and letters that nobody read."""


def monitor(plan: Plan) -> Iterator[Item]:
    """Yield what a system's own watch costs, region by region."""
    spec = plan.system.monitor
    if spec is None:
        return
    for own in plan.watches:
        yield from charged(plan.catalog, "alarm-metric", own.region, sum(map(metrics_of, own.alarms)))
        yield from charged(plan.catalog, "composite-alarm", own.region, len(speaking(plan, own).together))
        if spec.dashboard == "auto":
            yield from charged(plan.catalog, "dashboard", own.region, 1)
        yield by_use("mails, saved queries, and what detectors of unusual lines read", own.region)
    if spec.dashboard == "auto" and len(plan.watches) > 1:
        yield from charged(plan.catalog, "dashboard", plan.system.regions.primary, 1)


def audit(plan: Plan) -> Iterator[Item]:
    """Yield what the record of calls costs: its alarms whatever happens, and the rest by what is recorded."""
    if plan.trail:
        region = plan.system.regions.primary
        yield from charged(plan.catalog, "alarm-metric", region, len(CONTROLS))
        yield by_use("data events, logs and their storage, and metrics of what is counted", region)


def loop(plan: Plan, region: str) -> Iterator[Item]:
    """Yield what a loop costs while nothing drifts: its alarms."""
    yield from charged(plan.catalog, "alarm-metric", region, LOOP_ALARMS)
    yield by_use("runs, their ledger and logs", region)


def metrics_of(alarm: Alarm) -> int:
    """Return how many metrics are paid for an alarm."""
    return alarm.looked_at * (BAND if alarm.sigmas else 1)
