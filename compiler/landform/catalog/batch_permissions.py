"""What a training on Batch needs beside the role of its command: a role that starts containers, and one of the nodes.

Read 2026-11-23. Sources: ECS developer guide, "Amazon ECS task execution IAM role" and "Amazon ECS container instance
IAM role"; the scopes from the Service Authorization Reference. Of the nodes' managed policy is left out what the
execution role does (images, logs) and what Batch does itself (clusters, tags).
"""

from typing import Final

from landform.catalog.job_permissions import registry
from landform.plan import Statement

Use = str
"""What a permission is for: registry, container-logs, agent."""

JOINING: Final = (
    "ecs:DeregisterContainerInstance",
    "ecs:RegisterContainerInstance",
    "ecs:SubmitAttachmentStateChanges",
    "ecs:SubmitContainerStateChange",
    "ecs:SubmitTaskStateChange",
)
LISTENING: Final = ("ecs:Poll", "ecs:StartTelemetrySession")


def start_statements(region: str, account: str, *, image: str, log_group: str) -> tuple[tuple[Use, Statement], ...]:
    """Permissions of what fetches a container's image and writes down what it says, each with its use."""
    streams = f"arn:aws:logs:{region}:{account}:log-group:{log_group}:*"
    writing = ("logs:CreateLogStream", "logs:PutLogEvents")
    return (*registry(image), ("container-logs", Statement("ContainerLogs", writing, (streams,))))


def host_statements(region: str, account: str) -> tuple[tuple[Use, Statement], ...]:
    """Permissions of the nodes, whose agent takes part in a cluster; Batch makes it and gives it its name."""
    own = f"arn:aws:ecs:{region}:{account}"
    return (
        ("agent", Statement("AgentFinds", ("ecs:DiscoverPollEndpoint",), ("*",))),
        ("agent", Statement("AgentJoins", JOINING, (f"{own}:cluster/*",))),
        ("agent", Statement("AgentListens", LISTENING, (f"{own}:container-instance/*",))),
    )
