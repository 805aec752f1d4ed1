"""What an endpoint was asked and answered: each of its configurations captures into a folder of its own.

Under the endpoint's folder lies ``<variant>/…`` of the first configuration, and ``<name>/<endpoint>/<variant>/…`` of
each that a deployment has made since: so one tells while traffic shifts which version an answer is of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import figures, rows, stored
from .stored import Place

VARIANT = "AllTraffic"
"""The one variant of an endpoint here, whose name stays the same."""
MOST = 20_000
"""Answers of a version that are looked at: more would hardly tell more."""


def destination(capture: str, endpoint: str, configuration: str) -> str:
    """Where a configuration of a deployment captures; `capture` is where the first one does."""
    return f"{capture.rstrip('/')}/{endpoint}/{configuration}"


def folder(under: Place, configuration: str) -> Place:
    """The folder of a configuration's hours; `under` is the endpoint's, the first configuration has its name."""
    endpoint = _last(under.key)
    return under.under(f"{VARIANT}/" if configuration == endpoint else f"{configuration}/{endpoint}/{VARIANT}/")


@dataclass(frozen=True)
class Compared:
    """How far the answers of a new version lie from where they should, and how many of them were compared."""

    strays: float
    answers: int


def every_configuration(s3: Any, under: Place) -> Iterator[tuple[str, Place]]:
    """All configurations that have captured anything, each with the folder of its hours."""
    for found in stored.folders(s3, under):
        name = _last(found)
        configuration = _last(under.key) if name == VARIANT else name
        yield configuration, folder(under, configuration)


def compared(s3: Any, under: Place, old: str, new: str, since: float, expected: float) -> Compared | None:
    """What both configurations have answered in the same time; None where that is nothing yet.

    The old one answers all before the canary comes, and most beside it: that time begins with the first answer of the
    new one, or with the first of the newest so many of the old one, and ends where the first of both ends.
    """
    ours = _newest(s3, folder(under, new), since)
    usual = _newest(s3, folder(under, old), ours[0][0]) if ours else []
    if not usual:
        return None
    begin, end = max(ours[0][0], usual[0][0]), min(ours[-1][0], usual[-1][0])
    answers, beside = ([answer for at, answer in each if begin <= at <= end] for each in (ours, usual))
    if not answers or not beside:
        return None
    return Compared(figures.strayed(answers, beside, expected), len(answers))


def _newest(s3: Any, where: Place, since: float) -> list[tuple[float, float]]:
    """The newest times and answers of a folder, in order; an hour's objects bear the minute in their names."""
    found: list[tuple[float, float]] = []
    for key in reversed(list(stored.keys(s3, where, f"{where.key}{stored.hour(since)}"))):
        told = list(rows.answered(stored.lines(s3, where.bucket, [key])))
        found += [one for one in told if one[0] >= since]
        if len(found) >= MOST or (told and all(at < since for at, _ in told)):
            break
    return sorted(found)[-MOST:]


def _last(key: str) -> str:
    return key.rstrip("/").rpartition("/")[2]
