"""What each edge of grants.json stands for: the actions, on what, and under which conditions.

This is a second statement beside `host_permissions` and `passes/service_roles`, on purpose: the proof holds what was
granted against it, and what is added there alone is found. Of data, the actions come from VERBS; where they may lead
is said again here. Texts are templates, filled in with what a plan makes; a clause of which a fact is missing
does not apply. Sources as in `host_permissions`; replication: S3 user guide, "Setting up permissions for live
replication"; trail: CloudTrail user guide, "Role policy document for CloudTrail to use CloudWatch Logs"; flow logs:
VPC user guide, "Publish flow logs to CloudWatch Logs" (all read 2026-11-23).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from landform.catalog.grants import CALLS, KINDS, VERBS


@dataclass(frozen=True, slots=True)
class Clause:
    """Some actions, all on the same resources under the same conditions (operator → key → values)."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


_GROUPS: Final = "arn:aws:logs:{region}:{account}:log-group:"
_OWN_GROUP: Final = f"{_GROUPS}{{log_group}}"
_KEYS: Final = "arn:aws:kms:{store_region}:{account}:key/*"
_VIA_S3: Final = {"StringEquals": {"kms:ViaService": ("s3.{store_region}.amazonaws.com",)}}
_WRITE_STREAMS: Final = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")

_GROUP: Final = "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName"
_OWN_GROUPS: Final = (f"{_GROUP}/{{group}}", f"{_GROUP}/{{spare}}")

HOST: Final[Mapping[str, tuple[Clause, ...]]] = {
    "shell": (
        Clause(("ssm:UpdateInstanceInformation",), ("arn:aws:ec2:{region}:{account}:instance/*",)),
        Clause(
            (
                *("ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel"),
                *("ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"),
            ),
            ("*",),
        ),
    ),
    "metrics": (
        Clause(("cloudwatch:PutMetricData",), ("*",), {"StringEquals": {"cloudwatch:namespace": ("{namespace}",)}}),
    ),
    "logs": (Clause(_WRITE_STREAMS, (f"{_OWN_GROUP}:*",)),),
    "lifecycle": tuple(
        Clause(("autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"), (group,))
        for group in _OWN_GROUPS
    ),
    "protection": tuple(Clause(("autoscaling:SetInstanceProtection",), (group,)) for group in _OWN_GROUPS),
    "queue": (
        Clause(("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"), ("{jobs_queue}",)),
        Clause(
            ("kms:Decrypt",),
            ("arn:aws:kms:{region}:{account}:key/*",),
            {
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": ("{jobs_alias}",)},
                "StringEquals": {"kms:ViaService": ("sqs.{region}.amazonaws.com",)},
            },
        ),
    ),
}
"""Of a machine or a training, besides its data: the last part of the edge → its clauses."""

WATCH: Final[Mapping[str, tuple[Clause, ...]]] = {
    "metrics": HOST["metrics"],
    "logs": HOST["logs"],
    "objects": (Clause(("sqs:DeleteMessage", "sqs:ReceiveMessage"), ("{objects}",)),),
    "shift": (Clause(("ssm:GetParameter",), ("arn:aws:ssm:{region}:{account}:parameter{log_group}/shift",)),),
    "events": (Clause(("events:PutEvents",), ("arn:aws:events:{region}:{account}:event-bus/{bus}",)),),
    "disk": (
        Clause(
            ("ec2:AttachVolume",),
            ("arn:aws:ec2:{region}:{account}:instance/*", "arn:aws:ec2:{region}:{account}:volume/*"),
            {
                "StringEquals": {
                    "aws:ResourceTag/landform:entry": ("{tag_entry}",),
                    "aws:ResourceTag/landform:environment": ("{tag_environment}",),
                    "aws:ResourceTag/landform:system": ("{tag_system}",),
                }
            },
        ),
    ),
}
"""Of a watch, besides its data: the tags are those of the disk that the plan makes."""

