"""Flat events, one JSON object a line, decoded by msgspec into structs made for the watch's columns."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain, starmap
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import UNSET, DecodeError, Struct, UnsetType
from msgspec.structs import astuple

from landform_agent.block import Floats, Objects
from landform_agent.formats.rows import (
    MAX_LINE,
    Decoded,
    Label,
    Reject,
    Rows,
    Schema,
    categories,
    finite,
    floats,
    in_pieces,
    parse_time,
    seconds,
)

NAN: Final = float("nan")
_Category = str | int | float | bool | None
# What msgspec raises for bytes that are no such object; a nest of brackets exhausts the stack instead.
UNREADABLE: Final = (DecodeError, UnicodeDecodeError, RecursionError)
# A struct is made in a millisecond, and each object that is opened asks for it: as many are kept, both ways of a watch.
_MADE: Final = 8


@lru_cache(_MADE)
def features_type(schema: Schema, strict: bool) -> type[Struct]:
    """A struct with a field for each feature; a strict one knows no others."""
    fields: list[tuple[str, Any, Any]] = [(f"n{i}", float | None, NAN) for i in range(len(schema.numeric))]
    fields += [(f"c{i}", _Category, None) for i in range(len(schema.categorical))]
    names = {f"n{i}": name for i, name in enumerate(schema.numeric)}
    names |= {f"c{i}": name for i, name in enumerate(schema.categorical)}
    return msgspec.defstruct("Features", fields, rename=names, forbid_unknown_fields=strict, gc=False)


def feature_columns(structs: Sequence[Struct], schema: Schema) -> tuple[dict[str, Floats], dict[str, Objects]]:
    """Columns of the structs of `features_type`."""
    count, width = len(schema.numeric), len(schema.numeric) + len(schema.categorical)

    def table() -> npt.NDArray[Any]:
        values: npt.NDArray[Any] = np.fromiter(
            chain.from_iterable(map(astuple, structs)), np.object_, len(structs) * width
        )
        return values.reshape(len(structs), width).T

    try:
        columns = table() if schema.categorical else _packed(structs, width)
    except struct.error:
        # None is no number to be packed, but it is NaN to a column of objects.
        columns = table()
    numeric = dict(zip(schema.numeric, columns[:count].astype(np.float64, order="C"), strict=True))
    return numeric, {name: categories(column) for name, column in zip(schema.categorical, columns[count:], strict=True)}


def _packed(structs: Sequence[Struct], width: int) -> Floats:
    """The columns of structs that hold numbers only. A row that is packed at once takes half as long as its numbers."""
    rows = b"".join(starmap(struct.Struct(f"={width}d").pack, map(astuple, structs)))
    return np.frombuffer(rows, np.float64).reshape(len(structs), width).T


@lru_cache(_MADE)
def _decoder(schema: Schema, strict: bool) -> Callable[[bytes], Any]:
    answer: Any = str | None if schema.prediction == "category" else float | None
    truth: Any = _Category if schema.prediction == "category" else float | bool | None
    event = msgspec.defstruct(
        "Event",
        [
            ("features", features_type(schema, strict) | UnsetType, UNSET),
            ("id", str | int | None, None),
            ("at", str | float | None, None),
            ("prediction", answer, None),
            ("label", truth, None),
            ("version", str, ""),
        ],
        gc=False,
    )
    return msgspec.json.Decoder(event).decode


class Flat:
    """The format of flat events."""

    max_line = MAX_LINE

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._strict, self._lenient = _decoder(schema, True), _decoder(schema, False)

    def decode(self, lines: Sequence[bytes], first: int = 1) -> Decoded:
        """The rows of these lines."""
        return in_pieces(lines, first, self._piece)

    def _piece(self, lines: Sequence[bytes], first: int) -> Decoded:
        extra: list[int] = []
        rejects: list[Reject] = []
        places: Sequence[int] = range(len(lines))
        try:
            events = list(map(self._strict, lines))
        except UNREADABLE:
            places, events, extra = self._one_by_one(lines, rejects)
        labels: tuple[Label, ...] = ()
        if any(event.features is UNSET for event in events):
            places, events, labels = _labels(places, events, rejects)
        return self._columns(places, events, labels, rejects, extra)

    def _one_by_one(self, lines: Sequence[bytes], rejects: list[Reject]) -> tuple[list[int], list[Any], list[int]]:
        places, events, extra = [], [], []
        for place, line in enumerate(lines):
            if not line.strip():
                continue
            try:
                event = self._strict(line)
            except UNREADABLE:
                try:
                    event = self._lenient(line)
                    extra.append(place)
                except UNREADABLE as failure:
                    rejects.append(Reject(place, reason(failure)))
                    continue
            places.append(place)
            events.append(event)
        return places, events, extra

    def _columns(
        self,
        places: Sequence[int],
        events: Sequence[Any],
        labels: tuple[Label, ...],
        rejects: list[Reject],
        extra: Sequence[int],
    ) -> Decoded:
        columns: Any = list(zip(*map(astuple, events), strict=True)) or [()] * 6
        features, ids, times, predictions, truths, versions = columns
        at, wrong = seconds(times)
        numeric, categorical = feature_columns(features, self._schema)
        rows = Rows(
            np.array(places, np.int64),
            list(ids if set(map(type, ids)) == {str} else map(_text, ids)),
            at,
            numeric,
            categorical,
            answers(predictions, self._schema),
            answers(truths, self._schema),
            versions[0] if len(set(versions)) == 1 else versions,
        )
        if wrong:
            rejects.extend(Reject(places[i], "at: no time") for i in wrong)
            rows = rows.where(np.setdiff1d(np.arange(len(rows)), wrong))
        rows = finite(rows, rejects, self._schema.prediction == "probability")
        return Decoded(rows, labels, tuple(sorted(rejects)), tuple(extra))


def answers(values: Sequence[Any], schema: Schema) -> Floats | Objects | None:
    """A column of predictions or labels; None where not one is given."""
    if values.count(None) == len(values):
        return None
    return categories(values) if schema.prediction == "category" else floats(values)


def reason(failure: Exception) -> str:
    """Why a line cannot be read, without a word of what it holds."""
    if isinstance(failure, RecursionError):
        return "nested too deep"
    if isinstance(failure, UnicodeDecodeError):
        return f"not UTF-8 at byte {failure.start}"
    return str(failure)[:200]


def _text(identity: object) -> str | None:
    return None if identity is None else str(identity)


def _labels(
    places: Sequence[int], events: Sequence[Any], rejects: list[Reject]
) -> tuple[list[int], list[Any], tuple[Label, ...]]:
    """Events apart from labels that came alone."""
    kept: list[tuple[int, Any]] = []
    labels = []
    for place, event in zip(places, events, strict=True):
        if event.features is not UNSET:
            kept.append((place, event))
            continue
        identity = _text(event.id)
        if identity is None or event.label is None:
            rejects.append(Reject(place, "neither an event, which has features, nor a label, which has id and label"))
            continue
        try:
            at = NAN if event.at is None else parse_time(event.at)
        except (ValueError, OverflowError):
            rejects.append(Reject(place, "at: no time"))
            continue
        labels.append(Label(place, identity, event.label, at))
    return [place for place, _ in kept], [event for _, event in kept], tuple(labels)
