"""Instance types that a workload may have, and the zones that offer them."""

from typing import Final

from landform.catalog import Catalog, InstanceType
from landform.diagnostics import Diagnostic, Path, error
from landform.passes.unknown import refresh, unknown
from landform.plan import Batch, Beanstalk, Host, Job, Plan, ServedModel
from landform.spec.batch import BatchTraining
from landform.spec.compute import Host as HostSpec
from landform.spec.compute import Machine, Training
from landform.spec.managed import ManagedTraining
from landform.spec.serve import EndpointService, HostService
from landform.spec.units import Accelerators

Nodes = Host | Batch
"""What names instance types of EC2, or says what they must have."""

Wish = HostSpec | ManagedTraining | EndpointService
"""What says what instance types must have, on any platform."""

MAX_TYPES: Final = 40
"""Instance types that one mixed-instances policy takes (EC2 Auto Scaling quotas, read 2026-11-23)."""


def qualifying(plan: Plan, host: Nodes, architecture: str, found: list[Diagnostic]) -> tuple[InstanceType, ...]:
    """Return the types that qualify and that the region offers, the cheapest first."""
    spec, catalog = host.spec, plan.catalog
    if spec.instance:
        return _named(plan, host, catalog.types[spec.instance], architecture, found)
    if spec.accelerator and not known_accelerator(catalog, host, spec.accelerator, found):
        return ()
    fitting = [t for t in catalog.types.values() if fits(spec, t, architecture)]
    offered = [t for t in fitting if catalog.zones_of(t.name, host.region)]
    if not fitting:
        found.append(
            error(
                "LF0403",
                asked(host),
                f"no {architecture} instance type has {wish_of(spec)}.",
                _near(plan, host),
            )
        )
    elif not offered:
        regions = sorted({region for t in fitting for region in catalog.regions_of(t.name)})
        fact = f"no instance type with {wish_of(spec)} is offered in {host.region}."
        found.append(error("LF0402", asked(host), fact, f"Offered in: {', '.join(regions)}. {refresh(host.region)}"))
    return tuple(sorted(offered, key=lambda t: rank(catalog, t, host.region))[:MAX_TYPES])


def rank(catalog: Catalog, kind: InstanceType, region: str) -> tuple[float, str]:
    """Return what puts the cheapest type first, and what has no price last."""
    price = catalog.price(kind.name, region)
    return (price.usd_per_hour if price else float("inf")), kind.name


def _named(
    plan: Plan, host: Nodes, kind: InstanceType, architecture: str, found: list[Diagnostic]
) -> tuple[InstanceType, ...]:
    path = (*host.path, "instance")
    if kind.architecture != architecture:
        fact = f"{kind.name} is {kind.architecture} and the image is for {architecture}."
        found.append(error("LF0404", path, fact, "Choose an image or a type of the other architecture."))
        return ()
    if not kind.ebs_mbps:
        fact = f"{kind.name} is of a generation that cannot be EBS-optimised, which every host of landform is."
        newer = ", ".join(alike(plan.catalog, kind, host.region))
        found.append(error("LF0401", path, fact, f"Use a newer one: {newer}."))
        return ()
    if not plan.catalog.zones_of(kind.name, host.region):
        fact = f"instance type {kind.name} is not offered in {host.region}."
        there = alike(plan.catalog, kind, host.region)
        elsewhere = f"Offered in: {', '.join(plan.catalog.regions_of(kind.name))}."
        near = f"Offered there: {', '.join(there)}." if there else elsewhere
        found.append(error("LF0402", path, fact, f"{near} {refresh(host.region)}"))
        return ()
    if wants_spot(host.spec) and not kind.spot:
        fact = f"AWS does not sell {kind.name} as spot capacity."
        found.append(error("LF0402", path, fact, "Buy it on demand, or choose another type."))
        return ()
    return (kind,)


def wants_spot(spec: Wish) -> bool:
    """Tell whether EC2 is to sell any of it on the spot market; what SageMaker buys, it does not say."""
    return (isinstance(spec, Machine) and spec.purchase == "spot") or (
        isinstance(spec, Training | BatchTraining | HostService) and spec.capacity.spot > 0
    )


def wants_local_disk(spec: Wish) -> bool:
    """Tell whether the instance itself must have disks; machines that serve a model have what they come with."""
    return not isinstance(spec, EndpointService) and spec.disk.local is not None


def stands_close(spec: HostSpec) -> bool:
    """Tell whether the nodes talk so much that they belong into one zone: jobs of several nodes, bought on demand.

    On the spot market the breadth of zones keeps a job alive, which is worth more than a fast network.
    """
    return isinstance(spec, Training | BatchTraining) and spec.nodes > 1 and spec.capacity.spot == 0


def closest(plan: Plan, host: Nodes, types: tuple[InstanceType, ...], zones: tuple[str, ...]) -> tuple[str, ...]:
    """Return the one zone that offers most of the types."""

    def offers(zone: str) -> int:
        return sum(zone in plan.catalog.zones_of(kind.name, host.region) for kind in types)

    return tuple(sorted(zones, key=lambda zone: (-offers(zone), zone))[:1])


