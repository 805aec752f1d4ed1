"""A model that is served in two regions: the primary first, then the replica, and what is said where that fails."""

import re
import time

import pytest
from tests.emit.loop.standing import DEFINITION, ENDPOINT, REGION, REPLICA, models_in
from tests.emit.loop.world import World

from landform.rehearse.embedded import EmbeddedAws


@pytest.fixture
def world(aws: EmbeddedAws) -> World:
    """Two regions, and traffic that has drifted."""
    world = World(aws, regions=(REGION, REPLICA))
    world.stand()
    return world


def retrain(world: World) -> str:
    since = time.time() - 60
    world.traffic(600, since, drifted=True)
    world.alarm(since)
    (path,) = world.ended(1)
    return path


def test_the_replica_comes_after_the_primary(world: World) -> None:
    assert "Deployed" in retrain(world), world.why()
    looks = "(Wait {0} Look {0} Seen {0} )+"
    one_region = f"Copy {{0}} Prepare {{0}} Shift {{0}} Begun {{0}} {looks}Record {{0}}"
    primary, replica = (one_region.format(region) for region in (REGION, REPLICA))
    went = f"Settings Shift begins {primary} {replica} Shift ends Deployed"
    assert re.fullmatch(went, world.deploying_states()), world.deploying_states()

    original, copy = world.package(), world.package(REPLICA)
    assert copy["ModelPackageArn"].startswith(f"arn:aws:sagemaker:{REPLICA}:")
    assert copy["ModelPackageDescription"] == f"Copy of {original['ModelPackageArn']}"
    assert copy["CustomerMetadataProperties"] == original["CustomerMetadataProperties"]
    archives = []
    for package, region in ((original, REGION), (copy, REPLICA)):
        uri = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        assert bucket == models_in(region)
        archives.append((key, world.client("s3", region).get_object(Bucket=bucket, Key=key)["Body"].read()))
    assert archives[0] == archives[1]

    for region in (REGION, REPLICA):
        assert serves(world, region) == world.in_force(region)
    changed = [
        world.client("ssm", region).get_parameter(Name=f"{DEFINITION}/model")["Parameter"]["LastModifiedDate"]
        for region in (REGION, REPLICA)
    ]
    assert changed[0] < changed[1]
    assert world.shift() | {"at": 0, "run": ""} == {
        "state": "settled",
        "version": original["ModelPackageArn"],
        "at": 0,
        "run": "",
    }
    assert world.told() == ["score: deployed"]


def test_where_an_alarm_brings_the_old_model_back_in_the_replica_it_is_said(world: World) -> None:
    world.ring(REPLICA)
    assert "Deploy Failed Settle Tell" in retrain(world), world.why()
    assert world.deploying_states().endswith(f"Seen {REPLICA} Back {REPLICA} Not deployed {REPLICA}")

    assert serves(world, REGION) == world.in_force(REGION)
    assert world.endpoint(REPLICA)["EndpointConfigName"] == ENDPOINT
    assert world.in_force(REPLICA) == f"s3://{models_in(REPLICA)}/first.tar.gz"
    # The watch sees the primary: there the new version is what serves.
    assert (world.shift()["state"], world.shift()["version"]) == ("settled", world.in_force(REGION))
    ((subject, message),) = world.messages()
    assert subject == "score: failed"
    assert f"The new model serves in {REGION}; the old model serves in {REPLICA}." in message
    assert "champion stays" not in message


def test_where_it_fails_in_the_primary_the_replica_is_not_touched(world: World) -> None:
    world.ring(REGION)
    assert "Deploy Failed Settle Tell" in retrain(world), world.why()
    assert world.deploying_states().endswith(f"Seen {REGION} Back {REGION} Not deployed {REGION}")
    for region in (REGION, REPLICA):
        assert world.endpoint(region)["EndpointConfigName"] == ENDPOINT
        assert world.in_force(region) == f"s3://{models_in(region)}/first.tar.gz"
    assert (
        world.client("sagemaker", REPLICA).list_model_packages(ModelPackageGroupName=ENDPOINT)[
            "ModelPackageSummaryList"
        ]
        == []
    )
    assert world.shift()["state"] == "back"
    ((_, message),) = world.messages()
    assert f"The old model serves in {REGION}, {REPLICA}." in message


def serves(world: World, region: str) -> str:
    """The package of the model behind the endpoint of a region."""
    sagemaker = world.client("sagemaker", region)
    configuration = sagemaker.describe_endpoint_config(EndpointConfigName=world.endpoint(region)["EndpointConfigName"])
    model = sagemaker.describe_model(ModelName=configuration["ProductionVariants"][0]["ModelName"])
    package: str = model["PrimaryContainer"]["ModelPackageName"]
    return package
