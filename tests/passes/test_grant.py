"""Permissions: exactly what each verb needs, merged so that nothing could be dropped and nothing was gained."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.specs import host, module, outcome

from landform.catalog.grants import VERBS
from landform.catalog.limits import ENDPOINT_POLICY
from landform.lower.root import lower
from landform.passes.endpoint import policy_size
from landform.passes.grant import grant, merge
from landform.plan import Conditions, Plan, Statement

LOGS = "arn:aws:s3:::demo-dev-events-123456789012-us-east-1"
ALIAS = "alias/demo-dev/shared"


def granted(edges: str, data: str = "{kind: bucket}", section: str = "machines") -> list[Statement]:
    kind = "platform: ec2, cpu: 8, command: run" if section == "train" else "instance: t3.large"
    plan = outcome(f"data: {{events: {data}}}\n{section}: {{work: {{{kind}, {edges}}}}}\n").sound
    label = f"{section}.work."
    return [g.statement for g in plan.grants if g.edge.startswith(label) and g.edge.endswith((".events", ".code"))]


def allowed(statements: Iterable[Statement]) -> set[tuple[str, str]]:
    return {(action, resource) for s in statements for action in s.actions for resource in s.resources}


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


# Merging

ACTIONS = ("s3:GetObject", "s3:ListBucket", "s3:PutObject")
RESOURCES = ("b", "b/*", "b/own/*", "c/*")
CONDITIONS: tuple[Conditions, ...] = (
    {},
    {"StringLike": {"s3:prefix": ("own/*",)}},
    {"StringEquals": {"kms:ViaService": ("s3",)}},
    {"StringLike": {"s3:prefix": ("own/*",)}, "StringEquals": {"kms:ViaService": ("s3",)}},
)
sids = st.sampled_from(["Read", "Read2", "List"])


def statements(resources: st.SearchStrategy[tuple[str, ...]]) -> st.SearchStrategy[list[Statement]]:
    one = st.builds(
        Statement,
        sids,
        st.lists(st.sampled_from(ACTIONS), min_size=1, unique=True).map(tuple),
        resources,
        st.sampled_from(CONDITIONS),
    )
    return st.lists(one, max_size=6)


several = st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=3, unique=True).map(tuple)
single = st.sampled_from(RESOURCES).map(lambda resource: (resource,))

CALLS = [
    (action, resource, frozenset(met))
    for action in ACTIONS
    for resource in ("b", "b/x", "b/own/x", "c/x")
    for met in ((), ("StringLike",), ("StringEquals",), ("StringLike", "StringEquals"))
]
"""A call: what is done to what, and the conditions that it fulfils."""


def admitted(allow: Iterable[Statement]) -> set[tuple[str, str, frozenset[str]]]:
    def matches(pattern: str, name: str) -> bool:
        return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern

    return {
        call
        for call in CALLS
        for s in allow
        if call[0] in s.actions and any(matches(r, call[1]) for r in s.resources) and set(s.conditions) <= call[2]
    }


@given(statements(several))
def test_merging_allows_exactly_the_same(given_: list[Statement]) -> None:
    assert admitted(merge(given_)) == admitted(given_)


@given(statements(single))
def test_nothing_in_a_merged_policy_could_be_dropped(given_: list[Statement]) -> None:
    merged = merge(given_)
    for index, statement in enumerate(merged):
        for action in statement.actions:
            less = replace(statement, actions=tuple(a for a in statement.actions if a != action))
            assert admitted([*merged[:index], less, *merged[index + 1 :]]) < admitted(merged)


@given(statements(several))
def test_every_statement_has_a_sid_of_its_own(given_: list[Statement]) -> None:
    merged = merge(given_)
    assert len({s.sid for s in merged}) == len(merged)


# Endpoints

SEALED = "network: {egress: none}\n"


def policy(plan: Plan, service: str) -> list[Statement]:
    return list(plan.endpoint_statements["us-east-1", service])


def test_with_nat_there_is_the_gateway_that_costs_nothing() -> None:
    plan = outcome("machines: {work: {instance: t3.large, shell: {via: ssm}}}\n").sound
    assert set(plan.endpoint_statements) == {("us-east-1", "s3")}


def test_without_a_way_out_there_is_an_endpoint_for_every_service_called() -> None:
    sections = "data: {events: {kind: bucket}}\ntrain: {fit: {platform: ec2, cpu: 8, command: run, reads: [events]}}\n"
    machine = "machines: {work: {instance: t3.large, shell: {via: ssm}}}\n"
    services = {service for _, service in outcome(SEALED + sections + machine).sound.endpoint_statements}
    assert services == {"s3", "sqs", "logs", "monitoring", "autoscaling", "ssm", "ssmmessages"}


def test_an_endpoint_admits_each_role_to_its_own_and_the_boot_to_everybody() -> None:
    sections = "data: {events: {kind: bucket}}\nmachines: {work: {instance: t3.large, reads: [events]}}\n"
    *own, boot = policy(outcome(sections).sound, "s3")
    role = "arn:aws:iam::123456789012:role/demo-dev-work-us-east-1"
    assert allowed(own) == {("s3:ListBucket", LOGS), ("s3:GetObject", f"{LOGS}/*")}
    assert all(s.conditions["StringEquals"]["aws:PrincipalArn"] == (role,) for s in own)
    assert (boot.actions, boot.conditions) == (("s3:GetObject",), {})
    assert all(resource.split(":::")[1].startswith(("al2023-repos-", "amazon-ssm-")) for resource in boot.resources)


def test_roles_that_may_do_the_same_share_a_statement() -> None:
    machines = ", ".join(f"{name}: {{instance: t3.large, reads: [events]}}" for name in ("one", "two"))
    *own, _ = policy(outcome(f"data: {{events: {{kind: bucket}}}}\nmachines: {{{machines}}}\n").sound, "s3")
    assert {len(s.conditions["StringEquals"]["aws:PrincipalArn"]) for s in own} == {2}


def test_tables_and_streams_are_reached_within_the_network() -> None:
    data = "data: {rows: {kind: table, key: id}, clicks: {kind: stream}}\n"
    spec = f"{SEALED}{data}machines: {{work: {{instance: t3.large, reads: [rows, clicks]}}}}\n"
    plan = outcome(spec).sound
    role = "arn:aws:iam::123456789012:role/demo-dev-work-us-east-1"
    for service in ("dynamodb", "kinesis-streams"):
        (only,) = policy(plan, service)
        assert only.conditions["StringEquals"]["aws:PrincipalArn"] == (role,)
    rules = module(lower(plan), "machines_work").variables["egress"]["endpoints"]
    assert [each.keys for each in rules["prefix_list_ids"]] == [("dynamodb",), ("s3",)]


def test_endpoints_can_be_added_or_left_out() -> None:
    machine = "machines: {work: {instance: t3.large}}\n"
    added = outcome("network: {endpoints: {add: [sts]}}\n" + machine).sound.endpoint_statements
    assert set(added) == {("us-east-1", "s3"), ("us-east-1", "sts")}
    assert outcome("network: {endpoints: none}\n" + machine).sound.endpoint_statements == {}


def test_a_gateway_that_nobody_uses_is_left_out() -> None:
    result = outcome("network: {endpoints: {add: [dynamodb]}}\nmachines: {work: {instance: t3.large}}\n")
    assert ("us-east-1", "dynamodb") not in result.sound.endpoint_statements
    assert "nothing in us-east-1 calls dynamodb" in result.one("LF0605").message


def test_a_policy_that_is_too_long_falls_back_to_the_account() -> None:
    machines = "".join(f"  m{n}: {{instance: t3.large, reads: [d{n}]}}\n" for n in range(60))
    data = "".join(f"  d{n}: {{kind: bucket}}\n" for n in range(60))
    result = outcome(f"data:\n{data}machines:\n{machines}")
    account, boot = policy(result.sound, "s3")
    own = ("123456789012",)
    assert account.conditions == {"StringEquals": {"aws:PrincipalAccount": own, "aws:ResourceAccount": own}}
    assert account.actions == ("s3:GetObject", "s3:ListBucket")
    assert boot.sid == "Boot", "package managers still reach their repositories"
    assert str(ENDPOINT_POLICY) in result.one("LF0606").message


def test_no_policy_is_longer_than_aws_takes() -> None:
    for count in (20, 24, 25, 26, 27, 28, 30):
        machines = "".join(f"  m{n}: {{instance: t3.large, reads: [d{n}]}}\n" for n in range(10, 10 + count))
        data = "".join(f"  d{n}: {{kind: bucket}}\n" for n in range(10, 10 + count))
        plan = outcome(f"data:\n{data}machines:\n{machines}").sound
        assert 0 < policy_size(policy(plan, "s3")) <= ENDPOINT_POLICY


def test_an_existing_bucket_stays_reachable_when_the_policy_is_cut_short() -> None:
    machines = "".join(f"  m{n}: {{instance: t3.large, reads: [d{n}, theirs]}}\n" for n in range(10, 60))
    data = "".join(f"  d{n}: {{kind: bucket}}\n" for n in range(10, 60))
    result = outcome(f"data:\n  theirs: {{kind: bucket, existing: their-bucket}}\n{data}machines:\n{machines}")
    (existing,) = (s for s in policy(result.sound, "s3") if s.sid == "Existing")
    assert existing.resources == ("arn:aws:s3:::their-bucket", "arn:aws:s3:::their-bucket/*")
    assert existing.actions == ("s3:GetObject", "s3:ListBucket")


def test_an_endpoint_that_no_edge_calls_serves_this_account_alone() -> None:
    spec = "network: {egress: none, endpoints: {add: [sqs]}}\nmachines: {work: {instance: t3.large}}\n"
    (only,) = policy(outcome(spec).sound, "sqs")
    own = ("123456789012",)
    assert only.actions == ("sqs:*",)
    assert only.conditions == {"StringEquals": {"aws:PrincipalAccount": own, "aws:ResourceAccount": own}}


# Services


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
