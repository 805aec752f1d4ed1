"""Rules about searches for hyper-parameters, which SageMaker makes of a job's definition."""

import json
from collections.abc import Iterator

from landform.catalog.limits import JOB_DEFINITION, TUNED_ENVIRONMENT
from landform.catalog.managed import own_metrics
from landform.diagnostics import Diagnostic, Related, error, note
from landform.passes.unknown import unknown
from landform.plan import Plan


def an_objective_is_reported(plan: Plan) -> Iterator[Diagnostic]:
    """SageMaker finds the objective among the metrics that it reads from the log: another one fails after a job."""
    for job in plan.jobs:
        tuning = job.spec.tuning
        if tuning and tuning.objective[1] not in job.spec.reports:
            way, metric = tuning.objective
            rest = "Add it: `reports: [" + ", ".join([*job.spec.reports, metric]) + "]`."
            yield unknown("LF0203", (*job.path, "tuning", way), "metric", metric, job.spec.reports, rest=rest)


def an_algorithm_reads_its_own_metrics(plan: Plan) -> Iterator[Diagnostic]:
    """CreateTrainingJob refuses metrics of a built-in algorithm: a pattern of the spec would never be read."""
    for job in plan.jobs:
        if isinstance(job.spec.reports, dict) and job.spec.reports and own_metrics(job.image) is not None:
            fact = (
                f"the image of {job.label} is a built-in algorithm, whose metrics SageMaker reads by its own patterns."
            )
            remedy = "Name them alone: `reports: [" + ", ".join(job.spec.reports) + "]`."
            yield error("LF0207", (*job.path, "reports"), fact, remedy)


def what_is_tuned_is_an_algorithm(plan: Plan) -> Iterator[Diagnostic]:
    """A job that a search makes runs its image's own program: CreateHyperParameterTuningJob knows no entrypoint."""
    for job in plan.jobs:
        if job.spec.tuning and job.spec.command:
            fact = f"the jobs of a tuning run the program of their image, and {job.label} has a command."
            remedy = "Leave `command` out, and build an image that runs it and reads the hyper-parameters."
            other = Related("the command", (*job.path, "command"))
            yield error("LF0207", (*job.path, "tuning"), fact, remedy, other)


def tuned_jobs_are_not_saved(plan: Plan) -> Iterator[Diagnostic]:
    """Jobs that run at once would restore and save one checkpoint, each its own model in it."""
    for job in plan.jobs:
        if job.spec.tuning and job.spec.checkpoint:
            fact = f"the jobs of a tuning of {job.label} run beside each other, and save no checkpoint."
            yield note("LF0610", (*job.path, "tuning"), fact, "One that is interrupted begins anew.")


def tunings_fit(plan: Plan) -> Iterator[Diagnostic]:
    """SageMaker and SSM refuse a request over their bounds, when it is applied at the earliest."""
    if not any(job.spec.tuning for job in plan.jobs):
        return
    # Lowering takes much along, which few specs need before they are compiled.
    from landform.lower.job import definition, environment
    from landform.lower.tuning import config

    for job in plan.jobs:
        spec = job.spec.tuning
        if spec is None or job.type is None or not any(edge.verb == "output" for edge in job.edges):
            continue
        if len(environment(job)) > TUNED_ENVIRONMENT:
            fact = (
                f"the jobs of a tuning are told {len(environment(job))} variables; SageMaker takes {TUNED_ENVIRONMENT}."
            )
            yield error("LF0606", (*job.path, "tuning"), fact, "Tell fewer by `env`, or use fewer stores.")
        size = len(json.dumps([definition(plan, job), config(job, spec)], separators=(",", ":"), default=str))
        if size > JOB_DEFINITION:
            fact = f"a tuning of {job.label} has {size} characters; SSM, which keeps it, takes {JOB_DEFINITION}."
            yield error("LF0606", (*job.path, "tuning"), fact, "Vary less, or tell less by `env`.")


RULES = (
    an_objective_is_reported,
    an_algorithm_reads_its_own_metrics,
    what_is_tuned_is_an_algorithm,
    tuned_jobs_are_not_saved,
    tunings_fit,
)
