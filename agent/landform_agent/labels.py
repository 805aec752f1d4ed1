"""Labels that come late: predictions wait for theirs, and each loss counts once, at an event that no batch size moves.

With `lag` a prediction is judged when the stream's own time is past its event by so much, in the order of the events:
labels of one kind that come sooner (fraud is known before good faith is) move nothing. With `complete` it is judged at
the first event after its label.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats, Hashes, Ints, Losses, Objects
from landform_agent.pending import ROW, Names, Pending, Table

Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

CLIP: Final = 1e-6
# After so many events it is seen to that no more predictions wait than may.
SIEVE: Final = 1 << 16
# A label that came before its event waits for so many events, and while so many other labels come.
EARLY: Final = 1 << 16
_ODD: Final = np.uint64(0x9E3779B97F4A7C15)


def loss(kind: str | None, prediction: Floats | Objects, label: Floats | Objects) -> Floats:
    """Log loss of a probability (clipped at 1e-6), 0 or 1 for a category, else the absolute error; NaN if unknown."""
    if kind == "category" and prediction.dtype == np.object_:
        known = np.array([p is not None and y is not None for p, y in zip(prediction, label, strict=True)], np.bool_)
        return np.where(known, (prediction != label).astype(np.float64), np.nan)
    p, y = prediction.astype(np.float64), label.astype(np.float64)
    if kind == "category":
        return np.where(np.isfinite(p) & np.isfinite(y), p != y, np.nan)
    if kind != "probability":
        return np.abs(p - y)
    p = np.clip(p, CLIP, 1 - CLIP)
    return np.where((y >= 0) & (y <= 1), -(y * np.log(p) + (1 - y) * np.log1p(-p)), np.nan)


def at_once(seq: Ints, losses: Floats) -> Losses:
    """Losses that count at their own event."""
    known = np.isfinite(losses)
    return Losses(seq[known], losses[known])


@dataclass(frozen=True)
class Arrivals:
    """What came in one go: events as columns, and labels between them.

    `given` is the label that came with an event, else NaN. Of each label `after` says how many of these events came
    before it. Categories are numbers by now, equal ones the same; `names` are those that versions and segments met.
    """

    first: int
    time: Floats
    ident: Hashes
    prediction: Floats
    given: Floats
    version: Codes
    segment: Codes
    after: Ints
    whose: Hashes
    value: Floats
    names: tuple[str | None, ...] = ()

    def part(self, start: int, stop: int, labels: slice) -> Arrivals:
        """Some of the events, and some of the labels."""
        here = slice(start, stop)
        return Arrivals(
            self.first + start,
            self.time[here],
            self.ident[here],
            self.prediction[here],
            self.given[here],
            self.version[here],
            self.segment[here],
            self.after[labels] - start,
            self.whose[labels],
            self.value[labels],
        )

    def dumps(self) -> bytes:
        """These arrivals, to be taken again after a restart."""
        return msgspec.msgpack.encode(self, enc_hook=_plain)

    @staticmethod
    def loads(data: bytes) -> Arrivals:
        """What `dumps` wrote."""
        return msgspec.msgpack.decode(data, type=Arrivals, dec_hook=_array)


class _Kept(msgspec.Struct):
    level: int
    number: int
    latest: float
    told: float
    early: dict[int, tuple[float, int, int]]
    held: list[tuple[int, float, int, int]]
    names: list[str | None]
    rows: bytes


@dataclass(frozen=True)
class _Found:
    """Labels with their predictions: place, label number, value, the event of a part at which both are there."""

    place: Ints
    number: Ints
    value: Floats
    event: Ints
    early: Mask

    def where(self, chosen: Mask | Ints) -> _Found:
        return _Found(*(column[chosen] for column in vars(self).values()))

    def then(self, other: _Found) -> _Found:
        columns = zip(vars(self).values(), vars(other).values(), strict=True)
        return _Found(*(np.concatenate(pair) for pair in columns))


@dataclass(frozen=True)
class _Judged:
    """Losses with the event of a part at which each counts, and their order among those of one event."""

    at: Ints
    order: Ints
    loss: Floats
    version: Codes
    segment: Codes


class Waiting:
    """Predictions whose labels have not come, or are not due. `lag` is in seconds of the stream's own time.

    What waits is bounded: where more than `keep` predictions do, those of every other id hash are given up, and again,
    until they fit. The same arrivals, however they are grouped, give the same losses.
    """

    def __init__(self, kind: str | None, lag: float | None, keep: int, complete: bool = False) -> None:
        self._kind, self._keep, self._complete = kind, keep, complete
        self._lag = np.inf if lag is None else lag
        self._every = max(1, min(SIEVE, keep // 8))
        self._level = self._number = 0
        self._latest, self._told = -np.inf, np.nan
        self._pending = Pending()
        self._early: OrderedDict[int, tuple[float, int, int]] = OrderedDict()
        self._held: list[tuple[int, float, int, int]] = []
        self.names = Names()
        self.counts: Counter[str] = Counter()

    def figures(self) -> dict[str, float]:
        """What is told of labels: how many predictions wait, and the stream's time since the last label."""
        age = self._latest - self._told
        return {"labels_waiting": float(len(self._pending)), "label_age_seconds": age if np.isfinite(age) else 0.0}

    def dumps(self) -> bytes:
        """All that waits."""
        kept = (self._level, self._number, self._latest, self._told, dict(self._early), self._held, list(self.names))
        return msgspec.msgpack.encode(_Kept(*kept, self._pending.rows.tobytes()))

    def restore(self, data: bytes) -> None:
        """Be as `dumps` wrote."""
        kept = msgspec.msgpack.decode(data, type=_Kept)
        self._level, self._number, self._latest, self._told = kept.level, kept.number, kept.latest, kept.told
        self._early, self._held, self.names = OrderedDict(kept.early), kept.held, Names(kept.names)
        self._pending = Pending()
        self._pending.add(np.frombuffer(kept.rows, ROW))

    def take(self, arrivals: Arrivals) -> Losses:
        """The losses that these arrivals bring about, at their events."""
        self.names.extend(arrivals.names)
        found = [(part.first, self._part(part)) for part in self._parts(arrivals)]
        at = np.concatenate([first + judged.at for first, judged in found])
        losses = np.concatenate([judged.loss for _, judged in found])
        known = np.isfinite(losses)
        self.counts["labels_judged"] += int(known.sum())
        version = np.concatenate([judged.version for _, judged in found])[known]
        segment = np.concatenate([judged.segment for _, judged in found])[known]
        return Losses(at[known], losses[known], self.names.texts(version), self.names.texts(segment))

    def _parts(self, whole: Arrivals) -> Iterator[Arrivals]:
        """Cut behind the events at which it is seen to the bound; what comes right behind such an event is later."""
        start, label, count = 0, 0, len(whole.time)
        while (stop := start + self._every - (whole.first + start) % self._every) <= count:
            last = int(np.searchsorted(whole.after, stop, side="left"))
            yield whole.part(start, stop, slice(label, last))
            self._sieve()
            start, label = stop, last
        yield whole.part(start, count, slice(label, None))

    def _part(self, new: Arrivals) -> _Judged:
        time = np.maximum.accumulate(np.maximum(new.time, self._latest))
        numbers = self._number + np.arange(len(new.whose))
        waits = self._waits(new)
        first = len(self._pending)
        self._pending.add(self._rows(new, time, waits))
        found = self._match(new, waits, first, time, numbers)
        self._latest = float(time[-1]) if len(time) else self._latest
        self._told = self._latest if len(new.whose) or np.isfinite(new.given).any() else self._told
        self.counts["labels"] += len(new.whose) + int(np.isfinite(new.given).sum())
        rows = self._pending.rows
        # Past the lag, not at its very end: a label that comes at its last moment is in time.
        due = rows["due"][: int(np.searchsorted(rows["due"], self._latest, side="left"))]
        if self._complete:
            judged = self._at_labels(new, rows, found)
        else:
            rows["label"][found.place] = found.value
            judged = self._at_maturity(rows[: len(due)], np.searchsorted(time, due, side="right"))
        self._number += len(new.whose)
        self._pending.drop(len(due))
        return judged

    def _chosen(self, ident: Hashes) -> Mask:
        chosen: Mask = (ident >> np.uint64(8)) & np.uint64((1 << self._level) - 1) == 0
        return chosen

    def _waits(self, new: Arrivals) -> Ints:
        """The events whose predictions wait: with an id, or a label that is not due yet."""
        given = np.isfinite(new.given)
        seq = (new.first + np.arange(len(given))).astype(np.uint64)
        waits = np.isfinite(new.prediction) & self._chosen(np.where(new.ident == 0, seq * _ODD, new.ident))
        waits &= (new.ident != 0) & ~given if self._complete else (new.ident != 0) | given
        return np.flatnonzero(waits)

    def _rows(self, new: Arrivals, time: Floats, waits: Ints) -> Table:
        rows = np.empty(len(waits), ROW)
        rows["seq"], rows["due"] = new.first + waits, time[waits] + self._lag
        for name, column in (("ident", new.ident), ("prediction", new.prediction), ("label", new.given)):
            rows[name] = column[waits]
        rows["version"], rows["segment"] = new.version[waits], new.segment[waits]
        return rows

    def _match(self, new: Arrivals, waits: Ints, first: int, time: Floats, numbers: Ints) -> _Found:
        """Labels with what waits for them. One that comes once its prediction is due is too late."""
        before = self._number + np.searchsorted(new.after, np.arange(len(new.time)), side="right")
        places = self._pending.find(new.whose)
        remembered = self._remembered(new, waits, first, before)
        for label in np.flatnonzero((places < 0) & self._chosen(new.whose)).tolist():
            self._remember(int(new.whose[label]), float(new.value[label]), new.first + int(new.after[label]), label)
        match = np.flatnonzero(places >= 0)
        place, after, number = places[match], new.after[match], numbers[match]
        event, fresh = np.full(len(match), -1), place >= first
        event[fresh] = waits[place[fresh] - first]
        early = event >= after
        fits = after <= np.searchsorted(time, self._pending.rows["due"][place], side="right")
        fits[early] = (event - after)[early] < EARLY
        fits[early] &= before[event[early]] - number[early] <= EARLY
        now = _Found(place, number, new.value[match], np.where(early, event, after), early).where(fits)
        return remembered.then(now) if len(remembered.place) else now

    def _remembered(self, new: Arrivals, waits: Ints, first: int, before: Ints) -> _Found:
        """Labels that came before these events."""
        found = []
        for place, event in enumerate(waits.tolist() if self._early else (), first):
            label = self._early.pop(int(new.ident[event]), None)
            if label and new.first + event - label[1] < EARLY and before[event] - label[2] <= EARLY:
                found.append((place, label[2], label[0], event, True))
        columns = np.array(found, np.float64).reshape(len(found), 5).T
        return _Found(*(column.astype(kind) for column, kind in zip(columns, "qqdq?", strict=True)))

    def _remember(self, ident: int, value: float, seq: int, label: int) -> None:
        self._early.pop(ident, None)
        self._early[ident] = (value, seq, self._number + label)
        if len(self._early) > EARLY:
            self._early.popitem(last=False)

    def _at_maturity(self, rows: Table, ripe: Ints) -> _Judged:
        told = np.isfinite(rows["label"])
        self.counts["labels_absent"] += int((~told).sum())
        rows = rows[told]
        losses = loss(self._kind, rows["prediction"], rows["label"])
        return _Judged(ripe[told], rows["seq"], losses, rows["version"].copy(), rows["segment"].copy())

    def _at_labels(self, new: Arrivals, rows: Table, found: _Found) -> _Judged:
        """The losses of complete labels: the last before its event or else the first behind it counts."""
        order = np.lexsort((np.where(found.early, -found.number, found.number), ~found.early, found.place))
        found = found.where(order)
        first = np.ones(len(order), np.bool_)
        first[1:] = found.place[1:] != found.place[:-1]
        found = found.where(first & np.isnan(rows["label"][found.place]))
        rows["label"][found.place] = found.value
        mine = rows[found.place]
        own = np.flatnonzero(np.isfinite(new.given) & np.isfinite(new.prediction))
        before = self._number + np.searchsorted(new.after, own, side="right")
        held = np.array(self._held, [("number", "i8"), ("loss", "f8"), ("version", "i4"), ("segment", "i4")])
        losses = (
            held["loss"],
            loss(self._kind, mine["prediction"], found.value),
            loss(self._kind, new.prediction[own], new.given[own]),
        )
        judged = _Judged(
            np.concatenate([np.zeros(len(held), np.int64), found.event, own]),
            np.concatenate([2 * held["number"], 2 * found.number, 2 * before - 1]),
            np.concatenate(losses),
            np.concatenate([held["version"], mine["version"], new.version[own]]),
            np.concatenate([held["segment"], mine["segment"], new.segment[own]]),
        )
        return self._hold(judged, len(new.time))

    def _hold(self, judged: _Judged, count: int) -> _Judged:
        order = np.lexsort((judged.order, judged.at))
        now, later = (order[mask] for mask in (judged.at[order] < count, judged.at[order] >= count))
        columns = (judged.order[later] // 2, judged.loss[later], judged.version[later], judged.segment[later])
        self._held = list(zip(*(column.tolist() for column in columns), strict=True))
        return _Judged(*(column[now] for column in vars(judged).values()))

    def _sieve(self) -> None:
        """See to the bound: by halves of the ids, which labels cannot influence."""
        pending = self._pending
        if len(pending) > self._keep and self._complete:
            pending.keep(np.isnan(pending.rows["label"]))
        while len(pending) > self._keep:
            self._level += 1
            seq = pending.rows["seq"].astype(np.uint64)
            chosen = self._chosen(np.where(pending.rows["ident"] == 0, seq * _ODD, pending.rows["ident"]))
            self.counts["labels_given_up"] += int((~chosen).sum())
            pending.keep(chosen)
        if self._level and len(pending) < self._keep // 4:
            self._level -= 1


def _plain(value: Any) -> object:
    return [value.dtype.str, value.tobytes()]


def _array(kind: type, value: Any) -> object:
    return np.frombuffer(value[1], value[0])
