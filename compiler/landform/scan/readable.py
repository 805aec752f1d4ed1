"""Policies that nobody can read: AWS refuses them, and what stands in them is neither proven nor judged.

They are told here, and left out of all that follows, which may then take a policy for one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from landform.diagnostics import Diagnostic, error
from landform.proof.evaluate import as_list
from landform.proof.grants import Places
from landform.proof.planned import Planned, Resource
from landform.proof.system import NOBODY, POLICY_ARGUMENT

_TRUST: Final = "assume_role_policy"
_HOLDERS: Final = frozenset({*POLICY_ARGUMENT, "aws_sns_topic_policy"})


def readable(planned: Planned, places: Places) -> tuple[Planned, tuple[Diagnostic, ...]]:
    """Return the plan with nothing in the place of policies that cannot be read, and a finding for each of them."""
    kept: list[Resource] = []
    told: list[Diagnostic] = []
    for resource in planned.resources:
        wrong = dict(_unreadable(resource))
        emptied = {**resource.values, **dict.fromkeys(wrong, NOBODY)}
        kept.append(replace(resource, values=emptied) if wrong else resource)
        told += [_told(resource.address, argument, why, places) for argument, why in wrong.items()]
    return replace(planned, resources=tuple(kept)) if told else planned, tuple(told)


def _told(address: str, argument: str, why: str, places: Places) -> Diagnostic:
    fact = f"{argument} of {address} cannot be proven: {why}."
    return error("LF0805", places.path(address), fact, "Write a policy, with literal names and ARNs.")


def _unreadable(resource: Resource) -> Iterator[tuple[str, str]]:
    for argument, text in resource.values.items():
        held = argument == _TRUST or (argument == "policy" and resource.type in _HOLDERS)
        if isinstance(text, str) and text and (held or holds_statements(text)) and (why := _wrong(text, held=held)):
            yield argument, why
    if resource.type == "aws_iam_role" and not resource.values.get(_TRUST):
        yield _TRUST, "it is not known before apply"


def statements_in(text: str) -> tuple[Any, ...] | None:
    """Return the statements at the top of a text of JSON; None where it has none, and is no policy."""
    if not holds_statements(text):
        return None
    try:
        return _statements(json.loads(text))
    except ValueError:
        return None


def holds_statements(text: str) -> bool:
    """Tell whether there are statements anywhere in a text of JSON."""
    return text.lstrip().startswith("{") and '"Statement"' in text


def _wrong(text: str, *, held: bool) -> str:
    """Say why a text is no policy; empty where it is one, or where no policy is `held` in its place."""
    try:
        statements = _statements(json.loads(text))
    except ValueError as bad:
        return f"it is not JSON ({bad})"
    if statements is None:
        return "it has no statements" if held else ""
    shapes = (_misshapen(statement) for statement in statements)
    return next((f"{shape} of a statement is not of the form that AWS takes" for shape in shapes if shape), "")


def _statements(body: Any) -> tuple[Any, ...] | None:
    return tuple(as_list(body["Statement"])) if isinstance(body, Mapping) and "Statement" in body else None


def _misshapen(statement: Any) -> str:
    if not isinstance(statement, Mapping):
        return "all"
    condition = statement.get("Condition", {})
    lines = condition.values() if isinstance(condition, Mapping) else [None]
    right = {
        "Effect": statement.get("Effect") in ("Allow", "Deny"),
        "Principal": statement.get("Principal", "*") == "*" or isinstance(statement["Principal"], Mapping),
        "Condition": all(isinstance(each, Mapping) for each in lines),
        **{name: _are_texts(statement.get(name, "*")) for name in ("Action", "NotAction", "Resource", "NotResource")},
    }
    return next((name for name, is_right in right.items() if not is_right), "")


def _are_texts(value: Any) -> bool:
    return all(isinstance(each, str) for each in as_list(value))
