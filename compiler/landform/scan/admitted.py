"""Stores' own policies, held to what asks for them: a service is let in where something of the plan makes it come.

What they give to identities, and to the account, follows from no edge: edges give permissions to roles (`proof`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from landform.catalog.admissions import ADMISSIONS, Admission
from landform.diagnostics import Diagnostic, error
from landform.proof.evaluate import as_list
from landform.proof.planned import Resource
from landform.scan.policies import Document, allowing, named
from landform.scan.subject import Subject
from landform.scan.whose import names

_HELD_BY: Final = {
    "aws_kms_key": ("aws_kms_key", ""),
    "aws_kms_key_policy": ("aws_kms_key", "key_id"),
    "aws_s3_bucket_policy": ("aws_s3_bucket", "bucket"),
    "aws_sns_topic_policy": ("aws_sns_topic", "arn"),
    "aws_sqs_queue_policy": ("aws_sqs_queue", "queue_url"),
}
"""Type that holds a policy → the type of its store, and the argument that refers to that."""


def unasked_admission(subject: Subject) -> Iterator[Diagnostic]:
    """A statement that nothing needs is one that nobody misses, until somebody else finds it."""
    for document, statement in allowing(subject):
        if document.resource.type in _HELD_BY and document.resource.module and not subject.is_own(document.resource):
            for what in _unasked(subject, document, statement):
                fact = f"{named(document, statement)} allows what nothing of the plan asks for: {what}."
                remedy = "Take it out, or give the spec what needs it."
                yield error("LF0810", subject.places.path(document.resource.address), fact, remedy)


def _unasked(subject: Subject, document: Document, statement: Mapping[str, Any]) -> Iterator[str]:
    kind, argument = _HELD_BY[document.resource.type]
    actions = [str(action) for action in as_list(statement.get("Action", ()))]
    stores = _stores(subject, document.resource, kind, argument)
    for service in names(statement, "Service"):
        asked = {a for each in ADMISSIONS if _is_by(each, kind, service, subject, stores) for a in each.actions}
        if more := [action for action in actions if action not in asked]:
            yield f"{', '.join(more)} by {service}"
    identities = ["*"] if statement.get("Principal") == "*" else names(statement, "AWS")
    if identities and not (kind == "aws_kms_key" and (_delegates(statement) or _for_linked_roles(statement))):
        yield f"{', '.join(actions)} by {', '.join(identities)}"


def _delegates(statement: Mapping[str, Any]) -> bool:
    """Tell whether a key leaves it to the account's policies who may use it (`policies` says in which form)."""
    return as_list(statement.get("Action", ())) == ["kms:*"]


def _for_linked_roles(statement: Mapping[str, Any]) -> bool:
    """Tell whether only roles of services are meant, which have the account's disks and files encrypted for it."""
    arns = [
        str(arn)
        for operator in ("ArnEquals", "ArnLike")
        for key, values in (statement.get("Condition") or {}).get(operator, {}).items()
        for arn in (as_list(values) if key.lower() == "aws:principalarn" else ())
    ]
    return bool(arns) and all(":role/aws-service-role/" in arn for arn in arns)


def _stores(subject: Subject, holder: Resource, kind: str, argument: str) -> list[Resource]:
    if not argument:
        return [holder]
    beside = [r for r in subject.planned.of_type(kind) if r.module == holder.module]
    return list(subject.planned.referred(holder, argument, kind=kind)) or beside


def _is_by(each: Admission, kind: str, service: str, subject: Subject, stores: list[Resource]) -> bool:
    """Tell whether an admission is this service's, and something of the plan uses one of the stores by it."""
    by = {f"{each.service}.amazonaws.com", *(f"{each.service}.{s.region}.amazonaws.com" for s in stores)}
    users = subject.planned.of_type(each.user) if (each.store, service in by) == (kind, True) else ()
    return any(not each.argument or _leads_to(subject, user, each.argument, stores) for user in users)


def _leads_to(subject: Subject, user: Resource, argument: str, stores: list[Resource]) -> bool:
    targets = {t.address for t in subject.planned.targets(user, argument)}
    written = user.values.get(argument)
    told = {block.get("bucket") for block in written} if isinstance(written, list) else {written}
    buckets = {store.values["bucket"] for store in stores if store.values.get("bucket")}
    return bool(targets & {store.address for store in stores} or told & buckets)
