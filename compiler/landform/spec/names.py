"""The rules for names: what a spec may call things, and what AWS will call them.

AWS's lengths: IAM roles 64, S3 buckets 63, SQS queues 80, creation tokens of EFS 64, Kinesis streams 128, DynamoDB
tables 255, KMS aliases 256 (with ``alias/``), launch templates 128, Auto Scaling groups 255, CloudTrail trails 128,
topics of SNS 256, log groups 512, load balancers and their target groups 32, buses of EventBridge 256, state machines
of Step Functions 80 (each service's API reference, read 2026-11-23, of the last two 2026-11-29).
"""

import hashlib
import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from landform.spec.units import fault

NAME: Final = r"[a-z]([a-z0-9]|-(?=[a-z0-9])){1,30}"
_NAME: Final = re.compile(NAME)

ENVIRONMENTS: Final = {"development": "dev", "staging": "stg", "production": "prd"}

BUCKET: Final = 63
BUS: Final = 256
FILE_SYSTEM: Final = 64
JOB: Final = 46
"""A training job takes 63. Behind its name stands the moment of its start (15 characters), or what Scheduler makes up:
16 of them in every example of the guide, which fixes no length."""
QUEUE: Final = 80
STATE_MACHINE: Final = 80
STREAM: Final = 128
TABLE: Final = 255
TOPIC: Final = 256
ROLE: Final = 64
NUMBERED_ROLE: Final = 62
"""A role with policies beside its own, whose names have a number behind."""
DOMAIN: Final = 54
"""A domain of Studio takes 63; the script that its apps start with has nine characters more."""
BALANCER: Final = 32
HOST: Final = 63
"""Launch templates and security groups take more, functions and rules of EventBridge 64; a host's name fits a DNS label
as well."""

_HASH: Final = 6


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise fault(
            f"{value!r} is not a name: use 2 to 31 lower-case letters, digits and single hyphens, "
            "beginning with a letter and not ending with a hyphen"
        )
    return value


Name = Annotated[str, AfterValidator(_name), Field(json_schema_extra={"pattern": f"^{NAME}$"})]


def fit(name: str, limit: int) -> str:
    """Return `name`, cut to `limit` characters with a hash of the whole where it is too long.

    The hash keeps two long names apart, and the same name the same for ever.
    """
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH]
    return f"{name[: limit - _HASH - 1].rstrip('-')}-{digest}"


def address(*parts: str) -> str:
    """Return the Terraform module name of an entry: its parts joined, ``-`` as ``_``."""
    return "_".join(parts).replace("-", "_")


def variable(section: str, entry: str) -> str:
    """Return the environment variable that tells a workload what `entry` is called."""
    return address("LANDFORM", section, entry).upper()
