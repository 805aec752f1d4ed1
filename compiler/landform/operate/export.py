"""Tables as inputs: exported to a bucket before a job starts, which is given a manifest of what was exported."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from landform.operate.training import POLL_SECONDS, OperationError
from landform.plan import Batch, Bucket, Edge, Host, Job
from landform.spec.work import manifest_variable

MANIFEST_VARIABLE: Final = manifest_variable("")

Manifests = Mapping[str, str]
"""Channel → the URI of a manifest, in SageMaker's form, of what was exported for it."""


def exported(
    session: Any, own: Job | Batch | Host, tell: Callable[[str], None], wait: Callable[[float], None]
) -> Manifests:
    """Export every table that is an input of a training, all at once, and return the manifests of what came.

    DynamoDB exports the table as it is now, from its recovery log: nothing is read from the table itself.

    Raises:
        OperationError: DynamoDB gave an export up.
    """
    tables = {str(edge.path[3]): edge.store for edge in own.edges if edge.verb == "export"}
    through = {str(edge.path[3]): edge for edge in own.edges if edge.verb == "input"}
    dynamodb = session.client("dynamodb", region_name=own.region)
    begun: dict[str, str] = {}
    for channel, table in sorted(tables.items()):
        asked = {
            "TableArn": table.arn,
            "ExportFormat": "DYNAMODB_JSON",
            **_place(session, own.region, through[channel]),
        }
        begun[channel] = dynamodb.export_table_to_point_in_time(**asked)["ExportDescription"]["ExportArn"]
        tell(f"{table.name} is exported to s3://{through[channel].store.name}/{through[channel].prefix}")
    for channel, arn in begun.items():
        while (found := dynamodb.describe_export(ExportArn=arn)["ExportDescription"])["ExportStatus"] == "IN_PROGRESS":
            wait(POLL_SECONDS)
        if found["ExportStatus"] != "COMPLETED":
            raise OperationError(f"the export for {channel} failed: {found.get('FailureMessage', arn)}.", "Try again.")
    s3 = session.client("s3", region_name=own.region)
    return {channel: _manifest(s3, through[channel], arn.rpartition("/")[2]) for channel, arn in begun.items()}


def by_variable(manifests: Manifests) -> dict[str, str]:
    """Return the manifests by the ends of their variables, as a message to a fleet names them."""
    return {manifest_variable(channel).removeprefix(MANIFEST_VARIABLE): uri for channel, uri in manifests.items()}


def as_channels(definition: dict[str, Any], manifests: Manifests) -> dict[str, Any]:
    """Put the manifests into the channels of a request to SageMaker, which is changed and returned."""
    for channel in definition.get("InputDataConfig", ()):
        if channel["ChannelName"] in manifests:
            source = channel["DataSource"]["S3DataSource"]
            source |= {"S3DataType": "ManifestFile", "S3Uri": manifests[channel["ChannelName"]]}
    return definition


def _place(session: Any, region: str, edge: Edge) -> dict[str, str]:
    """Say where an export goes, and under which key: the bucket's, for its policy lets nothing else in."""
    bucket = edge.store
    assert isinstance(bucket, Bucket)
    place = {"S3Bucket": bucket.name, "S3Prefix": (edge.prefix or "").rstrip("/")}
    key = bucket.key_arn
    if bucket.key:
        described = session.client("kms", region_name=region).describe_key(KeyId=bucket.key.alias)
        key = described["KeyMetadata"]["Arn"]
    return place | ({"S3SseAlgorithm": "KMS", "S3SseKmsKeyId": key} if key else {})


def _manifest(s3: Any, edge: Edge, export: str) -> str:
    """Write down what an export has left, beside it: a list of the prefix and of what stands behind it."""
    bucket, prefix = edge.store.name, f"{edge.prefix}AWSDynamoDB/{export}/data/"
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    names = [each["Key"].removeprefix(prefix) for page in pages for each in page.get("Contents", ())]
    key = f"{edge.prefix}{export}.manifest"
    body = json.dumps([{"prefix": f"s3://{bucket}/{prefix}"}, *sorted(filter(None, names))])
    s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
    return f"s3://{bucket}/{key}"
