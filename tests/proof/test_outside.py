"""Whom files of one's own give policies to, and whom the plan does not make."""

from __future__ import annotations

from typing import Any

import pytest
from support.orders import ACCOUNT, STRANGER, Plan, orders, plant

from landform.diagnostics import Severity
from landform.proof.planned import read_plan
from landform.proof.system import read_system

from .test_handed_out import ADMIN
from .test_hidden import BENCH_ARN, BENCH_ROLE, MODELS, document, errors, is_told

REACHES = document(Action="s3:GetObject", Resource=f"{MODELS}/*")
THEIRS = f"arn:aws:iam::{STRANGER}:policy/theirs"
KINDS = ["role", "user", "group"]
Planted = tuple[str, dict[str, Any]]


def errors_of(*planted: Planted) -> Any:
    def mutate(plan: Plan) -> None:
        for number, (kind, given) in enumerate(planted):
            plant(plan, kind, f"own{number}", **given)

    return errors(mutate)


@pytest.mark.parametrize("kind", KINDS)
def test_a_policy_for_somebody_else_reaches_no_store(kind: str) -> None:
    found = errors_of((f"aws_iam_{kind}_policy", {kind: "else", "policy": REACHES}))
    assert is_told(found, f"arn:aws:iam::{ACCOUNT}:{kind}/else may s3:GetObject on {MODELS}/", "no edge leads there")


@pytest.mark.parametrize("arn", [ADMIN, THEIRS])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("exclusive", [False, True])
def test_a_policy_that_nobody_sees_is_attached_to_nobody(kind: str, arn: str, exclusive: bool) -> None:
    """Whoever keeps it decides what of this plan is reached, whomever it is attached to."""
    attachment: Planted = (
        (f"aws_iam_{kind}_policy_attachments_exclusive", {f"{kind}_name": "else", "policy_arns": [arn]})
        if exclusive
        else (f"aws_iam_{kind}_policy_attachment", {kind: "else", "policy_arn": arn})
    )
    assert is_told(errors_of(attachment), f"arn:aws:iam::{ACCOUNT}:{kind}/else has the policy {arn} attached")


def test_somebody_else_among_roles_of_the_plan_is_seen() -> None:
    roles = [BENCH_ARN.rpartition("/")[2], "else"]
    found = errors_of(("aws_iam_policy_attachment", {"roles": roles, "policy_arn": THEIRS}))
    assert all(is_told(found, f"{who} has the policy {THEIRS}") for who in (BENCH_ROLE, ":role/else"))


def test_a_group_of_ones_own_reaches_no_store_whoever_is_in_it() -> None:
    found = errors_of(
        ("aws_iam_group", {"name": "crew"}), ("aws_iam_group_policy", {"group": "crew", "policy": REACHES})
    )
    assert is_told(found, f"arn:aws:iam::{ACCOUNT}:group/crew may s3:GetObject on {MODELS}/")


def test_a_user_of_ones_own_has_what_a_group_of_others_is_given() -> None:
    found = errors_of(
        ("aws_iam_user", {"name": "ann"}),
        ("aws_iam_user_group_membership", {"user": "ann", "groups": ["others"]}),
        ("aws_iam_group_policy", {"group": "others", "policy": REACHES}),
    )
    assert is_told(found, f"arn:aws:iam::{ACCOUNT}:user/ann may s3:GetObject on {MODELS}/")


def test_somebody_whom_an_apply_will_tell_reaches_no_store() -> None:
    def mutate(plan: Plan) -> None:
        plant(plan, "aws_iam_role_policy", "own", policy=REACHES)
        change = {"actions": ["create"], "after_unknown": {"role": True}}
        plan["resource_changes"].append({"address": "aws_iam_role_policy.own", "change": change})

    assert is_told(errors(mutate), f"arn:aws:iam::{ACCOUNT}:role/known-after-apply may s3:GetObject on {MODELS}/")


@pytest.mark.parametrize("action", ["iam:PassRole", "iam:PutRolePolicy"])
def test_somebody_else_widens_no_access(action: str) -> None:
    policy = document(Action=action, Resource="*")
    found = errors_of(("aws_iam_role_policy", {"role": "else", "policy": policy}))
    assert is_told(found, f"aws_iam_role_policy.own0 allows {action}: a role widens access")


def test_what_reaches_nothing_of_the_plan_is_only_said() -> None:
    elsewhere = document(Action="s3:GetObject", Resource="arn:aws:s3:::elsewhere/*")
    found = orders().spoiled(lambda plan: plant(plan, "aws_iam_role_policy", "own", role="else", policy=elsewhere))
    assert {(d.code, d.severity) for d in found} == {("LF0815", Severity.WARNING), ("LF0815", Severity.NOTE)}


def test_the_system_gives_policies_to_nobody_but_its_own() -> None:
    assert read_system(read_plan(orders().plan), ACCOUNT).outside == ()
