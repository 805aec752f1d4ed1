"""Actions by which an identity widens its own access or another's.

After Rhino Security Labs, "AWS IAM privilege escalation" (read 2026-11), and what decides about keys here: their
aliases. Then what AWS itself calls permissions management: the Service Authorization Reference has that level of access
for each action (read 2026-11-30): boundaries, federation, credentials, and policies that resources hold; but for
`logs:PutResourcePolicy`, which lets services write logs, and without which Step Functions writes none ("Logging in
CloudWatch Logs", Step Functions developer guide).
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
"""What the raw door refuses by this reason; it has others for most of what follows (`raw_door`)."""

MANAGING: Final = (
    *("iam:DeleteUserPermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"),
    *("iam:DeleteRolePolicy", "iam:DeleteUserPolicy", "iam:DetachRolePolicy", "iam:DetachUserPolicy"),
    *("iam:AddRoleToInstanceProfile", "iam:CreateUser", "iam:CreateServiceSpecificCredential"),
    *("iam:AddClientIDToOpenIDConnectProvider", "iam:CreateOpenIDConnectProvider", "iam:CreateSAMLProvider"),
    *("iam:UpdateOpenIDConnectProviderThumbprint", "iam:UpdateSAMLProvider"),
    *("iam:DeactivateMFADevice", "iam:EnableMFADevice", "iam:UploadSSHPublicKey"),
    *("s3:PutAccessPointPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutAccountPublicAccessBlock"),
    *("dynamodb:PutResourcePolicy", "ecr:SetRepositoryPolicy", "elasticfilesystem:PutFileSystemPolicy"),
    *("events:PutPermission", "glue:PutResourcePolicy", "kinesis:PutResourcePolicy"),
    *("backup:PutBackupVaultAccessPolicy", "lambda:AddPermission", "lambda:AddLayerVersionPermission"),
    *("secretsmanager:PutResourcePolicy", "sns:AddPermission", "sqs:AddPermission", "ram:CreateResourceShare"),
    *("ec2:ModifyImageAttribute", "ec2:ModifySnapshotAttribute", "ssm:ModifyDocumentPermission"),
)
"""What decides, past identities of the plan, who may do what."""

WIDENING: Final = (*ESCALATION, *MANAGING)
