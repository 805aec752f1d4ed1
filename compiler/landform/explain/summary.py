"""A plan as a summary that a person reads in a pull request: what changes, why, what is at risk, what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from landform.cost import Cost, cost
from landform.cost.written import entry_row, rows
from landform.diagnostics import Diagnostic, Path, dotted
from landform.explain.changes import UNKNOWN, Change, Permission
from landform.explain.facts import placed
from landform.explain.permissions import path_of as place_of_edge
from landform.explain.risks import path_of
from landform.explain.told import BOLD, FAINT, GREEN, RED, YELLOW, usd
from landform.plan import Plan
from landform.render import as_objects
from landform.source import Source

Paint = Callable[[str, str], str]

BESIDE: Final = "beside the spec"
"""Whose resources are that no module of the output makes: the user's own."""

_SIGNS: Final = {
    "create": ("+", GREEN),
    "change": ("~", YELLOW),
    "replace": ("±", RED),
    "destroy": ("-", RED),
    "move": (">", FAINT),
    "forget": (".", YELLOW),
    "import": ("<", GREEN),
}

_FEW: Final = 12
"""Resources made or destroyed together that are listed one by one; of more, a line says how many."""


def summary(
    plan: Plan, source: Source, found: list[Change], paths: Mapping[str, Path], risky: tuple[Diagnostic, ...]
) -> dict[str, Any]:
    """Return what is to be said of a plan."""
    spent = cost(plan)
    groups: dict[tuple[str, Path], list[Change]] = {}
    for change in found:
        known = change.module in paths
        label = dotted(paths[change.module]) if known else change.module or BESIDE
        groups.setdefault((label, path_of(change, paths)), []).append(change)
    counted: Counter[str] = Counter(change.verb for change in found)
    whole: dict[str, Any] = placed(
        {
            "system": plan.system.system,
            "environment": plan.system.environment,
            "counts": {verb: counted[verb] for verb in _SIGNS if counted[verb]},
            "entries": [_entry(plan, spent, label, path, each) for (label, path), each in sorted(groups.items())],
            "monthly": rows(plan, spent)["monthly"],
            "verdict": rows(plan, spent)["verdict"],
            "unpriced": len(spent.unpriced),
        },
        source,
    )
    return whole | {"risks": as_objects(risky)}


def _entry(plan: Plan, spent: Cost, label: str, path: Path, found: list[Change]) -> dict[str, Any]:
    standing = label == dotted(path)
    verbs = {change.verb for change in found}
    priced = entry_row(spent.of(path))
    money = "is new" if verbs == {"create"} else "after this"
    return {
        "entry": label,
        "path": path,
        "in_spec": standing,
        "changes": [_change(plan, change) for change in found],
        "monthly": priced["monthly"] if standing and priced["lines"] else None,
        "money": money if standing else "ends",
    }


def _change(plan: Plan, change: Change) -> dict[str, Any]:
    named = change.after.get("role") or change.before.get("role")
    role = f"role/{named}" if named else ""
    told = [edit for edit in change.edits if not (edit.name == "policy" and (change.gained or change.lost))]
    later = [edit.name for edit in told if edit.after == UNKNOWN and not edit.forces]
    return {
        "address": change.address,
        "type": change.type,
        "verb": change.verb,
        "reason": change.reason,
        "was": change.was,
        "edits": [
            {"name": edit.name, "before": edit.before, "after": edit.after, "forces": edit.forces}
            for edit in told
            if edit.name not in later
        ],
        "known_later": later,
        "gained": [_permission(plan, role, each) for each in change.gained],
        "lost": [{"action": action, "resource": on, "condition": given} for action, on, given in change.lost],
    }


