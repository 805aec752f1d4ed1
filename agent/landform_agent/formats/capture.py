"""SageMaker data-capture lines: a record holds one or many rows, as CSV, JSON or BASE64.

Layout: docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html (read November 2026).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
from msgspec import Struct

from landform_agent.block import Floats, Objects
from landform_agent.formats import cells
from landform_agent.formats.flat import UNREADABLE, answers, feature_columns, features_type, reason
from landform_agent.formats.rows import MAX_CAPTURE_LINE, Decoded, Reject, Rows, Schema, finite, in_pieces, seconds

# …/<variant>/yyyy/mm/dd/hh/mm-ss-….jsonl
KEY: Final = re.compile(r"(?:^|/)([^/]+)/(\d{4})/(\d\d)/(\d\d)/(\d\d)/(?:(\d\d)-(\d\d)-)?[^/]*$")


def variant(name: str) -> str:
    """The endpoint's variant, from an object's key or a file's path in the layout of capture; empty in any other."""
    found = KEY.search(name)
    return found[1] if found else ""


class Payload(Struct, gc=False):
    """One side of a call."""

    data: str
    encoding: str = "CSV"


class Sides(Struct, gc=False):
    """Both sides of a call; the answer is absent where only the input is captured."""

    endpointInput: Payload  # noqa: N815 (the record's own name)
    endpointOutput: Payload | None = None  # noqa: N815


class Meta(Struct, gc=False):
    """Which call it was."""

    eventId: str  # noqa: N815
    inferenceId: str | None = None  # noqa: N815
    inferenceTime: str | None = None  # noqa: N815


class Record(Struct, gc=False):
    """A capture line."""

    captureData: Sides  # noqa: N815
    eventMetadata: Meta  # noqa: N815


class PayloadError(Exception):
    """A record whose payload is none; the message quotes no value."""


class Capture:
    """The format of capture lines of one variant."""

    max_line = MAX_CAPTURE_LINE

    def __init__(
        self, schema: Schema, version: str = "", versions: Callable[[Floats], Sequence[str] | str] | None = None
    ) -> None:
        self._schema = schema
        # The version of events by their times, where one alone does not say it.
        self._versions = versions or (lambda _: version)
        self._record = msgspec.json.Decoder(Record).decode
        self._strict, self._lenient = features_type(schema, True), features_type(schema, False)

    def decode(self, lines: Sequence[bytes], first: int = 1) -> Decoded:
        """The rows of these lines."""
        return in_pieces(lines, first, self._piece)

    def _piece(self, lines: Sequence[bytes], first: int) -> Decoded:
        rejects: list[Reject] = []
        places: Sequence[int] = range(len(lines))
        try:
            records = list(map(self._record, lines))
        except UNREADABLE:
            places, records = self._one_by_one(lines, rejects)
        found = self._at_once(places, records, rejects) if records else None
        return found or self._each(places, records, rejects)

    def _one_by_one(self, lines: Sequence[bytes], rejects: list[Reject]) -> tuple[list[int], list[Record]]:
        places, records = [], []
        for place, line in enumerate(lines):
            if not line.strip():
                continue
            try:
                records.append(self._record(line))
                places.append(place)
            except UNREADABLE as failure:
                rejects.append(Reject(place, reason(failure)))
        return places, records

    def _at_once(self, places: Sequence[int], records: Sequence[Record], rejects: list[Reject]) -> Decoded | None:
        """The common case in one go: a row of plain cells in each record, and a number or nothing as answer."""
        sides = [record.captureData for record in records]
        out = [side.endpointOutput for side in sides if side.endpointOutput is not None]
        payloads = [*(side.endpointInput for side in sides), *out]
        if self._schema.prediction == "category" or any(payload.encoding != "CSV" for payload in payloads):
            return None
        columns = self._columns([side.endpointInput.data for side in sides])
        predicted = cells.numbers([payload.data for payload in out], 1) if out else None
        if columns is None or len(out) not in (0, len(sides)) or (out and predicted is None):
            return None
        numeric, categorical = columns
        prediction = None if predicted is None else predicted[:, 0]
        ids: list[str | None] = [record.eventMetadata.inferenceId or record.eventMetadata.eventId for record in records]
        times = [record.eventMetadata.inferenceTime for record in records]
        return self._decoded(list(places), ids, times, numeric, categorical, prediction, rejects, ())

    def _columns(self, texts: Sequence[str]) -> tuple[dict[str, Floats], dict[str, Objects]] | None:
        """The columns of one row of cells in each text; None where a text holds anything else."""
        order = self._schema.order
        if not self._schema.categorical and (table := cells.numbers(texts, len(order))) is not None:
            return dict(zip(order, np.ascontiguousarray(table.T), strict=True)), {}
        lines = [text.rstrip("\r\n") for text in texts]
        rows = [line.split(",") for line in lines]
        if set(map(len, rows)) != {len(order)} or any('"' in line or "\n" in line for line in lines):
            return None
        wrong: dict[int, str] = {}
        found = cells.features(dict(zip(order, zip(*rows, strict=True), strict=True)), len(rows), self._schema, wrong)
        return None if wrong else found

    def _each(self, places: Sequence[int], records: Sequence[Record], rejects: list[Reject]) -> Decoded:
        found: list[tuple[int, str | None, str | None, Struct, Any]] = []
        extra: list[int] = []
        for place, record in zip(places, records, strict=True):
            meta = record.eventMetadata
            identity = meta.inferenceId or meta.eventId
            try:
                rows, more = self._inputs(record.captureData.endpointInput)
                out = record.captureData.endpointOutput
                predicted = _outputs(out, self._schema) if out else [None] * len(rows)
            except PayloadError as failure:
                rejects.append(Reject(place, str(failure)))
                continue
            if len(predicted) != len(rows):
                rejects.append(Reject(place, f"{len(rows)} rows, but {len(predicted)} answers"))
                continue
            extra += [place] * more
            for index, (row, answer) in enumerate(zip(rows, predicted, strict=True)):
                own = identity if len(rows) == 1 else f"{identity}#{index}"
                found.append((place, own, meta.inferenceTime, row, answer))
        numeric, categorical = feature_columns([row for *_, row, _ in found], self._schema)
        prediction = answers([answer for *_, answer in found], self._schema)
        places, ids = [place for place, *_ in found], [identity for _, identity, *_ in found]
        times = [time for _, _, time, *_ in found]
        return self._decoded(places, ids, times, numeric, categorical, prediction, rejects, extra)

    def _decoded(
        self,
        places: Sequence[int],
        ids: Sequence[str | None],
        times: Sequence[str | None],
        numeric: Mapping[str, Floats],
        categorical: Mapping[str, Objects],
        prediction: Floats | Objects | None,
        rejects: list[Reject],
        extra: Sequence[int],
    ) -> Decoded:
        at, wrong = seconds(times)
        line = np.array(places, np.int64)
        rows = Rows(line, ids, at, numeric, categorical, prediction, None, self._versions(at))
        if wrong:
            rejects.extend(Reject(int(line[i]), "inferenceTime: no time") for i in wrong)
            rows = rows.where(np.setdiff1d(np.arange(len(rows)), wrong))
        rows = finite(rows, rejects, self._schema.prediction == "probability")
        return Decoded(rows, (), tuple(sorted(rejects)), tuple(extra))

    def _inputs(self, payload: Payload) -> tuple[list[Any], int]:
        """The rows of an input, and 1 if there are columns that the watch does not know."""
        text = _text(payload)
        if _is_json(payload, text):
            rows = _instances(text)
        else:
            order = self._schema.order
            rows = [dict(zip(order, self._cells(line), strict=True)) for line in _lines(text)]
        try:
            return msgspec.convert(rows, list[self._strict]), 0  # type: ignore[name-defined]
        except msgspec.ValidationError:
            try:
                return msgspec.convert(rows, list[self._lenient]), 1  # type: ignore[name-defined]
            except msgspec.ValidationError as failure:
                raise PayloadError(str(failure)[:200]) from failure

    def _cells(self, line: str) -> list[float | str | None]:
        row = cells.cells(line)
        order = self._schema.order
        if len(row) != len(order):
            raise PayloadError(f"{len(row)} cells where {len(order)} are known")
        categorical = set(self._schema.categorical)
        try:
            return [
                (cell.strip() or None) if name in categorical else cells.number(cell)
                for name, cell in zip(order, row, strict=True)
            ]
        except ValueError:
            raise PayloadError("a cell that is no number where one is known") from None


