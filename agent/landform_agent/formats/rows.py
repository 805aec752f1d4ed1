"""What all formats give: columns of rows that could be read, labels that came alone, and rejects with their reasons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final, Literal, NamedTuple, Protocol

import numpy as np

from landform_agent.block import Floats, Ints, Objects

# A number whose square is no longer finite poisons every sum it enters; nothing that is measured is as large.
ABSURD: Final = 1e150
# Of a flat or CSV line, in bytes: 2,000 features of 500 bytes each.
MAX_LINE: Final = 1 << 20
# Of a capture line: a payload of 6 MB as BASE64, input and output, with room.
MAX_CAPTURE_LINE: Final = 1 << 24
# Lines that become columns at a time: what lies between stays in the processor's cache.
PIECE: Final = 1_024

PredictionKind = Literal["probability", "numeric", "category"]


@dataclass(frozen=True)
class Schema:
    """The columns of a watch: features by kind, the order of a payload without header, and what the model answers."""

    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    prediction: PredictionKind | None = None
    names: Mapping[str, str] = field(
        default_factory=lambda: {role: role for role in ("id", "at", "prediction", "label", "version")},
        hash=False,  # A dictionary has none.
    )

    @property
    def order(self) -> tuple[str, ...]:
        """The columns of a payload without header."""
        return self.columns or self.numeric + self.categorical


class Reject(NamedTuple):
    """A line that could not be read: its place among the lines given, and why. The reason quotes no value."""

    line: int
    reason: str


class Label(NamedTuple):
    """A label that came without its event."""

    line: int
    id: str
    value: float | str
    at: float


@dataclass(frozen=True)
class Rows:
    """Rows in the order of their lines. `line` is the index of a row's line, which a capture line has several of."""

    line: Ints
    ids: Sequence[str | None]
    at: Floats
    numeric: Mapping[str, Floats]
    categorical: Mapping[str, Objects]
    prediction: Floats | Objects | None
    label: Floats | Objects | None
    version: Sequence[str] | str = ""

    def __len__(self) -> int:
        return len(self.line)

    def where(self, keep: Ints) -> Rows:
        """The rows at these positions."""
        return Rows(
            self.line[keep],
            [self.ids[i] for i in keep.tolist()],
            self.at[keep],
            {name: column[keep] for name, column in self.numeric.items()},
            {name: column[keep] for name, column in self.categorical.items()},
            None if self.prediction is None else self.prediction[keep],
            None if self.label is None else self.label[keep],
            self.version if isinstance(self.version, str) else [self.version[i] for i in keep.tolist()],
        )


@dataclass(frozen=True)
class Decoded:
    """What a run of lines holds. `extra` are the lines with more columns than the watch knows.

    With the last of them a file ends where `ended`.
    """

    rows: Rows
    labels: tuple[Label, ...] = ()
    rejects: tuple[Reject, ...] = ()
    extra: tuple[int, ...] = ()
    ended: bool = False


class Decoder(Protocol):
    """A format: pure, so that lines decode alike in any grouping."""

    max_line: int

    def decode(self, lines: Sequence[bytes], first: int = 1) -> Decoded:
        """The rows of these lines, the first of which has that number in its object.

        Never raises because of what a line holds.
        """
        ...


def finite(rows: Rows, rejects: list[Reject], probability: bool) -> Rows:
    """Without the rows that hold an infinite or absurd number, or a probability that is none; those become rejects."""
    wrong: dict[int, str] = {}
    checked: dict[str, Any] = dict(rows.numeric)
    for name, column in (("prediction", rows.prediction), ("label", rows.label)):
        if column is not None and column.dtype == np.float64:
            checked[f"({name})"] = column
    # All at once: a call for each column costs more than a few rows do.
    with np.errstate(invalid="ignore"):
        absurd = np.abs(np.stack(list(checked.values()))) > ABSURD if checked else np.zeros((0, 0), np.bool_)
    if absurd.any():
        for name, bad in zip(checked, absurd, strict=True):
            wrong.update((i, f"{name}: infinite or beyond 1e150") for i in np.flatnonzero(bad).tolist())
    if probability and rows.prediction is not None:
        outside = (rows.prediction < 0) | (rows.prediction > 1)
        if outside.any():
            wrong.update((i, "prediction: no probability") for i in np.flatnonzero(outside).tolist())
    if not wrong:
        return rows
    rejects.extend(Reject(int(rows.line[i]), reason) for i, reason in sorted(wrong.items()))
    return rows.where(np.array([i for i in range(len(rows)) if i not in wrong], np.int64))


def in_pieces(lines: Sequence[bytes], first: int, decode: Callable[[Sequence[bytes], int], Decoded]) -> Decoded:
    """What `decode` says of the lines, a piece at a time; a broken line slows no more than its piece."""
    starts = range(0, max(len(lines), 1), PIECE)
    parts = [(start, decode(lines[start : start + PIECE], first + start)) for start in starts]
    if len(parts) == 1:
        return parts[0][1]
    return Decoded(
        _joined(parts),
        tuple(label._replace(line=start + label.line) for start, part in parts for label in part.labels),
        tuple(reject._replace(line=start + reject.line) for start, part in parts for reject in part.rejects),
        tuple(start + line for start, part in parts for line in part.extra),
    )


