"""SQS: queues that remember the policies they were told, word for word."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.sqs.models import Queue, SQSBackend

from landform.rehearse.extensions import method_of

_ALLOW = "RedriveAllowPolicy"

_set_attributes = Queue._set_attributes
_attributes: Callable[[Queue], dict[str, Any]] = vars(Queue)["attributes"].fget


def _keep_policy(self: Queue, attributes: dict[str, Any], now: float | None = None) -> None:
    """moto forgets the policy of a queue when another of its attributes is set."""
    _set_attributes(self, attributes if "Policy" in attributes else {**attributes, "Policy": self.policy}, now)


def _told(self: Queue) -> dict[str, Any]:
    """moto writes redrive policies in a form of its own, and answers nothing of who may send dead letters."""
    answer = _attributes(self)
    if self.redrive_policy:
        answer["RedrivePolicy"] = json.dumps(self.redrive_policy, separators=(",", ":"))
    allow = vars(self).get("redrive_allow_policy")
    return answer | ({_ALLOW: allow} if allow else {})


_get_queue_attributes = SQSBackend.get_queue_attributes


@method_of(SQSBackend)
def get_queue_attributes(self: SQSBackend, queue_name: str, attribute_names: list[str]) -> dict[str, Any]:
    """moto refuses to be asked who may send dead letters."""
    answer = _get_queue_attributes(self, queue_name, [name for name in attribute_names if name != _ALLOW])
    allow = self.get_queue(queue_name).attributes.get(_ALLOW)
    return answer | ({_ALLOW: allow} if allow and {"All", _ALLOW} & set(attribute_names) else {})


Queue._set_attributes = _keep_policy  # type: ignore[method-assign]
Queue.attributes = property(_told)  # type: ignore[assignment, method-assign]
