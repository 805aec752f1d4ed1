"""A system with something to watch, and what is watched of it."""

from __future__ import annotations

from typing import Any

from landform.lower.root import lower
from landform.plan import Plan, Watch
from landform.plan.watch import Alarm
from support.specs import Outcome, module, outcome

NOTIFY = "monitor:\n  notify: {pager: [oncall@example.com], team: [ml@example.com]}\n"
STORES = "data: {clicks: {kind: stream, retain: 48h}, features: {kind: table, key: id}}\n"
REPLICATED = "data: {features: {kind: table, key: id, replicate: true}}\n"
BOX = "machines: {box: {instance: t4g.small, reads: [clicks, features]}}\n"


def watched(sections: str, **more: Any) -> Outcome:
    return outcome(STORES + BOX + NOTIFY + sections, **more)


def one(plan: Plan) -> Watch:
    (watch,) = plan.watches
    return watch


def alarm(plan: Plan, name: str) -> Alarm:
    (found,) = [a for a in one(plan).alarms if a.name == f"demo-dev-{name}"]
    return found


def variables(plan: Plan) -> Any:
    return module(lower(plan), "monitor").variables
