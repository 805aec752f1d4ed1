"""One model version as it runs: its cells, fed with codes that are made once, and the state that this leaves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from landform_agent.block import Block, Floats, Ints, Losses, ends_within
from landform_agent.cadence import FEWEST
from landform_agent.engine.alarms import Alarm
from landform_agent.engine.batches import numbered
from landform_agent.engine.cell import AnyTrack, Cell, CellProfile, CellState, rows_of
from landform_agent.engine.columns import Categorical, Codes
from landform_agent.engine.encode import Encoder
from landform_agent.engine.reference import LEAST_ROWS, Numbers, Reference, Splitter, learn_losses
from landform_agent.engine.scan import UNIT
from landform_agent.engine.settings import Settings
from landform_agent.engine.slices import Line, Slice
from landform_agent.engine.state import pack, unpack
from landform_agent.engine.tell import Found, incident_span, tell

_TAIL = 512
"""Events since the last checkpoint that the state carries as codes, to be gone through again."""


@dataclass(frozen=True)
class Rows:
    """Encoded events: `split` is the cell of each beside the whole, `known` whether they are of this version.

    `ends` are those of batches that lie among them.
    """

    codes: Codes
    seq: Ints
    at: Floats
    split: Numbers
    known: npt.NDArray[np.bool_]
    ends: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    @staticmethod
    def none(columns: int) -> Rows:
        """No events."""
        ints, bools = np.empty(0, np.int64), np.empty(0, np.bool_)
        return Rows(np.empty((0, columns), np.uint8), ints, np.empty(0), np.empty(0, np.uint8), bools)

    def where(self, chosen: Ints | slice) -> Rows:
        """Some of them, with all ends."""
        return Rows(
            self.codes[chosen], self.seq[chosen], self.at[chosen], self.split[chosen], self.known[chosen], self.ends
        )

    def between(self, start: int, stop: int) -> Rows:
        """Some in a row, with the ends among them."""
        part = self.where(slice(start, stop))
        return replace(part, ends=ends_within(self.ends, part.seq))

    @staticmethod
    def of(parts: Sequence[Rows]) -> Rows:
        """All of them, in order."""
        return Rows(
            np.concatenate([one.codes for one in parts]),
            np.concatenate([one.seq for one in parts]),
            np.concatenate([one.at for one in parts]),
            np.concatenate([one.split for one in parts]),
            np.concatenate([one.known for one in parts]),
            np.concatenate([one.ends for one in parts]),
        )


@dataclass(frozen=True)
class LossRows:
    """Losses: of which cell beside the whole, at which event and time they count; `ends` as those of `Rows`."""

    loss: Floats
    seq: Ints
    at: Floats
    split: Numbers
    ends: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    @staticmethod
    def none() -> LossRows:
        """No losses."""
        return LossRows(np.empty(0), np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint8))

    def where(self, chosen: Ints | slice) -> LossRows:
        """Some of them, with all ends."""
        return LossRows(self.loss[chosen], self.seq[chosen], self.at[chosen], self.split[chosen], self.ends)

    @staticmethod
    def of(parts: Sequence[LossRows]) -> LossRows:
        """All of them, in order."""
        return LossRows(
            np.concatenate([one.loss for one in parts]),
            np.concatenate([one.seq for one in parts]),
            np.concatenate([one.at for one in parts]),
            np.concatenate([one.split for one in parts]),
            np.concatenate([one.ends for one in parts]),
        )


@dataclass(frozen=True)
class Tail:
    """What came since the cells' states were written, piece by piece, and the incident that stood then."""

    rows: list[bytes]
    losses: list[bytes]
    incident: str = ""
    incident_at: float = -np.inf
    taught: LossRows = field(default_factory=LossRows.none)


