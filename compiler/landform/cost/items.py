"""What each kind of thing in a plan costs, by its class; what no function here knows is unpriced by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from landform.catalog.beanstalk import ROOT_GIB
from landform.catalog.endpoints import GATEWAYS
from landform.cost.bill import Item, Nodes, by_use, charged, disks, instances
from landform.cost.model import Unpriced
from landform.disks import root_of
from landform.file_systems import Efs, Lustre
from landform.plan import (
    Api,
    Batch,
    Beanstalk,
    Bucket,
    Domain,
    Endpoint,
    Function,
    Host,
    Job,
    Plan,
    Queue,
    Secret,
    ServedModel,
    Service,
    Store,
    Stream,
    StudioUser,
    Table,
    Workload,
)
from landform.spec.compute import Capacity, Machine, OwnImage
from landform.spec.data.stream import Shards
from landform.spec.data.table import Provisioned
from landform.spec.drift import WatchHost
from landform.spec.serve import HostService, LambdaService
from landform.spec.units import Disk

LOGS: Final = "logs, metrics and traffic"


def workload(plan: Plan, own: Workload) -> Iterator[Item]:
    """Yield what something that runs costs."""
    known = next((cost for kind, cost in WORKLOADS.items() if isinstance(own, kind)), None)
    if known is None:
        yield Unpriced(f"{own.label} on {own.platform}", own.region, "price")
        return
    yield from known(plan, own)


def store(own: Store) -> Iterator[Item]:
    """Yield what something that keeps data costs; what exists already is not this system's to pay."""
    known = next((cost for kind, cost in STORES.items() if isinstance(own, kind)), None)
    if own.existing:
        return
    if known is None:
        yield Unpriced(f"data.{own.entry}", own.region, "price")
        return
    yield from known(own)


def network(plan: Plan, region: str) -> Iterator[Item]:
    """Yield what the network of a region costs before anything passes through it."""
    own = plan.networks[region]
    if own.existing:
        return
    services = [service for at, service in plan.endpoint_statements if at == region and service not in GATEWAYS]
    yield from charged("nat-gateway", region, gateways(plan, region))
    yield from charged("public-address", region, gateways(plan, region))
    yield from charged("interface-endpoint", region, len(services) * len(own.zones))
    yield by_use("flow logs and traffic", region)


def gateways(plan: Plan, region: str) -> int:
    """Return how many NAT gateways the network of a region has, each with an address."""
    zones = len(plan.networks[region].zones)
    return {"nat-per-zone": zones, "nat-single": 1, "none": 0}[plan.system.network.egress]


def domain(own: Domain) -> Iterator[Item]:
    """Yield what the people of a domain cost: nothing of SageMaker's has a recorded price."""
    people = len(own.users)
    yield Unpriced(f"0 to {people} x {own.spec.instance} while an app runs", own.region, "price")
    yield Unpriced(f"{people} x {own.spec.disk} GiB of disks of spaces", own.region, "price")
    if own.spec.canvas:
        yield Unpriced("sessions of Canvas by the hour, and what it trains", own.region, "price")
        yield by_use("storage and requests of the bucket of Canvas", own.region)
    yield by_use("logs, traffic and the file system of the domain", own.region)


# Workloads


def _host(plan: Plan, own: Host) -> Iterator[Item]:
    nodes = nodes_of(own.spec)
    if nodes is None:
        yield Unpriced(f"{own.label} on {own.platform}", own.region, "price")
        return
    yield from instances(plan.catalog, own.types, own.region, nodes)
    yield from _volumes(own, nodes)
    if isinstance(own.spec, HostService):
        yield from charged("load-balancer", own.region, 1)
        yield by_use("what passes through the load balancer", own.region)
        if own.spec.public:
            yield Unpriced("firewall of the load balancer", own.region, "price")
    yield by_use(LOGS, own.region)


def _batch(plan: Plan, own: Batch) -> Iterator[Item]:
    nodes = batch_nodes(own)
    yield from instances(plan.catalog, own.types, own.region, nodes)
    yield from _volumes(own, nodes)
    yield by_use(LOGS, own.region)


def _volumes(own: Host | Batch, nodes: Nodes) -> Iterator[Item]:
    disk = own.spec.disk
    ends = (nodes.low, nodes.high)
    if disk.root is None and isinstance(own.spec.image, OwnImage):
        yield Unpriced(f"root disk as large as {own.spec.image.id}", own.region, "price")
    else:
        yield from disks(root_of(own), own.region, ends)
    if disk.data:
        yield from disks(disk.data, own.region, ends)


def batch_nodes(own: Batch) -> Nodes:
    """Return how many nodes a training on Batch has: none while nothing runs, unless its pool keeps some."""
    spec = own.spec
    low, high = (spec.pool.low, spec.most_nodes) if spec.pool else (0, spec.nodes)
    return Nodes(low, high, spot=spec.capacity.spot > 0)


