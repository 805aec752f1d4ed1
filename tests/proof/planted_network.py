"""Mistakes in keys, endpoints and security groups."""

from __future__ import annotations

from typing import Any

from support.orders import STRANGER, Planted, modules, plant, restating, saying, setting, silent
from support.orders.names import BENCH_ARN, DATA_KEY, FOREIGN, GROUP, HTTPS, KEY, MOUNT, OBJECTS, S3, SQS

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
