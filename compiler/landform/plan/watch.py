"""What is watched: the components of a system in each region, their alarms, saved queries, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from landform.catalog.metric import Metric
from landform.catalog.metrics import metrics_of
from landform.diagnostics import Path


@dataclass(frozen=True, slots=True)
class Known:
    """A value that AWS gives: an output of the component's module, and the keys of what is meant."""

    output: str
    keys: tuple[str, ...] = ()


Token = str | Known
"""A value of a dimension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """Something of the system that runs or holds data in one region, as CloudWatch sees it.

    `traits` say which metrics it publishes, `tokens` are the values of their dimensions, `facts` what alarms compare
    with. `module` is the address of its module, which says the ARN of its log group in an output where `logs_known`.
    `causes` are the components whose faults become its own.
    """

    label: str
    kind: str
    region: str
    path: Path
    module: str
    traits: frozenset[str] = frozenset()
    tokens: Mapping[str, tuple[Token, ...]] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)
    log_group: str = ""
    logs_known: bool = False
    failures: Mapping[str, object] | None = None
    causes: frozenset[str] = frozenset()

    @property
    def metrics(self) -> dict[str, Metric]:
        """What it publishes, by word."""
        return metrics_of(self.kind, self.traits)

    @property
    def slug(self) -> str:
        """Its label as a part of a name."""
        return self.label.replace(".", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm on one component; without a `comparison` the value is to stay within `sigmas` of what is usual."""

    name: str
    component: Component
    metric: Metric
    statistic: str
    comparison: str | None
    threshold: float
    sigmas: float
    seconds: int
    reason: str
    tell: tuple[str, ...]
    path: Path

    @property
    def looked_at(self) -> int:
        """How many metrics it looks at."""
        return len(self.component.tokens[self.metric.each[0]]) if self.metric.each else len(self.metric.series)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A saved query over the log group of a component."""

    entry: str
    region: str
    log_group: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """All that is watched in one region."""

    region: str
    components: tuple[Component, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    queries: tuple[Query, ...] = ()
