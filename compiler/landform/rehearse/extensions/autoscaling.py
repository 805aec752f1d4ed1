"""Auto Scaling: hooks that notify whom they were told to notify, groups and policies that are as they were told."""

from __future__ import annotations

from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, FakeScalingPolicy
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult

from landform.rehearse.extensions import method_of


@method_of(AutoScalingResponse)
def put_lifecycle_hook(self: AutoScalingResponse) -> ActionResult:
    """moto gives every hook the same made-up queue and role, and forgets the metadata."""
    hook = self.autoscaling_backend.create_lifecycle_hook(
        name=self._get_param("LifecycleHookName"),
        as_name=self._get_param("AutoScalingGroupName"),
        transition=self._get_param("LifecycleTransition"),
        timeout=self._get_int_param("HeartbeatTimeout"),
        result=self._get_param("DefaultResult"),
    )
    hook.notification_target_arn = self._get_param("NotificationTargetARN")
    hook.role_arn = self._get_param("RoleARN")
    vars(hook)["notification_metadata"] = self._get_param("NotificationMetadata")
    return EmptyResult()


_update = FakeAutoScalingGroup.update


@method_of(FakeAutoScalingGroup)
def update(self: FakeAutoScalingGroup, **said: Any) -> None:
    """moto forgets the mix of instances when an update, such as one of the size, says nothing of it."""
    kept = self.mixed_instances_policy
    if kept and not (said["mixed_instances_policy"] or said["launch_template"] or said["launch_config_name"]):
        # moto has added the template's name to its id, and would refuse to be told both.
        kept["LaunchTemplate"]["LaunchTemplateSpecification"].pop("LaunchTemplateName", None)
        said["mixed_instances_policy"] = kept
    _update(self, **said)


_put_scaling_policy = AutoScalingBackend.put_scaling_policy


@method_of(AutoScalingBackend)
def put_scaling_policy(self: AutoScalingBackend, **said: Any) -> FakeScalingPolicy:
    """moto does not say that a policy is in force, and has every kind of policy make a forecast."""
    policy = _put_scaling_policy(self, **said)
    vars(policy)["enabled"] = True
    if policy.policy_type != "PredictiveScaling":
        vars(policy)["predictive_scaling_configuration"] = None
    return policy


_create_auto_scaling_group = AutoScalingResponse.create_auto_scaling_group
_update_auto_scaling_group = AutoScalingResponse.update_auto_scaling_group


@method_of(AutoScalingResponse)
def create_auto_scaling_group(self: AutoScalingResponse) -> ActionResult:
    """moto forgets the default warm-up of instances."""
    answer = _create_auto_scaling_group(self)
    _remember(self)
    return answer


@method_of(AutoScalingResponse)
def update_auto_scaling_group(self: AutoScalingResponse) -> ActionResult:
    """moto forgets the default warm-up, and leaves rebalancing and placement as they were."""
    answer = _update_auto_scaling_group(self)
    _remember(self)
    return answer


def _remember(response: AutoScalingResponse) -> None:
    group = vars(response.autoscaling_backend.autoscaling_groups[response._get_param("AutoScalingGroupName")])
    if (seconds := response._get_int_param("DefaultInstanceWarmup", None)) is not None:
        group["default_instance_warmup"] = seconds
    if (rebalance := response._get_bool_param("CapacityRebalance", None)) is not None:
        group["capacity_rebalance"] = rebalance
    if (placement := response._get_param("PlacementGroup")) is not None:
        group["placement_group"] = placement


def _start_instance_refresh(self: AutoScalingResponse) -> ActionResult:
    return ActionResult({"InstanceRefreshId": "08b91cf7-8fa6-48af-b6a6-d227f40f1b9b"})


# moto has no such operation. Its instances run nothing: what they were started from makes no difference.
_responses: Any = AutoScalingResponse
_responses.start_instance_refresh = _start_instance_refresh
