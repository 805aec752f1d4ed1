"""What an entry becomes and why, as plain data: what `explain` prints, and writes as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from landform.cost import Cost, cost
from landform.cost.written import entry_row, rows
from landform.diagnostics import Path, dotted
from landform.explain.loop import parts, watch
from landform.explain.names import Target
from landform.explain.permissions import identities, users
from landform.explain.types import Typed, types
from landform.explain.watched import alarms, budget, queries
from landform.moves import moves, trainings
from landform.plan import Network, Plan
from landform.root import Module, Root
from landform.source import Source, span_of

_RESOURCE = re.compile(r'^resource "(\w+)" "(\w+)"', re.MULTILINE)


def resources_of(root: Root, modules: FilePath) -> dict[str, list[str]]:
    """Return module address → addresses of the resources in it, as its text declares them."""
    texts: dict[str, list[str]] = {}
    for module in root.modules:
        if module.source not in texts:
            files = sorted((modules / module.source).glob("*.tf"))
            found = [f"{kind}.{name}" for file in files for kind, name in _RESOURCE.findall(file.read_text("utf-8"))]
            texts[module.source] = sorted(found)
    return {
        f"module.{module.address}": [f"module.{module.address}.{name}" for name in texts[module.source]]
        for module in root.modules
    }


def explained(
    plan: Plan, source: Source, root: Root, resources: Mapping[str, list[str]], wanted: Target
) -> dict[str, Any]:
    """Return everything that is to be said of an entry."""
    path = wanted.path
    own = [module for module in root.modules if module.path in parts(plan, path)]
    if wanted.address:
        own = [m for m in own if f"{wanted.address}.".startswith(f"module.{m.address}.")]
    workloads = [each for each in plan.workloads if each.path == path]
    spent = cost(plan)
    found: dict[str, Any] = placed(
        {
            "entry": dotted(path),
            "path": path,
            "address": wanted.address or None,
            "edge": wanted.edge or None,
            "modules": [_module(plan, module, resources, wanted.address) for module in own],
            "identities": identities(plan, path, wanted.edge),
            "used_by": users(plan, path),
            "instances": [
                {"region": each.region, **types(plan, each)} for each in workloads if isinstance(each, Typed)
            ],
            "addresses": _blocks(plan, path),
            "moves": [move for each in trainings(plan) if each.path == path for move in moves(each)],
            "watch": None if wanted.edge or wanted.address else watch(plan, path),
            "alarms": alarms(plan, path, wanted.edge),
            "queries": queries(plan, path, wanted.edge),
            "budget": budget(plan, path, spent),
            "cost": entry_row(spent.of(*parts(plan, path))),
        },
        source,
    )
    return found


def overview(plan: Plan, source: Source, root: Root, resources: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return what is to be said of the whole system: its entries in short, its networks, its money."""
    spent = cost(plan)
    paths = list(dict.fromkeys([*(m.path for m in root.modules), *(entry.path for entry in spent.entries)]))
    whole: dict[str, Any] = {
        "system": plan.system.system,
        "environment": plan.system.environment,
        "account": plan.system.account,
        "regions": list(plan.system.regions.active),
        "entries": [_short(path, root, resources, spent) for path in sorted(paths, key=dotted)],
        "permissions": len(plan.grants),
        "addresses": [block for network in plan.networks.values() for block in _network(network)],
        "cost": {k: v for k, v in rows(plan, spent).items() if k != "entries"},
    }
    found: dict[str, Any] = placed(whole, source)
    return found


def _short(path: Path, root: Root, resources: Mapping[str, list[str]], spent: Cost) -> dict[str, Any]:
    own = [module for module in root.modules if module.path == path]
    priced = entry_row(spent.of(path))
    return {
        "entry": dotted(path),
        "path": path,
        "modules": [f"module.{module.address}" for module in own],
        "resources": sum(len(resources[f"module.{module.address}"]) for module in own),
        "monthly": priced["monthly"],
        "unpriced": len(priced["unpriced"]),
        "by_use": sum(each["why"] == "use" for each in priced["unpriced"]),
    }


def _module(plan: Plan, module: Module, resources: Mapping[str, list[str]], address: str) -> dict[str, Any]:
    whole = f"module.{module.address}"
    region = (module.provider or "").replace("_", "-") or plan.system.regions.primary
    inside = resources[whole]
    return {
        "address": whole,
        "source": module.source,
        "region": region,
        "resources": [each for each in inside if each == address] if address not in ("", whole) else inside,
    }


def _blocks(plan: Plan, path: Path) -> list[dict[str, Any]]:
    """Return the blocks of addresses that an entry takes its own from: of its zones, the private subnets."""
    if path == ("network",):
        return [block for network in plan.networks.values() for block in _network(network)]
    found = []
    for each in plan.workloads:
        network = plan.networks.get(each.region)
        if each.path == path and network and not network.existing:
            zones = getattr(each, "zones", ())
            found += [
                {"region": each.region, "zone": zone.id, "private": str(zone.private)}
                for zone in network.zones
                if zone.id in zones
            ]
    # All users of Studio stand in the same zones.
    return [block for index, block in enumerate(found) if block not in found[:index]]


def _network(network: Network) -> list[dict[str, Any]]:
    if network.existing:
        return [{"region": network.region, "vpc": network.existing.vpc, "block": str(network.block)}]
    vpc = {"region": network.region, "block": str(network.block)}
    zones = [
        {
            "region": network.region,
            "zone": zone.id,
            "public": str(zone.public),
            "private": str(zone.private),
            "isolated": str(zone.isolated),
        }
        for zone in network.zones
    ]
    return [vpc, *zones]


def placed(facts: Any, source: Source) -> Any:
    """Put file and line beside every spec path, and write the path as people say it."""
    if isinstance(facts, list):
        return [placed(each, source) for each in facts]
    if not isinstance(facts, dict):
        return facts
    out = {key: placed(value, source) for key, value in facts.items() if key != "path"}
    if "path" in facts:
        span = span_of(facts["path"], source)
        out |= {"path": dotted(facts["path"]), "file": span.file, "line": span.line, "column": span.column}
    return out
