"""A lane: series that advance together, and for each group of them the way from armed to raised to cleared.

Positions are counts of blocks since the lane began. `advance` sees each block once, and what it finds depends only on
the blocks, never on how many come at a time.
"""

from __future__ import annotations

import numpy as np

from landform_agent.block import Floats, Ints
from landform_agent.engine.design import Design
from landform_agent.engine.measure import Measure
from landform_agent.engine.pool import Pool, usual_of
from landform_agent.engine.ring import Ring
from landform_agent.engine.scan import Bools, Indices, Scan, Totals, Windows, shortest_window
from landform_agent.engine.standing import Finding, Standing
from landform_agent.engine.walk import Confirm, View
from landform_agent.engine.wander import Wander


class Lane:
    """The running part: totals of the recent past, and where each group stands.

    `reach` finds windows to look at, `measure` judges them.
    """

    def __init__(
        self,
        design: Design,
        measure: Measure,
        reach: Scan,
        width: int,
        pool: Pool | None = None,
        wander: Wander | None = None,
    ) -> None:
        self.design, self.measure = design, measure
        self.standing = [Standing() for _ in design.groups]
        self.total = Ring(width, np.int32, design.lengths[-1] + 1)
        self.total.append(np.zeros((1, width), np.int32))
        self.wander = wander
        self._as_fitted = self._reach = reach
        self._group_of = design.group_of
        self.pool = pool

    @property
    def position(self) -> int:
        """Blocks seen."""
        return self.total.count - 1

    def extend(self, sums: Ints) -> None:
        """Add blocks to the totals; the sums of their windows stay exact modulo 2^32."""
        before = self.total.rows[-1].copy()
        place = self.total.append(sums)
        np.cumsum(place, axis=0, out=place)
        place += before

    def restore(self, sums: Ints, position: int) -> None:
        """Go on at a position, from the sums of the recent blocks before it."""
        self.extend(sums)
        self.total.count = position + 1

    def advance(self, sums: Ints, clock: Floats, remind: float, confirm: Confirm) -> list[Finding]:
        """Take new block sums; `clock` is the time at the end of each one, `remind` how long an alarm stands unsaid."""
        self.extend(sums)
        findings: list[Finding] = []
        total, start = self.total.rows, 0
        while start < len(sums):
            # What a stretch proves holds from its end on, however many blocks come at a time.
            seen = self.total.first + len(total) - 1 - len(sums) + start
            rest = len(sums) if self.wander is None else self.wander.rest(seen)
            stop = min(len(sums), start + rest)
            until: Totals = total[: len(total) - len(sums) + stop]
            findings += self._advance(until, sums[start:stop], clock[start:stop], remind, confirm)
            if self.wander is not None and stop - start == rest:
                now = self.total.first + len(until) - 1
                since = [-1 if here.latch is None else now - here.latch.since for here in self.standing]
                self.wander.learn(self.measure, until, np.array(since))
                self.see()
            start = stop
        return findings

    def see(self) -> None:
        """Look at what stands out beside all that is known of how far means stray."""
        if self.wander is not None:
            self._reach = self._as_fitted.farther(self.wander.table(self.design.lengths))

    def _advance(self, total: Totals, sums: Ints, clock: Floats, remind: float, confirm: Confirm) -> list[Finding]:
        """The last blocks of the totals are new."""
        if self.pool is not None:
            self.pool.add(sums)
        first = len(total) - len(sums)
        view = View(
            self.design, self.measure, total, self.total.first, first, clock, remind, confirm, self.pool, self.wander
        )
        findings = self._walked(view, self._reach.outstanding(total, first, self.total.first))
        if self.pool is not None:
            self.pool.fill(total, self.total.first)
        return findings

    def _walked(self, view: View, windows: Windows) -> list[Finding]:
        latched = {number for number, here in enumerate(self.standing) if here.latch}
        if not len(windows.end) and not latched:
            return []
        windows = windows.pick(self._group_of[windows.series] >= 0)
        floors = np.array([here.floor for here in self.standing])[self._group_of[windows.series]]
        # What lies before an alarm that cleared is compared with nothing any more.
        windows = windows.pick(windows.end - windows.blocks >= floors - self.total.first)
        of, passed = self._group_of[windows.series], view.passing(windows)
        passing = self._group_of[passed.series]
        findings: list[Finding] = []
        for number in sorted(latched | set(passing.tolist())):
            mine = windows.pick(of == number) if self.pool is not None else None
            here = self.standing[number]
            self.standing[number], told = view.walk(number, here, passed.pick(passing == number), mine)
            findings += told
        return sorted(findings, key=lambda finding: (finding.end, finding.group))

    def forget(self) -> None:
        """No alarm stands any more, and nothing from before now is looked at."""
        for number, here in enumerate(self.standing):
            if here.latch is not None:
                self.standing[number] = Standing(self.position)
                if self.pool is not None:
                    series = np.array(self.design.groups[number].series)
                    self.pool.back(number, series, self.position, self.total.rows, self.total.first)

    def strays(self, start: int, end: int) -> Floats:
        """The `z` of every series over a window, on the normal scale."""
        series = np.arange(len(self.design.yard.mean))
        begin = np.full(len(series), max(start - self.total.first, 0))
        return self._strays(series, begin, np.full(len(series), end - self.total.first))[1]

    def tells(self, series: int, windows: Windows) -> Bools:
        """Whether another series by itself says of windows, whose ends are positions, that it has risen."""
        yard, each = self.design.yard, np.full(len(windows.end), series)
        ends = windows.end - self.total.first
        risen, z = self._strays(each, ends - windows.blocks, ends)
        found = (risen >= self.measure.least(yard, each)) & (z > self.design.height(series, windows.blocks))
        enough: Bools = windows.blocks * self.design.per_block >= shortest_window(yard)[series]
        return found & enough

    def _strays(self, series: Indices, starts: Indices, ends: Indices) -> tuple[Floats, Floats]:
        """How far windows are from the reference's level, and the same on the normal scale."""
        yard, usual = self.design.yard, usual_of(self.design.yard, series)
        effect = self.measure.level(self.total.rows, series, starts, ends) - usual.level
        z = effect / yard.error((ends - starts) * self.design.per_block, series=series)
        windows = Windows(ends, ends - starts, series, z)
        return effect, self.measure.worth(yard, usual, z, windows, self.total.rows)
