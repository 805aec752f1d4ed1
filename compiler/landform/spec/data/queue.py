"""Queues."""

from typing import Annotated, Literal

from pydantic import Field

from landform.spec.data.bounds import seconds
from landform.spec.model import Model, Was
from landform.spec.units import Seconds


class Queue(Model):
    """An SQS queue, encrypted with a key of the system, with a queue for what nobody could work off.

    Bounds: SQS API, SetQueueAttributes (read 2026-11-23).
    """

    kind: Literal["queue"]
    data_class: Literal["pii"] | None = Field(default=None, alias="class")
    retain: Annotated[Seconds, seconds("SQS", 60, 1_209_600, "1m to 14d")] = Field(
        default=345_600, json_schema_extra={"default": "4d"}
    )
    timeout: Annotated[Seconds, seconds("SQS", 1, 43_200, "1s to 12h")] = Field(
        default=30, json_schema_extra={"default": "30s"}
    )
    attempts: Annotated[int, Field(ge=1, le=1_000)] = 5
    was: Was = ()

    @property
    def replicate(self) -> Literal[False]:
        """Messages are worked off where they are sent: a queue has no copy."""
        return False
