"""What can go wrong in the loop, each on the machine as it is executed: real steps, a real training, a real model."""

import time

import pytest
from tests.emit.loop.standing import ENDPOINT, TAGS
from tests.emit.loop.world import World

from landform.rehearse.embedded import EmbeddedAws


@pytest.fixture
def since() -> float:
    return time.time() - 60


def test_drift_is_cured(aws: EmbeddedAws, since: float) -> None:
    world = World(aws)
    world.stand()
    world.traffic(600, since, drifted=True)
    world.alarm(since)
    (path,) = world.ended(1)
    assert "Deployed" in path, world.why()
    assert world.in_force().startswith("arn:aws:sagemaker:us-east-1:123456789012:model-package/credit-score")
    assert world.endpoint()["LastDeploymentConfig"]["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"] == {
        "Type": "CANARY",
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 10},
        "WaitIntervalInSeconds": 60,
    }
    package = world.package()
    assert package["CustomerMetadataProperties"]["alarm"] == "a1"
    told = package["CustomerMetadataProperties"]
    assert float(told["challenger"]) > float(told["champion"]) + 0.1
    assert world.shift()["state"] == "settled"
    ((subject, message),) = world.messages()
    assert subject == "score: deployed"
    assert "Its answers were not compared with the old model's while both served" in message
    _bear_the_tags(world)


def _bear_the_tags(world: World) -> None:
    """What the machines make is no less the system's than what Terraform makes; a package is as its group."""
    sagemaker = world.client("sagemaker")
    made = [each["ModelArn"] for each in sagemaker.list_models()["Models"] if each["ModelName"] != ENDPOINT]
    made += [sagemaker.describe_endpoint_config(EndpointConfigName=world.prepared())["EndpointConfigArn"]]
    made += [each["TrainingJobArn"] for each in sagemaker.list_training_jobs()["TrainingJobSummaries"]]
    made += [each["TransformJobArn"] for each in sagemaker.list_transform_jobs()["TransformJobSummaries"]]
    assert len(made) == 5
    for arn in made:
        found = {each["Key"]: each["Value"] for each in sagemaker.list_tags(ResourceArn=arn)["Tags"]}
        assert {each["Key"]: each["Value"] for each in TAGS}.items() <= found.items(), arn


def test_a_worse_challenger_stays_out(aws: EmbeddedAws, since: float) -> None:
    """Nothing has changed: what is retrained is no better by ten points."""
    world = World(aws, accept={"metric": "accuracy", "comparison": ">=", "champion": True, "margin": 0.1})
    world.stand()
    world.traffic(600, since, drifted=False)
    world.alarm(since)
    (path,) = world.ended(1)
    assert "Rejected" in path, world.why()
    assert "Deploy" not in path
    assert world.in_force() == "s3://models/first.tar.gz"
    assert world.told() == ["score: rejected"]


def test_a_training_that_fails_is_told(aws: EmbeddedAws, since: float) -> None:
    world = World(aws, command="python -c 'raise SystemExit(\"no memory\")'")
    world.stand()
    world.traffic(600, since, drifted=True)
    world.alarm(since)
    (path,) = world.ended(1)
    assert path.endswith("Train Failed Settle Tell How it went Went wrong")
    assert world.in_force() == "s3://models/first.tar.gz"
    assert world.told() == ["score: failed"]
    assert "no memory" in world.why()


def test_an_alarm_in_the_rest_waits_and_runs_where_it_is_still_open(aws: EmbeddedAws, since: float) -> None:
    world = World(aws, rest=4)
    world.stand()
    world.traffic(600, since, drifted=True)
    world.alarm(since)
    world.ended(1)
    # Another change comes to the model that is in force by now, by whose answers alone it is judged.
    later = time.time() - 10
    world.traffic(600, later, drifted=False)
    world.alarm(later, id="a2", incident="i2")
    first, second = world.ended(2)
    assert "Deployed" in first
    assert second.startswith("Settings Alarm Admit Admitted Rest Admit Admitted Count")
    assert world.trainings() == 2


