"""Who may deliver: GitHub's OIDC provider, the roles that plan and apply, and the boundary of them and all others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from landform.delivery.policies import apply_policies, boundary, plan_policy, text, used_by
from landform.delivery.roles import AUDIENCE, ISSUER, LONGEST, PATH, arn, name, provider_arn, trust
from landform.diagnostics import Path, error
from landform.operate.bootstrap.model import Step, Work
from landform.operate.preflight.owner import Owner, owner
from landform.plan import Plan
from landform.spec.deliver import Deliver

VERSIONS: Final = 5
"""Versions of a managed policy that IAM keeps (IAM quotas, read 2026-11-29)."""


def bounded(session: Any, plan: Plan) -> Work:
    """Return what is left to do for the boundary; one that has not the system's name is somebody else's to make."""
    iam = plan.system.iam
    if iam is None or iam.bound_by in (None, "aws"):
        return Work()
    bound = str(iam.permissions_boundary)
    client = session.client("iam", region_name=plan.system.regions.primary)
    last = bound.rpartition("/")[2]
    if last.startswith(f"{plan.prefix}-"):
        return _policy(client, plan, bound, text(boundary(plan)), ("iam", "permissions_boundary"))
    if _found(client, bound) is None:
        fact = f"the boundary {bound} does not stand, and its name is not the system's to make."
        remedy = f"Make it first, or name it {plan.prefix}-boundary."
        return Work(found=(error("LF0910", ("iam", "permissions_boundary"), fact, remedy),))
    return Work()


def provider(session: Any, plan: Plan) -> Work:
    """Return what is left to do for the provider, which serves every repository of the account."""
    iam, own = session.client("iam", region_name=plan.system.regions.primary), provider_arn(plan)
    try:
        clients = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=own)["ClientIDList"]
    except iam.exceptions.NoSuchEntityException:
        made = {"Url": f"https://{ISSUER}", "ClientIDList": [AUDIENCE]}
        says = f"OIDC provider {ISSUER}: make it, for {AUDIENCE}"
        return Work((Step(says, lambda: iam.create_open_id_connect_provider(**made)),))
    if AUDIENCE in clients:
        return Work()
    more = {"OpenIDConnectProviderArn": own, "ClientID": AUDIENCE}
    says = f"OIDC provider {ISSUER}: add the audience {AUDIENCE}"
    return Work((Step(says, lambda: iam.add_client_id_to_open_id_connect_provider(**more)),))


def roles(session: Any, plan: Plan, own: Deliver) -> Work:
    """Return what is left to do for the role that plans and the one that applies."""
    iam, used = session.client("iam", region_name=plan.system.regions.primary), used_by(plan)
    documents = {"plan": (plan_policy(plan, used),), "apply": apply_policies(plan, used)}
    work = Work()
    for use, held in documents.items():
        at = f"arn:aws:iam::{plan.system.account}:policy{PATH}{name(plan, use)}"
        named = {f"{at}-{number}": text(document) for number, document in enumerate(held, 1)}
        for policy, document in named.items():
            work += _policy(iam, plan, policy, document, ("deliver",))
        work += _role(iam, plan, own, use, named)
    return work


def _role(iam: Any, plan: Plan, own: Deliver, use: str, policies: Mapping[str, str]) -> Work:
    called, trusted = name(plan, use), trust(plan, own, use)
    bound = plan.system.iam.permissions_boundary if plan.system.iam else None
    try:
        role = iam.get_role(RoleName=called)["Role"]
    except iam.exceptions.NoSuchEntityException:
        made = {
            "RoleName": called,
            "Path": PATH,
            "AssumeRolePolicyDocument": text(trusted),
            "Description": f"{use.capitalize()}s {plan.prefix} for {own.repo}",
            "MaxSessionDuration": LONGEST[use],
            "Tags": _tags(plan),
            **({"PermissionsBoundary": bound} if bound else {}),
        }
        first = Step(f"role {PATH}{called}: make it, for {own.repo}", lambda: iam.create_role(**made))
        return Work((first, *_attached(iam, called, policies, ())))
    if role["Arn"] != arn(plan, use) or not owner(plan).tagged(role.get("Tags", ())):
        fact = f"the role {called} stands already and is not this system's."
        return Work(found=(error("LF0921", ("deliver",), fact, "Delete it, or change `system`."),))
    return Work(
        (*_mended(iam, role, trusted, bound, LONGEST[use]), *_attached(iam, called, policies, _held(iam, called)))
    )


def _mended(
    iam: Any, role: Mapping[str, Any], trusted: dict[str, Any], bound: str | None, longest: int
) -> Iterator[Step]:
    called = role["RoleName"]
    if role["AssumeRolePolicyDocument"] != trusted:
        document = text(trusted)
        yield Step(
            f"role {PATH}{called}: trust whom the spec names",
            lambda: iam.update_assume_role_policy(RoleName=called, PolicyDocument=document),
        )
    if role.get("MaxSessionDuration") != longest:
        yield Step(
            f"role {PATH}{called}: let it be had for {longest} seconds",
            lambda: iam.update_role(RoleName=called, MaxSessionDuration=longest),
        )
    if bound and role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") != bound:
        yield Step(
            f"role {PATH}{called}: bound it by {bound}",
            lambda: iam.put_role_permissions_boundary(RoleName=called, PermissionsBoundary=bound),
        )


def _attached(iam: Any, role: str, policies: Mapping[str, str], held: tuple[str, ...]) -> Iterator[Step]:
    for policy in policies:
        if policy not in held:
            yield Step(
                f"role {PATH}{role}: give it {policy.rpartition('/')[2]}",
                partial(iam.attach_role_policy, RoleName=role, PolicyArn=policy),
            )
    for policy in held:
        if policy not in policies:
            yield Step(
                f"role {PATH}{role}: take {policy} from it",
                partial(iam.detach_role_policy, RoleName=role, PolicyArn=policy),
            )
    if held:
        for inline in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            yield Step(
                f"role {PATH}{role}: take the inline policy {inline} from it",
                partial(iam.delete_role_policy, RoleName=role, PolicyName=inline),
            )


def _held(iam: Any, role: str) -> tuple[str, ...]:
    return tuple(one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"])


def _policy(iam: Any, plan: Plan, at: str, document: str, path: Path) -> Work:
    """Return what is left to do for a managed policy: to make it, or to give it another default version."""
    called, own = at.rpartition("/")[2], owner(plan)
    where = at.partition(":policy")[2].removesuffix(called)
    found = _found(iam, at)
    if found is None:
        made = {"PolicyName": called, "Path": where, "PolicyDocument": document, "Tags": _tags(plan)}
        return Work((Step(f"policy {where}{called}: make it", lambda: iam.create_policy(**made)),))
    if not _of(own, iam, at):
        fact = f"the policy {where}{called} stands already and is not this system's."
        return Work(found=(error("LF0921", path, fact, "Delete it, or change the name in the spec."),))
    version = iam.get_policy_version(PolicyArn=at, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    if _read(version["Document"]) == json.loads(document):
        return Work()
    return Work((Step(f"policy {where}{called}: say what the spec needs now", lambda: _renew(iam, at, document)),))


def _renew(iam: Any, at: str, document: str) -> None:
    """Give a policy a new default version; of as many as IAM keeps, the oldest one goes."""
    kept = [one for one in iam.list_policy_versions(PolicyArn=at)["Versions"] if not one["IsDefaultVersion"]]
    if len(kept) + 1 >= VERSIONS:
        oldest = min(kept, key=lambda one: one["CreateDate"])
        iam.delete_policy_version(PolicyArn=at, VersionId=oldest["VersionId"])
    iam.create_policy_version(PolicyArn=at, PolicyDocument=document, SetAsDefault=True)


def _found(iam: Any, at: str) -> Any:
    try:
        return iam.get_policy(PolicyArn=at)["Policy"]
    except iam.exceptions.NoSuchEntityException:
        return None


def _of(own: Owner, iam: Any, at: str) -> bool:
    return own.tagged(iam.list_policy_tags(PolicyArn=at)["Tags"])


def _read(document: Any) -> Any:
    return json.loads(document) if isinstance(document, str) else document


def _tags(plan: Plan) -> list[dict[str, str]]:
    own = owner(plan)
    said = {"landform:system": own.system, "landform:environment": own.environment}
    return [{"Key": key, "Value": value} for key, value in said.items()]
