"""Policies that nobody can read are told, each at its argument, and nothing stands in their place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landform.proof.grants import Places
from landform.proof.planned import Planned, Resource
from landform.proof.system import NOBODY
from landform.scan import readable as reading
from landform.scan.policies import documents
from landform.scan.readable import readable, statements_in
from landform.scan.subject import Subject

RIGHT = json.dumps({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}})
BROKEN = '{"Statement": nope'
WITHIN = json.dumps({"Resources": {"Policy": {"Statement": []}}})


def resource(kind: str, name: str = "own", **values: Any) -> Resource:
    return Resource(f"{kind}.{name}", "", "", kind, name, None, "us-east-1", values, {}, {})


def read(*resources: Resource) -> tuple[Planned, list[str]]:
    planned, told = readable(Planned(resources, {}), Places({}))
    assert {d.code for d in told} <= {"LF0805"}
    return planned, [d.message for d in told]


def test_what_can_be_read_is_left_as_it_is() -> None:
    resources = (resource("aws_iam_role", assume_role_policy=RIGHT), resource("aws_cloudformation_stack", body=WITHIN))
    planned, told = read(*resources)
    assert (planned.resources, told) == (resources, [])


def test_each_argument_of_a_resource_is_told_and_emptied_alone() -> None:
    spoiled = resource("aws_iam_role", assume_role_policy="nope", inline=BROKEN, tags=RIGHT, path="own")
    sound = resource("aws_iam_role", "sound", assume_role_policy=RIGHT)
    planned, told = read(spoiled, sound)
    assert [message.partition(" cannot")[0] for message in told] == [
        "assume_role_policy of aws_iam_role.own",
        "inline of aws_iam_role.own",
    ]
    emptied = {"assume_role_policy": NOBODY, "inline": NOBODY, "tags": RIGHT, "path": "own"}
    assert [r.values for r in planned.resources] == [emptied, sound.values]


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("aws_sqs_queue_policy", "{}", "it has no statements"),
        ("aws_sqs_queue_policy", WITHIN, "it has no statements"),
        ("aws_sqs_queue_policy", "", None),
        ("aws_anything", "nope", None),
        ("aws_anything", WITHIN, None),
        ("aws_anything", BROKEN, "it is not JSON"),
        ("aws_anything", '{"Statement": ["all"]}', "all of a statement is not of the form"),
    ],
)
def test_what_is_no_policy_is_told_where_one_is_held_or_meant(kind: str, text: str, told: str | None) -> None:
    _, messages = read(resource(kind, policy=text))
    assert len(messages) == (told is not None)
    assert all(str(told) in message for message in messages)


def test_a_role_without_trust_is_told() -> None:
    assert read(resource("aws_iam_role"))[1] == [
        "assume_role_policy of aws_iam_role.own cannot be proven: it is not known before apply."
    ]


def test_only_statements_at_the_top_make_a_policy() -> None:
    assert [statements_in(text) for text in (WITHIN, BROKEN, "nope", '{"Statement": []}')] == [None, None, None, ()]
    assert statements_in(RIGHT) == (json.loads(RIGHT)["Statement"],)


def test_a_text_is_decoded_once_to_be_judged_and_once_to_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[str] = []
    loads = json.loads
    monkeypatch.setattr(reading.json, "loads", lambda text: decoded.append(text) or loads(text))
    planned, _ = read(resource("aws_sqs_queue_policy", policy=RIGHT))
    assert decoded == [RIGHT]
    assert len(list(documents(Subject(planned, "", Places({}))))) == 1
    assert decoded == [RIGHT, RIGHT]
