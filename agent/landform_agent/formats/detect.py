"""Which format an object has, by its name and its first line; and which columns, where none are configured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import msgspec

from landform_agent.formats import cells
from landform_agent.formats.capture import Capture, variant
from landform_agent.formats.flat import UNREADABLE, Flat
from landform_agent.formats.rows import Decoder, Schema
from landform_agent.formats.table import Table
from landform_agent.formats.truth import MARK, Truth

# Enough for the header of 2,000 columns.
HEAD: Final = 1 << 17


def decoder(name: str, head: bytes, schema: Schema, version: str = "") -> Decoder:
    """The decoder of an object: CSV by its name, capture lines by what the first of them holds, else flat events.

    Ground-truth records, which hold labels only, are told by their first line too.
    """
    first = head.lstrip().split(b"\n", 1)[0]
    if name.endswith(".csv"):
        return Table(schema, head.split(b"\n", 1)[0], name)
    if MARK in first:
        return Truth(schema)
    return Capture(schema, version or variant(name)) if b'"captureData"' in first else Flat(schema)


def is_capture(head: bytes) -> bool:
    """Whether these are capture lines."""
    return b'"captureData"' in head.lstrip().split(b"\n", 1)[0]


def infer_flat(lines: Iterable[bytes], schema: Schema) -> Schema:
    """The features of flat events: numeric where every value that is there is a number."""
    numbers: dict[str, bool] = {}
    for line in lines:
        try:
            event = msgspec.json.decode(line)
        except UNREADABLE:
            continue
        features = event.get("features") if isinstance(event, dict) else None
        for name, value in features.items() if isinstance(features, dict) else ():
            if value is not None:
                number = isinstance(value, (int, float)) and not isinstance(value, bool)
                numbers[name] = numbers.get(name, True) and number
            else:
                numbers.setdefault(name, True)
    return _schema(numbers, schema)


def infer_table(header: bytes, lines: Iterable[bytes], schema: Schema) -> Schema:
    """The features of a CSV file: numeric where every cell that is not empty is a number."""
    names = [name.strip() for name in cells.cells(header.decode("utf-8-sig", "replace").rstrip("\r\n"))]
    numbers = {name: True for name in names if name not in schema.names.values()}
    for line in lines:
        row = cells.cells(line.decode("utf-8", "replace").rstrip("\r"))
        # Each file begins with its header.
        if len(row) != len(names) or [cell.strip().removeprefix("\ufeff") for cell in row] == names:
            continue
        for name, cell in zip(names, row, strict=True):
            if numbers.get(name):
                numbers[name] = _is_number(cell)
    return _schema(numbers, schema)


def _is_number(cell: str) -> bool:
    try:
        cells.number(cell)
    except ValueError:
        return False
    return True


def _schema(numbers: dict[str, bool], schema: Schema) -> Schema:
    return replace(
        schema,
        numeric=tuple(name for name, number in numbers.items() if number),
        categorical=tuple(name for name, number in numbers.items() if not number),
    )
