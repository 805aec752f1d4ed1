"""CSV files with a header: a line is a row, so a quoted cell holds no line break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from landform_agent.block import Floats, Ints, Objects
from landform_agent.formats import cells
from landform_agent.formats.rows import MAX_LINE, Decoded, Reject, Rows, Schema, finite, objects, seconds


class Table:
    """The format of a CSV file, by its header line. A row without an id is told by its file and line."""

    max_line = MAX_LINE

    def __init__(self, schema: Schema, header: bytes, origin: str) -> None:
        self._schema = schema
        self._origin = origin
        roles = {name: f"({role})" for role, name in schema.names.items()}
        names = [name.strip() for name in cells.cells(header.decode("utf-8-sig", "replace").rstrip("\r\n"))]
        known = {*schema.numeric, *schema.categorical, *roles}
        self._extra = any(name not in known for name in names)
        self._header = [roles.get(name, name) for name in names]

    def decode(self, lines: Sequence[bytes], first: int = 1) -> Decoded:
        """The rows of these lines, the first of which has that number in its file; line 1 is the header."""
        rejects: list[Reject] = []
        places, texts = [], []
        for place, line in enumerate(lines):
            if place + first == 1:
                continue
            try:
                text = line.decode().rstrip("\r")
            except UnicodeDecodeError as failure:
                rejects.append(Reject(place, f"not UTF-8 at byte {failure.start}"))
                continue
            if text:
                places.append(place)
                texts.append(text)
        places, table = cells.split(texts, len(self._header), places, rejects)
        columns = dict(zip(self._header, zip(*table, strict=True), strict=True)) if table else {}
        return self._rows(np.array(places, np.int64), columns, rejects, first)

    def _rows(self, line: Ints, columns: Mapping[str, Sequence[str]], rejects: list[Reject], first: int) -> Decoded:
        wrong: dict[int, str] = {}
        numeric, categorical = cells.features(columns, len(line), self._schema, wrong)
        at, bad = seconds([_time(cell) for cell in columns.get("(at)", [""] * len(line))])
        wrong.update(dict.fromkeys(bad, "at: no time"))
        own: list[str | None] = [f"{self._origin}#{first + place}" for place in line.tolist()]
        rows = Rows(
            line,
            [cell or mine for cell, mine in zip(columns.get("(id)", own), own, strict=True)],
            at,
            numeric,
            categorical,
            self._answers("prediction", columns, wrong),
            self._answers("label", columns, wrong),
            list(columns["(version)"]) if "(version)" in columns else "",
        )
        if wrong:
            rejects.extend(Reject(int(line[i]), why) for i, why in wrong.items())
            rows = rows.where(np.array([i for i in range(len(line)) if i not in wrong], np.int64))
        rows = finite(rows, rejects, self._schema.prediction == "probability")
        return Decoded(rows, (), tuple(sorted(rejects)), tuple(rows.line.tolist()) if self._extra else ())

    def _answers(
        self, role: str, columns: Mapping[str, Sequence[str]], wrong: dict[int, str]
    ) -> Floats | Objects | None:
        given = columns.get(f"({role})")
        if given is None:
            return None
        if self._schema.prediction == "category":
            return objects([cell.strip() or None for cell in given])
        values, bad = cells.column(given)
        wrong.update(dict.fromkeys(bad, f"{role}: no number"))
        return values


def _time(cell: str) -> str | float:
    """A time as the file has it: seconds since the epoch, or ISO 8601."""
    try:
        return float(cell)
    except ValueError:
        return cell.strip()
