"""What SageMaker needs of the role of a served model besides its edges: an image, a network, somewhere to log.

Read 2026-11-29. Sources: SageMaker developer guide, "CreateModel API: execution role permissions" (with a private VPC)
and "Log groups and streams"; the scopes from the Service Authorization Reference. What the guide grants on `*` and has
resources is narrowed to them, and the group is Terraform's, so that nobody else makes it. The key of the disks is up to
who creates the endpoint ("Amazon SageMaker AI API permissions": kms:CreateGrant of CreateEndpoint), not to this role.
"""

from typing import Final

from landform.catalog.job_permissions import interfaces, registry
from landform.plan import Statement

Use = str
"""What a permission is for: endpoint-logs, endpoint-metrics, registry, interfaces."""

NAMESPACE: Final = "/aws/sagemaker/Endpoints"
"""Where metrics and log groups of endpoints stand."""


def log_group_of(endpoint: str) -> str:
    """Return the log group that SageMaker writes what an endpoint says to."""
    return f"{NAMESPACE}/{endpoint}"


def endpoint_permissions(region: str, account: str, *, image: str, log_group: str) -> tuple[tuple[Use, Statement], ...]:
    """The platform's permissions of a served model, each with its use; `image` is the URI of its container."""
    streams = (f"arn:aws:logs:{region}:{account}:log-group:{log_group}:*",)
    writing = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
    only = {"StringEquals": {"cloudwatch:namespace": (NAMESPACE,)}}
    return (
        ("endpoint-logs", Statement("EndpointLogs", writing, streams)),
        ("endpoint-metrics", Statement("EndpointMetrics", ("cloudwatch:PutMetricData",), ("*",), only)),
        *registry(image),
        *interfaces(region, account),
    )
