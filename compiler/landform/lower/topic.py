"""Who is told: the topics of a region, which stand in the module that watches it."""

from landform.passes.monitor.alarms import listeners
from landform.passes.resolve.naming import behind_primary
from landform.plan import Plan
from landform.root import Output
from landform.spec.names import address


def topics(plan: Plan, region: str) -> list[Output]:
    """Return the topics of a region of those who hear of what concerns the whole system."""
    if not any(watch.region == region for watch in plan.watches):
        return []
    return [Output(monitor_address(plan, region), "topic_arns", (name,)) for name in listeners(plan)]


def monitor_address(plan: Plan, region: str) -> str:
    """Return the address of the module that watches a region."""
    return address("monitor", *behind_primary(plan.system, region))