def alike(catalog: Catalog, kind: InstanceType, region: str) -> list[str]:
    """Name what the region offers that comes nearest: as many accelerators, or else vCPUs."""

    def like(other: InstanceType) -> bool:
        if kind.accelerator:
            return bool(other.accelerator and other.accelerator.count == kind.accelerator.count)
        same = other.vcpus == kind.vcpus and other.architecture == kind.architecture
        return same and other.ebs_mbps > 0 and not other.accelerator

    offered = [t for t in catalog.types.values() if like(t) and catalog.zones_of(t.name, region)]
    return [t.name for t in sorted(offered, key=lambda t: (abs(t.memory_mib - kind.memory_mib), t.name))[:4]]


def known_accelerator(
    catalog: Catalog, host: Nodes | Job | ServedModel, wish: Accelerators, found: list[Diagnostic]
) -> bool:
    """Tell whether the catalog has heard of an accelerator; else say what is like it."""
    names = {name.casefold(): name for name in catalog.accelerator_names()}
    if wish.name.casefold() in names:
        return True
    found.append(unknown("LF0403", (*host.path, "accelerator"), "accelerator", wish.name, names.values()))
    return False


def fits(spec: Wish, kind: InstanceType, architecture: str) -> bool:
    """Tell whether an instance type has all that a workload asks for."""
    if kind.architecture != architecture or kind.bare_metal or not kind.ebs_mbps:
        return False
    # Of a thousand types this leaves a few, so it is asked before the rest.
    if spec.accelerator and not _carries(kind, spec.accelerator):
        return False
    if not spec.accelerator and (kind.accelerator or kind.burstable):
        return False
    if spec.cpu and kind.vcpus not in spec.cpu:
        return False
    if spec.memory and not _holds(kind.memory_mib, spec):
        return False
    return not (wants_local_disk(spec) and not kind.disks) and not (wants_spot(spec) and not kind.spot)


def _holds(mebibytes: int, spec: Wish) -> bool:
    wanted = spec.memory
    assert wanted is not None
    return wanted.low * 1024 <= mebibytes and (wanted.high is None or mebibytes <= wanted.high * 1024)


def _carries(kind: InstanceType, wish: Accelerators) -> bool:
    own = kind.accelerator
    if own is None or own.count != wish.count or own.name.casefold() != wish.name.casefold():
        return False
    # Makers count in GB and AWS reports what is left of it: 80 GB stands as 80 GiB or a little less.
    return wish.gib is None or abs(own.memory_mib / 1024 - wish.gib) <= wish.gib * 0.1


def wish_of(spec: Wish) -> str:
    """Say in a few words what is asked for."""
    wishes = [str(spec.accelerator)] if spec.accelerator else []
    wishes += [f"{spec.cpu} vCPU"] if spec.cpu else []
    wishes += [f"{spec.memory} GiB of memory"] if spec.memory else []
    wishes += ["instance store"] if wants_local_disk(spec) else []
    wishes += ["a spot market"] if wants_spot(spec) else []
    return ", ".join(wishes)


def asked(host: Nodes | Job | ServedModel) -> Path:
    """Return where the spec asks for it."""
    keys = ("accelerator", "cpu", "memory")
    return (*host.path, next(key for key in keys if getattr(host.spec, key) is not None))


def _near(plan: Plan, host: Nodes) -> str:
    wish = host.spec.accelerator
    if wish is None:
        return "Ask for less, or for a range: cpu: 8.., memory: 32GiB.."
    same = [
        t
        for t in plan.catalog.types.values()
        if t.accelerator and t.accelerator.name.casefold() == wish.name.casefold()
    ]
    counts = sorted({t.accelerator.count for t in same if t.accelerator})
    sizes = sorted({round(t.accelerator.memory_mib / 1024) for t in same if t.accelerator})
    found = " or ".join(map(str, counts))
    return f"{wish.name} comes {found} to an instance, with {' or '.join(map(str, sizes))} GiB each."


def zones_of(
    plan: Plan, host: Nodes | Beanstalk, types: tuple[InstanceType, ...], found: list[Diagnostic]
) -> tuple[str, ...]:
    """Return the zones of the network in which at least one of the types is offered."""
    network = plan.networks.get(host.region)
    if network is None:
        return ()
    offered = {zone for kind in types for zone in plan.catalog.zones_of(kind.name, host.region)}
    private = network.existing.private if network.existing else None
    if isinstance(private, tuple):
        return tuple(sorted(private))
    ours = set(private) if private is not None else {zone.id for zone in network.zones}
    zones = tuple(sorted(offered & ours))
    if not zones and (network.zones or network.existing):
        kinds = ", ".join(t.name for t in types[:3])
        there, here = ", ".join(sorted(offered)), ", ".join(sorted(ours)) or "no zone"
        fact = f"{kinds} is offered in {there} of {host.region}, the network is in {here}."
        remedy = f"Name the zones: network.zones: {{{host.region}: [{', '.join(sorted(offered))}]}}."
        remedy = "Add a private subnet there." if private is not None else remedy
        found.append(error("LF0402", host.path, fact, remedy))
    return zones
