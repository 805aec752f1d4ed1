"""A spec of a few lines, taken through all passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from landform.catalog import load
from landform.diagnostics import Diagnostic, Severity
from landform.lower.host import user_data
from landform.pipeline import planned
from landform.plan import Bucket, Host, Plan, Statement
from landform.root import Module, Root
from landform.source import locate, parse

NOWHERE = Path("/nowhere/spec.yaml")


@dataclass(frozen=True)
class Outcome:
    """What the passes made of a spec."""

    plan: Plan | None
    found: tuple[Diagnostic, ...]

    @property
    def codes(self) -> list[str]:
        return [d.code for d in self.found]

    @property
    def errors(self) -> list[str]:
        return [d.code for d in self.found if d.severity is Severity.ERROR]

    @property
    def sound(self) -> Plan:
        """The plan of a spec without errors."""
        assert self.plan is not None
        assert self.errors == [], [d.text for d in self.found]
        return self.plan

    def one(self, code: str) -> Diagnostic:
        """The only finding with a code."""
        (found,) = [d for d in self.found if d.code == code]
        return found


def script(plan: Plan, label: str) -> str:
    """The user data of the host of that label."""
    (host,) = (host for host in plan.hosts if host.label == label)
    return user_data(plan, host)[1].decode()


def head(regions: str = "{primary: us-east-1}", environment: str = "development") -> str:
    return f'version: 1\nsystem: demo\naccount: "123456789012"\nenvironment: {environment}\nregions: {regions}\n'


def outcome(
    sections: str = "",
    regions: str = "{primary: us-east-1}",
    environment: str = "development",
    file: Path = NOWHERE,
) -> Outcome:
    """Take the sections under a small head through all passes."""
    return outcome_of(head(regions, environment) + sections, file)


def outcome_of(text: str, file: Path = NOWHERE) -> Outcome:
    """Take a whole text through all passes."""
    source, faults = parse(text.encode(), file.name)
    if source is None:
        return Outcome(None, faults)
    plan, found = planned(source.data, file)
    return Outcome(plan, locate(found, source))


def host(plan: Plan, label: str) -> Host:
    (found,) = [h for h in plan.hosts if h.label == label]
    return found


def bucket(plan: Plan, entry: str, region: str = "us-east-1") -> Bucket:
    (found,) = [b for b in plan.buckets if (b.entry, b.region) == (entry, region)]
    return found


def module(root: Root, address: str) -> Module:
    (found,) = [m for m in root.modules if m.address == address]
    return found


CATALOG = load()

Rule = Callable[[Plan], object]


def allowed(statements: Iterable[Statement]) -> set[tuple[str, str]]:
    """What statements allow: each action with each resource."""
    return {(action, resource) for s in statements for action in s.actions for resource in s.resources}
