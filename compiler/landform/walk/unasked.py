"""What no edge asks of a network without a way out: attempts to leave it, or to reach what is not one's own.

An attempt may have an identity that is allowed everything: what stops it is the network and its endpoints. Only what
they cannot tell apart, which is an own role at a store of the own system, falls back on the policies of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

from landform.catalog.endpoints import INTERFACES
from landform.diagnostics import Path
from landform.proof.ask import ask, circumstances
from landform.proof.evaluate import Request
from landform.proof.store import Store
from landform.proof.system import Role
from landform.walk.asked import Walked, admits, needed, neighbours, ways
from landform.walk.network import Door, Stand
from landform.walk.way import HTTPS, between, outside


@dataclass(frozen=True, slots=True)
class Attempt:
    """A way that is to be shut; `stops` says what stops it, on each of the ways there are, and none must be empty."""

    path: Path
    origin: str
    to: str
    stops: tuple[str, ...]

    @property
    def arrives(self) -> bool:
        """Whether nothing stops it on one of its ways."""
        return "" in self.stops


def attempts(walked: Walked) -> Iterator[Attempt]:
    """Yield each undeclared attempt of each workload."""
    for stand in walked.workloads():
        yield from _to_the_internet(walked, stand)
        yield from _to_services_without_endpoint(walked, stand)
        yield from _to_others(walked, stand)
        for role in walked.roles(stand):
            yield from _to_stores(walked, stand, role)
            yield from _to_strangers(walked, stand, role)


_INTERNET: Final = (IPv4Network("1.1.1.1/32"), IPv4Network("203.0.113.7/32"))
_PORTS: Final = (22, 53, 80, HTTPS)


def _attempt(walked: Walked, stand: Stand, to: str, stops: tuple[str, ...]) -> Attempt:
    return Attempt(walked.places.path(f"{stand.module}."), stand.module, to, stops)


def _to_the_internet(walked: Walked, stand: Stand) -> Iterator[Attempt]:
    for address in _INTERNET:
        for port in _PORTS:
            to = f"{address.network_address} on {port}"
            yield _attempt(walked, stand, to, outside(walked.networks, stand, address, port))


def _to_services_without_endpoint(walked: Walked, stand: Stand) -> Iterator[Attempt]:
    for service in INTERFACES:
        if not walked.doors(stand, service):
            stops = outside(walked.networks, stand, _INTERNET[0], HTTPS)
            yield _attempt(walked, stand, f"{service} at its public address", stops)


def _to_others(walked: Walked, stand: Stand) -> Iterator[Attempt]:
    """Knock at everything else in the network, on the ports that it has and on that of a shell."""
    own = {group for _, group, _, _ in neighbours(walked, stand)}
    for other in walked.networks.stands:
        if other.module != stand.module and not other.groups & own and not _called_back(walked, other, stand):
            open_to_some = {r.first for g in other.groups for r in walked.networks.groups[g].incoming}
            for port in sorted({22, HTTPS, *open_to_some} - {0}):
                stops = between(walked.networks, stand, other, port)
                yield _attempt(walked, stand, f"{other.address} on {port}", stops)


def _called_back(walked: Walked, other: Stand, stand: Stand) -> bool:
    """Tell whether the other one mounts or calls this one, which may answer by a connection of its own."""
    if not other.workload:
        return False
    return any(group in stand.groups for _, group, _, _ in neighbours(walked, other))


_TRIED: Final = {
    "dynamodb": ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteTable"),
    "kinesis": ("kinesis:GetRecords", "kinesis:PutRecord"),
    "lambda": ("lambda:InvokeFunction", "lambda:UpdateFunctionCode"),
    "s3": ("s3:GetObject", "s3:PutObject", "s3:DeleteBucket"),
    "sagemaker": ("sagemaker:InvokeEndpoint", "sagemaker:DeleteEndpoint"),
    "sqs": ("sqs:SendMessage", "sqs:ReceiveMessage"),
}
"""Kind of a store → what somebody who holds a workload would try on it."""


def _to_stores(walked: Walked, stand: Stand, role: Role) -> Iterator[Attempt]:
    """Try the stores of the system that none of the role's own permissions name."""
    named = {r for g in walked.grants if g.principal == role.arn for r in g.resources}
    for store in walked.system.stores:
        if store.kind in _TRIED and not any(_names(each, store) for each in named):
            for action in _TRIED[store.kind]:
                target = f"{store.arn}/landform-example" if store.kind == "s3" and "Object" in action else store.arn
                yield _try(walked, stand, role, action, target)


def _names(pattern: str, store: Store) -> bool:
    return pattern == store.arn or pattern.startswith((f"{store.arn}/", f"{store.arn}:"))


_STRANGER: Final = "999999999999"
_FOREIGN: Final = (
    ("s3:PutObject", "arn:aws:s3:::landform-somebody-elses/loot"),
    ("s3:GetObject", "arn:aws:s3:::landform-somebody-elses/tool"),
    ("dynamodb:PutItem", "arn:aws:dynamodb:{region}:999999999999:table/loot"),
    ("kinesis:PutRecord", "arn:aws:kinesis:{region}:999999999999:stream/loot"),
    ("sqs:SendMessage", "arn:aws:sqs:{region}:999999999999:loot"),
    ("logs:PutLogEvents", "arn:aws:logs:{region}:999999999999:log-group:loot:log-stream:loot"),
)
"""What carries something to another account, which the identity that is used may belong to as well."""


def _to_strangers(walked: Walked, stand: Stand, role: Role) -> Iterator[Attempt]:
    for action, resource in _FOREIGN:
        yield _try(walked, stand, role, action, resource.format(region=role.region))
        yield _try(walked, stand, role, action, resource.format(region=role.region), stranger=True)


def _try(walked: Walked, stand: Stand, role: Role, action: str, resource: str, *, stranger: bool = False) -> Attempt:
    """Try a call by every endpoint that leads to it: as the role, or with keys of another account."""
    own = circumstances(walked.system, role.arn)
    owner = resource.split(":")[4] or ("" if "somebody" in resource else walked.system.account)
    context = {**own, "aws:resourceaccount": (owner or _STRANGER,)}
    principal = f"arn:aws:iam::{_STRANGER}:role/thief" if stranger else role.arn
    if stranger:
        context |= {"aws:principalarn": (principal,), "aws:principalaccount": (_STRANGER,)}
    request = Request(principal, action, resource, context)
    doors = [door for service in needed(action) for door in walked.doors(stand, service)]
    stops = [why for door in doors for why in _by(walked, stand, door, request)]
    stops += outside(walked.networks, stand, _INTERNET[0], HTTPS)
    if "" in stops and not stranger and owner == walked.system.account:
        decision = ask(walked.system, role, request)
        stops = [why or ("" if decision.allowed else str(decision.verdict)) for why in stops]
    who = "keys of another account" if stranger else role.arn
    return _attempt(walked, stand, f"{action} on {resource} by {who}", tuple(stops))


def _by(walked: Walked, stand: Stand, door: Door, request: Request) -> tuple[str, ...]:
    refused = "" if admits(door, request) else f"the policy of {door.address} does not admit it"
    return tuple(why or refused for why in ways(walked, stand, door))
