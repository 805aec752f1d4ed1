"""Rules of AWS Config: which judge what landform builds, by what is built.

They say of what stands what the modules say of what will: somebody who changes it by hand is found. Rules that would
judge what the spec decides, or what no module makes, are left out.

Source: AWS Config developer guide, "List of AWS Config Managed Rules" (read 2026-11-29).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """A managed rule: AWS's identifier, what has to be built for it to be of use, and what it says."""

    identifier: str
    of: str
    says: str


RULES: Final[Mapping[str, Rule]] = {
    "bucket-read": Rule("S3_BUCKET_PUBLIC_READ_PROHIBITED", "bucket", "no bucket can be read by everybody"),
    "bucket-write": Rule("S3_BUCKET_PUBLIC_WRITE_PROHIBITED", "bucket", "no bucket can be written by everybody"),
    "bucket-tls": Rule("S3_BUCKET_SSL_REQUESTS_ONLY", "bucket", "buckets refuse what is not encrypted on the way"),
    "disk-encrypted": Rule("ENCRYPTED_VOLUMES", "host", "attached disks are encrypted"),
    "file-system-encrypted": Rule("EFS_ENCRYPTED_CHECK", "efs", "file systems are encrypted with a key"),
    "function-public": Rule(
        "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", "function", "no function can be run by everybody"
    ),
    "host-metadata": Rule("EC2_IMDSV2_CHECK", "host", "the metadata of hosts are given to sessions alone"),
    "key-rotated": Rule("CMK_BACKING_KEY_ROTATION_ENABLED", "key", "keys are rotated"),
    "key-stays": Rule("KMS_CMK_NOT_SCHEDULED_FOR_DELETION", "key", "no key is about to be deleted"),
    "network-default-group": Rule("VPC_DEFAULT_SECURITY_GROUP_CLOSED", "network", "default security groups are empty"),
    "network-logged": Rule("VPC_FLOW_LOGS_ENABLED", "network", "networks keep flow logs"),
    "network-ssh": Rule("INCOMING_SSH_DISABLED", "network", "no security group lets the world in by SSH"),
    "stream-encrypted": Rule("KINESIS_STREAM_ENCRYPTED", "stream", "streams are encrypted"),
    "table-encrypted": Rule("DYNAMODB_TABLE_ENCRYPTED_KMS", "table", "tables are encrypted with a key"),
    "table-restored": Rule("DYNAMODB_PITR_ENABLED", "table", "tables can be restored to any second"),
    "topic-encrypted": Rule("SNS_ENCRYPTED_KMS", "topic", "topics are encrypted with a key"),
    "trail-encrypted": Rule("CLOUD_TRAIL_ENCRYPTION_ENABLED", "trail", "the trail is encrypted with a key"),
    "trail-on": Rule("MULTI_REGION_CLOUD_TRAIL_ENABLED", "trail", "a trail records every region"),
    "trail-valid": Rule("CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", "trail", "what the trail wrote can be verified"),
}
"""Rule, as it is called behind the system's name → what it is."""
