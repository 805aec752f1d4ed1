"""Least privilege of a planned system, proven on the policies themselves.

What the roles should be allowed is derived anew (`expect`), from the edges, the table of meanings and the names in the
plan; what grants.json lists beside the edges is not believed. Each part proves one thing:

- *Readable*: each policy can be evaluated, and belongs to one store or identity; none that is attached is unseen.
- *Recorded*: grants.json lists for each edge what the edge means, no more and no less.
- *Sufficient*: all policies together (role, bucket, key, endpoint) allow each thing that an edge means.
- *Minimal*: each thing that a role's policies allow is meant by one of its edges.
- *Apart*: no role reaches a bucket, key or trail that no edge of its own leads to, by any policy of either side.
- *Mounted*: whoever mounts a file system by a role gains nothing by what its policy lets everybody do; nobody is root.
- *Triggers*: a function is run by its own trigger, and by no other.
- *Sealed*: who writes to a bucket that has a key cannot choose a weaker encryption.
- *Doors*: an endpoint lets through what edges mean, for the roles that have them; code makes no network interfaces.
- *Escalation*: no role comes to act as another that the spec does not lead it to, or widens anybody's access.

Not proven here: that grants.json has an edge for each of the spec (tests of the compiler are for that), that an
existing bucket, which is in no plan, is the one that the spec names, and what a boundary that is in no plan leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from landform.diagnostics import Diagnostic, error
from landform.proof.apart import apart, escalation
from landform.proof.ask import ask, circumstances, find_store, fulfilled
from landform.proof.callers import only_triggers
from landform.proof.doors import doors
from landform.proof.evaluate import Request, Statement
from landform.proof.expect import expect
from landform.proof.grants import Grant, Places, as_policy
from landform.proof.mounted import nobody_gains
from landform.proof.patterns import PolicyError, exemplar
from landform.proof.provable import provable, unproven
from landform.proof.system import Attached, Role, System

Permission = tuple[str, str, frozenset[tuple[str, str, frozenset[str]]]]
"""An action, a resource and the conditions under which it is allowed."""


def prove(system: System, grants: Sequence[Grant], sections: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Report what breaks least privilege: LF0805 too wide, LF0809 missing, LF0810 not asked for,
    LF0818 a path from one identity to another.

    `sections` is a tree's source map: module address → dotted spec path.
    """
    places = Places(sections)
    try:
        expected = expect(system, grants, places)
    except PolicyError as why:
        return (unproven("What the edges mean", (), why),)
    parts = {
        "Which policies can be read": _unreadable(system, places),
        "Who is granted something": _strangers(system, grants),
        "What is granted": _recorded(system, grants, expected),
        "That edges are allowed what they mean": _sufficient(system, expected),
        "What roles are allowed beside their edges": _minimal(system, expected, places),
        "Who reaches which store": apart(system, expected, places),
        "Who gains by a file system that a host mounts": nobody_gains(system, expected, places),
        "What runs functions": only_triggers(system.callers, system.listening, system.account, places),
        "By which keys is written": _sealed(system, expected),
        "Who makes network interfaces": _interfaces(system, expected, places),
        "What passes endpoints": doors(system, expected, places),
        "Who comes to act as whom": escalation(system, expected, places),
    }
    found = (each for what, part in parts.items() for each in provable(part, what, ()))
    return tuple(dict.fromkeys(found))


def _unreadable(system: System, places: Places) -> Iterator[Diagnostic]:
    for address, why in system.unreadable:
        yield error(
            "LF0805",
            places.path(address),
            f"The policy of {address} cannot be proven: {why}.",
            "Write it with literal names and ARNs, and with conditions that landform knows.",
        )
    for role in system.identities:
        for arn in role.foreign:
            yield error(
                "LF0805",
                places.path(role.address),
                f"{role.address} has the policy {arn} attached, whose permissions are not in the plan.",
                "Grant by edges of the spec, or write the statements into a policy of your own.",
            )


def _strangers(system: System, grants: Sequence[Grant]) -> Iterator[Diagnostic]:
    known = {r.arn for r in system.roles}
    for principal in sorted({g.principal for g in grants} - known):
        edge = next(g for g in grants if g.principal == principal)
        yield error(
            "LF0809",
            edge.path,
            f"{edge.edge} is granted to {principal}, a role that the plan does not make.",
            "Compile again, so that grants and plan belong together.",
        )


def _recorded(system: System, grants: Sequence[Grant], expected: Sequence[Grant]) -> Iterator[Diagnostic]:
    """Hold what grants.json lists for each edge against what the edge means."""
    known = {r.arn for r in system.roles}
    said, meant = _by_edge(grants), _by_edge(expected)
    for grant in (g for g in grants if g.principal in known):
        means = meant.get((grant.principal, grant.edge), set())
        spelt = {action.lower(): action for action in grant.actions}
        for action, resource, _ in sorted(_permissions(_as_statement(grant)) - means, key=str):
            why = _why_not(spelt[action], resource, means)
            yield error(
                "LF0805",
                grant.path,
                f"{grant.principal} is granted {spelt[action]} on {resource}, but {grant.edge} {why}.",
                "Report this: the compiler has granted what the spec does not say.",
            )
    for grant in expected:
        missing = _permissions(_as_statement(grant)) - said[grant.principal, grant.edge]
        for action, resource, _ in sorted(missing, key=str):
            yield error(
                "LF0809",
                grant.path,
                f"{grant.edge} means {action} on {resource}, and grants.json does not list it so.",
                "Report this: the compiler has granted less than the spec says, or under other conditions.",
            )


