"""`landform run`: a job is started from what stands, followed, and told of."""

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
from landform.operate import training
from landform.operate.training import OperationError, follow, start
from landform.pipeline import analyse
from landform.rehearse.embedded import EmbeddedAws

REGION, ACCOUNT = "us-east-1", "123456789012"
SPEC = f"""\
version: 1
system: demo
account: "{ACCOUNT}"
environment: development
regions: {{primary: {REGION}}}
data: {{rows: {{kind: bucket}}, models: {{kind: bucket}}}}
train:
  fit:
    platform: sagemaker
    cpu: 8
    image: xgboost-1.7
    inputs: {{train: {{from: rows, prefix: train/, format: csv}}}}
    output: models
    hyperparameters: {{num_round: 20}}
    capacity: {{spot: 100%, max_wait: 8h}}
    checkpoint: {{to: models}}
    max_runtime: 4h
    reports: [auc]
  later: {{platform: sagemaker, cpu: 8, image: xgboost-1.7, output: models}}
  nodes: {{platform: ec2, cpu: 8}}
"""
PARAMETER = "/landform/demo/development/train/fit"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as running:
        yield running


@pytest.fixture
def spec(tmp_path: Path, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spec whose job `fit` stands, as the module would have made it, and credentials for the embedded AWS."""
    log_in(monkeypatch, aws)
    file = tmp_path / "demo.yaml"
    file.write_text(SPEC)
    plan = analyse(file).plan
    assert plan is not None
    (job,) = [job for job in plan.jobs if job.entry == "fit"]
    asked = definition(plan, job) | {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{job.role}",
        "VpcConfig": {"SecurityGroupIds": ["sg-0a1b2c3d"], "Subnets": ["subnet-0a1b2c3d"]},
        "OutputDataConfig": {**definition(plan, job)["OutputDataConfig"], "KmsKeyId": KEY},
    }
    aws.client("ssm", REGION).put_parameter(Name=job.definition, Value=json.dumps(asked), Type="String", Overwrite=True)
    return file


def jobs(aws: EmbeddedAws) -> list[str]:
    summaries = aws.client("sagemaker", REGION).list_training_jobs()["TrainingJobSummaries"]
    return sorted(summary["TrainingJobName"] for summary in summaries)


def test_sagemaker_refuses_metrics_of_a_built_in_algorithm(aws: EmbeddedAws, spec: Path) -> None:
    plan = analyse(spec).plan
    assert plan is not None
    (job,) = [job for job in plan.jobs if job.entry == "fit"]
    asked = definition(plan, job) | {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/fit", "TrainingJobName": "fit-refused"}
    asked["OutputDataConfig"]["KmsKeyId"] = KEY
    asked["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "auc", "Regex": "auc=(.*)"}]
    client = aws.client("sagemaker", REGION)
    with pytest.raises(client.exceptions.ClientError, match="can't override the metric definitions"):
        client.create_training_job(**asked)


def test_a_job_is_started_from_what_stands(spec: Path, aws: EmbeddedAws, capsys: pytest.CaptureFixture[str]) -> None:
    before = jobs(aws)
    assert main(["run", str(spec), "train.fit"]) == 0
    (name,) = set(jobs(aws)) - set(before)
    told = capsys.readouterr().out
    assert f"train.fit is started in {REGION} as {name}" in told
    assert f"{name} is complete" in told
    made = aws.client("sagemaker", REGION).describe_training_job(TrainingJobName=name)
    assert made["HyperParameters"] == {"num_round": "20"}
    assert made["OutputDataConfig"]["KmsKeyId"] == KEY
    assert made["CheckpointConfig"]["S3Uri"].endswith(f"/checkpoints/train-fit/{name}/")
    assert made["StoppingCondition"] == {"MaxRuntimeInSeconds": 14_400, "MaxWaitTimeInSeconds": 28_800}


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("train.later", "LF0910", "Apply the output first."),
        ("train.fitt", "LF0203", "Did you mean 'fit'?"),
        ("train.nodes", "LF0205", "train.nodes has no command"),
    ],
)
def test_what_cannot_be_started_says_why(
    spec: Path, name: str, code: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(spec), name]) == 1
    told = capsys.readouterr().err
    assert code in told and says in told


def test_nothing_is_started_in_another_account(
    spec: Path, aws: EmbeddedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(SPEC.replace(ACCOUNT, "999999999999"))
    before = jobs(aws)
    assert main(["run", str(spec), "train.fit"]) == 1
    assert "the credentials are of account 123456789012, the spec is for 999999999999." in capsys.readouterr().err
    assert jobs(aws) == before


def test_the_name_ends_with_the_moment_and_a_missing_definition_is_told(spec: Path) -> None:
    moment = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
    session = boto3.Session(region_name=REGION)
    assert start(session, REGION, PARAMETER, "demo-dev-fit", moment) == "demo-dev-fit-20260301-123005"
    with pytest.raises(OperationError, match="nothing stands at /nowhere"):
        start(session, REGION, "/nowhere", "demo-dev-fit", moment)


class Scripted:
    """A session whose SageMaker tells a job's story in steps; moto's jobs are complete at once and never fail."""

    def __init__(self, *steps: dict[str, Any]) -> None:
        self.sagemaker = boto3.client("sagemaker", region_name=REGION)
        self.logs = boto3.client("logs", region_name=REGION)
        story, silence = Stubber(self.sagemaker), Stubber(self.logs)
        for step in steps:
            story.add_response("describe_training_job", {**COMMON, **step})
            silence.add_client_error("describe_log_streams", "ResourceNotFoundException")
        story.activate()
        silence.activate()

    def client(self, service: str, **_: str) -> Any:
        return getattr(self, service)


COMMON = {
    "TrainingJobName": "fit",
    "TrainingJobArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/fit",
    "ModelArtifacts": {"S3ModelArtifacts": "s3://models/fit/model.tar.gz"},
    "SecondaryStatus": "Starting",
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    "ResourceConfig": {"VolumeSizeInGB": 30},
    "CreationTime": datetime(2026, 3, 1, tzinfo=UTC),
}


def step(status: str, message: str) -> dict[str, Any]:
    return {"Status": status, "StartTime": datetime(2026, 3, 1, tzinfo=UTC), "StatusMessage": message}


def test_each_step_is_told_once_and_a_failure_with_its_reason() -> None:
    first, second = step("Starting", "Preparing the instances"), step("Failed", "Training job failed")
    session = Scripted(
        {"TrainingJobStatus": "InProgress", "SecondaryStatusTransitions": [first]},
        {"TrainingJobStatus": "InProgress", "SecondaryStatusTransitions": [first]},
        {
            "TrainingJobStatus": "Failed",
            "SecondaryStatusTransitions": [first, second],
            "FailureReason": "AlgorithmError: no rows",
        },
    )
    told: list[str] = []
    waits: list[float] = []
    outcome = follow(session, REGION, "fit", told.append, waits.append)
    assert told == ["Starting: Preparing the instances", "Failed: Training job failed"]
    assert (outcome.status, outcome.reason, len(waits)) == ("Failed", "AlgorithmError: no rows", 2)


def test_a_training_that_fails_is_a_finding(
    spec: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = training.Outcome("Failed", "AlgorithmError: no rows")
    monkeypatch.setattr(training, "follow", lambda *_: failed)
    assert main(["run", str(spec), "train.fit"]) == 1
    told = capsys.readouterr().err
    assert "LF0911" in told and "ended as Failed: AlgorithmError: no rows" in told


def test_lines_of_the_log_are_told_once(aws: EmbeddedAws, spec: Path) -> None:
    logs = aws.client("logs", REGION)
    logs.create_log_group(logGroupName="/aws/sagemaker/TrainingJobs")
    logs.create_log_stream(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName="told-20260301-123005/algo-1")
    now = int(datetime.now(UTC).timestamp() * 1000)
    logs.put_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs",
        logStreamName="told-20260301-123005/algo-1",
        logEvents=[{"timestamp": now, "message": "epoch 1 auc=0.9"}],
    )
    session = boto3.Session(region_name=REGION)
    name = start(session, REGION, PARAMETER, "told", datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC))
    told: list[str] = []
    follow(session, REGION, name, told.append, lambda _: None)
    assert told.count("  epoch 1 auc=0.9") == 1
