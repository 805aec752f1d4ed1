"""What stands behind the image of SageMaker's built-in XGBoost: trainings and answers as AWS documents them."""

from __future__ import annotations

import io
import random
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from landform.catalog.managed import container
from landform.rehearse.jobs import JobFailed, infer, train
from landform.rehearse.stage import NOWHERE

REGION = "us-east-1"
FIRST = Path(__file__).parents[2] / "specs" / "fraud" / "model" / "score-0.tar.gz"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "testing")
    with mock_aws():
        client = boto3.client("s3", region_name=REGION)
        client.create_bucket(Bucket="rows")
        yield client


def rows(count: int, seed: int, weight: str = "") -> str:
    """The first column is the truth, and the second alone says it; an empty cell now and then."""
    draw = random.Random(seed)
    lines = []
    for _ in range(count):
        tells, other = draw.random(), draw.random()
        lines.append(f"{int(tells > 0.5)},{weight}{tells:.3f},{f'{other:.3f}' if other < 0.9 else ''}\n")
    return "".join(lines)


def request(kind: str = "text/csv", image: str = "xgboost-1.7", **settings: str) -> dict[str, Any]:
    """A CreateTrainingJob of a workload without code."""
    channels = [
        {
            "ChannelName": name,
            "ContentType": kind,
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://rows/{name}/"}},
        }
        for name in ("train", "validation")
    ]
    return {
        "TrainingJobName": "job",
        "AlgorithmSpecification": {"TrainingImage": container(image, REGION, "cpu"), "TrainingInputMode": "File"},
        "HyperParameters": {"objective": "binary:logistic", "eval_metric": "auc,logloss", **settings},
        "InputDataConfig": channels,
        "OutputDataConfig": {"S3OutputPath": "s3://rows/out/"},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }


def put(s3: Any, name: str, text: str) -> None:
    s3.put_object(Bucket="rows", Key=f"{name}/part-0.csv", Body=text.encode())


def test_it_learns_from_csv_and_answers_rows_without_a_label(s3: Any) -> None:
    put(s3, "train", rows(400, 1, weight="2.0,"))
    put(s3, "validation", rows(200, 2))
    told = train(request(num_round="30", csv_weights="1"), s3, NOWHERE, REGION)
    assert set(told) == {f"{channel}:{metric}" for channel in ("train", "validation") for metric in ("auc", "logloss")}
    assert told["validation:auc"] > 0.95
    archive = s3.get_object(Bucket="rows", Key="out/job/output/model.tar.gz")["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        assert packed.getnames() == ["xgboost-model"]
    answers = [float(line) for line in infer(archive, "0.9,0.1\n0.1,\n0.8,0.5\n", NOWHERE, REGION).splitlines()]
    assert [answer > 0.5 for answer in answers] == [True, False, True]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (request(), "num_round is required"),
        (request(kind="text/libsvm", num_round="5"), "only CSV is read here"),
        (request(image="sklearn-1.4", num_round="5"), "nothing here can run"),
    ],
)
def test_what_it_does_not_take_fails_the_job(asked: dict[str, Any], why: str, s3: Any) -> None:
    put(s3, "train", rows(20, 1))
    put(s3, "validation", rows(20, 2))
    with pytest.raises(JobFailed, match=why):
        train(asked, s3, NOWHERE, REGION)


def test_the_first_model_of_the_flagship_answers() -> None:
    large_abroad_at_night, small_at_home = "900.0,2,1,5", "12.0,14,0,900"
    answers = infer(FIRST.read_bytes(), f"{large_abroad_at_night}\n{small_at_home}\n", NOWHERE, REGION).splitlines()
    fraud, sound = map(float, answers)
    assert fraud > 0.5
    assert sound < 0.05
