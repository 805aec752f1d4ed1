"""Zones that are shared: a Lustre file system lives in one, and everything that mounts it stands there."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from landform.catalog import Catalog, InstanceType
from landform.diagnostics import Diagnostic, Related, error, warning
from landform.file_systems import Lustre
from landform.plan import Edge, Host, Job
from landform.spec.compute import Machine

Pinned = Host | Job
"""What may mount Lustre."""


def pinned(
    catalog: Catalog, hosts: Sequence[Host], jobs: Sequence[Job], found: list[Diagnostic]
) -> tuple[tuple[Host, ...], tuple[Job, ...]]:
    """Return hosts and jobs, those that share a Lustre file system in one zone that has types for all of them."""
    chosen = _chosen(catalog, (*hosts, *jobs), found)
    return (
        tuple(own for host in hosts if isinstance(own := chosen[host.address], Host)),
        tuple(own for job in jobs if isinstance(own := chosen[job.address], Job)),
    )


def _chosen(catalog: Catalog, hosts: Sequence[Pinned], found: list[Diagnostic]) -> dict[str, Pinned]:
    chosen = {host.address: host for host in hosts}
    for group in _groups(hosts):
        zones = set.intersection(*(set(host.zones) for host in group))
        if zones:
            zone = min(zones, key=lambda z: (-_offered(catalog, group, z), z))
            found += [
                _narrowed(host, zone) for host in group if not isinstance(host.spec, Machine) and len(host.zones) > 1
            ]
            chosen |= {host.address: _in_zone(catalog, host, zone) for host in group}
        else:
            found.append(_conflict(group))
            chosen |= {host.address: _nowhere(host) for host in group}
    return chosen


def _nowhere(host: Pinned) -> Pinned:
    return replace(host, types=(), zones=()) if isinstance(host, Host) else replace(host, zones=())


def lustre_mounts(host: Pinned) -> list[Edge]:
    """Return the edges of a host or a job to Lustre file systems that it mounts."""
    return [edge for edge in host.edges if edge.verb == "mounts" and isinstance(edge.store, Lustre)]


def _groups(hosts: Sequence[Pinned]) -> Iterator[list[Pinned]]:
    """Yield the hosts that share a file system, or share one with another that does; those without zones left out."""
    waiting: list[Pinned] = [host for host in hosts if host.zones and lustre_mounts(host)]
    while waiting:
        group, stores = [waiting.pop(0)], set[str]()
        for host in group:
            stores |= {edge.store.address for edge in lustre_mounts(host)}
            more = [other for other in waiting if stores & {e.store.address for e in lustre_mounts(other)}]
            group += more
            waiting = [other for other in waiting if other not in more]
        yield group


def _offered(catalog: Catalog, group: Sequence[Pinned], zone: str) -> int:
    return sum(zone in catalog.zones_of(kind.name, host.region) for host in group for kind in _types(host))


def _types(host: Pinned) -> tuple[InstanceType, ...]:
    if isinstance(host, Job):
        return (host.type,) if host.type else ()
    return host.types


def _in_zone(catalog: Catalog, host: Pinned, zone: str) -> Pinned:
    """Narrow a host to a zone; an existing subnet of an unknown zone says nothing of types."""
    if isinstance(host, Job):
        return replace(host, zones=(zone,))
    types = tuple(kind for kind in host.types if zone in catalog.zones_of(kind.name, host.region))
    return replace(host, zones=(zone,), types=types or host.types)


def _narrowed(host: Pinned, zone: str) -> Diagnostic:
    edge = lustre_mounts(host)[0]
    fact = f"data.{edge.store.entry} lives in one zone, {zone}, and {host.label} with it, not in all {len(host.zones)}."
    return warning("LF0640", edge.path, fact, "When that zone is short of capacity, the nodes wait; so it has to be.")


def _conflict(group: Sequence[Pinned]) -> Diagnostic:
    """Name two hosts that no zone holds, or the whole group where only together they are too many."""
    last = group[-1]
    other = next((h for h in group if not set(h.zones) & set(last.zones)), group[0])
    edge = lustre_mounts(last)[0]
    fact = (
        f"{last.label} finds its instance types in {', '.join(last.zones)}, {other.label} in {', '.join(other.zones)}, "
        f"and data.{edge.store.entry} can be mounted in one zone only."
    )
    return error("LF0307", edge.path, fact, "Choose types that one zone offers.", Related("the other", other.path))
