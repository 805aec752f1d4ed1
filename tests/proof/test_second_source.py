"""The evaluation against a second one: that of moto, where it is right.

moto's own list of what it lacks (`moto/iam/access_control.py`): conditions, and policies of resources but buckets. It
reads no `NotResource` and no question mark, and takes an asterisk in an ARN for anything, colons and all. What is left,
and compared here: Action and NotAction with asterisks, ARNs with asterisks at the end of their segments, and denials
before permissions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.iam.access_control import IAMPolicy, PermissionResult
from support.orders import ACCOUNT, modules, orders

from landform.proof.evaluate import Request, Situation, Verdict, decide, read_policy

from .cases import Case
from .test_conditions import CASES as OF_CONDITIONS
from .test_evaluate import CASES as OF_EVALUATION

ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"
SAID: dict[PermissionResult, Verdict] = {
    PermissionResult.PERMITTED: Verdict.ALLOWED,
    PermissionResult.DENIED: Verdict.DENIED,
    PermissionResult.NEUTRAL: Verdict.NOT_GRANTED,
}


def ours(document: str, action: str, resource: str) -> Verdict:
    return decide(Request(ROLE, action, resource), Situation(identity=(read_policy(document),))).verdict


def theirs(document: str, action: str, resource: str) -> Verdict:
    return SAID[IAMPolicy(document).is_action_permitted(action, resource)]


def is_comparable(case: Case) -> bool:
    """Tell whether a case is of identity policies alone, and without what moto lacks or takes otherwise."""
    others = case.resource or case.limits or case.boundary or case.closed or case.owner != "111122223333"
    lacking = any({"Condition", "NotResource"} & set(statement) for statement in case.identity)
    # AWS knows no case in actions; moto does.
    return bool(case.identity) and not others and not lacking and case.rule not in DIFFERS


DIFFERS = {
    "? is exactly one character",
    "actions know no case",
    "a wildcard elsewhere stays within its segment of an ARN",
    "an asterisk that can go on is taken not to, where it denies",
}


@pytest.mark.parametrize("case", [case for case in (*OF_EVALUATION, *OF_CONDITIONS) if is_comparable(case)], ids=str)
def test_a_documented_case_is_decided_alike(case: Case) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(case.identity)})
    assert theirs(document, case.action, case.target) is case.verdict


def test_enough_cases_are_comparable() -> None:
    assert sum(map(is_comparable, OF_EVALUATION)) >= 15


# ── policies that are made up ──

ACTIONS = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "sqs:SendMessage", "sqs:SendMessageBatch")
RESOURCES = (
    *("arn:aws:s3:::a", "arn:aws:s3:::a/x", "arn:aws:s3:::a/x/y", "arn:aws:s3:::ab/x"),
    *("arn:aws:sqs:us-east-1:123456789012:a", "arn:aws:sqs:eu-west-1:123456789012:ab"),
)
PATTERNS = (
    *ACTIONS,
    *("*", "s3:*", "s3:Get*", "s3:*Object", "s3:G*tObject", "sqs:Send*", "sqs:*Batch", "sq*:SendMessage"),
)
BEYOND = "arn:aws:sqs:*:a"
PLACES = (
    *RESOURCES,
    *("*", "arn:aws:s3:::a/*", "arn:aws:s3:::a*", "arn:aws:s3:::a*x", "arn:aws:s3:::*/x"),
    *("arn:aws:sqs:*:123456789012:a", "arn:aws:sqs:*:*:a", "arn:aws:sqs:us-east-1:*:a*", BEYOND),
)


def some(texts: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(texts), min_size=1, max_size=3)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    effect = draw(st.sampled_from(("Allow", "Allow", "Deny")))
    # Beyond its segment an asterisk can go: a denial is taken not to.
    places = PLACES if effect == "Allow" else tuple(place for place in PLACES if place != BEYOND)
    return {
        "Effect": effect,
        draw(st.sampled_from(("Action", "Action", "NotAction"))): draw(some(PATTERNS)),
        "Resource": draw(some(places)),
    }


@settings(max_examples=300, deadline=None)
@given(st.lists(statements(), min_size=1, max_size=4), st.sampled_from(ACTIONS), st.sampled_from(RESOURCES))
def test_any_policy_is_decided_alike(made: list[dict[str, Any]], action: str, resource: str) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": made})
    assert ours(document, action, resource) is theirs(document, action, resource), document


# ── the policies of a whole system ──


def unconditional() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the policy of every role of the system, without the statements that have conditions."""
    for module in modules(orders().plan):
        for resource in module.get("resources", ()):
            text = resource["values"].get("policy") if resource["type"] == "aws_iam_role_policy" else None
            if text:
                body = json.loads(text)
                body["Statement"] = [s for s in body["Statement"] if "Condition" not in s]
                yield resource["address"], body


def test_the_policies_of_a_whole_system_are_decided_alike() -> None:
    held = [(address, json.dumps(body), body["Statement"]) for address, body in unconditional()]
    told = {(a, on) for *_, said in held for s in said for a in listed(s["Action"]) for on in listed(s["Resource"])}
    compared = 0
    for address, document, _ in held:
        second, situation = IAMPolicy(document), Situation(identity=(read_policy(document),))
        for action, pattern in sorted(told):
            on = pattern.replace("*", "x")
            verdict = decide(Request(ROLE, action, on), situation).verdict
            assert SAID[second.is_action_permitted(action, on)] is verdict, (address, action, on)
            compared += 1
    assert compared > 1_000


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
