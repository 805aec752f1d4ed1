"""What AWS Backup does under its role, for each kind of what it keeps.

Source: AWS managed policies, AWSBackupServiceRolePolicyForBackup, of which only the actions for tables, file systems
and volumes are taken, on what a system has made itself (read 2026-11-29). Of a table it is the kind of backup that can
be copied to another region, which an account has once it has opted in to the advanced features of DynamoDB's backups.
"""

from typing import Final

TABLES: Final = ("dynamodb:DescribeTable", "dynamodb:ListTagsOfResource", "dynamodb:StartAwsBackupJob")
FILES: Final = ("elasticfilesystem:Backup", "elasticfilesystem:DescribeTags")
VOLUMES: Final = ("ec2:CreateSnapshot",)
SNAPSHOTS: Final = ("ec2:CopySnapshot", "ec2:CreateSnapshot", "ec2:CreateTags")
EXPIRED: Final = ("ec2:DeleteSnapshot",)
LISTED: Final = ("ec2:DescribeSnapshots", "ec2:DescribeTags", "ec2:DescribeVolumes")
INTO: Final = ("backup:CopyIntoBackupVault", "backup:DescribeBackupVault")
FROM: Final = ("backup:CopyFromBackupVault", "backup:TagResource")
KEYS: Final = ("kms:DescribeKey",)
GRANTED: Final = ("kms:CreateGrant",)
TABLE_KEYS: Final = ("kms:Decrypt", "kms:GenerateDataKey")
DISK_KEYS: Final = ("kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo")

MADE_BY_BACKUP: Final = {"Null": {"aws:ResourceTag/aws:backup:source-resource": ("false",)}}
"""The mark of what AWS Backup has made, which nobody else can give: tags under `aws:` are AWS's own.

It does not say for which system: a role may delete every snapshot of the account that AWS Backup has made, in the
regions of its vaults. AWS's own policy asks for no more, and no source says what else a snapshot carries when it ends.
"""
