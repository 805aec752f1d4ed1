"""Who and what a plan will make, as the proof sees it: roles, stores, endpoints, each with its policies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from landform.proof.backups import Backed, read_backups
from landform.proof.called import apis, endpoints, functions, urls
from landform.proof.callers import Caller, Listening, read_callers, read_listening
from landform.proof.evaluate import Policy, read_policy
from landform.proof.holders import Held, holders, with_groups
from landform.proof.patterns import PolicyError
from landform.proof.placed import misplaced, parts_of
from landform.proof.planned import Planned, Resource
from landform.proof.purpose import purpose
from landform.proof.runners import Runner, read_runners, tags_of
from landform.proof.store import Store
from landform.proof.studio import beside


@dataclass(frozen=True, slots=True)
class Attached:
    """An identity policy of a role, with the address of the resource that holds it."""

    address: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class Role:
    """A role that the plan makes; `services` are those that its trust policy lets in."""

    arn: str
    address: str
    region: str
    services: frozenset[str]
    policies: tuple[Attached, ...]
    foreign: tuple[str, ...]
    """ARNs of attached policies that are not in the plan, AWS's own among them."""
    log_group: str = ""
    group: str = ""
    """Names of the log group and the Auto Scaling group that its module makes; empty for none, or several."""
    spare: str = ""
    """Name of the group that stands in for the other one."""
    job: str = ""
    definition: Mapping[str, Any] = field(default_factory=dict)
    """Name of the parameter in its module that starts a training job, and what the job is to be:
    a request to SageMaker, or a container of Batch."""
    named: str = ""
    """What the call of its module says that things are called."""
    boundary: tuple[Policy, ...] = ()
    """Its permissions boundary, where it has one."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """What its module names beside it that users of Studio go by."""
    trust: Policy = field(default=Policy(()))
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A VPC endpoint of a region; `service` is the last part of its service name."""

    service: str
    region: str
    address: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class System:
    """All of it. `unreadable` lists (address, why) of policies that cannot be evaluated."""

    account: str
    roles: tuple[Role, ...]
    stores: tuple[Store, ...]
    endpoints: tuple[Endpoint, ...]
    urls: frozenset[str] = frozenset()
    """Addresses of the functions that have a URL."""
    callers: tuple[Caller, ...] = ()
    listening: tuple[Listening, ...] = ()
    unreadable: tuple[tuple[str, str], ...] = field(default=())
    backups: tuple[Backed, ...] = field(default=())
    points: tuple[tuple[str, str], ...] = field(default=())
    """Modules of file systems, each with the name of an access point of it."""
    runners: tuple[Runner, ...] = field(default=())
    users: tuple[Role, ...] = field(default=())

    def access_points(self, store: Store) -> frozenset[str]:
        """Names of the access points of a file system."""
        return frozenset(name for module, name in self.points if module == store.module)

    def shared_alias(self, region: str) -> str:
        """Alias of the key of disks and logs in a region; empty where there is none."""
        found = [
            store.aliases[0]
            for store in self.stores
            if store.kind == "kms" and store.region == region and store.aliases
        ]
        return next((alias for alias in found if alias.endswith("/shared")), "")


def read_system(planned: Planned, account: str) -> System:
    """Read roles, stores and endpoints of a plan; ARNs that it does not know yet are made up."""
    policies, unreadable = _policies(planned)
    roles = tuple(_roles(planned, account, policies))
    return System(
        account=account,
        roles=roles,
        stores=(
            *_buckets(planned, policies),
            *_keys(planned, account, policies),
            *_trails(planned, account),
            *functions(planned, account),
            *endpoints(planned, account),
            *apis(planned, account),
            *(store for form in FORMS for store in _stores(planned, account, policies, form)),
        ),
        endpoints=tuple(
            Endpoint(e.values.get("service_name", "").split(".", 3)[-1], e.region, e.address, policies[e.address])
            for e in planned.of_type("aws_vpc_endpoint")
            if e.address in policies
        ),
        urls=frozenset(urls(planned)),
        callers=tuple(read_callers(planned)),
        listening=tuple(read_listening(planned)),
        unreadable=(*unreadable, *misplaced(planned)),
        backups=tuple(read_backups(planned)),
        points=tuple((p.module, str(p.key)) for p in planned.of_type("aws_efs_access_point")),
        users=tuple(_users(planned, account, policies)),
        runners=tuple(read_runners(planned, account, {r.address: r.services for r in roles})),
    )


