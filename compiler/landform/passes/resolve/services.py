"""Services: each in the regions that it runs in, as its callers see it there."""

from collections.abc import Iterator
from typing import Any

from landform.passes.resolve.naming import behind_primary, known_as, physical
from landform.plan import PLAIN, SECURE, Api, Endpoint, Plan, Service, Site, Store
from landform.spec.names import HOST, address
from landform.spec.serve import AnyService, BeanstalkService, EndpointService, HostService, Http, LambdaService
from landform.spec.system import System


def placed_services(system: System) -> Iterator[tuple[str, AnyService, str]]:
    """Yield each service with each of its regions, the primary first."""
    for entry, spec in sorted(system.serve.items()):
        for region in system.regions.active if spec.regions == "all" else (system.regions.primary,):
            yield entry, spec, region


def services(plan: Plan) -> Iterator[Store]:
    """Yield the services that workloads may call."""
    for entry, spec, region in placed_services(plan.system):
        yield _service(plan, entry, spec, region)


def _service(plan: Plan, entry: str, spec: AnyService, region: str) -> Store:
    common = _common(plan, entry, spec, region)
    match spec:
        case EndpointService():
            return Endpoint(**common)
        case BeanstalkService():
            return Site(**common, port=SECURE if spec.certificate else PLAIN, public=spec.public)
        case HostService():
            port = SECURE if spec.certificate else PLAIN
            return Site(**common, port=port, public=spec.public, domain=spec.domain or "")
        case LambdaService(http=Http(via="api", routes=routes)):
            return Api(**common, routes=routes)
        case LambdaService():
            return Service(**common, url=spec.http is not None)


def _common(plan: Plan, entry: str, spec: AnyService, region: str) -> dict[str, Any]:
    """Return what every service has: its place in the spec and in Terraform, and its name."""
    return {
        "entry": entry,
        "path": ("serve", entry),
        "region": region,
        "account": plan.system.account,
        "address": address("serve", entry, *behind_primary(plan.system, region)),
        "name": physical(plan, known_as(entry, spec.was), limit=HOST),
    }
