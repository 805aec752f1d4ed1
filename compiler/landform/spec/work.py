"""What a training is told to work on, in the same words on every platform: so that one word moves it."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from landform.spec.model import Given, Model, Text
from landform.spec.mounts import Mounts
from landform.spec.names import Name
from landform.spec.schedules import Schedule
from landform.spec.tuning import Tuning
from landform.spec.units import Seconds, fault

CHANNEL = r"^[A-Za-z0-9.-]{1,64}$"
MOST_CHANNELS = 20
MOST_SETTINGS = 100
"""SageMaker API, CreateTrainingJob: channels, hyper-parameters (read 2026-11-23)."""

FORMATS = {
    "csv": "text/csv",
    "json": "application/jsonlines",
    "libsvm": "text/libsvm",
    "parquet": "application/x-parquet",
    "recordio": "application/x-recordio-protobuf",
}
"""Words for what lies under a prefix → the content type that SageMaker's algorithms know it by."""


def _prefix(value: str) -> str:
    if value.startswith("/") or value.startswith("s3://") or any(c in value for c in "*?"):
        raise fault(f"{value!r} is not a prefix of keys: write it like train/")
    if "${" in value:
        raise fault(f"{value!r} stands in policies, where IAM would put a variable in its place: leave out the ${{")
    return value


Prefix = Annotated[Text, AfterValidator(_prefix), Field(max_length=900)]
"""Of the keys of a bucket."""


def _as_text(value: object) -> object:
    return format(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Setting = Annotated[Text, Field(max_length=2_500)]
"""A hyper-parameter: SageMaker hands all of them over as text, so a number is what is written."""


class Input(Model):
    """A channel: objects of a bucket that are on the disk when the job starts.

    A table comes through a bucket, `via`: who starts a job exports it there first.
    """

    from_: Text = Field(alias="from")
    via: Text | None = None
    prefix: Prefix = ""
    format: Literal["csv", "json", "libsvm", "parquet", "recordio"] | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.via and (self.prefix or self.format):
            raise fault("an export has a place and a form of its own: leave `prefix` and `format` out, or `via`")
        return self


class Checkpoint(Model):
    """Where a training keeps its progress, and how often."""

    to: Text
    every: Seconds = Field(default=600, json_schema_extra={"default": "10m"})


def channel_variable(name: str) -> str:
    """Return the environment variable that tells a training where an input lies."""
    return "LANDFORM_INPUT_" + re.sub(r"[.-]", "_", name).upper()


def source_variable(name: str) -> str:
    """Return the variable that says where the objects of an input are brought from, where landform brings them."""
    return channel_variable(name).replace("INPUT", "FROM", 1)


def manifest_variable(name: str) -> str:
    """Return the variable by which a job is told of a manifest for an input, instead of all under its prefix."""
    return channel_variable(name).replace("INPUT", "MANIFEST", 1)


def _told_apart(inputs: dict[str, Input]) -> dict[str, Input]:
    seen: dict[str, str] = {}
    for name in inputs:
        other = seen.setdefault(channel_variable(name), name)
        if other != name:
            raise fault(f"the inputs {other} and {name} would both be told in {channel_variable(name)}: rename one")
    return inputs


class Work(Model):
    """What a training runs, when, on what and for what, whoever runs it."""

    code: Given | None = None
    setup: Given | None = None
    checkpoint: Checkpoint | None = None
    mounts: Mounts = {}
    schedule: Schedule | None = None
    hyperparameters: Annotated[
        dict[Annotated[Text, Field(max_length=256)], Annotated[Setting, BeforeValidator(_as_text)]],
        Field(max_length=MOST_SETTINGS),
    ] = {}
    inputs: Annotated[
        dict[Annotated[Text, Field(pattern=CHANNEL)], Input],
        Field(max_length=MOST_CHANNELS - 1),
        AfterValidator(_told_apart),
    ] = {}
    output: Text | None = None
    tuning: Tuning | None = None
    reports: (
        Annotated[tuple[Name, ...], Field(strict=False, max_length=40)]
        | Annotated[dict[Name, Annotated[Text, Field(min_length=1, max_length=500)]], Field(max_length=40)]
    ) = ()
