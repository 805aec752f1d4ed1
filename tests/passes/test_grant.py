"""Permissions: exactly what each verb needs."""

from dataclasses import replace

import pytest
from support.specs import allowed, host, outcome

from landform.catalog.grants import VERBS
from landform.passes.grant import grant
from landform.plan import Statement

LOGS = "arn:aws:s3:::demo-dev-events-123456789012-us-east-1"
ALIAS = "alias/demo-dev/shared"


def granted(edges: str, data: str = "{kind: bucket}", section: str = "machines") -> list[Statement]:
    kind = "platform: ec2, cpu: 8, command: run" if section == "train" else "instance: t3.large"
    plan = outcome(f"data: {{events: {data}}}\n{section}: {{work: {{{kind}, {edges}}}}}\n").sound
    label = f"{section}.work."
    return [g.statement for g in plan.grants if g.edge.startswith(label) and g.edge.endswith((".events", ".code"))]


KEYS = "arn:aws:kms:us-east-1:123456789012:key/*"
READS = {("s3:ListBucket", LOGS), ("s3:GetObject", f"{LOGS}/*"), ("kms:Decrypt", KEYS)}
WRITES = {
    ("s3:PutObject", f"{LOGS}/*"),
    ("s3:AbortMultipartUpload", f"{LOGS}/*"),
    ("kms:Decrypt", KEYS),
    ("kms:GenerateDataKey", KEYS),
}


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ("reads: [events]", READS),
        ("writes: [events]", WRITES),
        ("deletes: [events]", {("s3:DeleteObject", f"{LOGS}/*")}),
        ("reads: [events], writes: [events]", READS | WRITES),
    ],
)
def test_a_verb_allows_exactly_this(edges: str, expected: set[tuple[str, str]]) -> None:
    assert allowed(granted(edges)) == expected


