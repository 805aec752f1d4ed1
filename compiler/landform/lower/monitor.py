"""Module call of what watches a region: alarms, who is told, the dashboard, saved queries."""

import json
from collections.abc import Iterator
from typing import Any, Final

from landform.catalog.metric import DAY
from landform.lower.audit import watched_calls
from landform.lower.composite import speaking
from landform.lower.dashboard import dashboard
from landform.lower.metric import expanded
from landform.lower.overview import charged, overview
from landform.lower.shared import key_arn
from landform.lower.topic import monitor_address
from landform.passes.monitor.alarms import listeners
from landform.passes.resolve.naming import topic_name
from landform.plan import Plan, Watch
from landform.plan.watch import Alarm
from landform.root import Given, Module, Output, Variable

MOST_MINUTES: Final = 60
"""How long a condition is looked at minute by minute; what takes longer, in steps of five."""

MAINTENANCE: Final = Variable(
    "bool", "Whether the system is being worked on: alarms are seen then, and nobody is told.", False
)


def monitor(plan: Plan, own: Watch, alias: str | None) -> Module:
    """Return the call that makes everything that watches a region."""
    spec = plan.system.monitor
    assert spec is not None
    told = {name: {"name": topic_name(plan, name), "emails": sorted(set(who))} for name, who in spec.notify.items()}
    told_by = speaking(plan, own)
    variables = {
        "name": plan.prefix,
        "account": plan.system.account,
        "region": own.region,
        "key_arn": key_arn(plan.key(own.region, "shared")),
        "maintenance": Given("maintenance", ()),
        "topics": told,
        "alarms": {a.name: alarm(a, told_by.alone.get(a.name, [])) for a in own.alarms},
        "composites": {
            name: {"description": each.description, "rule": each.rule, "topics": list(each.tell)}
            | ({} if each.recovers else {"recovers": False})
            for name, each in told_by.together.items()
        }
        or None,
        "shown": sorted(watched_calls(plan)) if plan.trail and own.region == plan.system.regions.primary else None,
        "failures": dict(_failures(plan, own)) or None,
        **(_dashboards(plan, own) if spec.dashboard == "auto" else {}),
        "queries": {f"{plan.prefix}/{q.entry}": {"log_groups": [q.log_group], "text": q.text} for q in own.queries}
        or None,
        "log_detectors": dict(_detectors(own)) or None,
    }
    return Module(monitor_address(plan, own.region), "monitor", alias, variables, ("monitor",))


def _dashboards(plan: Plan, own: Watch) -> dict[str, Any]:
    """Return the dashboard of a region, and beside the primary's that of all; what is charged stands on one of them."""
    of_all = overview(plan) if own.region == plan.system.regions.primary else None
    regional = dashboard(plan, own)
    if len(plan.watches) == 1:
        below = max((widget["y"] + widget["height"] for widget in regional["widgets"]), default=0)
        regional["widgets"] += charged(plan, below)
    return {"dashboard": regional} | ({"overview": of_all} if of_all else {})


def period_of(own: Alarm) -> int:
    """Return the length of a step: CloudWatch counts how many in a row are to be over the threshold."""
    if own.metric.period == DAY:
        return DAY
    coarse = own.seconds > MOST_MINUTES * 60 or (own.sigmas and own.seconds % 300 == 0)
    return 300 if coarse else 60


def alarm(own: Alarm, tell: list[str]) -> dict[str, Any]:
    """Return an alarm as the module takes it."""
    period, component = period_of(own), own.component
    shown = expanded(component, own.metric)
    counted = own.metric.quantity == "count" and own.statistic == "Sum"
    threshold = own.threshold * own.metric.factor * (period / 60 if counted else 1)
    return {
        "description": f"{component.label}: {own.reason}",
        "comparison": COMPARISONS[own.comparison] if own.comparison else "LessThanLowerOrGreaterThanUpperThreshold",
        "threshold": threshold if own.comparison else None,
        "sigmas": own.sigmas or None,
        "period": period,
        "periods": own.seconds // period,
        # Where it is too little that alarms, nothing at all alarms too.
        "missing": "breaching" if own.comparison in ("<", "<=") else "notBreaching" if own.comparison else "missing",
        "series": {s.id: {**s.said, "statistic": own.statistic} for s in shown.series},
        "expression": shown.expression or None,
        "topics": tell,
    }


COMPARISONS: Final = {
    ">": "GreaterThanThreshold",
    ">=": "GreaterThanOrEqualToThreshold",
    "<": "LessThanThreshold",
    "<=": "LessThanOrEqualToThreshold",
}


def _failures(plan: Plan, own: Watch) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rule that catches the failures of each job."""
    for component in own.components:
        if component.failures:
            (rule,) = component.tokens["rule"]
            assert isinstance(rule, str)
            said = {
                "description": f"A job of {component.label} failed",
                "pattern": json.dumps(component.failures, sort_keys=True),
            }
            yield rule, said | {"topics": list(listeners(plan))}


def _detectors(own: Watch) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a detector of unusual lines for the logs of each workload."""
    for component in own.components:
        for name in component.tokens.get("detector", ()):
            assert isinstance(name, str)
            yield name, {"log_group_arn": Output(component.module, "log_group_arn")}
