"""Every kind of edge there is, whole; and what is granted under its name that it does not mean."""

from dataclasses import replace
from typing import Any

import pytest

from landform.diagnostics import Diagnostic
from landform.proof.evaluate import Policy
from landform.proof.grants import Grant
from landform.proof.prove import prove
from landform.proof.store import Store
from landform.proof.system import Attached, Role, System

from .small import (
    ACCOUNT,
    DATA,
    GROUPS,
    GUARDED,
    KEY_DATA,
    REGION,
    SECTIONS,
    TLS_ONLY,
    WRITE_STREAMS,
    bucket,
    identity,
    key,
    policy,
)

FAR = "eu-west-1"
COPY, AUDIT, CODE = f"{DATA}-copy", "arn:aws:s3:::acme-audit", "arn:aws:s3:::acme-artifacts"
KEY_COPY = 'module.keys_eu_west_1.aws_kms_key.this["data"]'
HISTORY, HISTORY_KEY = "arn:aws:s3:::elders", f"arn:aws:kms:{REGION}:444455556666:key/mrk-1"
KEYS = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*"
LOGS = f"{GROUPS}/landform/acme/development/"
ROLES = {
    name: f"arn:aws:iam::{ACCOUNT}:role/acme-dev-{name}"
    for name in ("bench", "old-net", "second", "replication", "flow-logs", "audit-logs")
}
PLACES = {
    **SECTIONS,
    "module.train_net": "train.net",
    "module.train_second": "train.second",
    "module.data_data_eu_west_1": "data.data",
    "module.keys_eu_west_1": "regions",
    "module.network_us_east_1": "network",
    "module.artifacts_us_east_1": "train",
    "module.logs_us_east_1": "data",
}


def give(role: str, edge: str, actions: str, *resources: str, **condition: Any) -> Grant:
    operators = {f"{'ForAnyValue:' * (op == 'Any')}{'StringLike' if op == 'Like' else 'StringEquals'}": keys
                 for op, keys in condition.items()}  # fmt: skip
    return Grant(ROLES[role], "Edge", tuple(actions.split()), resources, operators, edge)


def via(region: str = REGION) -> dict[str, list[str]]:
    return {"kms:ViaService": [f"s3.{region}.amazonaws.com"]}


def context(arn: str) -> dict[str, list[str]]:
    return {"kms:EncryptionContext:aws:s3:arn": [arn, f"{arn}/*"]}


