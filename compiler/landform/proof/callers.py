"""Who runs a function: the services that may invoke it, and the resources that are set to, an API among them.

A permission of a function names a service, which serves every AWS customer, and the resource on whose behalf it calls.
It is right where that resource of the plan is set to run this function, and for nobody else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from landform.catalog.api import STAGE, invoked
from landform.diagnostics import Diagnostic, error
from landform.proof.evaluate import Policy, read_policy
from landform.proof.planned import Planned, Resource

if TYPE_CHECKING:
    from landform.proof.grants import Places

FUNCTION: Final = "aws_lambda_function"
API: Final = "aws_apigatewayv2_api"
SERVICES: Final = {
    API: "apigateway.amazonaws.com",
    "aws_s3_bucket": "s3.amazonaws.com",
    "aws_cloudwatch_event_rule": "events.amazonaws.com",
}
"""Type of a resource that can be set to run a function → the service that calls on its behalf."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A permission of a function; `source` is the address of the resource that it names, empty for none of the plan."""

    address: str
    function: str
    principal: str
    action: str
    source: str
    account: str


@dataclass(frozen=True, slots=True)
class Listening:
    """A resource that is set to run a function: their addresses, and the service that will call."""

    source: str
    function: str
    service: str


def read_callers(planned: Planned) -> Iterator[Caller]:
    """Yield the permissions of all functions."""
    for permission in planned.of_type("aws_lambda_permission"):
        functions = [t.address for t in planned.targets(permission, "function_name")]
        known = bool(permission.values.get("source_arn") or permission.unknown.get("source_arn"))
        sources = {t.address for t in planned.targets(permission, "source_arn")} if known else set()
        yield Caller(
            address=permission.address,
            function=functions[0] if functions else str(permission.values.get("function_name")),
            principal=str(permission.values.get("principal")),
            action=str(permission.values.get("action")),
            source=sources.pop() if len(sources) == 1 else "",
            account=str(permission.values.get("source_account") or ""),
        )


def ends_of(planned: Planned, api: Resource) -> tuple[str, ...]:
    """What the ARNs of an API's routes end with, by its stage; of two of which one covers the other, the wider."""
    stages = [s.values.get("name") for s in _parts(planned, api, "aws_apigatewayv2_stage")]
    routes = [str(r.values.get("route_key")) for r in _parts(planned, api, "aws_apigatewayv2_route")]
    return invoked(routes) if stages == [STAGE] else ()


def _parts(planned: Planned, api: Resource, kind: str) -> list[Resource]:
    return [r for r in planned.of_type(kind) if api.address in {t.address for t in planned.targets(r, "api_id")}]


def read_listening(planned: Planned) -> Iterator[Listening]:
    """Yield what is set to run functions: buckets that notify them, rules whose target they are."""
    functions = planned.of_type(FUNCTION)
    for notification in planned.of_type("aws_s3_bucket_notification"):
        # Terraform's JSON holds nothing of dynamic blocks: whom the bucket tells, the call of its module says.
        told = planned.modules(notification, None)
        for bucket in planned.targets(notification, "bucket"):
            for function in (f for f in functions if f.module in told):
                yield Listening(bucket.address, function.address, SERVICES["aws_s3_bucket"])
    for target in planned.of_type("aws_cloudwatch_event_target"):
        for rule in planned.targets(target, "rule"):
            # A topic that a rule tells has a policy of its own, and runs nothing.
            for run in {t.address for t in planned.targets(target, "arn")} & {f.address for f in functions}:
                yield Listening(rule.address, run, SERVICES["aws_cloudwatch_event_rule"])
    for integration in planned.of_type("aws_apigatewayv2_integration"):
        aliases = planned.targets(integration, "integration_uri")
        runs = {t.address for a in aliases for t in planned.targets(planned.by_address[a.address], "function_name")}
        for api in {t.address for t in planned.targets(integration, "api_id")}:
            yield from (Listening(api, run, SERVICES[API]) for run in sorted(runs & {f.address for f in functions}))


def policy_of(planned: Planned, function: Resource, arn: str) -> Policy | None:
    """Return the policy of a function, as AWS makes it of the permissions."""
    statements = [
        _statement(permission, arn)
        for permission in planned.of_type("aws_lambda_permission")
        if function.address in {t.address for t in planned.targets(permission, "function_name")}
    ]
    return read_policy(json.dumps({"Version": "2012-10-17", "Statement": statements})) if statements else None


def _statement(permission: Resource, arn: str) -> dict[str, object]:
    values = permission.values
    principal = str(values.get("principal"))
    given = {"ArnLike": {"aws:SourceArn": values.get("source_arn")}} if values.get("source_arn") else {}
    account = values.get("source_account")
    return {
        "Sid": str(values.get("statement_id") or ""),
        "Effect": "Allow",
        "Principal": {"Service" if principal.endswith(".amazonaws.com") else "AWS": principal},
        "Action": values.get("action"),
        "Resource": arn,
        "Condition": given | ({"StringEquals": {"aws:SourceAccount": account}} if account else {}),
    }


def only_triggers(
    callers: Iterable[Caller], listening: Iterable[Listening], account: str, places: Places
) -> Iterator[Diagnostic]:
    """Hold permissions and triggers against each other: one of each, and no other."""
    callers, set_up = tuple(callers), set(listening)
    for caller in callers:
        # An API of the plan is the account's, which its ARN says; that of a bucket does not.
        ours = caller.account == account or (not caller.account and f".{API}." in caller.source)
        right = caller.action == "lambda:InvokeFunction" and ours
        if not right or Listening(caller.source, caller.function, caller.principal) not in set_up:
            yield error(
                "LF0805",
                places.path(caller.function),
                f"{caller.address} lets {caller.principal} run {caller.function} for what is not its trigger.",
                "Name the trigger's ARN as source_arn and this account as source_account, or take the permission out.",
            )
    may = {(c.source, c.function, c.principal) for c in callers}
    for each in sorted(set_up, key=lambda one: (one.function, one.source)):
        if (each.source, each.function, each.service) not in may:
            yield error(
                "LF0809",
                places.path(each.function),
                f"{each.source} is set to run {each.function}, which does not admit it.",
                f"Give the function a permission for {each.service} with this source.",
            )