_SCHEDULE: Final = (
    Clause(("sagemaker:CreateTrainingJob",), ("arn:aws:sagemaker:{region}:{account}:training-job/{jobs}-*",)),
    Clause(("iam:PassRole",), ("{job_role}",), {"StringEquals": {"iam:PassedToService": ("sagemaker.amazonaws.com",)}}),
    Clause(("sqs:SendMessage",), ("{jobs_queue}",)),
    Clause(
        ("kms:Decrypt", "kms:GenerateDataKey"),
        ("arn:aws:kms:{region}:{account}:key/*",),
        {
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": ("{jobs_alias}",)},
            "StringEquals": {"kms:ViaService": ("sqs.{region}.amazonaws.com",)},
        },
    ),
    Clause(
        ("batch:SubmitJob",),
        (
            "arn:aws:batch:{region}:{account}:job-definition/{queue}",
            "arn:aws:batch:{region}:{account}:job-definition/{queue}:*",
            "arn:aws:batch:{region}:{account}:job-queue/{queue}",
        ),
    ),
    Clause(
        ("kms:Decrypt",),
        ("arn:aws:kms:{region}:{account}:key/*",),
        {
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": ("{volume_alias}",)},
            "StringEquals": {
                "kms:EncryptionContext:aws:scheduler:schedule:arn": (
                    "arn:aws:scheduler:{region}:{account}:schedule/{schedule}/{schedule}",
                ),
                "kms:ViaService": ("scheduler.{region}.amazonaws.com",),
            },
        },
    ),
)
"""Of what starts a training at its times: EventBridge Scheduler user guide, "Encryption at rest"; Batch user guide,
"Resource: Restrict to job definition prefix on job submission" (read 2026-11-29)."""

_JOBS: Final = "/aws/sagemaker/TrainingJobs"
_ENDPOINTS: Final = "/aws/sagemaker/Endpoints"
_OWN_EC2: Final = "arn:aws:ec2:{region}:{account}"

JOB: Final[Mapping[str, tuple[Clause, ...]]] = {
    "schedule": _SCHEDULE,
    "job-logs": (Clause((*_WRITE_STREAMS, "logs:CreateLogGroup"), (f"{_GROUPS}{_JOBS}", f"{_GROUPS}{_JOBS}:*")),),
    "job-metrics": (
        Clause(("cloudwatch:PutMetricData",), ("*",), {"StringEquals": {"cloudwatch:namespace": (_JOBS,)}}),
    ),
    "registry": (
        Clause(("ecr:GetAuthorizationToken",), ("*",)),
        Clause(
            ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"), ("{repository}",)
        ),
    ),
    "interfaces": (
        Clause(
            (
                *("ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups"),
                *("ec2:DescribeSubnets", "ec2:DescribeVpcs"),
            ),
            ("*",),
        ),
        Clause(
            ("ec2:CreateNetworkInterface",),
            (f"{_OWN_EC2}:network-interface/*", f"{_OWN_EC2}:security-group/*", f"{_OWN_EC2}:subnet/*"),
        ),
        Clause(
            (
                *("ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface"),
                "ec2:DeleteNetworkInterfacePermission",
            ),
            (f"{_OWN_EC2}:network-interface/*",),
        ),
    ),
    "volume": (
        Clause(
            ("kms:CreateGrant",),
            ("arn:aws:kms:{region}:{account}:key/*",),
            {
                "Bool": {"kms:GrantIsForAWSResource": ("true",)},
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": ("{volume_alias}",)},
            },
        ),
    ),
    "output-key": (
        Clause(
            ("kms:Encrypt",),
            ("arn:aws:kms:{output_region}:{account}:key/*",),
            {"ForAnyValue:StringEquals": {"kms:ResourceAliases": ("{output_alias}",)}},
        ),
        Clause(("kms:Encrypt",), ("{output_key}",)),
    ),
}
"""Of a training job of SageMaker, besides its data: SageMaker developer guide, "CreateTrainingJob API: execution role
permissions" (read 2026-11-29)."""

ENDPOINT: Final[Mapping[str, tuple[Clause, ...]]] = {
    "endpoint-logs": (Clause(_WRITE_STREAMS, (f"{_OWN_GROUP}:*",)),),
    "endpoint-metrics": (
        Clause(("cloudwatch:PutMetricData",), ("*",), {"StringEquals": {"cloudwatch:namespace": (_ENDPOINTS,)}}),
    ),
    "registry": JOB["registry"],
    "interfaces": JOB["interfaces"],
}
"""Of a model that an endpoint serves, besides its data: SageMaker developer guide, "CreateModel API: execution role
permissions" (read 2026-11-29)."""

_STORAGE: Final = "arn:aws:s3:::elasticbeanstalk-{region}-{account}"

