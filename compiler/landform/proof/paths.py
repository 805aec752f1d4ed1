"""Escalation: paths by which an identity comes to act with more than the spec gives it.

The nodes are the roles of a plan, and users of files beside it. An edge leads from A to B where A may do all that one
of the ways of `catalog/ways` takes, or where B's trust lets A in: A can then act as B. Of these edges two sets are
drawn. The *planned* ones follow from the policies of the plan, the *declared* ones from what the edges of the spec
mean (`expect`), by which a loop starts its training, a schedule its job. What A may lawfully act as is what it
reaches by declared edges.

An *escalation* is a path of planned edges from A to a role that A reaches by no declared ones, where that role may do
something to a store, a key, an identity or anything else of weight, that is declared neither for A nor for what A may
lawfully act as. Of a path that goes on only the whole is told; one that begins with a lawful step is its next role's.

Credentials that leave a host pass no endpoint, so endpoints are no protection here. Who calls may choose what it asks
for, so that conditions on the request are no protection either, wherever they stand: what a denial speaks of it leaves
out, what a boundary wants it asks for. Those on who calls, on what is there already (its tags, its region) and on the
service that a role is passed to, are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from landform.catalog.escalation import WIDENING
from landform.catalog.ways import ASSUME, OF_ITSELF, PASS, WAYS, Way
from landform.diagnostics import Diagnostic, Related, error
from landform.proof.ask import circumstances, find_store
from landform.proof.chosen import is_allowed
from landform.proof.conditions import Context
from landform.proof.evaluate import Policy, Request, Situation, Statement
from landform.proof.fed import fed
from landform.proof.grants import Grant, Places, as_policy
from landform.proof.patterns import PolicyError, exemplar
from landform.proof.provable import unproven
from landform.proof.system import Attached, Role, System


@dataclass(frozen=True, slots=True)
class Step:
    """A call that a path takes, and the statement that allows it."""

    action: str
    resource: str
    held: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Hop:
    """One edge: who comes to act as whom, how, and by which calls."""

    start: str
    end: str
    does: str
    steps: tuple[Step, ...]


Paths = Mapping[str, tuple[Hop, ...]]
"""Role → the shortest way there."""


def paths(
    system: System, expected: Sequence[Grant], open_questions: dict[str, PolicyError]
) -> Iterator[tuple[tuple[Hop, ...], str]]:
    """Yield each escalation, from each role: the path, and something that its last role may.

    Of which roles it cannot be proven, and why, is added to `open_questions`.
    """
    system = replace(system, runners=(*system.runners, *fed(system, expected)))
    roles = {role.arn: role for role in system.identities}
    planned = {arn: () if _may_all(role) else _edges(system, role, open_questions) for arn, role in roles.items()}
    if not any(planned.values()):
        return
    means = {arn: [g for g in expected if g.principal == arn] for arn in roles}
    bare = replace(system, roles=tuple(replace(r, trust=_services_only(r.trust)) for r in system.roles))
    declared = {arn: _edges(bare, _declared(role, means[arn]), open_questions) for arn, role in roles.items()}
    for arn in roles:
        lawful = {arn, *_reached(arn, declared)}
        own = {(a, r) for each in lawful for g in means[each] for a in map(str.lower, g.actions) for r in g.resources}
        found = {}
        for end, path in _reached(arn, planned).items():
            if end not in lawful and path[0].end not in lawful and (more := _gained(roles[end], own)):
                found[end] = (path, more)
        within = {hop.end for path, _ in found.values() for hop in path[:-1]}
        yield from (found[end] for end in found if end not in within)


def escalations(
    system: System, expected: Sequence[Grant], places: Places
) -> tuple[tuple[Diagnostic, ...], tuple[Step, ...]]:
    """Return the findings on paths, and the steps that these speak of."""
    open_questions: dict[str, PolicyError] = {}
    found = list(paths(system, expected, open_questions))
    steps = (step for path, _ in found for hop in path for step in hop.steps)
    addresses = {role.arn: role.address for role in system.identities}
    told = (unproven(f"As whom {a} comes to act", places.path(addresses[a]), why) for a, why in open_questions.items())
    return (*told, *(_finding(path, more, places) for path, more in found)), tuple(steps)


def _finding(path: Sequence[Hop], more: str, places: Places) -> Diagnostic:
    through = f" by way of {' and '.join(hop.end for hop in path[:-1])}" if path[:-1] else ""
    return error(
        "LF0818",
        places.path(path[0].steps[0].held),
        f"{path[0].start} comes to act as {path[-1].end}{through}, and so may {more}: no edge of its own means that.",
        "Take a permission of one of the steps out, or narrow it to what the spec asks for.",
        *(
            Related(
                f"{number}. {hop.start} acts as {hop.end}: it {hop.does}, by {_calls(hop)}.",
                places.path(hop.steps[0].held),
            )
            for number, hop in enumerate(path, start=1)
        ),
    )


def _calls(hop: Hop) -> str:
    return ", ".join(
        f"{s.action} on {s.resource} (statement {s.statement.sid or 'without Sid'} of {s.held})" for s in hop.steps
    )


# ── edges ──


def _edges(system: System, role: Role, open_questions: dict[str, PolicyError]) -> tuple[Hop, ...]:
    try:
        return () if _may_all(role) else tuple(_hops(system, role))
    except PolicyError as why:
        open_questions[role.arn] = why
        return ()


def _hops(system: System, role: Role) -> Iterator[Hop]:
    """Yield the edges that leave a role, by the policies that it holds and by the trust of the others."""
    said = _spoken(role)
    passes = PASS.lower() in said
    for way in WAYS:
        if said.issuperset(_small(way)) and (passes or not way.passed_to):
            ends = _passed(system, role, way) if way.passed_to else _taken(system, role, way)
            yield from (Hop(role.arn, end, way.does, steps) for end, steps in ends if end != role.arn)
    for other in system.roles:
        if other.arn != role.arn and (steps := _assumed(system, role, other)):
            yield Hop(role.arn, other.arn, "is trusted by it", steps)


_SMALL: Final = frozenset({a.lower() for way in WAYS for a in way.actions} | {PASS.lower()})


@cache
def _small(way: Way) -> frozenset[str]:
    return frozenset(map(str.lower, way.actions))


def _spoken(role: Role) -> set[str]:
    """The actions of ways that any statement of a role allows something about, in small letters."""
    found: set[str] = set()
    for statement in (s for held in role.policies for s in held.policy.statements if s.allow):
        if statement.not_actions or statement.actions.wild:
            found |= {action for action in _SMALL if statement.speaks_of(action)}
        else:
            found |= _SMALL & statement.actions.exact
    return found


def _passed(system: System, role: Role, way: Way) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Whom a role comes to act as by something new, to which that other role is passed."""
    made = [_step(system, role, action) for action in way.actions]
    to: Context = {"iam:passedtoservice": (way.passed_to,)}
    for other in (r for r in system.roles if way.passed_to in r.services) if all(made) else ():
        if passed := _step(system, role, PASS, other.arn, {**_tagged(other.tags), **to}):
            yield other.arn, (passed, *(step for step in made if step))


