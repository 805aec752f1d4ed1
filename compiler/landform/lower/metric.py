"""The metrics of one component: tokens replaced, and put together by formulas."""

import re
from dataclasses import dataclass
from typing import Any

from landform.catalog.metric import Metric, Series
from landform.plan.watch import Component, Known
from landform.root import Output


@dataclass(frozen=True, slots=True)
class Named:
    """A series with the id that formulas know it by."""

    id: str
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expanded:
    """The series of a metric of one component, and the formula over them; nothing where there is one alone."""

    series: tuple[Named, ...]
    expression: str


def expanded(component: Component, metric: Metric, before: str = "") -> Expanded:
    """Put the tokens of a component in the place of those of a metric; `before` begins every id."""
    if metric.each:
        return _each(component, metric, before)
    letters = [f"{before}{chr(ord('a') + i)}" for i in range(len(metric.series))]
    series = tuple(
        Named(letter, _said(component, each, {})) for letter, each in zip(letters, metric.series, strict=True)
    )
    return Expanded(series, _formula(component, metric, dict(zip("abcdefgh", letters, strict=False))))


def _each(component: Component, metric: Metric, before: str) -> Expanded:
    assert metric.each is not None
    token, function = metric.each
    values = component.tokens[token]
    ids = [f"{before}m{i + 1}" for i in range(len(values))]
    series = [Named(id_, _said(component, metric.series[0], {token: v})) for id_, v in zip(ids, values, strict=True)]
    together = ids[0] if len(ids) == 1 else f"{function}([{', '.join(ids)}])"
    if not metric.formula:
        return Expanded(tuple(series), together if len(ids) > 1 else "")
    formula = metric.formula.replace("PERIOD(a)", f"PERIOD({ids[0]})")
    return Expanded(tuple(series), re.sub(r"\ba\b", together, formula))


def _formula(component: Component, metric: Metric, letters: dict[str, str]) -> str:
    facts = {f"{{{name}}}": f"{value:.0f}" for name, value in component.facts.items()}
    formula = re.sub(r"\{\w+\}", lambda found: facts[found[0]], metric.formula)
    return re.sub(r"\b[a-h]\b", lambda found: letters[found[0]], formula)


def _said(component: Component, series: Series, chosen: dict[str, Any]) -> dict[str, Any]:
    tokens = {name: values[0] for name, values in component.tokens.items() if values} | chosen

    def value(text: str) -> Output | str:
        token = tokens[text[1:-1]] if text.startswith("{") else text
        return Output(component.module, token.output, token.keys) if isinstance(token, Known) else token

    dimensions = {name: value(text) for name, text in series.dimensions.items()}
    return {"namespace": value(series.namespace), "name": series.name, "dimensions": dimensions}
