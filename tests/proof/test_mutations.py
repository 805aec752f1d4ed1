"""Mistakes planted one by one in the plan of a whole system: proof and rules find each, and name what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.orders import ACCOUNT, Mutate, Planted, orders, plant, saying
from support.orders.names import BENCH_ROLE, GITHUB

from landform.diagnostics import Severity

from .planted_network import KEYS_AND_NETWORK
from .planted_roles import ESCALATION, IDENTITY, TRUST
from .planted_stores import RESOURCES

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
