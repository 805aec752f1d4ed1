"""The section `drift`: what is watched of a served model, and what follows from an alarm.

The words are those of the agent's configuration, which a watch is compiled to; `then` is the loop.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from landform.spec.calls import Called
from landform.spec.compute import Host
from landform.spec.instances import InstanceName
from landform.spec.model import Given, Model, Text, Was
from landform.spec.monitor import Told
from landform.spec.names import NAME
from landform.spec.serve.endpoint import TrainingName
from landform.spec.units import Seconds, fault, shorthand
from landform.spec.work import Prefix

TIME: Final = r"\d{1,9}[smhdw]"
COUNTED: Final = r"\d{1,12} events"

Kind = Literal["shift", "spread", "category", "correlation", "performance", "schema", "silence", "missing"]

RETRAINABLE: Final[tuple[Kind, ...]] = ("shift", "spread", "category", "correlation", "performance")
"""Kinds of alarms that other data may cure."""

PAGED: Final[tuple[Kind, ...]] = ("schema", "silence", "missing")
"""Kinds of alarms that say that the data are broken: a person is told, and nothing is trained on them."""

MOST_CANARY: Final = 50
LONGEST_CANARY: Final = 3_600
"""Percent of the machines, seconds that they are observed (SageMaker API, TrafficRoutingConfig, read 2026-11-29)."""

Stretch = Annotated[
    str,
    *shorthand(lambda m: m[0], rf"(?:{TIME}|{COUNTED})", "a time or a number of events", "1d", "{0} events or {0}d"),
]
"""A stretch of the stream, as the agent has it."""

Span = Annotated[
    str,
    *shorthand(
        lambda m: m[0],
        rf"(?:{TIME}|{COUNTED}|\d{{1,6}} seasons?)",
        "a stretch of the stream",
        "2d",
        "{0} seasons or {0}d",
    ),
]
Budget = Annotated[
    str,
    *shorthand(
        lambda m: m[0], rf"\d{{1,6}}(?:\.\d{{1,6}})? per (?:{TIME}|{COUNTED})", "a rate", "1 per 30d", "{0} per 30d"
    ),
]
"""How many alarms are expected where nothing changed."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """When a challenger is better: its `metric`, compared with `margin`, or with that of the champion plus `margin`.

    ``recall >= champion - 0.01`` is ``Acceptance("recall", ">=", True, -0.01)``.
    """

    metric: str
    comparison: Literal[">", ">=", "<", "<="]
    champion: bool
    margin: float

    def __str__(self) -> str:
        bound = f"champion {'-' if self.margin < 0 else '+'} {abs(self.margin):g}" if self.margin else "champion"
        return f"{self.metric} {self.comparison} {bound if self.champion else format(self.margin, 'g')}"


@dataclass(frozen=True, slots=True)
class Canary:
    """So many `percent` of the machines serve the new model for so many `seconds`, then all do."""

    percent: int
    seconds: int


def _acceptance(match: re.Match[str]) -> Acceptance:
    champion = match["champion"] is not None
    margin = float(match["margin"] or 0) * (-1 if match["sign"] == "-" else 1) if champion else float(match["value"])
    return Acceptance(match["metric"], match["than"], champion, margin)  # type: ignore[arg-type]


def _canary(match: re.Match[str]) -> Canary:
    percent, seconds = int(match["percent"]), int(match["time"]) * {"s": 1, "m": 60, "h": 3_600}[match["unit"]]
    if not 1 <= percent <= MOST_CANARY:
        raise fault(f"a canary of {percent}% is none that SageMaker makes: write 1% to {MOST_CANARY}%")
    if not 1 <= seconds <= LONGEST_CANARY:
        raise fault(f"SageMaker observes a canary for at most 1h, not {match['time']}{match['unit']}: write 30m")
    return Canary(percent, seconds)


_NUMBER: Final = r"\d{1,9}(?:\.\d{1,9})?"
Accept = Annotated[
    Acceptance,
    *shorthand(
        _acceptance,
        rf"(?P<metric>{NAME}) (?P<than>[<>]=?) "
        rf"(?:(?P<champion>champion)(?: (?P<sign>[+-]) (?P<margin>{_NUMBER}))?|(?P<value>-?{_NUMBER}))",
        "a comparison with the champion",
        "recall >= champion - 0.01",
    ),
]
Deploy = Annotated[
    Canary,
    *shorthand(
        _canary,
        r"canary (?P<percent>\d{1,3})% for (?P<time>\d{1,5})(?P<unit>[smh])",
        "a way to deploy",
        "canary 10% for 30m",
    ),
]


def _as_kind(value: Any) -> Any:
    return {"kind": value} if isinstance(value, str) else value


class Feature(Model):
    """A column of the model's input; of one that is `sensitive` alarms tell distances alone, `pii` implies it."""

    kind: Literal["numeric", "categorical"]
    sensitive: bool = False
    class_: Literal["pii"] | None = Field(default=None, alias="class")


