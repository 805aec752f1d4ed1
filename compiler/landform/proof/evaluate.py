"""Evaluation of IAM policies, as AWS documents it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html (2026-11): an
explicit deny decides; every limit (endpoint policy, permissions boundary, SCP) must allow; within an
account the identity's policies and the resource's policy count together; across accounts both must allow.
A KMS key's policy and a role's trust must say yes themselves, or delegate to the account. What this file
does not know is an error, never a silent yes or no.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, Final

from landform.proof.conditions import Condition, Context, condition
from landform.proof.patterns import Patterns, PolicyError, free, narrow_pattern, patterns, resource_pattern


class Verdict(StrEnum):
    """Why a request is decided as it is."""

    ALLOWED = "allowed"
    DENIED = "denied by a statement"
    NOT_GRANTED = "no statement allows it"
    NOT_DELEGATED = "the resource's policy neither allows it nor delegates it to the account"
    LIMITED = "an endpoint policy or another limit does not allow it"


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, and the statement (its Sid) that brought it about, where one did."""

    verdict: Verdict
    sid: str = ""

    @property
    def allowed(self) -> bool:
        """Tell whether AWS would let the call through."""
        return self.verdict is Verdict.ALLOWED


@dataclass(frozen=True, slots=True)
class Request:
    """One call: who (a role's ARN, or a service's name), what, on which ARN, in which circumstances."""

    principal: str
    action: str
    resource: str
    context: Context = field(default_factory=dict)

    @property
    def account(self) -> str:
        """The caller's account; empty for a service."""
        return self.principal.split(":")[4] if self.principal.startswith("arn:") else ""


@dataclass(frozen=True, slots=True)
class Principals:
    """Who a resource's statement speaks of; `kinds` maps AWS, Service, Federated to names."""

    anyone: bool
    kinds: Mapping[str, frozenset[str]]

    def names(self, request: Request) -> bool:
        """Tell whether the caller itself is named, and not only its account."""
        if self.anyone:
            return True
        kind = "AWS" if request.account else "Service"
        return request.principal in self.kinds.get(kind, frozenset())

    def admits(self, request: Request) -> bool:
        """Tell whether the caller is named, or a session of its role, whose name the caller chooses."""
        return self.names(request) or self._names_session(request)

    def outright(self, request: Request) -> bool:
        """Tell whether a user or a session is named by its own ARN: what a boundary leaves out is no limit then."""
        user = ":user/" in request.principal and request.principal in self.kinds.get("AWS", ())
        return user or self._names_session(request)

    def _names_session(self, request: Request) -> bool:
        # A user may have credentials made that go by another name, "GetFederationToken" (STS API reference).
        kind, _, path = request.principal.rpartition(":")[2].partition("/")
        session = {"role": f"assumed-role/{path.rpartition('/')[2]}/", "user": "federated-user/"}.get(kind)
        start = f"arn:aws:sts::{request.account}:{session}"
        return session is not None and any(name.startswith(start) for name in self.kinds.get("AWS", ()))

    def delegates(self, request: Request) -> bool:
        """Tell whether the caller's account is named: its identity policies then decide."""
        account = request.account
        named = self.kinds.get("AWS", frozenset())
        return bool(account) and (account in named or any(n.endswith(f"::{account}:root") for n in named))


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, compiled for matching; `not_actions` and `not_resources` turn the sense round."""

    sid: str
    allow: bool
    actions: Patterns
    not_actions: bool
    resources: Patterns
    not_resources: bool
    principals: Principals | None
    conditions: tuple[Condition, ...]
    spelt: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Actions in lower case → as they are written."""

    def speaks_of(self, action: str) -> bool:
        """Tell whether the statement is about an action."""
        return self.actions.match(action.lower()) is not self.not_actions

    def covers(self, resource: str) -> bool:
        """Tell whether the statement is about a resource."""
        return self.resources.match(resource) is not self.not_resources

    def applies(self, request: Request) -> bool:
        """Tell whether resource and conditions fit; action and principal are asked for before."""
        return self.covers(request.resource) and all(c.test(request.context) for c in self.conditions)


