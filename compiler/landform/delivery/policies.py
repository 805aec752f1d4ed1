"""What the roles of a delivery may do, from the resources of the output; and what bounds every role of the system.

Four ways of telling what is a system's own: by name where ARNs have names, by tags where AWS gives ids, by the path and
the boundary for roles, and for what knows none of these by the service alone. What another landform system tagged is
denied before all that.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from landform.catalog.delivery_permissions import (
    BORROWED,
    FENCED,
    IMAGES,
    MAKES,
    MAKES_IN_EC2,
    MOUNT_TARGETS,
    NAMED,
    PASSED_TO,
    READS,
    READS_OF_OURS,
    ROLES,
    ROLES_WITHIN_BOUNDS,
    SERVICES,
    UNNAMED,
    WRITES_OF_IAM,
)
from landform.catalog.limits import MANAGED_POLICY
from landform.delivery.roles import PATH
from landform.emit.modules import installed
from landform.explain.facts import resources_of
from landform.lower.root import backend, lower
from landform.passes.check.sites import named
from landform.plan import Plan
from landform.root import Output
from landform.spec.iam import ROOT

Document = dict[str, Any]


def used_by(plan: Plan) -> frozenset[str]:
    """Return the services that make what a plan's modules hold."""
    found = resources_of(lower(plan), installed()).values()
    types = {address.split(".")[2] for addresses in found for address in addresses}
    return services(kind for kind in types if kind.startswith("aws_"))


def services(types: Iterable[str]) -> frozenset[str]:
    """Return the services that make resources of these types.

    Raises:
        KeyError: a type that the catalog has no service for.
    """
    return frozenset(service for each in types for service in SERVICES[_kind(each)])


def _kind(resource: str) -> str:
    words = resource.removeprefix("aws_").split("_")
    return next(k for n in range(len(words), 0, -1) if (k := "_".join(words[:n])) in SERVICES or n == 1)


def plan_policy(plan: Plan, used: frozenset[str]) -> Document:
    """Return what planning takes: to read how things are set up, and the state. Nothing in it writes."""
    return _document([*_reads(plan, used), *_state(plan, writes=False)])


def apply_policies(plan: Plan, used: frozenset[str]) -> tuple[Document, ...]:
    """Return what applying takes, in as few managed policies as hold it."""
    allowed = [
        *_reads(plan, used),
        *_state(plan, writes=True),
        *_named(plan, used),
        *_tagged(plan, used),
        *_made(plan, used),
        *_roles(plan),
    ]
    return tuple(_packed([*allowed, *denied(plan)]))


def boundary(plan: Plan) -> Document:
    """Return what bounds every role of the system and who applies it: no way out of it, and none to others' things."""
    everything = {"Sid": "WhatItsOwnPoliciesSay", "Effect": "Allow", "Action": "*", "Resource": "*"}
    return _document([everything, *denied(plan), _fence(plan)])


def denied(plan: Plan) -> list[Document]:
    """Return what nobody of a delivery may: out of the bounds, into another system, the trail off."""
    iam, account = plan.system.iam, plan.system.account
    bound = iam.permissions_boundary if iam else None
    unbound: Mapping[str, Any] = {"StringNotEquals": {"iam:PermissionsBoundary": bound}} if bound else {}
    makes = ["iam:CreateRole", "iam:PutRolePermissionsBoundary"]
    taken = ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"]
    # Terraform looks at what it names.
    reads = [f"iam:{each}" for each in READS["iam"]]
    delivery = [f"arn:aws:iam::{account}:{kind}{PATH}*" for kind in ("policy", "role")]
    return [
        _deny("NoRoleWithoutTheBoundary", makes, "*", unbound),
        _deny("NoBoundaryIsTakenAway", taken, "*"),
        _beyond("NothingOfForeignRoles", ["sts:AssumeRole", *(f"iam:{each}" for each in WRITES_OF_IAM)], _in_iam(plan)),
        _deny("TheBoundaryStays", [f"iam:{each}" for each in _CHANGES], bound or "*"),
        {"Sid": "WhoDeliversStays", "Effect": "Deny", "NotAction": reads, "Resource": delivery},
        _deny("NobodyElseIsLetIn", [f"iam:{each}" for each in _PEOPLE] + ["organizations:*"], "*"),
        *(_deny(f"NothingOfAnother{sid}", ["*"], "*", _other(tag, value)) for sid, tag, value in _owner(plan)),
        *_trail(plan),
    ]


