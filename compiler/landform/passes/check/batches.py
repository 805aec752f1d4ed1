"""Rules about trainings that Batch runs."""

import json
from collections.abc import Iterator

from landform.catalog.limits import BATCH_JOB
from landform.diagnostics import Diagnostic, Related, error, note
from landform.plan import Plan

SMALLEST_ROOT = 30
"""GiB of the ECS-optimized Amazon Linux 2023 (ECS developer guide, read 2026-11-23)."""


def markets_are_not_mixed(plan: Plan) -> Iterator[Diagnostic]:
    """Batch fills one compute environment after the other: it knows an order, and no shares."""
    for batch in plan.batches:
        capacity = batch.spec.capacity
        if 0 < capacity.spot < 100:
            fact = f"Batch keeps no share of {capacity.spot}%: it buys on demand once the spot market has nothing left."
            remedy = "100% never buys on demand; `platform: ec2` keeps shares."
            yield note("LF0613", (*batch.path, "capacity", "spot"), fact, remedy)


def containers_have_room(plan: Plan) -> Iterator[Diagnostic]:
    """The root disk of a node holds its system, images and containers."""
    for batch in plan.batches:
        disk = batch.spec.disk
        if disk.root and disk.root.gib < SMALLEST_ROOT:
            fact = f"the image of Batch's nodes takes {SMALLEST_ROOT} GiB, and the root disk has {disk.root.gib}."
            yield error("LF0609", (*batch.path, "disk", "root"), fact, f"Write {SMALLEST_ROOT}GiB or more.")


def a_pool_is_large_enough_for_a_job(plan: Plan) -> Iterator[Diagnostic]:
    """A job that needs more nodes than there may ever be waits for ever."""
    for batch in plan.batches:
        if batch.spec.most_nodes < batch.spec.nodes:
            fact = f"a job has {batch.spec.nodes} nodes, and the pool has {batch.spec.most_nodes} at most."
            other = Related("nodes of one job", (*batch.path, "nodes"))
            yield error("LF0608", (*batch.path, "pool"), fact, f"Write at least 0..{batch.spec.nodes}.", other)


def nodes_of_a_job_share_its_checkpoint(plan: Plan) -> Iterator[Diagnostic]:
    """Each job has a checkpoint of its own, and the nodes of one job share it."""
    for batch in plan.batches:
        if batch.spec.checkpoint and batch.spec.nodes > 1:
            fact = f"the {batch.spec.nodes} nodes of a job of {batch.label} save to one checkpoint."
            remedy = "Let the command keep their files apart, or write on one node alone."
            yield note("LF0610", (*batch.path, "checkpoint"), fact, remedy)


def batches_fit(plan: Plan) -> Iterator[Diagnostic]:
    """Batch refuses a definition over its bounds, in the middle of an apply."""
    if not plan.batches:
        return
    # What lowering imports, few specs need before they are compiled.
    from landform.lower.batch import definition

    for batch in plan.batches:
        if not batch.types or not batch.image:
            continue
        size = len(json.dumps(definition(plan, batch), separators=(",", ":"), default=str))
        if size > BATCH_JOB:
            fact = f"what {batch.label} is told has {size} characters; Batch takes {BATCH_JOB}."
            yield error("LF0606", batch.path, fact, "Move `env` into a file of the code.")


RULES = (
    markets_are_not_mixed,
    containers_have_room,
    a_pool_is_large_enough_for_a_job,
    nodes_of_a_job_share_its_checkpoint,
    batches_fit,
)
