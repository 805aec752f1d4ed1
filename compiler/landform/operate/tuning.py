"""Starting a search for hyper-parameters from its definition, and following it to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from landform.operate.training import ENDED, POLL_SECONDS, Changed, Outcome, read_definition
from landform.spec.names import fit

BASE: Final = 16
"""A tuning job takes 32 characters (SageMaker API); the moment of its start stands behind its name."""


def start(
    session: Any, region: str, parameter: str, base: str, now: datetime, changed: Changed = lambda same: same
) -> str:
    """Start the search whose definition `parameter` holds, and return its name: of `base` and the moment of the start.

    Raises:
        OperationError: no such definition stands.
    """
    definition = read_definition(session, region, parameter)
    changed(definition["TrainingJobDefinition"])
    name = f"{fit(base, BASE)}-{now:%Y%m%d-%H%M%S}"
    session.client("sagemaker", region_name=region).create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name, **definition
    )
    return name


def follow(session: Any, region: str, name: str, tell: Callable[[str], None], wait: Callable[[float], None]) -> Outcome:
    """Tell how many jobs there are, each time that it changes, and each better one, until the search ends."""
    sagemaker = session.client("sagemaker", region_name=region)
    told: tuple[str, ...] = ()
    while True:
        search = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        counts = search.get("TrainingJobStatusCounters", {})
        state = f"{search['HyperParameterTuningJobStatus']}: {_counted(counts)}".rstrip(": ")
        best = search.get("BestTrainingJob", {})
        lines = tuple(line for line in (state, _best(best)) if line)
        for line in lines:
            if line not in told:
                tell(line)
        told = lines
        if search["HyperParameterTuningJobStatus"] in ENDED:
            return _outcome(sagemaker, search, best)
        wait(POLL_SECONDS)


def _counted(counts: dict[str, int]) -> str:
    failed = counts.get("NonRetryableError", 0) + counts.get("RetryableError", 0)
    of = {"complete": counts.get("Completed"), "running": counts.get("InProgress"), "stopped": counts.get("Stopped")}
    return ", ".join(f"{count} {state}" for state, count in {**of, "failed": failed}.items() if count)


def _best(job: dict[str, Any]) -> str:
    if not job:
        return ""
    metric = job.get("FinalHyperParameterTuningJobObjectiveMetric", {})
    tuned = ", ".join(f"{name} {value}" for name, value in sorted(job.get("TunedHyperParameters", {}).items()))
    reached = f" reached {metric['MetricName']} {metric['Value']:g}" if metric else ""
    return f"best so far: {job['TrainingJobName']}{reached} with {tuned}"


def _outcome(sagemaker: Any, search: dict[str, Any], best: dict[str, Any]) -> Outcome:
    model = ""
    if best:
        job = sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])
        model = job.get("ModelArtifacts", {}).get("S3ModelArtifacts", "")
    return Outcome(status=search["HyperParameterTuningJobStatus"], reason=search.get("FailureReason", ""), model=model)
