"""The detectors beside ours: each watches every feature, the missing, every category and the losses by itself.

They see values in standard deviations of the reference (the HDDMs, which are made for bounded values, the rank in it),
and 0 or 1 for missing or not and for each of the frequent categories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from river.base import DriftDetector
from river.drift import ADWIN

from benchmarks.drift import columns, kswin, seed_columns
from benchmarks.drift.score import Alarm
from benchmarks.drift.streams import BASELINE, COUNTRY, LABEL, Floats, Ints, Stream
from benchmarks.drift.windows import ks, psi, windowed

_CATEGORIES = 8
_SUSPECT = 0.002
"""ADWIN's own default."""

_CONFIRM = 1_000
"""Events after a suspicion within which it can be confirmed."""


T = TypeVar("T")


def _once_a_stream(costly: Callable[[Stream], T]) -> Callable[[Stream], T]:
    """The part that no setting changes is kept for as long as its stream is."""
    known: WeakKeyDictionary[Stream, T] = WeakKeyDictionary()

    def of(stream: Stream) -> T:
        if stream not in known:
            known[stream] = costly(stream)
        return known[stream]

    return of


@dataclass(frozen=True)
class Rival:
    """A detector with one setting. `grid` lists settings from sensitive to blind."""

    name: str
    alarms: Callable[[Stream, float], list[Alarm]]
    grid: tuple[float, ...]


@dataclass(frozen=True)
class Series:
    """Numbers of one place in the order of the events that brought them."""

    place: str
    seq: Ints
    values: Floats


def series(stream: Stream) -> Iterator[Series]:
    """All that a univariate detector is given."""
    seq = np.arange(len(stream))
    for place, name in enumerate(stream.names):
        x = stream.numeric[:, place]
        known = ~np.isnan(x)
        yield _standard(name, seq[known], x[known])
        if not known.all():
            yield Series(name, seq, 1.0 - known)
    if stream.codes is not None:
        frequent = np.argsort(-np.bincount(stream.codes[:BASELINE]), kind="stable")[:_CATEGORIES]
        for code in frequent.tolist():
            yield Series(COUNTRY, seq, (stream.codes == code).astype(np.float64))
    if stream.raw is not None:
        yield _standard(LABEL, stream.raw.after_seq, stream.raw.loss)


def _standard(place: str, seq: Ints, values: Floats) -> Series:
    reference = values[: np.searchsorted(seq, BASELINE)]
    return Series(place, seq, (values - reference.mean()) / max(float(reference.std()), 1e-12))


def _as_they_are(one: Series) -> Series:
    return one


def _ranked(one: Series) -> Series:
    reference = np.sort(one.values[: np.searchsorted(one.seq, BASELINE)])
    left, right = (np.searchsorted(reference, one.values, side) for side in ("left", "right"))
    return Series(one.place, one.seq, (left + right) / (2 * len(reference)))


def _streamed(one: Series, detector: DriftDetector) -> list[Alarm]:
    told = []
    for seq, value in zip(one.seq.tolist(), one.values.tolist(), strict=True):
        detector.update(value)
        if detector.drift_detected and seq >= BASELINE:
            told.append(Alarm(seq, one.place))
    return told


def _in_order(alarms: Iterable[Alarm]) -> list[Alarm]:
    return sorted(alarms, key=lambda alarm: alarm.seq)


def _river(make: Callable[[float], DriftDetector]) -> Callable[[Stream, float], list[Alarm]]:
    def alarms(stream: Stream, setting: float) -> list[Alarm]:
        return _in_order(alarm for one in series(stream) for alarm in _streamed(one, make(setting)))

    return alarms


def _columns(first: columns.First, view: Callable[[Series], Series]) -> Callable[[Stream, float], list[Alarm]]:
    def alarms(stream: Stream, setting: float) -> list[Alarm]:
        return _armed((one, columns.alarms(view(one).values, setting, first)) for one in series(stream))

    return alarms


