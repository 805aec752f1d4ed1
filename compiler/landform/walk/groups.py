"""Security groups of a plan, with their rules: in the group, beside it, in the module of who asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any, Final

from landform.proof.planned import Planned, Resource


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom a group lets in or out to: blocks, groups, and gateway endpoints by their lists of addresses."""

    protocol: str
    first: int
    last: int
    blocks: tuple[IPv4Network, ...] = ()
    groups: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    def fits(self, port: int) -> bool:
        """Tell whether the rule speaks of TCP to a port."""
        return self.protocol == "-1" or (self.protocol == "tcp" and self.first <= port <= self.last)


@dataclass(frozen=True, slots=True)
class Group:
    """A security group; what no rule lets through is refused, and replies pass."""

    address: str
    incoming: tuple[Rule, ...]
    outgoing: tuple[Rule, ...]


_INGRESS: Final = "aws_vpc_security_group_ingress_rule"
_EGRESS: Final = "aws_vpc_security_group_egress_rule"


def read_groups(planned: Planned) -> Mapping[str, Group]:
    """Read all groups of a plan by their addresses."""
    rules: dict[tuple[str, str], list[Rule]] = {}
    for resource in planned.of_type("aws_security_group"):
        for direction in ("ingress", "egress"):
            # Where the module leaves them out, these are what AWS will say, which the plan does not know yet.
            for block in resource.values.get(direction) or ():
                rules.setdefault((resource.address, direction), []).append(_inline(resource, block))
    for resource in planned.of_type(_INGRESS, _EGRESS, "aws_security_group_rule"):
        direction = {_INGRESS: "ingress", _EGRESS: "egress"}.get(resource.type) or str(resource.values.get("type"))
        for owner in _groups(planned, resource, "security_group_id"):
            rules.setdefault((owner, direction), []).append(_rule(planned, resource))
    return {
        group.address: Group(
            group.address,
            tuple(rules.get((group.address, "ingress"), ())),
            tuple(rules.get((group.address, "egress"), ())),
        )
        for group in planned.of_type("aws_security_group")
    }


def _inline(group: Resource, block: Mapping[str, Any]) -> Rule:
    own = frozenset({group.address}) if block.get("self") else frozenset[str]()
    blocks = tuple(IPv4Network(each) for each in block.get("cidr_blocks") or ())
    return Rule(*_ports(block), blocks=blocks, groups=own)


def _rule(planned: Planned, resource: Resource) -> Rule:
    values = resource.values
    cidrs = [*(values.get("cidr_blocks") or ()), *([values["cidr_ipv4"]] if values.get("cidr_ipv4") else [])]
    peers = [*_groups(planned, resource, "referenced_security_group_id")]
    if resource.type == "aws_security_group_rule":
        peers += [*_groups(planned, resource, "source_security_group_id")]
        peers += [*_groups(planned, resource, "security_group_id")] if values.get("self") else []
    return Rule(
        *_ports(values),
        blocks=tuple(IPv4Network(each) for each in cidrs),
        groups=frozenset(peers) if not cidrs else frozenset(),
        lists=frozenset(_lists(planned, resource)) if not cidrs else frozenset(),
    )


def _ports(values: Mapping[str, Any]) -> tuple[str, int, int]:
    protocol = str(values.get("ip_protocol") or values.get("protocol"))
    first, last = values.get("from_port"), values.get("to_port")
    return {"6": "tcp", "all": "-1"}.get(protocol, protocol), int(first or 0), int(last or 0)


def _groups(planned: Planned, rule: Resource, argument: str) -> Iterator[str]:
    """Yield the groups of an argument: those that it refers to, else those that the module is given for the rule.

    A rule of a mount or a call goes by its key: the name that the call of the module has for it, and a port.
    """
    if argument not in rule.expressions:
        return
    found = [t.address for t in planned.targets(rule, argument)]
    if not found and rule.name in _GIVEN:
        given = planned.given(rule, _GIVEN[rule.name]) or {}
        name = str(rule.key).rpartition(" ")[0] or str(rule.key)
        found = [t.address for t in planned.at_root(rule, given.get(name, {}).get("security_group_id"))]
    yield from (each for each in dict.fromkeys(found) if planned.by_address[each].type == "aws_security_group")


_GIVEN: Final = {"calls": "services", "calls_back": "file_systems", "mounts": "file_systems"}
"""Name of a block of rules → the argument of its module that says with whom."""


def _lists(planned: Planned, rule: Resource) -> Iterator[str]:
    """Yield the endpoints whose addresses a rule means; which one of several, its key counts out."""
    if not {"prefix_list_id", "prefix_list_ids"} & set(rule.expressions):
        return
    targets = [*planned.targets(rule, "prefix_list_id"), *planned.targets(rule, "prefix_list_ids")]
    name, _, place = str(rule.key).partition(" list ")
    given = (planned.given(rule, "egress") or {}).get(name, {}).get("prefix_list_ids") or ()
    if not targets and place.isdigit() and int(place) < len(given):
        targets = list(planned.at_root(rule, given[int(place)]))
    yield from (t.address for t in targets)
