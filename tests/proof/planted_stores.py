"""Mistakes in policies of stores, and in what lets callers in."""

from __future__ import annotations

from support.orders import ACCOUNT, STRANGER, Planted, lost, restating, saying, setting, silent
from support.orders.names import (
    BENCH_ARN,
    BUCKET,
    CALLER,
    FOREIGN,
    LOGS,
    MODELS,
    QUEUE,
    RETRIES,
    TOPIC,
    TRAIL,
    TRANSACTIONS,
    URL,
)

STRANGERS_PLAIN_TEXT = {
    "Bool": {"aws:SecureTransport": "false"},
    "StringEquals": {"aws:PrincipalAccount": STRANGER},
}


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
