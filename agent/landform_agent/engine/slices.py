"""Slices: means of every series over a stretch of the stream, from which time lines are drawn.

Their ends are places of the stream, whatever the size of the blocks that come: after every 100 events at first, after
every 3,200 later, so that a long or busy stream costs little.
"""

from __future__ import annotations

from dataclasses import dataclass

from landform_agent.block import Floats

_EVENTS = 100
_STAGES = (12_800, 25_600, 51_200, 102_400, 204_800)
"""Events after which slices are twice as long; multiples of the longest, which is half of what a bank remembers."""


@dataclass(frozen=True)
class Slice:
    """`levels`: means of a lane's series over `count` events, from 0 to 1: normal scores, their squares, shares.

    `since` and `until` are in seconds since the epoch.
    """

    lane: str
    count: int
    since: float
    until: float
    levels: Floats


@dataclass(frozen=True)
class Line:
    """What a level means: of `category` a line tells the share; `usual` is the reference's level."""

    lane: str
    feature: str | None
    kind: str
    category: str | None
    usual: float


def cuts(before: int, now: int, per_block: int) -> list[tuple[int, int]]:
    """Where slices begin and end that `now` blocks fill and `before` blocks did not."""
    found: list[tuple[int, int]] = []
    while True:
        stage = sum((before + 1) * per_block > events for events in _STAGES)
        length = (_EVENTS // per_block) << stage
        end = (before // length + 1) * length
        if end > now:
            return found
        found.append((end - length, end))
        before = end
