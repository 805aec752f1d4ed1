"""How much of each quota a system asks for: from the plan alone, without AWS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from landform.catalog import InstanceType
from landform.catalog.quotas import ADDRESSES, CONCURRENCY, NETWORKS, UNRESERVED, Quota, machines, vcpus
from landform.cost.bill import Nodes
from landform.cost.items import batch_nodes, gateways, nodes_of
from landform.diagnostics import Path
from landform.plan import Beanstalk, Function, Job, Plan, ServedModel


@dataclass(frozen=True, slots=True)
class Need:
    """So much of a quota in a region: `low` from the first day on, `high` at most; `by` names who asks for it."""

    quota: Quota
    region: str
    low: float
    high: float
    by: tuple[Path, ...]


def needs(plan: Plan) -> tuple[Need, ...]:
    """Return what a system needs of each quota, all that needs it added up."""
    parts: dict[tuple[Quota, str], list[Need]] = defaultdict(list)
    for part in _parts(plan):
        parts[part.quota, part.region].append(part)
    return tuple(_together(each) for _, each in sorted(parts.items(), key=lambda kv: (kv[0][1], kv[0][0].name)))


def _together(parts: list[Need]) -> Need:
    first = parts[0]
    by = tuple(dict.fromkeys(path for part in parts for path in part.by))
    return Need(first.quota, first.region, sum(p.low for p in parts), sum(p.high for p in parts), by)


def _parts(plan: Plan) -> Iterator[Need]:
    for host in plan.hosts:
        nodes = nodes_of(host.spec)
        if nodes:
            yield from _instances(host.types, nodes, host.region, host.path)
    for batch in plan.batches:
        yield from _instances(batch.types, batch_nodes(batch), batch.region, batch.path)
    for site in plan.beanstalks:
        yield from _beanstalk(site)
    for job in plan.jobs:
        yield from _job(job)
    for served in plan.served:
        yield from _served(served)
    yield from _functions(plan.functions)
    for region, network in sorted(plan.networks.items()):
        if network.existing is None:
            yield Need(NETWORKS, region, 1, 1, (("network",),))
            count = gateways(plan, region)
            if count:
                yield Need(ADDRESSES, region, count, count, (("network", "egress"),))


def _instances(types: Iterable[InstanceType], nodes: Nodes, region: str, path: Path) -> Iterator[Need]:
    """Yield the vCPUs of nodes that may be of any of these types, of which each group has a quota of its own.

    The least is that of the smallest type. What spot buys counts there, and on demand only what is bought so for sure.
    """
    groups: dict[Quota, list[int]] = defaultdict(list)
    for kind in types:
        groups[vcpus(kind.name, spot=nodes.spot)].append(kind.vcpus)
    for quota, sizes in groups.items():
        firm = nodes.firm if nodes.spot else 0
        low = (nodes.low - firm) * min(sizes) if len(groups) == 1 else 0
        yield Need(quota, region, low, (nodes.high - firm) * max(sizes), (path,))
    if nodes.spot and nodes.firm:
        sizes = [kind.vcpus for kind in types]
        for quota in {vcpus(kind.name, spot=False) for kind in types}:
            yield Need(quota, region, nodes.firm * min(sizes), nodes.firm * max(sizes), (path,))


def _beanstalk(own: Beanstalk) -> Iterator[Need]:
    if own.type:
        nodes = Nodes(own.spec.scale.min, own.spec.scale.most, spot=False)
        yield from _instances((own.type,), nodes, own.region, own.path)


def _job(own: Job) -> Iterator[Need]:
    """Nothing runs until a job starts; then all its machines are needed at once."""
    if own.type is None:
        return
    spot = own.spec.capacity.spot > 0
    at_once = own.spec.tuning.parallel if own.spec.tuning else 1
    use = "spot training job" if spot else "training job"
    yield Need(machines(f"ml.{own.type.name}", use), own.region, own.spec.nodes, own.spec.nodes * at_once, (own.path,))


def _served(own: ServedModel) -> Iterator[Need]:
    if own.type:
        scale = own.spec.scale
        yield Need(machines(f"ml.{own.type.name}", "endpoint"), own.region, scale.min, scale.most, (own.path,))


def _functions(functions: Iterable[Function]) -> Iterator[Need]:
    """Yield what functions reserve or keep ready; what reserves nothing shares the rest."""
    asked = [own for own in functions if own.reserved]
    for region in sorted({own.region for own in asked}):
        here = [own for own in asked if own.region == region]
        total = sum(own.reserved for own in here) + UNRESERVED
        yield Need(CONCURRENCY, region, total, total, tuple(own.path for own in here))
