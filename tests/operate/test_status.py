"""`landform status`: each entry is found as it stands in the account, and what somebody should look at is marked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from support.account import log_in

from landform.cli import main
from landform.operate.status import status
from landform.operate.status.model import Standing
from landform.pipeline import analyse
from landform.plan import Host, Job, Plan, Queue, Table
from landform.rehearse.embedded import EmbeddedAws

REGION, ACCOUNT = "us-east-1", "123456789012"
SESSION = boto3.Session()
"""One for all tests: it keeps the descriptions of the services, which take a second to read."""
SPEC = f"""\
version: 1
system: demo
account: "{ACCOUNT}"
environment: development
regions: {{primary: {REGION}}}
data:
  notes: {{kind: bucket}}
  rows: {{kind: table, key: id}}
  retries: {{kind: queue}}
  clicks: {{kind: stream}}
  homes: {{kind: efs}}
machines: {{box: {{instance: t3.small, image: al2023}}}}
train:
  fit: {{platform: sagemaker, instance: ml.m7i.xlarge, image: xgboost-1.7, output: notes}}
  pool: {{platform: ec2, instance: c7i.large, image: al2023, pool: 0..2, command: run}}
functions:
  ingest: {{code: code, handler: app.handler, runtime: python3.13, trigger: {{queue: retries}}}}
audit: {{trail: all-regions}}
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as running:
        yield running


@pytest.fixture
def plan(tmp_path: Path, aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Plan:
    log_in(monkeypatch, aws)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context): ...\n")
    file = tmp_path / "demo.yaml"
    file.write_text(SPEC)
    analysis = analyse(file)
    assert analysis.sound and analysis.plan, analysis.diagnostics
    return analysis.plan


def standing(plan: Plan) -> dict[str, Standing]:
    return {".".join(map(str, line.path)): line for line in status(SESSION, plan)}


def test_nothing_stands_before_the_first_apply(plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", str(tmp_path / "demo.yaml"), "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["entry"] for row in rows if row["state"] == "absent"} == {
        "data.notes",
        "data.rows",
        "data.retries",
        "data.clicks",
        "data.homes",
        "machines.box",
        "train.pool",
        "functions.ingest",
        "audit.trail",
    }
    assert [row["state"] for row in rows if row["entry"] == "train.fit"] == ["never ran"]
    assert main(["status", str(tmp_path / "demo.yaml")]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["entry", "region", "state", "detail"]
    assert any(line.split() == ["data.notes", REGION, "absent"] for line in said)


def test_a_queue_with_failed_messages_is_marked(plan: Plan, aws: EmbeddedAws) -> None:
    (queue,) = [store for store in plan.stores if isinstance(store, Queue)]
    sqs = aws.client("sqs", REGION)
    sqs.create_queue(QueueName=queue.name)
    dead = sqs.create_queue(QueueName=queue.dead_letters)["QueueUrl"]
    found = standing(plan)["data.retries"]
    assert (found.state, found.detail, found.good) == ("stands", "0 waiting, 0 failed for good", True)
    sqs.send_message(QueueUrl=dead, MessageBody="x")
    assert (standing(plan)["data.retries"].detail, standing(plan)["data.retries"].good) == (
        "0 waiting, 1 failed for good",
        False,
    )


def test_stores_say_how_large_they_are(plan: Plan, aws: EmbeddedAws) -> None:
    (table,) = [store for store in plan.stores if isinstance(store, Table)]
    (bucket,) = plan.buckets
    names = {store.kind: store.name for store in plan.stores}
    aws.client("s3", REGION).create_bucket(Bucket=bucket.name)
    aws.client("dynamodb", REGION).create_table(
        TableName=table.name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    aws.client("kinesis", REGION).create_stream(StreamName=names["stream"], ShardCount=3)
    aws.client("efs", REGION).create_file_system(CreationToken="x", Tags=[{"Key": "Name", "Value": names["efs"]}])
    found = standing(plan)
    assert (found["data.notes"].state, found["data.notes"].detail) == ("stands", bucket.name)
    assert (found["data.rows"].state, found["data.rows"].detail) == ("active", "about 0 items")
    assert (found["data.clicks"].state, found["data.clicks"].detail) == ("active", "3 shards")
    assert found["data.homes"].state == "available"


def test_the_last_training_counts_and_a_failed_one_is_marked(plan: Plan, aws: EmbeddedAws) -> None:
    (job,) = [own for own in plan.workloads if isinstance(own, Job)]
    sagemaker = aws.client("sagemaker", REGION)
    for name in (f"{job.physical}-20260101-000000", f"{job.physical}x-20270101-000000"):
        sagemaker.create_training_job(
            TrainingJobName=name,
            AlgorithmSpecification={"TrainingImage": "x", "TrainingInputMode": "File"},
            RoleArn=job.role_arn,
            OutputDataConfig={"S3OutputPath": "s3://x/"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
        )
    found = standing(plan)["train.fit"]
    assert found.state in ("completed", "inprogress")
    assert found.detail.startswith(f"{job.physical}-20260101-000000, ")
    assert found.good


def test_machines_and_fleets_say_what_runs(plan: Plan, aws: EmbeddedAws) -> None:
    box, fleet = (own for own in plan.workloads if isinstance(own, Host))
    ec2 = aws.client("ec2", REGION)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": box.physical}]}]
    (made,) = ec2.run_instances(ImageId=image, InstanceType="t3.small", MinCount=1, MaxCount=1, TagSpecifications=tags)[
        "Instances"
    ]
    assert standing(plan)["machines.box"].state == "running"
    ec2.stop_instances(InstanceIds=[made["InstanceId"]])
    assert (standing(plan)["machines.box"].state, standing(plan)["machines.box"].good) == ("stopped", None)
    ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
    assert standing(plan)["machines.box"].state == "absent"
    autoscaling = aws.client("autoscaling", REGION)
    template = ec2.create_launch_template(
        LaunchTemplateName="t", LaunchTemplateData={"ImageId": image, "InstanceType": "c7i.large"}
    )["LaunchTemplate"]["LaunchTemplateId"]
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=fleet.physical,
        LaunchTemplate={"LaunchTemplateId": template},
        MinSize=0,
        MaxSize=2,
        DesiredCapacity=0,
        AvailabilityZones=["us-east-1a"],
    )
    assert (standing(plan)["train.pool"].state, standing(plan)["train.pool"].good) == ("empty", True)
    autoscaling.set_desired_capacity(AutoScalingGroupName=fleet.physical, DesiredCapacity=2)
    found = standing(plan)["train.pool"]
    assert (found.state, found.detail) == ("in service", "2 of 2 nodes, 0% on spot")


def test_a_trail_that_does_not_record_is_marked(plan: Plan, aws: EmbeddedAws) -> None:
    assert plan.trail is not None
    aws.client("s3", REGION).create_bucket(Bucket="trails-of-demo")
    cloudtrail = aws.client("cloudtrail", REGION)
    cloudtrail.create_trail(Name=plan.trail.name, S3BucketName="trails-of-demo")
    assert (standing(plan)["audit.trail"].state, standing(plan)["audit.trail"].good) == ("stopped", False)
    cloudtrail.start_logging(Name=plan.trail.name)
    assert (standing(plan)["audit.trail"].state, standing(plan)["audit.trail"].good) == ("logging", True)


def test_credentials_of_another_account_are_refused(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "demo.yaml"
    file.write_text(SPEC.replace(ACCOUNT, "210987654321"))
    assert main(["status", str(file)]) == 1
    assert f"the credentials are of account {ACCOUNT}, the spec is for 210987654321" in capsys.readouterr().err
