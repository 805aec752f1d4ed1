"""Where a group of series stands between armed, raised and cleared, and what there is to tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["raised", "ongoing", "cleared"]


@dataclass(frozen=True)
class Latch:
    """An alarm that stands: which series, from which block on, raised at the end of which, how far, at what level.

    `again` counts how often the group had cleared before.
    """

    series: int
    since: int
    raised: int
    width: int
    z: float
    effect: float
    level: float
    after: int | None = None
    reminded: float = 0.0
    attempt: int = 1
    again: int = 0


@dataclass(frozen=True)
class Finding:
    """Something to tell: `end` is the position after the block that brought it."""

    state: State
    group: int
    end: int
    latch: Latch


@dataclass(frozen=True)
class Standing:
    """Where a group is: windows may reach back to `floor`; `latch` while an alarm stands."""

    floor: int = 0
    latch: Latch | None = None
    again: int = 0
