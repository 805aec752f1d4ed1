"""What moto lacks of SageMaker's endpoints and landform adds, seen through boto3."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landform.rehearse.embedded import EmbeddedAws

ROLE = "arn:aws:iam::111122223333:role/score"
IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"


@pytest.fixture(scope="module")
def sagemaker() -> Iterator[Any]:
    with EmbeddedAws("111122223333") as running:
        yield running.client("sagemaker", "eu-west-1")


def configured(sagemaker: Any, name: str, count: int) -> None:
    sagemaker.create_model(
        ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE}, EnableNetworkIsolation=True
    )
    variant = {"VariantName": "AllTraffic", "ModelName": name, "InstanceType": "ml.c7i.xlarge"}
    sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[variant | {"InitialInstanceCount": count}]
    )


def test_a_model_is_isolated_and_runs_on_machines_of_this_year(sagemaker: Any) -> None:
    configured(sagemaker, "isolated", 1)
    assert sagemaker.describe_model(ModelName="isolated")["EnableNetworkIsolation"] is True
    (variant,) = sagemaker.describe_endpoint_config(EndpointConfigName="isolated")["ProductionVariants"]
    assert variant["InstanceType"] == "ml.c7i.xlarge"


def settled(sagemaker: Any) -> dict[str, Any]:
    """The endpoint, once one configuration serves alone."""
    until = time.monotonic() + 20
    while (found := sagemaker.describe_endpoint(EndpointName="score"))["EndpointStatus"] == "Updating":
        assert time.monotonic() < until
        time.sleep(0.2)
    return dict(found)


def test_a_deployment_keeps_the_number_of_machines(sagemaker: Any) -> None:
    configured(sagemaker, "first", 2)
    configured(sagemaker, "second", 1)
    rolling = {
        "RollingUpdatePolicy": {"MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 60}
    }
    sagemaker.create_endpoint(EndpointName="score", EndpointConfigName="first", DeploymentConfig=rolling)
    assert sagemaker.describe_endpoint(EndpointName="score")["LastDeploymentConfig"] == rolling
    sagemaker.update_endpoint(EndpointName="score", EndpointConfigName="second", RetainAllVariantProperties=True)
    during = sagemaker.describe_endpoint(EndpointName="score")
    assert (during["EndpointStatus"], during["EndpointConfigName"]) == ("Updating", "first")
    assert during["PendingDeploymentSummary"]["EndpointConfigName"] == "second"
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        sagemaker.update_endpoint(EndpointName="score", EndpointConfigName="second")
    after = settled(sagemaker)
    assert after["EndpointConfigName"] == "second"
    assert after["ProductionVariants"][0]["DesiredInstanceCount"] == 2
    sagemaker.update_endpoint(EndpointName="score", EndpointConfigName="second")
    assert settled(sagemaker)["ProductionVariants"][0]["DesiredInstanceCount"] == 1
    with pytest.raises(ClientError, match="Could not find endpoint"):
        sagemaker.update_endpoint(EndpointName="other", EndpointConfigName="second")


def test_a_group_goes_once_it_holds_no_package(sagemaker: Any) -> None:
    for name in ("empty", "full"):
        sagemaker.create_model_package_group(ModelPackageGroupName=name, ModelPackageGroupDescription="models")
    sagemaker.create_model_package(ModelPackageGroupName="full")
    with pytest.raises(ClientError, match="still holds model packages"):
        sagemaker.delete_model_package_group(ModelPackageGroupName="full")
    (package,) = sagemaker.list_model_packages(ModelPackageGroupName="full")["ModelPackageSummaryList"]
    sagemaker.delete_model_package(ModelPackageName=package["ModelPackageArn"])
    sagemaker.delete_model_package_group(ModelPackageGroupName="full")
    sagemaker.delete_model_package_group(ModelPackageGroupName="empty")
    with pytest.raises(ClientError, match="does not exist"):
        sagemaker.describe_model_package_group(ModelPackageGroupName="empty")
