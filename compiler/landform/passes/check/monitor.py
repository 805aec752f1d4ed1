"""Rules about who hears of what."""

from collections.abc import Iterator, Mapping
from typing import Final

from landform.catalog.limits import (
    ALARM_COMPOSITES,
    ALARMS_IN_A_WIDGET,
    COMPOSITE_ALARMS,
    COMPOSITE_RULE,
    DASHBOARD_LINES,
    DASHBOARD_WIDGETS,
)
from landform.diagnostics import Diagnostic, dotted, error, warning
from landform.plan import Plan

COST_ROW: Final = 2
ROW_OF_ALL: Final = 4
"""Widgets of the row of money, and of a component on the dashboard of all regions at most."""


def somebody_is_told(plan: Plan) -> Iterator[Diagnostic]:
    """An alarm that nobody hears is found out of afterwards, on the dashboard."""
    own = plan.system.monitor
    if own and not own.notify and any(watch.alarms for watch in plan.watches):
        fact = "nobody is told when an alarm rings: it is seen on the dashboard alone."
        yield warning("LF0663", ("monitor",), fact, "Add `notify: {oncall: [oncall@example.com]}`.")


def listeners_are_used(plan: Plan) -> Iterator[Diagnostic]:
    """Who is named and hears of nothing was meant to hear of something."""
    own = plan.system.monitor
    if not own or not own.tell or not set(own.tell) <= own.notify.keys():
        return
    told = {name for watch in plan.watches for alarm in watch.alarms for name in alarm.tell} | set(own.tell)
    told |= {name for watch in plan.drift for name in watch.tell}
    for name in own.notify:
        if name not in told:
            fact = f"no alarm tells '{name}'."
            remedy = "Add it to `tell`, here or in an alarm, or leave it out."
            yield warning("LF0209", ("monitor", "notify", name), fact, remedy)


def dashboards_fit(plan: Plan) -> Iterator[Diagnostic]:
    """CloudWatch refuses a dashboard with more widgets or lines than it shows, after everything else stands."""
    own = plan.system.monitor
    if own is None or own.dashboard == "none":
        return
    labels = {component.label for watch in plan.watches for component in watch.components}
    if len(plan.watches) > 1 and (widgets := COST_ROW + ROW_OF_ALL * len(labels)) > DASHBOARD_WIDGETS:
        fact = f"the dashboard of all regions would have up to {widgets} widgets;"
        remedy = "Write `dashboard: none`, or make two systems of it."
        yield error("LF0606", ("monitor",), f"{fact} CloudWatch takes {DASHBOARD_WIDGETS}.", remedy)
    for watch in plan.watches:
        metrics = [list(component.metrics.values()) for component in watch.components]
        widgets = COST_ROW + sum(1 + len({metric.group for metric in some}) for some in metrics if some)
        widgets += -(-len(watch.alarms) // ALARMS_IN_A_WIDGET)
        lines = sum(len(metric.series) for some in metrics for metric in some)
        if widgets > DASHBOARD_WIDGETS or lines > DASHBOARD_LINES:
            fact = f"the dashboard of {watch.region} would have {widgets} widgets and {lines} metrics;"
            most = f"CloudWatch takes {DASHBOARD_WIDGETS} and {DASHBOARD_LINES}."
            yield error("LF0606", ("monitor",), f"{fact} {most}", "Write `dashboard: none`, or make two systems of it.")


def detectors_are_the_account_s(plan: Plan) -> Iterator[Diagnostic]:
    """Of each detector an account has one in a region: where it exists already, the apply fails."""
    audit = plan.system.audit
    if audit and isinstance(audit.detect, tuple) and audit.detect:
        named = ", ".join(dict.fromkeys(audit.detect))
        fact = f"an account has one each of {named} in a region, and this system would have it."
        remedy = "Where the account has them already, write `detect: existing`: what they find is told all the same."
        yield warning("LF0665", ("audit", "detect"), fact, remedy)


def findings_are_told(plan: Plan) -> Iterator[Diagnostic]:
    """What a detector finds is of use to those who hear of it."""
    audit, own = plan.system.audit, plan.system.monitor
    if audit and audit.detect and not (own and own.notify):
        fact = "nobody is told what the detectors find."
        remedy = "Add `monitor: {notify: {security: [security@example.com]}}`."
        yield warning("LF0663", ("audit", "detect"), fact, remedy)


def composites_fit(plan: Plan) -> Iterator[Diagnostic]:
    """CloudWatch refuses a composite alarm over too many others, after all of these stand."""
    if plan.system.monitor is None:
        return
    # What tells of what is part of the output; `check` asks for it where something is watched.
    from landform.lower.composite import speaking

    for watch in plan.watches:
        naming: dict[str, int] = {}
        for each in speaking(plan, watch).together.values():
            for name in each.alarms:
                naming[name] = naming.get(name, 0) + 1
            if len(each.alarms) > COMPOSITE_ALARMS or len(each.rule) > COMPOSITE_RULE:
                entry = dotted(each.path)
                fact = f"what {entry} and all that it depends on are watched for in {watch.region} makes one alarm over"
                has = f"{len(each.alarms)} others, in {len(each.rule)} characters;"
                most = f"CloudWatch takes {COMPOSITE_ALARMS}, in {COMPOSITE_RULE}."
                remedy = "Split it, or take alarms away that nobody needs: `when: throttles never`."
                yield error("LF0606", each.path, f"{fact} {has} {most}", remedy)
        yield from _named_too_often(watch.region, naming)


def _named_too_often(region: str, naming: Mapping[str, int]) -> Iterator[Diagnostic]:
    for name, times in naming.items():
        if times > ALARM_COMPOSITES:
            fact = f"{times} of what is watched in {region} depend on what the alarm {name} is of;"
            remedy = "Make two systems of it, or write `defaults: none`."
            most = f"CloudWatch lets {ALARM_COMPOSITES} composite alarms name one."
            yield error("LF0606", ("monitor",), f"{fact} {most}", remedy)


RULES = (
    somebody_is_told,
    listeners_are_used,
    dashboards_fit,
    composites_fit,
    detectors_are_the_account_s,
    findings_are_told,
)
