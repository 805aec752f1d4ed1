"""VPC endpoints: services, and the prefix of their actions.

Source: AWS PrivateLink guide, "AWS services that integrate with AWS PrivateLink", and the IAM service prefixes of the
Service Authorization Reference, read 2026-11-23.
"""

from typing import Final

GATEWAYS: Final[dict[str, str]] = {"s3": "s3", "dynamodb": "dynamodb"}
"""Gateway endpoints cost nothing: service → prefix of its actions."""

RUNTIME: Final = frozenset(
    {"sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointAsync", "sagemaker:InvokeEndpointWithResponseStream"}
)
"""What `sagemaker.runtime` answers; all else of SageMaker is `sagemaker.api`."""

INTERFACES: Final[dict[str, str]] = {
    "autoscaling": "autoscaling",
    "batch": "batch",
    "ec2": "ec2",
    "ec2messages": "ec2messages",
    "ecr.api": "ecr",
    "ecr.dkr": "ecr",
    "ecs": "ecs",
    "ecs-agent": "ecs",
    "ecs-telemetry": "ecs",
    "elasticfilesystem": "elasticfilesystem",
    "events": "events",
    "kinesis-streams": "kinesis",
    "kms": "kms",
    "lambda": "lambda",
    "logs": "logs",
    "monitoring": "cloudwatch",
    "sagemaker.api": "sagemaker",
    "sagemaker.runtime": "sagemaker",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
    "ssmmessages": "ssmmessages",
    "states": "states",
    "sts": "sts",
    "studio": "sagemaker",
}
"""Interface endpoints are paid by the hour and zone: service → prefix of its actions."""

PRINCIPALS: Final[dict[str, str]] = {
    "batch": "ecs-tasks.amazonaws.com",
    "beanstalk": "ec2.amazonaws.com",
    "ec2": "ec2.amazonaws.com",
    "lambda": "lambda.amazonaws.com",
    "sagemaker": "sagemaker.amazonaws.com",
    "studio": "sagemaker.amazonaws.com",
}
"""Platform → the service that takes a workload's role."""

STUDIO: Final[dict[str, tuple[str, ...]]] = {
    "logs": ("logs:CreateLogStream", "logs:PutLogEvents"),
    "sagemaker.api": (),
    "sagemaker.runtime": ("sagemaker:InvokeEndpoint",),
    "studio": ("sagemaker:*",),
    "sts": ("sts:GetCallerIdentity",),
}
"""What a domain of Studio asks without a way to the internet, whatever its users may do: service → what it lets through
to this account besides the users' own permissions. `studio` is how browsers reach the apps.

Source: SageMaker developer guide, "Connect Amazon SageMaker Studio in a VPC to external resources" and "Connect to
Amazon SageMaker Studio through an interface VPC endpoint" (read 2026-11-29).
"""

OUTSIDE: Final[dict[str, frozenset[str]]] = {
    "ec2.amazonaws.com": frozenset({"elasticfilesystem"}),
    "ecs-tasks.amazonaws.com": frozenset({"elasticfilesystem"}),
    "lambda.amazonaws.com": frozenset({"ec2", "kms", "logs", "xray"}),
    "sagemaker.amazonaws.com": frozenset({"cloudwatch", "ec2", "ecr", "kms", "logs"}),
}
"""Services with workloads in the network → prefixes of what the service calls for them from a network of its own.

What a host asks of EFS is to mount, and it asks the mount target. A task of ECS on EC2 uses the network of its host.

Source: SageMaker developer guide, "Give SageMaker AI training jobs access to resources in your Amazon VPC" (read
2026-11-23): the container's own calls and its data pass the network; image, logs and disk are the platform's.
"""


def leads_to(service: str, action: str) -> bool:
    """Tell whether calls of an action go through the endpoint of a service."""
    prefix = (GATEWAYS | INTERFACES).get(service, service)
    if service == "studio":
        return False
    if service in ("sagemaker.api", "sagemaker.runtime") and (action in RUNTIME) != (service == "sagemaker.runtime"):
        return False
    return action.startswith(f"{prefix}:")