def test_an_alarm_in_the_rest_that_is_over_by_its_end_trains_nothing(aws: EmbeddedAws, since: float) -> None:
    world = World(aws, rest=6)
    world.stand()
    world.traffic(600, since, drifted=True)
    world.alarm(since)
    world.ended(1)
    world.alarm(since, state="cleared")
    world.ended(2)
    world.alarm(since, id="a2", incident="i2")
    world.wait_for("Rest", count=3)
    world.alarm(since, id="a2", incident="i2", state="cleared")
    paths = world.ended(4)
    assert paths[2].endswith("Rest Admit Admitted Over")
    assert world.trainings() == 1


def test_an_agent_that_was_killed_sends_its_alarm_again_and_it_is_one_run(aws: EmbeddedAws, since: float) -> None:
    """Delivery is at least once: the alarm comes twice, in one moment and after the run."""
    world = World(aws)
    world.stand()
    world.traffic(600, since, drifted=True)
    world.alarm(since)
    world.alarm(since)
    first, second = sorted(world.ended(2), key=len)
    assert first.endswith("Admit Admitted Over")
    assert "Deployed" in second, world.why()
    world.alarm(since)
    world.ended(3)
    assert world.trainings() == 1


def test_two_attempts_that_are_rejected_stop_it_and_page(aws: EmbeddedAws, since: float) -> None:
    """Rejected, still drifting, tried again, then paged; and no third time, until all is over."""
    world = World(aws, rest=1, accept={"metric": "accuracy", "comparison": ">", "champion": True, "margin": 0.9})
    world.stand()
    world.traffic(600, since, drifted=True)
    world.alarm(since)
    world.ended(1)
    world.alarm(since, state="ongoing", attempt=2)
    _, second = world.ended(2)
    assert "Rejected" in second, world.why()
    assert world.told() == ["score: rejected", "score: stopped"]
    world.alarm(since, state="ongoing", attempt=3)
    world.ended(3)
    assert world.trainings() == 2
    world.alarm(since, state="cleared", attempt=3)
    world.ended(4)
    world.alarm(since, id="a9", incident="i9")
    world.ended(5)
    assert world.trainings() == 3


@pytest.mark.parametrize("kind", ["missing", "schema", "silence"])
def test_broken_data_and_a_silent_capture_page_and_train_nothing(aws: EmbeddedAws, since: float, kind: str) -> None:
    """A column that turns null raises `missing`, a capture that is switched off `silence`."""
    world = World(aws)
    world.stand()
    world.traffic(600, since, drifted=True, lacking=kind == "missing")
    world.alarm(since, kind=kind)
    world.alarm(since, kind=kind, id="a2")
    paths = world.ended(2)
    assert sorted(paths) == [
        "Settings Alarm Admit Admitted Over",
        "Settings Alarm Admit Admitted Page Tell How it went Over",
    ]
    assert world.trainings() == 0
    assert len(world.told()) == 1


def test_a_column_that_turned_null_is_found_before_it_is_trained_on(aws: EmbeddedAws, since: float) -> None:
    """The alarm is of another column, and the rows that came are broken all the same."""
    world = World(aws)
    world.stand()
    world.traffic(600, since, drifted=True, lacking=True)
    world.alarm(since)
    (path,) = world.ended(1)
    assert "Gather Broken Settle Tell" in path
    assert world.trainings() == 0
    assert world.told() == ["score: broken"]
    assert "100.0% of debt is missing" in world.why()


def test_labels_that_do_not_come_are_told(aws: EmbeddedAws, since: float) -> None:
    world = World(aws, patience=2)
    world.stand()
    world.traffic(600, since, drifted=True, labelled=False)
    world.alarm(since)
    (path,) = world.ended(1)
    assert "Await labels Count Labelled" in path
    assert world.trainings() == 0
    assert world.told() == ["score: unlabelled"]
