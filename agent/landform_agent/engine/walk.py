"""The way of each group of a lane through new blocks: from armed to raised to cleared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from landform_agent.block import Floats, Ints
from landform_agent.engine.calibration import FEWEST_MISSED
from landform_agent.engine.design import Design
from landform_agent.engine.measure import Measure, believable
from landform_agent.engine.onset import STEPS, SYMMETRIC, likeliest, ramps, weight
from landform_agent.engine.pool import Pool, Usual, usual_of
from landform_agent.engine.scan import INDEPENDENT, UNIT, Bools, Indices, Totals, Windows, likelihood_root
from landform_agent.engine.standing import Finding, Latch, Standing
from landform_agent.engine.wander import Wander

_CALM = 50
"""Events from one look at an alarm that stands to the next."""

_SHORT = 5
"""Windows of so small a part of the reference are held against the usual level alone."""

Confirm = Callable[[Windows], int]
"""The first of some windows, whose ends are positions, that holds; -1 where none does."""


@dataclass(frozen=True)
class View:
    """New blocks of a lane, from row `first` of its totals on, and all that they are judged by."""

    design: Design
    measure: Measure
    total: Totals
    base: int
    first: int
    clock: Floats
    remind: float
    confirm: Confirm
    pool: Pool | None
    wander: Wander | None

    def usual(self, series: Indices, starts: Indices) -> Usual:
        """What windows from rows `starts` on are compared with."""
        if self.pool is None:
            return usual_of(self.design.yard, series)
        return replace(self.pool.usual(self.total, self.base, series, starts + self.base), levels=self.usual)

    def passing(self, windows: Windows) -> Windows:
        """Those that are believed and pass their bar, by their ends, the farthest first.

        Against the usual level, which shows what is small, and against the reference's: what moves slowly takes the
        usual one along.
        """
        design, long = self.design, windows
        found = []
        if self.pool is not None:
            found.append(self._believed(windows, self.usual(windows.series, windows.end - windows.blocks)))
            # In short windows the reference's own error, all that sets the two apart, is as nothing. And of what was
            # never seen it says only that: what came since says more.
            long_enough = windows.blocks * design.per_block * _SHORT >= design.yard.count
            long = windows.pick(long_enough & ~design.yard.never[windows.series])
        found.append(self._believed(long, usual_of(design.yard, long.series)))
        both = Windows.of(found)
        both = both.pick(np.abs(both.z) > design.height(both.series, both.blocks))
        return both.pick(np.lexsort((-np.abs(both.z) / design.height(both.series, both.blocks), both.end)))

    def _believed(self, windows: Windows, usual: Usual) -> Windows:
        found = believable(self.measure, self.total, windows, self.design.yard, self.design.per_block, usual)
        return (
            found if self.wander is None else replace(found, z=found.z / self.wander.root(found.series, found.blocks))
        )

    def walk(
        self, number: int, here: Standing, passed: Windows, every: Windows | None
    ) -> tuple[Standing, list[Finding]]:
        """Go through the new blocks with one group, from one change of its standing to the next.

        `every` are all windows that might pass: once an alarm has cleared they are compared with another level.
        """
        findings: list[Finding] = []
        end = self.first
        while end < len(self.total):
            found = self._armed(number, here, passed, end) if here.latch is None else self._latched(number, here, end)
            if found is None:
                break
            here, finding = found
            findings.append(finding)
            self._pooled(number, finding)
            if finding.state == "cleared" and every is not None:
                passed = self.passing(every.pick(every.end - every.blocks >= here.floor - self.base))
            end = finding.end - self.base + 1
        return here, findings

    def _pooled(self, number: int, finding: Finding) -> None:
        if self.pool is None:
            return
        series = np.array(self.design.groups[number].series)
        if finding.state == "raised":
            self.pool.leave(number, series, finding.latch.since, self.total, self.base)
        elif finding.state == "cleared":
            self.pool.back(number, series, finding.end, self.total, self.base)

    def _armed(self, number: int, here: Standing, windows: Windows, end: int) -> tuple[Standing, Finding] | None:
        group = self.design.groups[number]
        fits = (windows.end >= end) & (windows.end - windows.blocks >= here.floor - self.base)
        passed = windows.pick(fits & (windows.z > 0) if group.upward else fits)
        first = self.confirm(replace(passed, end=passed.end + self.base)) if len(passed.end) else -1
        if first < 0:
            return None
        stop = int(passed.end[first])
        beside = np.flatnonzero((passed.end == stop) & (passed.series == group.leading))
        at = int(beside[0]) if len(beside) else first
        latch = self._raise(
            int(passed.series[at]), stop, int(passed.blocks[at]), float(passed.z[at]), here.floor - self.base
        )
        latch = replace(latch, again=here.again if group.apart else 0)
        return replace(here, latch=latch), Finding("raised", number, latch.raised, latch)

    def _raise(self, series: int, end: int, blocks: int, z: float, floor: int, before: Latch | None = None) -> Latch:
        """The alarm of a window that ends here; with one `before` it, of what moved away from where that latched."""
        starts = np.arange(max(floor, end - self.design.lengths[-1], 0), end)
        each = np.full(len(starts), series)
        usual, levels = self.usual(each, starts), self._levels(series, starts, np.full(len(starts), end))
        found = Windows(np.full(len(starts), end), end - starts, each, levels)
        left = usual if before is None else replace(usual, level=np.full(len(starts), before.level))
        began = likeliest(self._weights(found, left, np.sign(z)))
        level = float(levels[began])
        return Latch(
            series=series,
            since=int(starts[began]) + self.base,
            raised=end + self.base,
            width=blocks,
            z=z,
            effect=level - float(usual.level[began]),
            level=level,
            after=None if before is None else before.since,
            again=0 if before is None else before.again,
            reminded=float(self.clock[end - self.first]),
        )

    def _weights(self, levels: Windows, usual: Usual, sign: float) -> list[Floats]:
        """How likely each start is. What goes the other way than the alarm is none."""
        series, per_block = int(levels.series[0]), self.design.per_block
        # A season that was fitted a little wrongly was so before the change too.
        yard = replace(self.design.yard, harmonics=np.zeros_like(self.design.yard.harmonics))
        variance = yard.variance(levels.blocks * per_block, usual.more, levels.series) * yard.inflation[series]
        error = np.sqrt(variance)
        z = (levels.z - usual.level) / (yard.deviation[series] * error)
        steps = self.measure.worth(yard, usual, z, levels, self.total)
        weights = [weight(np.maximum(sign * steps, 0.0), error)]
        if self.pool is not None and abs(yard.skewness[series]) < SYMMETRIC and not yard.share[series]:
            rows = self.total[levels.end[0] - len(z) : levels.end[0] + 1, series]
            sums = (np.diff(rows) - usual.level * per_block) / yard.deviation[series]
            grown, at_end = ramps(sums, per_block, float(yard.inflation[series]), yard.count + usual.more)
            weights.append(weight(np.maximum(sign * grown, 0.0), at_end) - STEPS)
        return weights

    def _latched(self, number: int, here: Standing, end: int) -> tuple[Standing, Finding] | None:
        latch = here.latch
        assert latch is not None
        calm = max(_CALM // self.design.per_block, 1)
        ends = np.arange(end + (-(end + self.base)) % calm, len(self.total), calm)
        if not len(ends):
            return None
        cleared, further, due = self._clear(number, latch, ends), self._further(latch, ends), self._due(latch, ends)
        happened = np.flatnonzero(cleared | (further > 0) | due)
        if not len(happened):
            return None
        first = int(happened[0])
        stop = int(ends[first]) + self.base
        if cleared[first]:
            return Standing(stop, again=here.again + 1), Finding("cleared", number, stop, latch)
        if blocks := int(further[first]):
            floor = latch.raised - self.base
            z = float(np.sign(self._last(latch.series, ends[first : first + 1], blocks)[0] - latch.level))
            bar = float(self.design.bar[latch.series])
            new = self._raise(latch.series, int(ends[first]), blocks, z * bar, floor, latch)
            return Standing(here.floor, new), Finding("raised", number, stop, new)
        again = replace(latch, attempt=latch.attempt + 1, reminded=float(self.clock[ends[first] - self.first]))
        return replace(here, latch=again), Finding("ongoing", number, stop, again)

    def _wait(self, latch: Latch) -> int:
        """The window that must be calm: twice as long for what was calm before and came back, so that nothing flaps."""
        longest = self.design.lengths[-1]
        return min(max(2 * latch.width, self.design.settle) << min(latch.again, longest.bit_length()), longest)

    def _levels(self, series: int, starts: Indices, ends: Indices) -> Floats:
        return self.measure.level(self.total, np.full(len(ends), series), starts, ends)

    def _last(self, series: int, ends: Indices, blocks: int) -> Floats:
        return self._levels(series, np.maximum(ends - blocks, 0), ends)

    def _clear(self, number: int, latch: Latch, ends: Indices) -> Bools:
        """Where a window is back; of a share one as far from what that was until then as none is of some expected.

        Or where all that came since it began stands out no more: what was told of few events may have been chance.
        """
        wait, longest = self._wait(latch), self.design.lengths[-1]
        if not self.design.yard.share[latch.series]:
            return self._is_back(number, latch, ends, wait)
        since = np.full(len(ends), max(latch.since - self.base, 0))
        chance, found = self._was_chance(latch, since, ends), np.zeros(len(ends), np.bool_)
        for blocks in (*(wait << n for n in range(longest.bit_length()) if wait << n < longest), longest):
            until = np.maximum(ends - blocks, since + 1)
            before, now = self._levels(latch.series, since, until), self._last(latch.series, ends, blocks)
            missed = np.sign(latch.effect) * (before - now) > 0
            # None of so many expected has this likelihood ratio.
            missed &= self._between(latch.series, now, blocks, before, until - since) ** 2 >= 2 * FEWEST_MISSED
            enough = missed | (chance & (blocks == wait)) | (blocks == longest)
            found |= enough & self._is_back(number, latch, ends, blocks)
        return found

    def _was_chance(self, latch: Latch, since: Indices, ends: Indices) -> Bools:
        known, whole = self.design.yard.known[latch.series], self._levels(latch.series, since, ends)
        before = np.full(len(ends), self._before(latch.series, latch, 1)[0])
        root = self._between(latch.series, whole, ends - since, before, known / self.design.per_block)
        found: Bools = root < 0.5 * self.design.bar[latch.series]
        return found

    def _is_back(self, number: int, latch: Latch, ends: Indices, blocks: int) -> Bools:
        """A whole window after the alarm is near the usual and the reference's level, in every series that must be."""
        back = ends - blocks >= latch.raised - self.base
        if not back.any():
            return back
        group = self.design.groups[number]
        for series in (latch.series,) if group.apart else group.series:
            now, yard = self._last(series, ends, blocks), self.design.yard
            level, error = self._before(series, latch, blocks)
            reach = 0.5 * self.design.bar[series]
            back &= np.abs(now - level) < reach * error
            back &= np.abs(now - yard.mean[series]) < reach * yard.error(blocks * self.design.per_block)[series]
            if series == latch.series:
                back &= np.abs(now - level) < 0.5 * abs(latch.effect)
        return back

    def _before(self, series: int, latch: Latch, blocks: int) -> tuple[float, float]:
        """The level of a series before the alarm, and how far a window strays from it."""
        yard, one = self.design.yard, np.array([series])
        usual = self.usual(one, np.array([latch.since - self.base]))
        return float(usual.level[0]), float(yard.error(blocks * self.design.per_block, usual.more, one)[0])

    def _further(self, latch: Latch, ends: Indices) -> Indices:
        """The length of the longest window at each end that moved on, 0 where none did.

        A small alarm came of a long window; what goes far beyond it, or to the other side, shows in shorter ones.
        """
        wait, inflation = self._wait(latch), float(self.design.yard.inflation[latch.series])
        least = max(2 * self.design.settle, INDEPENDENT * inflation / self.design.per_block)
        shorter = [wait >> halved for halved in range(1, wait.bit_length()) if wait >> halved >= least]
        found = np.zeros(len(ends), np.intp)
        for blocks in (*reversed(shorter), wait):
            found[self._moved_on(latch, ends, blocks)] = blocks
        return found

    def _moved_on(self, latch: Latch, ends: Indices, blocks: int) -> Bools:
        """A whole window after the alarm is away by its size again, from the level before and from where it latched."""
        level = self._last(latch.series, ends, blocks)
        before, error = self._before(latch.series, latch, blocks)
        bar = float(self.design.bar[latch.series])
        size = max(abs(latch.effect), bar * error)
        fresh = ends - blocks >= latch.raised - self.base
        moved: Bools = fresh & (np.abs(level - latch.level) > size) & (np.abs(level - before) > size)
        at = np.flatnonzero(moved)
        if self.design.yard.share[latch.series]:
            # What was told may have come of a few events.
            told = np.full(len(at), latch.level)
            moved[at] = self._between(latch.series, level[at], blocks, told, latch.raised - latch.since) > bar
        elif len(at) and blocks < self._wait(latch):
            moved[at] = self._stands_out(latch, ends[at], blocks, level[at], before) > bar
        return moved

    def _stands_out(self, latch: Latch, ends: Indices, blocks: int, level: Floats, before: float) -> Floats:
        """How far windows are from the nearer of both levels, on the normal scale: means of few lean."""
        series, starts = np.full(len(ends), latch.series), np.full(len(ends), latch.since - self.base)
        near = np.where(np.abs(level - latch.level) < np.abs(level - before), latch.level, before)
        z = (level - near) / self._before(latch.series, latch, blocks)[1]
        windows = Windows(ends, np.full(len(ends), blocks), series, z)
        usual = replace(self.usual(series, starts), level=near)
        root = 1.0 if self.wander is None else self.wander.root(series, windows.blocks)
        worth: Floats = np.abs(self.measure.worth(self.design.yard, usual, z, windows, self.total)) / root
        return worth

    def _between(self, series: int, now: Floats, blocks: int | Ints, before: Floats, known: float | Ints) -> Floats:
        """How far shares are apart on the normal scale, those of so many blocks and those before of `known` ones."""
        rows, count = (np.full(len(now), many, np.float64) * self.design.per_block for many in (blocks, known))
        inflation = self.design.yard.inflation[series]
        # Less what a season explains fewer than none may be left.
        hits, share = (np.clip(level / UNIT, 0, 1) for level in (now, before))
        root = likelihood_root(hits * rows, rows, share, count)
        found: Floats = root / np.sqrt(inflation)
        return found

    def _due(self, latch: Latch, ends: Indices) -> Bools:
        return np.asarray(self.clock[ends - self.first] - latch.reminded >= self.remind)
