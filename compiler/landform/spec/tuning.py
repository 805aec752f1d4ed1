"""A search for hyper-parameters: what is varied between which bounds, and what is to become best."""

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from landform.spec.model import Model, Text
from landform.spec.names import Name
from landform.spec.units import fault

MOST_JOBS: Final = 750
MOST_PARALLEL: Final = 100
MOST_RANGES: Final = 30
MOST_CHOICES: Final = 30
"""SageMaker developer guide, "Resource limits for automatic model tuning"; API, ParameterRanges (read 2026-11-29)."""

_NUMBER: Final = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
SPAN: Final = rf"^({_NUMBER})\.\.({_NUMBER})( log)?$"


def _span(value: str) -> str:
    parts = re.fullmatch(SPAN, value)
    if parts is None:
        raise fault(f"{value!r} is no range: write 3..9, 0.01..0.5, 0.0001..0.1 log, or a list of choices")
    if float(parts[1]) >= float(parts[2]):
        raise fault(f"the range {value} goes nowhere: write the lower bound first")
    if parts[3] and float(parts[1]) <= 0:
        raise fault(f"no logarithm leads to {parts[1]}: leave `log` out, or begin above 0")
    return value


def _as_texts(value: Any) -> Any:
    numbers = (int, float)
    return [format(v) if isinstance(v, numbers) and not isinstance(v, bool) else v for v in value]


def _choices(value: Any) -> Any:
    return _as_texts(value) if isinstance(value, list) else value


Span = Annotated[Text, AfterValidator(_span), Field(json_schema_extra={"pattern": SPAN})]
"""Whole numbers from one bound to the other, or any numbers where a bound has a point; `log`: by their magnitude."""

Choices = Annotated[tuple[Annotated[Text, Field(max_length=256)], ...], Field(strict=False, min_length=1)]
Varied = Annotated[Span | Annotated[Choices, Field(max_length=MOST_CHOICES)], BeforeValidator(_choices)]


class Tuning(Model):
    """What makes many jobs of one training: at most `parallel` of them at a time."""

    maximize: Name | None = None
    minimize: Name | None = None
    ranges: Annotated[dict[Annotated[Text, Field(max_length=256)], Varied], Field(max_length=MOST_RANGES)]
    strategy: Literal["bayesian", "random", "hyperband", "grid"] = "bayesian"
    jobs: Annotated[int, Field(ge=1, le=MOST_JOBS)] | None = None
    parallel: Annotated[int, Field(ge=1, le=MOST_PARALLEL)] = 2
    early_stop: bool = False

    @property
    def objective(self) -> tuple[str, str]:
        """Which way is better, and the metric: ``("maximize", "auc")``."""
        return ("maximize", self.maximize) if self.maximize else ("minimize", self.minimize or "")

    @model_validator(mode="after")
    def _one_objective(self) -> Self:
        if bool(self.maximize) == bool(self.minimize):
            raise fault("a tuning has one objective: write `maximize: auc`, or `minimize: loss`")
        return self

    @model_validator(mode="after")
    def _something_is_varied(self) -> Self:
        if not self.ranges:
            raise fault("nothing is varied: write `ranges: {eta: 0.01..0.5}`")
        return self

    @model_validator(mode="after")
    def _jobs_are_counted(self) -> Self:
        if self.strategy == "grid":
            spans = [name for name, varied in self.ranges.items() if isinstance(varied, str)]
            if spans:
                raise fault(f"a grid has choices alone, and {spans[0]} is a range: list its values")
            if self.jobs:
                raise fault("a grid has as many jobs as there are combinations: leave `jobs` out")
        elif self.jobs is None:
            raise fault("nothing says how many jobs are made: add `jobs: 20`")
        elif self.parallel > self.jobs:
            raise fault(f"{self.parallel} jobs at a time are more than {self.jobs} in all: write a smaller `parallel`")
        if self.strategy == "hyperband" and self.early_stop:
            raise fault("hyperband ends bad jobs by itself: leave `early_stop` out")
        return self


def whole(span: str) -> bool:
    """Tell whether a range is of whole numbers."""
    return not re.search(r"(?<!\.)\.(?!\.)|e", span.partition(" ")[0])
