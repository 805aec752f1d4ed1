"""Cases that AWS documents: a rule, policies, and a request that it decides."""

import json
from dataclasses import dataclass, field
from typing import Any

from landform.proof.evaluate import Policy, Request, Situation, Verdict, decide, read_policy

ROLE = "arn:aws:iam::111122223333:role/bench"
USER = "arn:aws:iam::111122223333:user/ann"
OBJECT = "arn:aws:s3:::photos/2026/a.jpg"
KEY = "arn:aws:kms:us-east-1:111122223333:key/1"
ROOT = {"AWS": "arn:aws:iam::111122223333:root"}


def policy(*statements: dict[str, Any]) -> Policy:
    return read_policy(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def allow(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "s3:GetObject", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def when(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


@dataclass(frozen=True)
class Case:
    """A documented rule, and a request that it decides."""

    rule: str
    verdict: Verdict
    identity: tuple[dict[str, Any], ...] = ()
    resource: tuple[dict[str, Any], ...] = ()
    limits: tuple[dict[str, Any], ...] = ()
    context: dict[str, tuple[str, ...]] = field(default_factory=dict)
    action: str = "s3:GetObject"
    target: str = OBJECT
    owner: str = "111122223333"
    closed: bool = False
    principal: str = ROLE
    boundary: tuple[dict[str, Any], ...] = ()

    def __str__(self) -> str:
        return self.rule


YES, NO, DENIED = Verdict.ALLOWED, Verdict.NOT_GRANTED, Verdict.DENIED
TLS = {"aws:securetransport": ("true",)}
TAGGED = {"aws:tagkeys": ("environment", "cost")}
ALIASED = {"kms:resourcealiases": ("alias/other", "alias/data")}
AS_BENCH = {"aws:principalarn": (ROLE,)}


def verdict(case: Case) -> Verdict:
    """Decide a case."""
    situation = Situation(
        identity=(policy(*case.identity),) if case.identity else (),
        resource=policy(*case.resource) if case.resource else None,
        owner=case.owner,
        closed=case.closed,
        limits=(policy(*case.limits),) if case.limits else (),
        boundary=(policy(*case.boundary),) if case.boundary else (),
    )
    request = Request(case.principal, case.action, case.target, case.context)
    return decide(request, situation).verdict
