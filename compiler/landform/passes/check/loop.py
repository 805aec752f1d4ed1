"""What a loop is made of, as far as this version makes one."""

from collections.abc import Iterator
from typing import Final

from landform.diagnostics import Diagnostic, Related, error
from landform.emit.loop.steps.figures import METRICS
from landform.passes.resolve.loop import CHANNEL, WORK, old_rows, retrained
from landform.plan import Batch, DriftWatch, Plan


def trainings_can_be_started(plan: Plan) -> Iterator[Diagnostic]:
    """A loop starts one job, tells it which rows to read, and follows it to its end."""
    for own in plan.drift:
        job, path = retrained(plan, own), (*own.path, "then", "retrain")
        if job is None:
            continue
        here = Related("the training", job.path)
        if isinstance(job, Batch) and job.spec.nodes > 1:
            # Step Functions developer guide, "Run AWS Batch workloads with Step Functions" (read 2026-11-29).
            fact = f"a job of {job.label} has {job.spec.nodes} nodes: Step Functions tells Batch nothing for those."
            remedy = "Write `nodes: 1`, or use `platform: ec2` or `sagemaker`."
            yield error("LF0681", path, fact, remedy, Related("several nodes", (*job.path, "nodes")))
        old = old_rows(job)
        if old is None:
            fact = f"{job.label} has no input called '{CHANNEL}', to whose rows new ones could be added."
            remedy = f"Call it so: inputs: {{{CHANNEL}: {{from: <bucket>, prefix: train/, format: csv}}}}."
            yield error("LF0681", path, fact, remedy, here)
        else:
            yield from _apart(own, job.label, old.prefix or "", here)


def _apart(own: DriftWatch, label: str, prefix: str, here: Related) -> Iterator[Diagnostic]:
    if f"{WORK}{own.known_as}/".startswith(prefix):
        fact = f"{label} reads all of a bucket, and what its loop writes there would be among its old rows."
        remedy = f"Give its input '{CHANNEL}' a prefix: `prefix: train/`."
        yield error("LF0681", (*own.path, "then", "retrain"), fact, remedy, here)


def figures_are_known(plan: Plan) -> Iterator[Diagnostic]:
    """Champion and challenger are judged by figures of our own, on answers that are numbers."""
    for own in _loops(plan):
        assert own.loop is not None
        metric, path = own.loop.accept.metric, (*own.path, "then", "accept")
        if metric not in METRICS:
            fact = f"nothing here reckons '{metric}' from answers and labels."
            yield error("LF0681", path, fact, f"Decide by one of {', '.join(sorted(METRICS))}.")
        if own.watch.prediction and own.watch.prediction.kind == "category":
            fact = f"{own.of} answers with names, and challengers are judged by numbers."
            remedy = "Let it answer with a probability: `prediction: probability`."
            yield error("LF0205", (*own.path, "prediction"), fact, remedy)


def somebody_can_approve(plan: Plan) -> Iterator[Diagnostic]:
    """Who is to let a model in has to be asked."""
    for own in _loops(plan):
        if own.loop and own.loop.manual and not own.tell:
            fact = "a person is to let new models in, and nobody is told that one waits."
            remedy = "Add monitor: {notify: {pager: [oncall@example.com]}}."
            yield error("LF0681", (*own.path, "then", "approve"), fact, remedy)


def a_canary_is_half_at_most(plan: Plan) -> Iterator[Diagnostic]:
    """SageMaker takes a canary of at most half of the machines: there have to be two."""
    for own in _loops(plan):
        served = next((each for each in plan.served if each.label == own.of), None)
        scale = served.spec.scale if served else None
        if scale and 1 in (scale.min, *(each.min for each in scale.schedule.values())):
            fact = f"{own.of} may come down to one machine, and a canary is at most half of them."
            remedy = f"Write `min: 2` wherever {own.of} says how many machines there are: scale: {{min: 2}}."
            yield error("LF0681", (*own.path, "then"), fact, remedy, Related("the service", ("serve", own.of[6:])))


def _loops(plan: Plan) -> Iterator[DriftWatch]:
    yield from (own for own in plan.drift if own.loop)


RULES: Final = (trainings_can_be_started, figures_are_known, somebody_can_approve, a_canary_is_half_at_most)
