"""Whether a name that a system would take is taken: by another system of the account, or in S3 by anybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from landform.diagnostics import Diagnostic, Path, error
from landform.operate.preflight.owner import Owner
from landform.plan import Function, Plan, Table


def taken(session: Any, plan: Plan, own: Owner) -> Iterator[Diagnostic]:
    """Yield each bucket, role, function and table whose name is somebody else's."""
    yield from _buckets(session, plan, own)
    yield from _roles(session, plan, own)
    for function in plan.functions:
        yield from _function(session, function, own)
    for store in plan.stores:
        if isinstance(store, Table) and not store.existing:
            yield from _table(session, store, own)


def _buckets(session: Any, plan: Plan, own: Owner) -> Iterator[Diagnostic]:
    canvas = plan.studio.canvas if plan.studio else None
    made = (*plan.artifacts, *plan.access_logs, *filter(None, (plan.records, canvas)))
    named: dict[tuple[str, str], Path] = {(b.name, b.region): () for b in made}
    if plan.trail:
        named[plan.trail.bucket, plan.system.regions.primary] = ("audit", "trail")
    named |= {(b.name, b.region): ("data", b.entry) for b in plan.buckets if not b.existing}
    for (name, region), path in sorted(named.items()):
        s3 = session.client("s3", region_name=region)
        try:
            s3.head_bucket(Bucket=name)
        except ClientError as told:
            status = told.response["ResponseMetadata"]["HTTPStatusCode"]
            if status in (301, 400, 403):
                fact = f"the bucket {name} is another account's, or in another region."
                yield error("LF0921", path, fact, "Bucket names are the world's: change `system` or the entry's name.")
            elif status != 404:
                raise
            continue
        try:
            tags = s3.get_bucket_tagging(Bucket=name)["TagSet"]
        except ClientError as told:
            if told.response["Error"]["Code"] != "NoSuchTagSet":
                raise
            tags = []
        if not own.tagged(tags):
            remedy = f"Change `system` or the entry's name; or take it as it is: `existing: {name}`."
            yield error("LF0921", path, f"the bucket {name} stands already and is not this system's.", remedy)


def _roles(session: Any, plan: Plan, own: Owner) -> Iterator[Diagnostic]:
    iam = session.client("iam", region_name=plan.system.regions.primary)
    for workload in plan.workloads:
        try:
            found = iam.get_role(RoleName=workload.role)["Role"]
        except iam.exceptions.NoSuchEntityException:
            continue
        if not own.tagged(found.get("Tags", [])):
            yield _other("role", workload.role, workload.path)


def _function(session: Any, function: Function, own: Owner) -> Iterator[Diagnostic]:
    client = session.client("lambda", region_name=function.region)
    try:
        found = client.get_function(FunctionName=function.physical)
    except client.exceptions.ResourceNotFoundException:
        return
    if not own.named(found.get("Tags", {})):
        yield _other("function", function.physical, function.path)


def _table(session: Any, table: Table, own: Owner) -> Iterator[Diagnostic]:
    client = session.client("dynamodb", region_name=table.region)
    try:
        arn = client.describe_table(TableName=table.name)["Table"]["TableArn"]
    except client.exceptions.ResourceNotFoundException:
        return
    if not own.tagged(client.list_tags_of_resource(ResourceArn=arn)["Tags"]):
        yield _other("table", table.name, ("data", table.entry))


def _other(kind: str, name: str, path: Path) -> Diagnostic:
    fact = f"the {kind} {name} stands already and is not this system's."
    return error("LF0921", path, fact, "Change `system` or the entry's name, or remove what has it.")
