"""What services do to a store by its own policy, and what of a plan makes them do it.

Read 2026-11-30. Sources, each the service's own guide: S3, "Enabling Amazon S3 server access logging"; Elastic Load
Balancing, "Access logs for your Application Load Balancer"; Config, "Permissions for the Amazon S3 Bucket for the
delivery channel"; CloudTrail, "Amazon S3 bucket policy for CloudTrail" and "Configure AWS KMS key policies for
CloudTrail"; CloudWatch Logs, "Encrypt log data in CloudWatch Logs using AWS KMS" and "Encrypt an anomaly detector and
its results with AWS KMS"; SNS, "Key management", event sources; S3, "Granting permissions to publish event notification
messages to a destination"; EventBridge, "Using dead-letter queues" and "Using resource-based policies"; Scheduler,
"Configuring a dead-letter queue".
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Admission:
    """What a service may do to a kind of store, where a resource of `user` leads to that store by `argument`.

    An empty argument: where there is such a resource at all, since a plan does not tell which store it leads to.
    """

    store: str
    service: str
    actions: frozenset[str]
    user: str
    argument: str = ""


def _admission(store: str, service: str, actions: str, user: str, argument: str = "") -> Admission:
    return Admission(store, service, frozenset(actions.split()), user, argument)


_BUCKET: Final = "aws_s3_bucket"
_KEY: Final = "aws_kms_key"
_QUEUE: Final = "aws_sqs_queue"
_TOPIC: Final = "aws_sns_topic"
_ENCRYPTS: Final = "kms:Encrypt kms:Decrypt kms:ReEncryptFrom kms:ReEncryptTo kms:GenerateDataKey"
_TELLS: Final = "kms:Decrypt kms:GenerateDataKey"
_DETECTOR: Final = "aws_cloudwatch_log_anomaly_detector"

ADMISSIONS: Final = (
    _admission(_BUCKET, "logging.s3", "s3:PutObject", "aws_s3_bucket_logging", "target_bucket"),
    _admission(_BUCKET, "logdelivery.elasticloadbalancing", "s3:PutObject", "aws_lb", "access_logs"),
    _admission(_BUCKET, "logdelivery.elasticloadbalancing", "s3:PutObject", "aws_elastic_beanstalk_environment"),
    _admission(
        _BUCKET, "config", "s3:GetBucketAcl s3:ListBucket s3:PutObject", "aws_config_delivery_channel", "s3_bucket_name"
    ),
    _admission(_BUCKET, "cloudtrail", "s3:GetBucketAcl s3:PutObject", "aws_cloudtrail", "s3_bucket_name"),
    _admission(_KEY, "logs", _ENCRYPTS, "aws_cloudwatch_log_group", "kms_key_id"),
    _admission(_KEY, "logs", f"{_ENCRYPTS} kms:DescribeKey", _DETECTOR, "kms_key_id"),
    _admission(_KEY, "cloudtrail", "kms:GenerateDataKey kms:DescribeKey", "aws_cloudtrail", "kms_key_id"),
    _admission(_KEY, "cloudwatch", _TELLS, _TOPIC, "kms_master_key_id"),
    _admission(_KEY, "events", _TELLS, _TOPIC, "kms_master_key_id"),
    _admission(_QUEUE, "s3", "sqs:SendMessage", "aws_s3_bucket_notification"),
    _admission(_QUEUE, "events", "sqs:SendMessage", "aws_cloudwatch_event_target"),
    _admission(_QUEUE, "scheduler", "sqs:SendMessage", "aws_scheduler_schedule"),
    _admission(_TOPIC, "cloudwatch", "sns:Publish", "aws_cloudwatch_metric_alarm"),
    # Any rule that bears the system's name may tell a topic of its own, whether it has one by now or not.
    _admission(_TOPIC, "events", "sns:Publish", _TOPIC),
)
