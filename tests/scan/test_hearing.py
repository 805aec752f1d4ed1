"""A topic and whatever tells it, planned: heard as it stands, and found where a policy leaves somebody out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landform.proof.grants import Places
from landform.proof.planned import read_plan
from landform.scan.hearing import unheard
from landform.scan.subject import Subject

ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:demo-pager"


def publishing(service: str, source: str) -> dict[str, Any]:
    condition = {"ArnLike": {"aws:SourceArn": source}}
    principal = {"Service": f"{service}.amazonaws.com"}
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sns:Publish",
        "Resource": TOPIC,
        "Condition": condition,
    }


def opening(service: str, topic: str = TOPIC) -> dict[str, Any]:
    condition = {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": [topic]}}
    principal = {"Service": f"{service}.amazonaws.com"}
    actions = ["kms:Decrypt", "kms:GenerateDataKey"]
    return {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*", "Condition": condition}


ALARM = publishing("cloudwatch", f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:*")
RULE = publishing("events", f"arn:aws:events:us-east-1:{ACCOUNT}:rule/demo-*")


def told(policy: list[Any], key: list[Any]) -> list[str]:
    """What the rule says of an alarm and a rule that tell a topic with these policies."""
    resources = [
        ("aws_kms_key", {"policy": json.dumps({"Statement": key})}, {}),
        ("aws_sns_topic", {"name": "demo-pager"}, {"kms_master_key_id": ["aws_kms_key.this.arn"]}),
        ("aws_sns_topic_policy", {"policy": json.dumps({"Statement": policy})}, {"arn": ["aws_sns_topic.this.arn"]}),
        ("aws_cloudwatch_metric_alarm", {"alarm_name": "demo-full"}, {"alarm_actions": ["aws_sns_topic.this.arn"]}),
        ("aws_cloudwatch_event_target", {"rule": "demo-failed"}, {"arn": ["aws_sns_topic.this.arn"]}),
    ]
    plan = {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {
                "resources": [
                    {"address": f"{kind}.this", "mode": "managed", "type": kind, "name": "this", "values": values}
                    for kind, values, _ in resources
                ]
            }
        },
        "resource_changes": [],
        "configuration": {
            "provider_config": {
                "aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}},
            },
            "root_module": {
                "resources": [
                    {
                        "address": f"{kind}.this",
                        "mode": "managed",
                        "type": kind,
                        "name": "this",
                        "provider_config_key": "aws",
                        "expressions": {name: {"references": refs} for name, refs in given.items()},
                    }
                    for kind, _, given in resources
                ]
            },
        },
    }
    return [d.message for d in unheard(Subject(read_plan(plan), ACCOUNT, Places({})))]


def test_whoever_is_admitted_by_topic_and_key_is_heard() -> None:
    assert told([ALARM, RULE], [opening("cloudwatch"), opening("events")]) == []


@pytest.mark.parametrize(
    ("policy", "key", "who", "why"),
    [
        ([RULE], [opening("cloudwatch"), opening("events")], "metric_alarm", "its policy"),
        ([ALARM], [opening("cloudwatch"), opening("events")], "event_target", "its policy"),
        (
            [ALARM, publishing("events", f"arn:aws:events:us-east-1:{ACCOUNT}:rule/other-*")],
            [opening("cloudwatch"), opening("events")],
            "event_target",
            "its policy",
        ),
        ([ALARM, RULE], [opening("cloudwatch")], "event_target", "its key"),
        ([ALARM, RULE], [opening("cloudwatch", f"{TOPIC}-other"), opening("events")], "metric_alarm", "its key"),
    ],
)
def test_whoever_is_left_out_is_named(policy: list[Any], key: list[Any], who: str, why: str) -> None:
    (said,) = told(policy, key)
    assert who in said
    assert why in said
