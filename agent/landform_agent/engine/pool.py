"""What is known of the usual level: the reference, and the calm traffic after it.

A window is compared with the mean of everything before it that no alarm touched, the reference first of all. The error
of 5,000 rows alone hides whatever is slow or depends on its past. Only so much is taken in (`MOST` references in all):
what wanders for weeks is held against a level that stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from landform_agent.block import Floats, Ints
from landform_agent.engine.scan import UNIT, Bools, Indices, Totals, Yardstick

MOST = 4
"""References' worth of rows of which the level is learnt, the reference itself among them."""


_OFF = 1.5
"""Standard errors by which the reference's level may be wrong for windows still to be looked at."""

_NEAREST = 0.5

_MOST_TOGETHER = 10
"""Events of a category that was never seen count as one, at most: a new one that stays is to be told within a few."""


def reach_of(yard: Yardstick, bar: Floats, widths: Floats) -> Floats:
    """How far from the reference's level a window must be for it to pass, once the level is known better.

    For each width in observations and each series.
    """
    known, best = yard.count, (MOST - 1) * yard.count
    now, then = (np.sqrt([yard.variance(width, more) for width in widths.tolist()]) for more in (0, best))
    reach: Floats = np.clip((bar * then - _OFF / np.sqrt(known)) / now, _NEAREST * bar, bar)
    return reach


@dataclass(frozen=True)
class PoolState:
    """`sums` of each series: of all blocks, of what was left out, up to the alarm that stands, of a full pool; and how
    many events of what was never seen came at once, at most.

    `blocks` of each group: left out, since when an alarm stands (-1 where none does), and whether the pool is full.
    """

    sums: Ints
    blocks: Ints


@dataclass(frozen=True)
class Usual:
    """What windows are compared with: a level each, known from `more` observations beyond the reference's.

    Of what was never seen so many events as `together` came at once before, and count as one. `levels` gives those of
    other series, for windows that start at rows of the totals; the reference's where None.
    """

    level: Floats
    more: Floats
    together: Floats
    levels: Callable[[Indices, Indices], Usual] | None = None

    def pick(self, chosen: Bools | Indices) -> Usual:
        """Some of them."""
        return Usual(self.level[chosen], self.more[chosen], self.together[chosen], self.levels)

    def levels_of(self, yard: Yardstick, series: Indices, starts: Indices) -> Floats:
        """The levels that other series have for the same windows, (windows, series)."""
        if self.levels is None:
            return np.broadcast_to(yard.mean[series], (len(starts), len(series)))
        every, each = np.tile(series, len(starts)), np.repeat(starts, len(series))
        return self.levels(every, each).level.reshape(len(starts), len(series))


def usual_of(yard: Yardstick, series: Indices) -> Usual:
    """The reference alone."""
    return Usual(yard.mean[series], np.zeros(len(series)), np.ones(len(series)))


class Pool:
    """Sums of the calm traffic of a lane's series. Series of a group are left out together while an alarm stands.

    But a category that was never seen and has gone again is no longer new: of the series `new` events count then, and
    how many came at once is kept.
    """

    def __init__(self, yard: Yardstick, group_of: Ints, groups: int, per_block: int, new: tuple[int, ...] = ()) -> None:
        self._yard, self._per_block = yard, per_block
        self._news = yard.never & np.isin(np.arange(len(yard.mean)), new)
        self._group_of = np.maximum(group_of, 0)
        self._room = (MOST - 1) * yard.count // per_block
        self._all, self._left_out, self._before, self._full = np.zeros((4, len(yard.mean)), np.int64)
        self._together = np.ones(len(yard.mean), np.int64)
        self._out, self._since, self._is_full = np.zeros((3, groups), np.int64)
        self._since -= 1

    def add(self, sums: Ints) -> None:
        """More blocks."""
        self._all += sums.sum(axis=0)

    def _until(self, total: Totals, series: Indices, rows: Indices) -> Ints:
        """Exact sums from the lane's beginning to rows of its running totals, which know them modulo 2^32."""
        rest = total[-1, series] - total[np.clip(rows, 0, len(total) - 1), series]
        until: Ints = self._all[series] - rest
        return until

    def usual(self, total: Totals, base: int, series: Indices, starts: Indices) -> Usual:
        """What windows that start at blocks `starts` are compared with."""
        group = self._group_of[series]
        latched, end = self._since[group] >= 0, self._room + self._out[group]
        cut = np.minimum(np.where(latched, np.minimum(starts, self._since[group]), starts), end)
        sums = np.where(latched, self._before[series], self._until(total, series, cut - base)) - self._left_out[series]
        known = np.where((self._is_full[group] > 0) & (cut == end), self._full[series], sums)
        more = np.maximum(cut - self._out[group], 0) * float(self._per_block)
        # What was never seen is surer to be rare than one reference says; each more without it makes it rarer still.
        before = np.minimum(self._yard.known[series], self._yard.count)
        level = (self._yard.mean[series] * before + known) / (before + more)
        return Usual(level, more, self._together[series].astype(np.float64))

    def fill(self, total: Totals, base: int) -> None:
        """Pools that have come to their end keep what they have."""
        done = (self._is_full == 0) & (self._since < 0) & (base + len(total) - 1 >= self._room + self._out)
        if done.any():
            self._keep(done, np.flatnonzero(done[self._group_of]), total, base)

    def _keep(self, done: Bools, series: Indices, total: Totals, base: int) -> None:
        rows = self._room + self._out[self._group_of[series]] - base
        self._full[series] = self._until(total, series, rows) - self._left_out[series]
        self._is_full[done] = 1

    def leave(self, group: int, series: Indices, since: int, total: Totals, base: int) -> None:
        """An alarm of the group stands from now on; what came since the change began counts no more."""
        if self._since[group] < 0:
            end = self._room + self._out[group]
            if since < end:
                self._is_full[group], self._full[series] = 0, 0
            elif not self._is_full[group]:
                # It came to its end among the blocks that are looked at now.
                self._keep(np.arange(len(self._since)) == group, series, total, base)
            self._since[group] = since
            self._before[series] = self._until(total, series, np.full(len(series), since - base))

    def back(self, group: int, series: Indices, end: int, total: Totals, base: int) -> None:
        """The group is calm again from `end` on."""
        came = self._until(total, series, np.full(len(series), end - base)) - self._before[series]
        news = self._news[series]
        self._left_out[series] += np.where(news, 0, came)
        self._full[series] += np.where(news, came * self._is_full[group], 0)
        self._together[series] = np.maximum(
            self._together[series], np.where(news, np.minimum(came // UNIT, _MOST_TOGETHER), 1)
        )
        self._out[group] += end - self._since[group]
        self._since[group] = -1

    def state(self) -> PoolState:
        """What a later pool goes on from."""
        return PoolState(
            np.stack([self._all, self._left_out, self._before, self._full, self._together]),
            np.stack([self._out, self._since, self._is_full]),
        )

    def restore(self, state: PoolState) -> None:
        """Go on from there."""
        self._all, self._left_out, self._before, self._full, self._together = state.sums.copy()
        self._out, self._since, self._is_full = state.blocks.copy()
