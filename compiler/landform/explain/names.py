"""What a NAME means: a spec path, an entry alone, or a Terraform address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from landform.diagnostics import Diagnostic, Path, dotted
from landform.passes.unknown import unknown
from landform.plan import Plan

NAMED: Final = ("data", "secrets", "machines", "train", "serve", "functions", "drift")
"""Sections whose keys are names of entries."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be explained: an entry, of it one edge, or one resource or module of Terraform."""

    path: Path
    edge: str = ""
    address: str = ""


def target(
    plan: Plan, name: str, sourcemap: Mapping[str, Path], resources: Mapping[str, list[str]]
) -> Target | Diagnostic:
    """Return what NAME means, or say what comes nearest.

    `sourcemap` leads from module addresses to spec paths, `resources` lists the addresses in each module.
    """
    if name.startswith("module."):
        return _by_address(name, sourcemap, resources)
    entries = _entries(plan) | {dotted(path): path for path in sourcemap.values()}
    parts = name.split(".")
    for length in (len(parts), 2, 1):
        known = entries.get(_bare(".".join(parts[:length])))
        # What stands below a section is an entry of it: a misspelt one is not the section.
        if known and (length == len(parts) or length == len(known) == 2 or (length == 1 and parts[0] not in NAMED)):
            return Target(known, edge=_edge(plan, name) if length < len(parts) or "[" in name else "")
    alone = [path for path in entries.values() if len(path) == 2 and path[1] == name]
    if len(alone) == 1:
        return Target(alone[0])
    offered = sorted([dotted(path) for path in alone] or {*entries, *(str(p[1]) for p in entries.values() if p[1:])})
    return unknown("LF0203", (), "entry", name, offered)


def _by_address(name: str, sourcemap: Mapping[str, Path], resources: Mapping[str, list[str]]) -> Target | Diagnostic:
    plain = ".".join(name.split(".")[:2]).partition("[")[0]
    if plain not in sourcemap:
        return unknown("LF0203", (), "module", name, sourcemap)
    resource = _bare(name)
    if resource != plain and resource not in resources[plain]:
        return unknown("LF0203", (), "resource", name, resources[plain])
    return Target(sourcemap[plain], address=resource)


def _bare(name: str) -> str:
    """Return an address or a path without what stands in brackets: instances of resources, places in lists."""
    out = ""
    depth = 0
    for character in name:
        depth += character == "["
        out += character if not depth else ""
        depth -= character == "]"
    return out


def _edge(plan: Plan, name: str) -> str:
    """Return the name by which grants know the edge at a spec path, or the path itself."""
    for workload in plan.workloads:
        for edge in workload.edges:
            if dotted(edge.path) == name:
                return edge.said
    return _bare(name)


def _entries(plan: Plan) -> dict[str, Path]:
    """Return the entries of the spec, those too that become nothing by themselves."""
    system = plan.system
    named: list[Path] = [(section, entry) for section in NAMED for entry in getattr(system, section)]
    return {dotted(path): path for path in named}
