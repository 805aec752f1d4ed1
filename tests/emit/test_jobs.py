"""The service that takes jobs, run as a node runs it: against the embedded AWS, with the script's own files."""

from __future__ import annotations

import getpass
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from landform.emit.user_data import Checkpoint, HostScript, Jobs, render
from landform.rehearse.embedded import EmbeddedAws

from .cli import Cli
from .hosts import BARE
from .sandbox import Sandbox
from .test_watch import Metadata

REGION, BUCKET, GROUP, QUEUE = "us-east-1", "artifacts", "demo-dev-fit", "demo-dev-fit-jobs"
RECORDS = "jobs/train-fit/"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws("123456789012") as running:
        running.client("s3", REGION).create_bucket(Bucket=BUCKET)
        yield running


class Fleet:
    """A queue and a group of two, with as many nodes of it as are started."""

    def __init__(self, aws: EmbeddedAws, folder: Path) -> None:
        self.aws, self.folder, self.nodes = aws, folder, dict[str, Node]()
        clients = {name: aws.client(name, REGION) for name in ("autoscaling", "s3", "sqs")}
        self.sqs, self.s3, self.autoscaling = clients["sqs"], clients["s3"], clients["autoscaling"]
        self.cli = Cli(folder / "cli", clients.__getitem__)
        self.url = self.sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
        ec2 = aws.client("ec2", REGION)
        template = {"ImageId": ec2.describe_images()["Images"][0]["ImageId"], "InstanceType": "t3.micro"}
        named = ec2.create_launch_template(LaunchTemplateName=GROUP, LaunchTemplateData=template)
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=GROUP,
            MinSize=0,
            MaxSize=4,
            DesiredCapacity=2,
            LaunchTemplate={"LaunchTemplateId": named["LaunchTemplate"]["LaunchTemplateId"]},
            AvailabilityZones=["us-east-1a"],
        )

    @property
    def group(self) -> list[dict[str, Any]]:
        found = self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])
        return list(found["AutoScalingGroups"][0]["Instances"])

    def submit(self, job: str, **manifests: str) -> None:
        body = {"job": job} | ({"manifests": manifests} if manifests else {})
        self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps(body))

    def start(
        self,
        number: int,
        command: str,
        *,
        nodes: int = 1,
        checkpoint: bool = False,
        cli: str = "",
        groups: tuple[str, ...] = (),
        max_seconds: int | None = None,
        environment: tuple[tuple[str, str], ...] = (),
    ) -> Node:
        saved = Checkpoint("s3://artifacts/checkpoints/train-fit/", 600, "/var/lib/landform/checkpoint")
        script = replace(
            BARE,
            user=getpass.getuser(),
            command=command,
            groups=groups or (("some-other-group", GROUP) if number else (GROUP,)),
            jobs=Jobs(self.url, f"s3://{BUCKET}/{RECORDS}", nodes, 3, max_seconds),
            checkpoint=saved if checkpoint else None,
            environment=environment,
        )
        cli = cli or self.cli.program
        node = Node(self.folder / f"node-{number}", script, self.aws, self.group[number]["InstanceId"], cli)
        self.nodes[node.id] = node
        return node

    def status(self, job: str) -> dict[str, Any]:
        try:
            found = self.s3.get_object(Bucket=BUCKET, Key=f"{RECORDS}{job}/status.json")
        except self.s3.exceptions.NoSuchKey:
            return {}
        return dict(json.loads(found["Body"].read()))

    def until(self, job: str, *states: str) -> dict[str, Any]:
        """Wait for a job to reach a state."""
        self.eventually(lambda: self.status(job).get("state") in states, lambda: f"{job}: {self.status(job)}")
        return self.status(job)

    def eventually(self, true: Callable[[], bool], otherwise: Callable[[], str]) -> None:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            if true():
                return
            time.sleep(0.2)
        raise AssertionError(f"{otherwise()}\n" + "\n".join(node.log for node in self.nodes.values()))

    def waiting(self) -> tuple[int, int]:
        """Messages that anybody may take, and those that somebody has."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])

    def close(self) -> None:
        for node in self.nodes.values():
            node.close()
        self.cli.close()
        self.autoscaling.delete_auto_scaling_group(AutoScalingGroupName=GROUP, ForceDelete=True)
        self.aws.client("ec2", REGION).delete_launch_template(LaunchTemplateName=GROUP)
        self.sqs.delete_queue(QueueUrl=self.url)
        for found in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
            self.s3.delete_object(Bucket=BUCKET, Key=found["Key"])


class Node:
    """A host that its script has set up, with the service at work."""

    def __init__(self, folder: Path, script: HostScript, aws: EmbeddedAws, id_: str, cli: str) -> None:
        self.sandbox, self.metadata, self.id = Sandbox(folder), Metadata(), id_
        self.metadata.says |= {"instance-id": id_, "local-ipv4": f"10.0.0.{len(folder.name)}"}
        set_up = self.sandbox.run(render(script))
        assert set_up.returncode == 0, set_up.stderr.decode()
        self.sandbox.stand_in("aws", cli)
        library = self.sandbox.root / "usr/local/lib/landform"
        shutil.copytree(str(files("landform.emit") / "jobs"), library / "jobs")
        told = {
            "AWS_ENDPOINT_URL": aws.endpoint,
            "AWS_ACCESS_KEY_ID": "landform",
            "AWS_SECRET_ACCESS_KEY": "landform",
            "AWS_DEFAULT_REGION": REGION,
            "LANDFORM_IMDS": f"http://127.0.0.1:{self.metadata.server.server_port}",
            "LANDFORM_BEAT_SECONDS": "10",
            "LANDFORM_POLL_SECONDS": "0.2",
            "LANDFORM_GRACE_SECONDS": "5",
            "OUT": str(folder.parent),
        }
        # What the service's unit reads from /etc/landform/environment.
        self.environment = self.sandbox.environment(told | dict(script.environment))
        self.out = (folder / "log").open("wb")
        self.service, self.closed = self.run("serve"), False

    def run(self, what: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "jobs", what],
            cwd=self.sandbox.root / "usr/local/lib/landform",
            env=self.environment,
            stdout=self.out,
            stderr=self.out,
        )

    @property
    def log(self) -> str:
        return (self.sandbox.folder / "log").read_text()

    def interrupt(self) -> None:
        """What the watcher does on a notice of the end, but for the metric and the hook."""
        self.service.send_signal(signal.SIGTERM)
        assert self.service.wait(timeout=20) == 0
        save = self.sandbox.root / "usr/local/lib/landform/checkpoint"
        if save.exists():
            subprocess.run([save, "save"], env=self.environment, check=True)
        assert self.run("release").wait(timeout=20) == 0

    def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self.service.send_signal(signal.SIGTERM)
        try:
            self.service.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.service.kill()
            self.service.wait()
        self.out.close()
        self.metadata.server.shutdown()
        self.metadata.server.server_close()


@pytest.fixture
def fleet(aws: EmbeddedAws, tmp_path: Path) -> Iterator[Fleet]:
    running = Fleet(aws, tmp_path)
    yield running
    running.close()


@pytest.mark.parametrize("cli", ["", "aws"], ids=["stand-in", "real-cli"])
def test_a_job_is_taken_run_and_told_of(fleet: Fleet, cli: str) -> None:
    if cli and not shutil.which(cli):
        pytest.skip("this machine has no AWS CLI")
    # Version 1 of the CLI asks an old host name of SQS, unless it is told on the line.
    real = f'#!/bin/bash\nexec {shutil.which(cli)} --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n' if cli else ""
    fleet.submit("job-1")
    node = fleet.start(0, 'echo "$LANDFORM_JOB $NODE_RANK $NNODES" >"$OUT/told"; sleep 3', cli=real)
    fleet.until("job-1", "running")
    fleet.eventually(lambda: fleet.group[0]["ProtectedFromScaleIn"], lambda: "not protected at work")
    assert fleet.waiting() == (0, 1)
    assert fleet.until("job-1", "succeeded", "failed") | {"at": 0} == {
        "job": "job-1",
        "state": "succeeded",
        "code": 0,
        "nodes": [node.id],
        "attempt": f"01-{node.id}",
        "log_group": BARE.log_group,
        "at": 0,
    }
    assert (fleet.folder / "told").read_text() == "job-1 0 1\n"
    fleet.eventually(lambda: fleet.waiting() == (0, 0), lambda: "the message is still there")
    fleet.eventually(lambda: not fleet.group[0]["ProtectedFromScaleIn"], lambda: "still protected")


def test_the_exit_code_of_a_command_that_fails_is_reported(fleet: Fleet) -> None:
    fleet.submit("job-1")
    fleet.start(0, "echo so far\nexit 7")
    ended = fleet.until("job-1", "failed")
    assert ended["code"] == 7
    fleet.eventually(lambda: fleet.waiting() == (0, 0), lambda: "what fails is not tried again")


def test_a_command_that_takes_too_long_is_ended(fleet: Fleet) -> None:
    fleet.submit("job-1")
    fleet.start(0, "sleep 60", max_seconds=2)
    ended = fleet.until("job-1", "succeeded", "failed")
    assert (ended["state"], ended["code"], ended["reason"]) == ("failed", 124, "it ran for 2 s")


def test_one_job_comes_after_the_other(fleet: Fleet) -> None:
    fleet.submit("job-1")
    fleet.submit("job-2")
    fleet.start(0, 'echo "$LANDFORM_JOB" >>"$OUT/told"')
    fleet.until("job-1", "succeeded")
    fleet.until("job-2", "succeeded")
    assert sorted((fleet.folder / "told").read_text().split()) == ["job-1", "job-2"]


SAVES = """\
if [[ -e $LANDFORM_CHECKPOINT/step ]]; then cat "$LANDFORM_CHECKPOINT/step" >"$OUT/resumed"; exit 0; fi
trap 'echo 41 >"$LANDFORM_CHECKPOINT/step"; exit 0' TERM
touch "$OUT/begun"
while :; do sleep 0.1; done
"""


def test_an_interrupted_job_is_saved_given_back_and_gone_on_with(fleet: Fleet) -> None:
    fleet.submit("job-1")
    first = fleet.start(0, SAVES, checkpoint=True)
    fleet.eventually((fleet.folder / "begun").exists, lambda: "it has not begun")
    first.interrupt()
    assert fleet.status("job-1")["state"] == "returned"
    saved = fleet.s3.get_object(Bucket=BUCKET, Key="checkpoints/train-fit/job-1/step")["Body"].read()
    assert saved == b"41\n"
    assert fleet.waiting() == (1, 0)
    second = fleet.start(1, SAVES, checkpoint=True)
    ended = fleet.until("job-1", "succeeded", "failed")
    assert (ended["state"], ended["nodes"]) == ("succeeded", [second.id])
    assert (fleet.folder / "resumed").read_text() == "41\n"
    # In the group that stands in, what can go on elsewhere is not kept from going.
    assert not fleet.group[1]["ProtectedFromScaleIn"]


def test_a_node_that_is_being_ended_takes_no_job(fleet: Fleet) -> None:
    fleet.submit("job-1")
    node = fleet.start(0, 'touch "$OUT/begun"', groups=("a-group-that-refuses",))
    fleet.until("job-1", "waiting")
    assert "set-instance-protection" in node.log
    node.close()
    assert fleet.waiting() == (1, 0)
    assert not (fleet.folder / "begun").exists()


def test_what_is_no_job_is_left_for_the_dead_letters(fleet: Fleet) -> None:
    fleet.sqs.send_message(QueueUrl=fleet.url, MessageBody="hello")
    node = fleet.start(0, "true")
    fleet.eventually(lambda: "no job is 'hello'" in node.log, lambda: "it says nothing")
    assert sum(fleet.waiting()) == 1
    fleet.submit("job-1")
    fleet.until("job-1", "succeeded")


def test_a_job_is_stopped_where_somebody_asks_for_it(fleet: Fleet) -> None:
    fleet.submit("job-1")
    fleet.start(0, "sleep 60")
    fleet.until("job-1", "running")
    fleet.s3.put_object(Bucket=BUCKET, Key=f"{RECORDS}job-1/stop", Body=b'{"stop": true}')
    fleet.until("job-1", "stopped")
    fleet.eventually(lambda: fleet.waiting() == (0, 0), lambda: "it would begin again")


def test_a_message_that_comes_twice_runs_once(fleet: Fleet) -> None:
    fleet.submit("job-1")
    fleet.start(0, 'echo ran >>"$OUT/told"')
    fleet.until("job-1", "succeeded")
    fleet.submit("job-1")
    fleet.eventually(lambda: fleet.waiting() == (0, 0), lambda: "the second message is still there")
    assert (fleet.folder / "told").read_text() == "ran\n"


MEETS = """\
echo "$NODE_RANK of $NNODES at $MASTER_ADDR:$MASTER_PORT $PET_NODE_RANK" >"$OUT/$NODE_RANK"
until [[ -e $OUT/0 && -e $OUT/1 ]]; do sleep 0.1; done
"""


def test_two_nodes_find_each_other(fleet: Fleet) -> None:
    fleet.submit("job-1")
    nodes = [fleet.start(n, MEETS, nodes=2) for n in range(2)]
    ended = fleet.until("job-1", "succeeded", "failed")
    assert ended["state"] == "succeeded"
    assert sorted(ended["nodes"]) == sorted(node.id for node in nodes)
    leader = fleet.nodes[ended["nodes"][0]]
    address = leader.metadata.says["local-ipv4"]
    told = [(fleet.folder / str(rank)).read_text() for rank in range(2)]
    assert told == [f"{rank} of 2 at {address}:29500 {rank}\n" for rank in range(2)]


def test_two_jobs_of_two_nodes_do_not_wait_for_each_other(fleet: Fleet) -> None:
    for job in ("job-1", "job-2"):
        fleet.submit(job)
    for number in range(2):
        fleet.start(number, 'touch "$OUT/$LANDFORM_JOB-$NODE_RANK"', nodes=2)
    fleet.until("job-1", "succeeded")
    fleet.until("job-2", "succeeded")
    assert all((fleet.folder / f"{job}-{rank}").exists() for job in ("job-1", "job-2") for rank in range(2))


def test_the_failure_of_one_node_is_the_failure_of_the_job(fleet: Fleet) -> None:
    fleet.submit("job-1")
    for number in range(2):
        fleet.start(number, "[[ $NODE_RANK == 0 ]] || exit 9\nsleep 60", nodes=2)
    ended = fleet.until("job-1", "failed")
    assert ended["code"] == 9
    assert ended["reason"] == f"{ended['nodes'][1]} ended with 9"


def test_a_job_whose_node_is_taken_away_waits_for_another(fleet: Fleet) -> None:
    fleet.submit("job-1")
    for number in range(2):
        fleet.start(number, '[[ -e $OUT/again ]] || { touch "$OUT/begun-$NODE_RANK"; sleep 60; }', nodes=2)
    fleet.eventually((fleet.folder / "begun-1").exists, lambda: "it has not begun")
    lost = fleet.nodes[fleet.until("job-1", "running")["nodes"][1]]
    lost.interrupt()
    ended = fleet.until("job-1", "returned", "waiting", "forming")
    assert ended["state"] != "failed"
    (fleet.folder / "again").touch()
    lost.service = lost.run("serve")
    assert fleet.until("job-1", "succeeded", "failed")["state"] == "succeeded"
