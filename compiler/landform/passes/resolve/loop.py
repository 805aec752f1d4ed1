"""What a loop adds to others: its training reads the new rows, and its model answers those that were kept back."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from landform.plan import Batch, DriftWatch, Edge, Host, Job, Plan, ServedModel

One = TypeVar("One", Job, Batch, Host, ServedModel)

Retrained = Job | Batch | Host
"""What makes a model anew, on whichever platform."""

WORK = "drift/"
"""The prefix beside the rows of a training under which the runs of loops write, each watch under its own name."""

GIVEN = "given/"
"""The prefix below that of a watch under which lies what a training is given: nothing that judges what it makes."""

CHANNEL = "train"
"""The input whose rows new ones are added to."""


def looped(plan: Plan) -> Iterator[tuple[DriftWatch, Retrained]]:
    """Yield the watches whose training can be started, on rows that it is given, and the training."""
    for own in plan.drift:
        job = retrained(plan, own)
        if job and old_rows(job):
            yield own, job


def retrained(plan: Plan, own: DriftWatch) -> Retrained | None:
    """Return the training that a watch's loop starts, if the spec has it."""
    trainings: tuple[Retrained, ...] = (*plan.jobs, *plan.batches, *plan.hosts)
    return next((each for each in trainings if own.loop and own.loop.retrain == each.label), None)


def old_rows(job: Retrained, channel: str = CHANNEL) -> Edge | None:
    """Return the edge to the rows that a training has learnt from so far, if it has such a channel."""
    return next((edge for edge in job.edges if edge.verb == "input" and edge.path[3] == channel), None)


def with_new_rows(plan: Plan) -> Plan:
    """Return the plan in which the trainings and the models of loops reach what the runs write."""
    jobs, batches, hosts, served = list(plan.jobs), list(plan.batches), list(plan.hosts), list(plan.served)
    for own, job in looped(plan):
        old = old_rows(job)
        assert old is not None
        work = f"{WORK}{own.known_as}/"
        edge = Edge("retrained", old.store, own.path, f"{job.label}.retrained.{own.entry}", f"{work}{GIVEN}")
        jobs = [_also(each, edge) if each.label == job.label else each for each in jobs]
        batches = [_also(each, edge) if each.label == job.label else each for each in batches]
        hosts = [_also(each, edge) if each.label == job.label else each for each in hosts]
        judged = replace(edge, verb="judged", said=f"{own.of}.judged.{own.entry}", prefix=work)
        served = [_also(e, judged) if e.label == own.of and e.region == own.region else e for e in served]
    return replace(plan, jobs=tuple(jobs), batches=tuple(batches), hosts=tuple(hosts), served=tuple(served))


def _also(own: One, edge: Edge) -> One:
    return replace(own, edges=(*own.edges, edge))
