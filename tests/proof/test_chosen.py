"""What a caller can choose so that it is let through beside denials and boundaries, and what it cannot."""

from __future__ import annotations

from typing import Any

import pytest
from support.orders import ACCOUNT, STRANGER, Mutate, Plan, plant, saying

from .test_hidden import (
    BENCH_ARN,
    KEY,
    MODELS,
    MODELS_POLICY,
    OWN_ARN,
    document,
    errors,
    given,
    is_told,
    own_role,
)

DENIED: dict[str, Any] = {"Sid": "Denied", "Effect": "Deny", "Principal": "*"}


def but(*mutations: Mutate) -> Mutate:
    def mutate(plan: Plan) -> None:
        for each in mutations:
            each(plan)

    return mutate


def given_to_bench(action: str, *, denied: dict[str, Any], **condition: Any) -> Mutate:
    """Let the workbench in by the bucket's policy, and deny some of it to everyone."""
    mine = {"ArnEquals": {"aws:PrincipalArn": BENCH_ARN}}
    denial = {"Action": action, "Resource": f"{MODELS}/*", **DENIED, **denied}
    return but(given("*", action, **mine, **condition), saying(MODELS_POLICY, **denial))


@pytest.mark.parametrize(
    ("mutate", "told"),
    [
        (given_to_bench("s3:GetObjectAcl", denied={"Resource": f"{MODELS}/*-*"}), "s3:GetObjectAcl"),
        (given_to_bench("s3:GetObjectAcl", denied={"Resource": f"{MODELS}/l*"}), "s3:GetObjectAcl"),
        (
            given_to_bench("s3:GetObjectAcl", denied={"Resource": [f"{MODELS}/l*", f"{MODELS}/a*", f"{MODELS}/?"]}),
            "s3:GetObjectAcl",
        ),
        (
            given_to_bench(
                "s3:GetObjectAcl",
                StringLike={"aws:UserAgent": "app/*"},
                denied={"Condition": {"StringLike": {"aws:UserAgent": "*land*"}}},
            ),
            "aws:useragent is app/",
        ),
        (
            given_to_bench(
                "s3:GetObjectAcl",
                StringLike={"aws:UserAgent": "app/*"},
                denied={"Condition": {"StringNotLike": {"aws:UserAgent": "*linux"}}},
            ),
            "aws:useragent is app/linux",
        ),
        (
            given_to_bench(
                "s3:GetObjectAcl",
                StringEqualsIgnoreCase={"aws:UserAgent": "app"},
                denied={"Condition": {"StringEquals": {"aws:UserAgent": "app"}}},
            ),
            "aws:useragent is APP",
        ),
        (
            given_to_bench(
                "s3:PutObjectTagging",
                denied={"Condition": {"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["a"]}}},
                **{"ForAnyValue:StringEquals": {"s3:RequestObjectTagKeys": "a"}},
            ),
            "s3:requestobjecttagkeys is",
        ),
        (
            saying(
                KEY,
                Action="kms:DescribeKey",
                Resource="*",
                Principal={"AWS": BENCH_ARN},
                Condition={
                    "ForAnyValue:StringEquals": {"kms:EncryptionContextKeys": "a"},
                    "ForAnyValue:StringLike": {"kms:EncryptionContextKeys": "b*"},
                },
            ),
            "kms:encryptioncontextkeys is",
        ),
        (
            saying(
                MODELS_POLICY,
                Action="s3:ListBucket",
                Resource=MODELS,
                Principal={"AWS": BENCH_ARN},
                Condition={"NumericLessThan": {"s3:max-keys": "10"}, "StringNotEquals": {"s3:max-keys": "abc"}},
            ),
            "s3:max-keys is 9",
        ),
        (
            saying(
                MODELS_POLICY,
                Action="s3:GetObjectAcl",
                Resource=f"{MODELS}/*",
                Principal={"AWS": BENCH_ARN},
                Condition={"StringEquals": {f"aws:k{key}": [f"v{n}" for n in range(8)] for key in range(8)}},
            ),
            "aws:k0 is v0",
        ),
    ],
)  # fmt: skip
def test_what_is_left_open_beside_a_denial_is_found(mutate: Mutate, told: str) -> None:
    assert is_told(errors(mutate), f"{BENCH_ARN} may", told, "no edge leads there")


def test_what_holds_together_in_too_many_ways_is_said_with_its_statement_and_hides_nothing() -> None:
    each = [f"v{n}" for n in range(6)]
    many = [
        saying(
            KEY,
            **{**DENIED, "Sid": f"D{n}"},
            Action="kms:DescribeKey",
            Resource="*",
            Condition={"StringNotEquals": {f"aws:k{key}": v for key in range(5)}},
        )
        for n, v in enumerate(each)
    ]
    here = {"StringEquals": {f"aws:k{key}": each for key in range(5)}}
    mutate = but(
        *many,
        saying(KEY, Action="kms:DescribeKey", Resource="*", Principal={"AWS": BENCH_ARN}, Condition=here),
        given({"AWS": BENCH_ARN}),
    )
    found = errors(mutate)
    assert is_told(found, f"Whom statement Planted of {KEY} lets reach {KEY} cannot be proven", "too many ways")
    assert is_told(found, f"{BENCH_ARN} may s3:GetObject")


def bounded(allowed: dict[str, Any], boundary: dict[str, Any]) -> Mutate:
    def mutate(plan: Plan) -> None:
        plant(plan, "aws_iam_policy", "b", name="b", policy=document(**boundary))
        own_role(document(**allowed))(plan)
        refers = {"permissions_boundary": {"references": ["aws_iam_policy.b.arn", "aws_iam_policy.b"]}}
        role = {"address": "aws_iam_role.own", "mode": "managed", "type": "aws_iam_role", "name": "own"}
        listed = plan["configuration"]["root_module"].setdefault("resources", [])
        listed.append({**role, "expressions": refers})

    return mutate


def test_what_a_boundary_leaves_is_found() -> None:
    own = {"Action": "s3:GetObject", "Resource": f"{MODELS}/*"}
    within = {"Action": "s3:GetObject", "Resource": f"{MODELS}/raw/*"}
    assert is_told(errors(bounded(own, within)), f"{OWN_ARN} may s3:GetObject on {MODELS}/raw/")


def test_a_boundary_is_no_hold_on_who_goes_by_an_arn() -> None:
    harmless = {"Action": "logs:GetLogEvents", "Resource": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:none:*"}
    by_arn = given("*", "s3:GetObjectAcl", ArnEquals={"aws:PrincipalArn": OWN_ARN})
    assert is_told(errors(but(bounded(harmless, harmless), by_arn)), f"{OWN_ARN} may s3:GetObjectAcl")


# ── what is no way in ──


@pytest.mark.parametrize(
    "action",
    [
        *("kinesis:ListStreams", "dynamodb:ListStreams", "dynamodb:ListTables", "s3:ListAllMyBuckets"),
        *("kms:ListKeys", "kms:ListAliases", "sqs:ListQueues", "lambda:ListFunctions"),
    ],
)
def test_a_list_of_all_is_a_way_into_none(action: str) -> None:
    found = errors(own_role(document(Action=action, Resource="*")))
    assert not is_told(found, "no edge leads there")


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalType": "User"}},
        {"StringEquals": {"aws:username": "ann"}},
        {"Bool": {"aws:PrincipalIsAWSService": "true"}},
        {"StringEquals": {"s3:ResourceAccount": STRANGER}},
    ],
    ids=str,
)
def test_what_a_caller_cannot_choose_keeps_it_out(condition: dict[str, Any]) -> None:
    same = {"ArnEquals": {"aws:PrincipalArn": BENCH_ARN}}
    assert not is_told(errors(given("*", "s3:GetObjectAcl", **condition, **same)), "no edge leads there")


def test_what_is_all_of_the_users_own_follows_from_no_edge() -> None:
    tls = {
        **DENIED,
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::mine", "arn:aws:s3:::mine/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }

    def mutate(plan: Plan) -> None:
        plant(plan, "aws_s3_bucket", "mine", bucket="mine")
        plant(plan, "aws_s3_bucket_policy", "mine", bucket="mine", policy=document(**tls))
        own_role(document(Action="s3:GetObject", Resource="arn:aws:s3:::mine/*"))(plan)

    assert not is_told(errors(mutate), "no edge leads there")