BATCH: Final[Mapping[str, tuple[Clause, ...]]] = {
    "container-logs": (Clause(("logs:CreateLogStream", "logs:PutLogEvents"), (f"{_OWN_GROUP}:*",)),),
    "agent": (
        Clause(("ecs:DiscoverPollEndpoint",), ("*",)),
        Clause(
            (
                *("ecs:DeregisterContainerInstance", "ecs:RegisterContainerInstance"),
                *("ecs:SubmitAttachmentStateChanges", "ecs:SubmitContainerStateChange", "ecs:SubmitTaskStateChange"),
            ),
            ("arn:aws:ecs:{region}:{account}:cluster/*",),
        ),
        Clause(
            ("ecs:Poll", "ecs:StartTelemetrySession"),
            ("arn:aws:ecs:{region}:{account}:container-instance/*",),
        ),
    ),
}
"""Of a training on Batch, besides its data and its image: ECS developer guide, "Amazon ECS task execution IAM role" and
"Amazon ECS container instance IAM role" (read 2026-11-23)."""

FUNCTION: Final[Mapping[str, tuple[Clause, ...]]] = {
    "logs": (Clause(("logs:CreateLogStream", "logs:PutLogEvents"), (f"{_OWN_GROUP}:*",)),),
    "traces": (Clause(("xray:PutTelemetryRecords", "xray:PutTraceSegments"), ("*",)),),
    "interfaces": (
        Clause(
            (
                *("ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface"),
                *("ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"),
            ),
            (f"{_OWN_EC2}:*/*",),
        ),
        Clause(("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"), ("*",)),
    ),
    "environment": (
        Clause(
            ("kms:Decrypt",),
            ("arn:aws:kms:{region}:{account}:key/*",),
            {
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": ("{function_alias}",)},
                "StringEquals": {
                    "kms:EncryptionContext:aws:lambda:FunctionArn": ("{function}",),
                    "kms:ViaService": ("lambda.{region}.amazonaws.com",),
                },
            },
        ),
    ),
}
"""Of what Lambda runs, besides its data: Lambda developer guide, "Giving Lambda functions access to resources in an
Amazon VPC" and "Securing Lambda environment variables" (read 2026-11-23)."""

BEANSTALK: Final[Mapping[str, tuple[Clause, ...]]] = {
    "storage": (
        Clause(("s3:GetObject", "s3:GetObjectVersion"), (f"{_STORAGE}/resources/environments/*",)),
        Clause(("s3:ListBucket",), (_STORAGE,), {"StringLike": {"s3:prefix": ("resources/environments/*",)}}),
        Clause(("s3:PutObject",), (f"{_STORAGE}/resources/environments/logs/*",)),
    ),
    "streams": (Clause((*_WRITE_STREAMS, "logs:DescribeLogGroups"), (f"{_GROUPS}/aws/elasticbeanstalk/{{named}}/*",)),),
    "report": (
        Clause(
            ("elasticbeanstalk:PutInstanceStatistics",),
            tuple(
                f"arn:aws:elasticbeanstalk:{{region}}:{{account}}:{what}"
                for what in ("application/{named}", "environment/{named}/{named}")
            ),
        ),
    ),
    "health": (
        Clause(
            (
                *("autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances"),
                *("autoscaling:DescribeNotificationConfigurations", "autoscaling:DescribeScalingActivities"),
                *("ec2:DescribeInstanceStatus", "ec2:DescribeInstances", "ec2:DescribeSecurityGroups"),
                *("elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetHealth"),
            ),
            ("*",),
        ),
        Clause(("ec2:GetConsoleOutput",), (f"{_OWN_EC2}:instance/*",)),
    ),
}
"""Of a service on Beanstalk, besides its data, and of the role that looks after it; sources as in
`beanstalk_permissions`."""

CALLED: Final = {
    True: tuple(Clause((action,), ("{callee}",), conditions) for action, conditions in CALLS.items()),
    False: (Clause(("lambda:InvokeFunction",), ("{callee}",)),),
}
"""Of a call of a function: whether by URL → its clauses."""

ROUTED: Final = (Clause(("execute-api:Invoke",), ("{callee}",)),)
"""Of a call of a route of an API, which stands before a function: the function itself admits the API alone."""

