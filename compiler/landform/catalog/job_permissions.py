"""What SageMaker needs of the role of a training job besides its edges: an image, a network, a disk, somewhere to log.

Read 2026-11-29. Sources: SageMaker developer guide, "CreateTrainingJob API: execution role permissions" (with a private
VPC, with a KMS key for the volume and one for the output); the scopes from the Service Authorization Reference. What
the guide grants on `*` and has resources is narrowed to them.
"""

from typing import Final

from landform.plan import Conditions, Statement

Use = str
"""What a permission is for: job-logs, job-metrics, registry, interfaces, volume, output-key."""

LOG_GROUP: Final = "/aws/sagemaker/TrainingJobs"
"""Where all training jobs of an account write; SageMaker makes it with the first one."""


def job_permissions(
    region: str, account: str, *, image: str, volume_key: str | None, output_key: Statement | None
) -> tuple[tuple[Use, Statement], ...]:
    """The platform's permissions of a job, each with its use.

    `image`: URI of its container. `volume_key`: alias of the key of its disk, None where the disk is the machine's own.
    `output_key`: see there; None where the output has no key that is known.
    """
    groups = f"arn:aws:logs:{region}:{account}:log-group:{LOG_GROUP}"
    only = {"StringEquals": {"cloudwatch:namespace": (LOG_GROUP,)}}
    writing = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
    return (
        ("job-logs", Statement("JobLogs", writing, (groups, f"{groups}:*"))),
        ("job-metrics", Statement("JobMetrics", ("cloudwatch:PutMetricData",), ("*",), only)),
        *registry(image),
        *interfaces(region, account),
        *_volume(region, account, volume_key),
        *((("output-key", output_key),) if output_key else ()),
    )


def output_key(region: str, account: str, *, alias: str = "", arn: str = "") -> Statement:
    """Return what a job may do with the key that its request names for the output, beside what S3 does with it.

    The guide asks for the action and says of no service through which it is called; nothing can be read by it. `alias`
    names a key of the system, `arn` any other.
    """
    keys = arn or f"arn:aws:kms:{region}:{account}:key/*"
    conditions: Conditions = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": (alias,)}} if alias else {}
    return Statement("OutputKey", ("kms:Encrypt",), (keys,), conditions)


def repository_arn(image: str) -> str | None:
    """Return the ARN of the repository that a URI names; None where it is not one of ECR."""
    host, _, path = image.partition("/")
    parts = host.split(".")
    if len(parts) != 6 or parts[1:3] != ["dkr", "ecr"]:
        return None
    name = path.partition("@")[0].partition(":")[0]
    return f"arn:aws:ecr:{parts[3]}:{parts[0]}:repository/{name}"


def registry(image: str) -> tuple[tuple[Use, Statement], ...]:
    """Permissions to fetch an image; none for one that lies elsewhere than in ECR."""
    repository = repository_arn(image)
    if repository is None:
        return ()
    pull = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    return (
        ("registry", Statement("RegistryToken", ("ecr:GetAuthorizationToken",), ("*",))),
        ("registry", Statement("RegistryImage", pull, (repository,))),
    )


def interfaces(region: str, account: str) -> tuple[tuple[Use, Statement], ...]:
    """Permissions to give machines of SageMaker interfaces in a VPC."""
    own = f"arn:aws:ec2:{region}:{account}"
    looking = ("DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs")
    made = ("CreateNetworkInterfacePermission", "DeleteNetworkInterface", "DeleteNetworkInterfacePermission")
    places = tuple(f"{own}:{kind}/*" for kind in ("network-interface", "security-group", "subnet"))
    return (
        ("interfaces", Statement("InterfacesLook", tuple(f"ec2:Describe{what}" for what in looking), ("*",))),
        ("interfaces", Statement("InterfacesMake", ("ec2:CreateNetworkInterface",), places)),
        (
            "interfaces",
            Statement("InterfacesUse", tuple(f"ec2:{what}" for what in made), (f"{own}:network-interface/*",)),
        ),
    )


def _volume(region: str, account: str, alias: str | None) -> tuple[tuple[Use, Statement], ...]:
    if alias is None:
        return ()
    conditions: Conditions = {
        "Bool": {"kms:GrantIsForAWSResource": ("true",)},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": (alias,)},
    }
    keys = (f"arn:aws:kms:{region}:{account}:key/*",)
    return (("volume", Statement("Volume", ("kms:CreateGrant",), keys, conditions)),)
