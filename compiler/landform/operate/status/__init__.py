"""What stands of a system, and how it is: read from the account, which stays as it is."""

from __future__ import annotations

from typing import Any

from landform.operate.status.model import Standing
from landform.operate.status.stores import store_status
from landform.operate.status.system import alarm_status, cost_status, trail_status
from landform.operate.status.workloads import workload_status
from landform.plan import Plan

__all__ = ["Standing", "status"]


def status(session: Any, plan: Plan) -> tuple[Standing, ...]:
    """Return a line for each entry and region.

    `session` is a boto3 session with read access. Raises what boto3 raises.
    """
    lines = [*(store_status(session, own) for own in plan.stores)]
    lines += [workload_status(session, own) for own in plan.workloads]
    more = (*trail_status(session, plan), *alarm_status(session, plan), *cost_status(session, plan))
    return (*(line for line in lines if line is not None), *more)
