"""File systems: the calls that make them, and what a host that mounts one is given."""

from collections.abc import Iterator
from typing import Any

from landform.emit.user_data import Mount
from landform.file_systems import Efs, FileSystem, Lustre, Mounting, linked_buckets, mounting
from landform.lower import shared
from landform.lower.place import subnets, vpc
from landform.lower.shared import key_arn, statements
from landform.plan import Batch, Bucket, Edge, Host, Job, Plan, Statement, StudioUser
from landform.root import Module, Output


def efs(plan: Plan, own: Efs, alias: str | None) -> Module:
    """Return the call that makes an EFS file system, with a mount target in every zone where anybody mounts it."""
    assert own.key is not None
    spec, consumers = own.spec, _consumers(plan, own)
    variables = {
        "name": own.name,
        "key_arn": key_arn(own.key),
        "network": _network(plan, own) if consumers else None,
        "consumers": consumers,
        "without_identity": _without_identity(plan, own),
        "throughput_mibps": None if spec.throughput == "elastic" else spec.throughput,
        "cold_after_days": spec.cold,
        # What AWS Backup keeps of the original is enough, and once is enough.
        "backup": spec.backup and not own.copy and not (plan.backup and own.path in plan.backup.paths),
        "copy": own.copy or None,
        "replication": _replication(plan, own),
        "protect": plan.system.environment == "production",
    }
    return Module(own.address, "efs", alias, variables, own.path)


def _replication(plan: Plan, own: Efs) -> dict[str, Any] | None:
    """Return where a file system is copied to: EFS knows one place."""
    copies = (s for s in plan.stores if isinstance(s, Efs) and s.entry == own.entry and s.region in own.replicas)
    copy = next(copies, None)
    return {"file_system_id": Output(copy.address, "id"), "region": copy.region} if copy else None


def lustre(plan: Plan, own: Lustre, alias: str | None) -> Module:
    """Return the call that makes a Lustre file system, in the zone in which everything that mounts it stands."""
    assert own.key is not None
    zone = mounting(plan, own)[0].zones[:1]
    variables = {
        "name": own.name,
        "key_arn": key_arn(own.key),
        "vpc_id": vpc(plan, own.region),
        "subnet_id": subnets(plan, own.region, zone)[zone[0]],
        "size_gib": own.spec.size,
        "throughput_per_tib": own.spec.speed,
        "repositories": {bucket.entry: _link(own, bucket) for bucket in linked_buckets(plan, own)},
        "protect": plan.system.environment == "production",
    }
    return Module(own.address, "lustre", alias, variables, own.path)


def _link(own: Lustre, bucket: Bucket) -> dict[str, Any]:
    name = bucket.name if bucket.existing else Output(bucket.address, "name")
    return {"bucket": name, "loads": bucket.entry in own.spec.loads, "exports": bucket.entry in own.spec.exports}


def mounted(host: Mounting) -> Iterator[tuple[str, FileSystem, Edge]]:
    """Yield where a host mounts what, the upper of two paths first. What is no file system is refused elsewhere."""
    edges = [(str(edge.path[-1]), edge.store, edge) for edge in host.edges if edge.verb == "mounts"]
    for path, store, edge in sorted(edges, key=lambda found: found[0]):
        if isinstance(store, FileSystem):
            yield path, store, edge


def file_systems(plan: Plan, host: Mounting) -> dict[str, dict[str, Any]]:
    """Return what the module of a host is told of the file systems that it mounts."""
    own = plan.statements[host.address]
    return {
        store.entry: {
            "security_group_id": Output(store.address, "security_group_id"),
            "ports": [{"from": first, "to": last} for first, last in store.ports],
            "calls_back": store.calls_back,
            "statements": [_with_ids(s, store, edge) for s in own if store.arn in s.resources],
        }
        for _, store, edge in mounted(host)
    }


