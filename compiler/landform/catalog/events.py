"""Data events: what CloudTrail can record of each kind of store.

Source: CloudTrail user guide, "Logging data events", the table of `resources.type` values and what `resources.ARN`
is compared with (read 2026-11-23).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Recorded:
    """A type of resources whose calls are recorded: `inside` stands behind the ARN of the store in theirs."""

    type: str
    inside: str = ""


EVENTS: Final[Mapping[str, tuple[Recorded, ...]]] = {
    "bucket": (Recorded("AWS::S3::Object", "/"),),
    "queue": (Recorded("AWS::SQS::Queue"),),
    "stream": (Recorded("AWS::Kinesis::Stream"), Recorded("AWS::Kinesis::StreamConsumer", "/consumer/")),
    "table": (Recorded("AWS::DynamoDB::Table"), Recorded("AWS::DynamoDB::Stream", "/stream/")),
}
"""Kind of store → what is recorded of it; of a kind that is not here, CloudTrail records no data events."""