def _in_iam(plan: Plan) -> list[str]:
    """What of IAM may be written, passed or taken: the system's own, and what AWS itself lets nobody change."""
    linked = f"arn:aws:iam::{plan.system.account}:role/aws-service-role/*"
    return [*_own_in_iam(plan).values(), linked]


def _own_in_iam(plan: Plan) -> dict[str, str]:
    iam, account = plan.system.iam, plan.system.account
    path = iam.path if iam else ROOT
    kinds = ("instance-profile", "policy", "role")
    return {kind: f"arn:aws:iam::{account}:{kind}{path}{plan.prefix}-*" for kind in kinds}


_CHANGES: Final = (
    *("CreatePolicy", "CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion"),
    *("TagPolicy", "UntagPolicy"),
)
_PEOPLE: Final = ("*AccessKey", "*Group*", "*LoginProfile", "*Provider*", "*User", "*UserPolicy")


def _owner(plan: Plan) -> Iterator[tuple[str, str, str]]:
    yield "System", "landform:system", plan.system.system
    yield "Environment", "landform:environment", plan.system.environment


def _trail(plan: Plan) -> Iterator[Document]:
    """Who turns the trail off, or loses what it wrote, leaves no trace."""
    account, trails = plan.system.account, f"arn:aws:cloudtrail:*:{plan.system.account}:trail/*"
    yield _deny(
        "TheTrailGoesOn", ["cloudtrail:DeleteTrail", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail"], trails
    )
    if plan.trail:
        bucket = f"arn:aws:s3:::{plan.trail.bucket}"
        lost = ["s3:BypassGovernanceRetention", "s3:DeleteBucket", "s3:DeleteObject", "s3:DeleteObjectVersion"]
        yield _deny("WhatItWroteStays", lost, [bucket, f"{bucket}/*"])
        key = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": plan.trail.key.alias}}
        gone = ["kms:DisableKey", "kms:ScheduleKeyDeletion"]
        yield _deny("ItsKeyStays", gone, f"arn:aws:kms:*:{account}:key/*", key)


def _fence(plan: Plan) -> Document:
    """Names are all that tells these apart: what is neither the system's nor named in the spec is another's."""
    ours = [arn for service in FENCED for arn in _arns(plan, service)]
    secrets = [f"arn:aws:secretsmanager:*:{plan.system.account}:secret:{plan.prefix}-*"]
    granted = {arn for grant in plan.grants for arn in grant.statement.resources}
    named = {arn for arn in granted if arn.split(":")[2:3] and arn.split(":")[2] in FENCED and arn != "*"}
    others = sorted(arn for arn in named if plan.prefix not in arn and ":*" not in arn)
    state = [f"{_state_file(plan)}*", f"arn:aws:s3:::{plan.system.state.bucket}"] if plan.system.state else []
    actions = [f"{service}:{each}" for service, each in FENCED.items()]
    kept = [*ours, *secrets, *state, IMAGES, *others]
    return _beyond("NothingOfOthersByName", actions, kept, _equal("aws:ResourceAccount", plan))


def _equal(key: str, plan: Plan) -> Document:
    return {"StringEquals": {key: plan.system.account}}


def _reads(plan: Plan, used: frozenset[str]) -> Iterator[Document]:
    actions = [f"{service}:{each}" for service in sorted(used) for each in READS[service]]
    yield _allow("SeeHowThingsAreSetUp", actions, "*")
    for service in sorted(used & READS_OF_OURS.keys()):
        sid = f"See{service.capitalize()}OfTheSystem"
        yield _allow(sid, [f"{service}:{each}" for each in READS_OF_OURS[service]], _arns(plan, service))
    files = sorted(set(_files(plan)))
    if files:
        yield _allow("SeeWhatTerraformPutThere", ["s3:GetObject", "s3:GetObjectTagging"], files)


def _files(plan: Plan) -> Iterator[str]:
    """Yield where the objects lie that are resources of Terraform: code by its folder, since it is renamed at times."""
    modules = lower(plan).modules
    names = {module.address: module.variables.get("name") for module in modules}
    for module in modules:
        for key in module.variables.get("objects") or () if module.source == "bucket" else ():
            yield f"arn:aws:s3:::{names[module.address]}/{key.rpartition('/')[0]}/*"
        first = module.variables.get("archive") if module.source == "endpoint" else None
        if first and "source" in first:
            bucket = first["bucket"]
            yield f"arn:aws:s3:::{names[bucket.module] if isinstance(bucket, Output) else bucket}/{first['key']}"


def _state(plan: Plan, *, writes: bool) -> Iterator[Document]:
    if plan.system.state is None:
        return
    file = _state_file(plan)
    yield _allow("FindTheState", ["s3:ListBucket"], f"arn:aws:s3:::{plan.system.state.bucket}")
    yield _allow("ReadTheState", ["s3:GetObject"], file)
    if writes:
        yield _allow("WriteTheState", ["s3:PutObject"], file)
        yield _allow("LockTheState", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], f"{file}.tflock")


