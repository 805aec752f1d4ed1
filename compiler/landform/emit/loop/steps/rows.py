"""Rows of the traffic: what a capture line holds, what turned out to be true, and which of both is ripe."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

NONE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a line raises that is none: whatever a model answers, one line stops nothing."""


@dataclass(frozen=True)
class Row:
    """One row of a request: its id, its time in seconds since the epoch, its cells as text, and the answer to it.

    `by` is the configuration that has answered.
    """

    id: str
    at: float
    cells: tuple[str, ...]
    answer: float
    by: str


@dataclass(frozen=True)
class Labelled:
    """A row with what turned out to be true."""

    row: Row
    truth: float


def moment(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 time; without a zone it is UTC."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def captured(lines: Iterable[str], columns: Sequence[str], by: str) -> Iterator[Row]:
    """Rows of a configuration's capture lines; a line that is none, or was answered by no number, is left out.

    An event goes by its inference id, else its event id; several rows of one request by ``id#0``, ``id#1``, ….
    """
    for line in lines:
        try:
            record = json.loads(line)
            meta, sides = record["eventMetadata"], record["captureData"]
            at = moment(meta["inferenceTime"])
            rows = list(_inputs(sides["endpointInput"], columns))
            answers = list(_answers(sides["endpointOutput"]))
            known = str(meta.get("inferenceId") or meta["eventId"])
        except NONE:
            continue
        for place, (cells, answer) in enumerate(zip(rows, answers, strict=False)):
            yield Row(known if len(rows) == 1 else f"{known}#{place}", at, cells, answer, by)


def answered(lines: Iterable[str]) -> Iterator[tuple[float, float]]:
    """Times and answers of capture lines; an answer that is no number lies beyond all that are."""
    for line in lines:
        try:
            record = json.loads(line)
            at, payload = moment(record["eventMetadata"]["inferenceTime"]), record["captureData"]["endpointOutput"]
        except NONE:
            continue
        try:
            answers = list(_answers(payload))
        except NONE:
            answers = [math.inf]
        yield from ((at, answer if math.isfinite(answer) else math.inf) for answer in answers)


def _text(payload: Mapping[str, Any]) -> str:
    data = str(payload["data"])
    return base64.b64decode(data).decode() if payload.get("encoding") == "BASE64" else data


def _inputs(payload: Mapping[str, Any], columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    text = _text(payload)
    if text.lstrip()[:1] in ("{", "["):
        value = json.loads(text)
        value = value.get("instances", value) if isinstance(value, dict) else value
        for one in value if isinstance(value, list) else [value]:
            named = one.get("features", one) if isinstance(one, dict) else dict(zip(columns, one, strict=True))
            yield tuple("" if named.get(name) is None else str(named[name]) for name in columns)
        return
    for line in filter(None, text.splitlines()):
        yield tuple(cell.strip() for cell in line.split(","))


def _answers(payload: Mapping[str, Any]) -> Iterator[float]:
    text = _text(payload)
    if text.lstrip()[:1] in ("{", "["):
        value = json.loads(text)
        value = value.get("predictions", value) if isinstance(value, dict) else value
        for one in value if isinstance(value, list) else [value]:
            yield answer_of(one)
        return
    for line in filter(None, text.splitlines()):
        yield float(line.split(",")[0])


def answer_of(value: Any) -> float:
    """The number in an answer, which stands alone, first in a list, or under a usual name."""
    if isinstance(value, dict):
        names = ("score", "probability", "prediction", "predicted_label")
        value = next((value[name] for name in names if name in value), None)
    return float(value[0] if isinstance(value, list) else value)


def labels(lines: Iterable[str]) -> Iterator[tuple[str, float]]:
    """Ids with what turned out to be true: ``{"id", "label"}``, or SageMaker's ground-truth records."""
    for line in lines:
        try:
            record = json.loads(line)
            if "groundTruthData" in record:
                yield str(record["eventMetadata"]["eventId"]), float(record["groundTruthData"]["data"])
            else:
                yield str(record["id"]), float(record["label"])
        except NONE:
            continue


def ripe(rows: Iterable[Row], truths: Mapping[str, float], since: float, until: float) -> list[Labelled]:
    """Rows with a label whose time is in ``since <= at <= until``, in the order of time, each id once.

    `until` is now less the labels' lag: what is younger may still be labelled in a one-sided way.
    """
    found = {row.id: Labelled(row, truths[row.id]) for row in rows if since <= row.at <= until and row.id in truths}
    return sorted(found.values(), key=lambda one: (one.row.at, one.row.id))