class Prediction(Model):
    """What the model answers."""

    kind: Literal["probability", "numeric", "category"]


class Baseline(Model):
    """How much of the live traffic is the reference; `from` is the training whose rows the report compares it with."""

    rows: Annotated[int, Field(ge=200)] = 5_000
    span: Span | None = None
    from_: TrainingName | None = Field(default=None, alias="from")


class Labels(Model):
    """What turned out to be true, as objects under `prefix` of the bucket `from`, told within `lag` after the event.

    `complete`: a label is final as soon as it comes.
    """

    from_: Text = Field(alias="from")
    prefix: Prefix = ""
    lag: Seconds | None = None
    complete: bool = False
    keep: Annotated[int, Field(ge=1_000, le=10_000_000)] = 1_000_000

    @model_validator(mode="after")
    def _when(self) -> Self:
        if self.lag is None and not self.complete:
            raise fault("nothing says how late a label may come: add `lag: 14d`, or `complete: true`")
        return self


class Segments(Model):
    """Parts of the traffic that are watched by themselves too: the most frequent categories of `by`."""

    by: Given
    max: Annotated[int, Field(ge=1, le=250)] = 50
    min_rows: Annotated[int, Field(ge=100)] = 500


class Then(Model):
    """The loop: what an alarm starts, and when what comes of it is deployed.

    `retrain` makes the model anew where the kind of an alarm is one of `on` and `min_labelled` labelled rows are there;
    `accept` decides, `approve: manual` lets a person decide as well; `rest` is the least time from one to the next.
    """

    retrain: TrainingName
    on: Annotated[tuple[Kind, ...], Field(strict=False, min_length=1)] = RETRAINABLE
    min_labelled: Annotated[int, Field(ge=1)] = 1_000
    accept: Accept
    deploy: Deploy = Field(default=Canary(10, 1_800), json_schema_extra={"default": "canary 10% for 30m"})
    rest: Seconds = Field(default=86_400, json_schema_extra={"default": "24h"})
    approve: Literal["manual"] | None = None

    @model_validator(mode="after")
    def _broken_data_train_nothing(self) -> Self:
        for kind in self.on:
            if kind in PAGED:
                raise fault(f"`{kind}` says that the data are broken, and training on them helps nobody: leave it out")
        return self


class WatchHost(Host):
    """The machine of a watch, which no spec writes: what is said of it follows from the watch."""


Columns = Annotated[tuple[Given, ...], Field(strict=False, min_length=1)]


class Watch(Model):
    """One watch: what is asked of a served model and what it answers, beside what was asked of it before.

    `columns` is the order of a payload in CSV; `instance` the machine that watches.
    """

    of: Called
    baseline: Baseline = Baseline()
    columns: Columns | None = None
    features: Annotated[
        dict[Given, Annotated[Feature, BeforeValidator(_as_kind, json_schema_input_type=str | Feature)]],
        Field(min_length=1, max_length=2_000),
    ]
    prediction: Annotated[Prediction, BeforeValidator(_as_kind, json_schema_input_type=str | Prediction)] | None = None
    labels: Labels | None = None
    segments: Segments | None = None
    season: Stretch | None = None
    false_alarms: Budget = "1 per 30d"
    instance: InstanceName = "t3.medium"
    tell: Told = ()
    then: Then | None = None
    was: Was = ()

    @model_validator(mode="after")
    def _columns_are_features(self) -> Self:
        if self.columns and len(set(self.columns)) != len(self.columns):
            raise fault("a name stands twice in `columns`: leave one out")
        return self

    @model_validator(mode="after")
    def _labels_judge_predictions(self) -> Self:
        if self.labels and not self.prediction:
            raise fault("there is nothing that `labels` could judge: add `prediction: probability`")
        return self

    @model_validator(mode="after")
    def _segments_are_categories(self) -> Self:
        named = self.segments and self.features.get(self.segments.by)
        if self.segments and not (named and named.kind == "categorical"):
            raise fault(f"`{self.segments.by}` is no categorical feature: name one in `segments`")
        if named and (named.sensitive or named.class_):
            raise fault(f"`{self.segments.by}` is sensitive, and alarms name their segments: name another")  # type: ignore[union-attr]
        return self

    @model_validator(mode="after")
    def _seasons_are_known(self) -> Self:
        if self.baseline.span and "season" in self.baseline.span and self.season is None:
            raise fault("`baseline` counts seasons, and nothing says how long one is: add `season: 1d`")
        return self
