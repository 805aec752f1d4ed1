"""What a loop is made of, as far as this version makes one."""

from collections.abc import Iterator
from typing import Final

from landform.diagnostics import Diagnostic, Related, error
from landform.emit.loop.steps.figures import METRICS
from landform.passes.resolve.loop import WORK, old_rows
from landform.plan import DriftWatch, Plan

CHANNEL: Final = "train"


def sagemaker_retrains(plan: Plan) -> Iterator[Diagnostic]:
    """A loop follows a job of SageMaker's to its end; one of a fleet or of Batch it cannot."""
    for own, training in _loops(plan):
        path = (*own.path, "then", "retrain")
        here = Related("the training", ("train", training))
        spec = plan.system.train.get(training)
        job = next((job for job in plan.jobs if job.entry == training), None)
        if spec is not None and job is None:
            fact = f"train.{training} runs on {spec.platform}, and this version's loops retrain on sagemaker alone."
            yield error("LF0205", path, fact, f"Write `platform: sagemaker` in train.{training}.", here)
        elif job and old_rows(job) is None:
            fact = f"train.{training} has no input called '{CHANNEL}', to whose rows new ones could be added."
            remedy = f"Call it so: inputs: {{{CHANNEL}: {{from: <bucket>, prefix: train/, format: csv}}}}."
            yield error("LF0681", path, fact, remedy, here)
        elif job:
            yield from _apart(own, job.label, (old_rows(job) or job.edges[0]).prefix or "", here)


def _apart(own: DriftWatch, label: str, prefix: str, here: Related) -> Iterator[Diagnostic]:
    if f"{WORK}{own.known_as}/".startswith(prefix):
        fact = f"{label} reads all of a bucket, and what its loop writes there would be among its old rows."
        remedy = f"Give its input '{CHANNEL}' a prefix: `prefix: train/`."
        yield error("LF0681", (*own.path, "then", "retrain"), fact, remedy, here)


def figures_are_known(plan: Plan) -> Iterator[Diagnostic]:
    """Champion and challenger are judged by figures of our own, on answers that are numbers."""
    for own, _ in _loops(plan):
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
    for own, _ in _loops(plan):
        if own.loop and own.loop.manual and not own.tell:
            fact = "a person is to let new models in, and nobody is told that one waits."
            remedy = "Add monitor: {notify: {pager: [oncall@example.com]}}."
            yield error("LF0681", (*own.path, "then", "approve"), fact, remedy)


def a_canary_is_half_at_most(plan: Plan) -> Iterator[Diagnostic]:
    """SageMaker takes a canary of at most half of the machines: there have to be two."""
    for own, _ in _loops(plan):
        served = next((each for each in plan.served if each.label == own.of), None)
        scale = served.spec.scale if served else None
        if scale and 1 in (scale.min, *(each.min for each in scale.schedule.values())):
            fact = f"{own.of} may come down to one machine, and a canary is at most half of them."
            remedy = f"Write `min: 2` wherever {own.of} says how many machines there are: scale: {{min: 2}}."
            yield error("LF0681", (*own.path, "then"), fact, remedy, Related("the service", ("serve", own.of[6:])))


def _loops(plan: Plan) -> Iterator[tuple[DriftWatch, str]]:
    yield from ((own, own.loop.retrain.removeprefix("train.")) for own in plan.drift if own.loop)


RULES: Final = (sagemaker_retrains, figures_are_known, somebody_can_approve, a_canary_is_half_at_most)
