"""What each edge needs: (kind of store, verb) → actions on the store, on what is in it, and on its key.

Written by hand against the Service Authorization Reference (read 2026-11-23), and compared with the AWS SAM
connectors: a generated table would give about 75 actions for reading a bucket, where six calls are made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of store is addressed in policies.

    `service` uses its key on a caller's behalf, `content` stands behind the ARN of the store for what is in it (empty
    where nothing in it has an ARN). The others end the ids of the statements on the store and on what is in it.
    """

    service: str
    store_sid: str
    content: str = ""
    content_sid: str = ""


KINDS: Final[Mapping[str, Kind]] = {
    "api": Kind("execute-api", "Api", "/*", "Routes"),
    "bucket": Kind("s3", "List", "/*", "Objects"),
    "efs": Kind("elasticfilesystem", "Files"),
    "endpoint": Kind("sagemaker", "Endpoint"),
    "lustre": Kind("fsx", "Files"),
    "queue": Kind("sqs", "Queue"),
    "secret": Kind("secretsmanager", "Secret"),
    "service": Kind("lambda", "Service"),
    "site": Kind("elasticloadbalancing", "Site"),
    "stream": Kind("kinesis", "Stream", "/consumer/*", "Consumer"),
    "table": Kind("dynamodb", "Table", "/index/*", "Indexes"),
}


CALLS: Final[Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]] = {
    "lambda:InvokeFunctionUrl": {"StringEquals": {"lambda:FunctionUrlAuthType": ("AWS_IAM",)}},
    "lambda:InvokeFunction": {"Bool": {"lambda:InvokedViaFunctionUrl": ("true",)}},
}
"""What a URL of a function takes, and under which conditions: Lambda developer guide, "Control access to Lambda
function URLs" (read 2026-11-23), both since October 2025. Without the condition of the second, callers could go past
the URL."""


@dataclass(frozen=True, slots=True)
class Verb:
    """The actions behind one verb, and why those that are not obvious are in.

    `inside` stands behind the ARN of the store where it is not what its kind says; `anywhere` knows no resource.
    `exact` is said of verbs whose edges lead to one object, not to a prefix.
    """

    store: tuple[str, ...]
    content: tuple[str, ...]
    key: tuple[str, ...]
    why: str
    inside: str = ""
    anywhere: tuple[str, ...] = ()
    exact: bool = False


INSTEAD: Final[Mapping[tuple[str, str], str]] = {
    ("table", "input"): "Add `via: <bucket>`, to which `landform run` exports the table first; or write `reads`, and "
    "query it.",
    ("bucket", "export"): "Leave `via` out: what lies in a bucket is copied from there.",
}
"""What to do about an edge that there is none of, where naming another store is not all."""

