"""Kinesis: streams that keep the tags which they are made with, and consumers that call functions."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import EventSourceMapping, LambdaBackend
from moto.core.responses import ActionResult
from moto.core.utils import unix_time
from moto.kinesis.models import Consumer
from moto.kinesis.responses import KinesisResponse

from landform.rehearse.extensions import method_of

_create_stream = KinesisResponse.create_stream


@method_of(KinesisResponse)
def create_stream(self: KinesisResponse) -> ActionResult:
    """moto drops the tags that a stream is made with."""
    answer = _create_stream(self)
    if tags := self._get_param("Tags"):
        self.kinesis_backend.add_tags_to_stream(None, self._get_param("StreamName"), tags)
    return answer


_new_consumer = Consumer.__init__
_create_event_source_mapping = LambdaBackend.create_event_source_mapping


def _dated_consumer(self: Consumer, *named: Any, **more: Any) -> None:
    """moto leaves out what the ARN of a consumer ends with: the second at which it was registered."""
    _new_consumer(self, *named, **more)
    self.consumer_arn += f":{int(unix_time())}"


Consumer.__init__ = _dated_consumer  # type: ignore[method-assign]


@method_of(LambdaBackend)
def create_event_source_mapping(self: LambdaBackend, spec: dict[str, Any]) -> EventSourceMapping:
    """moto takes no consumer of a stream for what calls a function."""
    source = str(spec.get("EventSourceArn", ""))
    stream = source.partition("/consumer/")[0] if source.startswith("arn:aws:kinesis:") else source
    mapping = _create_event_source_mapping(self, {**spec, "EventSourceArn": stream})
    mapping.event_source_arn = source
    return mapping