POLICY_ARGUMENT: Final = {
    "aws_efs_file_system_policy": "policy",
    "aws_iam_group_policy": "policy",
    "aws_iam_policy": "policy",
    "aws_iam_role_policy": "policy",
    "aws_iam_user_policy": "policy",
    "aws_kms_key": "policy",
    "aws_kms_key_policy": "policy",
    "aws_s3_bucket": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_sqs_queue": "policy",
    "aws_sqs_queue_policy": "policy",
    "aws_vpc_endpoint": "policy",
}


NOBODY: Final = '{"Version": "2012-10-17", "Statement": []}'
"""A policy that allows nobody anything."""

# What AWS gives a key that is made without a policy (2026-11):
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
_DEFAULT_KEY_POLICY: Final = """{"Version": "2012-10-17", "Statement": [{
  "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root"}, "Action": "kms:*", "Resource": "*"}]}"""


def _policies(planned: Planned) -> tuple[dict[str, Policy], tuple[tuple[str, str], ...]]:
    """Compile every policy that a resource holds, by address; of a role it is whom it trusts."""
    read: dict[str, Policy] = {}
    unreadable: list[tuple[str, str]] = []
    for resource in planned.of_type(*POLICY_ARGUMENT):
        argument = POLICY_ARGUMENT[resource.type]
        text = resource.values.get(argument)
        try:
            if text:
                read[resource.address] = read_policy(text)
            elif argument in resource.expressions and resource.unknown.get(argument) and not _denies(planned, resource):
                unreadable.append((resource.address, "it is not known before apply"))
        except PolicyError as why:
            unreadable.append((resource.address, str(why)))
    for role in planned.of_type("aws_iam_role"):
        if _sets(role, "inline_policy"):
            unreadable.append((role.address, "inline_policy blocks are not read: use aws_iam_role_policy"))
        try:
            read[role.address] = read_policy(role.values.get("assume_role_policy") or NOBODY)
        except PolicyError as why:
            unreadable.append((role.address, str(why)))
    return read, tuple(unreadable)


def _denies(planned: Planned, resource: Resource) -> bool:
    """Whether a policy that names an id which nobody knows yet allows nobody anything: that of an EFS file system.

    The tests of its module hold it to that, unless it is to let somebody in without a role (`foreseen`).
    """
    own = resource.type == "aws_efs_file_system_policy" and bool(resource.module)
    return own and planned.given(resource, "without_identity") is None


def _roles(planned: Planned, account: str, policies: Mapping[str, Policy]) -> Iterable[Role]:
    holding = holders(planned, "role")
    for role in planned.of_type("aws_iam_role"):
        own = _identity(planned, role, "role", account, policies, holding)
        trust = policies.get(role.address, Policy(()))
        given = tuple(role.values["managed_policy_arns"]) if _sets(role, "managed_policy_arns") else ()
        yield replace(
            own,
            trust=trust,
            services=_trusted(trust),
            foreign=(*given, *own.foreign),
            # A firewall writes to a log group of its own, beside the hosts'.
            log_group=_beside(planned, role, "aws_cloudwatch_log_group")
            or _beside(planned, role, "aws_cloudwatch_log_group", "this"),
            group=_beside(planned, role, "aws_autoscaling_group", "this"),
            spare=_beside(planned, role, "aws_autoscaling_group", "spare"),
            job=_beside(planned, role, "aws_ssm_parameter", "definition"),
            definition=purpose(planned, role),
            named=str(planned.given(role, "name") or ""),
            beside=beside(planned, role),
        )


