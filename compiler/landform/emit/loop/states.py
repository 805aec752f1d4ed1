"""States of the two machines, in Amazon States Language with JSONPath: each with a time, retries, and a way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

State = dict[str, Any]
States = dict[str, State]

STEP_SECONDS: Final = 900
"""What a step may take: the longest that Lambda lets a function run (Lambda quotas, read 2026-11-29)."""

_BUSY: Final = (
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
"""Step Functions developer guide, "Handle transient Lambda service exceptions" (read 2026-11-29)."""

ANYTHING: Final = ("States.ALL",)

SETTINGS: Final = "Settings"


def settings(values: Mapping[str, Any], then: str) -> States:
    """The first state: what the compiler knows, for all that follow."""
    return {SETTINGS: {"Type": "Pass", "Result": dict(values), "ResultPath": "$.settings", "Next": then}}


def step(
    function: str,
    name: str,
    hands: Sequence[str],
    into: str,
    then: str,
    catch: Sequence[State],
    again: Sequence[str] = _BUSY,
    **more: Any,
) -> State:
    """A step of ours: `hands` are names of what it is given of the state's input, `into` where its answer goes.

    After the errors `again` it is tried again.
    """
    payload = {"step": name, "run.$": "$$.Execution.Name"} | {f"{hand}.$": f"$.{hand}" for hand in hands} | more
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload": payload},
        "ResultSelector": {"answer.$": "$.Payload"},
        "ResultPath": f"$.{into}",
        "TimeoutSeconds": STEP_SECONDS,
        "Retry": [retry(again)],
        "Catch": list(catch),
        "Next": then,
    }


def retry(errors: Sequence[str], attempts: int = 4) -> State:
    """Try again what failed by no fault of its own, after 2, 4, 8 … seconds."""
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxAttempts": attempts,
        "JitterStrategy": "FULL",
    }


def caught(then: str, *errors: str) -> State:
    """Where it goes on after errors, all of them where none is named."""
    return {"ErrorEquals": list(errors or ANYTHING), "ResultPath": "$.error", "Next": then}


def choice(default: str, *ways: tuple[str, Any, str]) -> State:
    """A choice by (path, value, next)."""
    kinds = {bool: "BooleanEquals", str: "StringEquals", int: "NumericEquals"}
    choices = [{"Variable": path, kinds[type(value)]: value, "Next": then} for path, value, then in ways]
    return {"Type": "Choice", "Choices": choices, "Default": default}


def said(into: str, value: Any, then: str) -> State:
    """A constant, written down for what follows."""
    return {"Type": "Pass", "Result": value, "ResultPath": f"$.{into}", "Next": then}


def machine(comment: str, states: States, seconds: int) -> State:
    """A machine that begins with its settings, and ends within so many seconds."""
    return {"Comment": comment, "StartAt": SETTINGS, "TimeoutSeconds": seconds, "States": states}