@dataclass(frozen=True)
class Policy:
    """A policy document, compiled."""

    statements: tuple[Statement, ...]

    @cached_property
    def _about(self) -> dict[str, tuple[tuple[Statement, ...], tuple[Statement, ...]]]:
        return {}

    def about(self, action: str) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
        """The statements that allow, and those that deny, something about an action; remembered for each action."""
        known = self._about.get(action)
        if known is None:
            said = [s for s in self.statements if s.speaks_of(action)]
            known = tuple(s for s in said if s.allow), tuple(s for s in said if not s.allow)
            self._about[action] = known
        return known


@dataclass(frozen=True, slots=True)
class Situation:
    """All policies that have a say: the caller's, the resource's, and limits that must allow as well.

    `boundary` holds the caller's permissions boundary, `limits` the policies of endpoints on the way. `closed`:
    identity policies count only where the resource's policy delegates to the account (KMS keys, trust policies).
    """

    identity: tuple[Policy, ...] = ()
    resource: Policy | None = None
    owner: str = ""
    closed: bool = False
    limits: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] = ()

    @property
    def limiting(self) -> tuple[Policy, ...]:
        """All that must allow as well, and grants nothing."""
        return (*self.boundary, *self.limits)

    def grants(self, action: str) -> bool:
        """Tell whether any statement allows something about an action; where none does, nothing can be allowed."""
        owned = () if self.resource is None else (self.resource,)
        return any(policy.about(action)[0] for policy in (*self.identity, *owned))


def decide(request: Request, situation: Situation) -> Decision:
    """Decide a request as AWS would."""
    action = request.action
    owned = () if situation.resource is None else (situation.resource,)
    for policy in (*situation.identity, *owned, *situation.limiting):
        for statement in policy.about(action)[1]:
            if _denies(statement, request):
                return Decision(Verdict.DENIED, statement.sid)
    decision = _granted(request, situation, owned)
    # A boundary does not limit what a resource gives to a user or to a session by its own ARN, or to anyone of whom it
    # asks for aws:PrincipalArn ("Policy evaluation for requests within a single account", "Permissions boundaries";
    # "AWS JSON policy elements: Principal", "IAM role principals", IAM user guide, read 2026-11-30).
    outright = bool(situation.boundary) and any(_outright(s, request) for p in owned for s in p.about(action)[0])
    asked = situation.limits if outright else situation.limiting
    limited = decision.allowed and not all(any(_grants(s, request) for s in limit.about(action)[0]) for limit in asked)
    return Decision(Verdict.LIMITED) if limited else decision


def _granted(request: Request, situation: Situation, owned: tuple[Policy, ...]) -> Decision:
    """Join what the caller's and the resource's policies allow: one is enough within an account."""
    own = (s for p in situation.identity for s in p.about(request.action)[0])
    offered = [s for p in owned for s in p.about(request.action)[0]]
    identity = next((s for s in own if s.applies(request)), None)
    resource = next((s for s in offered if _grants(s, request)), None)
    foreign = bool(situation.owner and request.account) and situation.owner != request.account
    if resource is not None and not (foreign and identity is None):
        return Decision(Verdict.ALLOWED, resource.sid)
    if identity is None:
        return Decision(Verdict.NOT_GRANTED)
    needs_consent = foreign or situation.closed
    if needs_consent and not any(_delegates(s, request) for s in offered):
        return Decision(Verdict.NOT_DELEGATED)
    return Decision(Verdict.ALLOWED, identity.sid)


def _denies(statement: Statement, request: Request) -> bool:
    """A deny that names an account reaches every identity in it."""
    who = statement.principals
    named = who is None or who.names(request) or who.delegates(request)
    return named and statement.applies(request)


def _grants(statement: Statement, request: Request) -> bool:
    who = statement.principals
    return (who is None or who.admits(request)) and statement.applies(request)


