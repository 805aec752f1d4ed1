"""The section `functions`: code that AWS Lambda runs when something happens."""

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from landform.catalog.functions import (
    LEAST_MEMORY,
    MOST_BATCH,
    MOST_BATCH_AT_ONCE,
    MOST_MEMORY,
    MOST_SECONDS,
    MOST_WAIT,
    RESERVED_VARIABLES,
    Runtime,
)
from landform.spec.compute import Edges
from landform.spec.model import Given, Model, Text, Variable, Was
from landform.spec.schedules import Schedule
from landform.spec.units import MiB, Seconds, fault


def _memory(mib: int) -> int:
    if not LEAST_MEMORY <= mib <= MOST_MEMORY:
        raise fault("Lambda has 128MiB to 10GiB: write a size between them, or run it on a machine")
    return mib


def _time(seconds: int) -> int:
    if seconds > MOST_SECONDS:
        raise fault("Lambda ends an invocation after 15m: write at most that, or make it a training")
    return seconds


def _wait(seconds: int) -> int:
    if seconds > MOST_WAIT:
        raise fault("Lambda gathers messages for at most 5m: write a shorter time")
    return seconds


def _environment(variables: dict[str, str]) -> dict[str, str]:
    for name in variables:
        if name in RESERVED_VARIABLES:
            raise fault(f"{name} is set by Lambda itself: leave it out")
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", name):
            raise fault(f"Lambda takes no variable {name}: begin with a letter, and use two characters or more")
    return variables


HANDLER: Final = r"^[A-Za-z0-9_][A-Za-z0-9_/-]*(\.[A-Za-z0-9_]+)+$"
Handler = Annotated[Text, Field(pattern=HANDLER, max_length=128, json_schema_extra={"pattern": HANDLER})]
"""Module and function: ``app.handler``."""


class Code(Edges):
    """A folder of code that Lambda runs, and what it runs with."""

    code: Given
    handler: Handler
    runtime: Runtime = "python3.13"
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    memory: Annotated[MiB, AfterValidator(_memory)] = Field(default=512, json_schema_extra={"default": "512MiB"})
    timeout: Annotated[Seconds, AfterValidator(_time)] = Field(default=30, json_schema_extra={"default": "30s"})
    env: Annotated[dict[Variable, Text], AfterValidator(_environment)] = {}
    was: Was = ()


class BucketTrigger(Model):
    """A new object in a bucket, under a prefix and with an ending."""

    bucket: Text
    prefix: Annotated[Text, Field(max_length=1024)] = ""
    suffix: Annotated[Text, Field(max_length=1024)] = ""


class QueueTrigger(Model):
    """Messages of a queue: at most `batch` at once, which Lambda gathers for `wait`."""

    queue: Text
    batch: Annotated[int, Field(ge=1, le=MOST_BATCH)] = MOST_BATCH_AT_ONCE
    wait: Annotated[Seconds, AfterValidator(_wait)] | None = None

    @model_validator(mode="after")
    def _gathered(self) -> Self:
        if self.batch > MOST_BATCH_AT_ONCE and not self.wait:
            raise fault(f"Lambda gathers more than {MOST_BATCH_AT_ONCE} messages only where it waits: add `wait: 5s`")
        return self


class StreamTrigger(Model):
    """Records of a stream, shard by shard and in order: at most `batch` at once, which Lambda gathers for `wait`."""

    stream: Text
    batch: Annotated[int, Field(ge=1, le=MOST_BATCH)] = 100
    wait: Annotated[Seconds, AfterValidator(_wait)] | None = None


class TableTrigger(Model):
    """Changes of the rows of a table, in order for each row: at most `batch` at once, gathered for `wait`."""

    table: Text
    batch: Annotated[int, Field(ge=1, le=MOST_BATCH)] = 100
    wait: Annotated[Seconds, AfterValidator(_wait)] | None = None


class ScheduleTrigger(Model):
    """A time, or an interval."""

    schedule: Schedule


SOURCES: Final = {
    "bucket": "BucketTrigger",
    "queue": "QueueTrigger",
    "schedule": "ScheduleTrigger",
    "stream": "StreamTrigger",
    "table": "TableTrigger",
}


def source_of(trigger: "Trigger") -> tuple[str, str]:
    """Return the kind of a trigger's source, and its name (of a schedule, when)."""
    kind = next(key for key in SOURCES if hasattr(trigger, key))
    return kind, getattr(trigger, kind)


def _one_source(value: Any) -> Any:
    named = [key for key in SOURCES if isinstance(value, dict) and key in value]
    if len(named) != 1:
        raise fault(f"a trigger has one source: write {{bucket: …}}, or instead of it {', '.join([*SOURCES][1:])}")
    return value


def _source(value: Any) -> str | None:
    if isinstance(value, Model):
        return type(value).__name__
    return next((tag for key, tag in SOURCES.items() if isinstance(value, dict) and key in value), None)


Trigger = Annotated[
    Annotated[BucketTrigger, Tag("BucketTrigger")]
    | Annotated[QueueTrigger, Tag("QueueTrigger")]
    | Annotated[ScheduleTrigger, Tag("ScheduleTrigger")]
    | Annotated[StreamTrigger, Tag("StreamTrigger")]
    | Annotated[TableTrigger, Tag("TableTrigger")],
    Discriminator(_source),
    BeforeValidator(_one_source),
]
"""What makes a function run, told apart by its source."""


class Function(Code):
    """A function that its trigger runs, and nothing else may."""

    trigger: Trigger
    on_failure: Text | None = None
    concurrency: Annotated[int, Field(ge=1, le=1_000)] | None = None

    @model_validator(mode="after")
    def _failures_have_one_way(self) -> Self:
        if self.on_failure and isinstance(self.trigger, QueueTrigger):
            raise fault("a queue keeps what failed in a queue of its own: leave out `on_failure`")
        return self