VERBS: Final[Mapping[tuple[str, str], Verb]] = {
    ("bucket", "reads"): Verb(
        store=("s3:ListBucket",),
        content=("s3:GetObject",),
        key=("kms:Decrypt",),
        why="ListBucket also turns the 403 for a missing object into the 404 that clients expect",
    ),
    ("bucket", "writes"): Verb(
        store=(),
        content=("s3:AbortMultipartUpload", "s3:PutObject"),
        key=("kms:Decrypt", "kms:GenerateDataKey"),
        why="a multipart upload decrypts its own parts when it is completed",
    ),
    ("bucket", "deletes"): Verb(
        store=(),
        content=("s3:DeleteObject",),
        key=(),
        why="buckets are versioned: a delete leaves a marker, and the versions go by the lifecycle",
    ),
    ("bucket", "checkpoint"): Verb(
        store=("s3:ListBucket",),
        content=("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
        key=("kms:Decrypt", "kms:GenerateDataKey"),
        why="a node that replaces an interrupted one lists and reads what the other wrote",
    ),
    ("bucket", "code"): Verb(
        store=(),
        content=("s3:GetObject",),
        key=("kms:Decrypt",),
        why="a node fetches the archive of its own code, and no other object",
    ),
    ("bucket", "jobs"): Verb(
        store=("s3:ListBucket",),
        content=("s3:GetObject", "s3:PutObject"),
        key=("kms:Decrypt", "kms:GenerateDataKey"),
        why="nodes leave records for each other and for who started the job, and list those of one attempt",
    ),
    ("bucket", "bundle"): Verb(
        store=("s3:ListBucket",),
        content=("s3:GetObject",),
        key=("kms:Decrypt",),
        why="SageMaker lists a channel before it copies what is there",
    ),
    # The role of a model: SageMaker developer guide, "CreateModel API: execution role permissions" (read 2026-11-29).
    ("bucket", "archive"): Verb(
        store=(),
        content=("s3:GetObject",),
        key=("kms:Decrypt",),
        why="SageMaker fetches the archive that the output brings, on each machine that comes",
    ),
    ("bucket", "initial"): Verb(
        store=(),
        content=("s3:GetObject",),
        key=("kms:Decrypt",),
        why="SageMaker fetches the one object that is served first, and lists nothing",
        exact=True,
    ),
    ("bucket", "model"): Verb(
        store=(),
        content=("s3:GetObject",),
        key=("kms:Decrypt",),
        why="a package names the archive that its training left, under the training's own prefix",
    ),
    ("bucket", "capture"): Verb(
        store=(),
        content=("s3:PutObject",),
        key=("kms:GenerateDataKey",),
        why="SageMaker writes small files of requests and responses, in one part, and reads none of them",
    ),
    # What the agent calls of S3 stands in its sources and its snapshots.
    ("bucket", "captured"): Verb(
        store=("s3:ListBucket",),
        content=("s3:GetObject",),
        key=("kms:Decrypt",),
        why="a watch reads what was captured, and lists it by the hour for what no message told of",
    ),
    ("bucket", "labels"): Verb(
        store=("s3:ListBucket",),
        content=("s3:GetObject",),
        key=("kms:Decrypt",),
        why="a watch looks for new labels every minute, and reads them",
    ),
    # What the steps of a loop leave for the jobs that they start stands in `landform.emit.loop.steps.retrain`.
    ("bucket", "retrained"): Verb(
        store=("s3:ListBucket",),
        content=("s3:GetObject",),
        key=("kms:Decrypt",),
        why="a training of a loop reads the manifest and the new rows beside the old ones",
    ),
    ("bucket", "followed"): Verb(
        store=("s3:ListBucket",),
        content=("s3:GetObject", "s3:PutObject"),
        key=("kms:Decrypt", "kms:GenerateDataKey"),
        why="a loop looks at what nodes write down of its job, where there may be nothing yet, and has it stopped",
    ),
    ("bucket", "judged"): Verb(
        store=("s3:ListBucket",),
        content=("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"),
        key=("kms:Decrypt", "kms:GenerateDataKey"),
        why="a model that is judged is asked the rows that were kept back, and its answers are written beside them",
    ),
    ("bucket", "snapshots"): Verb(
        store=("s3:ListBucket",),
        content=("s3:GetObject", "s3:PutObject"),
        key=("kms:Decrypt", "kms:GenerateDataKey"),
        why="a watch keeps copies of its state for the loss of its disk, and lists to know whether there is one",
    ),
    ("bucket", "canvas"): Verb(
        store=("s3:ListBucket",),
        content=("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
        key=("kms:Decrypt", "kms:GenerateDataKey"),
        why="Canvas keeps a user's data sets and models there, and takes away what the user takes away",
    ),
    ("bucket", "input"): Verb(
        store=("s3:ListBucket",),
        content=("s3:GetObject",),
        key=("kms:Decrypt",),
        why="SageMaker lists the prefix of a channel and copies what is there",
    ),
    ("bucket", "output"): Verb(
        store=(),
        content=("s3:AbortMultipartUpload", "s3:PutObject"),
        key=("kms:Decrypt", "kms:GenerateDataKey"),
        why="a large model is uploaded in parts, which are decrypted when the upload is completed",
    ),
    ("bucket", "copied"): Verb(
        store=(),
        content=("s3:AbortMultipartUpload", "s3:PutObject"),
        key=("kms:Decrypt", "kms:GenerateDataKey"),
        why="a deployment brings the archive to the other regions, in parts where it is large",
    ),
    ("efs", "mounts"): Verb(
        store=("elasticfilesystem:ClientMount",),
        content=(),
        key=(),
        why="a mount alone reads; EFS uses the key itself, by a grant that it has from the file system's making",
    ),
    ("efs", "writes"): Verb(
        store=("elasticfilesystem:ClientWrite",),
        content=(),
        key=(),
        why="what is mounted is written to; nobody is root there, so ClientRootAccess is in no verb",
    ),
    ("lustre", "mounts"): Verb((), (), (), why="Lustre asks no identity: the security groups decide who mounts"),
    ("lustre", "writes"): Verb((), (), (), why="without it the mount is read-only, which is up to the host"),
    # Sources: Lambda developer guide, "Process Amazon Kinesis Data Streams records with Lambda" and "Process DynamoDB
    # records with Lambda", whose managed policies have all of it on every resource.
    ("stream", "trigger"): Verb(
        store=(
            *("kinesis:DescribeStream", "kinesis:DescribeStreamSummary"),
            *("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"),
        ),
        content=(),
        key=("kms:Decrypt",),
        why="Lambda finds the stream in the list of all, and reads its shards with the role of the function",
        anywhere=("kinesis:ListStreams",),
    ),
    ("table", "trigger"): Verb(
        store=(),
        content=("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
        key=("kms:Decrypt",),
        why="the changes of a table are a stream, whose ARN ends with the moment at which it was switched on",
        inside="/stream/*",
        anywhere=("dynamodb:ListStreams",),
    ),
    ("bucket", "trigger"): Verb(
        store=(),
        content=(),
        key=(),
        why="S3 calls the function, by the function's own policy; what it is told of, it may read only with `reads`",
    ),
    ("queue", "trigger"): Verb(
        store=("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
        content=(),
        key=("kms:Decrypt",),
        why="Lambda reads the queue with the role of the function; how long a message stays hidden, the queue says",
    ),
    ("queue", "on_failure"): Verb(
        store=("sqs:SendMessage",),
        content=(),
        key=("kms:Decrypt", "kms:GenerateDataKey"),
        why="Lambda sends what failed with the role of the function",
    ),
    ("secret", "uses"): Verb(
        store=("secretsmanager:GetSecretValue",),
        content=(),
        key=("kms:Decrypt",),
        why="a secret under Secrets Manager's own key needs no more: that key admits the account through the service",
    ),
    ("queue", "reads"): Verb(
        store=("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
        content=(),
        key=("kms:Decrypt",),
        why="who works a message off deletes it, and asks for more time where the work takes longer",
    ),
    ("queue", "writes"): Verb(
        store=("sqs:SendMessage",),
        content=(),
        key=("kms:Decrypt", "kms:GenerateDataKey"),
        why="SQS checks a data key that it still holds by decrypting it",
    ),
    # Keys of streams: Kinesis developer guide, "Permissions to use user-generated KMS keys".
    ("service", "calls"): Verb(
        store=("lambda:InvokeFunction",),
        content=(),
        key=(),
        why="the version in force, by its alias; where it has a URL, InvokeFunctionUrl too, and both by the URL alone",
    ),
    ("api", "calls"): Verb(
        store=(),
        content=("execute-api:Invoke",),
        key=(),
        why="on the routes that the API has; the function behind it admits the API, and no caller",
    ),
    ("endpoint", "calls"): Verb(
        store=("sagemaker:InvokeEndpoint",),
        content=(),
        key=(),
        why="one answer to one request; streamed answers and asynchronous ones are actions of their own",
    ),
    ("site", "calls"): Verb((), (), (), why="no identity is asked: the security groups decide who calls"),
    ("stream", "reads"): Verb(
        store=("kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"),
        content=(),
        key=("kms:Decrypt",),
        why="a reader finds the shards before it reads them, and whether the stream is ready",
    ),
    ("stream", "subscribes"): Verb(
        store=(),
        content=("kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"),
        key=("kms:Decrypt",),
        why="a subscription is by the consumer's ARN, which ends with a time that only DescribeStreamConsumer knows",
    ),
    ("stream", "writes"): Verb(
        store=("kinesis:PutRecord", "kinesis:PutRecords"),
        content=(),
        key=("kms:GenerateDataKey",),
        why="Kinesis encrypts with a data key of the producer, who never decrypts",
    ),
    # Keys of tables: DynamoDB developer guide, "DynamoDB encryption at rest: How it works". DynamoDB asks for the table
    # key to be decrypted as the caller, for reads and writes alike (github.com/aws/aws-cdk issues 10010 and 19531:
    # PutItem and DeleteItem fail without); it makes that key as whoever creates the table.
    ("table", "reads"): Verb(
        store=("dynamodb:BatchGetItem", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query"),
        content=("dynamodb:Query",),
        key=("kms:Decrypt",),
        why="an index is read by Query alone; Scan, which reads everything, is left out",
    ),
    ("table", "export"): Verb(
        (),
        (),
        (),
        why="who starts a job exports the table, with rights of their own; a job reads what is exported alone",
    ),
    ("table", "writes"): Verb(
        store=("dynamodb:PutItem", "dynamodb:UpdateItem"),
        content=(),
        key=("kms:Decrypt",),
        why="DynamoDB decrypts the table's own key for the caller before it encrypts a row with it",
    ),
    ("table", "deletes"): Verb(
        store=("dynamodb:DeleteItem",),
        content=(),
        key=("kms:Decrypt",),
        why="DynamoDB decrypts the table's own key for the caller to find the row",
    ),
    ("table", "batches"): Verb(
        store=("dynamodb:BatchWriteItem",),
        content=(),
        key=(),
        why="a batch writes and deletes, and IAM cannot tell which: only who may do both may send one",
    ),
}
