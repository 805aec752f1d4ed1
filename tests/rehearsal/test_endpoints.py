"""The life of an endpoint: it waits, comes with a package, is deployed past Terraform, and is edited in the spec."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from landform.rehearse.embedded import EmbeddedAws
from landform.rehearse.stage import stage, swap_in
from landform.rehearse.terraform import Change, Terraform, TerraformFailed

from .test_changes import compiled

ACCOUNT, REGION, NAME = "123456789012", "us-east-1", "scoring-dev-score"
SPEC = dedent("""\
    version: 1
    system: scoring
    account: "123456789012"
    environment: development
    regions: {primary: us-east-1}
    network: {egress: none, zones: 2}
    data: {rows: {kind: bucket}, models: {kind: bucket}}
    train: {fit: {platform: sagemaker, cpu: 8, image: xgboost-1.7, inputs: {train: {from: rows}}, output: models}}
    serve:
      score:
        platform: sagemaker
        model: train.fit
        instance: ml.c7i.xlarge
        capture: 20%
        scale:
          min: 2
          max: 20
          target: 800 invocations/min
          schedule: {day: {at: cron(0 6 ? * MON-FRI *), min: 8, max: 20}}
    """)


@dataclass
class Stage:
    """The system as it stands on an embedded AWS."""

    aws: EmbeddedAws
    terraform: Terraform
    folder: Path
    edits: Iterator[int] = field(default_factory=count)

    @property
    def sagemaker(self) -> Any:
        return self.aws.client("sagemaker", REGION)

    def planned(self, spec: str) -> tuple[Change, ...]:
        """What an edited spec would change; it stays in place for the next apply."""
        swap_in(compiled(spec, self.folder / f"edit-{next(self.edits)}"), self.terraform.workdir, self.aws.target)
        self.terraform.init()
        return self.terraform.plan("edit.tfplan").changes


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The system stands, and its endpoint waits for a model."""
    folder = tmp_path_factory.mktemp("scoring")
    with EmbeddedAws(ACCOUNT) as aws:
        terraform = Terraform(stage(compiled(SPEC, folder / "before"), folder / "staged", aws.target), aws.target)
        terraform.init()
        terraform.apply()
        yield Stage(aws, terraform, folder)


def test_an_endpoint_lives(standing: Stage) -> None:
    assert standing.sagemaker.list_endpoints()["Endpoints"] == []
    assert standing.terraform.plan("waiting.tfplan").empty
    misspelt(standing)
    comes(standing)
    deployed_past_terraform(standing)
    edited(standing)
    goes(standing)


def misspelt(standing: Stage) -> None:
    """A name that no endpoint has is refused, and not passed over."""
    told = standing.terraform.workdir / "models.auto.tfvars.json"
    told.write_text(json.dumps({"models": {"scores": {}}}))
    with pytest.raises(TerraformFailed, match="models may name score here"):
        standing.terraform.plan("misspelt.tfplan")
    told.unlink()


def comes(standing: Stage) -> None:
    """A package of the group that stands adds the endpoint, and nothing else."""
    made = standing.sagemaker.create_model_package(ModelPackageGroupName=NAME, InferenceSpecification={
        "Containers": [{"Image": "i", "ModelDataUrl": "s3://m/a.tar.gz"}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    })  # fmt: skip
    told = {"models": {"score": {REGION: made["ModelPackageArn"]}}}
    (standing.terraform.workdir / "models.auto.tfvars.json").write_text(json.dumps(told))
    changes = standing.planned(SPEC)
    assert {change.action for change in changes} == {"create"}
    assert {change.address.split(".")[1] for change in changes} == {"serve_score"}
    standing.terraform.apply()
    assert standing.terraform.plan("stands.tfplan").empty
    endpoint = standing.sagemaker.describe_endpoint(EndpointName=NAME)
    assert endpoint["EndpointStatus"] == "InService"
    model = standing.sagemaker.describe_model(ModelName=NAME)
    assert model["PrimaryContainer"]["ModelPackageName"] == made["ModelPackageArn"]
    assert model["EnableNetworkIsolation"] is True


def deployed_past_terraform(standing: Stage) -> None:
    """Another model in force, other bounds by the schedule: a plan does not take them back."""
    sagemaker = standing.sagemaker
    made = sagemaker.describe_model(ModelName=NAME)
    said = {k: made[k] for k in ("ExecutionRoleArn", "VpcConfig", "PrimaryContainer")}
    sagemaker.create_model(ModelName=f"{NAME}-2", **said)
    variants = sagemaker.describe_endpoint_config(EndpointConfigName=NAME)["ProductionVariants"]
    sagemaker.create_endpoint_config(
        EndpointConfigName=f"{NAME}-2", ProductionVariants=[variants[0] | {"ModelName": f"{NAME}-2"}]
    )
    sagemaker.update_endpoint(EndpointName=NAME, EndpointConfigName=f"{NAME}-2", RetainAllVariantProperties=True)
    ssm = standing.aws.client("ssm", REGION)
    parameter = "/landform/scoring/development/serve/score/model"
    ssm.put_parameter(Name=parameter, Value="the second", Overwrite=True)
    standing.aws.client("application-autoscaling", REGION).register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{NAME}/variant/AllTraffic",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=8,
        MaxCapacity=20,
    )
    assert standing.terraform.plan("deployed.tfplan").empty


def edited(standing: Stage) -> None:
    """Another instance is for the next deployment; other bounds are registered; the endpoint stays as it is."""
    larger = standing.planned(SPEC.replace("ml.c7i.xlarge", "ml.c7i.2xlarge").replace("20%", "50%"))
    assert [(c.action, c.address) for c in larger] == [("update", "module.serve_score.aws_ssm_parameter.definition")]
    more = standing.planned(SPEC.replace("max: 20\n", "max: 30\n"))
    touched = {change.address.removeprefix("module.serve_score.") for change in more}
    assert touched == {
        'terraform_data.bounds["first"]',
        'aws_appautoscaling_target.this["first"]',
        'aws_appautoscaling_policy.this["first"]',
        'aws_appautoscaling_scheduled_action.this["day"]',
    }
    standing.terraform.apply()
    assert standing.terraform.plan("bounds.tfplan").empty
    scaling = standing.aws.client("application-autoscaling", REGION)
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 30)
    assert len(scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]) == 1
    assert standing.sagemaker.describe_endpoint(EndpointName=NAME)["EndpointConfigName"] == f"{NAME}-2"


def goes(standing: Stage) -> None:
    """A group of packages goes once it is empty."""
    sagemaker = standing.sagemaker
    for package in sagemaker.list_model_packages(ModelPackageGroupName=NAME)["ModelPackageSummaryList"]:
        sagemaker.delete_model_package(ModelPackageName=package["ModelPackageArn"])
    standing.terraform.destroy()
    assert sagemaker.list_endpoints()["Endpoints"] == []
    assert [m["ModelName"] for m in sagemaker.list_models()["Models"]] == [f"{NAME}-2"]
