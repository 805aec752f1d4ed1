"""Mistakes planted one by one in the plan of a whole system: proof and rules find each, and name what is wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from support.orders import (
    ACCOUNT,
    STRANGER,
    Mutate,
    drop,
    modules,
    orders,
    plant,
    restating,
    saying,
    setting,
    silent,
    values,
)

from landform.diagnostics import Severity

BENCH = "module.machines_workbench.aws_iam_role_policy.machine_edges"
FIT = "module.train_fit.aws_iam_role_policy.fleet_edges"
EMBED = "module.train_embed.aws_iam_role_policy.batch_edges"
INGEST = 'module.functions_ingest.aws_iam_role_policy.function["edges"]'
INTERFACES = 'module.functions_ingest.aws_iam_role_policy.function["interfaces"]'
START = "module.train_tabular_schedule.aws_iam_role_policy.schedule_start"
BENCH_ROLE = "module.machines_workbench.aws_iam_role.this"
JOB_ROLE = "module.train_embed.aws_iam_role.this"
CODE_ROLE = "module.functions_ingest.aws_iam_role.this"
TRANSACTIONS = "module.data_transactions.aws_s3_bucket_policy.this"
LOGS = "module.logs_us_east_1.aws_s3_bucket_policy.this"
TRAIL = "module.audit.aws_s3_bucket_policy.this"
RETRIES = "module.data_retries.aws_sqs_queue_policy.this"
TOPIC = 'module.monitor.aws_sns_topic_policy.this["team"]'
KEY = 'module.keys_us_east_1.aws_kms_key.this["shared"]'
DATA_KEY = 'module.keys_us_east_1.aws_kms_key.this["data-transactions"]'
S3 = 'module.network_us_east_1.aws_vpc_endpoint.gateway["s3"]'
SQS = 'module.network_us_east_1.aws_vpc_endpoint.interface["sqs"]'
CALLER = 'module.functions_ingest.aws_lambda_permission.bucket["bucket"]'
URL = 'module.serve_explain.aws_lambda_function_url.this["live"]'
MOUNT = 'module.machines_workbench.aws_vpc_security_group_ingress_rule.mounts["homes 2049"]'
HTTPS = 'module.network_us_east_1.aws_vpc_security_group_ingress_rule.endpoints_https["this"]'
GROUP = "module.machines_workbench.aws_security_group.this"

BUCKET = f"arn:aws:s3:::orders-prd-transactions-{ACCOUNT}-us-east-1"
MODELS = f"arn:aws:s3:::orders-prd-models-{ACCOUNT}-us-east-1"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders-prd-features"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-prd-retries"
KEYS = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*"
BENCH_ARN = f"arn:aws:iam::{ACCOUNT}:role/orders-prd-workbench-us-east-1"
FOREIGN = {"AWS": f"arn:aws:iam::{STRANGER}:root"}
OWN = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
VIA_S3 = {"StringEquals": {"kms:ViaService": ["s3.us-east-1.amazonaws.com"]}}
STRANGERS_PLAIN_TEXT = {
    "Bool": {"aws:SecureTransport": "false"},
    "StringEquals": {"aws:PrincipalAccount": STRANGER},
}
GITHUB = "token.actions.githubusercontent.com"
OBJECTS, TABLES, DATA = "DataTransactionsObjects", "DataFeaturesTable", "KeyDataTransactions"


class Planted(NamedTuple):
    """A mistake by its name, and the finding that must tell of it: its code, and what its message must hold."""

    name: str
    mutate: Mutate
    code: str
    told: Sequence[str]


def lost(address: str) -> Mutate:
    return lambda plan: drop(plan, address)


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

RESOURCES = [
    Planted(
        "a bucket for everyone",
        saying(TRANSACTIONS, Action="s3:GetObject", Resource=f"{BUCKET}/*", Principal="*"),
        "LF0805",
        [TRANSACTIONS, "everyone"],
    ),
    Planted(
        "a bucket for another account",
        saying(TRANSACTIONS, Action="s3:GetObject", Resource=f"{BUCKET}/*", Principal=FOREIGN),
        "LF0805",
        [TRANSACTIONS, STRANGER],
    ),
    Planted(
        "a bucket for who says a role's name",
        saying(
            TRANSACTIONS,
            Action="s3:GetObject",
            Resource=f"{BUCKET}/*",
            Principal="*",
            Condition={"StringLike": {"aws:PrincipalArn": "*"}},
        ),
        "LF0805",
        [TRANSACTIONS, "everyone"],
    ),
    Planted(
        "a bucket for a role without edge",
        saying(TRANSACTIONS, Action="s3:PutObject", Resource=f"{BUCKET}/*", Principal={"AWS": BENCH_ARN}),
        "LF0805",
        [BENCH_ARN, "s3:PutObject"],
    ),
    Planted("a bucket in plain text", silent(TRANSACTIONS, "DenyPlaintextTransport"), "LF0805", [TRANSACTIONS, "TLS"]),
    Planted(
        "a bucket under weaker keys",
        silent("module.data_models.aws_s3_bucket_policy.this", "DenyOtherEncryption"),
        "LF0805",
        ["orders-prd-fit-us-east-1", "AES256"],
    ),
    Planted(
        "a bucket that anyone may delete",
        silent(TRANSACTIONS, "DenyDeletionOfTheBucket"),
        "LF0805",
        [TRANSACTIONS, "s3:DeleteBucket"],
    ),
    Planted(
        "logs for any source",
        restating(LOGS, "AllowAccessLogsToArrive", without="Condition"),
        "LF0805",
        [LOGS, "logging.s3.amazonaws.com"],
    ),
    Planted(
        "logs for another account",
        restating(LOGS, "AllowAccessLogsToArrive", Condition={"StringEquals": {"aws:SourceAccount": STRANGER}}),
        "LF0805",
        [LOGS, "logging.s3.amazonaws.com"],
    ),
    Planted(
        "a trail of anyone",
        restating(TRAIL, "CloudTrailWrites", without="Condition"),
        "LF0805",
        [TRAIL, "cloudtrail.amazonaws.com"],
    ),
    Planted(
        "a queue for everyone",
        saying(RETRIES, Action="sqs:SendMessage", Resource=QUEUE, Principal="*"),
        "LF0805",
        [RETRIES, "everyone"],
    ),
    Planted(
        "a queue for another account",
        saying(RETRIES, Action="sqs:ReceiveMessage", Resource=QUEUE, Principal=FOREIGN),
        "LF0805",
        [RETRIES, STRANGER],
    ),
    *(
        Planted(
            f"plain text but for {what}",
            restating(address, "DenyPlaintextTransport", **changed),
            "LF0805",
            [address, "TLS"],
        )
        for what, address, changed in (
            ("lists", TRANSACTIONS, {"Action": "s3:ListBucket"}),
            ("messages", RETRIES, {"Action": "sqs:SendMessage"}),
            ("what is no topic", TOPIC, {"Resource": f"arn:aws:sns:us-east-1:{ACCOUNT}:other"}),
            ("a bucket without objects", TRANSACTIONS, {"Resource": BUCKET}),
            ("another queue", RETRIES, {"Resource": f"{QUEUE}-other"}),
            ("a stranger", TRANSACTIONS, {"Condition": STRANGERS_PLAIN_TEXT}),
        )
    ),
    *(
        Planted(
            f"a bucket that {what} may not delete",
            restating(TRANSACTIONS, "DenyDeletionOfTheBucket", **changed),
            "LF0805",
            [TRANSACTIONS, "s3:DeleteBucket"],
        )
        for what, changed in (
            ("one of us", {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ann"}}),
            ("a stranger", {"Condition": {"StringEquals": {"aws:PrincipalAccount": STRANGER}}}),
            ("nobody else's", {"Resource": MODELS}),
        )
    ),
    Planted("a queue in plain text", silent(RETRIES, "DenyPlaintextTransport"), "LF0805", [RETRIES, "TLS"]),
    Planted(
        "a topic for everyone",
        saying(TOPIC, Action="sns:Publish", Resource="*", Principal="*"),
        "LF0805",
        [TOPIC, "everyone"],
    ),
    Planted(
        "a topic that admits no alarm",
        silent(TOPIC, "AlarmsPublish"),
        "LF0809",
        ["aws_sns_topic.this", "does not admit"],
    ),
    Planted("a topic in plain text", silent(TOPIC, "DenyPlaintextTransport"), "LF0805", [TOPIC, "TLS"]),
    Planted(
        "a bucket without a block",
        lost("module.data_transactions.aws_s3_bucket_public_access_block.this"),
        "LF0811",
        ["module.data_transactions.aws_s3_bucket.this"],
    ),
    Planted("a function for any bucket", setting(CALLER, source_arn=None), "LF0805", [CALLER, "s3.amazonaws.com"]),
    Planted("a function for another account's bucket", setting(CALLER, source_account=STRANGER), "LF0805", [CALLER]),
    Planted("a function for everyone", setting(CALLER, principal="*"), "LF0805", [CALLER]),
    Planted("a function that nobody may run", lost(CALLER), "LF0809", ["does not admit it"]),
    Planted("a URL for everyone", setting(URL, authorization_type="NONE"), "LF0805", [URL]),
]

NETWORK = "10.64.0.0/16"
INLINE = {"protocol": "tcp", "from_port": 8888, "to_port": 8888}
JUPYTER = {"ip_protocol": "tcp", "from_port": 8888, "to_port": 8888, "referenced_security_group_id": None}


def older_rule(plan: dict[str, Any]) -> None:
    """Plant a rule of the first kind in the workbench's module."""
    own = next(m for m in modules(plan) if m.get("address") == "module.machines_workbench")
    kind = "aws_security_group_rule"
    rule = {**INLINE, "type": "ingress", "cidr_blocks": ["0.0.0.0/0"], "security_group_id": "sg-0"}
    head = {"address": f"module.machines_workbench.{kind}.older", "mode": "managed", "type": kind, "name": "older"}
    own["resources"] = [*own["resources"], {**head, "values": rule}]


