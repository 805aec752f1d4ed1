"""What counts: hits, false alarms, delays, explanations, returns.

A hit is the first alarm on what changed, within the horizon of a change; further ones there are neutral, and so is one
that notices the return to the reference. Anything else is false.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.drift.streams import BASELINE, HORIZON, Episode, Floats, Stream

SINCE = 0.25
"""The estimated start may be wrong by this part of the delay."""

DRAWS = 2_000


@dataclass(frozen=True)
class Alarm:
    """An alarm on a place (a feature, `joint` or `label`), as far as the score needs it.

    Rivals estimate no start, name nothing and clear nothing: their `since` is None.
    """

    seq: int
    place: str
    since: int | None = None
    named: frozenset[str] = frozenset()
    cleared: bool = False


@dataclass(frozen=True)
class Hit:
    """The alarm that found a change: events from the change to it, and whether it says right what and since when."""

    delay: int
    first: bool
    since: bool


@dataclass(frozen=True)
class Outcome:
    """One detector on one stream.

    `hits` has one entry for each change, None where it was missed; `cleared` one for each return to the reference:
    the events until the alarm cleared, None where it did not. `false` counts false alarms in the `armed` events before
    the first change (or in all of a stationary stream), `stray` those after it.
    """

    hits: tuple[Hit | None, ...]
    cleared: tuple[int | None, ...]
    false: int
    stray: int
    armed: int


def outcome(stream: Stream, alarms: Sequence[Alarm]) -> Outcome:
    """Score the alarms of one detector, given in their order."""
    raised = [alarm for alarm in alarms if not alarm.cleared]
    found = [_found(stream, raised, number) for number in range(len(stream.episodes))]
    hits = tuple(None if alarm is None else _hit(stream, raised, alarm, number) for number, alarm in enumerate(found))
    right = {id(alarm) for alarm in found if alarm is not None}
    wrong = [alarm for alarm in raised if id(alarm) not in right and not _neutral(stream, found, alarm)]
    false = sum(alarm.seq < stream.first_change for alarm in wrong)
    returns = tuple(
        _cleared(stream, alarms, number) for number, one in enumerate(stream.episodes) if one.end < len(stream)
    )
    return Outcome(hits, returns, false, len(wrong) - false, stream.first_change - BASELINE)


def _within(episode: Episode, alarm: Alarm) -> bool:
    return episode.begin <= alarm.seq < min(episode.begin + HORIZON, episode.end)


def _found(stream: Stream, raised: Iterable[Alarm], number: int) -> Alarm | None:
    episode = stream.episodes[number]
    return next((one for one in raised if one.place in stream.touched and _within(episode, one)), None)


def _hit(stream: Stream, raised: Iterable[Alarm], alarm: Alarm, number: int) -> Hit:
    episode = stream.episodes[number]
    delay = alarm.seq - episode.begin + 1
    first = next(one for one in raised if one.seq >= episode.begin)
    named = not stream.named or not alarm.named or bool(alarm.named <= stream.named)
    near = alarm.since is not None and abs(alarm.since - episode.begin) <= SINCE * delay
    return Hit(delay, first is alarm and named, near)


def _neutral(stream: Stream, found: Sequence[Alarm | None], alarm: Alarm) -> bool:
    """On what changed, after a hit; or soon after the law went back."""
    if alarm.place not in stream.touched:
        return False
    after_hit = any(hit is not None and hit.seq <= alarm.seq for hit in found)
    return after_hit or any(one.end <= alarm.seq < one.end + HORIZON for one in stream.episodes)


def _cleared(stream: Stream, alarms: Iterable[Alarm], number: int) -> int | None:
    """Events from the return to the reference to the alarm's clearing, if it comes before the next change."""
    end = stream.episodes[number].end
    until = stream.episodes[number + 1].begin if number + 1 < len(stream.episodes) else len(stream)
    clearing = (one.seq for one in alarms if one.cleared and one.place in stream.touched and end <= one.seq < until)
    first = next(clearing, None)
    return None if first is None else first - end + 1


@dataclass
class Score:
    """Outcomes of one detector over many streams; each stream's stay together, for the bootstrap."""

    outcomes: list[Outcome] = field(default_factory=list)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Take in more streams."""
        self.outcomes.extend(outcomes)

    @property
    def hits(self) -> list[Hit]:
        """Changes that were found."""
        return [hit for one in self.outcomes for hit in one.hits if hit is not None]

    @property
    def changes(self) -> int:
        """Changes there were."""
        return sum(len(one.hits) for one in self.outcomes)

    @property
    def false(self) -> int:
        """False alarms without a change before them."""
        return sum(one.false for one in self.outcomes)

    @property
    def stray(self) -> int:
        """False alarms after a change."""
        return sum(one.stray for one in self.outcomes)

    @property
    def armed(self) -> int:
        """Events in which any alarm is false."""
        return sum(one.armed for one in self.outcomes)

    @property
    def delays(self) -> Floats:
        """Of every change; a missed one counts the horizon."""
        return np.array([HORIZON if hit is None else hit.delay for one in self.outcomes for hit in one.hits], float)

    @property
    def f1(self) -> float:
        """Of hits, with all false alarms."""
        hits = len(self.hits)
        return 2 * hits / max(hits + self.false + self.stray + self.changes, 1)

    @property
    def rate(self) -> float:
        """False alarms for each 100,000 armed events."""
        return 1e5 * self.false / max(self.armed, 1)

    def rate_interval(self, seed: int) -> tuple[float, float]:
        """The 95 % interval of `rate`, by bootstrap over streams."""
        counts = np.array([(one.false, one.armed) for one in self.outcomes], float)
        picks = np.random.default_rng(seed).integers(len(counts), size=(DRAWS, len(counts)))
        false, armed = counts[picks].sum(axis=1).T
        low, high = np.quantile(1e5 * false / np.maximum(armed, 1), [0.025, 0.975])
        return float(low), float(high)


def lead(ours: Floats, theirs: Floats, seed: int) -> tuple[float, float]:
    """The 95 % interval of their median delay less ours, by bootstrap over the changes that both met, paired."""
    picks = np.random.default_rng(seed).integers(len(ours), size=(DRAWS, len(ours)))
    low, high = np.quantile(np.median(theirs[picks], axis=1) - np.median(ours[picks], axis=1), [0.025, 0.975])
    return float(low), float(high)
