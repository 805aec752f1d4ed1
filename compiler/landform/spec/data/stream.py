"""Streams.

Bounds: Kinesis Data Streams developer guide, "Quotas and limits" and "Changing the data retention period"; shards:
API reference, UpdateShardCount (read 2026-11-23).
"""

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from landform.spec.data.bounds import seconds
from landform.spec.model import Model, Text, Was
from landform.spec.units import Seconds, fault

HOUR: Final = 3600
MOST_HOURS: Final = 8760
MOST_CONSUMERS: Final = 20
MOST_SHARDS: Final = 10_000


def _whole_hours(value: int) -> int:
    if value % HOUR:
        raise fault("Kinesis counts the time that it keeps records in hours: write it like 36h or 7d")
    return value


class Shards(Model):
    """A fixed number of shards: each takes 1 MB a second and gives 2."""

    shards: Annotated[int, Field(ge=1, le=MOST_SHARDS)]


class Stream(Model):
    """A Kinesis stream, encrypted with a key of the system.

    `fan_out` names workloads, as `machines.rates`, that read at a speed of their own instead of sharing the stream's.
    """

    kind: Literal["stream"]
    data_class: Literal["pii"] | None = Field(default=None, alias="class")
    capacity: Literal["on-demand"] | Shards = "on-demand"
    retain: Annotated[
        Seconds, seconds("Kinesis", 24 * HOUR, MOST_HOURS * HOUR, "24h to 365d"), AfterValidator(_whole_hours)
    ] = Field(default=24 * HOUR, json_schema_extra={"default": "24h"})
    fan_out: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    was: Was = ()

    @property
    def replicate(self) -> Literal[False]:
        """Records are read where they are written: a stream has no copy."""
        return False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(self.fan_out) > MOST_CONSUMERS:
            count = len(self.fan_out)
            raise fault(f"a stream has at most {MOST_CONSUMERS} consumers of their own, not {count}: leave some out")
        return self
