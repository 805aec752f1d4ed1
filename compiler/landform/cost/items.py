"""What each kind of thing in a plan costs, by its class; what no function here knows is unpriced by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from landform.catalog.beanstalk import ROOT_GIB
from landform.catalog.endpoints import GATEWAYS
from landform.cost import watching
from landform.cost.bill import Item, Nodes, by_use, charged, counted, disks, instances, managed
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
from landform.spec.compute import Capacity, Machine, OwnImage, Training
from landform.spec.data.stream import Shards
from landform.spec.data.table import Provisioned
from landform.spec.drift import WatchHost
from landform.spec.serve import HostService, LambdaService
from landform.spec.units import Disk

LOGS: Final = "logs, metrics of its own and traffic"
JOB_LOGS: Final = "logs, disks while it runs, and traffic"
ENDPOINT_LOGS: Final = "logs and traffic"

MIB_OF_GIB: Final = 1024

FIREWALL_RULES: Final = 4
"""Groups of AWS's own rules in a firewall, as the modules have them; each is charged as a rule."""


def workload(plan: Plan, own: Workload) -> Iterator[Item]:
    """Yield what something that runs costs."""
    known = next((cost for kind, cost in WORKLOADS.items() if isinstance(own, kind)), None)
    if known is None:
        yield Unpriced(f"{own.label} on {own.platform}", own.region, "price")
        return
    yield from known(plan, own)


def store(plan: Plan, own: Store) -> Iterator[Item]:
    """Yield what something that keeps data costs; what exists already is not this system's to pay."""
    known = next((cost for kind, cost in STORES.items() if isinstance(own, kind)), None)
    if own.existing:
        return
    if known is None:
        yield Unpriced(f"data.{own.entry}", own.region, "price")
        return
    yield from known(plan, own)


def network(plan: Plan, region: str) -> Iterator[Item]:
    """Yield what the network of a region costs before anything passes through it."""
    own = plan.networks[region]
    if own.existing:
        return
    services = [service for at, service in plan.endpoint_statements if at == region and service not in GATEWAYS]
    yield from charged(plan.catalog, "nat-gateway", region, gateways(plan, region))
    yield from charged(plan.catalog, "public-address", region, gateways(plan, region))
    yield from charged(plan.catalog, "interface-endpoint", region, len(services) * len(own.zones))
    yield by_use("flow logs and traffic", region)


def gateways(plan: Plan, region: str) -> int:
    """Return how many NAT gateways the network of a region has, each with an address."""
    zones = len(plan.networks[region].zones)
    return {"nat-per-zone": zones, "nat-single": 1, "none": 0}[plan.system.network.egress]


def domain(plan: Plan, own: Domain) -> Iterator[Item]:
    """Yield what the people of a domain cost: their apps while they run, their disks always."""
    people = len(own.users)
    yield from managed(plan.catalog, own.users[0].type, own.region, (0, people), " while an app runs")
    yield from charged(plan.catalog, "studio-gib", own.region, people * own.spec.disk)
    if own.spec.canvas:
        yield from charged(plan.catalog, "canvas-session", own.region, 0, people)
        yield by_use("what Canvas trains and predicts, and storage and requests of its bucket", own.region)
    yield by_use("logs, traffic and the file system of the domain", own.region)


# Workloads


def _host(plan: Plan, own: Host) -> Iterator[Item]:
    nodes = nodes_of(own.spec)
    if nodes is None:
        yield Unpriced(f"{own.label} on {own.platform}", own.region, "price")
        return
    yield from instances(plan.catalog, own.types, own.region, nodes)
    yield from _volumes(plan, own, nodes)
    yield from watching.node(plan.catalog, own.region, (nodes.low, nodes.high))
    yield from watching.scaling(plan.catalog, own.region, _followed(own))
    if isinstance(own.spec, HostService):
        yield from charged(plan.catalog, "load-balancer", own.region, 1)
        yield by_use("what passes through the load balancer", own.region)
        if own.spec.public:
            yield from _front(plan, own.region)
        if own.spec.public and own.spec.domain and own.spec.regions == "all" and len(plan.system.regions.active) > 1:
            yield from charged(plan.catalog, "health-check", own.region, 1)
            yield from charged(plan.catalog, "health-check-feature", own.region, 1)
    yield by_use(LOGS, own.region)


def _followed(own: Host) -> int:
    """Return how many metrics the alarms look at by which a group of hosts scales."""
    spec = own.spec
    if isinstance(spec, HostService):
        return watching.TRACKED if spec.scale.followed else 0
    if isinstance(spec, Training):
        return watching.GROUP_ALARMS * (bool(own.jobs and spec.pool) + bool(spec.capacity.fallback))
    return 0


def _front(plan: Plan, region: str) -> Iterator[Item]:
    """Yield what stands before a service that the world reaches: the addresses of its balancer, and a firewall."""
    if region in plan.networks:
        yield from charged(plan.catalog, "public-address", region, len(plan.networks[region].zones))
    yield from charged(plan.catalog, "firewall", region, 1)
    yield from charged(plan.catalog, "firewall-rule", region, FIREWALL_RULES)


