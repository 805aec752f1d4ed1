"""Permissions of a user of Studio besides the edges: apps, trainings to start, models to put in force."""

import json
from collections.abc import Iterator, Sequence

from landform.catalog.limits import MANAGED_POLICY, ROLE_POLICY
from landform.catalog.studio_permissions import (
    canvas_permissions,
    deploying_permissions,
    jumpstart_permissions,
    studio_permissions,
    training_permissions,
)
from landform.passes.resolve.naming import SHARED
from landform.plan import Batch, Host, Job, Plan, ServedModel, Statement, StudioUser


def user_permissions(plan: Plan, own: StudioUser) -> Iterator[tuple[Statement, str]]:
    """Yield what a user may do, each with the edge that asked for it."""
    account, spec = plan.system.account, own.spec
    uses = studio_permissions(
        own.region,
        account,
        profile=own.physical,
        space=own.space,
        instance=spec.instance,
        volume_key=plan.key(own.region, SHARED).alias,
    )
    if spec.canvas:
        uses += canvas_permissions(own.region, account, profile=own.physical, role_arn=own.role_arn)
    if spec.jumpstart:
        uses += jumpstart_permissions(own.region)
    yield from ((statement, f"{own.known}.{use}") for use, statement in uses)
    for training in startable(plan, own.region):
        yield from ((s, f"{own.known}.trains.{training.entry}") for s in _trained(plan, training))
    for served in deployable(plan, own.region):
        yield from ((s, f"{own.known}.deploys.{served.entry}") for s in _deployed(plan, served))


def startable(plan: Plan, region: str) -> Iterator[Job | Batch | Host]:
    """Yield the trainings that a job can be started of by one request: those of a fleet have a queue for jobs.

    A training with a table as an input is started by `landform run`, which exports it, or it fails.
    """
    trainings: list[Job | Batch | Host] = [*plan.jobs, *plan.batches, *(host for host in plan.hosts if host.jobs)]
    yield from (own for own in trainings if own.region == region and not any(e.verb == "export" for e in own.edges))


def deployable(plan: Plan, region: str) -> Iterator[ServedModel]:
    """Yield the endpoints that serve what a training of the system makes."""
    yield from (own for own in plan.served if own.region == region and own.trained)


def _trained(plan: Plan, own: Job | Batch | Host) -> tuple[Statement, ...]:
    return training_permissions(
        own.region,
        plan.system.account,
        platform=own.platform,
        name=own.physical,
        role_arn=own.role_arn,
        definition=own.definition if isinstance(own, Job) else "",
        tuned=isinstance(own, Job) and own.spec.tuning is not None,
        queue=own.jobs_arn if isinstance(own, Host) else "",
        key=plan.key(own.region, SHARED).alias,
    )


def _deployed(plan: Plan, own: ServedModel) -> tuple[Statement, ...]:
    return deploying_permissions(
        own.region,
        plan.system.account,
        name=own.physical,
        role_arn=own.role_arn,
        definition=own.definition,
        packages=own.packages,
    )


def packed(statements: Sequence[Statement]) -> tuple[tuple[Statement, ...], ...]:
    """Return statements in policies as long as IAM takes them: one of the role's own, and others beside it."""
    policies: list[list[Statement]] = [[]]
    for statement in statements:
        limit = ROLE_POLICY if len(policies) == 1 else MANAGED_POLICY
        if policies[-1] and _size([*policies[-1], statement]) > limit:
            policies.append([])
        policies[-1].append(statement)
    return tuple(map(tuple, policies))


def _size(statements: Sequence[Statement]) -> int:
    """Return the characters of a policy as the module writes it."""
    document = [
        {"Sid": s.sid, "Effect": "Allow", "Action": s.actions, "Resource": s.resources}
        | ({"Condition": s.conditions} if s.conditions else {})
        for s in statements
    ]
    return len(json.dumps({"Version": "2012-10-17", "Statement": document}, separators=(",", ":")))
