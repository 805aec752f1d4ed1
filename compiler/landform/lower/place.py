"""Where a workload stands, in the words of modules: its VPC, its subnets, its way out."""

from typing import Any, Final

from landform.catalog.endpoints import GATEWAYS
from landform.plan import Plan
from landform.root import Output
from landform.spec.names import address

ANYWHERE: Final = "0.0.0.0/0"


def vpc(plan: Plan, region: str) -> Output | str:
    """Return the VPC of a region: the system's own, or the existing one."""
    existing = plan.networks[region].existing
    return existing.vpc if existing else Output(address("network", region), "vpc_id")


def subnets(plan: Plan, region: str, zones: tuple[str, ...]) -> dict[str, Output | str]:
    """Return zone → private subnet; an existing network without zones is known by the subnets alone."""
    existing = plan.networks[region].existing
    if existing is None:
        return {zone: Output(address("network", region), "subnets", ("private", zone)) for zone in zones}
    if isinstance(existing.private, dict):
        return {zone: existing.private[zone] for zone in zones}
    return {subnet: subnet for subnet in zones}


def way_out(plan: Plan, region: str) -> dict[str, dict[str, Any]]:
    """Let out by TLS; to nothing but the endpoints where the network has no way out."""
    network = plan.networks[region]
    if not network.existing and plan.system.network.egress == "none":
        gateways = [service for place, service in sorted(plan.endpoint_statements) if place == region]
        lists = [Output(address("network", region), "prefix_lists", (s,)) for s in gateways if s in GATEWAYS]
        return {"endpoints": {"port": 443, "cidrs": [str(network.block)], "prefix_list_ids": lists}}
    return {"https": {"port": 443, "cidrs": [ANYWHERE]}}


def balancer_subnets(plan: Plan, region: str, *, public: bool) -> dict[str, Output | str]:
    """Return zone → subnet of a load balancer: a public one where the world is to reach it, else a private one."""
    network, tier = plan.networks[region], "public" if public else "private"
    if network.existing is None:
        return {zone.id: Output(address("network", region), "subnets", (tier, zone.id)) for zone in network.zones}
    own = network.existing.public if public else network.existing.private
    return dict(own) if isinstance(own, dict) else {subnet: subnet for subnet in own}
