"""A small system, whole, and how to spoil it."""

from dataclasses import replace
from typing import Any

from landform.proof.evaluate import Policy, read_policy
from landform.proof.grants import Grant
from landform.proof.prove import prove
from landform.proof.store import Store
from landform.proof.system import Attached, Endpoint, Role, System

ACCOUNT = "111122223333"
REGION = "us-east-1"
BENCH = f"arn:aws:iam::{ACCOUNT}:role/bench"
GROUPS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:"
WRITE_STREAMS = "logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents"
DATA, OTHER = "arn:aws:s3:::acme-data", "arn:aws:s3:::acme-other"
SECTIONS = {
    "module.machines_bench": "machines.bench",
    "module.data_data": "data.data",
    "module.data_other": "data.other",
    "module.keys_us_east_1": "data",
    "module.audit": "audit",
}
VIA = {"StringEquals": {"kms:ViaService": ["s3.us-east-1.amazonaws.com"]}}
ALIAS = {**VIA, "ForAnyValue:StringEquals": {"kms:ResourceAliases": ["alias/data"]}}


def grant(actions: str, resource: str, edge: str = "machines.bench.reads.data", **condition: Any) -> Grant:
    return Grant(BENCH, "Edge", tuple(actions.split()), (resource,), condition.get("condition", {}), edge)


GRANTS = (
    grant("s3:GetObject", f"{DATA}/*"),
    grant("s3:ListBucket", DATA),
    grant("kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/*", condition=ALIAS),
    grant(WRITE_STREAMS, f"{GROUPS}/landform/acme/development/machines/bench:*", "machines.bench.logs"),
)


def policy(*statements: dict[str, Any]) -> Policy:
    return read_policy({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: str, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Sid": "Planted", "Effect": "Allow", "Action": actions.split(), "Resource": resource, **more}


def identity(grants: tuple[Grant, ...]) -> Policy:
    return policy(*(allow(" ".join(g.actions), list(g.resources), Condition=g.conditions) for g in grants))


TLS_ONLY = {
    "Sid": "TlsOnly",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
HEADER = "s3:x-amz-server-side-encryption"
NOT_WEAKER = {
    "Sid": "NotWeaker",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:PutObject",
    "Resource": "*",
    "Condition": {"Null": {HEADER: "false"}, "StringNotEquals": {HEADER: "aws:kms"}},
}
GUARDED = policy(TLS_ONLY, NOT_WEAKER)
DELEGATION = policy(allow("kms:*", "*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
AS_BENCH = {"Condition": {"ArnEquals": {"aws:PrincipalArn": BENCH}}}
ADMITS = policy(
    allow("s3:GetObject", f"{DATA}/*", Principal="*", **AS_BENCH),
    allow("s3:ListBucket", DATA, Principal="*", **AS_BENCH),
)
ROLE_ADDRESS = "module.machines_bench.aws_iam_role.this"
KEY_DATA = 'module.keys_us_east_1.aws_kms_key.this["data"]'
KEY_OTHER = 'module.keys_us_east_1.aws_kms_key.this["other"]'


def bucket(name: str, arn: str, key: str) -> Store:
    return Store("s3", arn, f"module.data_{name}.aws_s3_bucket.this", f"module.data_{name}", REGION, GUARDED, key=key)


def key(name: str, address: str) -> Store:
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}"
    return Store("kms", arn, address, "module.keys_us_east_1", REGION, DELEGATION, (f"alias/{name}",))


ROLE = Role(
    arn=BENCH,
    address=ROLE_ADDRESS,
    region=REGION,
    services=frozenset({"ec2.amazonaws.com"}),
    policies=(Attached("module.machines_bench.aws_iam_role_policy.machine_edges", identity(GRANTS)),),
    foreign=(),
    log_group="/landform/acme/development/machines/bench",
)
SYSTEM = System(
    account=ACCOUNT,
    roles=(ROLE,),
    stores=(
        bucket("data", DATA, KEY_DATA),
        bucket("other", OTHER, KEY_OTHER),
        key("data", KEY_DATA),
        key("other", KEY_OTHER),
        Store("cloudtrail", f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/t", "module.audit.aws_cloudtrail.this",
              "module.audit", REGION, None),
    ),
    endpoints=(Endpoint("s3", REGION, "module.network_us_east_1.aws_vpc_endpoint.this", ADMITS),),
)  # fmt: skip


def holding(*more: dict[str, Any], grants: tuple[Grant, ...] = GRANTS) -> System:
    """The system, its role holding the grants' permissions and more."""
    held = Policy((*identity(grants).statements, *policy(*more).statements))
    attached = replace(ROLE.policies[0], policy=held)
    return replace(SYSTEM, roles=(replace(ROLE, policies=(attached,)),))


def with_policy(address: str, planted: Policy | None) -> System:
    stores = tuple(replace(s, policy=planted) if s.address == address else s for s in SYSTEM.stores)
    return replace(SYSTEM, stores=stores)


def told(system: System, grants: tuple[Grant, ...] = GRANTS) -> list[tuple[str, str]]:
    return [(d.code, d.message) for d in prove(system, grants, SECTIONS)]
