"""What an endpoint was asked and answered: each of its configurations captures into a folder of its own.

Under the endpoint's folder lies ``<variant>/…`` of the first configuration, and ``<name>/<endpoint>/<variant>/…`` of
each that a deployment has made since: so one tells while traffic shifts which version an answer is of.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
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


def every_folder(s3: Any, under: Place) -> Iterator[Place]:
    """The folders of the hours of all configurations that have captured anything."""
    for found in stored.folders(s3, under):
        name = _last(found)
        yield folder(under, _last(under.key) if name == VARIANT else name)


def strayed(s3: Any, under: Place, old: str, new: str, since: float, expected: float) -> float | None:
    """`figures.strayed` of what both configurations have answered; None where one of them has not answered yet."""
    answers, usual = (_answers(s3, folder(under, each), since) for each in (new, old))
    return figures.strayed(answers, usual, expected) if answers and usual else None


def _answers(s3: Any, where: Place, since: float) -> list[float]:
    found = stored.keys(s3, where, f"{where.key}{stored.hour(since)}", since)
    answers = (answer for at, answer in rows.answered(stored.lines(s3, where.bucket, found)) if at >= since)
    return list(itertools.islice(answers, MOST))


def _last(key: str) -> str:
    return key.rstrip("/").rpartition("/")[2]