KEYS_AND_NETWORK = [
    Planted(
        "a key for everyone",
        saying(DATA_KEY, Action="kms:Decrypt", Resource="*", Principal="*"),
        "LF0805",
        [DATA_KEY, "everyone"],
    ),
    Planted(
        "a key for another account",
        saying(DATA_KEY, Action="kms:Decrypt", Resource="*", Principal=FOREIGN),
        "LF0805",
        [DATA_KEY, STRANGER],
    ),
    Planted(
        "a key for a role without edge",
        saying(DATA_KEY, Action="kms:Encrypt", Resource="*", Principal={"AWS": BENCH_ARN}),
        "LF0805",
        [BENCH_ARN, "kms:Encrypt"],
    ),
    Planted(
        "all of a key for a service",
        saying(KEY, Action="kms:*", Resource="*", Principal={"Service": "logs.us-east-1.amazonaws.com"}),
        "LF0805",
        [KEY, "kms:*"],
    ),
    Planted(
        "a key that no longer delegates",
        silent(DATA_KEY, "DelegateToIdentityPolicies"),
        "LF0809",
        ["reads.transactions", "kms:Decrypt"],
    ),
    Planted(
        "a key for disks of anyone",
        restating(KEY, "DisksOfGroupsAndSpot", without="Condition"),
        "LF0805",
        [KEY, "everyone"],
    ),
    Planted(
        "grants on a key for anything",
        restating(KEY, "GrantsForAttachedDisks", without="Condition/Bool"),
        "LF0805",
        [KEY, "kms:CreateGrant"],
    ),
    Planted(
        "a key for logs of anyone",
        restating(KEY, "CloudWatchLogs", without="Condition"),
        "LF0805",
        [KEY, "logs.us-east-1.amazonaws.com"],
    ),
    Planted("an endpoint without a policy", setting(S3, policy=None), "LF0805", [S3, "policy"]),
    Planted("an endpoint for everything", saying(S3, Action="*", Resource="*", Principal="*"), "LF0805", [S3]),
    Planted("an endpoint for everyone", restating(S3, OBJECTS, without="Condition"), "LF0805", [S3, "s3:GetObject"]),
    Planted(
        "an endpoint to a stranger's bucket",
        saying(S3, Action="s3:PutObject", Resource="arn:aws:s3:::elsewhere/*", Principal="*"),
        "LF0805",
        [S3, "elsewhere"],
    ),
    Planted("an endpoint in the way", silent(SQS, "DataRetriesQueue"), "LF0809", ["sqs:SendMessage", "endpoint"]),
    Planted(
        "SSH for the world",
        lambda plan: plant(
            plan,
            "aws_security_group",
            "own",
            ingress=[{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}],
        ),
        "LF0806",
        ["aws_security_group.own", "SSH"],
    ),
    *(
        Planted(f"a workbench {how}", spoil, "LF0806", [told, block, "does not name"])
        for how, spoil, told, block in (
            ("for the world", setting(MOUNT, **JUPYTER, cidr_ipv4="0.0.0.0/0"), MOUNT, "0.0.0.0/0"),
            ("for the world's sixth", setting(MOUNT, **JUPYTER, cidr_ipv4=None, cidr_ipv6="::/0"), MOUNT, "::/0"),
            (
                "for the world within its group",
                setting(GROUP, ingress=[{**INLINE, "cidr_blocks": ["0.0.0.0/0"]}]),
                GROUP,
                "0.0.0.0/0",
            ),
            (
                "for addresses within its group",
                setting(GROUP, ingress=[{**INLINE, "ipv6_cidr_blocks": ["2001:db8::/32"]}]),
                GROUP,
                "2001:db8::/32",
            ),
            ("by an older rule", older_rule, "aws_security_group_rule.older", "0.0.0.0/0"),
        )
    ),
    Planted(
        "ports of a group's own",
        setting(GROUP, ingress=[{"protocol": "tcp", "from_port": 8000, "to_port": 9000, "cidr_blocks": [NETWORK]}]),
        "LF0806",
        [GROUP, "1,001 ports"],
    ),
    Planted(
        "a group open to the world",
        setting(GROUP, ingress=[{"protocol": "-1", "cidr_blocks": ["0.0.0.0/1", "128.0.0.0/1"]}]),
        "LF0806",
        [GROUP, "every protocol"],
    ),
    Planted("a group for more ports", setting(MOUNT, from_port=0, to_port=65535), "LF0806", [MOUNT, "ports"]),
    Planted(
        "a group for every protocol",
        setting(MOUNT, ip_protocol="-1", from_port=None, to_port=None),
        "LF0806",
        [MOUNT, "every protocol"],
    ),
    Planted("a group for a wider block", setting(HTTPS, cidr_ipv4="10.0.0.0/8"), "LF0806", [HTTPS, "10.0.0.0/8"]),
    Planted(
        "an address that nobody named",
        setting(HTTPS, cidr_ipv4="203.0.113.7/32"),
        "LF0806",
        [HTTPS, "203.0.113.7/32"],
    ),
]

