"""Places: the address block of each region, and its zones with their subnets.

Everything here is stable: a region's block follows from its own slot, a zone's from its own number, so that adding or
removing a neighbour moves nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Network
from itertools import combinations
from typing import Final

from landform.catalog import Region
from landform.diagnostics import Diagnostic, Path, Related, error
from landform.passes.unknown import unknown
from landform.plan import Network, Plan, Zone

DEFAULT_BLOCK: Final = IPv4Network("10.64.0.0/10")
"""64 blocks of /16, one for each slot of the catalog: no two regions ever meet."""

LARGEST_VPC: Final = 16
SMALLEST_VPC: Final = 22
"""A VPC is at most a /16 and a subnet at least a /28 (VPC user guide, "VPC CIDR blocks", read 2026-11-23); eight
zones' worth of subnets of three tiers, the smallest a 64th of the VPC, make the lower bound a /22."""


def place(plan: Plan) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """Fill in the network of each region in which something runs."""
    diagnostics: list[Diagnostic] = [
        *_block_faults(plan),
        *_overlaps(plan),
        *_zone_faults(plan),
        *_existing_faults(plan),
    ]
    networks = {}
    for region in sorted({each.region for each in plan.workloads}):
        if region in plan.catalog.regions:
            network = _network(plan, plan.catalog.regions[region], diagnostics)
            if network:
                networks[region] = network
    functions = tuple(replace(f, zones=_private(networks[f.region])) for f in plan.functions if f.region in networks)
    return replace(plan, networks=networks, functions=functions), tuple(diagnostics)


def _private(network: Network) -> tuple[str, ...]:
    """Return the zones with a private subnet; of an existing network without zones, the subnets themselves."""
    return tuple(network.existing.private) if network.existing else tuple(zone.id for zone in network.zones)


def blocks(plan: Plan) -> Mapping[str, IPv4Network]:
    """Return the address block of every region of the system, used or kept free for it."""
    return {
        name: block
        for name in _all_regions(plan)
        if name in plan.catalog.regions and (block := _block(plan, plan.catalog.regions[name]))
    }


def _all_regions(plan: Plan) -> tuple[str, ...]:
    return (*plan.system.regions.active, *plan.system.regions.retired)


def _block(plan: Plan, region: Region) -> IPv4Network | None:
    """Return the region's own block: as the spec says for it, or the one of its slot."""
    cidr = plan.system.network.cidr
    if region.name in plan.system.network.existing:
        return plan.system.network.existing[region.name].cidr
    if isinstance(cidr, dict):
        return cidr.get(region.name)
    whole = cidr or DEFAULT_BLOCK
    slots = 2 ** max(0, LARGEST_VPC - whole.prefixlen)
    size = 2 ** (32 - max(LARGEST_VPC, whole.prefixlen))
    start = int(whole.network_address) + (region.slot % slots) * size
    return IPv4Network((start, max(LARGEST_VPC, whole.prefixlen)))


def _block_faults(plan: Plan) -> Iterator[Diagnostic]:
    cidr, used = plan.system.network.cidr, {each.region for each in plan.workloads}
    for region, block in blocks(plan).items():
        own = isinstance(cidr, dict) and region in cidr
        path: Path = ("network", "cidr", region) if own else ("network", "cidr")
        if region not in plan.system.network.existing and not LARGEST_VPC <= block.prefixlen <= SMALLEST_VPC:
            fact = f"{block} is no block for a VPC of three tiers in each zone:"
            yield error("LF0304", path, fact, f"write one of /{LARGEST_VPC} to /{SMALLEST_VPC}.")
        if not block.is_private:
            yield error(
                "LF0304",
                path,
                f"{block} is public address space.",
                "Use a block of 10.0.0.0/8 or 172.16.0.0/12.",
            )
    if isinstance(cidr, dict):
        for region in sorted(used - set(cidr) - set(plan.system.network.existing)):
            yield error("LF0304", ("network", "cidr"), f"no block for {region}, where something runs.", "Add one.")
        for region in sorted(set(cidr) - set(_all_regions(plan))):
            yield unknown("LF0301", ("network", "cidr", region), "region of this system", region, _all_regions(plan))