def literal_statements(plan: Plan, host: Mounting) -> tuple[Statement, ...]:
    """Return what a host may do with all that is known by name before it stands."""
    return shared.literal_statements(plan, host, *(store.arn for _, store, _ in mounted(host)))


def mounts(host: Host) -> tuple[Mount, ...]:
    """Return the mounts of a host as its user data is told of them."""
    written = {edge.store.entry for edge in host.edges if edge.verb == "writes"}
    return tuple(Mount(store.kind, path, _name(store), store.entry in written) for path, store, _ in mounted(host))


def volumes(own: Batch) -> dict[str, dict[str, Any]]:
    """Return what the containers of a training on Batch mount: by the entry of `data`."""
    written = {edge.store.entry for edge in own.edges if edge.verb == "writes"}
    return {
        store.entry: {
            "file_system_id": Output(store.address, "id"),
            "access_point_id": Output(store.address, "access_points", (edge.prefix or "", "id")),
            "path": path,
            "write": store.entry in written,
        }
        for path, store, edge in mounted(own)
    }


def mount_channels(own: Job) -> dict[str, dict[str, Any]]:
    """Return what a job of SageMaker mounts: by the entry of `data`, of which it makes a channel."""
    written = {edge.store.entry for edge in own.edges if edge.verb == "writes"}
    return {
        store.entry: {
            "file_system_id": Output(store.address, "id"),
            "directory": Output(store.address, "directory"),
            "write": store.entry in written,
        }
        for _, store, _ in mounted(own)
    }


def told_at_boot(host: Host) -> dict[str, Output]:
    """Return what a host learns when it starts, because nobody knows it before: shell variable → output."""
    return {
        f"{_name(store)}_{what}": output
        for _, store, edge in mounted(host)
        for what, output in _told(store, edge).items()
    }


def _told(store: FileSystem, edge: Edge) -> dict[str, Output]:
    if isinstance(store, Lustre):
        return {"SOURCE": Output(store.address, "source")}
    return {
        "ID": Output(store.address, "id"),
        "ACCESS_POINT": Output(store.address, "access_points", (edge.prefix or "", "id")),
    }


def _name(store: FileSystem) -> str:
    return f"LANDFORM_{store.address.upper()}"


def _with_ids(statement: Statement, store: FileSystem, edge: Edge) -> dict[str, Any]:
    """Put outputs in the place of what goes by an address."""
    assert isinstance(store, Efs)
    assert edge.prefix is not None
    ids = {
        store.arn: Output(store.address, "arn"),
        store.access_point(edge.prefix): Output(store.address, "access_points", (edge.prefix, "arn")),
    }
    (written,) = statements((statement,))
    conditions = {
        operator: {key: [ids.get(value, value) for value in values] for key, values in keys.items()}
        for operator, keys in statement.conditions.items()
    }
    return {**written, "resources": [ids[arn] for arn in statement.resources], "conditions": conditions}


def _without_identity(plan: Plan, own: FileSystem) -> dict[str, bool] | None:
    """Return whether those write who mount without saying who they are; None where nobody does."""
    verbs = {e.verb for u in plan.workloads if isinstance(u, StudioUser) for e in u.edges if e.store is own}
    return {"write": "writes" in verbs} if "mounts" in verbs else None


def _consumers(plan: Plan, own: FileSystem) -> list[str]:
    known = [each for each in plan.workloads if not isinstance(each, StudioUser)]
    edges = [edge for each in known for edge in each.edges if edge.verb == "mounts" and edge.store is own]
    return sorted({edge.prefix or "" for edge in edges})


def _network(plan: Plan, own: FileSystem) -> dict[str, Any]:
    network = plan.networks[own.region]
    theirs = network.existing.private if network.existing else None
    zones = tuple(theirs) if theirs is not None else tuple(zone.id for zone in network.zones)
    return {"vpc_id": vpc(plan, own.region), "subnets": subnets(plan, own.region, zones)}
