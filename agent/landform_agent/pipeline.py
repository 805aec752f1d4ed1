"""From lines to alarms: one way for `run`, `replay` and `fit`, without any of their surroundings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from landform_agent.block import Block, Hashes
from landform_agent.cadence import Cadence
from landform_agent.formats.rows import Decoded
from landform_agent.intake import Accepted, Intake
from landform_agent.labels import Arrivals
from landform_agent.learning import Learning
from landform_agent.reading import TooFewError
from landform_agent.shape import Lines, Odd, Place, Shape


class Update(Protocol):
    """What a bank says of a block."""

    @property
    def alarms(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def metrics(self) -> Mapping[str, float]: ...  # noqa: D102
    @property
    def slices(self) -> Sequence[Any]: ...  # noqa: D102


class Bank(Protocol):
    """The engine's state: pure, the same alarms for any cut of the events."""

    def update(self, block: Block) -> Update: ...  # noqa: D102
    def dumps(self) -> bytes: ...  # noqa: D102
    def changes(self) -> Mapping[str, bytes | None]: ...  # noqa: D102
    def report(self) -> Mapping[str, Mapping[str, Mapping[str, float]]]: ...  # noqa: D102
    def lines(self) -> Sequence[Any]: ...  # noqa: D102
    def trace(self, reference: Block) -> Sequence[Any]: ...  # noqa: D102
    def beside(self) -> Any: ...  # noqa: D102
    def segments(self) -> Sequence[str]: ...  # noqa: D102


class Engine(Protocol):
    """What makes banks."""

    def fit(self, reference: Block) -> Bank: ...  # noqa: D102
    def lacks(self, reference: Block) -> list[str]: ...  # noqa: D102
    def loads(self, data: bytes) -> Bank: ...  # noqa: D102
    def of(self, data: bytes, parts: Mapping[str, bytes]) -> Bank: ...  # noqa: D102
    def shape(self, kept: bytes | None = None) -> Shape: ...  # noqa: D102
    def cadence(self, kept: bytes | None = None) -> Cadence | None: ...  # noqa: D102


@dataclass
class Outcome:
    """What came of a run of lines."""

    alarms: list[Any] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)
    slices: list[Any] = field(default_factory=list)
    idents: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    # What the state must have to go on: what labels were joined from, and events that belong to the reference.
    arrivals: Arrivals | None = None
    learnt: list[Block] = field(default_factory=list)


class Pipeline:
    """Accepts what was decoded, and asks the bank; without a bank it learns first."""

    def __init__(
        self,
        engine: Engine,
        intake: Intake,
        bank: Bank | None,
        learning: Learning,
        shape: Shape | None = None,
        cadence: Cadence | None = None,
    ) -> None:
        self._engine = engine
        self.intake, self.bank, self.learning = intake, bank, learning
        self.shape = shape or engine.shape()
        self.cadence = cadence or engine.cadence()
        # What no event of the reference had, where this pipeline learnt it.
        self.lacks: list[str] = []

    def feed(self, decoded: Decoded, horizon: float = np.inf) -> Outcome:
        """The alarms of these rows."""
        counts = self.intake.counts
        counts["rejected"] += len(decoded.rejects)
        counts["extra"] += len(decoded.extra)
        counts["labels_unasked"] += len(decoded.labels) if self.intake.waiting is None else 0
        before = Place(self.intake.seq - 1, self.intake.at, self.intake.version)
        accepted = self.intake.accept(decoded.rows, horizon, decoded.labels)
        outcome = Outcome(idents=accepted.idents, arrivals=accepted.arrivals)
        learns = self.bank is None
        for block in self._ended(accepted.blocks, decoded.ended):
            self._update(block, outcome)
        learnt = sum(map(len, outcome.learnt))
        last = np.inf if self.bank is None else int(accepted.lines[learnt - 1]) if learns and learnt else -1
        outcome.alarms = _merged(outcome.alarms, self.shape.look(_lines(decoded, accepted, before, last)))
        counts["alarms"] += len(outcome.alarms)
        return outcome

    def fit(self, outcome: Outcome) -> None:
        """The reference is what was learnt."""
        reference = self.learning.reference()
        self.bank = self._engine.fit(reference)
        self.lacks = self._engine.lacks(reference)
        outcome.slices += self.bank.trace(reference)

    def _ended(self, blocks: list[Block], ended: bool) -> list[Block]:
        """Blocks with the ends of batches, where batches are watched."""
        if self.cadence is None:
            return blocks
        none, end = np.empty(0, np.int64), np.array([self.intake.seq])
        nothing = Block(none, np.empty(0), np.empty(0, np.uint64), version=self.intake.version, ends=end)
        return self.cadence.mark(blocks, ended, nothing)

    def _update(self, block: Block, outcome: Outcome) -> None:
        while self.bank is None and (len(block) or len(block.ends)):
            used = self.learning.take(block)
            taken, block = block.parted(used)
            outcome.learnt.append(taken)
            if self.learning.full:
                try:
                    self.fit(outcome)
                except TooFewError as failure:
                    self.learning.more(str(failure))
        if self.bank is not None and (len(block) or len(block.ends)):
            update = self.bank.update(block)
            outcome.alarms += update.alarms
            outcome.metrics |= update.metrics
            outcome.slices += update.slices


def _lines(decoded: Decoded, accepted: Accepted, before: Place, last: float) -> Lines:
    """The lines of a batch for the eye on their form; those up to line `last` are of the reference."""
    rejected = {reject.line: reject.reason for reject in decoded.rejects}
    every = decoded.rows.line
    if rejected or (every[1:] <= every[:-1]).any():
        every = np.union1d(every, np.fromiter(rejected, np.int64, len(rejected)))
    others = dict.fromkeys(decoded.extra, "") | rejected
    places = np.searchsorted(every, np.array(sorted(others), np.int64)).tolist()
    odd = [Odd(place, others[line]) for place, line in zip(places, sorted(others), strict=True)]

    def place(index: int) -> Place:
        events = int(np.searchsorted(accepted.lines, every[index], side="left"))
        seq = before.seq + events
        for block in reversed(accepted.blocks):
            if events and int(block.seq[0]) <= seq:
                return Place(seq, float(block.at[seq - int(block.seq[0])]), block.version)
        return before

    return Lines(len(every), odd, place, int(np.searchsorted(every, last, side="right")))


def _merged(alarms: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """All alarms; the others go before the first one of a later event."""
    merged = list(alarms)
    for other in others:
        place = next((i for i, alarm in enumerate(merged) if alarm.seq > other.seq), len(merged))
        merged.insert(place, other)
    return merged
