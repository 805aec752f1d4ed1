"""What moto 5.2 lacks for the resources that landform's modules make, a file or two a service.

Each function stands beside a sentence that says what moto does instead; when moto learns it, the function
goes. Importing a file of this package teaches the moto of this process.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

SERVICES = (
    "access_analyzer",
    "apigatewayv2",
    "applicationautoscaling",
    "autoscaling",
    "backup",
    "batch",
    "batch_jobs",
    "beanstalk",
    "beanstalk_environments",
    "budgets",
    "cloudtrail",
    "cloudwatch",
    "dynamodb",
    "ec2",
    "ec2_farewell",
    "ec2_network",
    "efs",
    "efs_copies",
    "elbv2",
    "fsx",
    "functions",
    "guardduty",
    "iam",
    "kinesis",
    "kms",
    "logs",
    "s3",
    "sagemaker",
    "sagemaker_domain",
    "sagemaker_studio",
    "securityhub",
    "servicequotas",
    "sqs",
    "standing",
    "stepfunctions",
)

Method = TypeVar("Method", bound=Callable[..., Any])


def extend_moto() -> None:
    """Teach this process's moto; call it once, before the first request."""
    for service in SERVICES:
        import_module(f"{__name__}.{service}")


def method_of(owner: type) -> Callable[[Method], Method]:
    """Make a function a method of moto's class `owner`, in place of the one of that name."""

    def adopt(function: Method) -> Method:
        setattr(owner, function.__name__, function)
        return function

    return adopt
