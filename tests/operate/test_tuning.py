"""`landform run --tune`: a search for hyper-parameters is started from what stands, followed, and told of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from support.account import log_in

from landform.cli import main
from landform.lower.job import definition
from landform.lower.tuning import config
from landform.operate.training import Outcome
from landform.operate.tuning import follow, start
from landform.pipeline import analyse
from landform.rehearse.embedded import EmbeddedAws

REGION, ACCOUNT = "us-east-1", "123456789012"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"
SPEC = f"""\
version: 1
system: demo
account: "{ACCOUNT}"
environment: development
regions: {{primary: {REGION}}}
data: {{models: {{kind: bucket}}}}
train:
  fit:
    platform: sagemaker
    cpu: 8
    image: xgboost-1.7
    output: models
    hyperparameters: {{num_round: 20, eta: 0.3}}
    reports: [auc]
    tuning:
      maximize: auc
      jobs: 20
      ranges: {{eta: 0.01..0.5 log, max_depth: 3..9, booster: [gbtree, dart]}}
  plain: {{platform: sagemaker, cpu: 8, image: xgboost-1.7, output: models}}
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as running:
        yield running


@pytest.fixture
def spec(tmp_path: Path, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec whose tuning stands, as the module would have made it, and credentials for the embedded AWS."""
    log_in(monkeypatch, aws)
    file = tmp_path / "demo.yaml"
    file.write_text(SPEC)
    plan = analyse(file).plan
    assert plan is not None
    (job,) = [job for job in plan.jobs if job.entry == "fit"]
    assert job.spec.tuning is not None
    made = {key: value for key, value in definition(plan, job).items() if key != "HyperParameters"} | {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{job.role}",
        "VpcConfig": {"SecurityGroupIds": ["sg-0a1b2c3d"], "Subnets": ["subnet-0a1b2c3d"]},
        "StaticHyperParameters": {"num_round": "20"},
        "OutputDataConfig": {**definition(plan, job)["OutputDataConfig"], "KmsKeyId": KEY},
    }
    request = json.dumps({"HyperParameterTuningJobConfig": config(job, job.spec.tuning), "TrainingJobDefinition": made})
    aws.client("ssm", REGION).put_parameter(Name=job.tuning, Value=request, Type="String", Overwrite=True)
    return file


def test_a_search_is_started_from_what_stands(spec: Path, aws: EmbeddedAws, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(spec), "train.fit", "--tune", "--no-wait"]) == 0
    found = aws.client("sagemaker", REGION).list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    (name,) = [one["HyperParameterTuningJobName"] for one in found]
    assert f"a tuning of train.fit is started in {REGION} as {name}" in capsys.readouterr().out
    made = aws.client("sagemaker", REGION).describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    ranges = made["HyperParameterTuningJobConfig"]["ParameterRanges"]
    assert ranges["IntegerParameterRanges"] == [
        {"Name": "max_depth", "MinValue": "3", "MaxValue": "9", "ScalingType": "Auto"}
    ]
    (eta,) = ranges["ContinuousParameterRanges"]
    assert (eta["MinValue"], eta["MaxValue"], eta["ScalingType"]) == ("0.01", "0.5", "Logarithmic")
    assert made["TrainingJobDefinition"]["StaticHyperParameters"] == {"num_round": "20"}


def test_what_has_no_tuning_says_so(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(spec), "train.plain", "--tune"]) == 1
    assert "train.plain has no tuning" in capsys.readouterr().err


def test_a_name_has_room_for_the_moment(spec: Path) -> None:
    session = boto3.Session(region_name=REGION)
    moment = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
    name = start(session, REGION, "/landform/demo/development/train/fit/tuning", "fraud-detection-prd-tabular", moment)
    assert len(name) <= 32 and name.endswith("-20260301-123005") and name.startswith("fraud-det")


def search(status: str, complete: int, running: int, best: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "HyperParameterTuningJobName": "fit",
        "HyperParameterTuningJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:hyper-parameter-tuning-job/fit",
        "HyperParameterTuningJobConfig": {"Strategy": "Bayesian", "ResourceLimits": {"MaxParallelTrainingJobs": 2}},
        "HyperParameterTuningJobStatus": status,
        "CreationTime": datetime(2026, 3, 1, tzinfo=UTC),
        "TrainingJobStatusCounters": {"Completed": complete, "InProgress": running, "NonRetryableError": 1},
        "ObjectiveStatusCounters": {},
        **({"BestTrainingJob": best} if best else {}),
    }


BEST = {
    "TrainingJobName": "fit-007",
    "TrainingJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/fit-007",
    "CreationTime": datetime(2026, 3, 1, tzinfo=UTC),
    "TrainingJobStatus": "Completed",
    "TunedHyperParameters": {"eta": "0.1", "max_depth": "5"},
    "FinalHyperParameterTuningJobObjectiveMetric": {"MetricName": "auc", "Value": 0.93},
}


class Scripted:
    """A session whose SageMaker tells a search's story in steps; moto's searches never end."""

    def __init__(self, *steps: dict[str, Any]) -> None:
        self.sagemaker = boto3.client("sagemaker", region_name=REGION)
        story = Stubber(self.sagemaker)
        for step in steps:
            story.add_response("describe_hyper_parameter_tuning_job", step)
        story.add_response(
            "describe_training_job",
            {
                "TrainingJobName": "fit-007",
                "TrainingJobArn": BEST["TrainingJobArn"],
                "TrainingJobStatus": "Completed",
                "SecondaryStatus": "Completed",
                "StoppingCondition": {"MaxRuntimeInSeconds": 60},
                "ResourceConfig": {"VolumeSizeInGB": 30},
                "CreationTime": datetime(2026, 3, 1, tzinfo=UTC),
                "ModelArtifacts": {"S3ModelArtifacts": "s3://models/fit-007/model.tar.gz"},
            },
        )
        story.activate()

    def client(self, service: str, **_: str) -> Any:
        return getattr(self, service)


def test_each_better_job_is_told_once_and_the_model_of_the_best_at_the_end(spec: Path) -> None:
    told: list[str] = []
    session = Scripted(
        search("InProgress", 1, 2),
        search("InProgress", 1, 2),
        search("InProgress", 7, 2, BEST),
        search("Completed", 19, 0, BEST),
    )
    outcome = follow(session, REGION, "fit", told.append, lambda _: None)
    assert told == [
        "InProgress: 1 complete, 2 running, 1 failed",
        "InProgress: 7 complete, 2 running, 1 failed",
        "best so far: fit-007 reached auc 0.93 with eta 0.1, max_depth 5",
        "Completed: 19 complete, 1 failed",
    ]
    assert outcome == Outcome("Completed", model="s3://models/fit-007/model.tar.gz")
