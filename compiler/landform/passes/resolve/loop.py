"""What a loop adds to others: its training reads the new rows, and its model answers those that were kept back."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from landform.plan import DriftWatch, Edge, Job, Plan, ServedModel

One = TypeVar("One", Job, ServedModel)

WORK = "drift/"
"""The prefix beside the rows of a training under which the runs of loops write, each watch under its own name."""


def looped(plan: Plan) -> Iterator[tuple[DriftWatch, Job]]:
    """Yield the watches whose training SageMaker runs, on rows that it is given, and the training."""
    for own in plan.drift:
        for job in plan.jobs:
            if own.loop and own.loop.retrain == job.label and old_rows(job):
                yield own, job


def old_rows(job: Job, channel: str = "train") -> Edge | None:
    """Return the edge to the rows that a training has learnt from so far, if it has such a channel."""
    return next((edge for edge in job.edges if edge.verb == "input" and edge.path[3] == channel), None)


def with_new_rows(plan: Plan) -> Plan:
    """Return the plan in which the trainings and the models of loops reach what the runs write."""
    jobs, served = list(plan.jobs), list(plan.served)
    for own, job in looped(plan):
        old = old_rows(job)
        assert old is not None
        edge = Edge("retrained", old.store, own.path, f"{job.label}.retrained.{own.entry}", f"{WORK}{own.known_as}/")
        jobs = [_also(each, edge) if each.label == job.label else each for each in jobs]
        judged = replace(edge, verb="judged", said=f"{own.of}.judged.{own.entry}")
        served = [_also(e, judged) if e.label == own.of and e.region == own.region else e for e in served]
    return replace(plan, jobs=tuple(jobs), served=tuple(served))


def _also(own: One, edge: Edge) -> One:
    return replace(own, edges=(*own.edges, edge))
