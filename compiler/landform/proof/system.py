"""Who and what a plan will make, as the proof sees it: roles, stores, endpoints, each with its policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from landform.proof.backups import Backed, read_backups
from landform.proof.called import urls
from landform.proof.callers import Caller, Listening, read_callers, read_listening
from landform.proof.evaluate import Policy, read_policy
from landform.proof.holders import Held, holders, memberships, with_groups
from landform.proof.patterns import PolicyError
from landform.proof.placed import misplaced
from landform.proof.planned import Planned, Resource
from landform.proof.purpose import purpose
from landform.proof.runners import Runner, read_runners, tags_of
from landform.proof.store import Store
from landform.proof.stores import read_stores
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
    outside: tuple[Role, ...] = field(default=())
    """Whom the plan gives policies to without making them, and groups of the plan with nobody of the plan in them."""

    @property
    def identities(self) -> tuple[Role, ...]:
        """All that hold policies of the plan."""
        return (*self.roles, *self.users, *self.outside)

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
        stores=tuple(read_stores(planned, account, policies)),
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
        outside=tuple(_outside(planned, account, policies)),
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


def _outside(planned: Planned, account: str, policies: Mapping[str, Policy]) -> Iterable[Role]:
    """What they hold by other plans is theirs to prove; what this one gives them is held against it."""
    peopled = {group for group, user in memberships(planned) if user in planned.by_address}
    for kind in ("role", "user", "group"):
        for owner, (held, foreign) in holders(planned, kind).items():
            made = planned.by_address.get(owner)
            if made is None or (kind == "group" and owner not in peopled):
                arn = f"arn:aws:iam::{account}:{kind}/{made.values.get('name') if made else owner}"
                own = tuple(Attached(h, policies[h]) for h in held if h in policies)
                yield Role(arn, made.address if made else arn, "", frozenset(), own, foreign)


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