def _joined(parts: Sequence[tuple[int, Decoded]]) -> Rows:
    every = [part.rows for _, part in parts]
    versions = {rows.version if isinstance(rows.version, str) else None for rows in every if len(rows)}
    one = versions.pop() if len(versions) == 1 else None
    return Rows(
        np.concatenate([start + part.rows.line for start, part in parts]),
        list(chain.from_iterable(rows.ids for rows in every)),
        np.concatenate([rows.at for rows in every]),
        {name: np.concatenate([rows.numeric[name] for rows in every]) for name in every[0].numeric},
        {name: np.concatenate([rows.categorical[name] for rows in every]) for name in every[0].categorical},
        _filled([(rows.prediction, len(rows)) for rows in every]),
        _filled([(rows.label, len(rows)) for rows in every]),
        one if one is not None else list(chain.from_iterable(map(_versions, every))),
    )


def _filled(columns: Sequence[tuple[Floats | Objects | None, int]]) -> Floats | Objects | None:
    """One column of several, of which some may not be given."""
    kinds = {column.dtype for column, _ in columns if column is not None}
    if not kinds:
        return None
    absent: Any = np.nan if kinds == {np.dtype(np.float64)} else None
    kind = np.float64 if absent is not None else np.object_
    return np.concatenate([np.full(count, absent, kind) if column is None else column for column, count in columns])


def _versions(rows: Rows) -> Sequence[str]:
    return [rows.version] * len(rows) if isinstance(rows.version, str) else rows.version


def seconds(times: Sequence[str | float | None]) -> tuple[Floats, list[int]]:
    """Seconds since the epoch of ISO 8601 times or numbers, NaN where none is given, and the places that are wrong."""
    alike = _of_one_day(times)
    if alike is not None:
        return alike, []
    at = np.full(len(times), np.nan)
    wrong = []
    for place, time in enumerate(times):
        if time is None or time == "":
            continue
        try:
            at[place] = parse_time(time)
        except (ValueError, OverflowError):
            wrong.append(place)
    return at, wrong


_UTC: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?(?:Z|\+00:00)")
# What the digits of HH:MM:SS.ffffff are worth, in microseconds, by their place in the text.
_PLACES: Final = np.array([11, 12, 14, 15, 17, 18, 20, 21, 22, 23, 24, 25])
_WORTH: Final = np.array([36_000, 3_600, 600, 60, 10, 1, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6]) * 1e6
_MOST: Final = np.array([2, 9, 5, 9, 5, *[9] * 7], np.uint8)


def _of_one_day(times: Sequence[Any]) -> Floats | None:
    """Times that are written like the first one but for the time of day; None where they are not."""
    like = times[0] if times and isinstance(times[0], str) else ""
    match = _UTC.fullmatch(like)
    if match is None:
        return None
    try:
        text = "".join(times).encode("ascii")
        day = datetime.fromisoformat(f"{like[:10]}T00:00:00Z").timestamp()
    except (TypeError, ValueError):
        return None
    if day < 0 or set(map(len, times)) != {len(like)}:
        return None
    table = np.frombuffer(text, np.uint8).reshape(len(times), -1)
    clock = _PLACES[: 6 + max(len(match[1] or "") - 1, 0)]
    fixed = sorted(set(range(len(like))).difference(clock.tolist()))
    digits = table[:, clock] - np.uint8(48)
    late = (digits[:, 0] == 2) & (digits[:, 1] > 3)
    if late.any() or (digits > _MOST[: len(clock)]).any() or (table[:, fixed] != table[0, fixed]).any():
        return None
    # Whole microseconds below 2^53, divided once: the same number as `datetime` gives, to the last bit.
    return np.asarray((day * 1e6 + np.rint(digits @ _WORTH[: len(clock)])) / 1e6)


def parse_time(time: str | float) -> float:
    """Seconds since the epoch; a time without zone is UTC. `ValueError` where it is none."""
    if isinstance(time, str):
        moment = datetime.fromisoformat(time)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    value = float(time)
    # To the year 9999. A negative number stands for a time that is not known more often than for one before 1970.
    if not 0 <= value < 253_402_300_800:
        raise ValueError("a time outside the years 1970 to 9999")
    return value


def floats(values: Sequence[float | None]) -> Floats:
    """A column of numbers; None is missing."""
    try:
        return np.fromiter(values, np.float64, len(values))
    except TypeError:
        return np.array(values, np.float64)


def objects(values: Sequence[object] | Objects) -> Objects:
    """A column of objects."""
    column = np.empty(len(values), np.object_)
    column[:] = values
    return column


def category(value: object) -> str | None:
    """A category as text: JSON's numbers and truth values as JSON writes them."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)


def categories(values: Sequence[object] | Objects) -> Objects:
    """A column of categories."""
    return objects(values if _TEXT.issuperset(map(type, values)) else list(map(category, values)))


_TEXT: Final = frozenset((str, type(None)))
