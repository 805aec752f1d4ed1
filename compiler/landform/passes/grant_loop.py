"""Permissions of a loop: of the steps of both machines, of the machines, and of the rule that starts one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from landform.catalog.loop_permissions import (
    Uses,
    compared_permission,
    deploying_permissions,
    following_permissions,
    machine_permissions,
    retraining_permissions,
    rule_permissions,
    shift_permission,
    step_permissions,
    training_permissions,
)
from landform.catalog.watch_permissions import tags_of
from landform.passes.resolve.loop import GIVEN, WORK, Retrained, looped, old_rows
from landform.passes.resolve.naming import SHARED, log_group, namespace, physical, role_name, topic_name
from landform.plan import Bucket, DriftWatch, Edge, Host, Job, Plan, ServedModel, Statement
from landform.spec.names import HOST, QUEUE, TABLE

Statements = Callable[[Plan, Edge], Iterator[Statement]]
"""What an edge to a store gives."""

PARTS = ("retrain", "deploy")

JUDGED = "-judged"
MOST_ALARMS = 10
"""SageMaker API, AutoRollbackConfig (read 2026-11-29)."""
ROLLS_BACK = ("errors", "error rate", "refused", "latency", "overhead")
"""Words of an endpoint's metrics whose alarms bring the old model back; what its answers are has an alarm of its own.

Others have other causes: more callers, a machine, and a new model's log is unusual by nature.
"""
BASE = 50
"""Characters of a name of SageMaker's that a hash of the run leaves (`landform.emit.loop.steps.made.named`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopNames:
    """What a loop is called on AWS; `work` is the prefix under which runs write, beside the rows of the training, and
    `given`, below it, that under which lies all that a training reads of it.

    `strayed` is the alarm on answers that a new version should not give.

    Names of models that are judged begin with `judged`, of models and configurations that are deployed with `deployed`.
    """

    steps: tuple[str, str]
    machines: tuple[str, str]
    table: str
    rule: str
    dead_letters: str
    shift: str
    strayed: str
    work: str
    given: str
    judged: str
    deployed: str

    def role(self, plan: Plan, own: DriftWatch, part: str, kind: str = "") -> str:
        """Return the name of the role of a part: of its steps, or of a `kind` of its own."""
        return role_name(plan, "drift", own.known_as, part, *filter(None, (kind,)), own.region)


def loop_names(plan: Plan, own: DriftWatch) -> LoopNames:
    """Return the names of the loop of a watch that has one."""
    assert own.loop is not None
    old = own.known_as
    retrain, deploy = (physical(plan, "drift", old, part, "steps", limit=HOST) for part in PARTS)
    return LoopNames(
        steps=(retrain, deploy),
        machines=(own.loop.machine, own.loop.deployer),
        table=physical(plan, "drift", old, "loop", limit=TABLE),
        rule=physical(plan, "drift", old, "alarms", limit=HOST),
        dead_letters=physical(plan, "drift", old, "alarms", "dead", limit=QUEUE),
        shift=log_group(plan, "drift", old, "shift"),
        # A name that no alarm of a spec can have.
        strayed=f"{own.loop.deployer}-StrayedAnswers",
        work=f"{WORK}{old}/",
        given=f"{WORK}{old}/{GIVEN}",
        judged=f"{own.service[: BASE - len(JUDGED)]}{JUDGED}",
        deployed=own.service[:BASE],
    )


def loops(plan: Plan) -> Iterator[tuple[DriftWatch, Retrained]]:
    """Yield what has all that a loop needs: the watch with its labels, and the training."""
    for own, job in looped(plan):
        if own.labels and served_in(plan, own):
            yield own, job


def served_in(plan: Plan, own: DriftWatch) -> tuple[ServedModel, ...]:
    """Return the watched model in all its regions, the watch's first."""
    found = [each for each in plan.served if each.label == own.of]
    return tuple(sorted(found, key=lambda each: (each.region != own.region, each.region)))


@dataclass(frozen=True, slots=True)
class Part:
    """A role of a loop, with what it may do and what for."""

    kind: str
    role: str
    uses: Uses


def parts(plan: Plan, own: DriftWatch, job: Retrained, of: Statements) -> tuple[Part, ...]:
    """Return the five roles of a loop: two of steps, two of machines, one of the rule."""
    assert own.loop is not None
    names, account, region = loop_names(plan, own), plan.system.account, own.region
    retrain, deploy = (machine_permissions(region, account, function=name) for name in names.steps)
    return (
        Part("retrain", names.role(plan, own, "retrain"), _retrains(plan, own, job, of)),
        Part("deploy", names.role(plan, own, "deploy"), _deploys(plan, own, of)),
        Part("retrain machine", names.role(plan, own, "retrain", "machine"), (*retrain, *_follows(plan, own, job))),
        Part("deploy machine", names.role(plan, own, "deploy", "machine"), deploy),
        Part("rule", names.role(plan, own, "rule"), rule_permissions(region, account, machine=own.loop.machine)),
    )


def _steps(plan: Plan, own: DriftWatch, part: str) -> Uses:
    """Return what the steps of a part need, whatever they do."""
    return step_permissions(
        own.region,
        plan.system.account,
        name=loop_names(plan, own).steps[PARTS.index(part)],
        log_group=log_group(plan, "drift", own.known_as, part),
        key=plan.key(own.region, SHARED).alias,
    )


