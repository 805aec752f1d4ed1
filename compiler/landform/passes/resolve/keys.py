"""KMS keys: one for each region, each personal store and region, the trail, and each vault of backups."""

from collections.abc import Iterator
from dataclasses import replace

from landform.catalog.beanstalk import logs
from landform.catalog.logs import DELIVERED
from landform.catalog.studio_permissions import LOG_GROUP
from landform.passes.resolve.backup import asked_at, backup_regions
from landform.passes.resolve.naming import AUDIT, BACKUP, SHARED, data_key, known_as, log_group
from landform.passes.resolve.stores import regions_of
from landform.plan import Api, Job, Key, Plan, Workload
from landform.spec.data import Bucket
from landform.spec.serve import BeanstalkService, HostService


def keys(plan: Plan) -> Iterator[Key]:
    """Yield one key for each region, each personal store and region, the trail, and each vault of backups."""
    system, prefix = plan.system, plan.prefix
    for region in system.regions.active:
        text = f"{system.system} {system.environment}: what has no key of its own"
        yield Key(region, SHARED, f"alias/{prefix}/{SHARED}", text, ("regions",), disks=True)
        for name, entry in sorted(system.data.items()):
            existing = isinstance(entry, Bucket) and entry.existing
            if entry.data_class == "pii" and not existing and region in regions_of(system, entry):
                old = known_as(name, entry.was)
                text = f"{system.system} {system.environment}: data {old}"
                yield Key(region, data_key(old), f"alias/{prefix}/data/{old}", text, ("data", name))
    if system.audit and system.audit.trail != "existing":
        text = f"{system.system} {system.environment}: the audit trail"
        yield Key(system.regions.primary, AUDIT, f"alias/{prefix}/{AUDIT}", text, ("audit",))

    for region in backup_regions(system):
        text = f"{system.system} {system.environment}: backups"
        yield Key(region, BACKUP, f"alias/{prefix}/{BACKUP}", text, asked_at(system))


def with_users(plan: Plan) -> tuple[Key, ...]:
    """Name the services that each key serves: log groups, and the trail."""
    system, account = plan.system, plan.system.account
    trail = plan.trail
    return tuple(
        replace(
            key,
            log_groups=tuple(f"arn:aws:logs:{key.region}:{account}:log-group:{g}" for g in _log_groups(plan, key)),
            trails=(trail.arn(system.regions.primary, account),) if trail and key.logical == AUDIT else (),
        )
        for key in plan.keys
    )


def _log_groups(plan: Plan, key: Key) -> Iterator[str]:
    """Yield the log groups that lie under a key: the system's own, and those that AWS wants to be called its way."""
    if key.logical == AUDIT or (key.logical == SHARED and _logs(plan, key.region)):
        yield log_group(plan, "*")
    if key.logical == SHARED:
        if plan.studio and plan.studio.region == key.region and plan.studio.spec.logs == "own":
            yield LOG_GROUP
        yield from (own.log_group for own in plan.served if own.region == key.region)
        yield from (f"{logs(own.physical)}*" for own in plan.beanstalks if own.region == key.region)
        if any(_guarded(own) for own in (*plan.hosts, *plan.beanstalks) if own.region == key.region):
            yield f"aws-waf-logs-{plan.prefix}-*"
        loops = key.region == plan.system.regions.primary and any(own.then for own in plan.system.drift.values())
        if loops or any(isinstance(service, Api) and service.region == key.region for service in plan.services):
            yield f"{DELIVERED}{log_group(plan, '*')}"


def _logs(plan: Plan, region: str) -> bool:
    """Tell whether something writes logs in a region: its network, or a workload other than a job of SageMaker."""
    own_network = region not in plan.system.network.existing
    return any(own_network or not isinstance(own, Job) for own in plan.workloads if own.region == region)


def _guarded(own: Workload) -> bool:
    """Tell whether a firewall stands before a service: where the world may come."""
    spec = getattr(own, "spec", None)
    return isinstance(spec, HostService | BeanstalkService) and spec.public
