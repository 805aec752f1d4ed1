"""SageMaker: metrics of algorithms, isolated models, newer machines, deployments, and groups of packages that go."""

from __future__ import annotations

import time
from typing import Any, Final

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import FakeEndpoint, FakeEndpointConfig, Model
from moto.sagemaker.responses import SageMakerResponse

from landform.catalog.managed import own_metrics
from landform.rehearse.extensions import method_of

SHIFTING: Final = 2.0
"""Seconds that both configurations serve; on AWS a canary alone is observed for longer."""

_create_training_job = SageMakerResponse.create_training_job
_create_model = SageMakerResponse.create_model
_create_endpoint = SageMakerResponse.create_endpoint
_described = SageMakerResponse.describe_endpoint
_as_told: Any = FakeEndpoint.response_object


@method_of(SageMakerResponse)
def create_training_job(self: SageMakerResponse) -> ActionResult:
    """moto lets a job define the metrics of a built-in algorithm, which brings its own."""
    asked = self._get_param("AlgorithmSpecification") or {}
    if asked.get("MetricDefinitions") and own_metrics(asked.get("TrainingImage", "")) is not None:
        raise ValidationError(message="You can't override the metric definitions for Amazon SageMaker algorithms.")
    return _create_training_job(self)


@method_of(SageMakerResponse)
def create_model(self: SageMakerResponse) -> ActionResult:
    """moto lets every model into the network, whatever is said."""
    answer = _create_model(self)
    model: Model = self.sagemaker_backend.describe_model(self._get_param("ModelName"))
    model.enable_network_isolation = bool(self._get_param("EnableNetworkIsolation"))
    return answer


@method_of(FakeEndpointConfig)
def validate_instance_type(self: FakeEndpointConfig, instance_type: str) -> None:
    """moto's list of instance types ends years ago; the catalog has seen to it that there are such."""
    if not instance_type.startswith("ml."):
        raise ValidationError(message=f"Value '{instance_type}' at 'instanceType' failed to satisfy constraint")


@method_of(SageMakerResponse)
def create_endpoint(self: SageMakerResponse) -> ActionResult:
    """moto forgets how an endpoint is to be deployed."""
    answer = _create_endpoint(self)
    endpoint = self.sagemaker_backend.endpoints[self._get_param("EndpointName")]
    vars(endpoint)["deployment"] = self._get_param("DeploymentConfig")
    return answer


def _response_object(self: FakeEndpoint) -> dict[str, Any]:
    answer: dict[str, Any] = _as_told.fget(self)
    said, coming = answer.pop("Deployment", None), answer.pop("Coming", None)
    pending = {"PendingDeploymentSummary": {"EndpointConfigName": coming["name"]}} if coming else {}
    return answer | ({"LastDeploymentConfig": said} if said else {}) | pending


def _describe_endpoint(self: SageMakerResponse) -> ActionResult:
    """Say how an endpoint is, and with that let what shifts go on, or back."""
    endpoint = self.sagemaker_backend.endpoints.get(self._get_param("EndpointName"))
    if endpoint and vars(endpoint).get("coming"):
        _go_on(self, endpoint)
    return _described(self)


def _go_on(self: SageMakerResponse, endpoint: FakeEndpoint) -> None:
    coming, rings = vars(endpoint)["coming"], _rings(self, vars(endpoint)["deployment"])
    if not rings and time.monotonic() < coming["at"]:
        return
    if not rings:
        endpoint.endpoint_config_name, endpoint.production_variants = coming["name"], coming["variants"]
    vars(endpoint)["coming"], endpoint.endpoint_status = None, "InService"


def _update_endpoint(self: SageMakerResponse) -> ActionResult:
    """Put another configuration under an endpoint; with RetainAllVariantProperties it keeps the number of machines.

    Where the deployment says how traffic shifts, both serve for a while; where an alarm of it rings, the endpoint goes
    back to what it served.
    """
    backend, name = self.sagemaker_backend, self._get_param("EndpointName")
    backend.describe_endpoint(name)
    chosen = self._get_param("EndpointConfigName")
    variants = backend.describe_endpoint_config(chosen)["ProductionVariants"]
    endpoint = backend.endpoints[name]
    if endpoint.endpoint_status != "InService":
        raise ValidationError(message=f'Cannot update in-progress endpoint "{endpoint.arn}".')
    now = {each["VariantName"]: each for each in endpoint.production_variants}
    new = endpoint._process_production_variants(variants)
    kept = ("CurrentInstanceCount", "DesiredInstanceCount", "CurrentWeight", "DesiredWeight")
    if self._get_param("RetainAllVariantProperties"):
        new = [each | {k: v for k, v in now.get(each["VariantName"], {}).items() if k in kept} for each in new]
    said = self._get_param("DeploymentConfig") or vars(endpoint).get("deployment")
    vars(endpoint)["deployment"] = said
    coming = {"name": chosen, "variants": new, "at": time.monotonic() + (SHIFTING if said else 0)}
    vars(endpoint)["coming"], endpoint.endpoint_status = coming, "Updating"
    if not said:
        _go_on(self, endpoint)
    return ActionResult(endpoint.response_create)


def _rings(self: SageMakerResponse, deployment: dict[str, Any] | None) -> bool:
    """Tell whether one of the alarms that bring the old configuration back is in ALARM."""
    watched = (deployment or {}).get("AutoRollbackConfiguration", {}).get("Alarms", ())
    alarms = cloudwatch_backends[self.current_account][self.region].alarms
    return any(alarms[each["AlarmName"]].state_value == "ALARM" for each in watched if each["AlarmName"] in alarms)


def _delete_model_package_group(self: SageMakerResponse) -> ActionResult:
    """Delete a group of packages, which must hold none."""
    backend, name = self.sagemaker_backend, self._get_param("ModelPackageGroupName")
    backend.describe_model_package_group(name)
    if any(package.model_package_group_name == name for package in backend.model_packages.values()):
        raise ValidationError(message=f"Cannot delete model package group {name}: it still holds model packages.")
    del backend.model_package_groups[name]
    return EmptyResult()


def _delete_model_package(self: SageMakerResponse) -> ActionResult:
    """Delete a package, which is named by its ARN."""
    backend, arn = self.sagemaker_backend, self._get_param("ModelPackageName")
    package = backend.describe_model_package(arn)
    for name in [name for name, known in backend.model_packages.items() if known is package]:
        del backend.model_packages[name]
    return EmptyResult()


# moto has none of these operations, and tells nothing of a deployment.
_responses: Any = SageMakerResponse
_responses.update_endpoint = _update_endpoint
_responses.describe_endpoint = _describe_endpoint
_responses.delete_model_package = _delete_model_package
_responses.delete_model_package_group = _delete_model_package_group
_endpoint: Any = FakeEndpoint
_endpoint.response_object = property(_response_object)
