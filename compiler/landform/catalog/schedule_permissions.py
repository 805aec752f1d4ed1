"""What EventBridge Scheduler needs to start a training at its times: one call, on one training, and its own key.

Read 2026-11-29. Sources: EventBridge Scheduler user guide, "Using universal targets", "Encryption at rest" (the
encryption context is the schedule's ARN); SageMaker developer guide, "CreateTrainingJob API: execution role
permissions" (PassRole); Batch user guide, "Resource: Restrict to job definition prefix on job submission" (queue and
definition are both named). A request that names no revision, as ours, is authorized against the ARN without one
(github.com/aws/aws-sdk-js/issues/4280); one that does, against that of the revision: both are allowed.
"""

from typing import Final

from landform.plan import Conditions, Statement

Use = str
"""What a permission is for: schedule."""

CALLS: Final = {"batch": "batch:submitJob", "ec2": "sqs:sendMessage", "sagemaker": "sagemaker:createTrainingJob"}
"""Platform → what Scheduler calls: a service and an operation of the AWS SDK."""


def schedule_statements(
    region: str, account: str, *, platform: str, name: str, role_arn: str, key: str, queue: str = ""
) -> tuple[tuple[Use, Statement], ...]:
    """Permissions of what starts a training, each with its use.

    `name`: of its jobs, its queue, its schedule. `role_arn`: what it runs under. `key`: alias of the schedule's key,
    which is the key of the queue of a fleet as well. `queue`: the ARN of that queue.
    """
    asked = starting(region, account, platform=platform, name=name, role_arn=role_arn, key=key, queue=queue)
    return tuple(("schedule", statement) for statement in (*asked, _payload(region, account, name, key)))


def starting(
    region: str, account: str, *, platform: str, name: str, role_arn: str, key: str, queue: str = ""
) -> tuple[Statement, ...]:
    """Permissions that starting a training takes, whoever does; arguments as of `schedule_statements`."""
    return {
        "batch": lambda: _batch(region, account, name),
        "ec2": lambda: _fleet(region, account, queue, key),
        "sagemaker": lambda: _job(region, account, name, role_arn),
    }[platform]()


def _job(region: str, account: str, name: str, role_arn: str) -> tuple[Statement, ...]:
    jobs = f"arn:aws:sagemaker:{region}:{account}:training-job/{name}-*"
    passed = {"StringEquals": {"iam:PassedToService": ("sagemaker.amazonaws.com",)}}
    return (
        Statement("StartJobs", ("sagemaker:CreateTrainingJob",), (jobs,)),
        Statement("PassTheRoleOfTheJob", ("iam:PassRole",), (role_arn,), passed),
    )


def _batch(region: str, account: str, name: str) -> tuple[Statement, ...]:
    own = f"arn:aws:batch:{region}:{account}"
    places = (f"{own}:job-definition/{name}", f"{own}:job-definition/{name}:*", f"{own}:job-queue/{name}")
    return (Statement("SubmitJobs", ("batch:SubmitJob",), places),)


def _fleet(region: str, account: str, queue: str, key: str) -> tuple[Statement, ...]:
    conditions: Conditions = {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": (key,)},
        "StringEquals": {"kms:ViaService": (f"sqs.{region}.amazonaws.com",)},
    }
    keys = (f"arn:aws:kms:{region}:{account}:key/*",)
    return (
        Statement("PutJobs", ("sqs:SendMessage",), (queue,)),
        Statement("EncryptJobs", ("kms:Decrypt", "kms:GenerateDataKey"), keys, conditions),
    )


def _payload(region: str, account: str, name: str, key: str) -> Statement:
    conditions: Conditions = {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": (key,)},
        "StringEquals": {
            "kms:EncryptionContext:aws:scheduler:schedule:arn": (
                f"arn:aws:scheduler:{region}:{account}:schedule/{name}/{name}",
            ),
            "kms:ViaService": (f"scheduler.{region}.amazonaws.com",),
        },
    }
    return Statement("ReadWhatIsSent", ("kms:Decrypt",), (f"arn:aws:kms:{region}:{account}:key/*",), conditions)
