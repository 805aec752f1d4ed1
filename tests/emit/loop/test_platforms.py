"""The loop with trainings of Batch and of a fleet, executed as with those of SageMaker: well, failing, and too long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.emit.loop.standing import machine
from tests.emit.loop.trainings import TRAINS, BatchWorld, FleetWorld, told
from tests.emit.loop.world import World
from tests.emit.test_jobs import Fleet

from landform.rehearse.embedded import EmbeddedAws


@pytest.fixture
def since() -> float:
    return time.time() - 60


def play(world: World, since: float) -> str:
    """Let it drift; return the states that the run went through."""
    world.traffic(600, since, drifted=True)
    world.alarm(since)
    (path,) = world.ended(1)
    return path


def trained_on_old_and_new(world: World) -> None:
    """The challenger knows the new rows, of which the champion knows none; its archive lies with the others."""
    package = world.package()
    known = package["CustomerMetadataProperties"]
    assert float(known["challenger"]) > float(known["champion"]) + 0.1
    (container,) = package["InferenceSpecification"]["Containers"]
    assert container["ModelDataUrl"].startswith("s3://models/training/")
    assert container["ModelDataUrl"].endswith("/output/model.tar.gz")


def test_batch_trains(aws: EmbeddedAws, since: float) -> None:
    world = BatchWorld(aws)
    world.stand()
    assert "Gather Train Challenge Answer" in (path := play(world, since)), world.why()
    assert "Deployed" in path, world.why()
    trained_on_old_and_new(world)
    assert world.told() == ["score: deployed"]


def test_a_job_of_batch_that_fails_is_told(aws: EmbeddedAws, since: float) -> None:
    world = BatchWorld(aws, command="exit 7")
    world.stand()
    assert play(world, since).endswith("Train Failed Settle Tell How it went Went wrong")
    ((subject, message),) = world.messages()
    assert subject == "score: failed"
    assert "Essential container in task exited (exit code 7)" in message


def test_a_job_of_batch_that_takes_too_long_is_ended_and_told(aws: EmbeddedAws, since: float) -> None:
    world = BatchWorld(aws, command="sleep 60", longest=2)
    world.stand()
    assert play(world, since).endswith("Train Failed Settle Tell How it went Went wrong")
    ((_, message),) = world.messages()
    assert "Job attempt duration exceeded timeout" in message


@pytest.fixture
def nodes(aws: EmbeddedAws, tmp_path: Path) -> Iterator[Fleet]:
    running = Fleet(aws, tmp_path)
    yield running
    running.close()


def started(aws: EmbeddedAws, nodes: Fleet, command: str, longest: int = 60) -> FleetWorld:
    world = FleetWorld(aws, longest=longest)
    world.stand()
    nodes.start(0, command, environment=tuple(told("/var/lib/landform").items()))
    return world


def test_a_fleet_trains(aws: EmbeddedAws, nodes: Fleet, since: float) -> None:
    world = started(aws, nodes, TRAINS)
    path = play(world, since)
    assert "Gather Train Await training Follow Trained" in path, world.why()
    assert "Trained Challenge Answer" in path, world.why()
    assert "Deployed" in path, world.why()
    trained_on_old_and_new(world)


def test_a_job_of_a_fleet_that_fails_is_told(aws: EmbeddedAws, nodes: Fleet, since: float) -> None:
    world = started(aws, nodes, "exit 7")
    assert play(world, since).endswith("Follow Failed Settle Tell How it went Went wrong")
    ((subject, message),) = world.messages()
    assert subject == "score: failed"
    assert "the training has failed with exit code 7" in message


def test_a_job_of_a_fleet_that_takes_too_long_is_stopped_and_told(aws: EmbeddedAws, nodes: Fleet, since: float) -> None:
    world = started(aws, nodes, "sleep 60", longest=2)
    assert play(world, since).endswith("Follow Failed Settle Tell How it went Went wrong")
    ((_, message),) = world.messages()
    assert "2 s after it was asked for; it is told to stop" in message
    (run,) = world.client("stepfunctions").list_executions(stateMachineArn=machine("retrain"))["executions"]
    nodes.until(run["name"], "stopped")
