"""How much of the internet a set of address blocks lets in."""

from collections.abc import Iterable
from ipaddress import IPv4Network, collapse_addresses
from typing import Final

WORLD: Final = 2**24
"""More public addresses than the largest block that one organisation holds (a /8) are everybody."""

_PRIVATE: Final = tuple(
    IPv4Network(block) for block in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
)


def opens_to_the_world(blocks: Iterable[IPv4Network]) -> bool:
    """Tell whether the blocks together admit more public addresses than a /8 has: halves of the world do, too."""
    return sum(public_addresses(block) for block in collapse_addresses(blocks)) > WORLD


def public_addresses(block: IPv4Network) -> int:
    """Count the addresses of a block that are not for private networks."""
    if any(block.subnet_of(private) for private in _PRIVATE):
        return 0
    return block.num_addresses - sum(p.num_addresses for p in _PRIVATE if p.subnet_of(block))
