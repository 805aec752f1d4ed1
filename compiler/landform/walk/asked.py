"""What the edges of a spec ask of a network without a way out: each journey, and what stops it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from landform.catalog.endpoints import GATEWAYS, INTERFACES, OUTSIDE, leads_to
from landform.diagnostics import Path
from landform.proof.ask import fulfilled
from landform.proof.conditions import Context
from landform.proof.evaluate import Request, Situation, decide, read_policy
from landform.proof.grants import Grant, Places, module_of
from landform.proof.patterns import exemplar
from landform.proof.planned import Planned
from landform.proof.system import Role, System
from landform.walk.network import Door, Networks, Stand
from landform.walk.way import HTTPS, between, through_gateway


@dataclass(frozen=True, slots=True)
class Journey:
    """A way from a workload to what its edge names; `stops` says why it ends before, for each way that must be open."""

    path: Path
    origin: str
    to: str
    stops: tuple[str, ...]

    @property
    def stopped(self) -> str:
        """The first of what stops it; empty where it arrives from wherever it starts."""
        return next((why for why in self.stops if why), "")


@dataclass(frozen=True)
class Walked:
    """A plan with its networks, seen by who walks."""

    planned: Planned
    system: System
    networks: Networks
    grants: Sequence[Grant]
    places: Places

    def workloads(self) -> Iterator[Stand]:
        """What calls from within a network without a way out."""
        for stand in self.networks.stands:
            if stand.workload and self.networks.vpc_of(stand) in self.networks.sealed:
                yield stand

    def roles(self, stand: Stand) -> Iterator[Role]:
        """The roles that act where a workload stands; those of services are elsewhere."""
        for role in self.system.roles:
            if module_of(role.address) == stand.module and role.services & OUTSIDE.keys():
                yield role

    def doors(self, stand: Stand, service: str) -> list[Door]:
        """The endpoints of a service in the network of a workload."""
        vpc = self.networks.vpc_of(stand)
        return [door for door in self.networks.doors if door.vpc == vpc and door.service == service]


def journeys(walked: Walked) -> Iterator[Journey]:
    """Yield each declared journey of each workload: to services, to file systems, to services of its own system."""
    for stand in walked.workloads():
        for role in walked.roles(stand):
            yield from _to_services(walked, stand, role)
        yield from _to_neighbours(walked, stand)


def needed(action: str) -> list[str]:
    """Return the endpoints that a call of an action goes through, all of them."""
    return sorted(service for service in GATEWAYS | INTERFACES if leads_to(service, action))


def admits(door: Door, request: Request) -> bool:
    """Tell whether the policy of an endpoint lets a request through, whatever the caller may do besides."""
    return door.policy is None or decide(request, Situation(identity=(_EVERYTHING,), limits=(door.policy,))).allowed


def ways(walked: Walked, stand: Stand, door: Door) -> tuple[str, ...]:
    """Return what stops a workload on its way to an endpoint."""
    if door.gateway:
        return through_gateway(walked.networks, stand, door)
    return between(walked.networks, stand, door, HTTPS)


_EVERYTHING = read_policy({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def _to_services(walked: Walked, stand: Stand, role: Role) -> Iterator[Journey]:
    for grant in walked.grants:
        if grant.principal != role.arn or _by_the_platform(role, grant):
            continue
        context = fulfilled(walked.system, role.arn, grant.conditions)
        for action in grant.actions:
            if action not in _NO_CALL and not _left_to_a_service(role, action, context):
                yield from _calls(walked, stand, grant, action, context)


def _calls(walked: Walked, stand: Stand, grant: Grant, action: str, context: Context) -> Iterator[Journey]:
    services = needed(action)
    if not services:
        yield Journey(grant.path, stand.module, action, (f"landform knows no endpoint for {action}",))
    for service in services:
        doors = walked.doors(stand, service)
        stops = [f"the network has no endpoint for {service}"] if not doors else []
        for door in doors:
            stops += ways(walked, stand, door)
            for resource in grant.resources:
                request = Request(grant.principal, action, exemplar(resource), context)
                stops += [] if admits(door, request) else [f"the policy of {door.address} does not admit it"]
        yield Journey(grant.path, stand.module, f"{action} by {service}", tuple(stops))


def _by_the_platform(role: Role, grant: Grant) -> bool:
    """Tell whether Lambda itself reads a trigger and writes what failed, from a network of its own."""
    return "lambda.amazonaws.com" in role.services and grant.path[2:3] in (("trigger",), ("on_failure",))


_NO_CALL = frozenset({"iam:PassRole"})
"""Permissions that another call asks for, and that are never called themselves."""


def _left_to_a_service(role: Role, action: str, context: Context) -> bool:
    """Tell whether a platform or a service makes the call: S3 asks KMS itself."""
    prefix = action.partition(":")[0]
    outside = [OUTSIDE[service] for service in role.services & OUTSIDE.keys()]
    return "kms:viaservice" in context or prefix == "kms" or all(prefix in each for each in outside)


def _to_neighbours(walked: Walked, stand: Stand) -> Iterator[Journey]:
    """Follow mounts and calls within the network, as the call of the workload's module names them."""
    for name, group, ports, back in neighbours(walked, stand):
        for other in (each for each in walked.networks.stands if group in each.groups):
            for port in ports:
                where = (*walked.places.path(f"{stand.module}."),)
                there = between(walked.networks, stand, other, port)
                returns = between(walked.networks, other, stand, port) if back else ()
                yield Journey(where, stand.module, f"{name} ({other.address}) on {port}", (*there, *returns))


def neighbours(walked: Walked, stand: Stand) -> Iterator[tuple[str, str, tuple[int, ...], bool]]:
    """Yield what a workload mounts and calls within the network: name, group, ports, and whether it is called back."""
    resource = walked.planned.by_address[stand.address]
    systems: Mapping[str, Mapping[str, object]] = walked.planned.given(resource, "file_systems") or {}
    for name, system in systems.items():
        ports = tuple(p for each in system["ports"] for p in (each["from"], each["to"]))  # type: ignore[attr-defined]
        for target in walked.planned.at_root(resource, system["security_group_id"]):
            yield name, target.address, ports, bool(system.get("calls_back"))
    for name, service in (walked.planned.given(resource, "services") or {}).items():
        for target in walked.planned.at_root(resource, service["security_group_id"]):
            yield name, target.address, (int(service["port"]),), False
