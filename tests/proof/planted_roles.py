"""Mistakes in what roles hold and in whom they trust."""

from __future__ import annotations

import json
from typing import Any

from support.orders import ACCOUNT, STRANGER, Planted, lost, plant, restating, saying, silent, values
from support.orders.names import (
    BENCH,
    BENCH_ARN,
    BENCH_ROLE,
    BUCKET,
    CODE_ROLE,
    DATA,
    EMBED,
    FIT,
    FOREIGN,
    GITHUB,
    INGEST,
    INTERFACES,
    JOB_ROLE,
    KEYS,
    MODELS,
    OBJECTS,
    OWN,
    QUEUE,
    START,
    TABLE,
    TABLES,
    VIA_S3,
)


def attached(plan: dict[str, Any]) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    plant(plan, "aws_iam_role_policy_attachment", "admin", role=values(plan, BENCH_ROLE)["name"], policy_arn=arn)


def second_policy(plan: dict[str, Any]) -> None:
    statement = {"Sid": "Own", "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{MODELS}/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    plant(plan, "aws_iam_role_policy", "own", role=values(plan, BENCH_ROLE)["name"], policy=document)


IDENTITY = [
    Planted(
        "a wider action",
        restating(BENCH, OBJECTS, Action=["s3:GetObject", "s3:PutObject"]),
        "LF0810",
        [BENCH, "s3:PutObject"],
    ),
    Planted("a wildcard in an action", restating(BENCH, OBJECTS, Action="s3:Get*"), "LF0805", [BENCH, "s3:Get*"]),
    Planted(
        "every action of a service", restating(BENCH, TABLES, Action="dynamodb:*"), "LF0805", [BENCH, "dynamodb:*"]
    ),
    Planted("every action", saying(BENCH, Action="*", Resource="*"), "LF0805", [BENCH, "allows *"]),
    Planted("every resource", restating(BENCH, OBJECTS, Resource="*"), "LF0805", [BENCH, "on every resource"]),
    Planted("another bucket", restating(BENCH, OBJECTS, Resource=f"{MODELS}/*"), "LF0810", [BENCH, MODELS]),
    Planted("a wider prefix", restating(EMBED, OBJECTS, Resource=f"{BUCKET}/*"), "LF0810", [EMBED, f"{BUCKET}/*"]),
    Planted(
        "a table of another region",
        restating(BENCH, TABLES, Resource=TABLE.replace("us-east-1", "eu-west-1")),
        "LF0809",
        ["machines.workbench.reads.features", TABLE],
    ),
    Planted("a wildcard in a name", restating(BENCH, TABLES, Resource=f"{TABLE}*"), "LF0810", [BENCH, f"{TABLE}*"]),
    Planted(
        "a key without its service", restating(BENCH, DATA, without="Condition/StringEquals"), "LF0810", [BENCH, KEYS]
    ),
    Planted(
        "a key without its alias",
        restating(BENCH, DATA, without="Condition/ForAnyValue:StringEquals"),
        "LF0810",
        [BENCH, KEYS],
    ),
    Planted(
        "a key by any alias",
        restating(BENCH, DATA, Condition={**VIA_S3, "ForAnyValue:StringLike": {"kms:ResourceAliases": ["alias/*"]}}),
        "LF0810",
        [BENCH, "kms:Decrypt"],
    ),
    Planted(
        "a key that decides by an absent alias",
        restating(
            BENCH,
            DATA,
            Condition={
                **VIA_S3,
                "ForAllValues:StringEquals": {"kms:ResourceAliases": ["alias/orders-prd/data/transactions"]},
            },
        ),
        "LF0810",
        [BENCH, "kms:Decrypt"],
    ),
    Planted(
        "a list without its prefix",
        restating(EMBED, "DataTransactionsList", without="Condition"),
        "LF0810",
        [EMBED, "s3:ListBucket"],
    ),
    Planted(
        "metrics of any namespace",
        restating(BENCH, "Metrics", without="Condition"),
        "LF0810",
        [BENCH, "cloudwatch:PutMetricData"],
    ),
    Planted("all but some actions", saying(BENCH, NotAction="iam:*", Resource="*"), "LF0805", [BENCH, "NotAction"]),
    Planted(
        "all but some resources",
        saying(BENCH, Action="s3:GetObject", NotResource=MODELS),
        "LF0805",
        [BENCH, "NotResource"],
    ),
    Planted(
        "a statement that is missing",
        silent(BENCH, OBJECTS),
        "LF0809",
        ["machines.workbench.reads.transactions", "s3:GetObject"],
    ),
    Planted(
        "an action that is missing",
        restating(FIT, "DataModelsObjects", Action=["s3:PutObject"]),
        "LF0809",
        ["train.fit.writes.models", "s3:AbortMultipartUpload"],
    ),
    Planted("a policy that is missing", lost(INGEST), "LF0809", ["functions.ingest.writes.features"]),
    Planted(
        "a denial that breaks an edge",
        saying(BENCH, Effect="Deny", Action="s3:GetObject", Resource="*"),
        "LF0809",
        ["machines.workbench.reads.transactions", "denied", "Planted"],
    ),
    Planted(
        "a scan of a table",
        saying(BENCH, Action="dynamodb:Scan", Resource=TABLE),
        "LF0805",
        [BENCH_ARN, "dynamodb:Scan", TABLE],
    ),
    Planted(
        "a receiver of what it sends",
        saying(INGEST, Action="sqs:ReceiveMessage", Resource=QUEUE),
        "LF0805",
        ["sqs:ReceiveMessage", QUEUE],
    ),
    Planted(
        "the trail stopped",
        saying(
            BENCH,
            Action="cloudtrail:StopLogging",
            Resource=f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/orders-prd-audit",
        ),
        "LF0805",
        [BENCH_ARN, "cloudtrail:StopLogging"],
    ),
    Planted(
        "logs of another",
        saying(INGEST, Action="logs:PutLogEvents", Resource=f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:*"),
        "LF0810",
        [INGEST, "logs:PutLogEvents"],
    ),
    Planted(
        "network interfaces for the code",
        lost(INTERFACES),
        "LF0805",
        ["functions.ingest", "ec2:CreateNetworkInterface"],
    ),
    Planted("a policy of AWS attached", attached, "LF0805", [BENCH_ROLE, "AdministratorAccess"]),
    Planted("a second policy of a role", second_policy, "LF0810", ["aws_iam_role_policy.own", MODELS]),
]


ESCALATION = [
    Planted(
        "roles passed at will", saying(BENCH, Action="iam:PassRole", Resource="*"), "LF0805", [BENCH, "iam:PassRole"]
    ),
    Planted(
        "a role passed to any service",
        restating(START, "PassTheRoleOfTheJob", without="Condition"),
        "LF0805",
        [START, "iam:PassRole"],
    ),
    Planted(
        "policies written",
        saying(BENCH, Action="iam:PutRolePolicy", Resource=BENCH_ARN),
        "LF0805",
        [BENCH, "iam:PutRolePolicy"],
    ),
    Planted(
        "policies attached",
        saying(BENCH, Action="iam:AttachRolePolicy", Resource=BENCH_ARN),
        "LF0805",
        [BENCH, "iam:AttachRolePolicy"],
    ),
    Planted(
        "trust edited",
        saying(BENCH, Action="iam:UpdateAssumeRolePolicy", Resource=BENCH_ARN),
        "LF0805",
        [BENCH, "iam:UpdateAssumeRolePolicy"],
    ),
    Planted(
        "aliases moved", saying(BENCH, Action="kms:UpdateAlias", Resource=KEYS), "LF0805", [BENCH, "kms:UpdateAlias"]
    ),
    Planted(
        "grants on keys", saying(BENCH, Action="kms:CreateGrant", Resource=KEYS), "LF0805", [BENCH, "kms:CreateGrant"]
    ),
    Planted("roles assumed", saying(BENCH, Action="sts:AssumeRole", Resource="*"), "LF0805", [BENCH, "sts:AssumeRole"]),
    Planted(
        "bucket policies written",
        saying(BENCH, Action="s3:PutBucketPolicy", Resource=BUCKET),
        "LF0805",
        [BENCH, "s3:PutBucketPolicy"],
    ),
    Planted(
        "code replaced",
        saying(
            BENCH,
            Action="lambda:UpdateFunctionCode",
            Resource=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders-prd-ingest",
        ),
        "LF0805",
        [BENCH_ARN, "lambda:UpdateFunctionCode"],
    ),
    Planted(
        "users given keys",
        saying(BENCH, Action="iam:CreateAccessKey", Resource=f"arn:aws:iam::{ACCOUNT}:user/admin"),
        "LF0805",
        [BENCH, "iam:CreateAccessKey"],
    ),
]


TRUST = [
    Planted(
        "trust to everyone",
        saying(BENCH_ROLE, "assume_role_policy", Action="sts:AssumeRole", Principal="*"),
        "LF0805",
        [BENCH_ROLE, "everyone"],
    ),
    Planted(
        "trust to another account",
        saying(BENCH_ROLE, "assume_role_policy", Action="sts:AssumeRole", Principal=FOREIGN),
        "LF0805",
        [BENCH_ROLE, STRANGER],
    ),
    Planted(
        "trust to the account",
        saying(BENCH_ROLE, "assume_role_policy", Action="sts:AssumeRole", Principal=OWN),
        "LF0805",
        [BENCH_ROLE, ACCOUNT],
    ),
    Planted(
        "trust to a role",
        saying(BENCH_ROLE, "assume_role_policy", Action="sts:AssumeRole", Principal={"AWS": BENCH_ARN}),
        "LF0805",
        [BENCH_ROLE, BENCH_ARN],
    ),
    Planted(
        "trust to a second service",
        restating(
            CODE_ROLE, "", "assume_role_policy", Principal={"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}
        ),
        "LF0805",
        [CODE_ROLE, "ec2.amazonaws.com"],
    ),
    Planted(
        "trust to a stranger's pool",
        saying(
            BENCH_ROLE,
            "assume_role_policy",
            Action="sts:AssumeRoleWithWebIdentity",
            Principal={"Federated": f"arn:aws:iam::{STRANGER}:oidc-provider/example.com"},
        ),
        "LF0805",
        [BENCH_ROLE, "oidc-provider"],
    ),
    *(
        Planted(
            f"trust to {whom} of a pool",
            saying(
                BENCH_ROLE,
                "assume_role_policy",
                Action="sts:AssumeRoleWithWebIdentity",
                Principal={"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"},
                Condition={"StringLike": {f"{GITHUB}:sub": subject}},
            ),
            "LF0805",
            [BENCH_ROLE, "oidc-provider"],
        )
        for whom, subject in (
            ("anybody", "repo:*"),
            ("an owner", "repo:acme/*"),
            ("a name that goes on", "repo:acme/lake*"),
            ("every account of a cluster", "system:serviceaccount:*"),
            ("nobody in particular", []),
            ("one or everybody", ["repo:acme/lake:ref:refs/heads/main", "repo:*"]),
        )
    ),
    Planted(
        "trust without the source",
        restating(JOB_ROLE, "", "assume_role_policy", without="Condition"),
        "LF0805",
        [JOB_ROLE, "ecs-tasks.amazonaws.com"],
    ),
    Planted(
        "trust to another's source",
        restating(JOB_ROLE, "", "assume_role_policy", Condition={"StringEquals": {"aws:SourceAccount": STRANGER}}),
        "LF0805",
        [JOB_ROLE, "ecs-tasks.amazonaws.com"],
    ),
]
