"""The rows that the model was trained on beside live traffic, in words: it judges nothing and raises nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from landform_agent.report import words
from landform_agent.training import Training

_ROWS: Final = 60
_CATEGORIES: Final = 5
_NAMES: Final = 10
_BINS: Final = 10


@dataclass(frozen=True)
class Row:
    """A feature: its distance, and what either side looks like."""

    name: str
    distance: str
    missing: tuple[str, str]
    live: str
    trained: str
    unknown: str


@dataclass(frozen=True)
class Beside:
    """The section: sentences above the table, its rows with the farthest first, and what the terminal says."""

    lead: str
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int
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
    said = f"Training rows ({training.rows:,} in {files}) beside live traffic, by PSI: {', '.join(farthest) or 'none'}."
    return Beside(lead, notes, rows[:_ROWS], max(len(rows) - _ROWS, 0), (said, *notes))


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
    # The sum over bins of (p - q)^2 / p, as which the index begins: each adds 1/n + 1/m in the mean, but for one bin.
    chance = (_BINS - 1) * (1 / training.rows + 1 / training.reference)
    if chance > 0.01:
        yield f"So few rows are {words.number(chance, 2)} (PSI) apart by chance alone, where nothing differs."


def _row(one: Any) -> Row:
    evidence = one.evidence
    distance = f"{_psi(one):.2f}"
    if one.sensitive:
        return Row(one.name, distance, ("", ""), "sensitive: only the distance is told", "", "")
    missing = [words.percent(words.real(evidence[name])) for name in ("missing_before", "missing_now")]
    unknown = words.percent(evidence["unknown"]) if "unknown" in evidence else ""
    return Row(one.name, distance, (missing[0], missing[1]), *_sides(evidence), unknown)


def _sides(evidence: Any) -> tuple[str, str]:
    """What either side looks like: quartiles of a number, of categories the shares that differ most."""
    if "quartiles_before" in evidence:
        low, high = evidence["tails"]
        sides = [_quartiles(evidence[name], low, high) for name in ("quartiles_before", "quartiles_now")]
        return sides[0], sides[1]
    if "less_season" in evidence:
        return "compared less the season", ""
    shares = sorted(
        zip(evidence["bins"], evidence["before"], evidence["now"], strict=True), key=lambda one: -abs(one[1] - one[2])
    )
    chosen = [one for one in shares if one[1] or one[2]][:_CATEGORIES]
    return (
        ", ".join(f"{words.short(name)} {words.percent(before)}" for name, before, _ in chosen),
        ", ".join(f"{words.short(name)} {words.percent(now)}" for name, _, now in chosen),
    )


def _quartiles(values: Sequence[float], low: float, high: float) -> str:
    told = [
        words.number(value, 4) if math.isfinite(value) else f"{'<' if value < 0 else '≥'} {words.number(edge, 4)}"
        for value in values
        for edge in ((low if value < 0 else high),)
    ]
    return " · ".join(told)
