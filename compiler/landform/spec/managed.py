"""Trainings on `platform: sagemaker`: SageMaker brings the machines, runs one job and takes them away again."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from landform.spec.compute import MAX_NODES, Disks, Edges, Pool
from landform.spec.instances import ManagedMachine
from landform.spec.model import Given, Model, Text, Variable, Was
from landform.spec.units import Percent, Seconds, fault
from landform.spec.work import Work

LONGEST_RUN = 28 * 86_400
"""SageMaker API, CreateTrainingJob: seconds (read 2026-11-23)."""


def _no_longer(seconds: int) -> int:
    if seconds > LONGEST_RUN:
        raise fault("SageMaker runs and waits for at most 28d: write less")
    return seconds


Time = Annotated[Seconds, AfterValidator(_no_longer)]


class ManagedCapacity(Model):
    """How the machines of a job are bought; `max_wait` is the longest from asking to the end, on the spot market."""

    spot: Percent = Field(default=0, json_schema_extra={"default": "0%"})
    max_wait: Time | None = None
    on_demand_base: Annotated[int, Field(ge=0, le=MAX_NODES)] = 0


class ManagedTraining(Edges, ManagedMachine, Work):
    """A training job of SageMaker: `nodes` equal machines for as long as the job runs."""

    platform: Literal["sagemaker"]
    nodes: Annotated[int, Field(ge=1, le=MAX_NODES)] = 1
    pool: Pool | None = None
    capacity: ManagedCapacity = ManagedCapacity()
    image: Given
    disk: Disks = Disks()
    command: Given | None = None
    max_runtime: Time = Field(default=86_400, json_schema_extra={"default": "1d"})
    env: dict[Variable, Annotated[Text, Field(max_length=512)]] = {}
    was: Was = ()

    @model_validator(mode="after")
    def _code_is_run(self) -> Self:
        if (self.code or self.setup) and not self.command:
            raise fault("`code` or `setup` is there and nothing runs it: add `command`")
        return self
