"""Ways in that hide behind what a caller chooses, behind another name for a caller, or in what nobody can read."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from support.orders import ACCOUNT, STRANGER, Mutate, Plan, copied, orders, plant, saying, setting, values

from landform.diagnostics import Diagnostic, Severity
from landform.proof.foreseen import foreseen
from landform.proof.planned import read_plan
from landform.proof.prove import prove
from landform.proof.system import read_system

BENCH = "module.machines_workbench.aws_iam_role_policy.machine_edges"
BENCH_ROLE = "module.machines_workbench.aws_iam_role.this"
BENCH_ARN = f"arn:aws:iam::{ACCOUNT}:role/orders-prd-workbench-us-east-1"
MODELS_POLICY = "module.data_models.aws_s3_bucket_policy.this"
MODELS = f"arn:aws:s3:::orders-prd-models-{ACCOUNT}-us-east-1"
RETRIES = "module.data_retries.aws_sqs_queue_policy.this"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders-prd-retries"
TOPIC = 'module.monitor.aws_sns_topic_policy.this["team"]'
S3 = 'module.network_us_east_1.aws_vpc_endpoint.gateway["s3"]'
KEY = 'module.keys_us_east_1.aws_kms_key.this["data-transactions"]'
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/orders-prd-workbench-us-east-1/i-0"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
OWN_ARN = f"arn:aws:iam::{ACCOUNT}:role/own"


def errors(mutate: Mutate) -> list[Diagnostic]:
    return [d for d in orders().spoiled(mutate) if d.severity is Severity.ERROR]


def is_told(found: list[Diagnostic], *words: str) -> bool:
    return any(all(word in d.message for word in words) for d in found)


def given(principal: Any, action: str = "s3:GetObject", on: str = f"{MODELS}/*", **condition: Any) -> Mutate:
    """Let somebody in by the bucket's policy, under conditions: ``StringEquals={key: value}``."""
    more = {"Condition": condition} if condition else {}
    return saying(MODELS_POLICY, Action=action, Resource=on, Principal=principal, **more)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalAccount": STRANGER}},
        {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT, STRANGER]}},
        {"StringLike": {"aws:PrincipalAccount": "1*"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-acme"}},
        {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}},
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{STRANGER}:role/admin"}},
        {"StringLike": {"aws:PrincipalArn": f"*{ACCOUNT}*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::elsewhere"}},
        {"StringEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}},
        {"ForAllValues:StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
        {"StringNotEquals": {"aws:PrincipalAccount": STRANGER}},
    ],
    ids=str,
)
def test_everyone_is_not_everyone_of_the_account_by_such_a_condition(condition: dict[str, Any]) -> None:
    assert is_told(errors(given("*", **condition)), f"Planted of {MODELS_POLICY} allows everyone")


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"kms:CallerAccount": STRANGER}},
        {"StringLike": {"kms:CallerAccount": "9*"}},
        {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
    ],
    ids=str,
)
def test_a_key_is_not_kept_to_the_account_by_such_a_condition(condition: dict[str, Any]) -> None:
    mutate = saying(KEY, Action="kms:Decrypt", Resource="*", Principal={"AWS": "*"}, Condition=condition)
    assert is_told(errors(mutate), f"Planted of {KEY} allows everyone")


@pytest.mark.parametrize("principal", [{"CanonicalUser": CANONICAL}, {"AWS": "AROAEXAMPLE0000000000"}], ids=str)
def test_whoever_goes_by_a_code_is_a_stranger(principal: dict[str, str]) -> None:
    assert is_told(errors(given(principal)), MODELS_POLICY, "in.", next(iter(principal.values())))


