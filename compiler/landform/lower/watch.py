"""Module call of what watches for drift: a machine in a group of one, its disk, its queue and its bus."""

from collections.abc import Mapping
from typing import Any

from landform.lower.host import common, needed_at_boot
from landform.lower.place import subnets
from landform.lower.topic import monitor_address
from landform.plan import DriftWatch, Plan
from landform.root import Module, Output
from landform.spec.names import address


def watch(plan: Plan, own: DriftWatch, tags: Mapping[str, str]) -> Module:
    """Return the call that makes a machine in a group of one, its disk, its queue and its bus."""
    variables = common(plan, own, tags)
    for name in ("ingress", "file_systems", "services", "apis"):
        variables.pop(name, None)
    zone = own.zones[0]
    variables |= {
        # A disk takes no zone by its id.
        "zone": Output(address("network", own.region), "zone_names", (zone,)),
        "subnet_id": subnets(plan, own.region, own.zones)[zone],
        "instance_type": own.types[0].name,
        "after": needed_at_boot(plan, own),
        "captured": {"bucket_arn": own.captured.arn, "prefix": own.captured_under},
        "labels": {"bucket_arn": own.labels.bucket.arn, "prefix": own.labels.prefix} if own.labels else None,
        "queue": {"name": own.queue, "dead_letters": own.dead_letters},
        "bus": {
            "name": own.bus,
            "listeners": {n: Output(monitor_address(plan, own.region), "topic_arns", (n,)) for n in own.tell} or None,
        },
    }
    return Module(own.address, "watch", None, variables, own.path)


def notifications(plan: Plan, bucket: str) -> dict[str, dict[str, Any]]:
    """Return the queues that a bucket, known by its name, tells of what is captured."""
    return {
        own.address: {"queue_arn": Output(own.address, "queue_arn"), "prefix": own.captured_under}
        for own in plan.drift
        if own.captured.name == bucket
    }
