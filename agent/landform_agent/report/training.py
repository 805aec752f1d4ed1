"""The rows that the model was trained on beside live traffic, in words: it judges nothing and raises nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from landform_agent.report import words
from landform_agent.report.bars import Bar, bars
from landform_agent.training import Training

_ROWS: Final = 60
_PAIRS: Final = 24
_NEAR: Final = 0.1
"""Below, the page's own words for the index are: little."""

_NAMES: Final = 10
_BINS: Final = 10


@dataclass(frozen=True)
class Row:
    """A feature in figures: its distance, and what one side alone has."""

    name: str
    distance: str
    beyond: str
    unknown: str
    missing: tuple[str, str]


@dataclass(frozen=True)
class Pair:
    """A feature as either side has it: in words, and in bins side by side; `far`: further than little, or chance."""

    name: str
    distance: str
    words: tuple[str, ...]
    bars: tuple[Bar, ...]
    far: bool


@dataclass(frozen=True)
class Beside:
    """The section: sentences, a table and pairs with the farthest first, and what the terminal says."""

    lead: str
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int
    pairs: tuple[Pair, ...]
    said: tuple[str, ...]


def told(training: Training) -> Beside:
    """The section of a page."""
    compared = sorted((one for one in training.apart if one.evidence), key=lambda one: (-_psi(one), one.name))
    rows = tuple(_row(one) for one in compared)
    files = words.count(training.files, "file")
    lead = (
        f"{training.rows:,} rows of {files}, all of which were counted, beside the {training.reference:,} events of "
        "live traffic that are the reference."
    )
    notes = tuple(_notes(training))
    farthest = [f"{words.short(row.name)} {row.distance}" for row in rows[:3]]
    chance = _chance(training)
    pairs = tuple(_pair(one, chance) for one in compared[:_PAIRS])
    said = f"Training rows ({training.rows:,} in {files}) beside live traffic, by PSI: {', '.join(farthest) or 'none'}."
    return Beside(lead, notes, rows[:_ROWS], max(len(rows) - _ROWS, 0), pairs, (said, *notes))


def _psi(one: Any) -> float:
    return words.real(one.evidence.get("psi"))


def _notes(training: Training) -> Iterator[str]:
    def named(names: Sequence[str]) -> str:
        return words.listed([words.short(name) for name in names], _NAMES)

    absent = [one.name for one in training.apart if not one.rows and one.reference]
    if absent:
        yield f"The training rows have no value of {named(absent)}, which the model is served."
    never = [one.name for one in training.apart if one.rows and not one.reference]
    if never:
        yield f"Live traffic has no value of {named(never)}, which the training rows have."
    neither = [one.name for one in training.apart if not one.rows and not one.reference]
    if neither:
        yield f"Neither side has a value of {named(neither)}."
    timeless = [one.name for one in training.apart if one.timeless and one.reference]
    if timeless:
        yield f"Not compared: {named(timeless)}. Its season is removed, and the training rows have no time to do so."
    if training.unwatched:
        yield f"Only the training rows have {named(training.unwatched)}; the watch has no such feature."
    if training.headless:
        yield "Tables without a header were read in the order of `columns`, where a cell more is the target, the first."
    if training.rejected:
        lines = words.count(training.rejected, "line")
        yield f"{lines} of the training rows could not be read, the first: {training.reason}."
    chance = _chance(training)
    if chance > 0.01:
        yield f"So few rows are {words.number(chance, 2)} (PSI) apart by chance alone, where nothing differs."


def _chance(training: Training) -> float:
    """The index by chance; it begins as the sum of (p - q)^2 / p: each bin adds 1/n + 1/m in the mean, but for one."""
    return (_BINS - 1) * (1 / training.rows + 1 / training.reference)


def _row(one: Any) -> Row:
    evidence = one.evidence
    if one.sensitive:
        return Row(one.name, f"{_psi(one):.2f}", "", "", ("", ""))
    beyond, unknown = (words.percent(evidence[name]) if name in evidence else "" for name in ("beyond", "unknown"))
    before, now = (words.percent(words.real(evidence[name])) for name in ("missing_before", "missing_now"))
    return Row(one.name, f"{_psi(one):.2f}", beyond, unknown, (before, now))


def _pair(one: Any, chance: float) -> Pair:
    distance, far = f"{_psi(one):.2f}", _psi(one) >= max(_NEAR, 3 * chance)
    if one.sensitive:
        return Pair(one.name, distance, ("Sensitive: only the distance is told.",), (), far)
    # Beside the reference stand the training's rows: there `now` is what was trained on.
    return Pair(one.name, distance, _said(one.evidence), bars(one.evidence), far)


def _said(evidence: Any) -> tuple[str, ...]:
    if "less_season" in evidence:
        return ("Compared as distances from the season, in typical distances.",)
    if "quartiles_before" not in evidence:
        return ()
    low, high = evidence["tails"]
    live, trained = (_quartiles(evidence[name], low, high) for name in ("quartiles_before", "quartiles_now"))
    return (f"Quartiles live: {live}", f"Quartiles in training: {trained}")


def _quartiles(values: Sequence[float], low: float, high: float) -> str:
    told = [words.number(value) if math.isfinite(value) else _open(value, low, high) for value in values]
    return " · ".join(told)


def _open(value: float, low: float, high: float) -> str:
    return f"below {words.number(low)}" if value < 0 else f"{words.number(high)} or more"
