"""Tables as inputs: `landform run` exports them first, and a job is given what was exported, on every platform."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from support.account import log_in
from support.specs import head, outcome

from landform.cli import main
from landform.exits import INTERRUPTED
from landform.lower.channel import NOT_EXPORTED, input_uris, sources
from landform.lower.job import definition
from landform.operate import batch, export
from landform.operate.export import as_channels, by_variable, exported
from landform.operate.training import OperationError
from landform.plan import Batch, Host, Job
from landform.rehearse.embedded import EmbeddedAws

REGION, ACCOUNT = "us-east-1", "123456789012"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/demo-dev-rows"
EXPORT = f"{TABLE}/export/01-ab"
BUCKET = f"demo-dev-models-{ACCOUNT}-{REGION}"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
DATA = "data: {rows: {kind: table, key: id}, models: {kind: bucket}}\n"
GIVEN = "inputs: {old-rows: {from: rows, via: models}}"
PLATFORMS = {
    "sagemaker": "platform: sagemaker, instance: ml.m5.large, image: pytorch-2.10, command: run",
    "batch": "platform: batch, cpu: 8, image: pytorch-2.10, command: run",
    "ec2": "platform: ec2, cpu: 8, command: run",
}


def training(platform: str) -> Job | Batch | Host:
    plan = outcome(f"{DATA}train: {{fit: {{{PLATFORMS[platform]}, {GIVEN}}}}}\n").sound
    return next(own for own in (*plan.jobs, *plan.batches, *plan.hosts))


class Session:
    """A session whose DynamoDB answers as it is told, whose KMS knows one key, and whose S3 is moto's."""

    def __init__(self) -> None:
        names = ("dynamodb", "kms", "s3")
        self.clients: dict[str, Any] = {name: boto3.client(name, region_name=REGION) for name in names}
        self.stubs = {name: Stubber(self.clients[name]) for name in ("dynamodb", "kms")}
        for stub in self.stubs.values():
            stub.activate()
        asked = {"KeyId": "alias/demo-dev/shared"}
        self.stubs["kms"].add_response("describe_key", {"KeyMetadata": {"KeyId": "1", "Arn": KEY}}, asked)

    def client(self, service: str, **_: str) -> Any:
        return self.clients[service]

    def begins(self) -> None:
        place = {"S3Bucket": BUCKET, "S3Prefix": "exports/train-fit/old-rows"}
        how = {"ExportFormat": "DYNAMODB_JSON", "S3SseAlgorithm": "KMS", "S3SseKmsKeyId": KEY}
        answer = {"ExportDescription": {"ExportArn": EXPORT, "ExportStatus": "IN_PROGRESS"}}
        self.stubs["dynamodb"].add_response(
            "export_table_to_point_in_time", answer, {"TableArn": TABLE, **place, **how}
        )

    def is_at(self, status: str, **more: str) -> None:
        answer = {"ExportDescription": {"ExportArn": EXPORT, "ExportStatus": status, **more}}
        self.stubs["dynamodb"].add_response("describe_export", answer, {"ExportArn": EXPORT})


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_training_may_read_what_is_exported_and_nothing_of_the_table(platform: str) -> None:
    plan = outcome(f"{DATA}train: {{fit: {{{PLATFORMS[platform]}, {GIVEN}}}}}\n").sound
    mine = [grant for grant in plan.grants if "old-rows" in grant.edge]
    assert {action for grant in mine for action in grant.statement.actions} == {
        "s3:GetObject",
        "s3:ListBucket",
        "kms:Decrypt",
    }
    assert f"arn:aws:s3:::{BUCKET}/exports/train-fit/old-rows/*" in {r for g in mine for r in g.statement.resources}
    assert not any("dynamodb" in action for grant in plan.grants for action in grant.statement.actions)
    assert input_uris(training(platform)) == {"old-rows": f"s3://{BUCKET}/exports/train-fit/old-rows/"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_a_manifest_of_its_own_a_job_is_given_no_export_there_ever_was(platform: str) -> None:
    plan = outcome(f"{DATA}train: {{fit: {{{PLATFORMS[platform]}, {GIVEN}}}}}\n").sound
    nowhere = f"s3://{BUCKET}/exports/train-fit/old-rows/{NOT_EXPORTED}"
    own = training(platform)
    if isinstance(own, Job):
        told = {
            each["ChannelName"]: each["DataSource"]["S3DataSource"] for each in definition(plan, own)["InputDataConfig"]
        }
        assert told["old-rows"] | {"S3DataDistributionType": ""} == {
            "S3DataType": "ManifestFile",
            "S3Uri": nowhere,
            "S3DataDistributionType": "",
        }
    else:
        assert sources(own) == {"LANDFORM_MANIFEST_OLD_ROWS": nowhere}


def test_a_table_is_exported_under_the_key_of_the_bucket_and_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        session, waits, told = Session(), list[float](), list[str]()
        session.begins()
        session.is_at("IN_PROGRESS")
        session.is_at("COMPLETED")
        s3 = session.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        data = "exports/train-fit/old-rows/AWSDynamoDB/01-ab/data/"
        for name in ("b.json.gz", "a.json.gz"):
            s3.put_object(Bucket=BUCKET, Key=f"{data}{name}", Body=b"x")
        s3.put_object(Bucket=BUCKET, Key="exports/train-fit/old-rows/AWSDynamoDB/00-zz/data/old.json.gz", Body=b"x")
        manifests = exported(session, training("batch"), told.append, waits.append)
        key = "exports/train-fit/old-rows/01-ab.manifest"
        assert manifests == {"old-rows": f"s3://{BUCKET}/{key}"}
        listed = json.loads(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
        assert listed == [{"prefix": f"s3://{BUCKET}/{data}"}, "a.json.gz", "b.json.gz"]
    assert len(waits) == 1
    assert told == [f"demo-dev-rows is exported to s3://{BUCKET}/exports/train-fit/old-rows/"]


def test_an_export_that_fails_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    session = Session()
    session.begins()
    session.is_at("FAILED", FailureMessage="no room")
    with pytest.raises(OperationError, match="the export for old-rows failed: no room"):
        exported(session, training("ec2"), lambda _: None, lambda _: None)


MANIFESTS = {"old-rows": "s3://models/m"}


def test_sagemaker_is_given_the_manifest_as_the_channel() -> None:
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://models/all/", "S3DataDistributionType": "FullyReplicated"}
    channels = [
        {"ChannelName": name, "DataSource": {"S3DataSource": dict(source)}} for name in ("old-rows", "landform-code")
    ]
    changed, same = as_channels({"InputDataConfig": channels}, MANIFESTS)["InputDataConfig"]
    assert changed["DataSource"]["S3DataSource"] == {**source, "S3DataType": "ManifestFile", "S3Uri": "s3://models/m"}
    assert same["DataSource"]["S3DataSource"] == source


@pytest.mark.parametrize("nodes", [1, 3])
def test_batch_is_told_of_the_manifest_on_every_node(nodes: int) -> None:
    client = boto3.client("batch", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    order = {"jobQueueName": "q", "jobQueueArn": "q", "state": "ENABLED", "priority": 1, "computeEnvironmentOrder": []}
    told = {"environment": [{"name": "LANDFORM_MANIFEST_OLD_ROWS", "value": "s3://models/m"}]}
    every = {"targetNodes": f"0:{nodes - 1}", "containerOverrides": told}
    over = {"containerOverrides": told} if nodes == 1 else {"nodeOverrides": {"nodePropertyOverrides": [every]}}

    class Own:
        def client(self, *_: str, **__: str) -> Any:
            return client

    with Stubber(client) as stub:
        stub.add_response("describe_job_queues", {"jobQueues": [order]})
        asked = {"jobName": "q-20260101-000000", "jobQueue": "q", "jobDefinition": "q", **over}
        stub.add_response("submit_job", {"jobName": "q", "jobId": "1"}, asked)
        variables = {"LANDFORM_MANIFEST_OLD_ROWS": "s3://models/m"}
        assert batch.submit(Own(), REGION, "q", datetime(2026, 1, 1, tzinfo=UTC), lambda: variables, nodes) == "1"


def test_a_fleet_is_told_by_the_end_of_the_variable() -> None:
    assert by_variable(MANIFESTS) == {"OLD_ROWS": "s3://models/m"}


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as running:
        yield running


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, aws: EmbeddedAws) -> list[str]:
    """The trainings whose tables are exported, as far as anybody asks; whoever waits for an export gives up."""
    log_in(monkeypatch, aws)
    trainings: list[str] = []

    def exported(_: Any, own: Job | Batch | Host, *__: Any) -> None:
        trainings.append(own.label)
        raise KeyboardInterrupt

    monkeypatch.setattr(export, "exported", exported)
    return trainings


def written(folder: Path, platform: str) -> str:
    spec = folder / "demo.yaml"
    spec.write_text(f"{head()}{DATA}train: {{fit: {{{PLATFORMS[platform]}, {GIVEN}}}}}\n")
    return str(spec)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_nothing_is_exported_for_what_does_not_stand(
    platform: str, tmp_path: Path, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", written(tmp_path, platform), "train.fit"]) == 1
    assert "Apply the output first." in capsys.readouterr().err
    assert asked == []


def test_who_gives_up_an_export_is_told_what_goes_on(
    tmp_path: Path, aws: EmbeddedAws, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    own = training("sagemaker")
    assert isinstance(own, Job)
    aws.client("ssm", REGION).put_parameter(Name=own.definition, Value="{}", Type="String")
    assert main(["run", written(tmp_path, "sagemaker"), "train.fit", "--no-wait"]) == INTERRUPTED
    assert "train.fit is not started. An export that has begun goes on" in capsys.readouterr().out
    assert asked == ["train.fit"]