QUEUE = "arn:aws:sqs:us-east-1:123456789012:demo-dev-events"
TAKES = {f"sqs:{call}" for call in ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage")}


@pytest.mark.parametrize(
    ("verb", "calls", "key"),
    [
        ("reads", TAKES, {"kms:Decrypt"}),
        ("writes", {"sqs:SendMessage"}, {"kms:Decrypt", "kms:GenerateDataKey"}),
    ],
)
def test_a_queue_is_worked_off_or_filled(verb: str, calls: set[str], key: set[str]) -> None:
    statements = granted(f"{verb}: [events]", data="{kind: queue}")
    assert allowed(statements) == {(call, QUEUE) for call in calls} | {(action, KEYS) for action in key}
    (through,) = [s.conditions["StringEquals"] for s in statements if s.conditions]
    assert through == {"kms:ViaService": ("sqs.us-east-1.amazonaws.com",)}


TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/demo-dev-events"
ROWS = {f"dynamodb:{call}" for call in ("BatchGetItem", "DescribeTable", "GetItem", "Query")}


@pytest.mark.parametrize(
    ("edges", "calls"),
    [
        ("reads: [events]", ROWS),
        ("writes: [events]", {"dynamodb:PutItem", "dynamodb:UpdateItem"}),
        ("deletes: [events]", {"dynamodb:DeleteItem"}),
        (
            "writes: [events], deletes: [events]",
            {f"dynamodb:{call}Item" for call in ("Put", "Update", "Delete", "BatchWrite")},
        ),
    ],
)
def test_rows_are_read_written_or_deleted_and_batches_take_both(edges: str, calls: set[str]) -> None:
    statements = granted(edges, data="{kind: table, key: id}")
    assert allowed(statements) == {(call, TABLE) for call in calls} | {("kms:Decrypt", KEYS)}
    assert {s.conditions["StringEquals"]["kms:ViaService"] for s in statements if s.conditions} == {
        ("dynamodb.us-east-1.amazonaws.com",)
    }


def test_a_table_with_indexes_is_also_queried_by_them() -> None:
    indexed = granted("reads: [events]", data="{kind: table, key: id, indexes: {by_day: {key: day}}}")
    assert allowed(indexed) - allowed(granted("reads: [events]", data="{kind: table, key: id}")) == {
        ("dynamodb:Query", f"{TABLE}/index/*")
    }


STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/demo-dev-events"
SHARDS = {f"kinesis:{call}" for call in ("DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards")}


def test_a_stream_is_read_with_its_key_or_written_with_data_keys() -> None:
    assert allowed(granted("reads: [events]", data="{kind: stream}")) == {
        *((call, STREAM) for call in SHARDS),
        ("kms:Decrypt", KEYS),
    }
    assert allowed(granted("writes: [events]", data="{kind: stream}")) == {
        ("kinesis:PutRecord", STREAM),
        ("kinesis:PutRecords", STREAM),
        ("kms:GenerateDataKey", KEYS),
    }


def test_a_consumer_subscribes_under_its_own_name_alone() -> None:
    data = "{kind: stream, fan_out: [machines.work]}"
    own = f"{STREAM}/consumer/machines-work:*"
    assert allowed(granted("reads: [events]", data=data)) - allowed(
        granted("reads: [events]", data="{kind: stream}")
    ) == {
        ("kinesis:SubscribeToShard", own),
        ("kinesis:DescribeStreamConsumer", own),
    }


def test_what_only_a_bucket_can_keep_names_one() -> None:
    found = outcome(
        "data: {events: {kind: table, key: id}}\n"
        "train: {fit: {platform: ec2, cpu: 8, command: run, checkpoint: {to: events}}}\n"
    )
    assert found.one("LF0501").text == "train on ec2 has no verb `checkpoint` for a table. Name a bucket."


def test_a_verb_that_a_kind_has_not_is_named_with_those_it_has() -> None:
    found = outcome("data: {events: {kind: queue}}\nmachines: {work: {instance: t3.large, deletes: [events]}}\n")
    text = "machines on ec2 has no verb `deletes` for a queue. Use `reads` or `writes`."
    assert found.one("LF0501").text == text


def test_no_edge_no_permission() -> None:
    assert granted("purchase: spot") == []


def test_a_checkpoint_stays_under_its_own_prefix() -> None:
    every = granted("checkpoint: {to: events}", section="train")
    statements = [s for s in every if "artifacts" not in str(s.resources) and "sqs" not in str(s.conditions)]
    own = f"{LOGS}/checkpoints/train-work/*"
    assert allowed(statements) == {
        ("s3:ListBucket", LOGS),
        *((action, own) for action in ("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload")),
        ("kms:Decrypt", KEYS),
        ("kms:GenerateDataKey", KEYS),
    }
    (listing,) = [s for s in statements if s.actions == ("s3:ListBucket",)]
    assert listing.conditions == {"StringLike": {"s3:prefix": ("checkpoints/train-work/*",)}}


def test_a_node_takes_jobs_from_its_own_queue_and_writes_under_its_own_prefix() -> None:
    spec = "train: {work: {platform: ec2, cpu: 8, command: run, pool: 0..2, capacity: {spot: 100%, fallback: 15m}}}\n"
    plan = outcome(spec).sound
    held = {
        use: allowed(g.statement for g in plan.grants if g.edge == f"train.work.{use}")
        for use in ("queue", "protection", "jobs", "lifecycle")
    }
    artifacts = "arn:aws:s3:::demo-dev-artifacts-123456789012-us-east-1"
    groups = [
        f"arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/demo-dev-work{end}"
        for end in ("", "-spare")
    ]
    jobs = "arn:aws:sqs:us-east-1:123456789012:demo-dev-work-jobs"
    taking = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility")
    leaving = ("CompleteLifecycleAction", "RecordLifecycleActionHeartbeat")
    assert held == {
        "queue": {*((f"sqs:{action}", jobs) for action in taking), ("kms:Decrypt", KEYS)},
        "protection": {("autoscaling:SetInstanceProtection", group) for group in groups},
        "lifecycle": {(f"autoscaling:{action}", group) for action in leaving for group in groups},
        "jobs": {
            ("s3:ListBucket", artifacts),
            ("s3:GetObject", f"{artifacts}/jobs/train-work/*"),
            ("s3:PutObject", f"{artifacts}/jobs/train-work/*"),
            ("kms:Decrypt", KEYS),
            ("kms:GenerateDataKey", KEYS),
        },
    }


def test_without_a_command_there_are_no_jobs() -> None:
    plan = outcome("train: {work: {platform: ec2, cpu: 8}}\n").sound
    assert {g.edge for g in plan.grants} & {
        f"train.work.{use}" for use in ("queue", "protection", "jobs", "code")
    } == set()
    assert plan.artifacts == ()


@pytest.mark.parametrize("verb", ["reads", "writes"])
def test_a_key_is_used_through_s3_and_known_by_its_alias(verb: str) -> None:
    (key,) = [s for s in granted(f"{verb}: [events]") if s.actions[0].startswith("kms:")]
    assert key.conditions == {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": (ALIAS,)},
        "StringEquals": {"kms:ViaService": ("s3.us-east-1.amazonaws.com",)},
    }


def test_the_key_of_an_existing_bucket_is_named_itself() -> None:
    arn = "arn:aws:kms:eu-west-1:123456789012:key/" + "0" * 8 + "-0000-0000-0000-" + "0" * 12
    statements = granted("reads: [events]", f'{{kind: bucket, existing: acme, key: "{arn}"}}')
    assert allowed(statements) == {
        ("s3:ListBucket", "arn:aws:s3:::acme"),
        ("s3:GetObject", "arn:aws:s3:::acme/*"),
        ("kms:Decrypt", arn),
    }
    assert statements[-1].conditions == {"StringEquals": {"kms:ViaService": ("s3.eu-west-1.amazonaws.com",)}}


def test_an_existing_bucket_without_a_key_needs_none() -> None:
    assert not any(
        a.startswith("kms:") for a, _ in allowed(granted("reads: [events]", "{kind: bucket, existing: acme}"))
    )


@pytest.mark.parametrize(
    ("shell", "uses"),
    [("{via: ssm}", ["logs", "metrics", "shell", "shell"]), ("{key: ops, from: [10.0.0.0/8]}", ["logs", "metrics"])],
)
def test_the_platform_gets_what_it_is_used_for(shell: str, uses: list[str]) -> None:
    plan = outcome(f"machines: {{work: {{instance: t3.large, shell: {shell}}}}}\n").sound
    assert sorted(g.edge for g in plan.grants if "machines" in g.edge) == [f"machines.work.{use}" for use in uses]


def test_a_group_says_goodbye() -> None:
    plan = outcome("train: {fit: {platform: ec2, cpu: 8, command: run}}\n").sound
    (lifecycle,) = [g.statement for g in plan.grants if g.edge == "train.fit.lifecycle"]
    assert all(resource.endswith("autoScalingGroupName/demo-dev-fit") for resource in lifecycle.resources)


def test_a_verb_that_no_bucket_has_is_an_error_and_never_a_wildcard() -> None:
    plan = outcome("data: {events: {kind: bucket}}\nmachines: {work: {instance: t3.large, reads: [events]}}\n").sound
    own = host(plan, "machines.work")
    mounted = replace(own, edges=(replace(own.edges[0], verb="mounts"),))
    plan, found = grant(replace(plan, hosts=(mounted,)))
    assert [d.code for d in found] == ["LF0501"]
    assert not any(g.edge.endswith(".events") and g.edge.startswith("machines.work.mounts") for g in plan.grants)


def test_no_action_is_a_wildcard() -> None:
    actions = [a for verb in VERBS.values() for a in (*verb.store, *verb.content, *verb.key)]
    assert not any("*" in action for action in actions)


def test_the_roles_of_services_are_listed_with_their_section() -> None:
    data = "data: {logs: {kind: bucket, replicate: true}}\naudit: {trail: all-regions}\n"
    plan = outcome(
        data + "machines: {work: {instance: t3.large}}\n", "{primary: us-east-1, replicas: [eu-west-1]}"
    ).sound
    edges = {g.edge: g.principal.rpartition("/")[2] for g in plan.grants if not g.edge.startswith("machines")}
    assert edges == {
        "network": "demo-dev-flow-logs-us-east-1",
        "data.logs.replicate": "demo-dev-logs-replication-us-east-1",
        "audit": "demo-dev-audit-logs-us-east-1",
    }
