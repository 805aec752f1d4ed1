"""Types of resources that hold what cannot be made anew, and how AWS is told to guard them.

Deletion protection and retention: each resource's page of the AWS provider's documentation (5.100, read 2026-11-29;
what stands in files of the user's own beside the output, and what guards from within a block, 2026-11-30).
"""

from collections.abc import Mapping
from typing import Final

HOLDING: Final[Mapping[str, str]] = {
    "aws_backup_vault": "its recovery points",
    "aws_cloudwatch_log_group": "its log events",
    "aws_dynamodb_table": "its rows",
    "aws_dynamodb_table_replica": "its copy of the rows",
    "aws_ebs_volume": "what is on the disk",
    "aws_efs_file_system": "its files",
    "aws_fsx_lustre_file_system": "its files",
    "aws_kinesis_stream": "its records",
    "aws_kms_key": "everything that was encrypted with it",
    "aws_s3_bucket": "its objects",
    "aws_sagemaker_model_package_group": "its model packages",
    "aws_sagemaker_space": "the files of whoever works in it",
    "aws_sqs_queue": "its messages",
    "aws_cloudtrail": "the record of who did what, from then on",
    # Of files of the user's own.
    "aws_db_instance": "its rows",
    "aws_docdb_cluster": "its documents",
    "aws_ecr_repository": "its images",
    "aws_elasticache_replication_group": "its entries",
    "aws_fsx_ontap_file_system": "its files",
    "aws_fsx_openzfs_file_system": "its files",
    "aws_fsx_windows_file_system": "its files",
    "aws_msk_cluster": "its messages",
    "aws_neptune_cluster": "its graph",
    "aws_opensearch_domain": "its documents",
    "aws_rds_cluster": "its rows",
    "aws_redshift_cluster": "its rows",
    "aws_s3_directory_bucket": "its objects",
    "aws_secretsmanager_secret": "its value",
    "aws_timestreamwrite_table": "its records",
}
"""Type → what is lost with it."""

LESSER: Final = frozenset({"aws_cloudwatch_log_group"})
"""What holds something and goes with the workload that wrote it: never more than a warning."""

GUARDS: Final[Mapping[str, object]] = {
    "deletion_protection_enabled": True,
    "disable_api_termination": True,
    "enable_deletion_protection": True,
    "enable_key_rotation": True,
    "enable_log_file_validation": True,
    "final_snapshot": True,
    "force_destroy": False,
}
"""Attribute → the value that guards; the other one lets go."""

GUARDS_WITHIN: Final[Mapping[str, tuple[tuple[str, str, object], ...]]] = {
    "aws_cloudtrail": (("", "enable_logging", True), ("", "is_multi_region_trail", True)),
    "aws_dynamodb_table": (("point_in_time_recovery", "enabled", True),),
    "aws_efs_backup_policy": (("backup_policy", "status", "ENABLED"),),
    "aws_guardduty_detector": (("", "enable", True),),
    "aws_kms_key": (("", "is_enabled", True),),
    "aws_s3_bucket_public_access_block": (
        *(("", "block_public_acls", True), ("", "block_public_policy", True)),
        *(("", "ignore_public_acls", True), ("", "restrict_public_buckets", True)),
    ),
    "aws_s3_bucket_versioning": (("versioning_configuration", "status", "Enabled"),),
}
"""Type → what guards of it alone: the block that it stands in, where it does in one, the attribute and the value."""

GUARDIANS: Final[Mapping[str, str]] = {
    "aws_backup_selection": "nothing is backed up by it any more",
    "aws_backup_vault_lock_configuration": "recovery points may be deleted",
    "aws_backup_vault_policy": "recovery points may be deleted",
    "aws_efs_replication_configuration": "the copy of the files is no longer kept current",
    "aws_guardduty_detector": "nobody looks for intruders any more",
    "aws_s3_bucket_object_lock_configuration": "new objects are no longer locked",
    "aws_s3_bucket_policy": "what it denied is denied no more",
    "aws_s3_bucket_public_access_block": "the bucket may be made public",
    "aws_s3_bucket_replication_configuration": "new objects are no longer copied",
    "aws_s3_bucket_versioning": "what is overwritten is gone",
}
"""Type that guards something else → what its end means."""

KEPT: Final = (
    "deletion_window_in_days",
    "message_retention_seconds",
    "retention_in_days",
    "retention_period",
    "automatic_backup_retention_days",
)
"""Attributes that say how long something is kept: less is sooner gone."""

RUNNING: Final = frozenset(
    {
        "aws_autoscaling_group",
        "aws_batch_compute_environment",
        "aws_batch_job_queue",
        "aws_elastic_beanstalk_environment",
        "aws_instance",
        "aws_lb",
        "aws_nat_gateway",
        "aws_sagemaker_endpoint",
        "aws_subnet",
        "aws_vpc",
    }
)
"""Types whose replacement interrupts what runs, and whose end ends it."""
