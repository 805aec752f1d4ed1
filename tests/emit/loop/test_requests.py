"""What the steps ask of AWS where it matters how: a busy endpoint, a large archive, the key of what is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.sagemaker.models import sagemaker_backends
from tests.emit.loop.standing import ACCOUNT, DEFINITION, ENDPOINT, REGION, ROLE
from tests.emit.loop.world import World

import landform.rehearse.extensions.sagemaker  # noqa: F401 -- moto has no UpdateEndpoint of its own
from landform.emit.loop.deployment import deployment
from landform.emit.loop.steps import deploy, retrain

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (("DEFAULT_REGION", REGION), ("ACCESS_KEY_ID", "testing"), ("SECRET_ACCESS_KEY", "testing")):
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        yield


def stand() -> dict[str, Any]:
    """An endpoint, and beside it the configuration that a deployment has prepared; return the event of `shift`."""
    sagemaker = boto3.client("sagemaker")
    variant = {"VariantName": "AllTraffic", "InstanceType": "ml.m5.large", "InitialInstanceCount": 2}
    for name in (ENDPOINT, "new"):
        sagemaker.create_model(
            ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "image", "ModelDataUrl": "s3://m/a"}
        )
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[{**variant, "ModelName": name}])
    sagemaker.create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=ENDPOINT)
    own = World(None).deploying()  # type: ignore[arg-type]
    prepared = {"configuration": "new", "since": 0, "deadline": 2**40}
    return {"settings": own.settings, "place": own.places[0], "shift": {"answer": prepared}}


def set_status(status: str) -> None:
    found = sagemaker_backends[ACCOUNT][REGION].endpoints
    next(each for each in found.values() if each.endpoint_name == ENDPOINT).endpoint_status = status


def configuration() -> str:
    """What the endpoint serves, or is to serve once traffic has shifted."""
    found = boto3.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)
    coming: str = found.get("PendingDeploymentSummary", found)["EndpointConfigName"]
    return coming


def test_an_endpoint_that_is_being_scaled_is_waited_for() -> None:
    event = stand()
    set_status("Updating")
    held = deploy.shift(event)
    assert (held["begun"], held["late"], configuration()) == (False, False, ENDPOINT)
    set_status("InService")
    assert deploy.shift(event)["begun"]
    assert configuration() == "new"
    assert deploy.shift(event)["begun"], "a step that is tried again begins nothing anew"


def test_who_scales_the_endpoint_in_between_is_waited_for_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked at, found idle, and is busy when the update comes."""
    event = stand()
    client = boto3.client

    class Between:
        def __init__(self, *args: Any, **more: Any) -> None:
            self.own = client(*args, **more)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.own, name)

        def describe_endpoint(self, **asked: Any) -> Any:
            found = self.own.describe_endpoint(**asked)
            set_status("Updating")
            return found

    with monkeypatch.context() as patched:
        patched.setattr(boto3, "client", Between)
        held = deploy.shift(event)
    assert (held["begun"], held["late"], configuration()) == (False, False, ENDPOINT)
    set_status("InService")
    assert deploy.shift(event)["begun"]
    assert configuration() == "new"


def test_what_else_is_refused_is_no_waiting() -> None:
    event = stand()
    event["shift"]["answer"]["configuration"] = "unknown"
    with pytest.raises(ClientError, match="Could not find"):
        deploy.shift(event)


@pytest.mark.parametrize(("status", "deadline"), [("Updating", 0), ("Failed", 2**40)])
def test_nobody_waits_for_ever(status: str, deadline: int) -> None:
    event = stand()
    set_status(status)
    event["shift"]["answer"]["deadline"] = deadline
    assert deploy.shift(event)["late"]


def test_the_machine_holds_and_shifts_again() -> None:
    states = deployment(World(None).deploying())["States"]  # type: ignore[arg-type]
    begun = states[f"Begun {REGION}"]
    assert begun["Default"] == f"Hold {REGION}"
    assert states[f"Hold {REGION}"]["Next"] == f"Shift {REGION}"
    assert [each["Next"] for each in begun["Choices"]] == [f"Wait {REGION}", f"Back {REGION}"]


def test_a_large_archive_is_copied_in_parts() -> None:
    s3, other = boto3.client("s3"), "eu-west-1"
    s3.create_bucket(Bucket="models")
    s3.create_bucket(Bucket="there", CreateBucketConfiguration={"LocationConstraint": other})
    s3.put_object(Bucket="models", Key="a.tar.gz", Body=b"0" * (9 << 20))
    named = {"Name": DEFINITION, "Type": "String", "Value": json.dumps({"Model": {"PrimaryContainer": {"Image": "i"}}})}
    boto3.client("ssm", region_name=other).put_parameter(**named)
    for region in (REGION, other):
        boto3.client("sagemaker", region_name=region).create_model_package_group(ModelPackageGroupName="g")
    package = boto3.client("sagemaker").create_model_package(
        ModelPackageGroupName="g",
        InferenceSpecification={
            "Containers": [{"Image": "i", "ModelDataUrl": "s3://models/a.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )
    place = {"region": other, "bucket": "there", "parameter": DEFINITION, "packages": "g"}
    event = {"settings": {"region": REGION}, "place": place, "data": "s3://models/a.tar.gz", "run": "r"}
    copied = deploy.copy({**event, "package": package["ModelPackageArn"]})
    assert copied["data"] == "s3://there/a.tar.gz"
    found = boto3.client("s3", region_name=other).head_object(Bucket="there", Key="a.tar.gz")
    assert found["ContentLength"] == 9 << 20
    assert found["ETag"].strip('"').endswith("-2")


@pytest.mark.parametrize("key", [KEY, None])
def test_answers_lie_under_the_key_of_the_bucket(key: str | None) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="data")
    by = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
    s3.put_object(Bucket="data", Key="drift/score/r/held-out/rows.csv", Body=b"1,2\n", **by)
    variant = {"VariantName": "AllTraffic", "InstanceType": "ml.m5.large", "InitialInstanceCount": 2}
    model = {"ExecutionRoleArn": ROLE, "PrimaryContainer": {"Image": "image"}}
    definition = {"Model": model, "EndpointConfig": {"ProductionVariants": [variant]}}
    boto3.client("ssm").put_parameter(Name=DEFINITION, Type="String", Value=json.dumps(definition))
    asked = retrain.challenge(
        {
            "settings": World(None).retraining().settings,  # type: ignore[arg-type]
            "run": "r",
            "job": {"ModelArtifacts": {"S3ModelArtifacts": "s3://models/a.tar.gz"}},
            "data": {"answer": {"work": "s3://data/drift/score/r/"}},
        }
    )
    assert asked["TransformOutput"].get("KmsKeyId") == key


def test_a_fleet_is_told_to_stop_where_its_nodes_look() -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="records")
    said = {"training": {"records": "s3://records/jobs/train-fit/", "longest": 0}}
    retrain.handler({"step": "stop", "settings": said, "run": "r"}, None)
    (found,) = s3.list_objects_v2(Bucket="records")["Contents"]
    assert found["Key"] == "jobs/train-fit/r/stop"