def _by_edge(grants: Sequence[Grant]) -> dict[tuple[str, str], set[Permission]]:
    found: dict[tuple[str, str], set[Permission]] = {}
    for grant in grants:
        found.setdefault((grant.principal, grant.edge), set()).update(_permissions(_as_statement(grant)))
    return found


def _why_not(action: str, resource: str, means: set[Permission]) -> str:
    to = {r for a, r, _ in means if a == action.lower()}
    if not to:
        return f"does not mean {action}"
    return "means it under other conditions" if resource in to else f"does not lead to {resource}"


def _sufficient(system: System, expected: Sequence[Grant]) -> Iterator[Diagnostic]:
    roles = {r.arn: r for r in system.roles}
    for grant in expected:
        yield from provable(_refused(system, roles[grant.principal], grant), grant.edge, grant.path)


def _refused(system: System, role: Role, grant: Grant) -> Iterator[Diagnostic]:
    for action in grant.actions:
        for resource in grant.resources:
            context = fulfilled(system, grant.principal, grant.conditions)
            if failure := _failure(system, role, Request(grant.principal, action, exemplar(resource), context)):
                fact = f"{grant.edge} needs {action} on {resource}: {failure}."
                remedy = "Let the policy of role, store, key or endpoint that stands in the way allow it."
                yield error("LF0809", grant.path, fact, remedy)


def _failure(system: System, role: Role, request: Request) -> str:
    """Why AWS would refuse the call; empty where it would not."""
    aliases = request.context.get("kms:resourcealiases")
    if aliases and find_store(system, request) is None:
        return f"no key of the plan has the alias {aliases[0]}"
    decision = ask(system, role, request)
    if decision.allowed:
        return ""
    return f"{decision.verdict}, {decision.sid}" if decision.sid else str(decision.verdict)


# What a request may ask for instead of the bucket's key: S3's own, which anyone with s3:GetObject can read.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html (2026-11)
_WEAKER: Final = {"s3:x-amz-server-side-encryption": ("AES256",)}


def _sealed(system: System, expected: Sequence[Grant]) -> Iterator[Diagnostic]:
    roles = {r.arn: r for r in system.roles}
    for grant in (g for g in expected if "s3:PutObject" in g.actions):
        for resource in grant.resources:
            context = {**circumstances(system, grant.principal), **_WEAKER}
            request = Request(grant.principal, "s3:PutObject", exemplar(resource), context)
            store = find_store(system, request)
            if store and store.key and ask(system, roles[grant.principal], request).allowed:
                yield error(
                    "LF0805",
                    grant.path,
                    f"{grant.principal} may write to {resource} under AES256, and not under the bucket's key.",
                    f"Deny s3:PutObject with another encryption in the policy of {store.address}.",
                )


def _interfaces(system: System, expected: Sequence[Grant], places: Places) -> Iterator[Diagnostic]:
    """Lambda makes network interfaces by the role of a function; the function's code, which has the role, must not."""
    roles = {r.arn: r for r in system.roles}
    for grant in (g for g in expected if "ec2:CreateNetworkInterface" in g.actions):
        role = roles[grant.principal]
        own = [
            s.arn for s in system.stores if s.kind == "lambda" and places.path(s.address) == places.path(role.address)
        ]
        for arn in own:
            context = {**fulfilled(system, grant.principal, grant.conditions), "lambda:sourcefunctionarn": (arn,)}
            request = Request(role.arn, "ec2:CreateNetworkInterface", exemplar(grant.resources[0]), context)
            if ask(system, role, request).allowed:
                fact = f"The code of {grant.edge.rpartition('.')[0]} may call ec2:CreateNetworkInterface itself."
                remedy = "Deny it where lambda:SourceFunctionArn is the function's."
                yield error("LF0805", grant.path, fact, remedy)


def _minimal(system: System, expected: Sequence[Grant], places: Places) -> Iterator[Diagnostic]:
    asked: dict[str, set[Permission]] = {}
    for grant in expected:
        asked.setdefault(grant.principal, set()).update(_permissions(_as_statement(grant)))
    for role in system.roles:
        for held in role.policies:
            for statement in held.policy.statements:
                extra = sorted(
                    {(a, r) for a, r, c in _permissions(statement) if (a, r, c) not in asked.get(role.arn, set())}
                )
                if statement.allow and extra and role.address.startswith("module."):
                    yield _unasked(held, statement, extra, places)


def _unasked(held: Attached, statement: Statement, extra: Sequence[tuple[str, str]], places: Places) -> Diagnostic:
    some = "; ".join(f"{statement.spelt.get(action, action)} on {resource}" for action, resource in extra[:3])
    more = f" and {len(extra) - 3} more" if len(extra) > 3 else ""
    return error(
        "LF0810",
        places.path(held.address),
        f"Statement {statement.sid or 'without Sid'} of {held.address} allows what no edge asked for: {some}{more}.",
        "Take it out, or give the spec the edge that needs it.",
    )


def _as_statement(grant: Grant) -> Statement:
    return as_policy([grant]).statements[0]


def _permissions(statement: Statement) -> set[Permission]:
    conditions = frozenset((c.operator, c.key, frozenset(c.values)) for c in statement.conditions)
    actions = [f"all but {a}" if statement.not_actions else a for a in statement.actions.texts]
    resources = [f"all but {r}" if statement.not_resources else r for r in statement.resources.texts]
    return {(action, resource, conditions) for action in actions for resource in resources}
