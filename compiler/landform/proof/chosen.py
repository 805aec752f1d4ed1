"""What a caller asks for so that it is let through: values of the condition keys that are its to choose.

A condition speaks of one key, so that values differ only by which conditions hold with them. What a caller needs are
those with which more of what allows holds, and less of what denies: of the others none lets anything through that
these do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from math import prod
from typing import Final

from landform.proof.conditions import Condition
from landform.proof.evaluate import Request, Situation, Statement, decide
from landform.proof.fitting import fitting
from landform.proof.patterns import PolicyError, Tokens, arn_tokens, exemplar

Given = Callable[[str], bool]
"""Condition key → whether it is not the caller's to choose."""
_Values = tuple[str, ...]
_Wanted = tuple[Condition, bool]
"""A condition, and whether the caller wants it to hold."""
MOST: Final = 1_000
"""How many ways to put one call are tried."""


def is_allowed(request: Request, situation: Situation, allowing: Statement, given: Given) -> bool:
    """Tell whether a call can be put so that a statement allows it and none of the others is against it.

    What the request's context says is as it is said. Raises PolicyError where that cannot be judged.
    """
    return beyond(request, situation, allowing, given, Situation()) is not None


def beyond(
    request: Request, situation: Situation, allowing: Statement, given: Given, means: Situation
) -> Request | None:
    """Return the call as it is put so that a statement allows it, none is against it, and it is not what is meant.

    `means` has permissions alone. Raises PolicyError where that cannot be judged.
    """
    wanted = _wanted(request, situation, allowing, lambda key: key in request.context or given(key), means)
    offered = {key: _best(key, conditions, allowing) for key, conditions in wanted.items()}
    if prod(map(len, offered.values())) > MOST:
        raise PolicyError(f"conditions on {', '.join(offered)} hold together in too many ways")
    for values in product(*offered.values()):
        put = replace(request, context={**dict(zip(offered, values, strict=True)), **request.context})
        if allowing.applies(put) and decide(put, situation).allowed and not decide(put, means).allowed:
            return put
    return None


def _wanted(
    request: Request, situation: Situation, allowing: Statement, given: Given, means: Situation
) -> dict[str, list[_Wanted]]:
    """The conditions that have a say, by their keys."""
    owned = () if situation.resource is None else (situation.resource,)
    asked = (*situation.limiting, *owned, *(situation.identity if situation.closed else ()))
    against = (*situation.identity, *owned, *situation.limiting)
    allows = [s for policy in asked for s in policy.about(request.action)[0]]
    denies = [s for policy in against for s in policy.about(request.action)[1]]
    meant = [s for policy in means.identity for s in policy.about(request.action)[0]]
    said = [*((s, True) for s in (allowing, *allows)), *((s, False) for s in (*denies, *meant))]
    keys: dict[str, list[_Wanted]] = {}
    for statement, wanted in said:
        for condition in statement.conditions if statement.covers(request.resource) else ():
            if not given(condition.key):
                keys.setdefault(condition.key, []).append((condition, wanted))
    return keys


def _best(key: str, conditions: Sequence[_Wanted], allowing: Statement) -> list[_Values]:
    """The values of a key with which a statement holds, and that no other value is better than, or as good as."""
    needed = [condition for condition in allowing.conditions if condition.key == key]
    kept: dict[frozenset[int], _Values] = {}
    for value in _values([condition for condition, _ in conditions]):
        if all(condition.test({key: value}) for condition in needed):
            good = frozenset(n for n, (c, wanted) in enumerate(conditions) if c.test({key: value}) is wanted)
            if not any(good <= other for other in kept):
                kept = {other: v for other, v in kept.items() if not other <= good} | {good: value}
    return list(kept.values())


# ── values to try ──

_OTHER: Final = "landform-example"
_SETS: Final = ("ForAnyValue", "ForAllValues")
_TOGETHER: Final = 8
"""How many values of a key, unlike each other, are tried together."""


def _values(conditions: Sequence[Condition]) -> Iterator[_Values]:
    """Each value that a condition on a key names, others, values together where it takes them, and none at all."""
    speaking = [c for c in conditions if c.operator != "Null"]
    single = list(dict.fromkeys(_singles(speaking)))
    yield from ((value,) for value in single)
    if speaking and all(c.operator.startswith(_SETS) for c in speaking):
        unlike = {tuple(c.test({c.key: (value,)}) for c in speaking): value for value in reversed(single)}
        if len(unlike) > _TOGETHER:
            raise PolicyError(f"{speaking[0].key} takes too many values together")
        for count in range(2, len(unlike) + 1):
            yield from combinations(unlike.values(), count)
    yield ()


def _singles(conditions: Sequence[Condition]) -> Iterator[str]:
    kinds = {c: c.operator.rpartition(":")[2].removesuffix("IfExists") for c in conditions}
    named = [(kind, value) for c, kind in kinds.items() for value in c.values]
    for value in (float(value) for kind, value in named if kind.startswith("Numeric")):
        yield from (str(value + more) for more in (0, -1, 1))
    if "Bool" in kinds.values():
        yield from ("true", "false")
    texts = [(kind, value) for kind, value in named if kind.startswith(("String", "Arn"))]
    wild = {_tokens(kind, value): exemplar(value) for kind, value in texts if kind.endswith(("Like", "ArnEquals"))}
    literal = [value for kind, value in texts if not kind.endswith(("Like", "ArnEquals"))]
    yield from (*literal, *wild.values())
    yield from (value.swapcase() for kind, value in texts if kind.endswith("IgnoreCase"))
    if texts or not conditions:
        yield _OTHER
    spelt = (tuple(value) for value in literal if not {"*", "?"} & set(value))
    if any({"*", "?"} & set(value) for kind, value in texts):
        yield from fitting(tuple(dict.fromkeys((*wild, *spelt))))


def _tokens(kind: str, value: str) -> Tokens:
    return arn_tokens(value) if kind.startswith("Arn") else tuple(value)
