"""A model version's reference: columns, segments and what each cell learnt."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landform_agent.block import Block, Floats, Ints, Objects
from landform_agent.cadence import FEWEST
from landform_agent.cadence import LEAST_ROWS as BATCH_ROWS
from landform_agent.engine.batches import lone_shares, numbered
from landform_agent.engine.cell import OTHER, Came, CellProfile, learn_cell, learn_label, per_block_of, rows_of
from landform_agent.engine.columns import Codes, Column, Numeric, numeric_column, with_even_steps
from landform_agent.engine.encode import Encoder, learn_columns
from landform_agent.engine.power import rows_needed
from landform_agent.engine.profile import Profile
from landform_agent.engine.scores import ERROR, LOSS
from landform_agent.engine.settings import Settings
from landform_agent.engine.state import pack
from landform_agent.limits import LEAST_SEGMENT, MOST

LEAST_ROWS = 1_000
"""With fewer rows no long-run variance is known well enough to promise a rate."""

Numbers = npt.NDArray[np.uint8]


class TooFewRowsError(ValueError):
    """The reference cannot support the budget; says how many rows could."""


@dataclass(frozen=True)
class Reference:
    """What a version's cells are made of. The first cell is the whole; `segments` have a cell each, then `other`."""

    columns: tuple[Column, ...]
    segments: tuple[str, ...]
    other: bool
    per_block: int
    rows: int
    cells: tuple[bytes, ...]
    loss: Numeric | None = None

    def names(self) -> list[str | None]:
        """The cells' segments, in their order."""
        return [None, *self.segments, *([OTHER] if self.other else [])]


class Splitter:
    """Says of which cell an event is beside the whole; 0 where of none."""

    def __init__(self, segments: tuple[str, ...], other: bool) -> None:
        self._number: dict[str | None, int] = {name: place + 1 for place, name in enumerate(segments)}
        self._other = len(segments) + 1 if other else 0

    def numbers(self, values: Objects | None, count: int) -> Numbers:
        """The number of each event's cell, by the value of the segments' column."""
        if values is None or not (self._number or self._other):
            return np.full(count, self._other, np.uint8)
        find = self._number.get
        return np.fromiter((find(value, self._other) for value in values), np.uint8, count)


def learn_reference(block: Block, settings: Settings, segments: tuple[str, ...] | None = None) -> Reference:
    """The reference of a version from its rows; `segments` are given where they were chosen before.

    Raises `TooFewRowsError`.
    """
    rows = len(block)
    if rows < LEAST_ROWS:
        raise TooFewRowsError(
            f"the reference has {rows} rows; a rate of false alarms can be promised from {LEAST_ROWS}"
        )
    batch = numbered(block.seq, block.ends) if settings.batches else None
    if batch is not None and batch.max() + 1 < FEWEST:
        raise TooFewRowsError(
            f"the reference has {batch.max() + 1} batches of {BATCH_ROWS} rows and more; "
            f"how far one differs from the next is known from {FEWEST}"
        )
    columns = learn_columns(block, settings)
    encoder = Encoder(columns, settings.season)
    codes, phase = encoder.encode(block), encoder.phases(block.seq, block.at)
    by = _values(block, settings)
    names = _chosen(by, settings) if segments is None else segments
    split = Splitter(names, True).numbers(by, rows) if settings.segments else np.zeros(rows, np.uint8)
    counts = np.bincount(split, minlength=len(names) + 2)
    other = settings.segments is not None and int(counts[len(names) + 1]) >= _least(settings)
    watched = 0 if settings.segments is None else len(names) + other
    per_block = per_block_of(rows, float(block.at[-1] - block.at[0]))
    whole = settings.false_alarms * (0.5 if watched else 1.0)
    period = _period(block, settings)
    came = None if batch is None else _came(block, batch, np.arange(rows))
    cells = [learn_cell(None, 1.0, whole, codes, phase, columns, per_block, period, settings, came)]
    if batch is None:
        _supported(cells[0])
    own = dict(rows_of(split)) if watched else {}
    for number, name in enumerate([*names, *([OTHER] if other else [])], 1):
        mine = own.get(number, np.empty(0, np.int64))
        share = max(len(mine) / rows, 1 / rows)
        each = 0.5 * settings.false_alarms / watched / share
        at = None if phase is None else phase[mine]
        part = None if batch is None else _came(block, _of_segment(batch[mine]), mine)
        cells.append(learn_cell(name, share, each, codes[mine], at, columns, per_block, share * period, settings, part))
    packed = tuple(pack(cell) for cell in cells)
    return Reference(columns, names, other, per_block, rows, packed)


