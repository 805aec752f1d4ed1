"""Services on `platform: ec2`: a group of hosts behind a load balancer."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from landform.spec.compute import MAX_NODES, Capacity, Host
from landform.spec.model import Given, Model
from landform.spec.serve.service import Service
from landform.spec.serve.site import Site
from landform.spec.units import HostLoad, Load, fault

FOLLOWED: Final = Load("cpu", 60)
"""What a group follows where the spec names bounds and no target."""


class HostScale(Model):
    """How many hosts there are, and what they follow between the bounds; equal bounds are a fixed number."""

    min: Annotated[int, Field(ge=1, le=MAX_NODES)] = 2
    max: Annotated[int, Field(ge=1, le=MAX_NODES)] | None = None
    target: HostLoad | None = None

    @property
    def most(self) -> int:
        """The upper bound."""
        return self.max or self.min

    @property
    def followed(self) -> Load | None:
        """What the number follows; nothing where it is fixed."""
        return (self.target or FOLLOWED) if self.most > self.min else None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.most < self.min:
            raise fault(f"at least {self.min} and at most {self.max} exclude each other: write min: {self.max}")
        if self.target and self.most == self.min:
            raise fault(f"always {self.min} hosts follow no target: leave `target` out, or write a larger max")
        return self


class HostService(Service, Site, Host):
    """A service on hosts of its own, which callers reach by a URL."""

    platform: Literal["ec2"]
    port: Annotated[int, Field(ge=1, le=65_535)] = 8080
    scale: HostScale = HostScale()
    capacity: Capacity = Capacity()
    code: Given | None = None
    command: Given | None = None
    setup: Given | None = None
    routing: Literal["latency", "failover"] = "latency"

    @property
    def most_nodes(self) -> int:
        """How many hosts it may have at once."""
        return self.scale.most

    @model_validator(mode="after")
    def _code_is_run(self) -> Self:
        if self.code and not self.command:
            raise fault("`code` is there and nothing runs it: add `command`")
        if self.routing == "failover" and (self.regions != "all" or self.domain is None):
            fact = "what falls over has one name in two regions"
            raise fault(f"{fact}: add `regions: all`, `domain` and `zone`, or leave `routing` out")
        return self
