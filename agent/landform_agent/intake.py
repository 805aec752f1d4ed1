"""Rows become events: duplicates are told, times filled, numbers given, and blocks cut for the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec
import numpy as np

from landform_agent.block import Block, Floats, Hashes, Ints, Losses, Objects
from landform_agent.formats.rows import ABSURD, Label, PredictionKind, Rows, category, objects
from landform_agent.identity import Mask, Seen, hashes
from landform_agent.labels import Arrivals, Waiting, at_once, loss

# Beyond this an event claims to come from the future of its slice.
AHEAD: Final = 3_600.0


class Mark(msgspec.Struct, frozen=True):
    """What the intake must not forget beside the ids: the next number, the last time, and what was counted."""

    seq: int = 0
    last: float | None = None
    counts: dict[str, int] = {}
    # Time and model version of the last event.
    at: float = 0.0
    version: str = ""


@dataclass
class Accepted:
    """The events of some rows: their blocks, their ids, their lines, and what the late labels' join was given."""

    blocks: list[Block] = field(default_factory=list)
    idents: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    lines: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    arrivals: Arrivals | None = None


class Intake:
    """Accepts rows in their order. The same rows in any grouping become the same events."""

    def __init__(
        self,
        prediction: PredictionKind | None,
        key: np.uint64,
        mark: Mark | None = None,
        waiting: Waiting | None = None,
        segments: str | None = None,
        version: str = "",
    ) -> None:
        mark = mark or Mark()
        # Late labels are joined by `waiting`; of an event it notes the segment, which is the value of that column.
        self.waiting, self._segments = waiting, segments
        self._version = version
        self._prediction = prediction
        self._key = key
        self.seq = mark.seq
        self.seen = Seen()
        self.counts = Counter(mark.counts)
        self._last = mark.last
        self.at, self.version = mark.at, mark.version

    @property
    def mark(self) -> Mark:
        """What a later intake goes on from."""
        return Mark(self.seq, self._last, dict(sorted(self.counts.items())), self.at, self.version)

    def accept(self, rows: Rows, horizon: float = np.inf, labels: Sequence[Label] = ()) -> Accepted:
        """The events of the rows that are new; `horizon` is the end of the rows' slice. Labels are joined."""
        idents = hashes(rows.ids, self._key)
        found = Accepted()
        first, start = self.seq, 0
        parts: list[Rows] = []
        while start < len(rows):
            stop = min(len(rows), start + self.seen.room())
            keep = start + np.flatnonzero(self._wanted(idents[start:stop], rows.at[start:stop], horizon))
            part = rows if len(keep) == len(rows) else rows.where(keep)
            fresh = idents[keep]
            self.seen.add(fresh)
            parts.append(part)
            found.blocks += self._blocks(part, fresh)
            start = stop
        if found.blocks:
            self.at, self.version = float(found.blocks[-1].at[-1]), found.blocks[-1].version
        given = [block.ident[block.ident != 0] for block in found.blocks]
        found.idents = np.concatenate([found.idents, *given])
        found.lines = np.concatenate([found.lines, *(part.line for part in parts)])
        if self.waiting is not None and (found.blocks or labels):
            self._judge(self.waiting, found, first, parts, labels)
        return found

    def _judge(
        self, waiting: Waiting, found: Accepted, first: int, parts: Sequence[Rows], labels: Sequence[Label]
    ) -> None:
        """Join labels with what they are of, and give each block the losses that count at its events."""
        blocks, none = found.blocks, np.empty(0)
        known = len(waiting.names)
        segments = [block.categorical.get(self._segments or "") for block in blocks]
        values = self._values([label.value for label in labels])
        valid = np.isfinite(values)
        whose = hashes([label.id for label in labels], self._key)
        after = np.searchsorted(found.lines, np.array([label.line for label in labels], np.int64), side="left")
        found.arrivals = Arrivals(
            first,
            np.concatenate([none, *(block.at for block in blocks)]),
            np.concatenate([np.empty(0, np.uint64), *(block.ident for block in blocks)]),
            np.concatenate([none, *(self._numbers(part.prediction, len(part)) for part in parts)]),
            np.concatenate([none, *(self._numbers(part.label, len(part)) for part in parts)]),
            np.repeat(waiting.names.codes([block.version for block in blocks]), [len(block) for block in blocks]),
            waiting.names.codes(
                [text for block, column in zip(blocks, segments, strict=True) for text in _texts(column, len(block))]
            ),
            after[valid],
            whose[valid],
            values[valid],
        )
        found.arrivals = replace(found.arrivals, names=tuple(waiting.names)[known:])
        losses = waiting.take(found.arrivals)
        self.counts.update(waiting.counts)
        waiting.counts.clear()
        for place, block in enumerate(blocks):
            start, stop = np.searchsorted(losses.after_seq, [block.seq[0], block.seq[-1] + 1])
            blocks[place] = replace(block, losses=losses.where(slice(int(start), int(stop))))

    def _numbers(self, column: Floats | Objects | None, count: int) -> Floats:
        """Predictions or labels as numbers; equal categories are equal ones."""
        if column is None:
            return np.full(count, np.nan)
        if self._prediction != "category":
            return column.astype(np.float64)
        numbers = (hashes(column.tolist(), self._key) >> np.uint64(11)).astype(np.float64)
        numbers[[text is None for text in column]] = np.nan
        return numbers

    def _values(self, given: Sequence[float | str]) -> Floats:
        """Labels that came alone, as numbers; NaN for one that is none."""
        if self._prediction == "category":
            return self._numbers(objects([category(value) for value in given]), len(given))
        values = np.array([float("nan") if isinstance(value, str) else float(value) for value in given], np.float64)
        low, high = (0.0, 1.0) if self._prediction == "probability" else (-ABSURD, ABSURD)
        values[~((values >= low) & (values <= high))] = np.nan
        self.counts["labels_invalid"] += int(np.isnan(values).sum())
        return values

    def _wanted(self, idents: Hashes, at: Floats, horizon: float) -> Mask:
        fresh = self.seen.fresh(idents)
        self.counts["duplicates"] += len(fresh) - int(fresh.sum())
        # NaN is not ahead of anything.
        future = at > horizon + AHEAD
        self.counts["future"] += int((fresh & future).sum())
        kept: Mask = fresh & ~future
        return kept

    def _blocks(self, rows: Rows, idents: Hashes) -> list[Block]:
        if not len(rows):
            return []
        at = self._times(rows.at)
        seq = np.arange(self.seq, self.seq + len(rows), dtype=np.int64)
        self.seq += len(rows)
        self.counts["accepted"] += len(rows)
        losses = Losses()
        if self.waiting is None and rows.prediction is not None and rows.label is not None:
            losses = at_once(seq, loss(self._prediction, rows.prediction, rows.label))
        categorical: dict[str, Objects] = dict(rows.categorical)
        prediction = None
        if self._prediction == "category":
            given = [None] * len(rows) if rows.prediction is None else rows.prediction.tolist()
            categorical["prediction"] = objects(given)
        elif self._prediction:
            prediction = np.full(len(rows), np.nan) if rows.prediction is None else rows.prediction.astype(np.float64)
        whole = Block(seq, at, idents, rows.numeric, categorical, prediction, losses)
        if isinstance(rows.version, str):
            return [replace(whole, version=rows.version or self._version)]
        return [
            replace(whole.slice(a, b), version=rows.version[a] or self._version) for a, b in _stretches(rows.version)
        ]

    def _times(self, at: Floats) -> Floats:
        """The times of accepted rows: the last one's where one is absent, `seq` seconds where none was ever given."""
        given = ~np.isnan(at)
        if given.all():
            filled = at
        else:
            last = np.maximum.accumulate(np.where(given, np.arange(len(at)), -1))
            before = np.arange(self.seq, self.seq + len(at)) if self._last is None else np.full(len(at), self._last)
            filled = np.where(last >= 0, at[np.maximum(last, 0)], before.astype(np.float64))
        if given.any():
            own = at[given]
            previous = np.concatenate([[-np.inf if self._last is None else self._last], own[:-1]])
            self.counts["backwards"] += int((own < previous).sum())
            self._last = float(filled[-1])
        return filled


def _stretches(versions: Sequence[str]) -> list[tuple[int, int]]:
    cuts = [i for i in range(1, len(versions)) if versions[i] != versions[i - 1]]
    return list(zip([0, *cuts], [*cuts, len(versions)], strict=True))


def _texts(column: Objects | None, count: int) -> Sequence[str | None]:
    texts: list[str | None] = [None] * count if column is None else column.tolist()
    return texts
