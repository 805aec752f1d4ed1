"""Types of resources that hold what cannot be made anew, and how AWS is told to guard them.

Deletion protection and retention: each resource's page of the AWS provider's documentation (5.100, read 2026-11-29).
"""

from collections.abc import Mapping
from typing import Final

HOLDING: Final[Mapping[str, str]] = {
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
    "aws_sqs_queue": "its messages",
    "aws_cloudtrail": "the record of who did what, from then on",
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
