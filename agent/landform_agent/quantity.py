"""Quantities as people write them in a configuration: durations, seasons, budgets of false alarms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}

Unit = Literal["seconds", "events"]


@dataclass(frozen=True)
class Length:
    """A stretch of a stream, by its own time or by its events."""

    amount: float
    unit: Unit


@dataclass(frozen=True)
class Rate:
    """So many in a stretch of a stream."""

    count: float
    each: Length


def duration(text: object) -> float:
    """Seconds of `30s`, `5m`, `12h`, `14d` or `1w`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw])", text) if isinstance(text, str) else None
    if not found or float(found[1]) <= 0:
        raise ValueError(f"{text!r} is no duration: write a number and one of s, m, h, d, w, such as 14d")
    return float(found[1]) * SECONDS[found[2]]


def lag(text: object) -> float:
    """A duration, or none: `0s`."""
    return 0.0 if isinstance(text, str) and re.fullmatch(r"0\s*[smhdw]", text) else duration(text)


def length(text: object) -> Length:
    """A duration, or `1000 events`."""
    found = re.fullmatch(r"(\d+) events", text) if isinstance(text, str) else None
    if not found:
        return Length(duration(text), "seconds")
    if not int(found[1]):
        raise ValueError("a length of 0 events is none")
    return Length(float(found[1]), "events")


def rate(text: object) -> Rate:
    """`1 per 30d` or `1 per 100000 events`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) per (.+)", text) if isinstance(text, str) else None
    if not found or float(found[1]) <= 0:
        raise ValueError(f"{text!r} is no rate: write it like `1 per 30d` or `1 per 100000 events`")
    return Rate(float(found[1]), length(found[2]))


@dataclass(frozen=True)
class Span:
    """A stretch of a stream that may also be counted in its seasons."""

    amount: float
    unit: Literal["seconds", "events", "seasons"]


def span(text: object) -> Span:
    """A duration, `1000 events` or `2 seasons`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) seasons?", text) if isinstance(text, str) else None
    if found and float(found[1]) > 0:
        return Span(float(found[1]), "seasons")
    other = length(text)
    return Span(other.amount, other.unit)
