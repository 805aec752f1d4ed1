"""What policies themselves speak of: each call that a statement allows, put in every way that its conditions admit.

Tried are the statements of a store's own policy, for every identity, and those of identities in files of the user's
own; what the roles of modules are allowed is held against their edges word for word (`prove`). Who calls may choose
what it asks for and by which way it comes, so that a condition on these is no protection. Credentials that leave a
host pass no endpoint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from landform.catalog.on_stores import reaches
from landform.diagnostics import Diagnostic, error
from landform.proof.ask import circumstances, situation
from landform.proof.chosen import beyond
from landform.proof.conditions import Context
from landform.proof.evaluate import Request, Situation, Statement
from landform.proof.fitting import fitting
from landform.proof.grants import Places
from landform.proof.patterns import exemplar, narrow_tokens, resource_tokens
from landform.proof.provable import provable
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
    for role in judged(system, store):
        own = () if role.address.startswith("module.") else [s for p in role.policies for s in p.policy.statements]
        admitting = (s for s in owned if s.principals and s.principals.admits(Request(role.arn, "", "")))
        for statement in (*admitting, *(s for s in own if s.allow)):
            found = _beyond(system, role, store, statement, _Meant(verbs, means[role.arn], told))
            reached = (_reached(system, role, store, put, places) for put in found)
            # One of the policies of a store is as unprovable for one as for all.
            who, path = (store.address, store.address) if statement in owned else (role.arn, role.address)
            what = f"Whom statement {statement.sid or 'without Sid'} of {who} lets reach {store.address}"
            yield from provable(reached, what, places.path(path))


def judged(system: System, store: Store) -> tuple[Role, ...]:
    """Return the identities that are held to edges: what is all of the user's own follows from no spec."""
    own = not store.address.startswith("module.")
    return tuple(r for r in system.identities if not own or r.address.startswith("module."))


@dataclass(frozen=True, slots=True)
class _Meant:
    """What is known to be done to a store of its kind, what an identity's edges mean, and what is told already."""

    verbs: Sequence[str]
    situation: Situation
    told: Set[tuple[str, str]]


def _beyond(system: System, role: Role, store: Store, statement: Statement, meant: _Meant) -> Iterator[Request]:
    """The first call that a statement lets through and no edge means."""
    context = _calling(system, role, store)
    for action in _actions(statement, store, meant.verbs):
        if (role.arn, action) in meant.told:
            continue
        policies = replace(situation(system, role, Request(role.arn, action, store.arn), store), limits=())
        for resource in _resources(statement, store, action, (policies, meant.situation)):
            request = Request(role.arn, action, resource, context)
            if put := beyond(request, policies, statement, _given, meant.situation):
                yield put
                return


def _actions(statement: Statement, store: Store, verbs: Sequence[str]) -> list[str]:
    """What a statement names, and of what is known to be done to such a store, what it is about."""
    named = [] if statement.not_actions else [statement.spelt[a] for a in statement.actions.exact]
    known = {v.lower() for v in named}
    more = [v for v in verbs if v.lower() not in known and statement.speaks_of(v)]
    of_kind = (a for a in named if reaches(store.kind, a))
    return sorted([*of_kind, *more])


_WITHIN: Final = {"dynamodb": "/", "execute-api": "/", "kinesis": "/", "lambda": ":", "s3": "/"}
"""Kind of store → what stands between its ARN and the name of a part of it."""


def _resources(statement: Statement, store: Store, action: str, situations: tuple[Situation, Situation]) -> list[str]:
    """What a statement is about of a store: one of each kind that the policies which have a say tell apart."""
    policies = [p for s in situations for p in (*s.identity, *s.limiting, *([s.resource] if s.resource else ()))]
    said = [statement, *(each for p in policies for some in p.about(action) for each in some)]
    tried = [store.arn]
    if mark := _WITHIN.get(store.kind):
        texts = dict.fromkeys(text for each in said for text in each.resources.texts)
        start = f"{store.arn}{mark}"
        plain = (exemplar(text) for text in texts)
        tried += [f"{start}landform-example", *(text for text in plain if text.startswith(start) and text != start)]
        read = (read(text) for text in texts for read in (resource_tokens, narrow_tokens))
        tried += fitting(tuple(dict.fromkeys(read)), start)
    unlike = {tuple(each.covers(on) for each in said): on for on in reversed(tried) if statement.covers(on)}
    return sorted(unlike.values())


def _calling(system: System, role: Role, store: Store) -> Context:
    """What a caller cannot choose: who it is, and by which aliases a key is known."""
    known = {key: value for key, value in circumstances(system, role.arn).items() if key != "aws:securetransport"}
    user = ":user/" in role.arn
    who = {
        "aws:principalisawsservice": ("false",),
        "aws:principaltype": ("User" if user else "AssumedRole",),
        "s3:resourceaccount": (system.account,),
        **({"aws:username": (role.arn.rpartition("/")[2],)} if user else {}),
    }
    tags = {f"aws:principaltag/{name.lower()}": (value,) for name, value in role.tags.items()}
    return {**known, **who, **tags, **({"kms:resourcealiases": store.aliases} if store.kind == "kms" else {})}


def _given(key: str) -> bool:
    """Tell whether a condition is on what only a service that calls for somebody says, or on who the caller is."""
    return key in ("aws:sourcearn", "aws:sourceaccount", "aws:username") or key.startswith("aws:principaltag/")


def _reached(system: System, role: Role, store: Store, put: Request, places: Places) -> Diagnostic:
    fixed = _calling(system, role, store)
    said = {k: v for k, v in put.context.items() if v and (k, v) != ("aws:securetransport", ("true",))}
    chosen = [f"{key} is {', '.join(values)}" for key, values in said.items() if key not in fixed]
    where = f" where {' and '.join(chosen)}" if chosen else ""
    return error(
        "LF0805",
        places.path(role.address) or places.path(store.address),
        f"{role.arn} may {put.action} on {put.resource}{where}, and no edge leads there.",
        f"Narrow the policies of {role.address} and {store.address}.",
    )
