"""Machine and container of every training that SageMaker runs."""

from dataclasses import replace

from landform.diagnostics import Diagnostic
from landform.passes.select_managed import image, machine, zones
from landform.plan import Job, Plan


def selected_job(plan: Plan, job: Job, found: list[Diagnostic]) -> Job:
    """Return the job with type, image and zones; a job that finds none keeps none."""
    if job.region not in plan.catalog.regions:
        return job
    kind = machine(plan, job, "training", found)
    uri = image(job, job.spec.image, (*job.path, "image"), kind, "training", found)
    return replace(job, type=kind, image=uri, zones=zones(plan, job.region))
