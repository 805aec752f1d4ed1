"""Module calls of stores: the data of the system, archives of code, access logs."""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from landform.catalog.logs import LOG_DAYS
from landform.file_systems import Efs, Lustre
from landform.lower.archive import Archive
from landform.lower.file_system import efs, lustre
from landform.lower.function import notifications
from landform.lower.shared import key_arn
from landform.lower.stream import stream
from landform.lower.table import table
from landform.lower.watch import notifications as queues
from landform.plan import Bucket, Plan, Queue, Store, Stream, Table, Workload
from landform.root import Location, Module, Output
from landform.spec.names import address
from landform.spec.serve import HostService


def store(plan: Plan, own: Store, alias: str | None) -> Module:
    """Return the call that makes an entry of `data`, or its replica in another region."""
    return MODULES[type(own)](plan, own, alias)


def _bucket(plan: Plan, own: Bucket, alias: str | None) -> Module:
    assert own.key is not None
    logs = {"bucket": Output(address("logs", own.region), "name"), "prefix": f"{own.entry}/"} if own.personal else None
    variables = _common(plan, own) | {
        "key_arn": key_arn(own.key),
        "versioned": own.versioned,
        "retention_days": own.retention_days,
        "access_logs": logs,
        "replication": _replication(plan, own),
        "notifications": notifications(plan, own) or None,
        "queues": queues(plan, own.name) or None,
    }
    return Module(own.address, "bucket", alias, variables, own.path)


def _queue(plan: Plan, own: Queue, alias: str | None) -> Module:
    assert own.key is not None
    variables = {
        "name": own.name,
        "account": plan.system.account,
        "region": own.region,
        "key_arn": key_arn(own.key),
        "retention_seconds": own.spec.retain,
        "visibility_seconds": own.spec.timeout,
        "dead_letters": {"name": own.dead_letters, "attempts": own.spec.attempts},
    }
    return Module(own.address, "queue", alias, variables, own.path)


def log_bucket(plan: Plan, own: Bucket, alias: str | None) -> Module:
    """Return the call that makes the bucket for the access logs of a region."""
    logged = [b.arn for b in plan.buckets if b.personal and b.region == own.region]
    if plan.trail and own.region == plan.system.regions.primary:
        logged.append(f"arn:aws:s3:::{plan.trail.bucket}")
    behind = (*plan.beanstalks, *(host for host in plan.hosts if isinstance(host.spec, HostService)))
    balanced = [each for each in behind if each.region == own.region]
    variables = _common(plan, own) | {
        "retention_days": LOG_DAYS,
        "log_sources": sorted(logged) or None,
        "balancer_logs": sorted(balancer_logs(each) for each in balanced) or None,
    }
    return Module(own.address, "bucket", alias, variables, own.path)


def records(plan: Plan, own: Bucket) -> Module:
    """Return the call that makes the bucket for what AWS Config records."""
    audit = plan.system.audit
    assert audit is not None
    variables = _common(plan, own) | {"retention_days": audit.retain, "receives_config": True}
    return Module(own.address, "bucket", None, variables, own.path)


def balancer_logs(own: Workload) -> str:
    """Return where the balancer of a service leaves its access logs."""
    return f"{own.section}/{own.known_as}"


def artifacts(plan: Plan, own: Bucket, alias: str | None, archives: Iterable[Archive]) -> Module:
    """Return the call that makes the bucket of code archives, and puts them there."""
    assert own.key is not None
    objects = {a.key: {"source": Location(a.file), "hash": sha256(a.content).hexdigest()} for a in archives}
    # What lies there is in the project as well: nothing is lost with the bucket.
    variables = _common(plan, own) | {
        "key_arn": key_arn(own.key),
        "objects": objects,
        "protect": False,
        "queues": queues(plan, own.name) or None,
    }
    return Module(own.address, "bucket", alias, variables, own.path)


def _common(plan: Plan, own: Bucket) -> dict[str, Any]:
    protect = plan.system.environment == "production"
    return {"name": own.name, "account": plan.system.account, "region": own.region, "protect": protect}


def _replication(plan: Plan, own: Bucket) -> dict[str, Any] | None:
    if not own.replicas:
        return None
    replicas = {b.region: b for b in plan.buckets if b.entry == own.entry}
    destinations = {
        region: {"bucket_arn": Output(replicas[region].address, "arn"), "key_arn": _key(replicas[region])}
        for region in own.replicas
    }
    return {"role_name": own.replication_role, "destinations": destinations}


def _key(own: Bucket) -> Output:
    assert own.key is not None
    return key_arn(own.key)


MODULES: Final[Mapping[type[Store], Callable[..., Module]]] = {
    Bucket: _bucket,
    Efs: efs,
    Lustre: lustre,
    Queue: _queue,
    Stream: stream,
    Table: table,
}
"""Kind of store → what calls its module."""