def _retrains(plan: Plan, own: DriftWatch, job: Retrained, of: Statements) -> Uses:
    """Return what the steps of a retraining do."""
    names, served = loop_names(plan, own), served_in(plan, own)[0]
    asked = retraining_permissions(
        own.region,
        plan.system.account,
        table=names.table,
        key=plan.key(own.region, SHARED).alias,
        endpoint=served.physical,
        judged=names.judged,
        packages=served.packages,
        parameters=(*((job.definition,) if isinstance(job, Job) else ()), served.definition),
        role=served.role_arn,
    )
    read = ((use, statement) for use, edge in _read(plan, own, job) for statement in of(plan, edge))
    return (*_steps(plan, own, "retrain"), *asked, *read)


def _deploys(plan: Plan, own: DriftWatch, of: Statements) -> Uses:
    """Return what the steps of a deployment do, in all regions."""
    names, account = loop_names(plan, own), plan.system.account
    served, *elsewhere = served_in(plan, own)
    told = (*shift_permission(own.region, account, names.shift), *compared_permission(namespace(plan)))
    found = [*_steps(plan, own, "deploy"), *told, *(("compared", each) for each in of(plan, traffic(own)))]
    for each in (served, *elsewhere):
        where = "" if each is served else "".join(part.capitalize() for part in each.region.split("-"))
        found += deploying_permissions(
            each.region,
            account,
            endpoint=each.physical,
            deployed=names.deployed,
            packages=each.packages,
            definition=each.definition,
            role=each.role_arn,
            alarms=rollback_alarms(plan, each),
            disks=_disk_key(plan, each),
            where=where,
        )
    return (*found, *(("copied", s) for edge in _copied(served, elsewhere) for s in of(plan, edge)))


def _follows(plan: Plan, own: DriftWatch, job: Retrained) -> Uses:
    """Return what the machine that retrains starts, follows and tells."""
    assert own.loop is not None
    region, account, key = own.region, plan.system.account, plan.key(own.region, SHARED).alias
    return following_permissions(
        region,
        account,
        platform=job.platform,
        training=training_permissions(
            region,
            account,
            platform=job.platform,
            name=job.physical,
            role=job.role_arn,
            key=key,
            tags=tags_of(plan.system.system, plan.system.environment, own.label),
            queue=job.jobs_arn if isinstance(job, Host) else "",
        ),
        judged=loop_names(plan, own).judged,
        deployer=own.loop.deployer,
        topics=[topic_name(plan, name) for name in own.tell],
        key=key,
        disks=_disk_key(plan, served_in(plan, own)[0]),
    )


def rollback_alarms(plan: Plan, served: ServedModel) -> tuple[str, ...]:
    """Return the names of the alarms that bring an endpoint's old model back: as many as SageMaker takes.

    That on what is answered first, where the watch sees it; then by metric.
    """
    loop = next((own for own, _ in loops(plan) if (own.of, own.region) == (served.label, served.region)), None)
    own = [alarm for watch in plan.watches if watch.region == served.region for alarm in watch.alarms]
    found = [
        (ROLLS_BACK.index(each.metric.word), each.name)
        for each in own
        if each.component.module == served.address and each.metric.word in ROLLS_BACK
    ]
    strayed = (loop_names(plan, loop).strayed,) if loop else ()
    return (*strayed, *(name for _, name in sorted(found)))[:MOST_ALARMS]


def _disk_key(plan: Plan, served: ServedModel) -> str:
    """Return the alias of the key of an endpoint's disks; none for machines with disks of their own."""
    return plan.key(served.region, SHARED).alias if served.type and served.type.disks is None else ""


def _read(plan: Plan, own: DriftWatch, job: Retrained) -> Iterator[tuple[str, Edge]]:
    """Yield what the steps of a retraining read and write: the traffic, its labels, the old rows, their own work."""
    assert own.labels is not None
    old, path, said = old_rows(job), own.path, f"{own.label}.then"
    assert old is not None
    work = loop_names(plan, own).work
    yield "traffic", traffic(own)
    yield "labels", Edge("labels", own.labels.bucket, path, said, own.labels.prefix)
    yield "old-rows", Edge("captured", old.store, path, said, old.prefix)
    yield "work", Edge("judged", old.store, path, said, work)
    if isinstance(job, Host):
        yield "records", Edge("followed", plan.artifacts_in(job.region), path, said, job.records)


def traffic(own: DriftWatch) -> Edge:
    """Return the edge to what the endpoint was asked and answered."""
    return Edge("captured", own.captured, own.path, f"{own.label}.then", f"{own.captured_under}{own.service}/")


def _copied(served: ServedModel, elsewhere: list[ServedModel]) -> Iterator[Edge]:
    """Yield what a deployment copies: the archive of the training, into the bucket of each other region."""
    for each in elsewhere:
        for verb, edge in (("model", served.edge("model")), ("copied", each.edge("model"))):
            if edge and isinstance(edge.store, Bucket):
                yield Edge(verb, edge.store, served.path, f"{served.label}.copied", edge.prefix)
