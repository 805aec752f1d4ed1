"""What every EC2 host may do besides its edges: be reached, be watched, take jobs, and say goodbye to its group.

Read 2026-11-23. Sources: the user guides of Systems Manager ("Verify or add instance permissions for Session
Manager"), CloudWatch (agent) and EC2 Auto Scaling (lifecycle hooks); the scopes from the Service
Authorization Reference.
"""

from landform.plan import Statement

Use = str
"""What a permission is for: shell, metrics, logs, lifecycle, queue, protection."""


def host_permissions(
    region: str, account: str, *, namespace: str, log_group: str, shell: bool, groups: tuple[str, ...] = ()
) -> tuple[tuple[Use, Statement], ...]:
    """The platform's permissions of a host, each with its use.

    `shell`: whether Session Manager leads to it. `groups`: the Auto Scaling groups that it may belong to.
    """
    return (
        _metrics(namespace),
        _logs(region, account, log_group),
        *(_shell(region, account) if shell else ()),
        *((_lifecycle(region, account, groups),) if groups else ()),
    )


def job_queue_permissions(
    region: str, account: str, *, queue: str, key: str, groups: tuple[str, ...]
) -> tuple[tuple[Use, Statement], ...]:
    """What a node may do to take jobs from a queue, by its ARN, and not to be ended at work; `key` is an alias."""
    via = {"StringEquals": {"kms:ViaService": (f"sqs.{region}.amazonaws.com",)}}
    alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": (key,)}}
    taking = ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage")
    return (
        ("queue", Statement("Jobs", taking, (queue,))),
        ("queue", Statement("JobsKey", ("kms:Decrypt",), (f"arn:aws:kms:{region}:{account}:key/*",), {**alias, **via})),
        ("protection", Statement("AtWork", ("autoscaling:SetInstanceProtection",), _arns(region, account, groups))),
    )


def _shell(region: str, account: str) -> tuple[tuple[Use, Statement], ...]:
    """No ec2messages and no ssm:GetDocument: Run Command is not granted, only sessions are."""
    channels = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
    return (
        (
            "shell",
            Statement(
                "ShellPresence",
                ("ssm:UpdateInstanceInformation",),
                (f"arn:aws:ec2:{region}:{account}:instance/*",),
            ),
        ),
        ("shell", Statement("ShellChannels", tuple(f"ssmmessages:{c}" for c in channels), ("*",))),
    )


def _metrics(namespace: str) -> tuple[Use, Statement]:
    only = {"StringEquals": {"cloudwatch:namespace": (namespace,)}}
    return "metrics", Statement("Metrics", ("cloudwatch:PutMetricData",), ("*",), only)


def _logs(region: str, account: str, log_group: str) -> tuple[Use, Statement]:
    """The group itself is Terraform's, with its key and retention: a host makes streams in it only."""
    arn = f"arn:aws:logs:{region}:{account}:log-group:{log_group}"
    actions = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
    return "logs", Statement("Logs", actions, (f"{arn}:*",))


def _lifecycle(region: str, account: str, groups: tuple[str, ...]) -> tuple[Use, Statement]:
    actions = ("autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat")
    return "lifecycle", Statement("Lifecycle", actions, _arns(region, account, groups))


def _arns(region: str, account: str, groups: tuple[str, ...]) -> tuple[str, ...]:
    own = f"arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName"
    return tuple(f"{own}/{group}" for group in groups)
