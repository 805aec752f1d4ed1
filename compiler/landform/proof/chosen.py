"""What a caller asks for so that it is let through: values of the condition keys that are its to choose.

A condition speaks of one key, so that values differ only by which conditions hold with them. What a caller needs are
those with which more of what allows holds, and less of what denies: of the others none lets anything through that
these do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Final

from landform.proof.conditions import Condition
from landform.proof.evaluate import Request, Situation, Statement, decide
from landform.proof.patterns import exemplar

Given = Callable[[str], bool]
"""Condition key → whether it is not the caller's to choose."""
_Values = tuple[str, ...]


def is_allowed(request: Request, situation: Situation, allowing: Statement, given: Given) -> bool:
    """Tell whether a call can be put so that a statement allows it and none of the others is against it.

    What the request's context says is as it is said.
    """
    return next(_let_through(request, situation, allowing, given, _best), None) is not None


def ways(request: Request, situation: Situation, allowing: Statement, given: Given) -> Iterator[Request]:
    """Yield the call in every way in which a statement allows it and none of the others is against it."""
    return _let_through(request, situation, allowing, given, _every)


_Offer = Callable[[str, Sequence[tuple[Condition, bool]]], list[_Values]]
"""A key, and the conditions on it, each with whether the caller wants it to hold → values to try."""


def _let_through(
    request: Request, situation: Situation, allowing: Statement, given: Given, offer: _Offer
) -> Iterator[Request]:
    for chosen in _choices(request, situation, allowing, lambda key: key in request.context or given(key), offer):
        put = replace(request, context={**chosen, **request.context})
        if allowing.applies(put) and decide(put, situation).allowed:
            yield put


def _choices(
    request: Request, situation: Situation, allowing: Statement, given: Given, offer: _Offer
) -> Iterator[dict[str, _Values]]:
    owned = () if situation.resource is None else (situation.resource,)
    asked = (*situation.limiting, *owned, *(situation.identity if situation.closed else ()))
    against = (*situation.identity, *owned, *situation.limiting)
    allows = [s for policy in asked for s in policy.about(request.action)[0]]
    denies = [s for policy in against for s in policy.about(request.action)[1]]
    keys: dict[str, list[tuple[Condition, bool]]] = {}
    for statement in (allowing, *allows, *denies):
        for condition in statement.conditions if statement.covers(request.resource) else ():
            if not given(condition.key):
                keys.setdefault(condition.key, []).append((condition, statement.allow))
    for values in product(*(offer(key, conditions) for key, conditions in keys.items())):
        yield dict(zip(keys, values, strict=True))


def _best(key: str, conditions: Sequence[tuple[Condition, bool]]) -> list[_Values]:
    """The values of a key that no other value is better than, or as good as."""
    kept: dict[frozenset[int], _Values] = {}
    for value in _values([condition for condition, _ in conditions]):
        good = frozenset(n for n, (c, wanted) in enumerate(conditions) if c.test({key: value}) is wanted)
        if not any(good <= other for other in kept):
            kept = {other: v for other, v in kept.items() if not other <= good} | {good: value}
    return list(kept.values())


def _every(_: str, conditions: Sequence[tuple[Condition, bool]]) -> list[_Values]:
    return list(dict.fromkeys(_values([condition for condition, _ in conditions])))


_OTHER: Final = "landform-example"


def _values(conditions: Sequence[Condition]) -> Iterator[_Values]:
    """Each value that a condition on a key names, others, and none at all."""
    bases = {c.operator.rpartition(":")[2].removesuffix("IfExists") for c in conditions}
    named = dict.fromkeys(v for c in conditions if c.operator != "Null" for v in c.values)
    if any(base.startswith("Numeric") for base in bases):
        for value in map(float, named):
            yield from ((str(value + more),) for more in (0, -1, 1))
    elif "Bool" in bases:
        yield from (("true",), ("false",))
    else:
        yield from ((exemplar(value),) for value in named)
        yield (_OTHER,)
    yield ()
