"""What the record of calls is watched for: the filters of the CIS AWS Foundations Benchmark.

Source: AWS Security Hub user guide, "Security Hub CSPM controls for CloudWatch", CloudWatch.1 to CloudWatch.14, which
judges by these patterns (CIS v1.4.0, 4.1 to 4.14; read 2026-11-29).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Control:
    """A filter over the record of calls: its name, what it stands for, and the pattern."""

    name: str
    metric: str
    reason: str
    pattern: str


def _events(*names: str, source: str = "") -> str:
    """Return a pattern for calls of these names, of one service where it is said."""
    named = " || ".join(f"($.eventName={name})" for name in names)
    return f"{{($.eventSource={source}.amazonaws.com) && ({named})}}" if source else f"{{{named}}}"


CONTROLS: Final[tuple[Control, ...]] = (
    Control(
        "root-use",
        "RootUse",
        "somebody works as root, whom no policy limits",
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}',
    ),
    Control(
        "unauthorized-calls",
        "UnauthorizedCalls",
        "somebody tries what they may not do, or lacks a permission",
        '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
    ),
    Control(
        "sign-in-without-mfa",
        "SignInWithoutMfa",
        "a password alone was enough for the console",
        '{($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed !="Yes") && ($.userIdentity.type="IAMUser") '
        '&& ($.responseElements.ConsoleLogin="Success")}',
    ),
    Control(
        "iam-changes",
        "IamChanges",
        "who may do what was changed",
        _events(
            *("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy"),
            *("PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"),
            *("AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy"),
            *("AttachGroupPolicy", "DetachGroupPolicy"),
            source="iam",
        ),
    ),
    Control(
        "trail-changes",
        "TrailChanges",
        "the record itself was changed or stopped",
        _events("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
    ),
    Control(
        "sign-in-failures",
        "SignInFailures",
        "somebody guesses a password of the console, or forgot it",
        '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}',
    ),
    Control(
        "key-deletions",
        "KeyDeletions",
        "a key was disabled or will go, and with it what it encrypts",
        _events("DisableKey", "ScheduleKeyDeletion", source="kms"),
    ),
    Control(
        "bucket-policy-changes",
        "BucketPolicyChanges",
        "who reaches a bucket, or how long it keeps what is in it, was changed",
        _events(
            *("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication"),
            *("DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication"),
            source="s3",
        ),
    ),
    Control(
        "config-changes",
        "ConfigChanges",
        "AWS Config was changed or stopped",
        _events(
            *("StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder"),
            source="config",
        ),
    ),
    Control(
        "security-group-changes",
        "SecurityGroupChanges",
        "who may connect to whom was changed",
        _events(
            *("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress"),
            *("RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup"),
        ),
    ),
    Control(
        "network-acl-changes",
        "NetworkAclChanges",
        "what may enter and leave a subnet was changed",
        _events(
            *("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry"),
            *("ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"),
        ),
    ),
    Control(
        "gateway-changes",
        "GatewayChanges",
        "a way out of a network was made or changed",
        _events(
            *("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway", "CreateInternetGateway"),
            *("DeleteInternetGateway", "DetachInternetGateway"),
        ),
    ),
    Control(
        "route-changes",
        "RouteChanges",
        "where traffic goes was changed",
        _events(
            *("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation", "DeleteRouteTable"),
            *("DeleteRoute", "DisassociateRouteTable"),
            source="ec2",
        ),
    ),
    Control(
        "vpc-changes",
        "VpcChanges",
        "a network was made, joined to another, or taken away",
        _events(
            *("CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection"),
            *("CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
            *("AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink"),
        ),
    ),
)
"""One for each of the benchmark's fourteen, in its order but for the sign-in."""

PATTERN: Final = 1_024
"""Characters of a filter's pattern (CloudWatch Logs API, PutMetricFilter, read 2026-11-29)."""
