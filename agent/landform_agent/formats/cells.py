"""Rows of comma-separated cells: numbers all at once where the text allows it, cell by cell where it does not."""

from __future__ import annotations

import csv
import struct
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from landform_agent.block import Floats, Objects
from landform_agent.formats.rows import Reject, Schema, floats, objects

# Spellings of a missing number in payloads that Python or pandas wrote.
MISSING: Final = frozenset(("", "nan", "none", "null", "na", "n/a"))

_NUMBERS: Final = msgspec.json.Decoder(list[float | None]).decode
_COMMA: Final = ord(",")


def numbers(texts: Sequence[str], width: int) -> Floats | None:
    """A table of numbers, a row for each text; None unless every text holds exactly so many plain numbers."""
    try:
        joined = ",".join(texts).encode("ascii")
    except UnicodeEncodeError:
        return None
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1) - 1
    commas = np.flatnonzero(np.frombuffer(joined, np.uint8) == _COMMA)
    if len(commas) != len(texts) * width - 1 or (commas[width - 1 :: width] != ends[:-1]).any():
        return None
    flat = _plain(joined)
    # A newline or bracket within a text cannot add a number that the commas do not show.
    return None if flat is None else flat.reshape(len(texts), width)


def _plain(cells: bytes) -> Floats | None:
    """Numbers between commas, read as one list of JSON; None where some cell is written otherwise."""
    try:
        found = _NUMBERS(b"[%b]" % cells)
    except msgspec.DecodeError:
        return None
    try:
        # Packed at once they take a third of the time that numpy takes with each by itself.
        return np.frombuffer(struct.pack(f"={len(found)}d", *found), np.float64)
    except struct.error:
        return floats(found)


def split(
    texts: Sequence[str], width: int, places: Sequence[int], rejects: list[Reject]
) -> tuple[list[int], list[list[str]]]:
    """The cells of each text, and the places of those texts; a text of another width is a reject."""
    kept, rows = [], []
    for place, text in zip(places, texts, strict=True):
        row = cells(text)
        if len(row) != width:
            rejects.append(Reject(place, f"{len(row)} cells where {width} are known"))
            continue
        kept.append(place)
        rows.append(row)
    return kept, rows


def cells(text: str) -> list[str]:
    """The cells of one line; none where its quotes do not close."""
    return _quoted(text) if '"' in text else text.split(",")


def _quoted(text: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        return []


def number(cell: str) -> float:
    """A cell as number, NaN where it is missing; `ValueError` where it is none."""
    text = cell.strip()
    if text.lower() in MISSING:
        return float("nan")
    # Python's float takes 1_000 too, which is no number anywhere else.
    if "_" in text:
        raise ValueError(text)
    return float(text)


def column(cells: Sequence[str]) -> tuple[Floats, list[int]]:
    """A column of numbers and the places of cells that are none."""
    text = ",".join([cell or "null" for cell in cells] if "" in cells else cells)
    plain = _plain(text.encode()) if text.isascii() else None
    # A quoted cell may hold a comma.
    if plain is not None and len(plain) == len(cells):
        return plain, []
    values, wrong = np.full(len(cells), np.nan), []
    for place, cell in enumerate(cells):
        try:
            values[place] = number(cell)
        except ValueError:
            wrong.append(place)
    return values, wrong


def texts(cells: Sequence[str]) -> Objects:
    """A column of categories; an empty cell is missing."""
    known = {cell: cell.strip() or None for cell in set(cells)}
    return objects(list(map(known.__getitem__, cells)))


def features(
    columns: Mapping[str, Sequence[str]], count: int, schema: Schema, wrong: dict[int, str]
) -> tuple[dict[str, Floats], dict[str, Objects]]:
    """The columns of a schema from cells; what is no number is noted in `wrong` by its row."""
    numeric = {}
    for name in schema.numeric:
        numeric[name], bad = column(columns[name]) if name in columns else (np.full(count, np.nan), [])
        wrong.update(dict.fromkeys(bad, f"{name}: no number"))
    none = objects([None] * count)
    categorical = {name: texts(columns[name]) if name in columns else none for name in schema.categorical}
    return numeric, categorical
