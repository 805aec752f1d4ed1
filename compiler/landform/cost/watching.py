"""What it costs to be watched: alarms by the metrics that they look at, composite ones, dashboards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landform.catalog import Catalog
from landform.catalog.cis import CONTROLS
from landform.cost.bill import Item, by_use, charged
from landform.cost.model import Ends
from landform.lower.composite import speaking
from landform.plan import Plan
from landform.plan.watch import Alarm

BAND: Final = 3
"""Of an alarm on what is usual, each metric counts as so many: itself, and both edges of the band (Infracost's
cloudwatch_metric_alarm.go at 2da9cbf6, after the pricing page of CloudWatch, read 2026-11-30)."""

LOOP_ALARMS: Final = 8
"""Alarms of a loop, on one metric each: runs of its two state machines that failed, took too long or were cut off, a
version that strays while it is deployed, and letters that nobody read."""

NODE_METRICS: Final = 7
"""Metrics of a machine that is watched minute by minute, each of which is paid for (Infracost's instance.go,
defaultEC2InstanceMetricCount, read 2026-11-30). The modules have it so of every machine that they make."""

TRACKED: Final = 2
"""Alarms that a policy makes of its own accord: to grow, and to shrink (Application Auto Scaling user guide, "Target
tracking scaling policies", read 2026-11-30); Beanstalk makes as many of an environment's trigger."""

TRACKED_TABLE: Final = 4
"""Of each dimension of a table, two more: for a capacity that somebody else has changed (the same guide)."""

GROUP_ALARMS: Final = 2 * 3
"""Metrics of the two alarms, to grow and to shrink, of a group of nodes that jobs or missing spot capacity drive."""


def node(catalog: Catalog, region: str, nodes: Ends) -> Iterator[Item]:
    """Yield what it costs that machines are watched minute by minute."""
    yield from charged(catalog, "metric", region, NODE_METRICS * nodes[0], NODE_METRICS * nodes[1])


def scaling(catalog: Catalog, region: str, metrics: int) -> Iterator[Item]:
    """Yield what the alarms cost that something scales by."""
    yield from charged(catalog, "alarm-metric", region, metrics)


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