def _of_segment(batch: Ints) -> Ints:
    """The batches of a segment's rows, numbered anew: those with too few rows of it count with the next one."""
    known, found = batch >= 0, np.full(len(batch), -1)
    if known.any():
        _, place = np.unique(batch[known], return_inverse=True)
        found[known] = numbered(place, np.arange(1, place.max() + 2))
    return found


def _came(block: Block, batch: Ints, rows: Ints) -> Came:
    if batch.max(initial=-1) < 0:
        return Came(batch, {})
    return Came(batch, {name: lone_shares(values[rows], batch) for name, values in block.categorical.items()})


def _period(block: Block, settings: Settings) -> float:
    """The season in events. One in seconds may hold fewer of them by night and more next year: a quarter counts."""
    if settings.season is None:
        return 1.0
    if settings.season.unit == "events":
        return settings.season.length
    span = float(block.at[-1] - block.at[0])
    return max(4 * settings.season.length * len(block) / span, 1.0) if span > 0 else float(len(block))


def _values(block: Block, settings: Settings) -> Objects | None:
    return block.categorical.get(settings.segments.by) if settings.segments else None


def _least(settings: Settings) -> int:
    return max(settings.segments.least_rows, LEAST_SEGMENT) if settings.segments else LEAST_SEGMENT


def _chosen(values: Objects | None, settings: Settings) -> tuple[str, ...]:
    if values is None or settings.segments is None:
        return ()
    counts = Counter(value for value in values if value is not None)
    enough = [name for name, count in counts.items() if count >= _least(settings)]
    most = min(settings.segments.most, MOST)
    return tuple(sorted(enough, key=lambda name: (-counts[name], name))[:most])


def _supported(cell: CellProfile) -> None:
    """At least one series must be able to show a change of its own deviation."""
    rows = [
        rows_needed(design).min()
        for track in cell.tracks.values()
        for design in (track.means, track.joint.design if track.joint else None)
        if design is not None and len(design.bar)
    ]
    if rows and min(rows) > 0:
        needed = f"It would need {min(rows):,.0f} rows, or allow" if np.isfinite(min(rows)) else "Allow"
        raise TooFewRowsError(
            "the reference cannot support this budget: its rows depend on each other too much. "
            f"{needed} more false alarms"
        )


def loss_column(losses: Floats, prediction: str | None) -> Numeric:
    """How losses are encoded: errors of a number, which count by their ranks, or others, which count as they are."""
    if prediction == "numeric":
        return numeric_column(ERROR, losses, None, absurd=False)
    return with_even_steps(numeric_column(LOSS, losses, None, absurd=False))


def learn_losses(
    losses: Floats, split: Numbers, cells: list[CellProfile], per_block: int, batch: Ints | None, settings: Settings
) -> tuple[Numeric, dict[int, Profile]]:
    """How losses are encoded, and what each cell with enough of them learns; `batch` is the number of each one's."""
    column = loss_column(losses, settings.prediction)
    codes: Codes = column.encode(losses, None)[:, None]
    found = {0: learn_label(column, codes, cells[0].budget, per_block, None, batch)}
    for number, rows in rows_of(split):
        if len(rows) >= LEAST_SEGMENT:
            cell = cells[number]
            own = None if batch is None else _of_segment(batch[rows])
            found[number] = learn_label(column, codes[rows], cell.budget, per_block, cell.segment, own)
    return column, {number: profile for number, profile in found.items() if profile is not None}
