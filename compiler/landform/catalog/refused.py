"""Names that AWS refuses: for each type its argument, what a name may hold, and how long it may be.

Lengths: `landform.spec.names` and its sources. Characters: the service models of botocore 1.44.5 (2026-11), to which a
test holds them, where they say any; else the API reference of the service that `source` names.
"""

from dataclasses import dataclass
from typing import Final

from landform.spec.names import BALANCER, BUCKET, FILE_SYSTEM, QUEUE, ROLE, STREAM, TABLE, TOPIC


@dataclass(frozen=True, slots=True)
class Naming:
    """What an argument of a type may be: a pattern for the whole, and a length."""

    type: str
    argument: str
    pattern: str
    most: int
    source: str
    model: tuple[str, ...] = ()
    """Service, operation and member of the model that says the same."""


_IAM: Final = r"[\w+=,.@-]+"
_PLAIN: Final = r"[A-Za-z0-9_-]+"
_DOTTED: Final = r"[A-Za-z0-9_.-]+"
_BALANCER: Final = r"(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_LABELS: Final = r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3|--table-s3|\.mrap)$)(?!(\d+\.){3}\d+$)"

NAMINGS: Final[tuple[Naming, ...]] = (
    Naming("aws_iam_role", "name", _IAM, ROLE, "IAM, CreateRole", ("iam", "CreateRole", "RoleName")),
    Naming("aws_iam_role_policy", "name", _IAM, 128, "IAM, PutRolePolicy", ("iam", "PutRolePolicy", "PolicyName")),
    Naming("aws_iam_policy", "name", _IAM, 128, "IAM, CreatePolicy", ("iam", "CreatePolicy", "PolicyName")),
    Naming(
        *("aws_iam_instance_profile", "name", _IAM, 128, "IAM, CreateInstanceProfile"),
        ("iam", "CreateInstanceProfile", "InstanceProfileName"),
    ),
    Naming(
        *("aws_s3_bucket", "bucket", rf"{_LABELS}[a-z0-9][a-z0-9.-]+[a-z0-9]", BUCKET),
        "S3 user guide, General purpose bucket naming rules",
    ),
    Naming("aws_kms_alias", "name", r"alias/(?!aws/)[a-zA-Z0-9/_-]+", 256, "KMS, CreateAlias"),
    Naming(
        *("aws_cloudwatch_log_group", "name", r"(?!aws/)[.\-_/#A-Za-z0-9]+", 512),
        "CloudWatch Logs, CreateLogGroup",
    ),
    Naming("aws_sqs_queue", "name", r"[A-Za-z0-9_-]+(\.fifo)?", QUEUE, "SQS, CreateQueue"),
    Naming("aws_sns_topic", "name", r"[A-Za-z0-9_-]+(\.fifo)?", TOPIC, "SNS, CreateTopic"),
    Naming("aws_lambda_function", "function_name", _PLAIN, 64, "Lambda, CreateFunction"),
    Naming("aws_dynamodb_table", "name", r"[A-Za-z0-9_.-]{3,}", TABLE, "DynamoDB, Naming rules"),
    Naming(
        *("aws_kinesis_stream", "name", _DOTTED, STREAM, "Kinesis, CreateStream"),
        ("kinesis", "CreateStream", "StreamName"),
    ),
    Naming("aws_launch_template", "name", r"[A-Za-z0-9().\-/_]{3,}", 128, "EC2, CreateLaunchTemplate"),
    Naming("aws_lb", "name", _BALANCER, BALANCER, "Elastic Load Balancing, CreateLoadBalancer"),
    Naming("aws_lb_target_group", "name", _BALANCER, BALANCER, "Elastic Load Balancing, CreateTargetGroup"),
    Naming(
        *("aws_cloudtrail", "name", r"[A-Za-z0-9](?!.*[._-]{2})[A-Za-z0-9._-]+[A-Za-z0-9]", 128),
        "CloudTrail, CreateTrail",
    ),
    Naming(
        "aws_security_group", "name", r"(?!sg-)[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+", 255, "EC2, CreateSecurityGroup"
    ),
    Naming(
        *("aws_cloudwatch_event_rule", "name", r"[.\-_A-Za-z0-9]+", 64, "EventBridge, PutRule"),
        ("events", "PutRule", "Name"),
    ),
    Naming(
        *("aws_scheduler_schedule", "name", r"[0-9a-zA-Z\-_.]+", 64, "EventBridge Scheduler, CreateSchedule"),
        ("scheduler", "CreateSchedule", "Name"),
    ),
    Naming("aws_ssm_parameter", "name", r"(?!/?(?i:aws|ssm))[A-Za-z0-9_.\-/]+", 1011, "Systems Manager, PutParameter"),
    Naming("aws_batch_job_definition", "name", r"[A-Za-z0-9][A-Za-z0-9_-]*", 128, "Batch, RegisterJobDefinition"),
    Naming(
        *("aws_efs_file_system", "creation_token", r".+", FILE_SYSTEM, "EFS, CreateFileSystem"),
        ("efs", "CreateFileSystem", "CreationToken"),
    ),
    Naming(
        *("aws_wafv2_web_acl", "name", r"[\w\-]+", 128, "WAF, CreateWebACL"),
        ("wafv2", "CreateWebACL", "Name"),
    ),
    Naming(
        *("aws_sagemaker_model", "name", r"[a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?", 63, "SageMaker, CreateModel"),
        ("sagemaker", "CreateModel", "ModelName"),
    ),
)

RETENTIONS: Final = frozenset(
    {0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)
"""Days that CloudWatch Logs keeps (PutRetentionPolicy, as of 2026-11); 0 is for ever."""
