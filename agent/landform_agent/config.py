"""The configuration of a watch: what may stand in its YAML file, and what is said where it does not fit."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from landform_agent import marked
from landform_agent.limits import MOST
from landform_agent.quantity import Length, Rate, Span, duration, lag, length, rate, span

Seconds = Annotated[float, BeforeValidator(duration), WithJsonSchema({"type": "string", "examples": ["90s", "14d"]})]
Lag = Annotated[float, BeforeValidator(lag), WithJsonSchema({"type": "string", "examples": ["14d", "0s"]})]
Stretch = Annotated[
    Length, BeforeValidator(length), WithJsonSchema({"type": "string", "examples": ["1d", "500 events"]})
]
Reach = Annotated[Span, BeforeValidator(span), WithJsonSchema({"type": "string", "examples": ["2 seasons", "2d"]})]
Budget = Annotated[Rate, BeforeValidator(rate), WithJsonSchema({"type": "string", "examples": ["1 per 30d"]})]
Text = Annotated[str, Field(min_length=1, max_length=1024)]


class ConfigError(Exception):
    """The configuration does not say what to watch; the message names the place and the way out."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, data: Any) -> Any:
        """A key that is none is an error of its own, before what it may have been meant for is missed."""
        if not isinstance(data, dict):
            return data
        known = [name for field, info in cls.model_fields.items() for name in (info.alias or field,)]
        also = [str(one) for info in cls.model_fields.values() for one in _choices(info.validation_alias)]
        for key in data:
            if key not in (*known, *also):
                close = get_close_matches(str(key), known, 1)
                remedy = f"did you mean '{close[0]}'?" if close else f"known here: {', '.join(sorted(known))}"
                raise PydanticCustomError("unknown", "{key} is no known key; {remedy}", {"key": key, "remedy": remedy})
        return data


def _choices(alias: object) -> list[Any]:
    return alias.choices if isinstance(alias, AliasChoices) else []


class Files(_Part):
    """Files of events in the order of their names."""

    kind: Literal["files"]
    path: Text = Field(description="A glob; what it finds is read in the order of names, and again where it grows.")
    settle: Seconds = Field(2.0, description="A line without its end is taken when its file has not grown for so long.")


class Capture(_Part):
    """SageMaker data capture on S3, announced by an SQS queue."""

    kind: Literal["capture"]
    bucket: Text = Field(description="The bucket that the endpoint captures to.")
    prefix: str = Field("", description="Keys begin with it.")
    queue: Text = Field(description="The queue of S3's notifications: its name, ARN or address.")
    shifts: Text | None = Field(
        None, description="An SSM parameter in which deployments say which model version serves since when."
    )
    slice: Seconds = Field(300.0, description="Objects of so much time are ordered together, by their keys.")
    wait: Seconds = Field(120.0, description="How long a slice stays open when a later one was seen, or nothing came.")


class Kinesis(_Part):
    """A Kinesis stream of events, one or several lines a record."""

    kind: Literal["kinesis"]
    stream: Text = Field(description="Its name or ARN.")
    start: Literal["oldest", "latest"] = Field("oldest", description="Where a new watch begins to read.")


class Http(_Part):
    """Events that are posted to `/ingest` at `listen`."""

    kind: Literal["http"]
    pending: Annotated[int, Field(ge=1 << 16, le=1 << 30)] = Field(
        1 << 25, description="Bytes that may wait for the engine; beyond them the answer is 429."
    )


Source = Annotated[Files | Capture | Kinesis | Http, Field(discriminator="kind")]


class Feature(_Part):
    """A column of the model's input."""

    kind: Literal["numeric", "categorical"] = Field(description="Numbers, or names that have no order.")
    sensitive: bool = Field(
        False,
        description="Alarms tell no values of this column, and of shares only what is missing or far away.",
    )
    class_: Literal["pii"] | None = Field(None, alias="class", description="`pii` implies `sensitive`.")

    @property
    def hidden(self) -> bool:
        """Whether no value of the column may leave the agent."""
        return self.sensitive or self.class_ == "pii"


class Prediction(_Part):
    """What the model answers."""

    kind: Literal["probability", "numeric", "category"] = Field(
        description="Of one class, between 0 and 1; a number; or a name."
    )


class Labels(_Part):
    """What turned out to be true, told later and joined by id."""

    bucket: Text | None = Field(None, description="Where label objects come to; absent: labels come with the events.")
    prefix: str = Field("", description="Keys of label objects begin with it.")
    lag: Lag | None = Field(None, description="A prediction is judged so long after its event, not before.")
    complete: bool = Field(False, description="Every label is final and no kind of them comes sooner: judge at once.")
    keep: Annotated[int, Field(ge=1_000, le=10_000_000)] = Field(
        1_000_000, description="So many predictions wait; where there are more, a sample of the ids is judged."
    )

    @model_validator(mode="after")
    def _when(self) -> Self:
        if self.lag is None and not self.complete:
            raise ValueError(
                "say how late a label may come, such as `lag: 14d`, or `complete: true` to take it at once"
            )
        return self


