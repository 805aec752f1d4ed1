"""How the stores of a system are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from landform.file_systems import Efs, Lustre
from landform.operate.status.model import Standing, absent
from landform.plan import Bucket, Queue, Store, Stream, Table

FOREIGN: Final = (301, 403)


def store_status(session: Any, own: Store) -> Standing | None:
    """Return how a store is; None of a kind that AWS tells nothing about."""
    known = _STORES.get(type(own))
    return known(session, own) if known else None


def _bucket(session: Any, own: Bucket) -> Standing:
    try:
        session.client("s3", region_name=own.region).head_bucket(Bucket=own.name)
    except ClientError as told:
        status = told.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 404:
            return absent(own.path, own.region)
        if status not in FOREIGN:
            raise
        return Standing(own.path, own.region, "closed to you", own.name, good=None)
    return Standing(own.path, own.region, "stands", own.name)


def _queue(session: Any, own: Queue) -> Standing:
    sqs = session.client("sqs", region_name=own.region)
    try:
        waiting, failed = (_depth(sqs, name) for name in (own.name, own.dead_letters))
    except sqs.exceptions.QueueDoesNotExist:
        return absent(own.path, own.region)
    return Standing(own.path, own.region, "stands", f"{waiting} waiting, {failed} failed for good", good=failed == 0)


def _depth(sqs: Any, name: str) -> int:
    if not name:
        return 0
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    asked = "ApproximateNumberOfMessages"
    return int(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[asked])["Attributes"][asked])


def _table(session: Any, own: Table) -> Standing:
    dynamodb = session.client("dynamodb", region_name=own.region)
    try:
        found = dynamodb.describe_table(TableName=own.name)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        return absent(own.path, own.region)
    state = found["TableStatus"].lower()
    return Standing(own.path, own.region, state, f"about {found['ItemCount']} items", good=state == "active")


def _stream(session: Any, own: Stream) -> Standing:
    kinesis = session.client("kinesis", region_name=own.region)
    try:
        found = kinesis.describe_stream_summary(StreamName=own.name)["StreamDescriptionSummary"]
    except kinesis.exceptions.ResourceNotFoundException:
        return absent(own.path, own.region)
    state = found["StreamStatus"].lower()
    return Standing(own.path, own.region, state, f"{found['OpenShardCount']} shards", good=state == "active")


def _efs(session: Any, own: Efs) -> Standing:
    pages = session.client("efs", region_name=own.region).get_paginator("describe_file_systems").paginate()
    found = next((each for page in pages for each in page["FileSystems"] if each.get("Name") == own.name), None)
    if found is None:
        return absent(own.path, own.region)
    gib = found["SizeInBytes"]["Value"] / 2**30
    state = found["LifeCycleState"]
    return Standing(own.path, own.region, state, f"{found['FileSystemId']}, {gib:.1f} GiB", good=state == "available")


def _lustre(session: Any, own: Lustre) -> Standing:
    pages = session.client("fsx", region_name=own.region).get_paginator("describe_file_systems").paginate()
    every = (each for page in pages for each in page["FileSystems"])
    found = next((each for each in every if {"Key": "Name", "Value": own.name} in each.get("Tags", [])), None)
    if found is None:
        return absent(own.path, own.region)
    state = found["Lifecycle"].lower()
    detail = f"{found['FileSystemId']}, {found['StorageCapacity']} GiB"
    return Standing(own.path, own.region, state, detail, good=state == "available")


_STORES: Final[Mapping[type[Store], Callable[[Any, Any], Standing]]] = {
    Bucket: _bucket,
    Queue: _queue,
    Table: _table,
    Stream: _stream,
    Efs: _efs,
    Lustre: _lustre,
}
