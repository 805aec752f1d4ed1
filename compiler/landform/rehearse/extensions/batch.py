"""AWS Batch: environments under its service-linked role, and instance types that moto has not heard of."""

from __future__ import annotations

from typing import Any

from moto.batch.models import BatchBackend, ComputeEnvironment, JobDefinition
from moto.batch.responses import BatchResponse

from landform.rehearse.extensions import method_of

_create = BatchBackend.create_compute_environment
_validate = BatchBackend._validate_compute_resources
_find_instances = BatchBackend.find_min_instances_to_meet_vcpus

SERVICE = "batch.amazonaws.com"
PATH = f"/aws-service-role/{SERVICE}/"


@method_of(BatchBackend)
def create_compute_environment(
    self: BatchBackend,
    compute_environment_name: str,
    _type: str,
    state: str,
    compute_resources: dict[str, Any],
    service_role: str,
    tags: dict[str, str] | None = None,
) -> ComputeEnvironment:
    """moto refuses an environment without a service role, which Batch makes itself a role for."""
    role = service_role or _service_linked_role(self)
    return _create(self, compute_environment_name, _type, state, compute_resources, role, tags)


@method_of(BatchBackend)
def _validate_compute_resources(self: BatchBackend, cr: dict[str, Any]) -> None:
    """moto's list of instance types ends years ago; the catalog has seen to it that there are such."""
    _validate(self, {**cr, "instanceTypes": ["optimal"]} if cr.get("instanceTypes") else cr)


@method_of(BatchBackend)
def find_min_instances_to_meet_vcpus(self: BatchBackend, instance_types: list[str], target: float) -> list[str]:
    """moto fails at types that it has not heard of, even where no node is to stand ready."""
    return _find_instances(["m5.large" for _ in instance_types[:1]], target) if target else []


def _service_linked_role(self: BatchBackend) -> str:
    linked = (role for role in self.iam_backend.roles.values() if role.path == PATH)
    role = next(linked, None) or self.iam_backend.create_service_linked_role(SERVICE, "", "")
    return str(role.arn)


_describe_definition = JobDefinition.describe
_describe_environments = BatchBackend.describe_compute_environments
_update_environment = BatchResponse.updatecomputeenvironment


@method_of(JobDefinition)
def describe(self: JobDefinition) -> dict[str, Any]:
    """moto takes jobs of several nodes and does not tell of their nodes."""
    answer = _describe_definition(self)
    return answer | ({"nodeProperties": self.node_properties} if self.node_properties else {})


@method_of(BatchResponse)
def updatecomputeenvironment(self: BatchResponse) -> str:
    """moto forgets what an environment does with jobs when it changes."""
    answer = _update_environment(self)
    policy = self._get_param("updatePolicy")
    environment = self.batch_backend.get_compute_environment(self._get_param("computeEnvironment"))
    if policy and environment:
        vars(environment)["update_policy"] = policy
    return answer


@method_of(BatchBackend)
def describe_compute_environments(self: BatchBackend, environments: list[str] | None = None) -> list[dict[str, Any]]:
    """moto tells nothing of it either."""
    kept = {arn: vars(own).get("update_policy") for arn, own in self._compute_environments.items()}
    told = _describe_environments(self, environments)
    policies = [kept[one["computeEnvironmentArn"]] for one in told]
    return [one | ({"updatePolicy": own} if own else {}) for one, own in zip(told, policies, strict=True)]