def _seed(stream: Stream, delta: float) -> list[Alarm]:
    return _armed((one, seed_columns.alarms(one.values, delta)) for one in series(stream))


@_once_a_stream
def _distances(stream: Stream) -> list[tuple[Series, kswin.Distances]]:
    """Of each series, whose values are no longer needed."""
    found = ((one, kswin.distances(one.values)) for one in series(stream) if len(one.values) >= kswin.WINDOW)
    return [(Series(one.place, one.seq, np.empty(0)), distances.astype(np.int8)) for one, distances in found]


def _kswin(stream: Stream, least: float) -> list[Alarm]:
    """The setting is the distance in thirtieths."""
    return _armed((one, kswin.alarms(found, int(least))) for one, found in _distances(stream))


def _armed(told: Iterable[tuple[Series, list[int]]]) -> list[Alarm]:
    """Places in the series become alarms; those in the reference do not count."""
    every = (Alarm(int(one.seq[place]), one.place) for one, places in told for place in places)
    return _in_order(alarm for alarm in every if alarm.seq >= BASELINE)


def _latched(ends: Ints, values: Floats, bar: float) -> Ints:
    """Where the distance rises over the bar; the alarm stands until it has fallen to half."""
    told, standing = [], False
    for end, value in zip(ends.tolist(), values.tolist(), strict=True):
        if not standing and value > bar:
            told.append(end)
        standing = value > (bar / 2 if standing else bar)
    return np.array(told, np.int64)


def _windows(distance: Callable[[Floats, Floats], Floats], bins: int) -> Callable[[Stream, float], list[Alarm]]:
    def alarms(stream: Stream, bar: float) -> list[Alarm]:
        found = ((place, _latched(ends, values, bar)) for place, ends, values in windowed(stream, distance, bins))
        return _in_order(Alarm(end, place) for place, ends in found for end in ends.tolist())

    return alarms


@_once_a_stream
def _suspected(stream: Stream) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for one in series(stream):
        found.setdefault(one.place, []).extend(alarm.seq for alarm in _streamed(one, ADWIN(delta=_SUSPECT)))
    return found


def _two_stage(stream: Stream, bar: float) -> list[Alarm]:
    """ADWIN suspects, the stability index confirms, the alarm stands until the index has fallen to half."""
    suspected = _suspected(stream)
    told = []
    for place, ends, values in windowed(stream, psi, 10):
        suspicions = np.sort(np.array(suspected.get(place, []), np.int64))
        recent = np.searchsorted(suspicions, ends, "right") - np.searchsorted(suspicions, ends - _CONFIRM, "right")
        standing = False
        for end, value, suspects in zip(ends.tolist(), values.tolist(), recent.tolist(), strict=True):
            if not standing and value > bar and suspects:
                told.append(Alarm(end, place))
                standing = True
            standing = standing and value > bar / 2
    return _in_order(told)


def _confidences() -> tuple[float, ...]:
    return tuple(float(f"{10.0**-power:.4g}") for power in np.geomspace(0.5, 300, 40))


def _bars(low: float, high: float) -> tuple[float, ...]:
    return tuple(float(f"{bar:.4g}") for bar in np.geomspace(low, high, 60))


RIVALS: tuple[Rival, ...] = (
    Rival("ADWIN", _river(lambda delta: ADWIN(delta=delta)), _confidences()),
    Rival("ADWIN-PSI", _two_stage, _bars(0.002, 20)),
    Rival("PSI", _windows(psi, 10), _bars(0.02, 20)),
    Rival("KS", _windows(ks, 50), _bars(0.02, 1.0)),
    Rival("HDDM_A", _columns(columns.hddm_a, _ranked), _confidences()),
    Rival("HDDM_W", _columns(columns.hddm_w, _ranked), _confidences()),
    Rival("PageHinkley", _columns(columns.page_hinkley, _as_they_are), _bars(5, 20_000)),
    Rival("SEED", _seed, _confidences()),
    Rival("KSWIN", _kswin, tuple(float(least) for least in range(8, 31))),
)