def _batch(plan: Plan, own: Batch) -> Iterator[Item]:
    nodes = batch_nodes(own)
    yield from instances(plan.catalog, own.types, own.region, nodes)
    yield from _volumes(plan, own, nodes)
    yield from watching.node(plan.catalog, own.region, (nodes.low, nodes.high))
    yield by_use(LOGS, own.region)


def _volumes(plan: Plan, own: Host | Batch, nodes: Nodes) -> Iterator[Item]:
    disk = own.spec.disk
    ends = (nodes.low, nodes.high)
    if disk.root is None and isinstance(own.spec.image, OwnImage):
        yield Unpriced(f"root disk as large as {own.spec.image.id}", own.region, "price")
    else:
        yield from disks(plan.catalog, root_of(own), own.region, ends)
    if disk.data:
        yield from disks(plan.catalog, disk.data, own.region, ends)


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
    at_once = own.spec.tuning.parallel if own.spec.tuning else 1
    yield from managed(plan.catalog, own.type, own.region, (0, own.spec.nodes * at_once), " while a job runs")
    yield by_use(JOB_LOGS, own.region)


def _served(plan: Plan, own: ServedModel) -> Iterator[Item]:
    low, high = own.spec.scale.min, own.spec.scale.most
    yield from managed(plan.catalog, own.type, own.region, (low, high))
    # The spec does not say how large they are, and no table of AWS's does for every type.
    yield Unpriced(f"{counted(low, high)} x disk as large as SageMaker makes it", own.region, "price")
    if own.spec.scale.target:
        yield from watching.scaling(plan.catalog, own.region, watching.TRACKED)
    yield by_use(ENDPOINT_LOGS + (", and what is captured" if own.spec.capture else ""), own.region)


def _function(plan: Plan, own: Function) -> Iterator[Item]:
    ready = own.spec.scale.min if isinstance(own.spec, LambdaService) else 0
    each = own.spec.memory / MIB_OF_GIB
    yield from charged(plan.catalog, f"ready-{own.spec.architecture}-gib", own.region, ready * each)
    behind = isinstance(own.spec, LambdaService) and own.spec.http and own.spec.http.via == "api"
    yield by_use("requests, duration and logs" + (", and requests of the API" if behind else ""), own.region)


def _beanstalk(plan: Plan, own: Beanstalk) -> Iterator[Item]:
    nodes = Nodes(own.spec.scale.min, own.spec.scale.most, spot=False)
    yield from instances(plan.catalog, (own.type,) if own.type else (), own.region, nodes)
    yield from disks(plan.catalog, Disk(ROOT_GIB, "gp3"), own.region, (nodes.low, nodes.high))
    yield from watching.node(plan.catalog, own.region, (nodes.low, nodes.high))
    yield from watching.scaling(plan.catalog, own.region, watching.TRACKED)
    yield from charged(plan.catalog, "load-balancer", own.region, 1)
    if own.spec.public:
        yield from _front(plan, own.region)
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


def _bucket(plan: Plan, own: Bucket) -> Iterator[Item]:
    yield by_use("storage and requests" + (", and copies to other regions" if own.replicas else ""), own.region)


def _queue(plan: Plan, own: Queue) -> Iterator[Item]:
    yield by_use("requests", own.region)


def _table(plan: Plan, own: Table) -> Iterator[Item]:
    capacity = own.spec.capacity
    if isinstance(capacity, Provisioned):
        indexes = [index.capacity for index in own.spec.indexes.values() if index.capacity]
        for item, verb in (("read-unit", "read"), ("write-unit", "write")):
            between = getattr(capacity, verb)
            fixed = sum(getattr(index, verb).low for index in indexes)
            most = (between.high or between.low) + fixed
            yield from charged(plan.catalog, item, own.region, between.low + fixed, most)
        yield from watching.scaling(plan.catalog, own.region, 2 * watching.TRACKED_TABLE)
        yield by_use("storage and backups", own.region)
    else:
        yield by_use("requests, storage and backups", own.region)


def _stream(plan: Plan, own: Stream) -> Iterator[Item]:
    capacity = own.spec.capacity
    if isinstance(capacity, Shards):
        yield from charged(plan.catalog, "shard", own.region, capacity.shards)
        yield from charged(plan.catalog, "shard-consumer", own.region, capacity.shards * len(own.consumers))
    else:
        yield from charged(plan.catalog, "stream-on-demand", own.region, 1)
    yield by_use("what is written, read and kept longer than a day", own.region)


def _efs(plan: Plan, own: Efs) -> Iterator[Item]:
    if own.spec.throughput != "elastic":
        # What is stored brings throughput of its own, which is not paid for.
        yield from charged(plan.catalog, "efs-mib", own.region, 0, own.spec.throughput)
    yield by_use("storage, throughput and backups", own.region)


def _lustre(plan: Plan, own: Lustre) -> Iterator[Item]:
    kind = "scratch" if own.spec.speed is None else own.spec.speed
    yield from charged(plan.catalog, f"lustre-{kind}-gib", own.region, own.spec.size)


def _nothing(plan: Plan, own: Store) -> Iterator[Item]:
    """Secrets exist already; what a service costs stands at the function behind it."""
    yield from ()


STORES: Final[Mapping[type[Store], Callable[[Plan, Any], Iterator[Item]]]] = {
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
