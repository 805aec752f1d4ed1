"""The stores of a plan: what holds data, what encrypts it, what records who did what, and what is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from landform.proof.called import apis, endpoints, functions
from landform.proof.evaluate import Policy, read_policy
from landform.proof.placed import parts_of
from landform.proof.planned import Planned
from landform.proof.store import Store


@dataclass(frozen=True, slots=True)
class Form:
    """How a plan tells of a kind of store: its ARN, the argument with its key, and what holds its policy.

    What AWS gives an id goes by its module, in the plan's own policies as well (`foreseen`). `copies` is the argument
    that refers to what it is a copy of, and has its name from.
    """

    type: str
    kind: str
    arn: str
    key: tuple[str | int, ...]
    policy_type: str = ""
    policy_argument: str = ""
    copies: str = ""


_TABLE: Final = "arn:aws:dynamodb:{region}:{account}:table/{name}"
FORMS: Final = (
    Form("aws_dynamodb_table", "dynamodb", _TABLE, ("server_side_encryption", 0, "kms_key_arn")),
    Form("aws_dynamodb_table_replica", "dynamodb", _TABLE, ("kms_key_arn",), copies="global_table_arn"),
    Form("aws_kinesis_stream", "kinesis", "arn:aws:kinesis:{region}:{account}:stream/{name}", ("kms_key_id",)),
    Form(
        "aws_fsx_lustre_file_system",
        "fsx",
        "arn:aws:fsx:{region}:{account}:file-system/{module}",
        ("kms_key_id",),
    ),
    Form(
        "aws_efs_file_system",
        "elasticfilesystem",
        "arn:aws:elasticfilesystem:{region}:{account}:file-system/{module}",
        ("kms_key_id",),
        "aws_efs_file_system_policy",
        "file_system_id",
    ),
    Form(
        "aws_sqs_queue",
        "sqs",
        "arn:aws:sqs:{region}:{account}:{name}",
        ("kms_master_key_id",),
        "aws_sqs_queue_policy",
        "queue_url",
    ),
)
"""ARNs: Service Authorization Reference, read 2026-11-23."""


def read_stores(planned: Planned, account: str, policies: Mapping[str, Policy]) -> Iterator[Store]:
    """Yield the stores of a plan, each with its own policy; ARNs that the plan does not know yet are made up."""
    yield from _buckets(planned, policies)
    yield from _keys(planned, account, policies)
    yield from _trails(planned, account)
    yield from functions(planned, account)
    yield from endpoints(planned, account)
    yield from apis(planned, account)
    for form in FORMS:
        yield from _stores(planned, account, policies, form)


def _buckets(planned: Planned, policies: Mapping[str, Policy]) -> Iterator[Store]:
    own = parts_of(planned, "aws_s3_bucket", "bucket", "aws_s3_bucket_policy")
    encryption = parts_of(planned, "aws_s3_bucket", "bucket", "aws_s3_bucket_server_side_encryption_configuration")
    for bucket in planned.of_type("aws_s3_bucket"):
        # Its own is what AWS tells of the one beside it, where there is one.
        held = [policies[p.address] for p in (bucket, *own.get(bucket.address, ())) if p.address in policies]
        parts = encryption.get(bucket.address, ())
        keys = [key.address for part in parts for key in planned.referred(part, *_BUCKET_KEY, kind="aws_kms_key")]
        yield Store(
            kind="s3",
            arn=f"arn:aws:s3:::{bucket.values.get('bucket') or bucket.address}",
            address=bucket.address,
            module=bucket.module,
            region=bucket.region,
            policy=held[-1] if held else None,
            key=keys[0] if keys else "",
        )


_BUCKET_KEY: Final = ("rule", 0, "apply_server_side_encryption_by_default", 0, "kms_master_key_id")


def _stores(planned: Planned, account: str, policies: Mapping[str, Policy], form: Form) -> Iterator[Store]:
    own = parts_of(planned, form.type, form.policy_argument, form.policy_type) if form.policy_type else {}
    for store in planned.of_type(form.type):
        held = [policies[p.address] for p in (store, *own.get(store.address, ())) if p.address in policies]
        keys = planned.referred(store, *form.key, kind="aws_kms_key")
        copied = planned.referred(store, form.copies) if form.copies else ()
        name = (copied[0] if copied else store).values.get("name") or store.address
        yield Store(
            kind=form.kind,
            arn=form.arn.format(
                region=store.region, account=account, name=name, module=store.module.removeprefix("module.")
            ),
            address=store.address,
            module=store.module,
            region=store.region,
            policy=held[-1] if held else None,
            key=keys[0].address if keys else "",
            indexed=any(each.values.get("global_secondary_index") for each in (store, *copied)),
        )


# What AWS gives a key that is made without a policy (2026-11):
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
_DEFAULT_KEY_POLICY: Final = """{"Version": "2012-10-17", "Statement": [{
  "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root"}, "Action": "kms:*", "Resource": "*"}]}"""


def _keys(planned: Planned, account: str, policies: Mapping[str, Policy]) -> Iterator[Store]:
    separate = parts_of(planned, "aws_kms_key", "key_id", "aws_kms_key_policy")
    aliases = parts_of(planned, "aws_kms_key", "target_key_id", "aws_kms_alias")
    for key in planned.of_type("aws_kms_key"):
        holders = (key, *separate.get(key.address, ()))
        own = [policies[h.address] for h in holders if h.address in policies]
        made_up = re.sub(r"[^A-Za-z0-9]+", "-", key.address).strip("-")
        yield Store(
            kind="kms",
            arn=key.values.get("arn") or f"arn:aws:kms:{key.region}:{account}:key/{made_up}",
            address=key.address,
            module=key.module,
            region=key.region,
            policy=own[-1] if own else read_policy(_DEFAULT_KEY_POLICY % account),
            aliases=tuple(str(a.values.get("name")) for a in aliases.get(key.address, ())),
        )


def _trails(planned: Planned, account: str) -> Iterator[Store]:
    for trail in planned.of_type("aws_cloudtrail"):
        yield Store(
            kind="cloudtrail",
            arn=f"arn:aws:cloudtrail:{trail.region}:{account}:trail/{trail.values.get('name')}",
            address=trail.address,
            module=trail.module,
            region=trail.region,
            policy=None,
        )
