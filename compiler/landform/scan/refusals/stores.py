"""Refused: stores, their keys, and what listens to them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from landform.catalog.refused import RETENTIONS
from landform.proof.evaluate import as_list
from landform.proof.planned import Resource
from landform.scan.policies import allowing
from landform.scan.refusals.model import Found, Refusal, blocks, target
from landform.scan.subject import Subject


def _range(kind: str, argument: str, least: int, most: int) -> Callable[[Subject], Iterator[Found]]:
    def find(subject: Subject) -> Iterator[Found]:
        for resource in subject.planned.of_type(kind):
            value = resource.values.get(argument)
            if isinstance(value, int | float) and not least <= value <= most:
                yield resource, f"has {argument} = {value:g}: {least:,} to {most:,}"

    return find


def _retention(subject: Subject) -> Iterator[Found]:
    for group in subject.planned.of_type("aws_cloudwatch_log_group"):
        days = group.values.get("retention_in_days")
        if days is not None and days not in RETENTIONS:
            near = min(RETENTIONS - {0}, key=lambda known: abs(known - days))
            yield group, f"keeps logs for {days} days, which CloudWatch Logs does not know: the nearest is {near}"


def _unversioned(subject: Subject) -> Iterator[Found]:
    versioned = {
        target(subject, v, "bucket")
        for v in subject.planned.of_type("aws_s3_bucket_versioning")
        if any(b.get("status") == "Enabled" for b in blocks(v, "versioning_configuration"))
    }
    for replication in subject.planned.of_type("aws_s3_bucket_replication_configuration"):
        if (bucket := target(subject, replication, "bucket")) not in versioned:
            yield replication, f"replicates {bucket}, which keeps no versions"
    for lock in subject.planned.of_type("aws_s3_bucket_object_lock_configuration"):
        if (bucket := target(subject, lock, "bucket")) not in versioned:
            yield lock, f"locks objects of {bucket}, which keeps no versions"


def _log_targets(subject: Subject) -> Iterator[tuple[Resource, str]]:
    for logging in subject.planned.of_type("aws_s3_bucket_logging"):
        yield logging, target(subject, logging, "target_bucket")


def _encrypted_logs(subject: Subject) -> Iterator[Found]:
    keyed = {
        target(subject, e, "bucket")
        for e in subject.planned.of_type("aws_s3_bucket_server_side_encryption_configuration")
        for b in blocks(e, "rule", "apply_server_side_encryption_by_default")
        if b.get("sse_algorithm") == "aws:kms"
    }
    for logging, bucket in _log_targets(subject):
        if bucket in keyed:
            yield (
                logging,
                f"sends access logs to {bucket}, which is under a key of KMS: S3 writes them under SSE-S3 alone",
            )


def _locked_logs(subject: Subject) -> Iterator[Found]:
    locked = {target(subject, x, "bucket") for x in subject.planned.of_type("aws_s3_bucket_object_lock_configuration")}
    for logging, bucket in _log_targets(subject):
        if bucket in locked:
            yield logging, f"sends access logs to {bucket}, whose objects are locked"


def _one_each(kind: str, argument: str) -> Callable[[Subject], Iterator[Found]]:
    def find(subject: Subject) -> Iterator[Found]:
        # Where a reference may end at several, which one it is nobody can tell before an apply.
        owners = {
            r.address: target(subject, r, argument) if len(subject.planned.targets(r, argument)) < 2 else ""
            for r in subject.planned.of_type(kind)
        }
        counted = Counter(owners.values())
        for resource in subject.planned.of_type(kind):
            owner = owners[resource.address]
            if owner and counted[owner] > 1:
                yield resource, f"is one of {counted[owner]} of {owner}, which has one: the last that is applied wins"

    return find


def _lockout(subject: Subject) -> Iterator[Found]:
    root = f"arn:aws:iam::{subject.account}:root"
    for key in subject.planned.of_type("aws_kms_key"):
        text = key.values.get("policy")
        stated = as_list(json.loads(text)["Statement"]) if text else []
        if text and not any(_hands_over(s, root) for s in stated):
            yield key, "has a policy by which nobody could change that policy again"


def _hands_over(statement: dict[str, object], root: str) -> bool:
    principal = statement.get("Principal")
    named = as_list(principal.get("AWS", ())) if isinstance(principal, dict) else []
    actions = as_list(statement.get("Action", ()))
    return statement["Effect"] == "Allow" and root in named and bool({"kms:*", "kms:PutKeyPolicy"} & set(actions))


def _unknown_principal(subject: Subject) -> Iterator[Found]:
    for document, statement in allowing(subject):
        principal = statement.get("Principal")
        named = as_list(principal.get("AWS", ())) if isinstance(principal, dict) else []
        for name in named:
            if document.kind == "resource" and any(f":{kind}/" in str(name) for kind in ("role", "user")):
                yield document.resource, f"names {name} as principal, which must stand before and for ever"


def _visibility(subject: Subject) -> Iterator[Found]:
    functions = {f.address: f for f in subject.planned.of_type("aws_lambda_function")}
    queues = {q.address: q for q in subject.planned.of_type("aws_sqs_queue")}
    for mapping in subject.planned.of_type("aws_lambda_event_source_mapping"):
        queue = queues.get(target(subject, mapping, "event_source_arn"))
        function = functions.get(target(subject, mapping, "function_name"))
        hidden = queue.values.get("visibility_timeout_seconds") if queue else None
        runs = (function.values.get("timeout") or 3) if function else 0
        if queue and hidden is not None and hidden < runs:
            yield (
                mapping,
                f"takes messages of {queue.address}, hidden for {hidden} s, with a function that runs for {runs} s",
            )


def _batch_window(subject: Subject) -> Iterator[Found]:
    for mapping in subject.planned.of_type("aws_lambda_event_source_mapping"):
        of_queue = target(subject, mapping, "event_source_arn").rpartition(".")[0].endswith("aws_sqs_queue")
        size, window = mapping.values.get("batch_size") or 0, mapping.values.get("maximum_batching_window_in_seconds")
        if of_queue and size > 10 and not window:
            yield mapping, f"gathers {size} messages and waits for none: more than 10 need a window"


def _attributes(subject: Subject) -> Iterator[Found]:
    for table in subject.planned.of_type("aws_dynamodb_table"):
        indexes = [*blocks(table, "global_secondary_index"), *blocks(table, "local_secondary_index")]
        used = {str(h) for b in (table.values, *indexes) for h in (b.get("hash_key"), b.get("range_key")) if h}
        declared = {str(b["name"]) for b in blocks(table, "attribute")}
        if used != declared:
            yield table, f"declares the attributes {', '.join(sorted(declared))} and keys use {', '.join(sorted(used))}"


def _fifo(subject: Subject) -> Iterator[Found]:
    for queue in subject.planned.of_type("aws_sqs_queue"):
        if str(queue.values.get("name")).endswith(".fifo") is not bool(queue.values.get("fifo_queue")):
            yield queue, "ends in .fifo, or is a FIFO queue, and not both"


def _lustre(subject: Subject) -> Iterator[Found]:
    for store in subject.planned.of_type("aws_fsx_lustre_file_system"):
        size = store.values.get("storage_capacity") or 1200
        if size != 1200 and size % 2400:
            yield store, f"has {size} GiB: 1200, or a multiple of 2400"


def _mount_targets(subject: Subject) -> Iterator[Found]:
    seen: dict[tuple[str, str], Resource] = {}
    zones = {s.address: str(s.values.get("availability_zone_id")) for s in subject.planned.of_type("aws_subnet")}
    for mount in subject.planned.of_type("aws_efs_mount_target"):
        subnet = mount.values.get("subnet_id") or ""
        zone = zones.get(str(subnet)) or str(subnet) or f"{mount.key}"
        place = (target(subject, mount, "file_system_id"), zone)
        if place in seen:
            yield mount, f"stands beside {seen[place].address} in {zone}: a file system has one in a zone"
        seen[place] = mount


_S3: Final = "S3 user guide"
REFUSALS: Final = (
    Refusal(
        "log-retention",
        "CloudWatch Logs keeps for certain numbers of days",
        "CloudWatch Logs, PutRetentionPolicy",
        _retention,
    ),
    Refusal(
        "key-waiting-period",
        "a key waits 7 to 30 days for its deletion",
        "KMS, ScheduleKeyDeletion",
        _range("aws_kms_key", "deletion_window_in_days", 7, 30),
    ),
    Refusal(
        "queue-retention",
        "a queue keeps messages for 60 s to 14 days",
        "SQS, CreateQueue",
        _range("aws_sqs_queue", "message_retention_seconds", 60, 1_209_600),
    ),
    Refusal(
        "queue-visibility",
        "a queue hides messages for up to 12 hours",
        "SQS, CreateQueue",
        _range("aws_sqs_queue", "visibility_timeout_seconds", 0, 43_200),
    ),
    Refusal(
        "stream-retention",
        "a stream keeps records for 24 hours to 365 days",
        "Kinesis, IncreaseStreamRetentionPeriod",
        _range("aws_kinesis_stream", "retention_period", 24, 8_760),
    ),
    Refusal(
        "replicates-versions",
        "replication and object lock need a bucket that keeps versions",
        f"{_S3}, Replication",
        _unversioned,
    ),
    Refusal(
        "access-logs-under-a-key",
        "access logs arrive in a bucket under SSE-S3 alone",
        f"{_S3}, Logging requests",
        _encrypted_logs,
    ),
    Refusal(
        "access-logs-locked",
        "access logs do not arrive in a bucket with object lock",
        f"{_S3}, Logging requests",
        _locked_logs,
    ),
    Refusal(
        "one-bucket-policy",
        "a bucket has one policy",
        "S3, PutBucketPolicy",
        _one_each("aws_s3_bucket_policy", "bucket"),
    ),
    Refusal(
        "one-bucket-notification",
        "a bucket has one notification configuration",
        "S3, PutBucketNotificationConfiguration",
        _one_each("aws_s3_bucket_notification", "bucket"),
    ),
    Refusal(
        "one-bucket-replication",
        "a bucket has one replication configuration",
        "S3, PutBucketReplication",
        _one_each("aws_s3_bucket_replication_configuration", "bucket"),
    ),
    Refusal(
        "one-queue-policy",
        "a queue has one policy",
        "SQS, SetQueueAttributes",
        _one_each("aws_sqs_queue_policy", "queue_url"),
    ),
    Refusal(
        "key-lockout",
        "a key's policy lets somebody change it",
        "KMS, PutKeyPolicy: BypassPolicyLockoutSafetyCheck",
        _lockout,
    ),
    Refusal(
        "missing-principals",
        "a resource's policy names no role or user, which AWS looks up when it is written",
        "IAM user guide, AWS JSON policy elements: Principal",
        _unknown_principal,
    ),
    Refusal(
        "queue-hides-too-briefly",
        "a queue hides a message for as long as its function runs",
        "Lambda, CreateEventSourceMapping",
        _visibility,
    ),
    Refusal(
        "batch-without-window",
        "more than 10 messages of a queue need a batching window",
        "Lambda, CreateEventSourceMapping",
        _batch_window,
    ),
    Refusal(
        "table-attributes",
        "a table declares the attributes of its keys, and no others",
        "DynamoDB, CreateTable",
        _attributes,
    ),
    Refusal("fifo-names", "a FIFO queue's name ends in .fifo, and no other's", "SQS, CreateQueue", _fifo),
    Refusal("lustre-sizes", "Lustre comes in 1.2 TiB and multiples of 2.4 TiB", "FSx, CreateFileSystem", _lustre),
    Refusal("mount-targets", "a file system has one mount target in a zone", "EFS, CreateMountTarget", _mount_targets),
)