def _state_file(plan: Plan) -> str:
    own = backend(plan)
    assert own is not None
    return f"arn:aws:s3:::{own.bucket}/{own.key}"


def _named(plan: Plan, used: frozenset[str]) -> Iterator[Document]:
    known = sorted(used & NAMED.keys())
    arns = [arn for service in known for arn in _arns(plan, service)]
    yield _allow("OfTheSystemByName", [f"{service}:*" for service in known], arns)
    for service in sorted(used & UNNAMED.keys()):
        sid = f"Without{''.join(part.capitalize() for part in service.split('-'))}Names"
        yield _allow(sid, [f"{service}:{each}" for each in UNNAMED[service]], "*")
    zones = sorted({f"arn:aws:route53:::hostedzone/{spec.zone}" for _, spec, _ in named(plan) if spec.zone})
    if zones:
        yield _allow("RecordsOfItsZones", ["route53:ChangeResourceRecordSets"], zones)


def _tagged(plan: Plan, used: frozenset[str]) -> Iterator[Document]:
    services = sorted(used - {"iam", "s3"})
    yield _allow("OfTheSystemByTag", [f"{each}:*" for each in services], "*", _tags(plan, "aws:ResourceTag"))


def _made(plan: Plan, used: frozenset[str]) -> Iterator[Document]:
    account, asked = plan.system.account, _tags(plan, "aws:RequestTag")
    actions = [f"{service}:{each}" for service in sorted(used & MAKES.keys()) for each in MAKES[service]]
    if actions:
        yield _allow("MadeAsTheSystems", actions, "*", asked)
    if "ec2" not in used:
        return
    for kind, makes in MAKES_IN_EC2.items():
        sid = f"Made{''.join(part.capitalize() for part in kind.split('-'))}"
        yield _allow(sid, [f"ec2:{each}" for each in makes], f"arn:aws:ec2:*:{account}:{kind}/*", asked)
    yield _allow("TaggedWhenMade", ["ec2:CreateTags"], "*", {**asked, "Null": {"ec2:CreateAction": "false"}})
    borrowed = [f"arn:aws:ec2:*:*:{each}" for each in BORROWED] + [f"arn:aws:ec2:*::{BORROWED[0]}"]
    yield _allow("StartedFrom", ["ec2:RunInstances"], borrowed)
    # Whoever uses a launch template looks its image up.
    yield _allow("ImagesByTheirParameters", ["ssm:GetParameters"], IMAGES)
    if "elasticfilesystem" in used:
        interfaces = f"arn:aws:ec2:*:{account}:network-interface/*"
        yield _allow("InterfacesOfMountTargets", [f"ec2:{each}" for each in MOUNT_TARGETS], interfaces)
    # A VPC brings a group that lets its members talk: nothing of it tells whose it is, but it can only lose rules.
    empty = ["ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"]
    groups = f"arn:aws:ec2:*:{account}:security-group/*"
    yield _allow("TheGroupThatAVpcBrings", empty, groups)
    untagged = {**asked, "Null": {"aws:ResourceTag/landform:system": "true"}}
    yield _allow("TaggedAsTheVpcs", ["ec2:CreateTags"], groups, untagged)


