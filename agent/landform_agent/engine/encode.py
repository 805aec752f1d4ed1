"""All columns of a version are encoded together, so that ten events cost hardly more than one column did."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
import numpy.typing as npt

from landform_agent.block import Block, Floats, Ints, Objects
from landform_agent.engine.columns import (
    MISSING,
    Categorical,
    Codes,
    Column,
    Numeric,
    categorical_column,
    numeric_column,
)
from landform_agent.engine.season import BINS, phases
from landform_agent.engine.settings import Season, Settings

PREDICTION = "prediction"

_CELLS = 1 << 14
_AT_ONCE = 1 << 15
"""Values that are encoded in one step, so that they stay in the processor's cache."""

_FEW = 40
"""Values up to which they are searched for one by one."""

Phases = npt.NDArray[np.uint16]


class Grids:
    """Finds the codes of several numeric columns by a look-up: most cells of an even grid hold no edge.

    So all of their values have one code. The cell is a monotone function of the value, rounding included, so what it
    says is exact; values in a cell with an edge are searched for.
    """

    def __init__(self, edges: list[Floats]) -> None:
        self._edges = edges
        self._listed = [one.tolist() for one in edges]
        low, scale, high = np.zeros(len(edges)), np.zeros(len(edges)), np.zeros(len(edges))
        self._code = np.empty((len(edges), _CELLS), np.uint8)
        for number, one in enumerate(edges):
            inner = max(len(one) // 100, 1)
            low[number], high[number] = one[inner - 1], one[-inner]
            with np.errstate(over="ignore"):
                span = high[number] - low[number]
                scale[number] = (_CELLS - 1) / span if np.isfinite(span) and span > 0 else 0.0
            if not np.isfinite(scale[number]) or scale[number] == 0:
                low[number] = high[number] = scale[number] = 0.0
        self._low, self._high, self._scale = low[:, None], high[:, None], scale[:, None]
        self._flat = self._code.ravel()
        for number, one in enumerate(edges):
            cells = self._cell(one[None], slice(number, number + 1))[0]
            self._code[number] = np.searchsorted(cells, np.arange(_CELLS), side="left")
            self._code[number, cells] = MISSING

    def _cell(self, values: Floats, columns: slice) -> npt.NDArray[np.int32]:
        """What is no number goes to the first cell."""
        near = np.fmax(values, self._low[columns])
        np.fmin(near, self._high[columns], out=near)
        near -= self._low[columns]
        near *= self._scale[columns]
        return near.astype(np.int32)

    def find(self, values: Floats) -> Codes:
        """What `searchsorted` on the edges finds, right side: (columns, events)."""
        codes = np.empty(values.shape, np.uint8)
        step = max(_AT_ONCE // max(values.shape[1], 1), 1)
        for start in range(0, len(values), step):
            part = slice(start, start + step)
            cells = self._cell(values[part], part)
            cells += _CELLS * np.arange(start, start + len(cells), dtype=np.int32)[:, None]
            np.take(self._flat, cells, out=codes[part])
        flat, plain, events = codes.ravel(), values.ravel(), values.shape[1]
        open_ = np.flatnonzero(flat == MISSING)
        if len(open_) <= _FEW:
            for place in open_.tolist():
                flat[place] = bisect_right(self._listed[place // events], plain[place])
        else:
            cuts = np.searchsorted(open_, np.arange(len(values) + 1) * events)
            for number in np.flatnonzero(np.diff(cuts)).tolist():
                mine = open_[cuts[number] : cuts[number + 1]]
                flat[mine] = np.searchsorted(self._edges[number], plain[mine], side="right")
        return codes


class Encoder:
    """Events become rows of codes in the order of the columns; the prediction is the last one, where there is one."""

    def __init__(self, columns: tuple[Column, ...], season: Season | None) -> None:
        self.columns = columns
        self._season = season
        self.numeric = np.array([n for n, column in enumerate(columns) if isinstance(column, Numeric)], np.intp)
        numeric = [column for column in columns if isinstance(column, Numeric)]
        self._names = [column.name for column in numeric]
        self._grids = Grids([column.edges for column in numeric])
        flat = np.zeros(BINS)
        self._level = np.stack([flat if column.cycle is None else column.cycle.level for column in numeric] or [flat])
        self._scale = np.stack(
            [flat + 1 if column.cycle is None else column.cycle.scale for column in numeric] or [flat]
        )
        self._known = {
            number: column.codes() for number, column in enumerate(columns) if isinstance(column, Categorical)
        }

    def phases(self, seq: Ints, at: Floats) -> Phases | None:
        """The phase of each event, where there is a season."""
        return phases(seq, at, self._season) if self._season else None

    def encode(self, block: Block) -> Codes:
        """(events, columns)."""
        if len(self._names) == len(self.columns):
            return np.ascontiguousarray(self._numbers(block).T)
        codes = np.full((len(block), len(self.columns)), MISSING, np.uint8)
        if self._names:
            codes[:, self.numeric] = self._numbers(block).T
        for number, known in self._known.items():
            column = self.columns[number]
            if isinstance(column, Categorical) and column.name in block.categorical:
                codes[:, number] = column.encode(block.categorical[column.name], known)
        return codes

    def _numbers(self, block: Block) -> Codes:
        nothing = np.full(len(block), np.nan)
        given = [numbers(block, name) for name in self._names]
        values = np.stack([nothing if one is None else one for one in given])
        missing = ~np.isfinite(values)
        phase = self.phases(block.seq, block.at)
        if phase is not None:
            with np.errstate(over="ignore", invalid="ignore"):
                values = (values - self._level[:, phase]) / self._scale[:, phase]
        codes = self._grids.find(values)
        codes[missing] = MISSING
        return codes


def numbers(block: Block, name: str) -> Floats | None:
    """A numeric column by name; the prediction is one."""
    if name in block.numeric:
        return block.numeric[name]
    return block.prediction if name == PREDICTION else None


def learn_columns(reference: Block, settings: Settings) -> tuple[Column, ...]:
    """The columns of a reference: the features, then the prediction."""
    phase = phases(reference.seq, reference.at, settings.season) if settings.season else None
    kinds = dict(settings.features)
    if settings.prediction is not None:
        kinds.pop(PREDICTION, None)
        kinds[PREDICTION] = "categorical" if settings.prediction == "category" else "numeric"
    columns: list[Column] = []
    for name, kind in kinds.items():
        if kind == "numeric":
            values = numbers(reference, name)
            columns.append(numeric_column(name, np.full(len(reference), np.nan) if values is None else values, phase))
        else:
            nothing: Objects = np.full(len(reference), None, np.object_)
            columns.append(categorical_column(name, reference.categorical.get(name, nothing)))
    return tuple(columns)
