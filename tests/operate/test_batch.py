"""`landform run` on Batch: a job is submitted to what stands, followed, and told of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from landform.cli import main
from landform.operate import batch, training
from landform.operate.batch import follow, submit
from landform.operate.training import OperationError, Outcome

REGION, ACCOUNT, GROUP = "us-east-1", "123456789012", "/landform/demo/development/train/fit"
SPEC = f"""\
version: 1
system: demo
account: "{ACCOUNT}"
environment: development
regions: {{primary: {REGION}}}
data: {{rows: {{kind: bucket}}}}
train: {{fit: {{platform: batch, cpu: 8, image: pytorch-2.10, command: run, reads: [rows], output: rows}}}}
"""
LEFT = f"s3://demo-dev-rows-{ACCOUNT}-{REGION}/training/train-fit/abc/output/model.tar.gz"
JOB = {"jobName": "fit", "jobId": "1", "jobQueue": "q", "startedAt": 1, "jobDefinition": "fit:1"}
QUEUE = {
    "jobQueueName": "demo-dev-fit",
    "jobQueueArn": "q",
    "state": "ENABLED",
    "priority": 1,
    "computeEnvironmentOrder": [],
}


class Scripted:
    """A session whose Batch and logs answer what they are told to; moto's Batch wants a Docker daemon."""

    def __init__(self) -> None:
        self.clients = {
            name: boto3.client(name, region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
            for name in ("batch", "logs")
        }
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()

    def client(self, service: str, **_: str) -> Any:
        return self.clients[service]

    def job(self, status: str, **more: Any) -> None:
        self.stubs["batch"].add_response("describe_jobs", {"jobs": [{**JOB, "status": status, **more}]})

    def lines(self, *messages: str) -> None:
        for events in ([{"message": m} for m in messages], *([[]] if messages else [])):
            self.stubs["logs"].add_response("get_log_events", {"events": events, "nextForwardToken": "t"})


@pytest.fixture
def session() -> Iterator[Scripted]:
    scripted = Scripted()
    yield scripted
    for stub in scripted.stubs.values():
        stub.assert_no_pending_responses()


def test_a_job_is_submitted_to_the_queue_by_the_definition_of_its_name(session: Scripted) -> None:
    session.stubs["batch"].add_response("describe_job_queues", {"jobQueues": [QUEUE]}, {"jobQueues": ["demo-dev-fit"]})
    asked = {"jobName": "demo-dev-fit-20260301-123005", "jobQueue": "demo-dev-fit", "jobDefinition": "demo-dev-fit"}
    session.stubs["batch"].add_response("submit_job", {"jobName": "fit", "jobId": "abc"}, asked)
    assert submit(session, REGION, "demo-dev-fit", datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)) == "abc"


def test_a_queue_that_is_missing_is_told(session: Scripted) -> None:
    session.stubs["batch"].add_response("describe_job_queues", {"jobQueues": []})
    with pytest.raises(OperationError, match="no job queue demo-dev-fit"):
        submit(session, REGION, "demo-dev-fit", datetime.now(UTC))


def test_states_and_lines_are_told_once_and_a_failure_with_its_reason(session: Scripted) -> None:
    running = {"container": {"logStreamName": "train/default/1"}}
    session.job("RUNNABLE")
    session.job("RUNNABLE")
    session.job("RUNNING", **running)
    session.lines("epoch 1")
    session.job("FAILED", statusReason="Essential container in task exited", **running)
    session.lines()
    told: list[str] = []
    outcome = follow(session, REGION, "1", GROUP, told.append, lambda _: None)
    assert told == ["RUNNABLE", "RUNNING", "  epoch 1", "FAILED: Essential container in task exited"]
    assert outcome == Outcome("FAILED", "Essential container in task exited")


def test_of_several_nodes_the_first_is_listened_to(session: Scripted) -> None:
    nodes = {"numNodes": 2, "mainNode": 0, "nodeRangeProperties": []}
    session.job("SUCCEEDED", nodeProperties=nodes)
    first = {**JOB, "jobId": "1#0", "status": "SUCCEEDED", "container": {"logStreamName": "train/default/2"}}
    session.stubs["batch"].add_response("describe_jobs", {"jobs": [first]}, {"jobs": ["1#0"]})
    session.lines("both are here")
    told: list[str] = []
    assert follow(session, REGION, "1", GROUP, told.append, lambda _: None).status == "SUCCEEDED"
    assert told == ["SUCCEEDED", "  both are here"]


def test_a_stream_that_is_not_there_yet_is_silent(session: Scripted) -> None:
    session.job("SUCCEEDED", container={"logStreamName": "train/default/3"})
    session.stubs["logs"].add_client_error("get_log_events", "ResourceNotFoundException")
    told: list[str] = []
    follow(session, REGION, "1", GROUP, told.append, lambda _: None)
    assert told == ["SUCCEEDED"]


@pytest.mark.parametrize(
    ("status", "exit_code", "says"),
    [("SUCCEEDED", 0, f"abc is complete. Its model, if it left one: {LEFT}"), ("FAILED", 1, "ended as FAILED: why")],
)
def test_the_command_ends_as_its_job_does(
    status: str,
    exit_code: int,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "demo.yaml").write_text(SPEC)
    monkeypatch.setattr(training, "require_account", lambda *_: None)
    monkeypatch.setattr(batch, "submit", lambda *_: "abc")
    monkeypatch.setattr(batch, "follow", lambda *_: Outcome(status, "why"))
    assert main(["run", str(tmp_path / "demo.yaml"), "train.fit"]) == exit_code
    shown = capsys.readouterr()
    assert says in shown.out + shown.err