def _zone_faults(plan: Plan) -> Iterator[Diagnostic]:
    zones, regions = plan.system.network.zones, _all_regions(plan)
    for region in sorted(set(zones) - set(regions)) if isinstance(zones, dict) else ():
        yield unknown("LF0301", ("network", "zones", region), "region of this system", region, regions)


def _overlaps(plan: Plan) -> Iterator[Diagnostic]:
    cidr, existing = plan.system.network.cidr, plan.system.network.existing
    for (one, first), (two, second) in combinations(blocks(plan).items(), 2):
        if not first.overlaps(second):
            continue
        if existing.keys() & {one, two}:
            theirs, ours = (one, two) if one in existing else (two, one)
            fact = f"the existing VPC of {theirs} ({blocks(plan)[theirs]}) overlaps {blocks(plan)[ours]} of {ours}."
            yield error("LF0305", ("network", "existing", theirs, "cidr"), fact, "Give `network.cidr` another block.")
        elif isinstance(cidr, dict):
            place_ = Related(f"the block of {one}", ("network", "cidr", one))
            fact = f"{second} of {two} overlaps {first} of {one}."
            yield error("LF0305", ("network", "cidr", two), fact, "Give one of them another block.", place_)
        else:
            fact = f"{one} and {two} have the same slot of {cidr or DEFAULT_BLOCK}."
            remedy = f"Widen the block, or give each its own: cidr: {{{one}: …, {two}: …}}."
            yield error("LF0303", ("network", "cidr"), fact, remedy)


def _network(plan: Plan, region: Region, found: list[Diagnostic]) -> Network | None:
    existing = plan.system.network.existing.get(region.name)
    block = _block(plan, region)
    if existing:
        return Network(region.name, existing.cidr, (), existing)
    if block is None or not LARGEST_VPC <= block.prefixlen <= SMALLEST_VPC:
        return None
    zones = tuple(_zone(block, zone) for zone in _zones(plan, region, found))
    return Network(region.name, block, zones)


def _existing_faults(plan: Plan) -> Iterator[Diagnostic]:
    for name, existing in plan.system.network.existing.items():
        known = [zone.id for zone in plan.catalog.regions[name].zones] if name in plan.catalog.regions else []
        for tier in ("private", "public"):
            subnets = getattr(existing, tier)
            for zone in subnets if isinstance(subnets, dict) and known else ():
                if zone not in known:
                    path = ("network", "existing", name, tier, zone)
                    yield unknown("LF0306", path, f"zone id of {name}", zone, known)


def _zones(plan: Plan, region: Region, found: list[Diagnostic]) -> tuple[str, ...]:
    """Return the zone ids to use: those that the spec names, or the first that offer what others offer."""
    wanted = plan.system.network.zones
    known = {zone.id: zone for zone in region.zones}
    if isinstance(wanted, dict):
        named = wanted.get(region.name, ())
        for index, zone in enumerate(named):
            if zone not in known:
                path = ("network", "zones", region.name, index)
                found.append(unknown("LF0306", path, f"zone id of {region.name}", zone, known))
        if not named:
            fact = f"no zone is named for {region.name}, where something runs."
            found.append(error("LF0306", ("network", "zones"), fact, f"Choose from {', '.join(sorted(known))}."))
        return tuple(sorted({zone for zone in named if zone in known}))
    sound = sorted(zone.id for zone in region.zones if not zone.thin)
    if len(sound) < wanted:
        fact = f"{region.name} has {len(sound)} zones that offer most instance types, and {wanted} are asked for."
        found.append(error("LF0306", ("network", "zones"), fact, f"Write zones: {len(sound)}."))
    return tuple(sound[:wanted])


def _zone(block: IPv4Network, zone: str) -> Zone:
    """Cut the eighth that the number in a zone's id gives into a private half, an isolated quarter, a public eighth."""
    number = int(zone.rpartition("az")[2]) - 1
    own = list(block.subnets(prefixlen_diff=3))[number]
    private, rest = own.subnets(prefixlen_diff=1)
    isolated, last = rest.subnets(prefixlen_diff=1)
    public, _ = last.subnets(prefixlen_diff=1)
    return Zone(zone, public=public, private=private, isolated=isolated)