def nodes_of(spec: Any) -> Nodes | None:
    """Return how many nodes a host's spec asks for; None of a form that is not known here."""
    if isinstance(spec, WatchHost):
        return Nodes(1, 1, spot=False)
    if isinstance(spec, Machine):
        return Nodes(1, 1, spot=spec.purchase == "spot")
    scale = getattr(spec, "scale", None)
    if scale is not None:
        low, high = scale.min, scale.max if scale.max is not None else scale.min
    elif hasattr(spec, "nodes"):
        pool = spec.pool
        low, high = (pool.low, pool.high or pool.low) if pool else (spec.nodes, spec.nodes)
    else:
        return None
    capacity = getattr(spec, "capacity", Capacity())
    base = min(low, capacity.on_demand_base)
    # The share is of what exceeds the base; of a part of a node, the low end has none.
    firm = base + (low - base) * (100 - capacity.spot) // 100
    return Nodes(low, high, spot=capacity.spot > 0, firm=firm)


def _job(plan: Plan, own: Job) -> Iterator[Item]:
    kind = f"ml.{own.type.name}" if own.type else "machine"
    yield Unpriced(f"{own.spec.nodes} x {kind} while a job runs", own.region, "price")
    yield by_use(LOGS, own.region)


def _served(plan: Plan, own: ServedModel) -> Iterator[Item]:
    low, high = own.spec.scale.min, own.spec.scale.most
    kind = f"ml.{own.type.name}" if own.type else "machine"
    yield Unpriced(f"{low if low == high else f'{low} to {high}'} x {kind}", own.region, "price")
    yield by_use(LOGS + (", and what is captured" if own.spec.capture else ""), own.region)


def _function(plan: Plan, own: Function) -> Iterator[Item]:
    ready = own.spec.scale.min if isinstance(own.spec, LambdaService) else 0
    if ready:
        yield Unpriced(f"{ready} x {own.spec.memory} MiB of provisioned concurrency", own.region, "price")
    behind = isinstance(own.spec, LambdaService) and own.spec.http and own.spec.http.via == "api"
    yield by_use("requests, duration and logs" + (", and requests of the API" if behind else ""), own.region)


def _beanstalk(plan: Plan, own: Beanstalk) -> Iterator[Item]:
    nodes = Nodes(own.spec.scale.min, own.spec.scale.most, spot=False)
    yield from instances(plan.catalog, (own.type,) if own.type else (), own.region, nodes)
    yield from disks(Disk(ROOT_GIB, "gp3"), own.region, (nodes.low, nodes.high))
    yield from charged("load-balancer", own.region, 1)
    if own.spec.public and own.region in plan.networks:
        yield from charged("public-address", own.region, len(plan.networks[own.region].zones))
    if own.spec.public:
        yield Unpriced("firewall of the load balancer", own.region, "price")
    yield by_use("requests of the load balancer, logs and traffic", own.region)


def _user(plan: Plan, own: StudioUser) -> Iterator[Item]:
    """What all users have alike is told for the domain."""
    yield from ()


WORKLOADS: Final[Mapping[type[Workload], Callable[[Plan, Any], Iterator[Item]]]] = {
    Host: _host,
    Batch: _batch,
    Beanstalk: _beanstalk,
    Job: _job,
    Function: _function,
    ServedModel: _served,
    StudioUser: _user,
}


# Stores


def _bucket(own: Bucket) -> Iterator[Item]:
    yield by_use("storage and requests" + (", and copies to other regions" if own.replicas else ""), own.region)


def _queue(own: Queue) -> Iterator[Item]:
    yield by_use("requests", own.region)


def _table(own: Table) -> Iterator[Item]:
    capacity = own.spec.capacity
    if isinstance(capacity, Provisioned):
        indexes = [index.capacity for index in own.spec.indexes.values() if index.capacity]
        for item, verb in (("read-unit", "read"), ("write-unit", "write")):
            between = getattr(capacity, verb)
            fixed = sum(getattr(index, verb).low for index in indexes)
            yield from charged(item, own.region, between.low + fixed, (between.high or between.low) + fixed)
        yield by_use("storage and backups", own.region)
    else:
        yield by_use("requests, storage and backups", own.region)


def _stream(own: Stream) -> Iterator[Item]:
    capacity = own.spec.capacity
    if isinstance(capacity, Shards):
        yield from charged("shard", own.region, capacity.shards)
        yield from charged("shard-consumer", own.region, capacity.shards * len(own.consumers))
    else:
        yield from charged("stream-on-demand", own.region, 1)
    yield by_use("what is written, read and kept longer than a day", own.region)


def _efs(own: Efs) -> Iterator[Item]:
    if own.spec.throughput != "elastic":
        yield Unpriced(f"{own.spec.throughput} MiB/s of provisioned throughput", own.region, "price")
    yield by_use("storage, throughput and backups", own.region)


def _lustre(own: Lustre) -> Iterator[Item]:
    kind = "scratch" if own.spec.speed is None else own.spec.speed
    yield from charged(f"lustre-{kind}-gib", own.region, own.spec.size)


def _nothing(own: Store) -> Iterator[Item]:
    """Secrets exist already; what a service costs stands at the function behind it."""
    yield from ()


STORES: Final[Mapping[type[Store], Callable[[Any], Iterator[Item]]]] = {
    Api: _nothing,
    Bucket: _bucket,
    Efs: _efs,
    Endpoint: _nothing,
    Lustre: _lustre,
    Queue: _queue,
    Secret: _nothing,
    Service: _nothing,
    Stream: _stream,
    Table: _table,
}
