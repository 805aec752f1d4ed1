"""A search for hyper-parameters, as SageMaker is asked for it: all but the job that it makes many of."""

import re
from typing import Any

from landform.catalog.managed import own_metrics
from landform.plan import Job
from landform.spec.tuning import SPAN, whole
from landform.spec.tuning import Tuning as Spec


def tuning(own: Job) -> dict[str, Any] | None:
    """Return what the module of a job needs to keep a tuning of it; None where the spec has none."""
    spec = own.spec.tuning
    if spec is None:
        return None
    return {"parameter_name": own.tuning, "varied": sorted(spec.ranges), "config": config(own, spec)}


def config(own: Job, spec: Spec) -> dict[str, Any]:
    """Return HyperParameterTuningJobConfig of the request CreateHyperParameterTuningJob."""
    way, metric = spec.objective
    metric = f"{own_metrics(own.image) or ''}{metric}"
    limits = {"MaxParallelTrainingJobs": spec.parallel} | ({"MaxNumberOfTrainingJobs": spec.jobs} if spec.jobs else {})
    return {
        "Strategy": spec.strategy.capitalize(),
        "HyperParameterTuningJobObjective": {"Type": way.capitalize(), "MetricName": metric},
        "ResourceLimits": limits,
        "ParameterRanges": _ranges(spec),
        "TrainingJobEarlyStoppingType": "Auto" if spec.early_stop else "Off",
    }


def _ranges(spec: Spec) -> dict[str, list[dict[str, Any]]]:
    kinds: dict[str, list[dict[str, Any]]] = {}
    for name, varied in sorted(spec.ranges.items()):
        if isinstance(varied, str):
            kind = "IntegerParameterRanges" if whole(varied) else "ContinuousParameterRanges"
            kinds.setdefault(kind, []).append({"Name": name, **_bounds(varied)})
        else:
            kinds.setdefault("CategoricalParameterRanges", []).append({"Name": name, "Values": list(varied)})
    return kinds


def _bounds(span: str) -> dict[str, str]:
    parts = re.fullmatch(SPAN, span)
    assert parts is not None
    return {"MinValue": parts[1], "MaxValue": parts[2], "ScalingType": "Logarithmic" if parts[3] else "Auto"}
