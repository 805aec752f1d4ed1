"""Services on `platform: beanstalk`: code on a platform of AWS's, on instances behind a load balancer."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from landform.catalog.beanstalk import MOST_INSTANCES, Stack
from landform.spec.compute import Edges
from landform.spec.instances import InstanceName
from landform.spec.model import Given, Model, Text, Variable, Was
from landform.spec.serve.service import Service
from landform.spec.serve.site import Site
from landform.spec.units import CpuShare, fault


def _said(variables: dict[str, str]) -> dict[str, str]:
    for name, value in variables.items():
        if not value:
            raise fault(f"Beanstalk takes away a variable that is empty: leave {name} out, or give it a value")
    return variables


Instances = Annotated[int, Field(ge=1, le=MOST_INSTANCES)]


class Fleet(Model):
    """How many instances there are: from `min` to `max`, so many that their processors are as busy as `target`."""

    min: Instances = 1
    max: Instances | None = None
    target: CpuShare = Field(default=60, json_schema_extra={"default": "60% cpu"})

    @property
    def most(self) -> int:
        """The most instances at any time, but for those that take over from others."""
        return self.max or self.min

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max is not None and self.max < self.min:
            raise fault(f"at least {self.min} and at most {self.max} exclude each other: write min: {self.max}")
        return self


class BeanstalkService(Service, Site, Edges):
    """A service on Elastic Beanstalk, which callers reach over the network."""

    platform: Literal["beanstalk"]
    stack: Stack
    code: Given
    instance: InstanceName = "t3.small"
    scale: Fleet = Fleet()
    env: Annotated[dict[Variable, Text], AfterValidator(_said)] = {}
    was: Was = ()