def _taken(system: System, role: Role, way: Way) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Whom a role comes to act as by what runs as that other already, or by that role itself."""
    arns = {r.address: r.arn for r in system.roles}
    there: list[tuple[str, str, Context]] = [
        (arns[r.role], r.arn, _tagged(r.tags)) for r in system.runners if r.kind == way.on and r.role in arns
    ]
    themselves = {"role": system.roles, "user": system.users}.get(way.on, ())
    there += [(each.arn, each.arn, _tagged(each.tags)) for each in themselves]
    for end, on, known in there:
        steps = [_step(system, role, action, on, {**known, **_region(on)}) for action in way.actions]
        if all(steps):
            yield end, tuple(step for step in steps if step)


def _tagged(tags: Mapping[str, str]) -> Context:
    services = ("aws", "ec2", "iam", "ssm")
    return {f"{of}:resourcetag/{name.lower()}": (value,) for name, value in tags.items() for of in services}


def _region(arn: str) -> Context:
    """Where what is there already is asked about; IAM answers in one region alone."""
    _, _, service, region, *_ = arn.split(":")
    known = "us-east-1" if service == "iam" else region
    return {"aws:requestedregion": (known,)} if known else {}


def _calling(system: System, role: Role) -> Context:
    tags: Context = {f"aws:principaltag/{name.lower()}": (value,) for name, value in role.tags.items()}
    return {**tags, **circumstances(system, role.arn)}


def _assumed(system: System, role: Role, other: Role) -> tuple[Step, ...]:
    """The call by which a role assumes another, where that one's trust speaks of more than services."""
    policies = replace(_situation(role), resource=other.trust, owner=system.account, closed=True)
    request = Request(role.arn, ASSUME, other.arn, _calling(system, role))
    for trusting in other.trust.statements:
        who = trusting.principals
        admits = trusting.allow and who and (who.anyone or "AWS" in who.kinds) and trusting.speaks_of(ASSUME)
        if admits and is_allowed(request, policies, trusting, _not_its_own):
            return (Step(ASSUME, other.arn, other.address, trusting),)
    return ()


