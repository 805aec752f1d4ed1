"""Module call of the budget: a limit of a month, and who is told."""

from landform.plan import Plan
from landform.root import Module
from landform.spec.budget import Budget

TAG = "landform:system"
"""What everything of a system carries, whatever its environment."""


def budget(plan: Plan, own: Budget) -> Module:
    """Return the call that makes the budget of the account, or of what carries the tag of the system."""
    variables = {
        "name": f"{plan.prefix}-monthly",
        "account": plan.system.account,
        "monthly_usd": f"{own.monthly:f}",
        "tag": {"key": TAG, "value": plan.system.system} if own.by_tag else None,
        "notify": sorted(own.notify),
    }
    return Module("budget", "budget", None, variables, ("budget",))
