"""Conditions of IAM policies, compiled: which operator compares what, and what it says of an absent key.

Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys" (read 2026-11).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from landform.proof.patterns import PolicyError, arn_pattern, free

Context = Mapping[str, tuple[str, ...]]
"""Condition keys in lower case, each with the request's values."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a Condition block: every key of every operator must hold."""

    operator: str
    key: str
    values: tuple[str, ...]
    test: Callable[[Context], bool] = field(compare=False, repr=False)

    @property
    def positive(self) -> bool:
        """Tell whether it asks for a value, and not that there be none or another."""
        return self.operator != "Null" and self.operator.rpartition(":")[2].removesuffix("IfExists") not in _NEGATED


Match = Callable[[str, str], bool]
"""(the policy's value, the request's value) → whether they agree."""


def _number(compare: Callable[[float, float], bool]) -> Match:
    return lambda wanted, given: (number := _as_number(given)) is not None and compare(number, float(wanted))


def _as_number(text: str) -> float | None:
    """Return the number that a text is; of what is none, nothing is true."""
    try:
        return float(text)
    except ValueError:
        return None


def _like(wanted: str, given: str) -> bool:
    return free(wanted).fullmatch(given) is not None


def _arn_like(wanted: str, given: str) -> bool:
    return wanted == given or arn_pattern(wanted).fullmatch(given) is not None


def _same(wanted: str, given: str) -> bool:
    return wanted == given


def _same_in_any_case(wanted: str, given: str) -> bool:
    return wanted.lower() == given.lower()


# docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html (2026-11)
_POSITIVE: Final[dict[str, Match]] = {
    "StringEquals": _same,
    "StringEqualsIgnoreCase": _same_in_any_case,
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": _same_in_any_case,
    "NumericEquals": _number(operator.eq),
    "NumericLessThan": _number(operator.lt),
    "NumericLessThanEquals": _number(operator.le),
    "NumericGreaterThan": _number(operator.gt),
    "NumericGreaterThanEquals": _number(operator.ge),
}
_NEGATED: Final[dict[str, Match]] = {
    "StringNotEquals": _same,
    "StringNotEqualsIgnoreCase": _same_in_any_case,
    "StringNotLike": _like,
    "ArnNotEquals": _arn_like,
    "ArnNotLike": _arn_like,
    "NumericNotEquals": _number(operator.eq),
}


def condition(name: str, key: str, values: Sequence[str]) -> Condition:
    """Compile a line of a Condition block; raises PolicyError for what is malformed or not known here."""
    return Condition(name, key.lower(), tuple(values), _test(name, key.lower(), tuple(values)))


def _test(name: str, key: str, values: tuple[str, ...]) -> Callable[[Context], bool]:
    if name == "Null":
        if not {v.lower() for v in values} <= {"true", "false"}:
            raise PolicyError(f"Null says true or false, not {', '.join(values)}")
        return lambda context: any((not context.get(key)) is (v.lower() == "true") for v in values)
    quantifier, _, rest = name.rpartition(":")
    base = rest.removesuffix("IfExists")
    negated = base in _NEGATED
    match = _NEGATED.get(base) or _POSITIVE.get(base)
    if match is None or quantifier not in ("", "ForAnyValue", "ForAllValues"):
        raise PolicyError(f"condition operator {name} is not supported")
    if base.startswith("Numeric") and any(_as_number(v) is None for v in values):
        raise PolicyError(f"{name} compares numbers, and {', '.join(values)} is none")
    if_exists = rest.endswith("IfExists")

    def one(given: str) -> bool:
        return any(match(v, given) for v in values) is not negated

    def test(context: Context) -> bool:
        given = context.get(key, ())
        if not given:
            return if_exists or quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue")
        if quantifier == "ForAnyValue":
            return any(one(g) for g in given)
        if quantifier == "" and len(given) > 1:
            raise PolicyError(f"{key} has many values: it needs ForAnyValue or ForAllValues, not {name}")
        return all(one(g) for g in given)

    return test
