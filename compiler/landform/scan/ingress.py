"""Rules on what groups let in: no more ports than something listens on, no addresses but those that were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from landform.diagnostics import Diagnostic, error
from landform.proof.planned import Resource
from landform.scan.reach import Network, Rule, blocks_of, ingress_rules
from landform.scan.subject import Subject

MOST_PORTS: Final = 16
"""Of one rule: Lustre's widest has 6, and what listens on more is no service but a habit."""

_WORLD: Final = IPv4Network("0.0.0.0/0")
_HTTPS: Final = 443


def many_ports(subject: Subject) -> Iterator[Diagnostic]:
    """A rule is for a service and its ports; more is for the members of one group among themselves."""
    for _, rule in ingress_rules(subject):
        if what := _many(subject, rule):
            fact = f"{rule[0].address} lets in {what}."
            remedy = "Open the ports that are listened on; more is for a group and itself."
            yield error("LF0806", subject.places.path(rule[0].address), fact, remedy)


def _many(subject: Subject, rule: Rule) -> str:
    """Say what a rule opens; empty for little, and for what the members of a group open to each other."""
    values = rule[1]
    if _among_themselves(subject, rule):
        return ""
    if str(values.get("ip_protocol") or values.get("protocol")).lower() in ("-1", "all"):
        return "every protocol"
    first, last = values.get("from_port"), values.get("to_port")
    ports = last - first + 1 if first is not None and last is not None else 0
    return f"{ports:,} ports, from {first} to {last}" if ports > MOST_PORTS else ""


_BLOCKS: Final = ("cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_id", "prefix_list_ids")


def _among_themselves(subject: Subject, rule: Rule) -> bool:
    resource, values = rule
    if any(values.get(argument) for argument in _BLOCKS):
        return False
    if values.get("self") is True and not values.get("security_groups"):
        return True
    own = {t.address for t in subject.planned.targets(resource, "security_group_id")}
    among = [t.address for t in subject.planned.targets(resource, "referenced_security_group_id")]
    among += [t.address for t in subject.planned.targets(resource, "source_security_group_id")]
    return bool(own) and own == set(among)


def unasked_block(subject: Subject) -> Iterator[Diagnostic]:
    """A block of addresses that a rule lets in is the network's own, or one that the call of the module names.

    Rules of the user's own, beside the modules, name what they mean themselves.
    """
    networks = subject.planned.of_type("aws_vpc")
    blocks = [v.values.get(argument) for v in networks for argument in ("cidr_block", "ipv6_cidr_block")]
    own = [ip_network(block) for block in blocks if block]
    for _, rule in ingress_rules(subject):
        resource = rule[0]
        for block in blocks_of(subject, rule) if resource.module else ():
            if not _within(block, own) and not _called(subject, rule, block):
                fact = f"{resource.address} lets in {block}, which the spec does not name."
                remedy = "Name it where the entry says who may connect, or take the rule out."
                yield error("LF0806", subject.places.path(resource.address), fact, remedy)


def _within(block: Network, networks: list[Network]) -> bool:
    return any(_inside(block, network) for network in networks)


def _inside(block: Network, network: Network) -> bool:
    if isinstance(block, IPv4Network) and isinstance(network, IPv4Network):
        return block.subnet_of(network)
    return isinstance(block, IPv6Network) and isinstance(network, IPv6Network) and block.subnet_of(network)


def _called(subject: Subject, rule: Rule, block: Network) -> bool:
    """Tell whether the call of the module lets a block in by the rule's port, or stands before the world by HTTPS."""
    resource, values = rule
    port = values.get("from_port")
    if port is None or port != values.get("to_port"):
        return False
    if block == _WORLD and port == _HTTPS and subject.planned.given(resource, "public") is True:
        return True
    return any(block == ip_network(cidr, strict=False) for cidr in _named(subject, resource, port))


def _named(subject: Subject, resource: Resource, port: int) -> Iterator[str]:
    """Yield the blocks that a call names for a port: ``ingress = {ssh = {port = 22, cidrs = [...]}}``."""
    for entry in (subject.planned.given(resource, "ingress") or {}).values():
        if entry.get("port") == port:
            yield from entry.get("cidrs") or ()