def _permission(plan: Plan, role: str, own: Permission) -> dict[str, Any]:
    """Return a permission that is gained, by a role or through an endpoint, with the edge that asks for it."""
    action, resource, given = own
    told = {"action": action, "resource": resource, "condition": given}
    edges = {edge.said: edge for workload in plan.workloads for edge in workload.edges}
    for grant in plan.grants:
        stated = grant.statement
        if grant.principal.endswith(role) and action in stated.actions and resource in stated.resources:
            return {**told, "edge": grant.edge, "path": place_of_edge(grant.edge, edges)}
    return {**told, "edge": None}


def summary_text(facts: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    """Yield the lines of the summary of a plan."""
    counts = ", ".join(f"{number} to {verb}" for verb, number in facts["counts"].items()) or "nothing to do"
    yield f"{paint(facts['system'], BOLD)} ({facts['environment']}): {counts}"
    yield paint("verdict", BOLD) + f"  {_verdict(facts)}"
    for risk in facts["risks"]:
        colour = RED if risk["severity"] == "error" else YELLOW
        yield f"{paint('risk', colour)}  {risk['message']}"
    for entry in facts["entries"]:
        where = paint(f"{entry['file']}:{entry['line']}", FAINT) if entry["in_spec"] else "no longer in the spec"
        yield f"{paint(entry['entry'], BOLD)}  {where if entry['entry'] != BESIDE else 'files of your own'}"
        yield from _changes(entry["changes"], paint)
        if entry["monthly"]:
            yield f"  {entry['money']}: {usd(entry['monthly'])} a month"
        elif entry["money"] == "ends" and entry["entry"] != BESIDE:
            yield "  what it costs ends with it"
    yield (
        f"{paint('money', BOLD)}  {'at least ' * (facts['verdict'] == 'at least')}{usd(facts['monthly'])} a month for"
        + (f" the whole system after this; {facts['unpriced']} things have no price and are not counted")
    )


def _verdict(facts: Mapping[str, Any]) -> str:
    severities = Counter(risk["severity"] for risk in facts["risks"])
    if severities["error"]:
        codes = {risk["code"] for risk in facts["risks"] if risk["severity"] == "error"}
        ended = "what runs in production would end"
        return f"do not apply: {'stored data of production would be lost' if 'LF0720' in codes else ended}"
    if severities["warning"]:
        return "look at the risks before you apply"
    return "the apply puts nothing stored at risk" if facts["counts"] else "what stands is what the spec says"


def _changes(found: list[Mapping[str, Any]], paint: Paint) -> Iterator[str]:
    for verb, (sign, colour) in _SIGNS.items():
        same = [change for change in found if change["verb"] == verb]
        if verb in ("create", "destroy", "move") and len(same) > _FEW:
            kinds = Counter(change["type"] for change in same)
            listed = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in sorted(kinds.items()))
            yield f"  {paint(sign, colour)} {verb} {len(same)} resources: {listed}"
            continue
        for change in same:
            yield from _told(change, paint(sign, colour), paint)


def _told(change: Mapping[str, Any], sign: str, paint: Paint) -> Iterator[str]:
    reason = f", because {change['reason']}" if change["reason"] else ""
    was = f", which was {change['was']}" if change["was"] else ""
    yield f"  {sign} {change['verb']} {change['address']}{was}{reason}"
    for edit in change["edits"]:
        force = paint(" (this replaces it)", RED) if edit["forces"] else ""
        yield f"      {edit['name']}: {edit['before']} -> {edit['after']}{force}"
    if change["known_later"] and not change["edits"]:
        yield f"      known after apply: {', '.join(change['known_later'][:_FEW])}"
    for each in change["gained"]:
        edge = f"  ({each['edge']}, {each['file']}:{each['line']})" if each["edge"] else "  (no edge asks for it)"
        yield f"      {paint('+', GREEN)} {_allowed(each)}{edge}"
    for each in change["lost"]:
        yield f"      {paint('-', RED)} {_allowed(each)}"


def _allowed(each: Mapping[str, Any]) -> str:
    given = f" if {each['condition']}" if each["condition"] else ""
    return f"{each['action']} on {each['resource']}{given}"
