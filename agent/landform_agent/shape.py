"""The form of what comes: lines that cannot be read, and lines with columns that nobody knows, tell a person."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import msgspec

from landform_agent.engine import Alarm, Settings, schema_alarm

WINDOW: Final = 1_000
# Of the last thousand lines: rejects, and lines of another form.
REJECTS: Final = 50
OTHERS: Final = 100
# Where traffic is slow, so many lines of another form, and no other, over so many seconds.
FEW: Final = 5
LASTING: Final = 300.0
# It is over when a thousand lines came since with at most so many odd ones among them.
OVER: Final = 10
_REASONS: Final = 3


class Odd(NamedTuple):
    """A line that could not be read, by its reason; without one it has more columns than the watch knows."""

    line: int
    reason: str


class Place(NamedTuple):
    """Where in the stream a line stands: the last event before it, that one's time, and its model version."""

    seq: int
    at: float
    version: str


class _Mark(msgspec.Struct, array_like=True):
    line: int
    reason: str
    seq: int
    at: float


class _Kept(msgspec.Struct):
    lines: int
    marks: list[_Mark]
    run: list[_Mark]
    standing: Alarm | None
    raised: int
    told: float
    learnt: tuple[int, int]


@dataclass(frozen=True)
class Lines:
    """So many lines, the odd ones among them, and where each stands; the first `learning` are the reference's."""

    count: int
    odd: Sequence[Odd]
    place: Callable[[int], Place]
    learning: int


class Shape:
    """Looks at each line once: the same alarms for any grouping.

    Where most lines of the reference had columns that nobody knows, such lines are as they should be.
    """

    def __init__(self, settings: Settings, kept: bytes | None = None) -> None:
        self._settings = settings
        state = msgspec.msgpack.decode(kept, type=_Kept) if kept else _Kept(0, [], [], None, 0, 0.0, (0, 0))
        self._lines, self._marks, self._run = state.lines, deque(state.marks), state.run
        self._standing, self._raised, self._told = state.standing, state.raised, state.told
        self._learnt = state.learnt

    def dumps(self) -> bytes:
        """What is kept of it."""
        alarm = (self._standing, self._raised, self._told)
        return msgspec.msgpack.encode(_Kept(self._lines, list(self._marks), self._run, *alarm, self._learnt))

    def look(self, lines: Lines) -> list[Alarm]:
        """The alarms of these lines."""
        alarms: list[Alarm] = []
        learnt = min(lines.learning, lines.count)
        others = sum(not odd.reason and odd.line < learnt for odd in lines.odd)
        self._learnt = (self._learnt[0] + learnt, self._learnt[1] + others)
        usual = 2 * self._learnt[1] > self._learnt[0]
        before = -1
        for odd in lines.odd:
            if not odd.reason and (usual or odd.line < learnt):
                continue
            alarms += self._cleared(lines, odd.line)
            place = lines.place(odd.line)
            mark = _Mark(self._lines + odd.line, odd.reason, place.seq, place.at)
            if odd.line > before + 1:
                self._run = []
            alarms += self._odd(mark, place)
            before = odd.line
        if lines.count > before + 1:
            self._run = []
        alarms += self._cleared(lines, lines.count)
        self._lines += lines.count
        return alarms

    def _odd(self, mark: _Mark, place: Place) -> list[Alarm]:
        self._marks.append(mark)
        while self._marks[0].line <= mark.line - WINDOW:
            self._marks.popleft()
        # Of a long run the beginning tells all.
        self._run = [] if mark.reason else [*self._run[: FEW - 1], mark]
        if self._standing:
            return self._again(place)
        others = sum(not one.reason for one in self._marks)
        rejects = len(self._marks) - others
        lasting = len(self._run) == FEW and place.at - self._run[0].at >= LASTING
        if rejects <= REJECTS and others < OTHERS and not lasting:
            return []
        counted, bar = (rejects, REJECTS) if rejects > REJECTS else (others, FEW if lasting else OTHERS)
        first = self._marks[0]
        reasons = Counter(one.reason or "columns that the watch does not know" for one in self._marks)
        alarm = schema_alarm(
            self._settings,
            place.version,
            place.seq,
            place.at,
            first.seq + 1,
            first.at,
            float(counted),
            float(bar),
            {
                "lines": float(len(self._marks)),
                "of_last": float(min(mark.line + 1, WINDOW)),
                "reasons": [f"{count} x {reason}" for reason, count in reasons.most_common(_REASONS)],
            },
        )
        self._standing, self._raised, self._told = alarm, mark.line, place.at
        return [alarm]

    def _again(self, place: Place) -> list[Alarm]:
        assert self._standing
        if place.at - self._told < self._settings.remind:
            return []
        self._told = place.at
        self._standing = replace(
            self._standing, state="ongoing", attempt=self._standing.attempt + 1, seq=place.seq, at=place.at
        )
        return [self._standing]

    def _cleared(self, lines: Lines, until: int) -> list[Alarm]:
        """Whether the alarm was over at a line before this one: the first at which it was."""
        if not self._standing:
            return []
        over = self._raised + WINDOW
        if len(self._marks) > OVER:
            over = max(over, self._marks[-OVER - 1].line + WINDOW)
        index = over - self._lines
        if index >= until:
            return []
        place = lines.place(max(index, 0))
        alarm = replace(self._standing, state="cleared", seq=place.seq, at=place.at)
        self._standing = None
        return [alarm]
