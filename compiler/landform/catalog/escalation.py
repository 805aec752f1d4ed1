"""Actions by which an identity widens its own access or another's.

After Rhino Security Labs, "AWS IAM privilege escalation" (read 2026-11), and what decides about keys here: their
aliases.
"""

from typing import Final

ESCALATION: Final = (
    *("iam:AttachGroupPolicy", "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AddUserToGroup"),
    *("iam:PutGroupPolicy", "iam:PutRolePolicy", "iam:PutUserPolicy", "iam:CreatePolicyVersion"),
    *("iam:SetDefaultPolicyVersion", "iam:DeleteRolePermissionsBoundary", "iam:UpdateAssumeRolePolicy"),
    *(
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:UpdateLoginProfile",
        "iam:CreateRole",
        "iam:PassRole",
    ),
    *("kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias", "kms:CreateGrant", "kms:PutKeyPolicy"),
    *("s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "sts:AssumeRole"),
)
