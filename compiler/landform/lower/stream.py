"""Module calls of streams."""

from landform.lower.shared import key_arn
from landform.plan import Plan, Stream
from landform.root import Module
from landform.spec.data.stream import HOUR, Shards


def stream(plan: Plan, own: Stream, alias: str | None) -> Module:
    """Return the call that makes a stream, with the consumers that read at a speed of their own."""
    assert own.key is not None
    capacity = own.spec.capacity
    variables = {
        "name": own.name,
        "key_arn": key_arn(own.key),
        "shards": capacity.shards if isinstance(capacity, Shards) else None,
        "retention_hours": own.spec.retain // HOUR,
        "consumers": list(own.consumers) or None,
        "protect": plan.system.environment == "production",
    }
    return Module(own.address, "stream", alias, variables, own.path)
