"""Rules on what groups let in: no more ports than something listens on, no addresses but those that were asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, ip_network
from typing import Any, Final

from landform.diagnostics import Diagnostic, error
from landform.proof.planned import Resource
from landform.scan.subject import Subject

MOST_PORTS: Final = 16
"""Of one rule: Lustre's widest has 6, and what listens on more is no service but a habit."""


def many_ports(subject: Subject) -> Iterator[Diagnostic]:
    """A rule is for a service and its ports; more is for the members of one group among themselves."""
    for rule in _rules(subject):
        if what := _many(subject, rule):
            fact = f"{rule.address} lets in {what}."
            remedy = "Open the ports that are listened on; more is for a group and itself."
            yield error("LF0806", subject.places.path(rule.address), fact, remedy)


def _many(subject: Subject, rule: Resource) -> str:
    """Say what a rule opens; empty for little, and for what the members of a group open to each other."""
    values = rule.values
    own = {t.address for t in subject.planned.targets(rule, "security_group_id")}
    among = {t.address for t in subject.planned.targets(rule, "referenced_security_group_id")}
    if own and own == among and not (values.get("cidr_ipv4") or values.get("cidr_ipv6")):
        return ""
    if str(values.get("ip_protocol")).lower() in ("-1", "all"):
        return "every protocol"
    first, last = values.get("from_port"), values.get("to_port")
    ports = last - first + 1 if first is not None and last is not None else 0
    return f"{ports:,} ports, from {first} to {last}" if ports > MOST_PORTS else ""


def unasked_block(subject: Subject) -> Iterator[Diagnostic]:
    """A block of addresses that a rule lets in is the network's own, or one that the call of the module names.

    Rules of the user's own, beside the modules, name what they mean themselves.
    """
    own = [ip_network(v.values["cidr_block"]) for v in subject.planned.of_type("aws_vpc") if v.values.get("cidr_block")]
    for rule in _rules(subject):
        block = rule.values.get("cidr_ipv4")
        if not block or not rule.module or _within(block, own) or _called(subject, rule.module, block):
            continue
        fact = f"{rule.address} lets in {block}, which the spec does not name."
        remedy = "Name it where the entry says who may connect, or take the rule out."
        yield error("LF0806", subject.places.path(rule.address), fact, remedy)


def _rules(subject: Subject) -> tuple[Resource, ...]:
    return subject.planned.of_type("aws_vpc_security_group_ingress_rule")


def _within(block: str, networks: list[Any]) -> bool:
    inside = ip_network(block, strict=False)
    return any(isinstance(n, IPv4Network) and isinstance(inside, IPv4Network) and inside.subnet_of(n) for n in networks)


def _called(subject: Subject, module: str, block: str) -> bool:
    """Tell whether the call of a module has a block among its literals, or is one that stands before the world."""
    call: Mapping[str, Any] = subject.planned.configuration.get("root_module", {}).get("module_calls", {})
    name = module.removeprefix("module.").partition(".")[0]
    return f'"{block}"' in json.dumps(call.get(name, {}).get("expressions", {}))