ANSWERED: Final = (Clause(("sagemaker:InvokeEndpoint",), ("{callee}",)),)
"""Of a call of an endpoint."""

SECTION: Final[Mapping[str, tuple[Clause, ...]]] = {
    "network": (
        Clause(_WRITE_STREAMS, (_OWN_GROUP, f"{_OWN_GROUP}:*")),
        Clause(("logs:DescribeLogGroups",), (f"{_GROUPS}*",)),
    ),
    "audit": (
        Clause(("logs:CreateLogStream", "logs:PutLogEvents"), (f"{_OWN_GROUP}:log-stream:{{account}}_CloudTrail_*",)),
    ),
}
"""Of a service that works for a whole section: flow logs, and the trail."""


def _replication_key(*actions: str) -> Clause:
    own = {"StringLike": {"kms:EncryptionContext:aws:s3:arn": ("{store}", "{store}/*")}}
    return Clause(actions, (_KEYS,), {**_VIA_S3, **own})


REPLICATED: Final = (
    Clause(("s3:GetReplicationConfiguration", "s3:ListBucket"), ("{store}",)),
    Clause(
        ("s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"), ("{store}/*",)
    ),
    _replication_key("kms:Decrypt"),
)
"""Of a replication's role, on the bucket that it copies."""

REPLICA: Final = (
    Clause(("s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"), ("{store}/*",)),
    _replication_key("kms:Encrypt", "kms:GenerateDataKey"),
)
"""Of a replication's role, on each bucket that it copies to."""

_SCOPES: Final = {
    "archive": "models/{host}/*",
    "bundle": "code/{module}.zip",
    "canvas": "canvas/{host}/*",
    "capture": "capture/{host}/*",
    "captured": "{prefix}*",
    "checkpoint": "checkpoints/{host}/*",
    "code": "code/{module}.zip",
    "copied": "{prefix}*",
    "followed": "{prefix}*",
    "initial": "{key}",
    "input": "{prefix}*",
    "jobs": "jobs/{host}/*",
    "judged": "{prefix}*",
    "labels": "{prefix}*",
    "model": "{prefix}*",
    "output": "training/{host}/*",
    "retrained": "{prefix}*",
    "snapshots": "{state}/*",
    "subscribes": "{host}:*",
}
"""Verbs that lead to a part of a bucket; the others lead to all of it."""

IMPLIED: Final = {"batches": (("writes", "deletes"),), "subscribes": (("reads",), ("trigger",))}
"""Verbs that nobody writes: each means something only beside others that lead to the same store."""

_PARTS: Final = {"table": "{indexed}"}
"""Kinds of which not every store has parts with ARNs of their own; the others have `{store}` here."""


_POINTS: Final[Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]] = {
    "efs": {
        "Bool": {"elasticfilesystem:AccessedViaMountTarget": ("true",)},
        "StringEquals": {"elasticfilesystem:AccessPointArn": ("{access_points}/{host}",)},
    }
}
"""Kinds of which each workload has a way in of its own. EFS user guide, "Using IAM to control access to file systems"
(read 2026-11-23): of the condition keys that IAM has, EFS heeds these two, aws:SecureTransport and aws:SourceIp."""


def on_data(kind: str, verb: str) -> tuple[Clause, ...]:
    """Return what a verb means for a kind of store, what is in it and its key; nothing for what is no verb.

    A key of the system is known by its alias, an existing store's by its ARN; the store's service alone may use it.
    """
    known, of = VERBS.get((kind, verb)), KINDS[kind]
    if known is None:
        return ()
    scope = _SCOPES.get(verb)
    listing = _POINTS.get(kind, {"StringLike": {"s3:prefix": (scope,)}} if scope else {})
    via = {"StringEquals": {"kms:ViaService": (f"{of.service}.{{store_region}}.amazonaws.com",)}}
    alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": ("{alias}",)}}
    inside = f"{_PARTS.get(kind, '{store}')}{of.content.replace('*', scope or '*')}"
    inside = f"{{store}}{known.inside}" if known.inside else inside
    clauses = (
        Clause(known.store, ("{store}",), listing),
        Clause(known.content, (inside,)),
        Clause(known.anywhere, ("*",)),
        Clause(known.key, (_KEYS,), {**alias, **via}),
        Clause(known.key, ("{key_arn}",), via),
    )
    return tuple(clause for clause in clauses if clause.actions)