def _roles(plan: Plan) -> Iterator[Document]:
    iam, account = plan.system.iam, plan.system.account
    bound = iam.permissions_boundary if iam else None
    own = _own_in_iam(plan)
    yield _allow("RolesOfTheSystem", [f"iam:{each}" for each in ROLES], list(own.values()))
    to = {"StringEquals": {"iam:PassedToService": [f"{each}.amazonaws.com" for each in PASSED_TO]}}
    yield _allow("RolesForServices", ["iam:PassRole"], own["role"], to)
    within = {"StringEquals": {"iam:PermissionsBoundary": bound}} if bound else {}
    yield _allow("RolesWithinTheBoundary", [f"iam:{each}" for each in ROLES_WITHIN_BOUNDS], own["role"], within)
    linked = f"arn:aws:iam::{account}:role/aws-service-role/*"
    yield _allow("RolesOfAwsItself", ["iam:CreateServiceLinkedRole"], linked)


def _arns(plan: Plan, service: str) -> list[str]:
    words = {"prefix": plan.prefix, "account": plan.system.account, "system": plan.system.system}
    words["environment"] = plan.system.environment
    return [f"arn:aws:{each.format_map(words)}" for each in NAMED.get(service, ())]


def _tags(plan: Plan, key: str) -> Document:
    return {"StringEquals": {f"{key}/{tag}": value for _, tag, value in _owner(plan)}}


def _other(tag: str, value: str) -> Document:
    key = f"aws:ResourceTag/{tag}"
    return {"StringNotEquals": {key: value}, "Null": {key: "false"}}


def _allow(sid: str, actions: list[str], resources: str | list[str], conditions: Mapping[str, Any] = {}) -> Document:
    return _statement("Allow", sid, actions, resources, conditions)


def _deny(sid: str, actions: list[str], resources: str | list[str], conditions: Mapping[str, Any] = {}) -> Document:
    return _statement("Deny", sid, actions, resources, conditions)


def _beyond(sid: str, actions: list[str], kept: list[str], conditions: Mapping[str, Any] = {}) -> Document:
    """Deny on everything else than `kept`."""
    statement = _deny(sid, actions, kept, conditions)
    return statement | {"NotResource": statement.pop("Resource")}


def _statement(
    effect: str, sid: str, actions: list[str], resources: str | list[str], conditions: Mapping[str, Any]
) -> Document:
    said = {"Sid": sid, "Effect": effect, "Action": actions, "Resource": resources}
    return said | ({"Condition": dict(conditions)} if conditions else {})


def _document(statements: list[Document]) -> Document:
    return {"Version": "2012-10-17", "Statement": statements}


def _packed(statements: list[Document]) -> Iterator[Document]:
    """Fill one policy after the other."""
    held: list[Document] = []
    for each in statements:
        if held and len(text(_document([*held, each]))) > MANAGED_POLICY:
            yield _document(held)
            held = []
        held.append(each)
    yield _document(held)


def text(document: Document) -> str:
    """Return a policy as IAM counts it: without white space."""
    return json.dumps(document, separators=(",", ":"), sort_keys=True)
