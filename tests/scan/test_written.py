"""A log group and the key that is to encrypt it, planned: admitted as it stands, and found where it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landform.proof.grants import Places
from landform.proof.planned import read_plan
from landform.scan.guards import deputy
from landform.scan.subject import Subject
from landform.scan.written import NEEDED, unwritten

ACCOUNT = "123456789012"
GROUPS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"
GROUP = "/landform/demo/development/serve/explain"


def statement(**changed: Any) -> dict[str, Any]:
    """What the module of keys writes, with parts of it changed; None leaves a part out."""
    own = {
        "Sid": "CloudWatchLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
        "Action": list(NEEDED),
        "Resource": "*",
        "Condition": context([f"{GROUPS}/landform/demo/development/*"]),
        **changed,
    }
    return {key: value for key, value in own.items() if value is not None}


def context(value: Any, operator: str = "ArnLike") -> dict[str, Any]:
    return {operator: {"kms:EncryptionContext:aws:logs:arn": value}}


def subject(*statements: dict[str, Any]) -> Subject:
    known = {
        "aws_kms_key": ({"policy": json.dumps({"Statement": list(statements)})}, {}),
        "aws_cloudwatch_log_group": ({"name": GROUP}, {"kms_key_id": {"references": ["aws_kms_key.this.arn"]}}),
    }
    shared = [{"address": f"{k}.this", "mode": "managed", "type": k, "name": "this"} for k in known]
    told = [each | {"values": known[each["type"]][0]} for each in shared]
    said = [each | {"provider_config_key": "aws", "expressions": known[each["type"]][1]} for each in shared]
    aws = {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}}
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": told}},
        "resource_changes": [],
        "configuration": {"provider_config": {"aws": aws}, "root_module": {"resources": said}},
    }
    return Subject(read_plan(plan), ACCOUNT, Places({}))


def found(*statements: dict[str, Any]) -> list[str]:
    return [d.code for d in unwritten(subject(*statements))]


@pytest.mark.parametrize(
    "planted",
    [
        {},
        {"Condition": context([f"{GROUPS}{GROUP}"], "StringEquals")},
        {"Condition": context(f"{GROUPS}*")},
        {"Condition": context([f"{GROUPS}/other/*", f"{GROUPS}/landform/*"])},
        {"Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*"]},
    ],
    ids=str,
)
def test_a_key_that_admits_the_group(planted: dict[str, Any]) -> None:
    assert found(statement(**planted)) == []


@pytest.mark.parametrize(
    "planted",
    [
        {"Condition": context([f"{GROUPS}/landform/other/*"])},
        {"Condition": context([f"{GROUPS}/landform/demo/development/*"], "StringEquals")},
        {"Condition": context([f"{GROUPS.replace('us-east-1', 'eu-west-1')}*"])},
        {"Principal": {"Service": "logs.eu-west-1.amazonaws.com"}},
        {"Principal": {"Service": "delivery.logs.amazonaws.com"}},
        {"Action": ["kms:Encrypt", "kms:Decrypt"]},
        {"Action": "kms:DescribeKey"},
        {"Effect": "Deny"},
        {"Condition": context([f"{GROUPS}*"]) | {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}},
    ],
    ids=str,
)
def test_a_key_that_does_not_admit_it_is_found(planted: dict[str, Any]) -> None:
    assert found(statement(**planted)) == ["LF0809"]


def test_no_statement_at_all_is_found_and_what_to_write_is_said() -> None:
    (missing,) = unwritten(subject())
    assert missing.code == "LF0809"
    assert "aws_kms_key.this does not open for aws_cloudwatch_log_group.this" in missing.message
    assert f"{GROUPS}{GROUP}" in missing.remedy


def test_one_that_opens_for_everybody_admits_it_and_is_found_otherwise() -> None:
    open_key = subject(statement(Condition=None))
    assert list(unwritten(open_key)) == []
    assert [d.code for d in deputy(open_key)] == ["LF0805"]
