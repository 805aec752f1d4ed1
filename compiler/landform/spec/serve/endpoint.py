"""Services on `platform: sagemaker`: an endpoint whose machines hold a model and answer with it."""

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from landform.spec.compute import Edges
from landform.spec.instances import ManagedMachine
from landform.spec.model import Given, Model, Text, Variable, Was
from landform.spec.names import Name
from landform.spec.serve.service import Service
from landform.spec.units import Invocations, Percent, fault

MOST_MACHINES: Final = 1_000
"""Of one endpoint; the quotas of an account are lower until AWS raises them (a bound against slips of the pen)."""

ARCHIVE: Final = ".tar.gz"
"""What SageMaker unpacks: a gzip-compressed tar archive (SageMaker API, ContainerDefinition, read 2026-11-29)."""

PACKAGE: Final = re.compile(r"arn:aws:sagemaker:(?P<region>[a-z0-9-]+):\d{12}:model-package/[A-Za-z0-9/-]+")
OBJECT: Final = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(?P<key>[^*?$]{1,1024})")


def _training(value: str) -> str:
    section, _, entry = value.rpartition(".")
    if section != "train" or not entry:
        raise fault(f"{value!r} is not a training: write it like train.{entry or 'tabular'}")
    return value


TrainingName = Annotated[Text, AfterValidator(_training), Field(json_schema_extra={"pattern": r"^train\..+$"})]
"""A training of the system: ``train.tabular``."""


def _first(value: str) -> str:
    if value.startswith("arn:"):
        if not PACKAGE.fullmatch(value):
            raise fault(f"{value!r} is no model package: write arn:aws:sagemaker:<region>:<account>:model-package/…")
        return value
    if value.startswith("s3://") and not OBJECT.fullmatch(value):
        raise fault(f"{value!r} is no object: write it like s3://bucket/models/score.tar.gz")
    if not value.endswith(ARCHIVE):
        raise fault(f"{value!r} is not what SageMaker unpacks: pack the model as model.tar.gz")
    return value


def _schedule(value: str) -> str:
    fields = re.fullmatch(r"cron\(([^()]+)\)", value)
    if not (fields and len(fields[1].split()) == 6):
        raise fault(f"{value!r} is no time of a schedule: write it like cron(0 6 ? * MON-FRI *), which has six fields")
    if "?" not in (fields[1].split()[2], fields[1].split()[4]):
        raise fault(f"{value!r} names days twice: write ? for the day of the month or of the week")
    return value


def _as_share(value: Any) -> Any:
    return value if isinstance(value, dict) else {"share": value}


def _some(share: int) -> int:
    if share == 0:
        raise fault("a share of 0% captures nothing: write 1% to 100%, or leave the key out")
    return share


Machines = Annotated[int, Field(ge=1, le=MOST_MACHINES)]


class Bounds(Model):
    """How many machines there may be from a time on, in UTC."""

    at: Annotated[Text, AfterValidator(_schedule)]
    min: Machines
    max: Machines

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _in_order(self.min, self.max)
        return self


class Fleet(Model):
    """How many machines there are: always `min`, or more up to `max` by a target, and other bounds at other times."""

    min: Machines = 1
    max: Machines | None = None
    target: Invocations | None = None
    schedule: dict[Name, Bounds] = {}

    @property
    def most(self) -> int:
        """The most machines at any time."""
        return max([self.max or self.min, *(each.max for each in self.schedule.values())])

    @model_validator(mode="after")
    def _scaled_by_something(self) -> Self:
        most = self.max or self.min
        _in_order(self.min, most)
        if most > self.min and not (self.target or self.schedule):
            raise fault(f"nothing says when there are {self.min} machines and when {most}: add `target` or `schedule`")
        if self.target and most == self.min and not self.schedule:
            raise fault(f"`target` moves nothing between {self.min} and {most}: write a larger `max`, or leave it out")
        return self


def _in_order(least: int, most: int) -> None:
    if most < least:
        raise fault(f"at least {least} and at most {most} machines exclude each other: write min: {most}")


class Capture(Model):
    """The share of requests and responses that is kept; without `to`, beside what workloads are made of."""

    share: Annotated[Percent, AfterValidator(_some)]
    to: Text | None = None


class EndpointService(Service, Edges, ManagedMachine):
    """An endpoint of SageMaker: what `model` trains, and first what `initial` is."""

    platform: Literal["sagemaker"]
    model: TrainingName | None = None
    initial: Annotated[Given, AfterValidator(_first)] | None = None
    image: Given | None = None
    scale: Fleet = Fleet()
    capture: Annotated[Capture, BeforeValidator(_as_share, json_schema_input_type=str | Capture)] | None = None
    env: dict[Variable, Annotated[Text, Field(max_length=1_024)]] = {}
    was: Was = ()

    @model_validator(mode="after")
    def _something_is_served(self) -> Self:
        if self.model is None and self.initial is None:
            raise fault("nothing says what is served: add `model: train.<name>`, or `initial` and `image`")
        if self.model is None and self.image is None:
            raise fault("nothing says which container `initial` is for: add `image: xgboost-1.7`, or `model`")
        return self

    @property
    def package(self) -> re.Match[str] | None:
        """The model package that `initial` is, with its region."""
        return PACKAGE.fullmatch(self.initial) if self.initial else None

    @property
    def stored(self) -> re.Match[str] | None:
        """The object that `initial` is, with its bucket and key."""
        return OBJECT.fullmatch(self.initial) if self.initial else None

    @property
    def file(self) -> str | None:
        """The file of the project that `initial` is."""
        return None if self.initial is None or self.package or self.stored else self.initial