@pytest.mark.parametrize(
    ("mutate", "told"),
    [
        (given({"AWS": SESSION}), f"{BENCH_ARN} may s3:GetObject on {MODELS}/"),
        (given({"AWS": BENCH_ARN}, on=f"{MODELS}/one.tar.gz"), f"s3:GetObject on {MODELS}/one.tar.gz"),
        (given({"AWS": BENCH_ARN}, on=f"{MODELS}/a*/b?"), f"s3:GetObject on {MODELS}/a"),
        (given({"AWS": BENCH_ARN}, "s3:RestoreObject"), f"{BENCH_ARN} may s3:RestoreObject"),
        (given({"AWS": BENCH_ARN}, "s3:ListBucketVersions", MODELS), f"s3:ListBucketVersions on {MODELS}"),
        (
            given({"AWS": BENCH_ARN}, StringEquals={"aws:RequestedRegion": "us-east-1"}),
            "where aws:requestedregion is us-east-1",
        ),
        (
            given({"AWS": BENCH_ARN}, NumericLessThan={"s3:max-keys": "10"}),
            f"{BENCH_ARN} may s3:GetObject",
        ),
        (given({"AWS": BENCH_ARN}, Null={"s3:prefix": "true"}), f"{BENCH_ARN} may s3:GetObject"),
        (given({"AWS": BENCH_ARN}, Bool={"aws:MultiFactorAuthPresent": "true"}), "aws:multifactorauthpresent is true"),
        (
            given({"AWS": BENCH_ARN}, **{"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}}),
            "where aws:tagkeys is a",
        ),
        (
            given({"AWS": BENCH_ARN}, StringNotLikeIfExists={"aws:UserAgent": "x*"}),
            f"{BENCH_ARN} may s3:GetObject",
        ),
        (
            given("*", ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/orders-prd-w*"}),
            f"{BENCH_ARN} may s3:GetObject",
        ),
        (
            saying(
                RETRIES,
                Action="sqs:ListMessageMoveTasks",
                Resource=QUEUE,
                Principal="*",
                Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:CalledViaLast": "x.amazonaws.com"}},
            ),
            f"{BENCH_ARN} may sqs:ListMessageMoveTasks on {QUEUE} where aws:calledvialast is x.amazonaws.com",
        ),
        (
            saying(
                KEY,
                Action="kms:Decrypt",
                Resource="*",
                Principal={"AWS": "*"},
                Condition={
                    "StringEquals": {
                        "kms:CallerAccount": ACCOUNT,
                        "kms:ViaService": ["s3.us-east-1.amazonaws.com", "rds.us-east-1.amazonaws.com"],
                    }
                },
            ),
            "where kms:viaservice is rds.us-east-1.amazonaws.com",
        ),
    ],
)  # fmt: skip
def test_what_a_caller_chooses_is_no_protection(mutate: Mutate, told: str) -> None:
    assert is_told(errors(mutate), told, "no edge leads there")


@pytest.mark.parametrize(
    ("mutate", "told"),
    [
        (given({"Service": "macie.amazonaws.com"}, StringEquals={"aws:SourceAccount": ACCOUNT}), "macie"),
        (
            given(
                {"Service": "logging.s3.amazonaws.com"}, "s3:PutObject", StringEquals={"aws:SourceAccount": ACCOUNT}
            ),
            "s3:PutObject by logging.s3.amazonaws.com",
        ),
        (given({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), f"s3:GetObject by arn:aws:iam::{ACCOUNT}:root"),
        (
            saying(
                TOPIC,
                Action="sns:Publish",
                Resource=f"arn:aws:sns:us-east-1:{ACCOUNT}:orders-prd-team",
                Principal="*",
                Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
            ),
            "sns:Publish by *",
        ),
        (
            saying(
                KEY,
                Action="kms:Decrypt",
                Resource="*",
                Principal={"AWS": "*"},
                Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/ann"}},
            ),
            "kms:Decrypt by *",
        ),
        (
            saying(
                KEY,
                Action="kms:Decrypt",
                Resource="*",
                Principal={"Service": "logs.us-east-1.amazonaws.com"},
                Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
            ),
            "kms:Decrypt by logs.us-east-1.amazonaws.com",
        ),
    ],
)  # fmt: skip
def test_a_policy_of_a_store_holds_nothing_that_nobody_needs(mutate: Mutate, told: str) -> None:
    found = [d for d in errors(mutate) if d.code == "LF0810"]
    assert is_told(found, "nothing of the plan asks for", told)


def document(**statement: Any) -> str:
    body = {"Sid": "Own", "Effect": "Allow", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [body]})


TRUST = document(Action="sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"})


def own_role(policy: str) -> Mutate:
    def mutate(plan: Plan) -> None:
        plant(plan, "aws_iam_role", "own", name="own", assume_role_policy=TRUST)
        plant(plan, "aws_iam_role_policy", "own", role="own", policy=policy)

    return mutate


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ({"Resource": f"{MODELS}/x/*"}, f"on {MODELS}/x/"),
        ({"Resource": "arn:aws:s3:::orders-prd-m*/x"}, f"on {MODELS}/"),
        ({"Resource": "arn:aws:s3:::orders*/secret/*"}, "/secret/"),
        ({"Resource": f"{MODELS}/*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}, MODELS),
        ({"Action": "sqs:PurgeQueue", "Resource": "arn:aws:sqs:*:orders-prd-retries"}, f"sqs:PurgeQueue on {QUEUE}"),
    ],
)
def test_a_role_of_ones_own_reaches_nothing_by_a_detour(statement: dict[str, Any], told: str) -> None:
    found = errors(own_role(document(**{"Action": "s3:GetObject", **statement})))
    assert is_told(found, OWN_ARN, told, "no edge leads there")


def test_a_user_of_ones_own_reaches_no_store() -> None:
    def mutate(plan: Plan) -> None:
        plant(plan, "aws_iam_user", "own", name="own")
        policy = document(Action="s3:GetObject", Resource=f"{MODELS}/*")
        plant(plan, "aws_iam_user_policy", "own", user="own", policy=policy)

    assert is_told(errors(mutate), f"arn:aws:iam::{ACCOUNT}:user/own may s3:GetObject on {MODELS}")


@pytest.mark.parametrize(
    ("mutate", "told"),
    [
        (setting(BENCH, policy='{"Statement": nope'), [f"policy of {BENCH}", "it is not JSON"]),
        (setting(BENCH, policy="nope"), [f"policy of {BENCH}", "it is not JSON"]),
        (setting(BENCH, policy='{"Statement": "all"}'), [f"policy of {BENCH}", "all of a statement"]),
        (saying(BENCH, Action="s3:GetObject", Resource=MODELS, Condition=[1]), ["Condition of a statement"]),
        (saying(BENCH, Action="s3:GetObject", Resource=MODELS, Condition={"Bool": 1}), ["Condition of a statement"]),
        (saying(BENCH, Action={"s3": 1}, Resource=MODELS), ["Action of a statement"]),
        (saying(TOPIC, Action="sns:Publish", Resource="*", Principal="events"), ["Principal of a statement"]),
        (setting(TOPIC, policy='["Statement"]'), [f"policy of {TOPIC}", "it has no statements"]),
        (saying(BENCH, Effect="allow", Action="s3:GetObject", Resource=MODELS), ["Effect of a statement"]),
        (
            saying(BENCH, Action="s3:ListBucket", Resource=MODELS, Condition={"NumericEquals": {"s3:max-keys": "x"}}),
            [BENCH, "compares numbers"],
        ),
        (setting(BENCH_ROLE, assume_role_policy="{nope"), [f"assume_role_policy of {BENCH_ROLE}", "not JSON"]),
        (lambda plan: values(plan, BENCH_ROLE).pop("assume_role_policy"), [BENCH_ROLE, "not known before apply"]),
        (
            saying(
                BENCH_ROLE,
                "assume_role_policy",
                Action="sts:AssumeRole",
                Principal={"Service": "ec2.amazonaws.com"},
                Condition={"StringEquals": {"aws:SourceAccount": "${aws:PrincipalAccount}"}},
            ),
            [BENCH_ROLE, "policy variables"],
        ),
    ],
)  # fmt: skip
def test_what_nobody_can_read_is_a_finding_and_no_crash(mutate: Mutate, told: list[str]) -> None:
    assert is_told(errors(mutate), "cannot be proven", *told)


def test_a_policy_of_a_topic_without_a_resource_is_a_finding_and_no_crash() -> None:
    assert is_told(errors(saying(TOPIC, Action="sns:Publish", Principal="*")), TOPIC, "allows everyone")


def test_a_plain_operator_on_a_key_of_many_values_is_a_finding_and_no_crash() -> None:
    own = orders()
    plan = copied(own.plan)
    aliased = {"StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ResourceAliases": "alias/second"}}
    saying(KEY, Action="kms:Decrypt", Resource="*", Principal={"AWS": "*"}, Condition=aliased)(plan)
    system = read_system(foreseen(read_plan(plan), own.root, ACCOUNT), ACCOUNT)
    stores = (replace(s, aliases=(*s.aliases, "alias/second")) if s.address == KEY else s for s in system.stores)
    found = prove(replace(system, stores=tuple(stores)), own.grants, own.places.sections)
    assert all("cannot be proven: kms:resourcealiases has many values" in d.message for d in found)
    assert is_told(list(found), f"Whom statement Planted of {KEY} lets reach {KEY}")
    assert all(d.path for d in found)
