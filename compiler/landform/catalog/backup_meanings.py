"""What `backup` stands for in grants.json: said again beside `backup_permissions`, for the proof to hold them together.

Sources as there. Texts are templates that the proof fills in for each table, each region of a vault, each key.
"""

from typing import Final

from landform.catalog.meanings import Clause

_MINE: Final = {
    "StringEquals": {
        "aws:ResourceTag/landform:environment": ("{environment}",),
        "aws:ResourceTag/landform:system": ("{system}",),
    }
}
_KEY: Final = ("arn:aws:kms:{vault_region}:{account}:key/*",)
_SNAPSHOTS: Final = ("arn:aws:ec2:{vault_region}::snapshot/*",)

TABLE: Final = (
    Clause(("dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:StartAwsBackupJob"), ("{store}",)),
)
"""Of each table that is kept."""

FILES: Final = (
    Clause(
        ("elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"),
        ("arn:aws:elasticfilesystem:{region}:{account}:file-system/*",),
        _MINE,
    ),
)
"""Once, where a file system is kept."""

VOLUMES: Final = (
    Clause(("ec2:CreateSnapshot",), ("arn:aws:ec2:{region}:{account}:volume/*",), _MINE),
    Clause(("ec2:DescribeSnapshots", "ec2:DescribeTags", "ec2:DescribeVolumes"), ("*",)),
    Clause(("backup:CopyFromBackupVault", "backup:TagResource"), ("arn:aws:ec2:{region}::snapshot/*",)),
)
"""Once, where a data disk is kept."""

SNAPSHOTS: Final = (
    Clause(("ec2:CopySnapshot", "ec2:CreateSnapshot", "ec2:CreateTags"), _SNAPSHOTS),
    Clause(("ec2:DeleteSnapshot",), _SNAPSHOTS, {"Null": {"aws:ResourceTag/aws:backup:source-resource": ("false",)}}),
)
"""Where a data disk is kept, in each region of a vault."""

POINTS: Final = (
    Clause(
        ("backup:CopyFromBackupVault", "backup:TagResource"), ("arn:aws:backup:{region}:{account}:recovery-point:*",)
    ),
)
"""Once."""

VAULT: Final = (
    Clause(
        ("backup:CopyIntoBackupVault", "backup:DescribeBackupVault"),
        ("arn:aws:backup:{vault_region}:{account}:backup-vault:{vault}",),
    ),
)
"""Of each vault."""


def keys(aliases: tuple[str, ...], tables: tuple[str, ...], *, disks: bool) -> tuple[Clause, ...]:
    """Return the use of the keys of a region: all that are concerned, and those of tables."""
    of = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}}
    clauses = [
        Clause(("kms:DescribeKey",), _KEY, of),
        Clause(("kms:CreateGrant",), _KEY, {**of, "Bool": {"kms:GrantIsForAWSResource": ("true",)}}),
    ]
    if disks:
        actions = ("kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo")
        via = {"StringEquals": {"kms:ViaService": ("ec2.{vault_region}.amazonaws.com",)}}
        clauses.append(Clause(actions, _KEY, {**of, **via}))
    if tables:
        via = {"StringEquals": {"kms:ViaService": ("dynamodb.{vault_region}.amazonaws.com",)}}
        known = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": tables}}
        clauses.append(Clause(("kms:Decrypt", "kms:GenerateDataKey"), _KEY, {**known, **via}))
    return tuple(clauses)
