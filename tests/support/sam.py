"""AWS's own answer to the same question: the connectors of SAM, and why ours allow less, or more.

Source: AWS SAM, connectors of a Lambda function (samtranslator/model/connector_profiles/profiles.json of
aws-sam-translator 1.115.0, read 2026-11-29, and what calls a function 2026-11-30). It has none from a function to a
stream, a file system, a secret or an endpoint of SageMaker.
"""

from typing import Final

Pair = tuple[str, str]

SAM: Final[dict[Pair, str]] = {
    ("bucket", "reads"): (
        "GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTorrent GetObjectVersion "
        "GetObjectVersionAcl GetObjectVersionForReplication GetObjectVersionTorrent ListBucket "
        "ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts"
    ),
    ("bucket", "writes"): (
        "AbortMultipartUpload DeleteObject DeleteObjectVersion PutObject PutObjectLegalHold PutObjectRetention "
        "RestoreObject"
    ),
    ("service", "calls"): "InvokeAsync InvokeFunction",
    ("table", "reads"): "GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect",
    ("table", "writes"): "PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete PartiQLInsert PartiQLUpdate",
    ("queue", "reads"): "ReceiveMessage GetQueueAttributes",
    ("queue", "trigger"): "ReceiveMessage DeleteMessage GetQueueAttributes",
    ("queue", "on_failure"): "SendMessage",
    ("table", "trigger"): "DescribeStream GetRecords GetShardIterator ListStreams",
    ("queue", "writes"): "DeleteMessage SendMessage ChangeMessageVisibility PurgeQueue",
}
"""(kind, verb) → the actions of the connector."""

_VERSIONS = "reads what was overwritten or deleted: who needs it says so"
_LISTS = "what lies in the bucket in the version in force is all that a reader is told"
_PARTS = "uploads that are not complete are nothing to read"

NARROWER: Final[dict[Pair, dict[str, str]]] = {
    ("bucket", "reads"): {
        "GetObjectAcl": "access lists are switched off",
        "GetObjectVersionAcl": "access lists are switched off",
        "GetObjectLegalHold": "is for who keeps records, not for who reads them",
        "GetObjectRetention": "is for who keeps records, not for who reads them",
        "GetObjectTorrent": "S3 ended it in 2022",
        "GetObjectVersionTorrent": "S3 ended it in 2022",
        "GetObjectVersion": _VERSIONS,
        "GetObjectVersionForReplication": "is for the role that replicates",
        "ListBucketVersions": _LISTS,
        "ListBucketMultipartUploads": _PARTS,
        "ListMultipartUploadParts": _PARTS,
    },
    ("bucket", "writes"): {
        "DeleteObject": "`deletes` is a verb of its own",
        "DeleteObjectVersion": "takes away what versions are kept for; the lifecycle does that",
        "PutObjectLegalHold": "is for who keeps records",
        "PutObjectRetention": "is for who keeps records",
        "RestoreObject": "costs money, and fetches what was archived: nothing is written",
    },
    ("service", "calls"): {"InvokeAsync": "Lambda's own documentation calls it deprecated"},
    ("table", "reads"): {
        "Scan": "reads the whole table, which no service of a system should do by the way",
        "ConditionCheckItem": "is part of a transaction that writes",
        "PartiQLSelect": "can be a scan: what it reads depends on its text",
    },
    ("table", "writes"): {
        "DeleteItem": "`deletes` is a verb of its own",
        "BatchWriteItem": "can delete: only with `writes` and `deletes`",
        "PartiQLDelete": "`deletes` is a verb of its own",
        "PartiQLInsert": "PutItem does it",
        "PartiQLUpdate": "UpdateItem does it",
    },
    ("queue", "writes"): {
        "DeleteMessage": "is for who works messages off",
        "ChangeMessageVisibility": "is for who works messages off",
        "PurgeQueue": "loses what others sent",
    },
}
"""What theirs allow and ours do not, and why."""

WIDER: Final[dict[Pair, dict[str, str]]] = {
    ("table", "reads"): {"DescribeTable": "clients that map rows to objects ask for the keys"},
    ("queue", "reads"): {
        "DeleteMessage": "a message that was worked off would come back",
        "ChangeMessageVisibility": "work that takes longer than expected asks for more time",
    },
}
"""What ours allow and theirs do not, and why."""

CALLERS: Final[dict[str, tuple[str, str, dict[str, str]]]] = {
    "bucket": ("AWS::S3::Bucket", "source_account source_arn", {}),
    "schedule": (
        "AWS::Events::Rule",
        "source_arn",
        {"source_account": "said twice: the ARN of a rule has the account in it"},
    ),
    "api": (
        "AWS::ApiGatewayV2::Api",
        "source_arn",
        {"qualifier": "only the version in force answers; theirs lets the API call every version"},
    ),
}
"""What calls a function by a permission of the function's own → SAM's source, what it binds `lambda:InvokeFunction` to,
and what ours binds it to besides, with the reason."""
