"""File systems that somebody mounts without a role: what their policies let those do whom the network lets in.

Which security groups these are is no matter of policies, and is not proven here. What is: a role that mounts such a
file system, which could do so without saying who it is, gains nothing by that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from landform.diagnostics import Diagnostic, error
from landform.proof.evaluate import Policy, Statement
from landform.proof.grants import Grant, Places
from landform.proof.store import Store
from landform.proof.system import System

_MOUNTED: Final = ("bool", "elasticfilesystem:accessedviamounttarget", ("true",))
_MOUNTS: Final = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")
_NEVER: Final = "elasticfilesystem:ClientRootAccess"


def for_roles(store: Store) -> Store:
    """Return a store with what its policy says to roles: without what it lets anybody do by a mount target."""
    if store.kind != "elasticfilesystem" or store.policy is None:
        return store
    said = tuple(s for s in store.policy.statements if not _by_network(s))
    return replace(store, policy=Policy(said))


def nobody_gains(system: System, expected: Sequence[Grant], places: Places) -> Iterator[Diagnostic]:
    """Whoever mounts a file system by a role may by it what the policy lets everybody do, and nobody is root."""
    for store in system.stores:
        policy = store.policy if store.kind == "elasticfilesystem" else None
        admitting = [s for s in policy.statements if _by_network(s)] if policy else []
        for action in (*_MOUNTS, _NEVER):
            if any(s.speaks_of(action) for s in admitting):
                for role, actions in _mounting(expected, store).items():
                    if action == _NEVER or action not in actions:
                        yield error(
                            "LF0805",
                            places.path(store.address),
                            f"whoever reaches {store.arn} may {action}, and {role}, which does, has no edge for it.",
                            "Give Studio a file system of its own.",
                        )


def _by_network(statement: Statement) -> bool:
    """Tell whether a statement lets in whoever comes by a mount target, under no other condition."""
    conditions = [(c.operator.lower(), c.key.lower(), tuple(c.values)) for c in statement.conditions]
    anyone = statement.principals is not None and statement.principals.anyone
    return statement.allow and anyone and conditions == [_MOUNTED]


def _mounting(expected: Sequence[Grant], store: Store) -> dict[str, set[str]]:
    """Return what the roles that mount a file system may do with it, by their edges."""
    found: dict[str, set[str]] = {}
    for grant in expected:
        if store.arn in grant.resources:
            found.setdefault(grant.principal, set()).update(grant.actions)
    return found
