"""Rules about addresses: whether what may run at once finds room in its subnets."""

from collections.abc import Iterator
from dataclasses import dataclass

from landform.catalog.addresses import (
    BALANCER,
    LUSTRE,
    MODEL_MACHINE,
    NODE_OF_SEVERAL,
    OLD_AND_NEW,
    REFRESHED_PERCENT,
    RESERVED,
    STUDIO_HOME,
    STUDIO_USER,
    TRAINING_MACHINE,
)
from landform.catalog.endpoints import GATEWAYS
from landform.diagnostics import Diagnostic, error
from landform.file_systems import Efs, Lustre, mounting
from landform.plan import Batch, Beanstalk, Host, Job, Network, Plan, ServedModel, StudioUser, Workload
from landform.spec.compute import Training
from landform.spec.serve import HostService

CIDR = ("network", "cidr")


@dataclass(frozen=True, slots=True)
class Taken:
    """Addresses that a workload may take at once, and the zones that it may take them in."""

    addresses: int
    zones: tuple[str, ...]


def addresses_suffice(plan: Plan) -> Iterator[Diagnostic]:
    """A group that finds no free address in its subnets stops growing, with an error nobody looks for."""
    for region, network in plan.networks.items():
        free = {zone.id: zone.private.num_addresses - _standing(plan, region) for zone in network.zones}
        taken = [_taken(own, network) for own in plan.workloads if own.region == region]
        taken += _made_once(plan, region)
        bound = {zone: sum(each.addresses for each in taken if each.zones == (zone,)) for zone in free}
        full = [zone for zone, space in free.items() if bound[zone] > space]
        for zone in full:
            fact = (
                f"the private subnet of {zone} has {free[zone]} addresses, and what may run there takes {bound[zone]}."
            )
            yield error("LF0304", CIDR, fact, "Use a larger block, or spread it over more zones.")
        needed = sum(each.addresses for each in taken if each.zones)
        if free and not full and needed > sum(free.values()):
            fact = (
                f"the private subnets of {region} have {sum(free.values())} addresses, and what may run takes {needed}."
            )
            yield error("LF0304", CIDR, fact, "Use a larger block, more zones or smaller pools.")


def balancers_find_addresses(plan: Plan) -> Iterator[Diagnostic]:
    """A public load balancer needs room in the smallest subnets that a zone has."""
    for region, network in plan.networks.items():
        balancers = sum(public for public in _balancers(plan, region))
        for zone in network.zones:
            space = zone.public.num_addresses - RESERVED - 1  # a NAT gateway, or what is to come
            if balancers * BALANCER > space:
                fact = f"the public subnet of {zone.id} has {space} addresses, and each of {balancers} load balancers"
                yield error(
                    "LF0304", CIDR, f"{fact} needs {BALANCER}.", "Use a larger block, or fewer public services."
                )


def _standing(plan: Plan, region: str) -> int:
    """What is taken of every private subnet, whatever runs: by AWS, endpoints, functions, file systems, balancers."""
    endpoints = sum(place == region and service not in GATEWAYS for place, service in plan.endpoint_statements)
    # Each function has a security group of its own, and so an interface of its own in each subnet.
    functions = sum(own.region == region for own in plan.functions)
    mounted = (e.store for own in plan.workloads if own.region == region for e in own.edges if e.verb == "mounts")
    targets = len({store.address for store in mounted if isinstance(store, Efs)})
    balancers = BALANCER * sum(not public for public in _balancers(plan, region))
    return RESERVED + endpoints + functions + targets + balancers


def _made_once(plan: Plan, region: str) -> Iterator[Taken]:
    """Yield what file systems take in zones of their own: Lustre with what mounts it, the home of Studio's domain."""
    for own in plan.stores:
        if isinstance(own, Lustre) and own.region == region:
            yield Taken(LUSTRE, next((host.zones[:1] for host in mounting(plan, own)), ()))
    if plan.studio and plan.studio.region == region:
        yield from (Taken(STUDIO_HOME, (zone,)) for user in plan.studio.users[:1] for zone in user.zones)


def _balancers(plan: Plan, region: str) -> Iterator[bool]:
    """Yield of each load balancer of a region whether the world reaches it."""
    for own in (*plan.hosts, *plan.beanstalks):
        if own.region == region and (isinstance(own, Beanstalk) or isinstance(own.spec, HostService)):
            yield bool(getattr(own.spec, "public", False))


def _taken(own: Workload, network: Network) -> Taken:
    addresses, zones = 0, tuple(zone.id for zone in network.zones)
    match own:
        case Host():
            # A machine stands in the first of its zones, a fleet in all.
            fleet = isinstance(own.spec, Training | HostService)
            addresses, zones = _of_host(own), own.zones if fleet else own.zones[:1]
        case Batch():
            several = NODE_OF_SEVERAL if own.spec.nodes > 1 else 1
            addresses, zones = own.spec.most_nodes * several, own.zones
        case Job():
            at_once = own.spec.tuning.parallel if own.spec.tuning else 1
            addresses, zones = own.spec.nodes * at_once * TRAINING_MACHINE, own.zones
        case ServedModel():
            addresses, zones = own.spec.scale.most * MODEL_MACHINE, own.zones
        case Beanstalk():
            addresses, zones = own.spec.scale.most * OLD_AND_NEW, own.zones
        case StudioUser():
            addresses = STUDIO_USER
    return Taken(addresses, zones)


def _of_host(own: Host) -> int:
    if isinstance(own.spec, HostService):
        return -(-own.spec.most_nodes * REFRESHED_PERCENT // 100)
    # While work moves back to spot capacity, both groups of a fleet are full.
    return own.spec.most_nodes * (2 if own.spare else 1) if isinstance(own.spec, Training) else 1


RULES = (addresses_suffice, balancers_find_addresses)
