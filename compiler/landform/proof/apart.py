"""No role reaches what it has no edge to, and none may widen its own access."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from landform.catalog.escalation import WIDENING
from landform.catalog.grants import KINDS
from landform.diagnostics import Diagnostic, error
from landform.proof.ask import circumstances, situation
from landform.proof.conditions import Context
from landform.proof.evaluate import Request, Situation, Statement, decide
from landform.proof.grants import Grant, Places, as_policy
from landform.proof.mounted import for_roles
from landform.proof.paths import escalations
from landform.proof.patterns import exemplar
from landform.proof.provable import provable
from landform.proof.stated import judged, stated
from landform.proof.store import Store
from landform.proof.studio import passes_on
from landform.proof.system import Role, System

# What could be done to a store, by kind: to its content, and to itself.
_CONTENT: Final = {
    "s3": (
        *("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:AbortMultipartUpload"),
        *("s3:DeleteObject", "s3:DeleteObjectVersion"),
    ),
    "kms": (),
    "cloudtrail": (),
    "elasticfilesystem": (),
    "fsx": (),
    "sqs": (),
    "execute-api": ("execute-api:Invoke",),
    "lambda": ("lambda:InvokeFunction", "lambda:InvokeFunctionUrl"),
    "sagemaker": (),
    "dynamodb": ("dynamodb:Query", "dynamodb:Scan", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
    "kinesis": ("kinesis:SubscribeToShard", "kinesis:DescribeStreamConsumer", "kinesis:DeregisterStreamConsumer"),
}
_ITSELF: Final = {
    "s3": (
        *("s3:ListBucket", "s3:DeleteBucket", "s3:PutBucketPolicy", "s3:PutBucketAcl"),
        *("s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"),
    ),
    "kms": (
        *("kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt"),
        *("kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:PutKeyPolicy", "kms:CreateGrant"),
    ),
    "cloudtrail": (
        *("cloudtrail:StopLogging", "cloudtrail:DeleteTrail"),
        *("cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"),
    ),
    "fsx": ("fsx:DeleteFileSystem", "fsx:UpdateFileSystem", "fsx:CreateBackup", "fsx:CreateDataRepositoryAssociation"),
    "elasticfilesystem": (
        *("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"),
        *("elasticfilesystem:CreateAccessPoint", "elasticfilesystem:CreateMountTarget"),
        *("elasticfilesystem:DeleteFileSystem", "elasticfilesystem:DeleteFileSystemPolicy"),
        *("elasticfilesystem:PutFileSystemPolicy", "elasticfilesystem:PutBackupPolicy"),
        *("elasticfilesystem:CreateReplicationConfiguration", "elasticfilesystem:DeleteReplicationConfiguration"),
        "elasticfilesystem:UpdateFileSystemProtection",
    ),
    "lambda": (
        *("lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "lambda:GetFunction", "lambda:DeleteFunction"),
        *("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:AddPermission"),
        *("lambda:PutFunctionConcurrency", "lambda:PutFunctionEventInvokeConfig", "lambda:CreateFunctionUrlConfig"),
    ),
    "sagemaker": (
        *("sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointAsync", "sagemaker:InvokeEndpointWithResponseStream"),
        *("sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpoint", "sagemaker:DeleteEndpoint"),
        "sagemaker:UpdateEndpointWeightsAndCapacities",
    ),
    "sqs": (
        *("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"),
        *("sqs:GetQueueAttributes", "sqs:SetQueueAttributes", "sqs:PurgeQueue", "sqs:DeleteQueue"),
        *("sqs:AddPermission", "sqs:StartMessageMoveTask"),
    ),
    "dynamodb": (
        *("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:DescribeTable"),
        *("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"),
        *("dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete"),
        *("dynamodb:DeleteTable", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive", "dynamodb:CreateBackup"),
        *("dynamodb:UpdateContinuousBackups", "dynamodb:ExportTableToPointInTime", "dynamodb:PutResourcePolicy"),
    ),
    "execute-api": ("execute-api:Invoke", "execute-api:InvalidateCache", "execute-api:ManageConnections"),
    "kinesis": (
        *("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards", "kinesis:DescribeStreamSummary"),
        *("kinesis:PutRecord", "kinesis:PutRecords", "kinesis:RegisterStreamConsumer", "kinesis:UpdateShardCount"),
        *("kinesis:DeleteStream", "kinesis:StopStreamEncryption", "kinesis:DecreaseStreamRetentionPeriod"),
        *("kinesis:SplitShard", "kinesis:MergeShards", "kinesis:PutResourcePolicy"),
    ),
}


_SERVICES: Final = tuple(sorted({kind.service for kind in KINDS.values()}))
"""Services through which a key may be used."""


def apart(system: System, expected: Sequence[Grant], places: Places) -> Iterator[Diagnostic]:
    """Try every verb of every role on every store, and accept only what the role's own edges mean.

    Tried in a bucket is a key that is nobody's, and one under each prefix that some role's edge leads to.
    """
    identities = system.identities
    means = {i.arn: Situation((as_policy([g for g in expected if g.principal == i.arn]),)) for i in identities}
    for store in map(for_roles, system.stores):
        objects = _objects(expected, store)
        told: set[tuple[str, str]] = set()
        for role in judged(system, store):
            reached = _reached(system, role, store, _attempts(system, role, store, objects), means[role.arn])
            found = (_told(role, store, request, places, told) for request in reached)
            yield from provable(found, f"Who may do what to {store.address}", places.path(store.address))
        verbs = (*_ITSELF[store.kind], *_CONTENT[store.kind])
        yield from stated(system, store, verbs, means, places, told)


def _reached(
    system: System, role: Role, store: Store, attempts: Sequence[Request], means: Situation
) -> Iterator[Request]:
    # Credentials that leave a host pass no endpoint: what stands on the way there is no protection.
    policies = replace(situation(system, role, attempts[0], store), limits=())
    for request in attempts:
        granted = policies.grants(request.action) and decide(request, policies).allowed
        if granted and not decide(request, means).allowed:
            yield request


def _told(role: Role, store: Store, request: Request, places: Places, told: set[tuple[str, str]]) -> Diagnostic:
    told.add((role.arn, request.action))
    return error(
        "LF0805",
        places.path(role.address),
        f"{role.arn} may {request.action} on {request.resource}, and no edge leads there.",
        f"Narrow the policies of {role.address} and {store.address}.",
    )


def _objects(expected: Sequence[Grant], store: Store) -> tuple[str, ...]:
    """One ARN for every place in a bucket that somebody's edge leads to, and one at its top."""
    led_to = {r for g in expected for r in g.resources if r.startswith((f"{store.arn}/", f"{store.arn}:"))}
    return tuple(sorted(exemplar(r) for r in {*led_to, f"{store.arn}/*"}))