def _services_only(trust: Policy) -> Policy:
    return Policy(
        tuple(
            s
            for s in trust.statements
            if s.principals and not s.principals.kinds.get("AWS") and not s.principals.anyone
        )
    )


def _step(system: System, role: Role, action: str, resource: str = "", known: Context | None = None) -> Step | None:
    """Find what allows a call on a resource, or on any one; `known` is what the caller does not choose."""
    own = _situation(role)
    given = _not_its_own if known is None else _there
    context = {**_calling(system, role), **(known or {})}
    for held in role.policies:
        for statement in held.policy.about(action)[0]:
            for on in (resource,) if resource else _any(statement, action, own):
                request = Request(role.arn, action, exemplar(on), context)
                if statement.covers(request.resource) and is_allowed(
                    request, _with_store(system, own, request), statement, given
                ):
                    return Step(action, on, held.address, statement)
    return None


def _with_store(system: System, own: Situation, request: Request) -> Situation:
    store = find_store(system, request)
    return replace(own, resource=store.policy if store else None, owner=system.account)


def _any(statement: Statement, action: str, policies: Situation) -> Iterator[str]:
    """What a statement allows something on, and what of it others that have a say leave."""
    yield from ("arn:aws:landform:::example",) if statement.not_resources else statement.resources.texts
    for policy in policies.limiting:
        yield from (text for s in policy.about(action)[0] if not s.not_resources for text in s.resources.texts)
    for policy in (*policies.identity, *policies.limiting):
        yield from (text for s in policy.about(action)[1] if s.not_resources for text in s.resources.texts)


def _situation(role: Role) -> Situation:
    return Situation(tuple(held.policy for held in role.policies), boundary=role.boundary)


def _not_its_own(key: str) -> bool:
    """Tell whether a condition is about who calls, and not about what it asks for."""
    return key.startswith("aws:principaltag/")


def _there(key: str) -> bool:
    """Tell the same where what is asked about is there already: its tags are as they are."""
    return _not_its_own(key) or ":resourcetag/" in key or key == "iam:passedtoservice"


# ── what a path leads to ──


def _declared(role: Role, means: Sequence[Grant]) -> Role:
    return replace(role, policies=(Attached(role.address, as_policy(means)),), boundary=())


def _reached(start: str, hops: Mapping[str, Sequence[Hop]]) -> Paths:
    """Breadth first, so that each path is the shortest."""
    found: dict[str, tuple[Hop, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for hop in hops.get(here, ()):
            if hop.end not in found:
                found[hop.end] = (*found[here], hop)
                waiting.append(hop.end)
    return {end: path for end, path in found.items() if path}


_WIDENS: Final = frozenset(map(str.lower, WIDENING))
_SLIGHT: Final = frozenset(map(str.lower, OF_ITSELF))


def _may_all(role: Role) -> bool:
    """Tell whether a role may do everything by a statement of its own: it needs no path, and a path ends at it."""
    held = (s for each in role.policies for s in each.policy.statements if s.allow and not s.conditions)
    return not role.boundary and any("*" in s.actions.texts and "*" in s.resources.texts for s in held)


def _gained(role: Role, own: set[tuple[str, str]]) -> str:
    """Something of weight that a role may and that is not among what is one's own; what widens access before all."""
    more = [(False, f"whatever {arn} allows") for arn in role.foreign]
    for statement in (s for held in role.policies for s in held.policy.statements if s.allow):
        resources = ("all but some resources",) if statement.not_resources else statement.resources.texts
        for action in statement.actions.texts:
            spelt = statement.spelt.get(action, action)
            told = f"do all but {spelt}" if statement.not_actions else spelt
            wide = statement.not_actions or "*" in action or action in _WIDENS
            more += [
                (not wide, f"{told} on {resource}")
                for resource in resources
                if wide or ((action, resource) not in own and action not in _SLIGHT)
            ]
    return min(more, default=(False, ""))[1]
