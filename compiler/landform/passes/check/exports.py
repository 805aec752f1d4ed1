"""Rules about tables that are inputs: exported to a bucket by who starts a job."""

from collections.abc import Iterator

from landform.catalog.managed import own_metrics
from landform.diagnostics import Diagnostic, Related, dotted, error
from landform.plan import Batch, Edge, Host, Job, Plan

Own = Job | Batch | Host


def exports_are_as_personal_as_their_tables(plan: Plan) -> Iterator[Diagnostic]:
    """What is personal in a table is so in its export, which a bucket without the class would keep like anything."""
    for own, export in _exports(plan):
        through = next((e for e in own.edges if e.verb == "input" and e.path[3] == export.path[3]), None)
        if through and export.store.personal and not through.store.personal:
            fact = f"{dotted(export.store.path)} is personal, and its export would lie in {dotted(through.store.path)}."
            other = Related(f"{dotted(through.store.path)} stands here", through.store.path)
            yield error("LF0502", through.path, fact, "Name a bucket with `class: pii`.", other)


def exports_are_read(plan: Plan) -> Iterator[Diagnostic]:
    """SageMaker's own algorithms read what `format` has a word for, and an export has none."""
    for own, export in _exports(plan):
        if isinstance(own, Job) and own.spec.command is None and own.image and own_metrics(own.image) is not None:
            fact = f"{own.label} runs SageMaker's own algorithm, which reads no DynamoDB JSON, and that is an export."
            remedy = "Write a `command` that reads it, or name a bucket with rows in a form that the algorithm takes."
            yield error("LF0207", export.path, fact, remedy)


def somebody_exports(plan: Plan) -> Iterator[Diagnostic]:
    """A schedule and a loop start jobs by one request of AWS's, before which nobody exports anything."""
    loops = {watch.loop.retrain: watch.entry for watch in plan.drift if watch.loop}
    for own, export in _exports(plan):
        name = dotted(export.store.path)
        if getattr(own.spec, "schedule", None):
            fact = f"nobody exports {name} at the times of {own.label}."
            remedy = (
                "Let something of yours export it to a bucket, and name that; or leave `schedule` to `landform run`."
            )
            yield error("LF0207", (*own.path, "schedule"), fact, remedy, Related("it is an input here", export.path))
        if own.label in loops:
            fact = f"the loop of drift.{loops[own.label]} starts {own.label}, and nobody exports {name} before."
            other = Related("the loop", ("drift", loops[own.label], "then", "retrain"))
            yield error("LF0207", export.path, fact, "Name a bucket with old rows, and a prefix.", other)


def _exports(plan: Plan) -> Iterator[tuple[Own, Edge]]:
    trainings: list[Own] = [*plan.jobs, *plan.batches, *plan.hosts]
    yield from ((own, edge) for own in trainings for edge in own.edges if edge.verb == "export")


RULES = (exports_are_as_personal_as_their_tables, exports_are_read, somebody_exports)
