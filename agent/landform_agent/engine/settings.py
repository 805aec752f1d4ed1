"""What the engine is told: the watch, its columns, its season and its budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["numeric", "categorical"]


@dataclass(frozen=True)
class Season:
    """A period that repeats, in events or in seconds of the events' own time."""

    length: float
    unit: Literal["events", "seconds"]


@dataclass(frozen=True)
class Segments:
    """A categorical feature whose values are watched each by itself too: at most so many, the most frequent ones.

    They are chosen at the fit, from `least_rows` rows of the reference on; the rest together is `other`.
    """

    by: str
    most: int = 50
    least_rows: int = 500


@dataclass(frozen=True)
class Settings:
    """A watch as the engine sees it.

    `false_alarms` is the expected number for each accepted event on unchanged traffic, over the whole watch; `remind`
    the seconds of the events' own time after which a standing alarm is told again. Of `sensitive` features evidence
    holds distances only. A model version that comes later learns its reference by itself, from at least
    `baseline_rows` events over at least `baseline_span`. With `batches` events come in batches that are compared whole.
    """

    features: Mapping[str, Kind]
    watch: str = "watch"
    model: str = ""
    region: str = ""
    false_alarms: float = 1e-5
    prediction: Literal["probability", "numeric", "category"] | None = None
    labels: bool = False
    season: Season | None = None
    remind: float = 86_400.0
    segments: Segments | None = None
    baseline_rows: int = 5_000
    baseline_span: Season | None = None
    sensitive: frozenset[str] = field(default_factory=frozenset)
    batches: bool = False
