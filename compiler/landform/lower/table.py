"""Module calls of tables: the table, and its replica in each other region."""

from typing import Any

from landform.lower.shared import key_arn
from landform.plan import Plan, Table
from landform.root import Module, Output
from landform.spec.data.table import Index, Provisioned


def table(plan: Plan, own: Table, alias: str | None) -> Module:
    """Return the call that makes a table, or a replica of it."""
    assert own.key is not None
    common = {"key_arn": key_arn(own.key), "protect": plan.system.environment == "production"}
    if own.original:
        variables = common | {"table_arn": Output(own.original, "arn")}
        return Module(own.address, "table_replica", alias, variables, own.path)
    spec = own.spec
    variables = common | {
        "name": own.name,
        "attributes": spec.attributes,
        "key": spec.key.name,
        "sort": spec.sort.name if spec.sort else None,
        "indexes": {name: _index(index) for name, index in spec.indexes.items()} or None,
        "capacity": _capacity(spec.capacity) if isinstance(spec.capacity, Provisioned) else None,
        "ttl": spec.ttl,
        # DynamoDB feeds replicas from the stream, and Lambda the functions that a change triggers.
        "stream": True if own.replicas or _triggers(plan, own) else None,
    }
    return Module(own.address, "table", alias, variables, own.path)


def _triggers(plan: Plan, own: Table) -> bool:
    return any(function.leads("trigger") is own for function in plan.functions)


def _index(index: Index) -> dict[str, Any]:
    some = isinstance(index.project, tuple)
    return {
        "key": index.key.name,
        "sort": index.sort.name if index.sort else None,
        "project": "some" if some else index.project,
        "attributes": sorted(index.project) if some else None,
        "capacity": {"read": index.capacity.read.low, "write": index.capacity.write.low} if index.capacity else None,
    }


def _capacity(capacity: Provisioned) -> dict[str, Any]:
    units = {"read": capacity.read, "write": capacity.write}
    bounds = {name: {"min": between.low, "max": between.high} for name, between in units.items()}
    return {**bounds, "target_percent": capacity.target}
