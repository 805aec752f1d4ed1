"""The section `network`: address space, zones, the way out."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from landform.spec.model import Model, Text
from landform.spec.units import Block, fault

SubnetId = Annotated[Text, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
Subnets = dict[Text, SubnetId] | Annotated[tuple[SubnetId, ...], Field(strict=False, min_length=1)]


Zones = Annotated[int, Field(ge=1, le=6)] | dict[Text, Annotated[tuple[Text, ...], Field(strict=False)]]


class Endpoints(Model):
    """VPC endpoints besides those that the system is seen to need."""

    add: Annotated[tuple[Annotated[Text, Field(pattern=r"^[a-z0-9.-]+$")], ...], Field(strict=False)]


class ExistingNetwork(Model):
    """A VPC that somebody else keeps; landform puts workloads in it and changes nothing of it."""

    vpc: Annotated[Text, Field(pattern=r"^vpc-[0-9a-f]{8,17}$")]
    cidr: Block
    private: Subnets
    public: Subnets = ()
    route_tables: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    endpoints: Literal["existing"] = "existing"


def _not_a_list(value: object) -> object:
    if isinstance(value, list):
        raise fault("zones are a number, or ids by region: write 3, or {us-east-1: [use1-az1, use1-az2]}")
    return value


class Network(Model):
    """One VPC in each region in which something runs."""

    cidr: Block | dict[Text, Block] | None = None
    zones: Annotated[Zones, BeforeValidator(_not_a_list)] = 3
    egress: Literal["nat-per-zone", "nat-single", "none"] = "nat-per-zone"
    endpoints: Literal["auto", "none"] | Endpoints = "auto"
    existing: dict[Text, ExistingNetwork] = {}

    @model_validator(mode="after")
    def _a_way_out(self) -> Self:
        if self.egress == "none" and self.endpoints == "none":
            raise fault(
                "with `egress: none` and `endpoints: none` no workload reaches any service: use `endpoints: auto`"
            )
        return self