class Segments(_Part):
    """Parts of the traffic that are watched by themselves too."""

    by: Text = Field(description="The categorical feature whose categories are the segments.")
    max: Annotated[int, Field(ge=1, le=MOST)] = Field(50, description="The most frequent so many; the rest is `other`.")
    min_rows: Annotated[int, Field(ge=100)] = Field(
        500, description="Rows of the reference that a segment needs; fewer than 500 are never enough."
    )


class Names(_Part):
    """Columns of a CSV file that are no features."""

    id: Text = Field(default="id", description="By which a duplicate is known, and a label finds its event.")
    at: Text = Field(default="at", description="The event's time: ISO 8601, or seconds since the epoch.")
    prediction: Text = Field(default="prediction", description="What the model answered.")
    label: Text = Field(default="label", description="What turned out to be true.")
    version: Text = Field(default="version", description="The model's version.")


class Baseline(_Part):
    """How much of the stream is the reference: both must be reached."""

    rows: Annotated[int, Field(ge=200)] = Field(default=5_000, description="Accepted events.")
    span: Reach | None = Field(None, description="Of the stream's own time; where there is a season, two of them.")


class State(_Part):
    """Where the agent keeps what it must not forget."""

    path: Text = Field(description="A file on a local disk, never on a network file system.")
    snapshots: Annotated[str, Field(pattern=r"^s3://[^/]+(/.*)?$")] | None = Field(
        None, description="Where copies go, for the loss of the disk: s3://bucket/prefix."
    )
    every: Seconds = Field(300.0, description="How often a copy goes there.")


class FileSink(_Part):
    """Alarms as JSON lines."""

    kind: Literal["file"]
    path: Text = Field(description="A file that the agent alone writes; each alarm once.")


class LogSink(_Part):
    """Alarms in the agent's own log."""

    kind: Literal["log"]


class EventBridge(_Part):
    """Alarms as events of a bus."""

    kind: Literal["eventbridge"]
    bus: Text = Field(description="Its name or ARN.")


class CloudWatch(_Part):
    """The watch's figures, once a minute."""

    kind: Literal["cloudwatch"]
    namespace: Text = Field("landform/drift", description="Of the metrics, whose dimension is the watch.")


Sink = Annotated[FileSink | LogSink | EventBridge | CloudWatch, Field(discriminator="kind")]


_DAILY: Final = 26 * 3_600.0
"""A nightly batch may come two hours late before that is told."""


class Config(_Part):
    """One watch."""

    version: Literal[1] = Field(description="Of this format.")
    system: Text = Field(description="The system that the watch belongs to.")
    watch: Text = Field(description="The watch's name, in alarms and metrics.")
    of: Text | None = Field(
        None,
        validation_alias=AliasChoices("of", "model"),
        description="The model that is watched, as alarms name it; also written `model`. Absent: the watch's name.",
    )
    model_version: str = Field("", description="The version of the model where events name none.")
    region: str = Field("", description="The region of what AWS offers; absent: that of the environment.")
    source: Source | None = Field(None, description="Where events come from; `replay` needs none.")
    features: dict[Text, Feature] | None = Field(None, description="The model's input; absent: inferred by `fit`.")
    columns: list[Text] | None = Field(None, description="The order of a CSV payload without header.")
    prediction: Prediction | None = Field(None, description="What the model answers; absent: it is not watched.")
    labels: Labels | None = Field(None, description="Labels that come after their events.")
    segments: Segments | None = Field(None, description="Parts of the traffic that are watched by themselves too.")
    names: Names = Field(Names(), description="Columns of a CSV file with header that are no features.")
    cadence: Literal["stream", "batch"] = Field(
        "stream",
        description="How events come: one by one, or in batches that are compared whole. A batch is a file, or what "
        "comes before a gap of more than an hour.",
    )
    season: Stretch | None = Field(None, description="What repeats and is no drift: a time or a number of events.")
    false_alarms: Budget = Field(
        rate("1 per 30d"),
        description="Alarms expected on unchanged traffic, over the whole watch; of events without times a number "
        "of them, such as `1 per 100000 events`.",
    )
    baseline: Baseline = Field(
        default_factory=lambda: Baseline(span=None), description="How much of the stream is the reference."
    )
    state: State | None = Field(None, description="Where the agent keeps what it must not forget.")
    stale_after: Seconds = Field(
        900.0,
        description="Nothing read for so long is an alarm (`silence`); of batches, where nothing is said, 26 hours.",
    )
    remind: Seconds = Field(86_400.0, description="An alarm that stands is told again so often.")
    keep_raw: bool = Field(False, description="Keep lines that could not be read as they came, 4 KB of each.")
    listen: Annotated[str, Field(pattern=r"^[^:\s]+:\d{1,5}$")] | None = Field(
        None, description="host:port for /healthz, /metrics and /ingest."
    )
    sinks: list[Sink] = Field([], description="Where alarms and figures go.")

    @property
    def stale(self) -> float:
        """Seconds without anything new that are an alarm."""
        given = "stale_after" in self.model_fields_set
        return self.stale_after if given or self.cadence == "stream" else _DAILY

    def reference(self, seasons: float) -> tuple[int, float]:
        """Events and seconds of the stream's own time that the reference has at least.

        So many seasons are in it where the configuration says nothing of its span.
        """
        span = self.baseline.span or Span(seasons if self.season else 0.0, "seasons")
        amount, unit = span.amount, span.unit
        if unit == "seasons" and self.season:
            amount, unit = amount * self.season.amount, self.season.unit
        rows = max(self.baseline.rows, round(amount) if unit == "events" else 0)
        return rows, amount if unit == "seconds" else 0.0

    @model_validator(mode="after")
    def _agree(self) -> Self:
        known = self.features
        if known is not None:
            if not known:
                raise ValueError("features: none is named; leave the key out to have them inferred")
            if len(known) > 2_000:
                raise ValueError(f"features: {len(known)} are more than 2,000")
            by = self.segments.by if self.segments else None
            if by is not None and (by not in known or known[by].kind != "categorical"):
                raise ValueError(f"segments.by: '{by}' is no categorical feature of the watch")
            if by is not None and known[by].hidden:
                raise ValueError(f"segments.by: '{by}' is sensitive, and alarms name their segments")
        if isinstance(self.source, Http) and not self.listen:
            raise ValueError("listen: say where events are posted to, such as `listen: 127.0.0.1:8080`")
        if self.columns and len(set(self.columns)) != len(self.columns):
            raise ValueError("columns: a name stands there twice")
        if self.labels and not self.prediction:
            raise ValueError("labels: there is nothing to judge by them; say what the model answers with `prediction:`")
        span = self.baseline.span
        if span is not None and span.unit == "seasons" and self.season is None:
            raise ValueError("baseline.span: it counts seasons, and there is no `season:`")
        return self


