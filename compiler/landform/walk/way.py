"""From one place to another: what stands in the way, layer by layer. TCP only, as everything here speaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Network
from typing import Final

from landform.walk.network import Door, Entry, Networks, Stand, Subnet

HTTPS: Final = 443
PUBLIC: Final = IPv4Network("52.216.0.0/32")
"""An address of those that S3 and DynamoDB have, none of which is in a private block."""

_REPLIES: Final = (1024, 65535)
"""The ends of the range that an answer may go to."""


def between(networks: Networks, origin: Stand, to: Stand | Door, port: int) -> tuple[str, ...]:
    """Return what stops a connection, for each pair of subnets; an empty text where nothing does."""
    pairs = [
        (networks.subnets[a], networks.subnets[b])
        for a in origin.subnets
        for b in to.subnets
        if a in networks.subnets and b in networks.subnets
    ]
    return tuple(_inside(networks, origin, to, pair, port) for pair in pairs)


def through_gateway(networks: Networks, origin: Stand, door: Door) -> tuple[str, ...]:
    """Return what stops a request to a gateway endpoint, for each subnet of where it comes from."""
    return tuple(_to_gateway(networks, origin, door, subnet) for subnet in _subnets(networks, origin))


def outside(networks: Networks, origin: Stand, address: IPv4Network, port: int) -> tuple[str, ...]:
    """Return what stops a connection to an address out of the network, for each subnet of where it comes from."""
    return tuple(_out(networks, origin, subnet, address, port) for subnet in _subnets(networks, origin))


def _subnets(networks: Networks, stand: Stand) -> list[Subnet]:
    return [networks.subnets[s] for s in stand.subnets if s in networks.subnets]


Layer = tuple[Callable[[], bool], str]
"""Whether a layer lets through, and what to say where it does not."""


def _first_closed(layers: Iterable[Layer]) -> str:
    return next((why for opens, why in layers if not opens()), "")


def _inside(networks: Networks, origin: Stand, to: Stand | Door, pair: tuple[Subnet, Subnet], port: int) -> str:
    a, b = pair
    return _first_closed(
        (
            (lambda: a.vpc == b.vpc, f"{a.address} and {b.address} are in different networks"),
            (lambda: _lets_out(networks, origin, b.block, to.groups, port), f"no security group lets it out on {port}"),
            (lambda: _open(a.outgoing, b.block, (port,)), f"the network ACL of {a.address} does not let it out"),
            (lambda: _open(b.incoming, a.block, (port,)), f"the network ACL of {b.address} does not let it in"),
            (
                lambda: _lets_in(networks, to.groups, a.block, origin.groups, port),
                f"no security group of {to.address} lets it in on {port}",
            ),
            (lambda: _open(b.outgoing, a.block, _REPLIES), f"the network ACL of {b.address} stops the answer"),
            (lambda: _open(a.incoming, b.block, _REPLIES), f"the network ACL of {a.address} stops the answer"),
        )
    )


def _to_gateway(networks: Networks, origin: Stand, door: Door, a: Subnet) -> str:
    rules = [rule for group in origin.groups for rule in networks.groups[group].outgoing if rule.fits(HTTPS)]
    listed = any(door.address in rule.lists or _covered(rule.blocks, PUBLIC) for rule in rules)
    return _first_closed(
        (
            (lambda: a.table in door.tables, f"{a.address} has no route to {door.address}"),
            (lambda: listed, f"no security group lets it out to {door.address}"),
            (lambda: _open(a.outgoing, PUBLIC, (HTTPS,)), f"the network ACL of {a.address} does not let it out"),
            (lambda: _open(a.incoming, PUBLIC, _REPLIES), f"the network ACL of {a.address} stops the answer"),
        )
    )


def _out(networks: Networks, origin: Stand, a: Subnet, address: IPv4Network, port: int) -> str:
    routed = any(address.subnet_of(block) for block, _ in a.routes)
    return _first_closed(
        (
            (lambda: routed, f"{a.address} has no route there"),
            (
                lambda: _lets_out(networks, origin, address, frozenset(), port),
                f"no security group lets it out on {port}",
            ),
            (lambda: _open(a.outgoing, address, (port,)), f"the network ACL of {a.address} does not let it out"),
            (lambda: _open(a.incoming, address, _REPLIES), f"the network ACL of {a.address} stops the answer"),
        )
    )


def _lets_out(networks: Networks, origin: Stand, to: IPv4Network, groups: frozenset[str], port: int) -> bool:
    rules = [rule for group in origin.groups for rule in networks.groups[group].outgoing if rule.fits(port)]
    return any(rule.groups & groups or _covered(rule.blocks, to) for rule in rules)


def _lets_in(networks: Networks, own: frozenset[str], source: IPv4Network, groups: frozenset[str], port: int) -> bool:
    rules = [rule for group in own for rule in networks.groups[group].incoming if rule.fits(port)]
    return any(rule.groups & groups or _covered(rule.blocks, source) for rule in rules)


def _covered(blocks: Iterable[IPv4Network], block: IPv4Network) -> bool:
    return any(block.subnet_of(each) for each in blocks)


def _open(lines: tuple[Entry, ...], block: IPv4Network, ports: Iterable[int]) -> bool:
    return all(next(_said(lines, block, port), False) for port in ports)


def _said(lines: tuple[Entry, ...], block: IPv4Network, port: int) -> Iterator[bool]:
    """Yield what the lines say of a block and a port, the first of which counts."""
    for line in lines:
        fits = line.protocol == "-1" or (line.protocol == "tcp" and line.first <= port <= line.last)
        if fits and block.subnet_of(line.block):
            yield line.allow
