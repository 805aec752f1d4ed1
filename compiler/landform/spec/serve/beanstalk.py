"""Services on `platform: beanstalk`: code on a platform of AWS's, on instances behind a load balancer."""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from landform.catalog.beanstalk import MOST_INSTANCES, Stack
from landform.spec.compute import Edges
from landform.spec.instances import InstanceName
from landform.spec.model import Given, Model, Text, Variable, Was
from landform.spec.serve.service import Service
from landform.spec.units import CpuShare, fault

CERTIFICATE: Final = r"^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]+$"
DOMAIN: Final = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$"
ZONE: Final = r"^Z[A-Z0-9]{1,31}$"

Certificate = Annotated[Text, Field(pattern=CERTIFICATE, json_schema_extra={"pattern": CERTIFICATE})]


def _path(value: str) -> str:
    if not re.fullmatch(r"/[\w./~%-]*", value):
        raise fault(f"{value!r} is no path of a URL: write it like /ping")
    return value


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


class BeanstalkService(Service, Edges):
    """A service on Elastic Beanstalk, which callers reach over the network."""

    platform: Literal["beanstalk"]
    stack: Stack
    code: Given
    instance: InstanceName = "t3.small"
    scale: Fleet = Fleet()
    health: Annotated[Text, AfterValidator(_path), Field(max_length=1_024)] = "/"
    public: bool = False
    certificate: Certificate | dict[Text, Certificate] | None = None
    domain: Annotated[Text, Field(pattern=DOMAIN, max_length=253)] | None = None
    zone: Annotated[Text, Field(pattern=ZONE)] | None = None
    env: Annotated[dict[Variable, Text], AfterValidator(_said)] = {}
    was: Was = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.public and self.certificate is None:
            raise fault("what is public is served by TLS alone: add `certificate`, or leave `public` out")
        if (self.domain is None) != (self.zone is None):
            given, missing = ("domain", "zone") if self.domain else ("zone", "domain")
            raise fault(f"`{given}` without `{missing}` leads nowhere: add it")
        if self.certificate and self.domain is None:
            raise fault("a certificate is of a name, and the service has none of its own: add `domain` and `zone`")
        return self
