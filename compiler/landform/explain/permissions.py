"""Permissions: who has them, by which edge, and why each is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from landform.catalog.grants import VERBS
from landform.catalog.uses import ANY, BY_DEFAULT, LOOP, USES
from landform.diagnostics import Path
from landform.passes.grant import RAW
from landform.plan import Edge, Grant, Plan

THEN: Final = "then"
"""What stands between a watch and a use of its loop."""


def identities(plan: Plan, path: Path, edge: str = "") -> list[dict[str, Any]]:
    """Return the roles of an entry with each permission; of one edge alone where one is named."""
    label = ".".join(map(str, path))
    edges = {each.said: each for workload in plan.workloads for each in workload.edges}
    roles: dict[str, list[dict[str, Any]]] = {}
    for grant in plan.grants:
        if _belongs(grant.edge, label) and (not edge or _belongs(grant.edge, edge)):
            roles.setdefault(grant.principal, []).append(_permission(grant, edges))
    return [{"role": role, "permissions": each} for role, each in roles.items()]


def path_of(edge: str, edges: Mapping[str, Edge]) -> Path:
    """Return where the spec asks for an edge: the name in a list, else the entry that it follows from."""
    parts = edge.split(".")
    if parts[2:3] == [RAW]:
        return (*parts[:3], int(parts[3]))
    if parts[2:3] == [THEN]:
        return tuple(parts[:3])
    return edges[edge].path if edge in edges else tuple(edge.split(".")[:2])


def users(plan: Plan, path: Path) -> list[dict[str, Any]]:
    """Return who has an edge to an entry: by which verb, and where the spec says so."""
    # All users of Studio have the same edges.
    found = dict.fromkeys(
        (workload.label, edge.verb, workload.region, edge.path)
        for workload in plan.workloads
        for edge in workload.edges
        if edge.store.path == path
    )
    return [{"by": by, "verb": verb, "region": region, "path": at} for by, verb, region, at in found]


def why(grant: Grant, edges: Mapping[str, Edge]) -> str:
    """Say why a permission is in: what its verb needs, or what the platform does with it."""
    edge = edges.get(grant.edge)
    if grant.reason:
        return grant.reason
    if edge is None:
        parts = grant.edge.split(".")
        if parts[2:3] == [THEN]:
            return LOOP.get(parts[-1], ANY)
        known = next((USES[part] for part in reversed(parts) if part in USES), ANY)
        return BY_DEFAULT.get(grant.edge, known)
    verb = VERBS.get((edge.store.kind, edge.verb))
    reason = verb.why if verb else ANY
    if all(action.startswith("kms:") for action in grant.statement.actions):
        return f"what {'.'.join(map(str, edge.store.path))} holds is encrypted; {reason}"
    return reason


def _permission(grant: Grant, edges: Mapping[str, Edge]) -> dict[str, Any]:
    return {
        "sid": grant.statement.sid,
        "actions": sorted(grant.statement.actions),
        "resources": list(grant.statement.resources),
        "condition": {
            operator: {key: list(values) for key, values in keys.items()}
            for operator, keys in grant.statement.conditions.items()
        },
        "edge": grant.edge,
        "path": path_of(grant.edge, edges),
        "why": why(grant, edges),
    }


def _belongs(edge: str, label: str) -> bool:
    return edge == label or edge.startswith(f"{label}.")
