"""Rules about trainings that SageMaker runs."""

import json
from collections.abc import Iterator

from landform.catalog.limits import JOB_DEFINITION, JOB_ENVIRONMENT, JOB_VOLUME_GIB
from landform.diagnostics import Diagnostic, Related, error, note
from landform.plan import Plan


def a_job_waits_longer_than_it_runs(plan: Plan) -> Iterator[Diagnostic]:
    """The wait counts from asking to the end, the run itself included: SageMaker refuses a shorter one."""
    for job in plan.jobs:
        wait, run = job.spec.capacity.max_wait, job.spec.max_runtime
        path = (*job.path, "capacity", "max_wait")
        if wait is not None and wait < run:
            other = Related("the longest run", (*job.path, "max_runtime"))
            fact = f"`max_wait` of {job.label} is {wait} s, and the job may run for {run} s of it."
            yield error("LF0612", path, fact, f"Write at least {run}s, or a shorter `max_runtime`.", other)
        if wait is not None and not job.spec.capacity.spot:
            fact = "`max_wait` is for spot capacity, and this job has none."
            yield error("LF0207", path, fact, "Leave it out, or add `spot: 100%`.")


def what_sagemaker_decides_is_said(plan: Plan) -> Iterator[Diagnostic]:
    """What is said of a host and SageMaker decides itself would otherwise be ignored in silence."""
    for job in plan.jobs:
        disk = job.spec.disk
        for key, volume in (("root", disk.root), ("data", disk.data)):
            if volume and (volume.iops or volume.throughput or volume.type != "gp3"):
                fact = "SageMaker chooses the type of a job's disk: only its size counts."
                yield note("LF0613", (*job.path, "disk", key), fact, f"{volume.gib}GiB gp3 says the same.")
            elif volume and job.type and job.type.disks:
                fact = f"ml.{job.type.name} has disks of its own, which a job gets in whole."
                yield note("LF0613", (*job.path, "disk", key), fact, "The size is for machines without.")


def jobs_fit(plan: Plan) -> Iterator[Diagnostic]:
    """SageMaker refuses a request over its bounds, when a job is started at the earliest."""
    if not plan.jobs:
        return
    # What lowering imports, few specs need before they are compiled.
    from landform.lower.job import definition, environment, volume_gib

    for job in plan.jobs:
        if job.type is None or not job.image or not any(edge.verb == "output" for edge in job.edges):
            continue
        if len(environment(job)) > JOB_ENVIRONMENT:
            fact = f"{job.label} is told {len(environment(job))} variables; SageMaker takes {JOB_ENVIRONMENT}."
            yield error("LF0606", (*job.path, "env"), fact, "Put some of them into a file of the code.")
        if not 1 <= volume_gib(job) <= JOB_VOLUME_GIB:
            fact = f"a disk of {volume_gib(job)} GiB is over the {JOB_VOLUME_GIB} that a job can have."
            yield error("LF0609", (*job.path, "disk"), fact, "Write less, or read from a file system.")
        size = len(json.dumps(definition(plan, job), separators=(",", ":"), default=str))
        if size > JOB_DEFINITION:
            fact = f"the definition of {job.label} has {size} characters; SSM, which keeps it, takes {JOB_DEFINITION}."
            yield error("LF0606", job.path, fact, "Move hyper-parameters or `env` into a file of the code.")


RULES = (
    a_job_waits_longer_than_it_runs,
    what_sagemaker_decides_is_said,
    jobs_fit,
)
