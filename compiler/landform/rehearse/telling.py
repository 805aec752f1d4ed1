"""What each step of a rehearsal saw, in words: the step's line, and diagnostics with their place and remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from landform.diagnostics import Diagnostic, error
from landform.rehearse.applied import Applied
from landform.rehearse.handlers import Run
from landform.rehearse.inspection import Finding, Standing, seen
from landform.rehearse.inventory import Inventory, unlisted
from landform.rehearse.terraform import PlanResult, Terraform

FAULT: Final = "the modules or the embedded AWS are at fault, not the spec: report it with the spec."
"""Whoever wrote a sound spec cannot mend any of this in it."""

Told = tuple[str, list[Diagnostic]]
"""A step's line, and what was not as it should be."""


def told_again(terraform: Terraform, plan: PlanResult) -> Told:
    """Tell what a second plan would change although nothing was edited (LF0905)."""
    if plan.empty:
        return "Planned again: nothing to do. What stands is what is written.", []
    remedy = "It would change on every apply. " + _remedy("write the value as AWS answers it, or ignore the attribute")
    found = [
        error("LF0905", (), f"{address} is not at rest: {', '.join(attributes)} would {action}.", remedy)
        for address, action, attributes in _differences(terraform, plan)
    ]
    found += [error("LF0905", (), f"the output {name} is not at rest.", remedy) for name in plan.outputs]
    return f"Planned again: {len(found)} would change although nothing was edited.", found


def told_look(standing: Standing, findings: Sequence[Finding]) -> Told:
    """Tell what stands and how it differs from what it should be (LF0906)."""
    remedy = _remedy("say it there")
    found = [error("LF0906", (), f"{f.address} {f.message}.", remedy) for f in findings]
    if found:
        return f"Looked at {seen(standing)}: {len(found)} not as it should be.", found
    return (
        f"Looked at {seen(standing)}: encrypted, closed to the public, TLS only, tagged, permissions as planned.",
        found,
    )


def told_change(terraform: Terraform, plan: PlanResult, expect: frozenset[str]) -> Told:
    """Tell what the plan of an edit changes outside the modules that it may touch (LF0907)."""
    modules = ", ".join(sorted(expect))
    if plan.empty:
        fact = f"the edited input changes nothing in {modules} that Terraform sees."
        return "Changed one input: nothing would change.", [error("LF0907", (), fact, f"Here {FAULT}")]
    allowed = tuple(f"{module}." for module in expect)
    strays = {c.address for c in plan.changes if not c.address.startswith(allowed)}
    if not strays:
        return f"Changed one input: {_counted(len(plan.changes))} would follow, all in {modules}.", []
    remedy = _remedy("let it not follow from what was edited")
    found = [
        error("LF0907", (), f"the edited input also touches {address}: {', '.join(attributes)} would {action}.", remedy)
        for address, action, attributes in _differences(terraform, plan)
        if address in strays
    ]
    return f"Changed one input: {_counted(len(strays))} would change that it should not touch.", found


def told_run(runs: Sequence[Run], findings: Sequence[Finding]) -> Told:
    """Tell which functions were run and what they wrote (LF0906)."""
    remedy = "Correct the handler, or what its folder `rehearsal` holds."
    found = [error("LF0906", (), f"{f.address} {f.message}.", remedy) for f in findings]
    ran = ", ".join(f"{run.address.split('.')[1]} on {_many(run.events, 'event')}" for run in runs)
    wrote = len({thing for run in runs for thing in run.written})
    return f"Ran {ran}: wrote {_many(wrote, 'object or row', 'objects and rows')}.", found


def _many(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or f'{one}s'}"


def told_destroy(
    applied: Sequence[Applied], left: Inventory, stays: Inventory = frozenset(), swept: Sequence[str] = ()
) -> Told:
    """Tell what a destroy has left standing (LF0908), each by its address where the state knew it.

    What is meant to stay is said, and no fault; so is what had to be swept away, since Terraform did not know it.
    """
    remedy = _remedy("look for what keeps it")
    found = [
        error("LF0908", (), f"{_known(applied, *thing)} is still there after destroy.", remedy)
        for thing in sorted(left)
    ]
    if found:
        return f"Tore everything down: {len(found)} left behind.", found
    own = unlisted(applied)
    unseen = f" (not looked for: {', '.join(sorted(own))})" if own else ""
    meant = ", ".join(sorted({_shortly(id_) for _, _, id_ in stays}))
    kept = f" but what AWS made for itself and keeps: {meant}" if meant else ""
    besides = f", and with `landform sweep` {' and '.join(swept)}" if swept else ""
    return f"Tore down all {len(applied)}{besides}: nothing is left{kept}{unseen}.", []


def _shortly(id_: str) -> str:
    """Name the folder of several log groups instead of each."""
    return "/".join([*id_.split("/")[:4], "*"]) if id_.count("/") > 3 else id_


def placed(tree: Path, diagnostic: Diagnostic) -> Diagnostic:
    """Give a diagnostic the spec path of the first module that it names."""
    path = tree / "sourcemap.json"
    named = re.search(r"\bmodule\.\w+", diagnostic.message)
    if not named or not path.exists():
        return diagnostic
    place = json.loads(path.read_text("utf-8")).get(named[0], "")
    return replace(diagnostic, path=tuple(place.split("."))) if place else diagnostic


def _remedy(own: str) -> str:
    return f"In a .tf of your own, {own}; otherwise {FAULT}"


def _counted(resources: int) -> str:
    return f"{resources} resource{'' if resources == 1 else 's'}"


def _known(applied: Sequence[Applied], type_: str, region: str, id_: str) -> str:
    """What to call a thing of an inventory: its address in the state or else its type, then id and region."""
    own = (r for r in applied if r.type == type_ and region in ("", r.region) and id_ in r.values.values())
    name = next((r.address for r in own), type_)
    return f"{name} {id_}{f' in {region}' if region else ''}"


def _differences(terraform: Terraform, plan: PlanResult) -> Iterator[tuple[str, str, list[str]]]:
    """For each change of a plan: address, action, and the attributes that differ. Values may be secret."""
    actions = {c.address: c.action for c in plan.changes}
    for resource in terraform.show_plan_json(plan)["resource_changes"]:
        if resource["address"] not in actions:
            continue
        change = resource["change"]
        before, after = change["before"] or {}, change["after"] or {}
        differ = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
        shown = differ if before and after else ["all of it"]
        yield resource["address"], actions[resource["address"]], shown
