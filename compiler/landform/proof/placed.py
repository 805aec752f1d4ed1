"""Policies of stores that the proof cannot place: of a store that the plan lacks, of a kind that is not read, or the
second one of a store, of which AWS keeps whichever is written last.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from landform.proof.evaluate import as_list
from landform.proof.planned import Planned, Resource

_PLACED: Final[Mapping[str, tuple[str, str]]] = {
    "aws_efs_file_system_policy": ("aws_efs_file_system", "file_system_id"),
    "aws_kms_key_policy": ("aws_kms_key", "key_id"),
    "aws_s3_bucket_policy": ("aws_s3_bucket", "bucket"),
    "aws_sqs_queue_policy": ("aws_sqs_queue", "queue_url"),
}
"""Type of policy → the type of its store, and the argument that tells which one."""

_UNREAD: Final[Mapping[str, tuple[str, str]]] = {
    "aws_dynamodb_resource_policy": ("aws_dynamodb_table", "resource_arn"),
    "aws_kinesis_resource_policy": ("aws_kinesis_stream", "resource_arn"),
    "aws_s3_access_point": ("aws_s3_bucket", "bucket"),
    "aws_s3control_access_point_policy": ("aws_s3_access_point", "access_point_arn"),
}
_WITHIN: Final = ("aws_kms_key", "aws_s3_bucket", "aws_sqs_queue")
"""Stores that take a policy as an argument of their own too."""


def parts_of(planned: Planned, owner_type: str, argument: str, *part_types: str) -> Mapping[str, tuple[Resource, ...]]:
    """Group companions by the owner that an argument refers to, or names where it refers to none."""
    found: dict[str, tuple[Resource, ...]] = {}
    for part in planned.of_type(*part_types):
        for owner in _owners(planned, part, owner_type, argument) or {""}:
            found[owner] = (*found.get(owner, ()), part)
    return found


def _owners(planned: Planned, part: Resource, owner_type: str, argument: str) -> set[str]:
    referred = planned.referred(part, argument, kind=owner_type)
    if len(referred) == 1:
        return {referred[0].address}
    said = str(part.values.get(argument) or "")
    name = said.replace("/", ":").rpartition(":")[2] if said.startswith(("arn:", "https://")) else said
    named = {o.address for o in referred or planned.of_type(owner_type) if said and {said, name} & _names(o)}
    return named or _about(part, referred) or {o.address for o in referred}


def _about(part: Resource, owners: Sequence[Resource]) -> set[str]:
    """Those of several stores that a policy names in its statements.

    Of ``{objects = …, dead = …}[each.key]`` a plan tells what it refers to, and not which of them is taken.
    """
    text = part.values.get("policy")
    statements = as_list(json.loads(text)["Statement"]) if text else ()
    resources = (str(arn) for statement in statements for arn in as_list(statement.get("Resource", ())))
    named = {arn.rpartition(":")[2].partition("/")[0] for arn in resources}
    return {owner.address for owner in owners if named & _names(owner)}


def _names(owner: Resource) -> set[str]:
    said = (owner.values.get(argument) for argument in ("bucket", "name", "arn", "url", "id", "key_id"))
    return {str(each) for each in said if each}


def misplaced(planned: Planned) -> Iterator[tuple[str, str]]:
    """Yield (address, why) of each policy that cannot be held against a store."""
    for kind, (owner, argument) in _PLACED.items():
        held: dict[str, list[str]] = {}
        for part in planned.of_type(kind):
            owners = _owners(planned, part, owner, argument)
            if not owners:
                yield part.address, f"the plan has no store that `{argument}` names"
            if len(owners) > 1:
                yield (
                    part.address,
                    f"which one of {', '.join(sorted(owners))} it is of, neither it nor `{argument}` tells",
                )
            for store in owners if len(owners) == 1 else ():
                held.setdefault(store, []).append(part.address)
        for store, parts in held.items():
            if len(parts) > 1 or (owner in _WITHIN and "policy" in planned.by_address[store].expressions):
                yield from ((part, f"{store} has another policy beside it") for part in parts)
    for kind, (owner, argument) in _UNREAD.items():
        for part in (each for each in planned.of_type(kind) if each.values.get("policy") or each.unknown.get("policy")):
            owners = _owners(planned, part, owner, argument)
            if not owners or any(each.startswith("module.") for each in owners):
                yield part.address, "a policy of its kind is not read"
