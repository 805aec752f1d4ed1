"""How what belongs to the whole system is: the trail, the alarms, the money spent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landform.operate.status.model import Standing, absent
from landform.plan import Plan


def trail_status(session: Any, plan: Plan) -> Iterator[Standing]:
    """Yield whether the trail records."""
    if plan.trail is None:
        return
    region = plan.system.regions.primary
    client = session.client("cloudtrail", region_name=region)
    path = ("audit", "trail")
    try:
        found = client.get_trail_status(Name=plan.trail.name)
    except client.exceptions.TrailNotFoundException:
        yield absent(path, region)
        return
    last = found.get("LatestDeliveryTime")
    detail = f"delivered last {last:%Y-%m-%d %H:%M}" if last else ""
    yield Standing(path, region, "logging" if found["IsLogging"] else "stopped", detail, good=found["IsLogging"])


def alarm_status(session: Any, plan: Plan) -> Iterator[Standing]:
    """Yield, for each region that is watched, which alarms ring at the moment."""
    for region in dict.fromkeys(watch.region for watch in plan.watches):
        pages = (
            session.client("cloudwatch", region_name=region)
            .get_paginator("describe_alarms")
            .paginate(AlarmNamePrefix=f"{plan.prefix}-", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        )
        alarms = [one for page in pages for kind in ("MetricAlarms", "CompositeAlarms") for one in page.get(kind, [])]
        if not alarms:
            yield absent(("monitor",), region)
            continue
        ringing = sorted(one["AlarmName"] for one in alarms if one["StateValue"] == "ALARM")
        more = f": {', '.join(ringing[:3])}{', …' if len(ringing) > 3 else ''}" if ringing else ""
        detail = f"{len(ringing)} of {len(alarms)} alarms{more}"
        yield Standing(("monitor",), region, "ringing" if ringing else "quiet", detail, good=not ringing)


def cost_status(session: Any, plan: Plan) -> Iterator[Standing]:
    """Yield what the budget has counted this month; asking Cost Explorer itself would cost a cent each time."""
    if plan.system.budget is None:
        return
    region = plan.system.regions.primary
    client = session.client("budgets", region_name=region)
    try:
        found = client.describe_budget(AccountId=plan.system.account, BudgetName=f"{plan.prefix}-monthly")["Budget"]
    except client.exceptions.NotFoundException:
        yield absent(("budget",), region)
        return
    limit = float(found["BudgetLimit"]["Amount"])
    spent = float(found.get("CalculatedSpend", {}).get("ActualSpend", {}).get("Amount", 0))
    detail = f"{spent:,.2f} of {limit:,.2f} USD this month"
    yield Standing(("budget",), region, "within" if spent <= limit else "exceeded", detail, good=spent <= limit)
