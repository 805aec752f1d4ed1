"""Policies of stores that are told by another name, or that cannot be held against a store."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.orders import ACCOUNT, Mutate, Plan, orders, plant, saying, values

from landform.proof.placed import misplaced
from landform.proof.planned import Planned, read_plan
from landform.proof.system import read_system

from .test_hidden import BENCH_ARN, MODELS, MODELS_POLICY, QUEUE, RETRIES, document, errors, is_told

MINE: dict[str, Any] = {"Principal": "*", "Condition": {"ArnEquals": {"aws:PrincipalArn": BENCH_ARN}}}
BUCKET = MODELS.rpartition(":")[2]
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders-prd-features"
STREAM = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/orders-prd-clicks"
POINT = f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/ap"


def planting(kind: str, policy: str, **more: Any) -> Mutate:
    return lambda plan: plant(plan, kind, "own", policy=policy, **more)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("aws_dynamodb_resource_policy", {"resource_arn": TABLE}),
        ("aws_kinesis_resource_policy", {"resource_arn": STREAM}),
        ("aws_s3_access_point", {"bucket": BUCKET, "name": "ap"}),
        ("aws_s3control_access_point_policy", {"access_point_arn": POINT}),
    ],
)
def test_a_policy_of_a_kind_that_is_not_read_is_a_finding(kind: str, more: dict[str, Any]) -> None:
    policy = document(Action="s3:GetObject", Resource=f"{POINT}/object/*", **MINE)
    assert is_told(errors(planting(kind, policy, **more)), f"{kind}.own cannot be proven", "not read")


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("aws_kms_key_policy", {"key_id": "1234"}),
        ("aws_s3_bucket_policy", {"bucket": "elsewhere"}),
        ("aws_sqs_queue_policy", {"queue_url": f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/elsewhere"}),
    ],
)
def test_a_policy_of_no_store_of_the_plan_is_a_finding(kind: str, more: dict[str, Any]) -> None:
    policy = document(Action="kms:Decrypt", Resource="*", **MINE)
    assert is_told(errors(planting(kind, policy, **more)), f"{kind}.own cannot be proven", "the plan has no store")


def test_a_second_policy_of_a_store_is_a_finding_and_hides_nothing() -> None:
    """The queue goes by its address, and the second one that is sound does not speak for the first."""
    first = values(orders().plan, RETRIES)["policy"]
    url = f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/orders-prd-retries"

    def mutate(plan: Plan) -> None:
        saying(RETRIES, Action="sqs:PurgeQueue", Resource=QUEUE, **MINE)(plan)
        plant(plan, "aws_sqs_queue_policy", "own", queue_url=url, policy=first)

    found = errors(mutate)
    assert is_told(found, f"policy of {RETRIES} cannot be proven", "has another policy beside it")
    assert is_told(found, "aws_sqs_queue_policy.own cannot be proven", "has another policy beside it")


def test_a_second_policy_of_a_bucket_and_of_a_key_is_a_finding() -> None:
    policy = document(Action="s3:GetObject", Resource=f"{MODELS}/*", **MINE)
    found = errors(planting("aws_s3_bucket_policy", policy, bucket=BUCKET))
    assert is_told(found, f"policy of {MODELS_POLICY} cannot be proven", "beside it")


def test_a_policy_within_a_queue_is_read() -> None:
    """What module queues hold beside them wins: that of the queue itself is AWS's echo then."""

    def mutate(plan: Plan) -> None:
        arguments = {"name": "own", "kms_master_key_id": "k"}
        open_to = {"Action": "sqs:ReceiveMessage", "Resource": "*", **MINE}
        plant(plan, "aws_sqs_queue", "own", policy=document(**open_to), **arguments)

    assert is_told(errors(mutate), f"{BENCH_ARN} may sqs:ReceiveMessage on arn:aws:sqs:", ":own")


def test_a_policy_within_another_text_is_said_and_no_error() -> None:
    nested = {
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Parameters": {"Policy": {"Statement": []}}, "End": True}},
    }
    text = json.dumps(nested)
    found = orders().spoiled(lambda plan: plant(plan, "aws_sfn_state_machine", "own", name="s", definition=text))
    assert not is_told([d for d in found if d.severity == "error"], "definition")
    assert is_told(list(found), "aws_sfn_state_machine.own", "holds a policy within `definition`, which is not read")


OWNED = ("aws_sqs_queue.this", "aws_sqs_queue.dead")
DEAD = "arn:aws:sqs:us-east-1:123456789012:own-dead"
THIS = "arn:aws:sqs:us-east-1:123456789012:own"


def two_queues(this: list[str], dead: list[str], urls: tuple[str, str] | None = None) -> Planned:
    """Two queues and a policy for each, which refers to both: ``{this = …, dead = …}[each.key]``."""
    named = {"this": "own", "dead": "own-dead"}
    kind = {"mode": "managed", "type": "aws_sqs_queue"}
    queues = [
        {**kind, "address": f"aws_sqs_queue.{label}", "name": label, "values": {"name": name}}
        for label, name in named.items()
    ]
    policies = [
        {
            **{"mode": "managed", "type": "aws_sqs_queue_policy", "name": "both", "index": label},
            "address": f'aws_sqs_queue_policy.both["{label}"]',
            "values": {"policy": document(Action="sqs:SendMessage", Resource=resources, **MINE), "queue_url": url},
        }
        for label, resources, url in zip(named, (this, dead), urls or (None, None), strict=True)
    ]
    both = {"queue_url": {"references": [f"{each}.id" for each in OWNED]}}
    said = {"address": "aws_sqs_queue_policy.both", "expressions": both, "provider_config_key": "aws"}
    aws = {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}}
    return read_plan(
        {
            "planned_values": {"root_module": {"resources": [*queues, *policies]}},
            "configuration": {"provider_config": {"aws": aws}, "root_module": {"resources": [said]}},
        }
    )


def placed(planned: Planned) -> dict[str, tuple[str, ...]]:
    """The resources that the policy of each queue speaks of."""
    stores = read_system(planned, ACCOUNT).stores
    return {s.address: s.policy.statements[0].resources.texts if s.policy else () for s in stores}


def test_each_of_two_queues_has_the_policy_that_names_it() -> None:
    """Both refer to both of them: a queue was judged by whichever stood last."""
    planned = two_queues(this=[THIS], dead=[DEAD])
    assert placed(planned) == {"aws_sqs_queue.this": (THIS,), "aws_sqs_queue.dead": (DEAD,)}
    assert list(misplaced(planned)) == []


def test_an_address_that_is_known_tells_which_one_it_is() -> None:
    own, other = (f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/{name}" for name in ("own", "own-dead"))
    planned = two_queues(this=["*"], dead=[THIS], urls=(own, other))
    assert placed(planned) == {"aws_sqs_queue.this": ("*",), "aws_sqs_queue.dead": (THIS,)}
    assert list(misplaced(planned)) == []


def test_a_policy_that_names_neither_or_both_of_two_queues_is_a_finding() -> None:
    told = "which one of aws_sqs_queue.dead, aws_sqs_queue.this it is of, neither it nor `queue_url` tells"
    for resources in (["*"], [THIS, DEAD]):
        found = list(misplaced(two_queues(this=resources, dead=[DEAD])))
        assert found == [('aws_sqs_queue_policy.both["this"]', told)]


def test_two_policies_that_name_one_queue_are_a_finding() -> None:
    found = dict(misplaced(two_queues(this=[THIS], dead=[THIS])))
    assert found == {
        f'aws_sqs_queue_policy.both["{label}"]': "aws_sqs_queue.this has another policy beside it"
        for label in ("this", "dead")
    }
