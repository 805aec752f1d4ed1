"""Application Auto Scaling: tags of what scales."""

from __future__ import annotations

import json
from typing import Any

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, FakeScalableTarget
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from landform.rehearse.extensions import method_of

_register_scalable_target = ApplicationAutoScalingResponse.register_scalable_target


def _worn(backend: ApplicationAutoscalingBackend, arn: str) -> dict[str, str]:
    """Return the tags of a target, to read and to change."""
    by_resource: dict[str, dict[str, FakeScalableTarget]] = backend.targets
    (target,) = (t for some in by_resource.values() for t in some.values() if t.arn == arn)
    tags: dict[str, str] = vars(target).setdefault("tags", {})
    return tags


@method_of(ApplicationAutoScalingResponse)
def register_scalable_target(self: ApplicationAutoScalingResponse) -> str:
    """moto drops the tags that a target is registered with."""
    answer = _register_scalable_target(self)
    arn = json.loads(answer)["ScalableTargetARN"]
    _worn(self.applicationautoscaling_backend, arn).update(self._get_param("Tags") or {})
    return answer


def _list_tags_for_resource(self: ApplicationAutoScalingResponse) -> str:
    tags = _worn(self.applicationautoscaling_backend, self._get_param("ResourceARN"))
    return json.dumps({"Tags": tags})


def _tag_resource(self: ApplicationAutoScalingResponse) -> str:
    _worn(self.applicationautoscaling_backend, self._get_param("ResourceARN")).update(self._get_param("Tags"))
    return "{}"


def _untag_resource(self: ApplicationAutoScalingResponse) -> str:
    tags = _worn(self.applicationautoscaling_backend, self._get_param("ResourceARN"))
    for key in self._get_param("TagKeys"):
        tags.pop(key, None)
    return "{}"


# moto has none of these operations.
_responses: Any = ApplicationAutoScalingResponse
_responses.list_tags_for_resource = _list_tags_for_resource
_responses.tag_resource = _tag_resource
_responses.untag_resource = _untag_resource
