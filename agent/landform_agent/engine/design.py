"""What a lane is made by, from a fit to the next: a yardstick, thresholds, and which series belong together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landform_agent.block import Floats
from landform_agent.engine.calibration import height
from landform_agent.engine.measure import LEAST_EFFECT
from landform_agent.engine.scan import Indices, Yardstick


@dataclass(frozen=True)
class Group:
    """Series of one feature that are latched together.

    `upward`: only a larger mean is an alarm. `apart`: an alarm clears by its own series, whatever the others do.
    `leading`: the series that an alarm is told of where it passes too: values that all went up lie far from what was
    usual, but their level is what changed.
    """

    name: str
    series: tuple[int, ...]
    upward: bool = False
    apart: bool = False
    leading: int = -1


@dataclass(frozen=True)
class Design:
    """What does not change while a lane runs. `bar` is what windows of a series have to pass, long ones less.

    `least` is the smallest effect that is told, in deviations of a series that is no share.
    """

    yard: Yardstick
    bar: Floats
    groups: tuple[Group, ...]
    lengths: tuple[int, ...]
    per_block: int
    settle: int
    least: float = LEAST_EFFECT

    def height(self, series: int | Indices | slice, blocks: float | Floats | Indices) -> Floats:
        """What windows of so many blocks have to pass; of a share that is counted all the same."""
        bar = self.bar[series]
        return np.where(self.yard.counted[series], bar, height(bar, np.asarray(blocks)))

    @property
    def group_of(self) -> Indices:
        """The number of each series' group, -1 where it is in none."""
        found = np.full(len(self.yard.mean), -1, np.intp)
        for number, group in enumerate(self.groups):
            found[list(group.series)] = number
        return found

    @property
    def heights(self) -> Floats:
        """For each length and series."""
        return self.height(slice(None), np.array(self.lengths)[:, None])
