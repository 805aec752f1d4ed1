"""Paths of escalation, and near misses of them, to be planted in the plan of a whole system."""

from __future__ import annotations

from typing import Any, NamedTuple

from support.orders import ACCOUNT, Mutate, Plan, saying
from support.orders.names import BENCH, EMBED, EXPLAIN, FIT, INGEST, START


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