def _text(payload: Payload) -> str:
    if payload.encoding != "BASE64":
        return payload.data
    try:
        return base64.b64decode(payload.data, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise PayloadError("a payload that is no BASE64 of a text") from None


def _lines(text: str) -> list[str]:
    """The lines that hold something. Other breaks than a newline may stand within a category."""
    return [line for line in text.replace("\r\n", "\n").split("\n") if line]


def _is_json(payload: Payload, text: str) -> bool:
    if payload.encoding == "JSON":
        return True
    return payload.encoding == "BASE64" and text.lstrip()[:1] in ("{", "[")


def _load(text: str) -> Any:
    """A JSON value, or the values of JSON lines."""
    try:
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError:
            return [msgspec.json.decode(line) for line in _lines(text) if line.strip()]
    except UNREADABLE:
        raise PayloadError("a payload that is no JSON") from None


def _instances(text: str) -> list[Any]:
    """The rows of a JSON request: an object, a list of objects, or `instances` of either (TensorFlow Serving)."""
    value = _load(text)
    if isinstance(value, dict) and isinstance(value.get("instances"), list):
        value = value["instances"]
    rows = value if isinstance(value, list) else [value]
    return [row["features"] if isinstance(row, dict) and isinstance(row.get("features"), dict) else row for row in rows]


def _outputs(payload: Payload, schema: Schema) -> list[Any]:
    """The answers of a response: the first cell of each CSV line, or what stands under a usual name in JSON."""
    text = _text(payload)
    if _is_json(payload, text):
        value = _load(text)
        if isinstance(value, dict) and isinstance(value.get("predictions"), list):
            value = value["predictions"]
        found = [_answer(row, schema) for row in (value if isinstance(value, list) else [value])]
    else:
        found = [line.split(",")[0].strip() or None for line in _lines(text)]
    if schema.prediction == "category":
        return found
    try:
        return [None if value is None else cells.number(str(value)) for value in found]
    except ValueError:
        raise PayloadError("an answer that is no number") from None


def _answer(value: Any, schema: Schema) -> Any:
    if isinstance(value, dict):
        labels, scores = ("predicted_label", "label", "prediction"), ("score", "probability", "prediction")
        names = labels if schema.prediction == "category" else scores
        return next((value[name] for name in names if name in value), None)
    if isinstance(value, list):
        return value[0] if value else None
    return value
