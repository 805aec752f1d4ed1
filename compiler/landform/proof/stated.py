"""What policies themselves speak of: each call that a statement allows, put in every way that its conditions admit.

Tried are the statements of a store's own policy, for every identity, and those of identities in files of the user's
own; what the roles of modules are allowed is held against their edges word for word (`prove`). Who calls may choose
what it asks for and by which way it comes, so that a condition on these is no protection. Credentials that leave a
host pass no endpoint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

from landform.diagnostics import Diagnostic, error
from landform.proof.ask import circumstances, situation
from landform.proof.chosen import ways
from landform.proof.conditions import Context
from landform.proof.evaluate import Request, Situation, Statement, decide
from landform.proof.grants import Places
from landform.proof.patterns import beginning
from landform.proof.store import Store
from landform.proof.system import Role, System


def stated(
    system: System,
    store: Store,
    verbs: Sequence[str],
    means: Mapping[str, Situation],
    places: Places,
    told: Set[tuple[str, str]],
) -> Iterator[Diagnostic]:
    """Report what statements let an identity do to a store that none of its edges means; `means` has what they do.

    Who does what (`told`) is not said again of the same store.
    """
    owned = [s for s in store.policy.statements if s.allow] if store.policy else []
    for role in (*system.roles, *system.users):
        own = () if role.address.startswith("module.") else [s for p in role.policies for s in p.policy.statements]
        admitting = (s for s in owned if s.principals and s.principals.admits(Request(role.arn, "", "")))
        for statement in (*admitting, *(s for s in own if s.allow)):
            for put in _puts(system, role, store, statement, verbs):
                if (role.arn, put.action) not in told and not decide(put, means[role.arn]).allowed:
                    yield _reached(role, store, put, places)
                    break


def _puts(system: System, role: Role, store: Store, statement: Statement, verbs: Sequence[str]) -> Iterator[Request]:
    context = _calling(system, role, store)
    for action in _actions(statement, store, verbs):
        for resource in _resources(statement, store):
            request = Request(role.arn, action, resource, context)
            policies = replace(situation(system, role, request, store), limits=())
            yield from ways(request, policies, statement, _given)


def _actions(statement: Statement, store: Store, verbs: Sequence[str]) -> list[str]:
    """What a statement names, and of what is known to be done to such a store, what it is about."""
    named = [] if statement.not_actions else [statement.spelt[a] for a in statement.actions.exact]
    known = {v.lower() for v in named}
    more = [v for v in verbs if v.lower() not in known and statement.speaks_of(v)]
    return sorted([*(a for a in named if a.lower().startswith(f"{store.kind}:")), *more])


_WITHIN: Final = {"dynamodb": "/", "execute-api": "/", "kinesis": "/", "lambda": ":", "s3": "/"}
"""Kind of store → what stands between its ARN and the name of a part of it."""


def _resources(statement: Statement, store: Store) -> list[str]:
    """What a statement is about of a store: the store itself, something in it, and what its own patterns fit in it."""
    tried = {store.arn}
    if mark := _WITHIN.get(store.kind):
        texts = () if statement.not_resources else statement.resources.texts
        fitting = {each for text in texts for each in beginning(text, f"{store.arn}{mark}")}
        tried |= {f"{store.arn}{mark}landform-example", *(each for each in fitting if not each.endswith(mark))}
    return sorted(each for each in tried if statement.covers(each))


def _calling(system: System, role: Role, store: Store) -> Context:
    """What a caller cannot choose: who it is, and by which aliases a key is known."""
    known = {key: value for key, value in circumstances(system, role.arn).items() if key != "aws:securetransport"}
    tags = {f"aws:principaltag/{name.lower()}": (value,) for name, value in role.tags.items()}
    return {**known, **tags, **({"kms:resourcealiases": store.aliases} if store.kind == "kms" else {})}


def _given(key: str) -> bool:
    """Tell whether a condition is on what only a service that calls for somebody says, or on a tag of the caller."""
    return key in ("aws:sourcearn", "aws:sourceaccount") or key.startswith("aws:principaltag/")


def _reached(role: Role, store: Store, put: Request, places: Places) -> Diagnostic:
    fixed = ("aws:principal", "aws:resourceaccount", "kms:calleraccount", "kms:resourcealiases")
    said = {k: v for k, v in put.context.items() if v and (k, v) != ("aws:securetransport", ("true",))}
    chosen = [f"{key} is {', '.join(values)}" for key, values in said.items() if not key.startswith(fixed)]
    where = f" where {' and '.join(chosen)}" if chosen else ""
    return error(
        "LF0805",
        places.path(role.address) or places.path(store.address),
        f"{role.arn} may {put.action} on {put.resource}{where}, and no edge leads there.",
        f"Narrow the policies of {role.address} and {store.address}.",
    )
