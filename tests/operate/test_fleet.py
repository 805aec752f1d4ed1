"""`landform run` on EC2: a job is put into the queue, its nodes are woken, and what they write down is followed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from support.account import log_in

from landform.cli import main
from landform.operate import fleet
from landform.operate.fleet import follow, job_name, submit, wake
from landform.operate.training import OperationError
from landform.rehearse.embedded import EmbeddedAws

REGION, ACCOUNT, GROUP, QUEUE = "us-east-1", "123456789012", "demo-dev-fit", "demo-dev-fit-jobs"
BUCKET, PREFIX, LOGS = (
    f"demo-dev-artifacts-{ACCOUNT}-{REGION}",
    "jobs/train-fit/",
    "/landform/demo/development/train/fit",
)
SPEC = f"""\
version: 1
system: demo
account: "{ACCOUNT}"
environment: development
regions: {{primary: {REGION}}}
data: {{rows: {{kind: bucket}}}}
train: {{fit: {{platform: ec2, instance: t3.large, nodes: 2, pool: 0..4, command: run, output: rows}}}}
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws(ACCOUNT) as running:
        running.client("s3", REGION).create_bucket(Bucket=BUCKET)
        running.client("sqs", REGION).create_queue(QueueName=QUEUE)
        running.client("logs", REGION).create_log_group(logGroupName=LOGS)
        ec2 = running.client("ec2", REGION)
        template = {"ImageId": ec2.describe_images()["Images"][0]["ImageId"], "InstanceType": "t3.large"}
        ec2.create_launch_template(LaunchTemplateName=GROUP, LaunchTemplateData=template)
        running.client("autoscaling", REGION).create_auto_scaling_group(
            AutoScalingGroupName=GROUP,
            MinSize=0,
            MaxSize=4,
            DesiredCapacity=0,
            LaunchTemplate={"LaunchTemplateName": GROUP},
            AvailabilityZones=[f"{REGION}a"],
        )
        yield running


@pytest.fixture
def session(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    log_in(monkeypatch, aws)
    return boto3.Session()


class Nodes:
    """What nodes would write down, a step each time that somebody waits for them."""

    def __init__(self, aws: EmbeddedAws, job: str, *steps: dict[str, Any]) -> None:
        self.s3, self.logs = aws.client("s3", REGION), aws.client("logs", REGION)
        self.job, self.steps = job, list(steps)
        for node in ("i-1", "i-2"):
            try:
                self.logs.create_log_stream(logGroupName=LOGS, logStreamName=f"{node}/train")
            except self.logs.exceptions.ResourceAlreadyExistsException:
                continue

    def wait(self, _: float) -> None:
        step = self.steps.pop(0)
        for line in step.pop("lines", ()):
            event = {"timestamp": int(time.time() * 1000), "message": line}
            self.logs.put_log_events(logGroupName=LOGS, logStreamName="i-1/train", logEvents=[event])
        self.s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}{self.job}/status.json", Body=json.dumps(step).encode())


def followed(session: boto3.Session, nodes: Nodes) -> tuple[list[str], fleet.Outcome]:
    told: list[str] = []
    outcome = follow(session, REGION, (BUCKET, PREFIX), nodes.job, LOGS, told.append, nodes.wait)
    assert nodes.steps == []
    return told, outcome


def test_a_job_is_told_of_from_the_queue_to_its_end(session: boto3.Session, aws: EmbeddedAws) -> None:
    both = {"nodes": ["i-1", "i-2"], "attempt": "01-i-1"}
    lines = ["of a job before", "landform: job job-1, attempt 01-i-1, node 1 of 2", "epoch 1"]
    nodes = Nodes(aws, "job-1", {"state": "running", **both, "lines": lines}, {"state": "succeeded", **both, "code": 0})
    told, outcome = followed(session, nodes)
    assert told == ["waiting", "running: i-1, i-2", *(f"  {line}" for line in lines[1:]), "succeeded: i-1, i-2"]
    assert (outcome.status, outcome.reason) == ("succeeded", "")


def test_a_job_that_was_given_back_begins_again_and_its_exit_code_is_told(
    session: boto3.Session, aws: EmbeddedAws
) -> None:
    nodes = Nodes(
        aws,
        "job-2",
        {"state": "returned", "attempt": "01-i-1", "nodes": ["i-1"], "reason": "i-1 is going"},
        {"state": "running", "attempt": "02-i-2", "nodes": ["i-2"]},
        {"state": "failed", "attempt": "02-i-2", "nodes": ["i-2"], "code": 7},
    )
    told, outcome = followed(session, nodes)
    assert told == ["waiting", "returned: i-1 is going", "running: i-2", "failed: i-2"]
    assert (outcome.status, outcome.reason) == ("failed", "exit code 7")


def test_what_is_missing_is_told(session: boto3.Session) -> None:
    with pytest.raises(OperationError, match="no queue nothing stands"):
        submit(session, REGION, "nothing", "job")
    with pytest.raises(OperationError, match="no group nothing stands"):
        wake(session, REGION, "nothing", 1)


def test_jobs_have_names_of_their_own() -> None:
    now = datetime(2026, 3, 1, 12, 30, 5, 42, tzinfo=UTC)
    assert job_name("fit", now) == "fit-20260301-123005-000042"


def test_the_command_puts_a_job_and_wakes_the_nodes_of_one(
    session: boto3.Session, aws: EmbeddedAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "demo.yaml").write_text(SPEC)
    assert main(["run", str(tmp_path / "demo.yaml"), "train.fit", "--no-wait"]) == 0
    told = capsys.readouterr()
    assert f"{GROUP} starts 2 nodes" in told.out + told.err
    autoscaling, sqs = aws.client("autoscaling", REGION), aws.client("sqs", REGION)
    (group,) = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])["AutoScalingGroups"]
    assert group["DesiredCapacity"] == 2
    (message,) = sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"])["Messages"]
    assert json.loads(message["Body"])["job"] in told.out + told.err
    assert wake(session, REGION, GROUP, 2) == ""


@pytest.mark.parametrize(
    ("state", "code", "exit_code", "says"),
    [
        ("succeeded", 0, 0, "is complete. Its model, if it left one: s3://demo-dev-rows-"),
        ("failed", 7, 1, "exit code 7"),
    ],
)
def test_the_command_ends_as_its_job_does(
    session: boto3.Session,
    aws: EmbeddedAws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    state: str,
    code: int,
    exit_code: int,
    says: str,
) -> None:
    (tmp_path / "demo.yaml").write_text(SPEC)
    monkeypatch.setattr(fleet, "job_name", lambda *_: f"job-{state}")
    nodes = Nodes(aws, f"job-{state}", {"state": state, "code": code, "attempt": "01-i-1", "nodes": ["i-1"]})
    nodes.wait(0)
    assert main(["run", str(tmp_path / "demo.yaml"), "train.fit"]) == exit_code
    told = capsys.readouterr()
    assert says in told.out + told.err
