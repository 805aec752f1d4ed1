"""What a metric is: a word of the language, and the series of CloudWatch that it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Quantity = Literal["count", "time", "percent", "bytes", "bytes/s", "days"]
Group = Literal["traffic", "errors", "latency", "saturation", "cpu and memory", "disk", "network", "gpu"]
"""Panels of a dashboard, in this order."""

GROUPS: Final[tuple[Group, ...]] = (
    *("traffic", "errors", "latency", "saturation"),
    *("cpu and memory", "disk", "network", "gpu"),
)
DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Series:
    """One metric as CloudWatch has it."""

    namespace: str
    name: str
    dimensions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Metric:
    """A word of the language, and what it is made of.

    Several `series` are put together by `formula`, in which they are ``a``, ``b`` and so on. `each` names a token that
    has several values: the series is then one for each, put together by a function. `factor` turns the language's
    base unit (milliseconds, bytes) into that of CloudWatch. `needs` is a trait without which a component does not
    publish it. A metric is `searched` where the values of its dimensions come and go: a dashboard finds it, an alarm
    cannot.
    """

    word: str
    group: Group
    quantity: Quantity
    statistic: str
    series: tuple[Series, ...]
    formula: str = ""
    each: tuple[str, str] | None = None
    factor: float = 1
    percentiles: bool = False
    needs: str = ""
    period: int = 60
    searched: bool = False


def of(namespace: str, *dimensions: tuple[str, str]) -> "Namer":
    """Return what names the metrics of a namespace and dimensions."""
    return Namer(namespace, dict(dimensions))


@dataclass(frozen=True, slots=True)
class Namer:
    """Names several metrics of one namespace and the same dimensions."""

    namespace: str
    dimensions: Mapping[str, str]

    def __call__(self, *names: str, **more: str) -> tuple[Series, ...]:
        """Return a series for each name, all under the same dimensions and `more`."""
        return tuple(Series(self.namespace, name, {**self.dimensions, **more}) for name in names)
