"""What Beanstalk needs of the role of its instances, and of the role with which it looks after them.

Read 2026-11-29. Sources: the managed policies AWSElasticBeanstalkWebTier and AWSElasticBeanstalkEnhancedHealth (v4),
and the policy that Beanstalk itself writes for instances into its bucket; the scopes from the Service Authorization
Reference. Of the first are left out other environments and X-Ray; of the second queues of workers, addresses
of single instances, notifications and classic balancers, of which none is made here. Everything that changes anything
is done with the rights of who applies (developer guide, "Elastic Beanstalk user policy"), and platforms are updated by
nobody else: the wide policy for managed updates is not needed.
"""

from typing import Final

from landform.catalog.beanstalk import logs, storage
from landform.plan import Statement

Use = str
"""What a permission is for: storage, streams, report; health."""

LOOKING: Final = (
    "autoscaling:DescribeAutoScalingGroups",
    "autoscaling:DescribeAutoScalingInstances",
    "autoscaling:DescribeNotificationConfigurations",
    "autoscaling:DescribeScalingActivities",
    "ec2:DescribeInstanceStatus",
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroups",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetHealth",
)
STREAMING: Final = ("logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents")


def instance_permissions(region: str, account: str, *, name: str) -> tuple[tuple[Use, Statement], ...]:
    """The platform's permissions of an instance, each with its use; `name` is that of application and environment.

    The id of an environment, under which its files lie, nobody knows before it is made.
    """
    bucket, own = f"arn:aws:s3:::{storage(region, account)}", f"arn:aws:elasticbeanstalk:{region}:{account}"
    files = "resources/environments/*"
    groups = f"arn:aws:logs:{region}:{account}:log-group:{logs(name)}*"
    reported = (f"{own}:application/{name}", f"{own}:environment/{name}/{name}")
    return (
        ("storage", Statement("Files", ("s3:GetObject", "s3:GetObjectVersion"), (f"{bucket}/{files}",))),
        ("storage", Statement("FindFiles", ("s3:ListBucket",), (bucket,), {"StringLike": {"s3:prefix": (files,)}})),
        ("storage", Statement("LogFiles", ("s3:PutObject",), (f"{bucket}/resources/environments/logs/*",))),
        ("streams", Statement("Streams", STREAMING, (groups,))),
        ("report", Statement("Report", ("elasticbeanstalk:PutInstanceStatistics",), reported)),
    )


def service_permissions(region: str, account: str) -> tuple[tuple[Use, Statement], ...]:
    """Permissions of the role with which Beanstalk asks how its instances are."""
    instances = f"arn:aws:ec2:{region}:{account}:instance/*"
    return (
        ("health", Statement("Look", LOOKING, ("*",))),
        ("health", Statement("Console", ("ec2:GetConsoleOutput",), (instances,))),
    )