def _outright(statement: Statement, request: Request) -> bool:
    who = statement.principals
    by_arn = any(c.key == "aws:principalarn" and c.positive for c in statement.conditions)
    return who is not None and (who.outright(request) or (who.anyone and by_arn)) and statement.applies(request)


def _delegates(statement: Statement, request: Request) -> bool:
    who = statement.principals
    return who is not None and who.delegates(request) and statement.applies(request)


# ── reading ──

# NotPrincipal is left out on purpose: AWS advises against it, and it lets in who is not thought of.
_KNOWN: Final = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "Condition"}


def read_policy(document: str | Mapping[str, Any]) -> Policy:
    """Compile a policy document; raises PolicyError for what is malformed or unknown here."""
    return _read_text(document) if isinstance(document, str) else _read_body(document)


@lru_cache(maxsize=4096)
def _read_text(document: str) -> Policy:
    try:
        return _read_body(json.loads(document))
    except json.JSONDecodeError as bad:
        raise PolicyError(f"not JSON: {bad}") from bad


def _read_body(body: Any) -> Policy:
    if not isinstance(body, Mapping) or "Statement" not in body:
        raise PolicyError("a policy needs a Statement")
    if body.get("Version") != "2012-10-17":
        raise PolicyError(f"policy language version {body.get('Version')!r} is not 2012-10-17")
    return Policy(tuple(_statement(s) for s in as_list(body["Statement"])))


def as_list(value: Any) -> list[Any]:
    """Read what IAM lets stand alone or in a list."""
    return list(value) if isinstance(value, list | tuple) else [value]


def _statement(body: Any) -> Statement:
    if not isinstance(body, Mapping):
        raise PolicyError("a statement must be an object")
    if unknown := set(body) - _KNOWN:
        raise PolicyError(f"statement element {', '.join(sorted(unknown))} is not supported")
    if body.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError("Effect must be Allow or Deny")
    if ("Action" in body) == ("NotAction" in body) or {"Resource", "NotResource"} <= set(body):
        raise PolicyError("a statement has either Action or NotAction, and not both Resource and NotResource")
    actions = _texts(body.get("Action", body.get("NotAction")))
    spelt = {action.lower(): action for action in actions}
    resources = _texts(body.get("Resource", body.get("NotResource", "*")))
    wide = (body["Effect"] == "Allow") is not ("NotResource" in body)
    return Statement(
        sid=str(body.get("Sid", "")),
        allow=body["Effect"] == "Allow",
        actions=patterns([a.lower() for a in actions], free),
        not_actions="NotAction" in body,
        resources=patterns(resources, resource_pattern if wide else narrow_pattern),
        not_resources="NotResource" in body,
        principals=_principals(body["Principal"]) if "Principal" in body else None,
        conditions=tuple(_conditions(body.get("Condition", {}))),
        spelt=spelt,
    )


def _conditions(block: Any) -> Iterator[Condition]:
    if not isinstance(block, Mapping) or not all(isinstance(lines, Mapping) for lines in block.values()):
        raise PolicyError("Condition must be an object of objects: operator, key, values")
    for name, lines in block.items():
        yield from (condition(name, key, _texts(values)) for key, values in lines.items())


def _texts(value: Any) -> list[str]:
    values = as_list(value)
    if any(v is None or isinstance(v, Mapping | list) for v in values):
        raise PolicyError(f"a text or a list of texts must stand where {value!r} does")
    texts = [str(v).lower() if isinstance(v, bool) else str(v) for v in values]
    for text in texts:
        if "${" in text:
            raise PolicyError(f"policy variables are not supported: {text}")
    return texts


def _principals(value: Any) -> Principals:
    if value == "*":
        return Principals(True, {})
    if not isinstance(value, Mapping):
        raise PolicyError(f"Principal must be '*' or an object, not {value!r}")
    kinds = {kind: frozenset(_texts(names)) for kind, names in value.items()}
    return Principals("*" in kinds.get("AWS", ()), kinds)
