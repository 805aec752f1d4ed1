"""Rows from elsewhere, such as a training's, beside the reference of the version that serves. It changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from landform_agent.block import Block, Floats, Ints
from landform_agent.engine.alarms import Evidence, distribution, inner_codes
from landform_agent.engine.columns import BINS, MISSING, Categorical, Column, Numeric
from landform_agent.engine.version import Version

_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Apart:
    """A feature of the reference and of the rows: values there are, and where both have some, what `distribution` says.

    `evidence` also has, of what is not sensitive, `beyond` (the share of the reference that the rows have nothing like:
    of a number what lies beyond their range, by the codes, so at least that), and `unknown` (of the rows' categories,
    the share that the reference has not) or `quartiles_before` and `quartiles_now` of a number: infinite where one lies
    beyond one of `tails`, where the reference has no places. It is empty where either side has no values, or where the
    season was taken out of the reference and the rows have no times to take it out of them (`timeless`).
    """

    name: str
    reference: int
    rows: int
    sensitive: bool
    timeless: bool
    evidence: Evidence


class Beside:
    """Sums of rows by the codes of the reference, 256 a feature, however many rows come."""

    def __init__(self, version: Version) -> None:
        self._version, self._settings = version, version.settings
        self._columns = version.reference.columns
        self._sums = np.zeros((len(self._columns), MISSING + 1), np.int64)
        self._values = np.zeros(len(self._columns), np.int64)

    @property
    def rows(self) -> int:
        """Of the reference."""
        return self._version.reference.rows

    def take(self, block: Block) -> None:
        """Count rows. A time that is not known is NaN; `seq` says nothing here."""
        timed = np.isfinite(block.at)
        codes = self._version.encoder.encode(replace(block, at=np.where(timed, block.at, 0.0)))
        season = self._settings.season
        phased = timed if season is not None and season.unit == "seconds" else np.zeros(len(block), np.bool_)
        for number, column in enumerate(self._columns):
            mine = codes[:, number]
            self._values[number] += int((mine != MISSING).sum())
            self._sums[number] += np.bincount(mine[phased] if _seasonal(column) else mine, minlength=MISSING + 1)

    def told(self) -> list[Apart]:
        """The features, in the order of the reference."""
        data = self._version.cell(0).profile.tracks.get("data")
        if data is None:
            return []
        pairs = zip(data.columns, data.counts.astype(np.int64), strict=True)
        return [self._apart(number, self._columns[number], before) for number, before in pairs]

    def _apart(self, number: int, column: Column, before: Ints) -> Apart:
        now, sensitive = self._sums[number], column.name in self._settings.sensitive
        known, values = int(before[: column.size].sum()), int(self._values[number])
        compared = int(now[: column.size].sum())
        evidence: Evidence = {}
        if known and compared:
            evidence = distribution(column, before, now, sensitive)
            if not sensitive:
                evidence |= _more(column, before, now)
        return Apart(column.name, known, values, sensitive, bool(values and not compared), evidence)


def _seasonal(column: Column) -> bool:
    return isinstance(column, Numeric) and column.cycle is not None


def _more(column: Column, before: Ints, now: Ints) -> Evidence:
    if isinstance(column, Categorical):
        unknown = round(float(now[column.size - 1] / now[: column.size].sum()), 4)
        return {"beyond": _beyond(column, before, now), "unknown": unknown}
    if column.cycle is not None:
        return {}
    low, high = inner_codes(before[: column.size])
    tails = [float(f"{column.edges[place]:.6g}") for place in (max(low - 1, 0), min(high, len(column.edges) - 1))]
    return {
        "beyond": _beyond(column, before, now),
        "tails": [*tails],
        "quartiles_before": [*_quartiles(column, before, (low, high))],
        "quartiles_now": [*_quartiles(column, now, (low, high))],
    }


def _beyond(column: Column, before: Ints, now: Ints) -> float:
    """What the rows have nothing like: codes that none has, and of a number those beyond their first and last one.

    Less than one quantile of a number's reference is beyond the rows by chance.
    """
    had, every = np.flatnonzero(now[: column.size]), int(before[: column.size].sum())
    if isinstance(column, Categorical):
        return round(1 - float(before[had].sum() / every), 4)
    ends = int(before[: had[0]].sum()), int(before[had[-1] + 1 : column.size].sum())
    return round(sum(end for end in ends if end * BINS >= every) / every, 4)


def _quartiles(column: Numeric, counts: Ints, inner: tuple[int, int]) -> list[float]:
    """By the codes, which lie half a hundredth of the reference apart; within one, evenly."""
    sums, edges = np.cumsum(counts[: column.size]), column.edges
    found = []
    for share in _QUARTILES:
        rank = share * sums[-1]
        code = int(np.searchsorted(sums, rank, side="left"))
        part = (rank - (sums[code] - counts[code])) / counts[code]
        found.append(_value(edges, code, float(part), inner))
    return found


def _value(edges: Floats, code: int, part: float, inner: tuple[int, int]) -> float:
    """What lies at a part of a code. Those beyond the inner ones reach far: there only a frequent value is known."""
    if 0 < code < len(edges):
        low, high = float(edges[code - 1]), float(edges[code])
        if high == np.nextafter(low, np.inf):
            return low
        if inner[0] <= code <= inner[1]:
            return float(f"{low + part * (high - low):.6g}")
    return -np.inf if code < max(inner[0], 1) else np.inf
