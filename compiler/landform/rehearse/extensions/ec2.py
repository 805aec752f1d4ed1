"""EC2, hosts: placement groups, detailed monitoring, and what launch templates hold."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.instances import Instance
from moto.ec2.responses import EC2Response
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.ec2.utils import random_id

from landform.rehearse.extensions import method_of


class PlacementGroup(TaggedEC2Resource):
    """moto knows no placement groups; AWS answers with these fields."""

    def __init__(self, backend: Any, name: str, strategy: str, tags: dict[str, str]) -> None:
        self.ec2_backend = backend
        self.id = random_id("pg")
        self.name = name
        self.strategy = strategy
        self.add_tags(tags)

    def shown(self) -> dict[str, Any]:
        """The group as the API describes it."""
        backend = self.ec2_backend
        place = f"arn:{backend.partition}:ec2:{backend.region_name}:{backend.account_id}"
        return {
            "GroupId": self.id,
            "GroupName": self.name,
            "GroupArn": f"{place}:placement-group/{self.name}",
            "State": "available",
            "Strategy": self.strategy,
            "Tags": self.get_tags(),
        }


def _groups(response: EC2Response) -> dict[str, PlacementGroup]:
    groups: dict[str, PlacementGroup] = vars(response.ec2_backend).setdefault("placement_groups", {})
    return groups


def _known(response: EC2Response, name: str) -> PlacementGroup:
    try:
        return _groups(response)[name]
    except KeyError:
        raise EC2ClientError("InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown.") from None


@method_of(EC2Response)
def create_placement_group(self: EC2Response) -> ActionResult:
    """moto: not implemented."""
    name = self._get_param("GroupName")
    if name in _groups(self):
        raise EC2ClientError("InvalidPlacementGroup.Duplicate", f"The Placement Group '{name}' already exists.")
    tags = self._parse_tag_specification("placement-group").get("placement-group", {})
    group = PlacementGroup(self.ec2_backend, name, self._get_param("Strategy", "cluster"), tags)
    _groups(self)[name] = group
    return ActionResult({"PlacementGroup": group.shown()})


@method_of(EC2Response)
def describe_placement_groups(self: EC2Response) -> ActionResult:
    """moto: not implemented."""
    names = self._get_param("GroupNames", [])
    groups = [_known(self, name) for name in names] if names else _groups(self).values()
    return ActionResult({"PlacementGroups": [group.shown() for group in groups]})


@method_of(EC2Response)
def delete_placement_group(self: EC2Response) -> ActionResult:
    """moto: not implemented."""
    del _groups(self)[_known(self, self._get_param("GroupName")).name]
    return EmptyResult()


def _monitor(response: EC2Response, state: str) -> ActionResult:
    ids = response._get_param("InstanceIds", [])
    for instance in response.ec2_backend.get_multi_instances_by_id(ids):
        instance.monitoring_state = state
    shown = [{"InstanceId": instance, "Monitoring": {"State": state}} for instance in ids]
    return ActionResult({"InstanceMonitorings": shown})


@method_of(EC2Response)
def monitor_instances(self: EC2Response) -> ActionResult:
    """moto: not implemented."""
    return _monitor(self, "enabled")


@method_of(EC2Response)
def unmonitor_instances(self: EC2Response) -> ActionResult:
    """moto: not implemented."""
    return _monitor(self, "disabled")


_run_instances = EC2Response.run_instances


@method_of(EC2Response)
def run_instances(self: EC2Response) -> ActionResult:
    """moto forgets the termination protection that an instance is launched with."""
    answer = _run_instances(self)
    result: Any = answer.result
    for instance in result.instances:
        instance.disable_api_termination = bool(self._get_param("DisableApiTermination"))
    return answer


_add_block_device = Instance.add_block_device


@method_of(Instance)
def add_block_device(self: Instance, size: int, device_path: str, *rest: Any, **more: Any) -> None:
    """moto leaves the image's own disk behind for ever where a launch template names that device."""
    if replaced := self.block_device_mapping.get(device_path):
        self.ec2_backend.detach_volume(replaced.volume_id, self.id, device_path)
        self.ec2_backend.delete_volume(replaced.volume_id)
    _add_block_device(self, size, device_path, *rest, **more)


_describe_launch_template_versions = LaunchTemplates.describe_launch_template_versions


@method_of(EC2Response)
def describe_launch_template_versions(self: EC2Response) -> ActionResult:
    """moto mixes the tags of the template itself into those that it gives to what is launched."""
    answer = _describe_launch_template_versions(self)
    result: Any = answer.result
    for version in result["LaunchTemplateVersions"]:
        data = version["LaunchTemplateData"]
        if "TagSpecifications" in data:
            launched = [s for s in data["TagSpecifications"] if s["ResourceType"] != "launch-template"]
            version["LaunchTemplateData"] = data | {"TagSpecifications": launched}
    return answer