class Version:
    """The cells of one model version. Cells are made when they are first needed: there may be thousands."""

    def __init__(self, name: str, reference: Reference, settings: Settings) -> None:
        self.name, self.reference, self.settings = name, reference, settings
        self.encoder = Encoder(reference.columns, settings.season)
        self._splitter = Splitter(reference.segments, reference.other)
        self._cells: dict[int, Cell] = {}
        self._states: dict[int, bytes] = {}
        self._touched: set[int] = set()
        self._incident, self._incident_at = "", -np.inf
        self._taught = LossRows.none()
        self._since: list[bytes] = []
        self._losses_since: list[bytes] = []
        self._waiting = 0
        self._marked = ("", -np.inf)
        self._fixed: bytes | None = None
        self._due = True
        self.slices: list[Slice] = []
        """Of the whole, filled since they were taken."""
        self.events = 0
        self.standing: dict[int, int] = {}
        """How many alarms stand in each cell, where any does."""

    def cell(self, number: int) -> Cell:
        """The whole (0), or a segment."""
        if number not in self._cells:
            profile = unpack(self.reference.cells[number], CellProfile)
            held = self._states.get(number)
            state = unpack(held, CellState) if held else None
            self._cells[number] = Cell(profile, self.reference.columns, self.reference.loss, state)
        return self._cells[number]

    @property
    def widened(self) -> float:
        """How many times as far as the reference says windows of the whole may stray, by what live traffic proved."""
        lanes = [lane for track in self.cell(0).tracks.values() for lane in track.lanes.values()]
        return max((lane.wander.most for lane in lanes if lane.wander is not None), default=1.0)

    def encode(self, block: Block, known: bool) -> Rows:
        """Events as rows of codes."""
        by = self.settings.segments.by if self.settings.segments else None
        split = self._splitter.numbers(block.categorical.get(by) if by else None, len(block))
        return Rows(self.encoder.encode(block), block.seq, block.at, split, np.full(len(block), known), block.ends)

    def losses(self, losses: Losses, seq: Ints, at: Floats, ends: Ints) -> LossRows:
        """Losses as rows, at the times of the events at which they count."""
        if not len(losses.loss):
            return replace(LossRows.none(), ends=ends)
        when = at[np.maximum(np.searchsorted(seq, losses.after_seq, side="right") - 1, 0)]
        split = np.zeros(len(losses.loss), np.uint8)
        if losses.segment is not None:
            split = self._splitter.numbers(losses.segment, len(losses.loss))
        return LossRows(losses.loss, losses.after_seq, when, split, ends)

    def feed(self, rows: Rows, losses: LossRows) -> list[Alarm]:
        """Take events and losses, and keep them for the state."""
        self._remember(rows, losses)
        return self._advance(rows, self._taught_of(losses))

    def _advance(self, rows: Rows, losses: LossRows) -> list[Alarm]:
        found: list[Found] = []
        if len(rows.seq) or len(rows.ends):
            self.events += len(rows.seq)
            phase = self.encoder.phases(rows.seq, rows.at)
            for number, mine in self._of_cells(rows.split, rows.ends):
                part = rows if mine is None else rows.where(mine)
                found += self._rows(number, part, phase if mine is None or phase is None else phase[mine])
        if self.reference.loss is not None and (len(losses.loss) or len(losses.ends)):
            codes = self.reference.loss.encode(losses.loss, None)[:, None]
            for number, mine in self._of_cells(losses.split, losses.ends):
                chosen = slice(None) if mine is None else mine
                found += self._losses(number, codes[chosen], losses.where(chosen))
        return self._told(found)

    def _of_cells(self, split: Numbers, ends: Ints) -> list[tuple[int, Ints | None]]:
        """The rows of each cell; where a batch ends, of those without any too."""
        several = len(self.reference.cells) > 1
        found = dict(rows_of(split)) if several and len(split) else {}
        if len(ends):
            nothing = np.empty(0, np.intp)
            found = {number: found.get(number, nothing) for number in range(1, len(self.reference.cells))}
        return [(0, None), *found.items()]

    def _rows(self, number: int, rows: Rows, phase: npt.NDArray[np.uint16] | None) -> list[Found]:
        cell, found = self.cell(number), []
        self._touched.add(number)
        for name in ("data", "model"):
            track = cell.tracks.get(name)
            if track is None:
                continue
            mine, when = rows, phase
            if name == "model" and not rows.known.all():
                kept = np.flatnonzero(rows.known)
                mine, when = rows.where(kept), None if phase is None else phase[kept]
            codes = mine.codes[:, track.chosen]
            told = track.advance(codes, mine.seq, mine.at, when, self.settings.remind, mine.ends)
            found += [Found(number, cell, name, lane, finding) for lane, finding in told]
            if number == 0:
                self._cut(name, track)
        return found

    def _losses(self, number: int, codes: Codes, losses: LossRows) -> list[Found]:
        cell = self.cell(number)
        track = cell.tracks.get("label")
        if track is None:
            return []
        self._touched.add(number)
        told = track.advance(codes, losses.seq, losses.at, None, self.settings.remind, losses.ends)
        if number == 0:
            self._cut("label", track)
        return [Found(number, cell, "label", lane, finding) for lane, finding in told]

    def _cut(self, name: str, track: AnyTrack) -> None:
        for lane, start, end in track.slices:
            first, last = track.mark(start).last_at, track.mark(end - 1).last_at
            levels = track.levels(lane, start, end)
            self.slices.append(Slice(lane_name(name, lane), track.events(start, end), first, last, levels))
        track.slices = []

    def lines(self) -> tuple[Line, ...]:
        """What the levels of slices mean, in their order within each lane."""
        told: list[Line] = []
        for name, track in self.cell(0).tracks.items():
            for lane, one in track.lanes.items():
                usual = one.design.yard.mean / UNIT
                meanings = _pairs(track) if lane == "joint" else _series(track, name == "label")
                told += [
                    Line(lane_name(name, lane), feature, kind, category, math.tanh(level) if lane == "joint" else level)
                    for (feature, kind, category), level in zip(meanings, usual.tolist(), strict=True)
                ]
        return tuple(told)

    def _told(self, found: list[Found]) -> list[Alarm]:
        alarms = []
        for one in sorted(found, key=Found.order):
            alarm = tell(one, self.settings, self.name)
            if not alarm.incident:
                if abs(alarm.at - self._incident_at) > incident_span(self.settings):
                    self._incident, self._incident_at = alarm.id, alarm.at
                alarm = replace(alarm, incident=self._incident)
                one.cell.open[one.key] = alarm
            alarms.append(alarm)
            self.standing[one.number] = len(one.cell.open)
        self.standing = {number: count for number, count in self.standing.items() if count}
        return alarms

    def _taught_of(self, losses: LossRows) -> LossRows:
        """Until there are losses enough to know what is usual they are kept; what is left when there are is judged."""
        if not self.settings.labels or self.reference.loss is not None:
            return losses
        if self.settings.batches:
            return self._taught_of_batches(losses)
        if not len(losses.loss):
            return losses
        wanted = max(self.settings.baseline_rows, LEAST_ROWS) - len(self._taught.loss)
        self.teach(losses.where(slice(0, wanted)))
        if len(losses.loss) < wanted:
            return LossRows.none()
        self.learn_losses()
        return losses.where(slice(wanted, None))

    def _taught_of_batches(self, losses: LossRows) -> LossRows:
        """The same, up to the end of the batch by which there are enough."""
        start = 0
        for place, end in enumerate(losses.ends.tolist()):
            stop = int(np.searchsorted(losses.seq, end))
            self.teach(replace(losses.where(slice(start, stop)), ends=losses.ends[place : place + 1]))
            start = stop
            if self.knows_losses(max(self.settings.baseline_rows, LEAST_ROWS)):
                self.learn_losses()
                return replace(losses.where(slice(stop, None)), ends=losses.ends[place + 1 :])
        self.teach(replace(losses.where(slice(start, None)), ends=losses.ends[:0]))
        return LossRows.none()

    def knows_losses(self, least: int) -> bool:
        """Whether there are enough of them, in batches enough."""
        known = self._taught
        if len(known.loss) < least:
            return False
        return not self.settings.batches or int(numbered(known.seq, known.ends).max()) + 1 >= FEWEST

    def teach(self, losses: LossRows) -> int:
        """Losses that show what is usual; how many there are now."""
        self._taught = LossRows.of([self._taught, losses])
        return len(self._taught.loss)

    def learn_losses(self) -> None:
        """Judge losses from here on."""
        known = self._taught
        profiles = [unpack(cell, CellProfile) for cell in self.reference.cells]
        batch = numbered(known.seq, known.ends) if self.settings.batches else None
        per_block, settings = self.reference.per_block, self.settings
        loss, learnt = learn_losses(known.loss, known.split, profiles, per_block, batch, settings)
        cells = list(self.reference.cells)
        for number, profile in learnt.items():
            self.cell(number).add_label(profile, loss)
            cells[number] = pack(self.cell(number).profile)
        self.reference = replace(self.reference, loss=loss, cells=tuple(cells))
        self._taught, self._fixed, self._due = LossRows.none(), None, True
        self._touched |= set(learnt)

    def clear(self, seq: int, at: float) -> list[Alarm]:
        """What stands is cleared: another version's reference counts from now on."""
        alarms = []
        for number in sorted(self.standing):
            self._touched.add(number)
            for alarm in self.cell(number).clear():
                gone = replace(alarm, state="cleared", seq=seq, at=at, evidence={"reference": "a later model version"})
                alarms.append(gone)
        self.standing, self._due = {}, True
        return alarms

    def _remember(self, rows: Rows, losses: LossRows) -> None:
        if self._due:
            return
        self._waiting += len(rows.seq) + len(losses.loss)
        self._due = self._waiting > _TAIL
        if self._due:
            self._since, self._losses_since = [], []
            return
        if len(rows.seq) or len(rows.ends):
            self._since.append(pack(rows))
        if len(losses.loss) or len(losses.ends):
            self._losses_since.append(pack(losses))

    def parts(self, canonical: bool = False) -> dict[str, bytes]:
        """The state by parts. What did not change is the same object as before; `canonical` has no tail."""
        if self._due or canonical:
            for number in self._touched:
                self._states[number] = pack(self.cell(number).state())
            self._touched.clear()
            self._since, self._losses_since, self._waiting, self._due = [], [], 0, False
            self._marked = (self._incident, self._incident_at)
        if self._fixed is None:
            self._fixed = pack(self.reference)
        tail = Tail(self._since, self._losses_since, *self._marked, self._taught)
        cells = {f"cell/{number}": state for number, state in self._states.items()}
        return {"model": self._fixed, "tail": pack((self.events, sorted(self.standing.items()), tail)), **cells}

    @staticmethod
    def of(name: str, parts: Mapping[str, bytes], settings: Settings) -> Version:
        """The version whose parts these are."""
        events, standing, tail = unpack(parts["tail"], tuple[int, list[tuple[int, int]], Tail])
        version = Version(name, unpack(parts["model"], Reference), settings)
        version._fixed, version._due = parts["model"], False
        version._states = {int(key[5:]): data for key, data in parts.items() if key.startswith("cell/")}
        version._incident, version._incident_at = version._marked = (tail.incident, tail.incident_at)
        version._since, version._losses_since = tail.rows, tail.losses
        rows = [Rows.none(len(version.reference.columns)), *(unpack(one, Rows) for one in tail.rows)]
        losses = [LossRows.none(), *(unpack(one, LossRows) for one in tail.losses)]
        version._waiting = sum(len(one.seq) for one in rows) + sum(len(one.loss) for one in losses)
        judged = version.reference.loss is not None
        version._advance(Rows.of(rows), LossRows.of(losses if judged else losses[:1]))
        version.slices = []
        version._taught, version.events, version.standing = tail.taught, events, dict(standing)
        return version


def lane_name(track: str, lane: str) -> str:
    """How a lane's slices are called: data, prediction, joint or label."""
    return "joint" if lane == "joint" else {"model": "prediction"}.get(track, track)


def _series(track: AnyTrack, label: bool) -> list[tuple[str | None, str, str | None]]:
    if label:
        return [(None, one.kind, None) for one in track.profile.series]
    told: list[tuple[str | None, str, str | None]] = []
    for one in track.profile.series:
        column = track.columns[one.column]
        named = isinstance(column, Categorical) and one.code is not None
        category = (*column.names, "(others)", "(new)")[one.code or 0] if named else None  # type: ignore[union-attr]
        told.append((column.name, one.kind, category))
    return told


def _pairs(track: AnyTrack) -> list[tuple[str | None, str, str | None]]:
    joint = track.profile.joint
    assert joint is not None
    names = [column.name for column in track.columns if not isinstance(column, Categorical)]
    pairs = zip(joint.left.tolist(), joint.right.tolist(), strict=True)
    return [(f"{names[left]} and {names[right]}", "correlation", None) for left, right in pairs]
