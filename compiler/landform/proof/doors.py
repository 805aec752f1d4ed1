"""Endpoints let through what edges mean, for the roles that have them, what AWS publishes for hosts, and no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from landform.catalog.boot import published
from landform.diagnostics import Diagnostic, error
from landform.proof.conditions import Condition
from landform.proof.evaluate import Statement, as_list
from landform.proof.grants import Grant, Places
from landform.proof.system import Endpoint, System


def doors(system: System, expected: Sequence[Grant], places: Places) -> Iterator[Diagnostic]:
    """Hold each statement of each endpoint against what the roles of its region are to be allowed."""
    means: dict[tuple[str, str], set[str]] = {}
    for grant in expected:
        for action in grant.actions:
            for resource in grant.resources:
                means.setdefault((action.lower(), resource), set()).add(grant.principal)
    for endpoint in system.endpoints:
        for statement in endpoint.policy.statements:
            if statement.allow and not _within_account(system, statement, {resource for _, resource in means}):
                yield from _wider(endpoint, statement, means, places)


def _wider(
    endpoint: Endpoint, statement: Statement, means: dict[tuple[str, str], set[str]], places: Places
) -> Iterator[Diagnostic]:
    admitted = _callers(statement)
    for action in (statement.spelt.get(a, a) for a in statement.actions.texts):
        for resource in statement.resources.texts:
            meant = means.get((action.lower(), resource), set())
            if published(action, resource) or (admitted and admitted <= meant):
                continue
            whom = ", ".join(sorted(admitted - meant)) or "everyone"
            yield error(
                "LF0805",
                places.path(endpoint.address),
                f"Statement {statement.sid or 'without Sid'} of {endpoint.address} lets {whom} through to"
                f" {action} on {resource}, and no edge leads there.",
                "Admit by aws:PrincipalArn the roles whose edges lead there.",
            )


def _callers(statement: Statement) -> set[str]:
    """Return the roles that a statement is for; nobody where it does not say, and so is for everyone."""
    named = [c for c in statement.conditions if c.operator in ("StringEquals", "ArnEquals") and _is_caller(c)]
    return set(named[0].values) if named else set()


def _is_caller(condition: Condition) -> bool:
    return condition.key == "aws:principalarn" and not any("*" in v or "?" in v for v in as_list(condition.values))


def _within_account(system: System, statement: Statement, led_to: Set[str]) -> bool:
    """Tell whether a statement is for identities of the account: to what is its own, or to buckets that others keep.

    Of the latter only to those that edges lead to.
    """
    own = {c.key: c.values for c in statement.conditions if c.operator == "StringEquals"}
    account = (system.account,)
    mine = own.get("aws:principalaccount") == account
    buckets = {resource.partition("/")[0] for resource in led_to}
    existing = statement.sid == "Existing" and not statement.not_resources
    existing = existing and {text.partition("/")[0] for text in statement.resources.texts} <= buckets
    return mine and (own.get("aws:resourceaccount") == account or existing)
