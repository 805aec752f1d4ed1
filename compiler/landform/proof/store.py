"""A store of data, a key, a trail or what is called, as the proof sees it."""

from __future__ import annotations

from dataclasses import dataclass

from landform.proof.evaluate import Policy


@dataclass(frozen=True, slots=True)
class Store:
    """A store of data, key or trail; `kind` is the prefix of its actions, `key` the address of what encrypts it."""

    kind: str
    arn: str
    address: str
    module: str
    region: str
    policy: Policy | None
    aliases: tuple[str, ...] = ()
    key: str = ""
    indexed: bool = False
    """Whether a table has indexes, which have ARNs of their own."""
    ends: tuple[str, ...] = ()
    """What the ARNs of an API's routes end with."""