def read(path: Path) -> Config:
    """The configuration in a file; `ConfigError` where it cannot be read or does not fit."""
    try:
        return parse(path.read_text("utf-8"))
    except OSError as failure:
        raise ConfigError(f"{path}: {failure.strerror}") from failure
    except UnicodeDecodeError as failure:
        raise ConfigError(f"{path}: not UTF-8 at byte {failure.start}") from failure
    except ConfigError as failure:
        raise ConfigError(f"{path}: {failure}") from failure


def parse(text: str) -> Config:
    """The configuration in a text; a `ConfigError` names every place that does not fit, with its line."""
    try:
        document = marked.load(text)
    except yaml.YAMLError as failure:
        raise ConfigError(" ".join(str(failure).split())) from failure
    except marked.DoubleKeyError as failure:
        raise ConfigError(str(failure)) from failure
    try:
        return Config.model_validate(document)
    except ValidationError as failure:
        raise ConfigError("; ".join(_say(text, error) for error in failure.errors(include_url=False))) from failure


def _say(text: str, error: Any) -> str:
    path = [*error["loc"], *(str(error["ctx"]["key"]) for _ in (0,) if error["type"] == "unknown")]
    message = _plain(error) or error["msg"].removeprefix("Value error, ")
    if error["type"] == "unknown":
        message = message.removeprefix(f"{error['ctx']['key']} ")
    elif error["type"] == "extra_forbidden":
        message = "says the same as another key; keep one"
    elif not path and "ctx" in error:
        # An error of the whole begins with the key that it is about.
        path, message = [*message.split(":")[0].split(".")], message.partition(": ")[2]
    return ": ".join((f"line {marked.line(text, path)}", *([".".join(map(str, path))] if path else []), message))


# The frequent mistakes, in words of a configuration.
_PLAIN: Final = {
    "missing": "is missing",
    "model_type": "keys and values are wanted here, such as `key: value`",
    "model_attributes_type": "keys and values are wanted here, such as `key: value`",
    "dict_type": "keys and values are wanted here, such as `key: value`",
    "list_type": "a list is wanted here, such as `[one, two]`",
    "string_type": "a text is wanted here, not {input!r}",
    "literal_error": "{input!r} is not known here; known are {expected}",
    "union_tag_not_found": "its `kind` is missing",
    "union_tag_invalid": "kind {tag!r} is not known here; known are {expected_tags}",
    "greater_than_equal": "{input} is too small; {ge} is the least",
    "less_than_equal": "{input} is too large; {le} is the most",
}


def _plain(error: Any) -> str:
    return _PLAIN.get(error["type"], "").format(input=error["input"], **error.get("ctx", {}))
