"""A search for hyper-parameters: what SageMaker is asked for, as its API takes it."""

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from support.specs import outcome

from landform.lower.root import lower
from landform.spec.tuning import whole

HEAD = "data: {models: {kind: bucket}}\n"
JOB = "platform: sagemaker, cpu: 8, image: xgboost-1.7, output: models, reports: [auc, loss]"


def kept(tuning: str) -> dict[str, Any]:
    plan = outcome(f"{HEAD}train: {{fit: {{{JOB}, tuning: {{{tuning}}}}}}}\n").sound
    (module,) = [m for m in lower(plan).modules if m.source == "job"]
    made: dict[str, Any] = module.variables["tuning"]
    return made


@pytest.mark.parametrize(
    "tuning",
    [
        "maximize: auc, jobs: 20, ranges: {eta: 0.01..0.5 log, max_depth: 3..9, booster: [gbtree, dart]}",
        "minimize: loss, strategy: grid, ranges: {booster: [gbtree, dart], depth: [3, 5]}",
        "maximize: auc, strategy: random, jobs: 750, parallel: 100, early_stop: true, ranges: {eta: 1e-4..1}",
    ],
)
def test_the_api_takes_it(tuning: str) -> None:
    shape = botocore.session.Session().get_service_model("sagemaker").shape_for("HyperParameterTuningJobConfig")
    report = ParamValidator().validate(kept(tuning)["config"], shape)
    assert not report.has_errors(), report.generate_report()


def test_each_kind_of_range_is_told_apart() -> None:
    made = kept("maximize: auc, jobs: 4, ranges: {eta: 0.01..0.5 log, depth: 3..9, booster: [gbtree, 3]}")
    assert made["varied"] == ["booster", "depth", "eta"]
    assert made["config"]["ParameterRanges"] == {
        "CategoricalParameterRanges": [{"Name": "booster", "Values": ["gbtree", "3"]}],
        "ContinuousParameterRanges": [
            {"Name": "eta", "MinValue": "0.01", "MaxValue": "0.5", "ScalingType": "Logarithmic"}
        ],
        "IntegerParameterRanges": [{"Name": "depth", "MinValue": "3", "MaxValue": "9", "ScalingType": "Auto"}],
    }
    assert made["config"]["HyperParameterTuningJobObjective"] == {
        "Type": "Maximize",
        "MetricName": "validation:auc",
    }


def test_the_objective_of_another_image_is_called_as_it_is_reported() -> None:
    training = JOB.replace("xgboost-1.7", "pytorch-2.10")
    tuning = "maximize: auc, jobs: 4, ranges: {eta: 0.01..0.5}"
    plan = outcome(f"{HEAD}train: {{fit: {{{training}, tuning: {{{tuning}}}}}}}\n").sound
    (module,) = [m for m in lower(plan).modules if m.source == "job"]
    assert module.variables["tuning"]["config"]["HyperParameterTuningJobObjective"]["MetricName"] == "auc"


def test_a_grid_counts_its_jobs_itself() -> None:
    limits = kept("minimize: loss, strategy: grid, ranges: {booster: [gbtree, dart]}")["config"]["ResourceLimits"]
    assert limits == {"MaxParallelTrainingJobs": 2}


@pytest.mark.parametrize(
    ("span", "is_whole"), [("3..9", True), ("0.1..9", False), ("1..1e3", False), ("3..9 log", True)]
)
def test_a_point_makes_any_numbers_of_whole_ones(span: str, is_whole: bool) -> None:
    assert whole(span) is is_whole
