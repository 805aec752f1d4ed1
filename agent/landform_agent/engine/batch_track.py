"""A track whose blocks are batches: it gathers a batch's sums until that ends, and then looks at it whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landform_agent.block import Floats, Ints
from landform_agent.cadence import LEAST_ROWS
from landform_agent.engine.batches import BatchMean, Every, sums_of
from landform_agent.engine.columns import Codes, Column
from landform_agent.engine.encode import Phases
from landform_agent.engine.lane import Finding, Lane, Standing
from landform_agent.engine.profile import Profile
from landform_agent.engine.ring import Ring
from landform_agent.engine.scan import UNIT
from landform_agent.engine.scores import Sums
from landform_agent.engine.track import Marks, chosen


@dataclass(frozen=True)
class BatchState:
    """A batch track between two updates: what the open batch holds, and of the recent ones the sums and places."""

    rows: int
    sums: Ints
    counts: Ints
    times: Floats
    batches: int
    recent: Ints
    marks: Floats
    standing: tuple[Standing, ...]


_KEPT = 100
"""Batches whose places are known: all that may end among the events of one step of the bank, and a window before."""


def _always(series: int, start: int, end: int) -> bool:
    return True


class BatchTrack:
    """The channels of one cell's rows, batch by batch; the same to its surroundings as `Track`."""

    def __init__(self, profile: Profile, columns: tuple[Column, ...], state: BatchState | None = None) -> None:
        design, usual = profile.means, profile.batches
        assert design is not None
        assert usual is not None
        self.profile, self._design, self._usual = profile, design, usual
        self.columns = tuple(columns[number] for number in profile.columns)
        self.chosen = chosen(profile.columns)
        offsets = [profile.offsets] if len(profile.offsets) else []
        self._sums_of = Sums(profile.tables(self.columns), offsets, 1)
        self._scored = list(profile.scored)
        series = len(profile.series)
        measure = BatchMean(design.per_block, design.bar, count=usual.count, rows=usual.rows)
        self.lane = Lane(design, measure, Every(series, design.lengths), series + BatchMean.extra)
        self.lanes = {"means": self.lane}
        self.slices: list[tuple[str, int, int]] = []
        self._marks = Ring(5, np.float64, _KEPT)
        self._closed: dict[int, tuple[Ints, Floats]] = {}
        self._begin()
        if state is not None:
            self._restore(state)

    def _begin(self) -> None:
        self._rows, self._times = 0, np.zeros(4)
        self._sums = np.zeros(len(self.profile.series), np.int64)
        self._counts = np.zeros((len(self.columns), 256), np.int64)

    def mark(self, block: int) -> Marks:
        """Where a batch began and ended; the oldest that is kept for what came before."""
        row = self._mark(block)
        return Marks(int(row[0]), float(row[1]), int(row[2]), float(row[3]))

    def _mark(self, block: int) -> Floats:
        row: Floats = self._marks.rows[max(block - self._marks.first, 0)]
        return row

    def events(self, start: int, end: int) -> int:
        """The rows of batches, as far as they are kept."""
        return int(sum(self._mark(block)[4] for block in range(start, end)))

    def counts(self, column: int, start: int, end: int) -> Ints:
        """How often each code of a column came in the last of some batches, one of those that ended just now."""
        counts: Ints = self._closed[end - 1][0][column]
        return counts

    def levels(self, lane: str, start: int, end: int) -> Floats:
        """The level of each series in a batch that ended just now, as a part of one."""
        return self._closed[end - 1][1]

    def advance(
        self, codes: Codes, seq: Ints, at: Floats, phase: Phases | None, remind: float, ends: Ints
    ) -> list[tuple[str, Finding]]:
        """Take rows; a batch ends before each event whose number is in `ends`."""
        found: list[tuple[str, Finding]] = []
        self.slices, self._closed = [], {}
        start = 0
        for end in ends.tolist():
            stop = int(np.searchsorted(seq, end))
            self._take(slice(start, stop), codes, seq, at, phase)
            start = stop
            if self._rows >= LEAST_ROWS:
                found += self._close(remind)
        self._take(slice(start, len(seq)), codes, seq, at, phase)
        return found

    def _take(self, part: slice, codes: Codes, seq: Ints, at: Floats, phase: Phases | None) -> None:
        mine = codes[part]
        if not len(mine):
            return
        if not self._rows:
            self._times[:2] = seq[part.start], at[part.start]
        self._times[2:] = seq[part.stop - 1], at[part.stop - 1]
        self._rows += len(mine)
        self._sums += self._sums_of.of(mine[:, self._scored], None if phase is None else phase[part]).sum(axis=0)
        for place in range(len(self.columns)):
            self._counts[place] += np.bincount(mine[:, place], minlength=256)

    def _close(self, remind: float) -> list[tuple[str, Finding]]:
        self._marks.append(np.append(self._times, self._rows)[None])
        means, clock = self._sums / self._rows, self._times[3:]
        sums = sums_of(means, self._rows, self._design, self._usual)
        self._closed[self.lane.position] = self._counts, means / UNIT
        self._begin()
        found = self.lane.advance(sums, clock, remind, _always)
        self.slices.append(("means", self.lane.position - 1, self.lane.position))
        return [("means", one) for one in found]

    def state(self) -> BatchState:
        """What a later track goes on from."""
        recent = np.diff(self.lane.total.recent(), axis=0).astype(np.int64)
        return BatchState(
            self._rows,
            self._sums.copy(),
            self._counts.astype(np.int32),
            self._times.copy(),
            self.lane.position,
            recent,
            self._marks.recent(),
            tuple(self.lane.standing),
        )

    def _restore(self, state: BatchState) -> None:
        self._rows, self._sums, self._times = state.rows, state.sums.copy(), state.times.copy()
        self._counts = state.counts.astype(np.int64)
        self._marks.restore(state.marks, state.batches)
        if len(state.recent):
            self.lane.restore(state.recent, state.batches)
        self.lane.standing = list(state.standing)
