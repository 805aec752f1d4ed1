"""Module calls of services on EC2: hosts behind a load balancer."""

from collections.abc import Mapping
from typing import Any

from landform.lower.host import common, needed_at_boot
from landform.lower.place import balancer_subnets, subnets
from landform.lower.store import balancer_logs
from landform.passes.resolve.naming import physical
from landform.plan import Host, Plan
from landform.root import Module, Output
from landform.spec.names import BALANCER, address
from landform.spec.serve import HostService


def web(plan: Plan, host: Host, alias: str | None, tags: Mapping[str, str]) -> Module:
    """Return the call that makes a service in one region."""
    spec = host.spec
    assert isinstance(spec, HostService)
    followed = spec.scale.followed
    variables = common(plan, host, tags) | {
        "subnets": subnets(plan, host.region, host.zones),
        "instance_types": [kind.name for kind in host.types],
        "size": {"min": spec.scale.min, "max": spec.scale.most},
        "target": {"metric": followed.metric, "value": followed.value} if followed else None,
        "on_demand_base": spec.capacity.on_demand_base,
        "spot_percent": spec.capacity.spot,
        "after": needed_at_boot(plan, host) or None,
        **_balancer(plan, host, spec),
    }
    return Module(host.address, "web", alias, variables, host.path)


def _balancer(plan: Plan, host: Host, spec: HostService) -> dict[str, Any]:
    return {
        "port": spec.port,
        "health_path": spec.health,
        "public": spec.public,
        "certificate_arn": spec.certificate_in(host.region),
        "balancer_name": physical(plan, host.known_as, limit=BALANCER),
        "target_group_name": physical(plan, host.known_as, str(spec.port), limit=BALANCER),
        "balancer_subnets": balancer_subnets(plan, host.region, public=spec.public),
        "domain": _domain(plan, spec, host.region),
        "access_logs": {"bucket": Output(address("logs", host.region), "name"), "prefix": balancer_logs(host)},
    }


def _domain(plan: Plan, spec: HostService, region: str) -> dict[str, Any] | None:
    """One name for all regions: each answers whom it is nearest to, or the second where the first does not."""
    if spec.domain is None:
        return None
    many = spec.regions == "all" and len(plan.system.regions.active) > 1
    named = {"name": spec.domain, "zone_id": spec.zone, "latency": many and spec.routing == "latency"}
    if not many or spec.routing == "latency":
        return named
    return named | {"failover": "PRIMARY" if region == plan.system.regions.primary else "SECONDARY"}
