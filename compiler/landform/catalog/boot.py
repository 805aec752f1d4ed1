"""What hosts fetch at boot from buckets that AWS owns, and what no endpoint leads to.

Read 2026-11-23. Sources:
- Amazon Linux 2023 user guide: the bucket of the repositories, whose suffix is the same in every region;
- Systems Manager user guide, "SSM Agent communications with AWS managed S3 buckets";
- CloudWatch user guide, "Download the CloudWatch agent": one bucket for each region;
- ECR user guide, "Interface VPC endpoints": where the layers of images lie;
- Elastic Beanstalk developer guide, "Using endpoint policies to control access with VPC endpoints" (read 2026-11-29):
  what platforms are made of. The bucket to which CloudFormation's wait conditions are answered is written to.

The package managers read these buckets without signing their requests, and layers are read by links that ECR signs: an
endpoint policy that asks for `aws:PrincipalArn` or `aws:PrincipalAccount` on them makes them answer 403.
"""

import re
from collections.abc import Mapping
from typing import Final

_BUCKETS: Final[Mapping[str, tuple[str, ...]]] = {
    "ecs": ("prod-{region}-starport-layer-bucket",),
    "beanstalk": (
        *("elasticbeanstalk-env-resources-{region}", "elasticbeanstalk-platform-assets-{region}"),
        *("elasticbeanstalk-samples-{region}", "al2023-repos-{region}-de612dc2", "amazon-ssm-{region}"),
    ),
    "al2023": ("al2023-repos-{region}-de612dc2", "amazon-ssm-{region}"),
    "ubuntu": ("amazoncloudwatch-agent-{region}", "amazon-ssm-{region}"),
}

LUSTRE_ON_UBUNTU: Final = ("fsx-lustre-client-repo", "fsx-lustre-client-repo-public-keys")
"""Where Ubuntu has the client of Lustre from, in every region: FSx for Lustre user guide, "Installing the Lustre
client". Asked from within a network near them, they are asked through its endpoint of S3."""

BEYOND_ENDPOINTS: Final[Mapping[str, str]] = {
    "ubuntu": "the Ubuntu archive (unzip, mdadm) and the snap store (aws-cli)",
}
"""By operating system: what a host's setup may need that only a way to the internet leads to."""


def boot_resources(os: str, region: str) -> tuple[str, ...]:
    """ARNs of the objects that a host of this system reads at boot; for `s3:GetObject`, by anybody."""
    return tuple(f"arn:aws:s3:::{bucket.format(region=region)}/*" for bucket in _BUCKETS[os])


WAITED_FOR: Final = "arn:aws:s3:::cloudformation-waitcondition-{region}/*"
"""Where instances of Beanstalk say that they are up: an object that they put by a link that CloudFormation signed."""


def published(action: str, resource: str) -> bool:
    """Tell whether AWS lets anybody do this for a host: read what it publishes, or say that it is up."""
    if action == "s3:PutObject":
        return resource.startswith(WAITED_FOR.partition("{")[0])
    buckets = {bucket for several in _BUCKETS.values() for bucket in several} | {*LUSTRE_ON_UBUNTU}
    begun, _, rest = resource.removeprefix("arn:aws:s3:::").partition("/")
    known = (re.fullmatch(re.escape(bucket).replace(r"\{region\}", "[a-z0-9-]+"), begun) for bucket in buckets)
    return action == "s3:GetObject" and rest == "*" and any(known)
