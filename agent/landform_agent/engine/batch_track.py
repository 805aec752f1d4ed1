"""A track whose blocks are batches: it gathers a batch's sums until that ends, and then looks at it whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from landform_agent.block import Floats, Ints
from landform_agent.cadence import LEAST_ROWS
from landform_agent.engine.batch_pairs import BatchCorrelation, Pairs
from landform_agent.engine.batches import BatchMean, Every, sums_of
from landform_agent.engine.columns import Codes, Column
from landform_agent.engine.design import Design
from landform_agent.engine.encode import Phases
from landform_agent.engine.lane import Lane
from landform_agent.engine.profile import Batches, Profile
from landform_agent.engine.ring import Ring
from landform_agent.engine.scan import UNIT, Windows
from landform_agent.engine.scores import Sums
from landform_agent.engine.standing import Finding, Standing
from landform_agent.engine.track import Marks, chosen


@dataclass(frozen=True)
class BatchState:
    """A batch track between two updates: what the open batch holds, and of the recent ones the sums and places.

    `pairs` are the open batch's sums of products, `joint` the recent batches' sums in the lane of that name.
    """

    rows: int
    sums: Ints
    counts: Ints
    times: Floats
    batches: int
    recent: Ints
    marks: Floats
    standing: tuple[Standing, ...]
    pairs: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    joint: Ints = field(default_factory=lambda: np.empty((0, 0), np.int64))
    joint_standing: tuple[Standing, ...] = ()


_KEPT = 100
"""Batches whose places are known: all that may end among the events of one step of the bank, and a window before."""


def _always(windows: Windows) -> int:
    return 0


class BatchTrack:
    """The channels of one cell's rows, batch by batch; the same to its surroundings as `Track`."""

    def __init__(self, profile: Profile, columns: tuple[Column, ...], state: BatchState | None = None) -> None:
        usual = profile.batches
        assert usual is not None
        self.profile, self._usual = profile, usual
        self.columns = tuple(columns[number] for number in profile.columns)
        self.chosen = chosen(profile.columns)
        offsets = [profile.offsets] if len(profile.offsets) else []
        self._sums_of = Sums(profile.tables(self.columns), offsets, 1)
        self._scored = list(profile.scored)
        self.lanes: dict[str, Lane] = {}
        if profile.means is not None:
            self.lanes["means"] = _lane(profile.means, usual, BatchMean)
        self._pairs_of: Pairs | None = None
        if profile.joint is not None:
            self.lanes["joint"] = _lane(profile.joint.design, usual, BatchCorrelation)
            self._pairs_of = Pairs(profile.joint, self.columns, profile.counts)
        self.slices: list[tuple[str, int, int]] = []
        self._marks = Ring(5, np.float64, _KEPT)
        self._closed: dict[int, tuple[Ints, dict[str, Floats]]] = {}
        self._begin()
        if state is not None:
            self._restore(state)

    def _begin(self) -> None:
        self._rows, self._times = 0, np.zeros(4)
        self._sums = np.zeros(len(self.profile.series), np.int64)
        self._pairs = np.zeros(self._pairs_of.width if self._pairs_of else 0, np.int64)
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
        return self._closed[end - 1][1][lane]

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
        if len(self._sums):
            self._sums += self._sums_of.of(mine[:, self._scored], None if phase is None else phase[part]).sum(axis=0)
        if self._pairs_of is not None:
            self._pairs += self._pairs_of.sums(mine)
        for place in range(len(self.columns)):
            self._counts[place] += np.bincount(mine[:, place], minlength=256)

    def _close(self, remind: float) -> list[tuple[str, Finding]]:
        batch = self._marks.count
        self._marks.append(np.append(self._times, self._rows)[None])
        rows, clock, every = self._rows, self._times[3:], self._means()
        shown = {name: np.tanh(one / UNIT) if name == "joint" else one / UNIT for name, one in every.items()}
        self._closed[batch] = self._counts, shown
        self._begin()
        found: list[tuple[str, Finding]] = []
        for name, means in every.items():
            lane = self.lanes[name]
            sums = sums_of(means, rows, lane.design, self._usual)
            found += [(name, one) for one in lane.advance(sums, clock, remind, _always)]
            self.slices.append((name, batch, batch + 1))
        return found

    def _means(self) -> dict[str, Floats]:
        """Of each lane what the batch that ends now shows, one for each series.

        A pair of which it says nothing is as it was in the batch before while an alarm stands, and as usual else.
        """
        found = {"means": self._sums / self._rows} if "means" in self.lanes else {}
        if self._pairs_of is not None:
            lane = self.lanes["joint"]
            level, told = self._pairs_of.levels(self._pairs, self._rows)
            as_it_was = lane.design.yard.mean
            if lane.standing[0].latch is not None:
                last = lane.total.rows[-1] - lane.total.rows[-2]
                as_it_was = last[: len(level)] / lane.design.per_block
            found["joint"] = np.where(told, level, as_it_was)
        return found

    def state(self) -> BatchState:
        """What a later track goes on from."""
        means, joint = (self.lanes.get(name) for name in ("means", "joint"))
        return BatchState(
            self._rows,
            self._sums.copy(),
            self._counts.astype(np.int32),
            self._times.copy(),
            self._marks.count,
            _recent(means),
            self._marks.recent(),
            tuple(means.standing) if means else (),
            self._pairs.copy(),
            _recent(joint),
            tuple(joint.standing) if joint else (),
        )

    def _restore(self, state: BatchState) -> None:
        self._rows, self._sums, self._times = state.rows, state.sums.copy(), state.times.copy()
        self._counts = state.counts.astype(np.int64)
        self._marks.restore(state.marks, state.batches)
        parts = {"means": (state.recent, state.standing), "joint": (state.joint, state.joint_standing)}
        for name, lane in self.lanes.items():
            recent, standing = parts[name]
            if len(recent):
                lane.restore(recent, state.batches)
            lane.standing = list(standing)
        if self._pairs_of is not None:
            self._pairs = state.pairs.copy()


def _lane(design: Design, usual: Batches, measure: type[BatchMean]) -> Lane:
    series = len(design.bar)
    judge = measure(design.per_block, design.bar, least_effect=design.least, count=usual.count, rows=usual.rows)
    return Lane(design, judge, Every(series, design.lengths), series + BatchMean.extra)


def _recent(lane: Lane | None) -> Ints:
    """The sums of the recent batches, (batches, series)."""
    if lane is None:
        return np.empty((0, 0), np.int64)
    return np.diff(lane.total.recent(), axis=0).astype(np.int64)
