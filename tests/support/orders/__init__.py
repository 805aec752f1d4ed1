"""A system with one of nearly everything that has a policy, planned once a run and spoiled in copies."""

from __future__ import annotations

import copy
import fcntl
import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any, NamedTuple

from landform.diagnostics import Diagnostic
from landform.proof.foreseen import foreseen
from landform.proof.grants import Grant, Places, read_grants
from landform.proof.planned import read_plan
from landform.proof.prove import prove
from landform.proof.system import read_system
from landform.rehearse.terraform import offline_plan
from landform.scan.elsewhere import written_by
from landform.scan.readable import readable
from landform.scan.rules import judge
from landform.scan.subject import Subject
from support.projects import landform

ACCOUNT = "123456789012"
STRANGER = "999900001111"
Plan = dict[str, Any]
Mutate = Callable[[Plan], None]


@dataclass(frozen=True)
class Orders:
    """Its plan in the form of `terraform show -json`, and what was compiled."""

    plan: Plan
    root: Mapping[str, Any]
    grants: tuple[Grant, ...]
    places: Places
    spec: Path

    def spoiled(self, mutate: Mutate) -> tuple[Diagnostic, ...]:
        """Return what proof and rules find once the plan is changed."""
        plan = copied(self.plan)
        mutate(plan)
        return replace(self, plan=plan).found()

    def found(self) -> tuple[Diagnostic, ...]:
        """Return what proof and rules find."""
        planned, unreadable = readable(read_plan(self.plan), self.places)
        known = foreseen(planned, self.root, ACCOUNT)
        proven = prove(read_system(known, ACCOUNT), self.grants, self.places.sections)
        return (*unreadable, *proven, *judge(Subject(known, ACCOUNT, self.places, written_by(self.grants))))


def copied(plan: Plan) -> Plan:
    """Return a plan of one's own; pickling is three times as fast as copying."""
    own: Plan = pickle.loads(pickle.dumps(plan))
    return own


@cache
def orders() -> Orders:
    """Compile and plan it; processes of one test run share the plan."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return _planned(Path(gettempdir()) / f"landform-orders-{os.getpid()}")
    folder = Path(gettempdir()) / f"landform-orders-{run}"
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _planned(folder)


def _planned(folder: Path) -> Orders:
    tree = folder / "generated" / "orders" / "production"
    kept = folder / "plan.json"
    if not kept.exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(Path(__file__).parent, folder / "specs")
        assert landform("compile", "-q", folder / "specs" / "orders.yaml") == 0
        plan = offline_plan(tree)
        kept.write_text(json.dumps(plan))
    return Orders(
        json.loads(kept.read_text()),
        json.loads((tree / "main.tf.json").read_text()),
        read_grants(json.loads((tree / "grants.json").read_text())),
        Places(json.loads((tree / "sourcemap.json").read_text())),
        folder / "specs" / "orders.yaml",
    )


# ── what is changed in a plan ──


def modules(plan: Plan) -> Iterator[Plan]:
    remaining = [plan["planned_values"]["root_module"]]
    while remaining:
        module = remaining.pop()
        yield module
        remaining += module.get("child_modules", ())


def values(plan: Plan, address: str) -> Plan:
    """Return the values of a resource, to be changed in place."""
    found: Plan = next(r["values"] for m in modules(plan) for r in m.get("resources", ()) if r["address"] == address)
    return found


class Planted(NamedTuple):
    """A mistake by its name, and the finding that must tell of it: its code, and what its message must hold."""

    name: str
    mutate: Mutate
    code: str
    told: Sequence[str]


def drop(plan: Plan, address: str) -> None:
    """Take a resource out."""
    for module in modules(plan):
        module["resources"] = [r for r in module.get("resources", ()) if r["address"] != address]


def plant(plan: Plan, kind: str, label: str, /, **given: Any) -> None:
    """Put a resource of the user's own into the root module."""
    root = plan["planned_values"]["root_module"]
    resource = {"address": f"{kind}.{label}", "mode": "managed", "type": kind, "name": label, "values": given}
    root["resources"] = [*root.get("resources", ()), resource]


def lost(address: str) -> Mutate:
    """Take a resource out."""
    return lambda plan: drop(plan, address)


def setting(address: str, **given: Any) -> Mutate:
    """Change arguments of a resource."""
    return lambda plan: values(plan, address).update(copy.deepcopy(given))


def saying(address: str, argument: str = "policy", **statement: Any) -> Mutate:
    """Add a statement to a policy."""

    def add(statements: list[Plan]) -> None:
        statements.append({"Sid": "Planted", "Effect": "Allow", **statement})

    return _policy(address, argument, add)


def restating(address: str, sid: str, argument: str = "policy", without: str = "", **changed: Any) -> Mutate:
    """Change a statement of a policy, or leave one of its elements or conditions out: ``Condition/ArnLike/key``."""

    def change(statements: list[Plan]) -> None:
        own = next(s for s in statements if s.get("Sid", "") == sid)
        own.update(changed)
        *steps, last = without.split("/") if without else [""]
        for step in steps:
            own = own[step]
        own.pop(last, None) if last else None

    return _policy(address, argument, change)


def silent(address: str, sid: str, argument: str = "policy") -> Mutate:
    """Take a statement out of a policy."""

    def remove(statements: list[Plan]) -> None:
        statements[:] = [s for s in statements if s.get("Sid") != sid]

    return _policy(address, argument, remove)


def _policy(address: str, argument: str, change: Callable[[list[Plan]], None]) -> Mutate:
    def mutate(plan: Plan) -> None:
        held = values(plan, address)
        body = json.loads(held[argument])
        before = json.dumps(body)
        change(body["Statement"])
        assert json.dumps(body) != before, "the mutation changes nothing"
        held[argument] = json.dumps(body)

    return mutate
