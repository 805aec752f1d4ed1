"""Trainings on `platform: batch`: AWS Batch starts nodes for jobs that wait in a queue, and ends them after."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PositiveInt

from landform.spec.compute import MAX_NODES, Host, Pool, TrainingCapacity
from landform.spec.model import Given
from landform.spec.units import Seconds, fault
from landform.spec.work import Work

SHORTEST_RUN = 60
"""AWS Batch API, JobTimeout: seconds (read 2026-11-23)."""


def _long_enough(seconds: int) -> int:
    if seconds < SHORTEST_RUN:
        raise fault("Batch lets an attempt run for at least 1m: write more")
    return seconds


class BatchTraining(Host, Work):
    """A training in a container: `nodes` of one job at a time, started together, `pool` for several jobs."""

    platform: Literal["batch"]
    image: Given
    nodes: Annotated[PositiveInt, Field(le=MAX_NODES)] = 1
    pool: Pool | None = None
    capacity: TrainingCapacity = TrainingCapacity()
    command: Given
    max_runtime: Annotated[Seconds, AfterValidator(_long_enough)] = Field(
        default=86_400, json_schema_extra={"default": "1d"}
    )

    @property
    def most_nodes(self) -> int:
        """How many nodes there may be at once."""
        return self.pool.high if self.pool and self.pool.high else self.nodes