def _attempts(system: System, role: Role, store: Store, objects: Sequence[str]) -> list[Request]:
    context = circumstances(system, role.arn)
    if store.kind == "kms":
        known = {**context, "kms:resourcealiases": store.aliases}
        return [
            Request(
                role.arn, action, store.arn, {**known, "kms:viaservice": (f"{service}.{store.region}.amazonaws.com",)}
            )
            for service in _SERVICES
            for action in _ITSELF["kms"]
        ]
    if store.kind == "elasticfilesystem":
        return [
            Request(role.arn, action, store.arn, {**context, **way})
            for way in _ways_in(system, store)
            for action in _ITSELF[store.kind]
        ]
    return [
        *(Request(role.arn, action, store.arn, context) for action in _ITSELF[store.kind]),
        *(Request(role.arn, action, each, context) for action in _CONTENT[store.kind] for each in objects),
    ]


def _ways_in(system: System, store: Store) -> Iterator[Context]:
    """By the access point of every role, by one that is nobody's, and past all of them."""
    mounted: Context = {"elasticfilesystem:accessedviamounttarget": ("true",)}
    points = store.arn.replace(":file-system/", ":access-point/")
    for name in sorted({*system.access_points(store), "landform-example"}):
        yield {**mounted, "elasticfilesystem:accesspointarn": (f"{points}/{name}",)}
    yield mounted


def escalation(system: System, expected: Sequence[Grant], places: Places) -> Iterator[Diagnostic]:
    """No role comes to act as another that it has no edge to, nor may it widen access in whatever other way.

    What leads nowhere in this plan may lead somewhere in the account: no role may pass roles, write policies or move
    aliases, on any resource, under any condition.
    """
    found, steps = escalations(system, expected, places)
    yield from found
    for role in system.identities:
        for held in role.policies:
            told = [(step.statement, step.action) for step in steps if step.held == held.address]
            for statement in (s for s in held.policy.statements if s.allow):
                widening = _widening(system, role, statement, places)
                if matched := [action for action in widening if (statement, action) not in told]:
                    yield error(
                        "LF0805",
                        places.path(held.address),
                        f"{held.address} allows {', '.join(matched[:3])}: a role widens access by these.",
                        "Leave such actions to the people and pipelines that apply Terraform.",
                    )


def _widening(system: System, role: Role, statement: Statement, places: Places) -> list[str]:
    matched = [a for a in WIDENING if statement.actions.match(a.lower()) is not statement.not_actions]
    if _for_services_only(statement):
        matched = [a for a in matched if a != "kms:CreateGrant"]
    if _starts_a_job(system, role, statement) or passes_on(system, places, role, statement):
        matched = [a for a in matched if a != "iam:PassRole"]
    return matched


def _starts_a_job(system: System, role: Role, statement: Statement) -> bool:
    """Tell whether Scheduler passes a role of the system to the one service that this role is for, and no code does."""
    passed = [c for c in statement.conditions if (c.operator.lower(), c.key.lower()) == _PASSED]
    to = {service for condition in passed for service in condition.values}
    fitting = {r.arn for r in system.roles if len(to) == 1 and to == r.services}
    return role.services == {"scheduler.amazonaws.com"} and bool(to) and _exact(statement) <= fitting


def _exact(statement: Statement) -> set[str]:
    """Return what a statement is about, each resource by its whole name; a pattern is the name of none."""
    return {"*"} if statement.not_resources or statement.resources.wild else set(statement.resources.texts)


_PASSED: Final = ("stringequals", "iam:passedtoservice")


def _for_services_only(statement: Statement) -> bool:
    """Tell whether a grant on a key can only be made by an AWS service, for its own use of a disk."""
    return any(
        c.operator.lower() == "bool" and c.key.lower() == "kms:grantisforawsresource" and tuple(c.values) == ("true",)
        for c in statement.conditions
    )