def _users(planned: Planned, account: str, policies: Mapping[str, Policy]) -> Iterable[Role]:
    """Users, of files of somebody's own: landform makes none."""
    holding = with_groups(planned, holders(planned, "user"))
    for user in planned.of_type("aws_iam_user"):
        yield _identity(planned, user, "user", account, policies, holding)


def _identity(
    planned: Planned, own: Resource, kind: str, account: str, policies: Mapping[str, Policy], holding: Held
) -> Role:
    """What roles and users have in common."""
    held, foreign = holding.get(own.address, ((), ()))
    name = own.values.get("name") or own.address
    bounds = [t.address for t in planned.targets(own, "permissions_boundary")]
    return Role(
        arn=own.values.get("arn") or f"arn:aws:iam::{account}:{kind}{own.values.get('path') or '/'}{name}",
        address=own.address,
        region=own.region,
        services=frozenset(),
        policies=tuple(Attached(h, policies[h]) for h in held if h in policies),
        foreign=foreign,
        boundary=tuple(policies[b] for b in bounds if b in policies),
        tags=tags_of(own),
    )


def _beside(planned: Planned, role: Resource, kind: str, block: str = "") -> str:
    """The name of the only resource of a type in the role's module, or of the one that its module calls `block`."""
    beside = [r for r in planned.of_type(kind) if r.module == role.module]
    names = [r.values.get("name") for r in beside if r.name == (block or r.name)]
    return str(names[0] or "") if len(names) == 1 else ""


def _sets(resource: Resource, argument: str) -> bool:
    """Whether the configuration gives the argument; else its value is AWS's echo of other resources."""
    return argument in resource.expressions and bool(resource.values.get(argument))


def _trusted(trust: Policy) -> frozenset[str]:
    return frozenset(n for s in trust.statements if s.principals for n in s.principals.kinds.get("Service", ()))


def _buckets(planned: Planned, policies: Mapping[str, Policy]) -> Iterable[Store]:
    own = parts_of(planned, "aws_s3_bucket", "bucket", "aws_s3_bucket_policy")
    encryption = parts_of(planned, "aws_s3_bucket", "bucket", "aws_s3_bucket_server_side_encryption_configuration")
    for bucket in planned.of_type("aws_s3_bucket"):
        # Its own is what AWS tells of the one beside it, where there is one.
        held = [policies[p.address] for p in (bucket, *own.get(bucket.address, ())) if p.address in policies]
        keys = [
            t.address
            for e in encryption.get(bucket.address, ())
            for t in planned.targets(e, *_BUCKET_KEY)
            if planned.by_address[t.address].type == "aws_kms_key"
        ]
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


def _stores(planned: Planned, account: str, policies: Mapping[str, Policy], form: Form) -> Iterable[Store]:
    own = parts_of(planned, form.type, form.policy_argument, form.policy_type) if form.policy_type else {}
    for store in planned.of_type(form.type):
        held = [policies[p.address] for p in (store, *own.get(store.address, ())) if p.address in policies]
        keys = [t.address for t in planned.targets(store, *form.key)]
        copied = [planned.by_address[t.address] for t in planned.targets(store, form.copies)] if form.copies else []
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
            key=next((k for k in keys if planned.by_address[k].type == "aws_kms_key"), ""),
            indexed=any(each.values.get("global_secondary_index") for each in (store, *copied)),
        )


def _keys(planned: Planned, account: str, policies: Mapping[str, Policy]) -> Iterable[Store]:
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


def _trails(planned: Planned, account: str) -> Iterable[Store]:
    for trail in planned.of_type("aws_cloudtrail"):
        yield Store(
            kind="cloudtrail",
            arn=f"arn:aws:cloudtrail:{trail.region}:{account}:trail/{trail.values.get('name')}",
            address=trail.address,
            module=trail.module,
            region=trail.region,
            policy=None,
        )