ALIAS = {"kms:ResourceAliases": ["alias/data"]}
CHECKPOINT, CODE_EDGE, HISTORY_EDGE = "train.net.checkpoint.data", "train.net.code", "train.net.reads.history"
COPYING = "data.data.replicate"
LIFECYCLE = "autoscaling:CompleteLifecycleAction autoscaling:RecordLifecycleActionHeartbeat"
GROUP = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:*:autoScalingGroupName/acme-dev-net"
CHANNELS = " ".join(f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data"))
GRANTS = (
    give("bench", "machines.bench.shell", "ssm:UpdateInstanceInformation",
         f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/*"),
    give("bench", "machines.bench.shell", CHANNELS, "*"),
    give("bench", "machines.bench.metrics", "cloudwatch:PutMetricData", "*",
         Equals={"cloudwatch:namespace": ["landform/acme"]}),
    give("bench", "machines.bench.logs", WRITE_STREAMS, f"{LOGS}machines/bench:*"),
    give("bench", "machines.bench.deletes.data", "s3:DeleteObject", f"{DATA}/*"),
    give("bench", "machines.bench.writes.data", "s3:AbortMultipartUpload s3:PutObject", f"{DATA}/*"),
    give("bench", "machines.bench.writes.data", "kms:Decrypt kms:GenerateDataKey", KEYS, Any=ALIAS, Equals=via()),
    give("old-net", "train.net.lifecycle", LIFECYCLE, GROUP),
    give("old-net", CHECKPOINT, "s3:ListBucket", DATA, Like={"s3:prefix": ["checkpoints/train-old-net/*"]}),
    give("old-net", CHECKPOINT, "s3:AbortMultipartUpload s3:GetObject s3:PutObject",
         f"{DATA}/checkpoints/train-old-net/*"),
    give("old-net", CHECKPOINT, "kms:Decrypt kms:GenerateDataKey", KEYS, Any=ALIAS, Equals=via()),
    give("old-net", CODE_EDGE, "s3:GetObject", f"{CODE}/code/train_net.zip"),
    give("old-net", CODE_EDGE, "kms:Decrypt", KEYS, Any=ALIAS, Equals=via()),
    give("old-net", HISTORY_EDGE, "s3:GetObject", f"{HISTORY}/*"),
    give("old-net", HISTORY_EDGE, "s3:ListBucket", HISTORY),
    give("old-net", HISTORY_EDGE, "kms:Decrypt", HISTORY_KEY, Equals=via()),
    give("second", "train.second.checkpoint.data", "s3:ListBucket", DATA,
         Like={"s3:prefix": ["checkpoints/train-second/*"]}),
    give("second", "train.second.checkpoint.data", "s3:AbortMultipartUpload s3:GetObject s3:PutObject",
         f"{DATA}/checkpoints/train-second/*"),
    give("second", "train.second.checkpoint.data", "kms:Decrypt kms:GenerateDataKey", KEYS, Any=ALIAS, Equals=via()),
    give("replication", COPYING, "s3:GetReplicationConfiguration s3:ListBucket", DATA),
    give("replication", COPYING,
         "s3:GetObjectVersionAcl s3:GetObjectVersionForReplication s3:GetObjectVersionTagging", f"{DATA}/*"),
    give("replication", COPYING, "kms:Decrypt", KEYS, Equals=via(), Like=context(DATA)),
    give("replication", COPYING, "s3:ReplicateDelete s3:ReplicateObject s3:ReplicateTags", f"{COPY}/*"),
    give("replication", COPYING, "kms:Encrypt kms:GenerateDataKey", KEYS.replace(REGION, FAR),
         Equals=via(FAR), Like=context(COPY)),
    give("flow-logs", "network", WRITE_STREAMS, f"{LOGS}network/flow-logs", f"{LOGS}network/flow-logs:*"),
    give("flow-logs", "network", "logs:DescribeLogGroups", f"{GROUPS}*"),
    give("audit-logs", "audit", "logs:CreateLogStream logs:PutLogEvents",
         f"{LOGS}audit:log-stream:{ACCOUNT}_CloudTrail_*"),
)  # fmt: skip


def role(name: str, module: str, log_group: str, held: Policy, service: str = "ec2", group: str = "") -> Role:
    return Role(
        arn=ROLES[name],
        address=f"{module}.aws_iam_role.this",
        region=REGION,
        services=frozenset({f"{service}.amazonaws.com"}),
        policies=(Attached(f"{module}.aws_iam_role_policy.edges", held),),
        foreign=(),
        log_group=log_group and f"/landform/acme/development/{log_group}",
        group=group,
    )


def store(name: str, arn: str, module: str, key_address: str, region: str = REGION) -> Store:
    return Store("s3", arn, f"{module}.aws_s3_bucket.{name}", module, region, GUARDED, key=key_address)


def system(granted: tuple[Grant, ...]) -> System:
    """A plan in which every role holds what is granted to it, whatever that is."""
    held = {arn: identity(tuple(g for g in granted if g.principal == arn)) for arn in ROLES.values()}
    return System(
        account=ACCOUNT,
        roles=(
            role("bench", "module.machines_bench", "machines/bench", held[ROLES["bench"]]),
            role("old-net", "module.train_net", "train/old-net", held[ROLES["old-net"]], group="acme-dev-net"),
            role("second", "module.train_second", "train/second", held[ROLES["second"]]),
            role("replication", "module.data_data", "", held[ROLES["replication"]], "s3"),
            role("flow-logs", "module.network_us_east_1", "network/flow-logs", held[ROLES["flow-logs"]], "flow"),
            role("audit-logs", "module.audit", "audit", held[ROLES["audit-logs"]], "cloudtrail"),
        ),
        stores=(
            bucket("data", DATA, KEY_DATA),
            store("this", COPY, "module.data_data_eu_west_1", KEY_COPY, FAR),
            store("this", AUDIT, "module.audit", KEY_DATA),
            store("this", CODE, "module.artifacts_us_east_1", KEY_DATA),
            store("this", "arn:aws:s3:::acme-access-logs", "module.logs_us_east_1", ""),
            key("data", KEY_DATA),
            replace(key("data", KEY_COPY), region=FAR, arn=f"arn:aws:kms:{FAR}:{ACCOUNT}:key/copy"),
        ),
        endpoints=(),
    )


def told(granted: tuple[Grant, ...]) -> tuple[Diagnostic, ...]:
    """What is found where plan and grants.json agree, as one compiler writes both."""
    return prove(system(granted), granted, PLACES)


def test_every_kind_of_edge_is_proven() -> None:
    assert told(GRANTS) == ()


EDGES = sorted({(g.principal, g.edge) for g in GRANTS})
WIDE = [
    ("s3:GetObject", f"{AUDIT}/*"),
    ("s3:DeleteBucket", AUDIT),
    ("s3:GetObject", "arn:aws:s3:::acme-access-logs/*"),
    ("s3:PutObject", f"{CODE}/*"),
    ("dynamodb:GetItem", "*"),
    ("logs:PutLogEvents", f"{GROUPS}*"),
]


@pytest.mark.parametrize(("principal", "edge"), EDGES)
@pytest.mark.parametrize(("action", "resource"), WIDE)
def test_no_edge_explains_what_it_does_not_mean(principal: str, edge: str, action: str, resource: str) -> None:
    codes = {d.code for d in told((*GRANTS, Grant(principal, "Wide", (action,), (resource,), {}, edge)))}
    assert {"LF0805", "LF0810"} <= codes


# Whether an existing bucket has a key, only its own edge says.
@pytest.mark.parametrize(
    "short", [g for g in GRANTS if g.resources != (HISTORY_KEY,)], ids=lambda g: f"{g.edge} {g.actions[0]}"
)
def test_less_than_an_edge_means_is_found(short: Grant) -> None:
    less = tuple(replace(g, actions=g.actions[1:]) if g is short else g for g in GRANTS)
    missing = f"{short.edge} means {short.actions[0].lower()}"
    assert any(d.code == "LF0809" and d.message.startswith(missing) for d in told(less))


@pytest.mark.parametrize("changed", [g for g in GRANTS if g.conditions], ids=lambda g: f"{g.edge} {g.actions[0]}")
def test_a_condition_left_out_is_found(changed: Grant) -> None:
    spoilt = tuple(replace(g, conditions={}) if g is changed else g for g in GRANTS)
    assert {"LF0805", "LF0810"} <= {d.code for d in told(spoilt)}


@pytest.mark.parametrize("prefix", ["", "checkpoints/", "checkpoints/train-second/", "checkpoints/train-old-net"])
def test_a_checkpoint_outside_its_own_prefix(prefix: str) -> None:
    wide = give("old-net", CHECKPOINT, "s3:PutObject", f"{DATA}/{prefix}*")
    messages = [d.message for d in told((*GRANTS, wide)) if d.code == "LF0805"]
    assert any(f"{CHECKPOINT} does not lead to {DATA}/{prefix}*" in m for m in messages)


def test_the_checkpoints_of_another_are_tried() -> None:
    wide = give("old-net", CHECKPOINT, "s3:PutObject", f"{DATA}/checkpoints/train-second/*")
    messages = [d.message for d in prove(system((*GRANTS, wide)), GRANTS, PLACES) if d.code == "LF0805"]
    tried = f"{DATA}/checkpoints/train-second/landform-example"
    assert messages == [f"{ROLES['old-net']} may s3:PutObject on {tried}, and no edge leads there."]


WRITERS = {"machines.bench.writes.data", CHECKPOINT, "train.second.checkpoint.data"}


def test_who_writes_could_choose_a_weaker_encryption() -> None:
    whole = system(GRANTS)
    open_to_it = replace(whole.stores[0], policy=policy(TLS_ONLY))
    found = prove(replace(whole, stores=(open_to_it, *whole.stores[1:])), GRANTS, PLACES)
    assert {".".join(map(str, d.path)) for d in found if d.code == "LF0805" and "AES256" in d.message} == WRITERS
    assert len(found) == len(WRITERS)


def test_an_edge_of_another_role() -> None:
    stolen = replace(GRANTS[4], principal=ROLES["second"])
    assert any("machines.bench.deletes.data does not mean" in d.message for d in told((*GRANTS, stolen)))


@pytest.mark.parametrize("resource", [f"{AUDIT}/*", "arn:aws:s3:::else/*", "arn:aws:s3:::elder*"])
def test_an_existing_bucket_is_one_and_not_the_plans(resource: str) -> None:
    more = give("old-net", HISTORY_EDGE, "s3:GetObject", resource)
    assert any(f"GetObject on {resource}" in d.message for d in told((*GRANTS, more)) if d.code == "LF0805")


def test_an_existing_key_is_one() -> None:
    more = give("old-net", HISTORY_EDGE, "kms:Decrypt", f"arn:aws:kms:{REGION}:444455556666:key/*", Equals=via())
    assert "LF0805" in {d.code for d in told((*GRANTS, more))}


@pytest.mark.parametrize("edge", ["machines.bench.lifecycle", "data.data.shell", "machines.bench.code", "budget", ""])
def test_an_edge_that_there_is_not(edge: str) -> None:
    principal = ROLES["replication"] if edge.startswith("data") else ROLES["bench"]
    odd = Grant(principal, "Odd", ("ssm:UpdateInstanceInformation",), ("*",), {}, edge)
    assert any(f"{edge} does not mean ssm:Update" in d.message for d in told((*GRANTS, odd)))