PLANTED = [*IDENTITY, *ESCALATION, *TRUST, *RESOURCES, *KEYS_AND_NETWORK]


def test_the_system_as_it_is_has_no_counterexample() -> None:
    assert orders().found() == ()


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_planted_mistake_is_found_by_name(planted: Planted) -> None:
    found = orders().spoiled(planted.mutate)
    errors = [d for d in found if d.severity is Severity.ERROR and d.code == planted.code]
    assert any(all(word in d.message for word in planted.told) for d in errors), [(d.code, d.message) for d in found]


def test_there_are_sixty_and_no_two_alike() -> None:
    assert len({planted.name for planted in PLANTED}) == len(PLANTED) >= 60


def own_role(plan: dict[str, Any]) -> None:
    statement = {"Sid": "Own", "Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:own"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    plant(plan, "aws_iam_role_policy", "own", role="somebody-else", policy=document)


def own_rule(plan: dict[str, Any]) -> None:
    rule = {"ip_protocol": "tcp", "from_port": 8080, "to_port": 8090, "cidr_ipv4": "203.0.113.0/24"}
    plant(plan, "aws_vpc_security_group_ingress_rule", "own", security_group_id="sg-0", **rule)


@pytest.mark.parametrize(
    ("mutate", "told"),
    [
        (own_role, "aws_iam_role_policy.own, of a file of your own, allows sns:Publish on arn:aws:sns:*:*:own."),
        (own_rule, "_rule.own, of a file of your own, lets in 203.0.113.0/24 on tcp ports 8080 to 8090."),
    ],
)
def test_what_files_of_the_users_own_add_is_said(mutate: Mutate, told: str) -> None:
    access, count = orders().spoiled(mutate)
    assert (access.code, access.severity, access.message.endswith(told)) == ("LF0815", Severity.WARNING, True)
    assert (count.code, count.severity) == ("LF0815", Severity.NOTE)
    assert "add 1 resources: aws_" in count.message


@pytest.mark.parametrize(
    "subject",
    ["repo:acme/lake:*", "repo:acme/lake:ref:refs/heads/main", "system:serviceaccount:ml:*", "project_path:a/b/c:*"],
)
def test_a_pool_may_be_trusted_with_a_subject(subject: str) -> None:
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
    mutate = saying(
        BENCH_ROLE,
        "assume_role_policy",
        Action="sts:AssumeRoleWithWebIdentity",
        Principal={"Federated": provider},
        Condition={"StringLike": {f"{GITHUB}:sub": subject}},
    )
    assert not [d for d in orders().spoiled(mutate) if provider in d.message and "act as the role" in d.message]
