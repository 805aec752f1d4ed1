"""A track: rows of codes that advance together, cut into blocks of their own, and the lanes that watch them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats, Ints
from landform_agent.engine import outliers
from landform_agent.engine.bursts import GAP, LONGEST, Recent, longest_runs, stuck
from landform_agent.engine.columns import MISSING, Codes, Column, Numeric
from landform_agent.engine.correlation import Correlation, strayed
from landform_agent.engine.encode import Phases
from landform_agent.engine.joint import Either, Influences, JointScores, block_products
from landform_agent.engine.lane import Lane
from landform_agent.engine.measure import Mean, exchanging
from landform_agent.engine.pool import Pool, PoolState, reach_of
from landform_agent.engine.profile import Joint, Profile
from landform_agent.engine.ring import Ring
from landform_agent.engine.scan import (
    UNIT,
    Bools,
    Reach,
    Scan,
    Windows,
    gamma_root,
    likelihood_root,
    part_of_short_side,
)
from landform_agent.engine.scores import Sums
from landform_agent.engine.slices import cuts
from landform_agent.engine.standing import Finding, Standing
from landform_agent.engine.walk import Confirm
from landform_agent.engine.wander import Wander, WanderState

_SHARE_REACH = 0.6
"""Where a share falls, the root of its likelihood ratio may pass where `z` has only come so far."""

_EXCHANGE_REACH = 0.75
"""Where a category takes another's place, each of the two stands out less than both together."""

_JOINT_REACH = 0.7
"""Where a correlation shows, what it is found by may have come only so far. With 0.5 for pairs that go more together
columns of three values raised 15 alarms in 800,000 events (phishing, December 2026), and 3 with this."""

_REST = 0.8
"""The part of the threshold that a window must pass without its absurd values."""

_CALM = 0.5
"""The part that one without any must pass against the reference: bursts before it made the usual level another one."""

_SERIES = 4
"""So many have their rows added up at a time. Columns are walked through one by one, and hundreds may hang at once."""


def chosen(columns: tuple[int, ...]) -> slice | list[int]:
    """A track's columns among those of the encoder, as the least costly index."""
    first, last = columns[0], columns[-1]
    return slice(first, last + 1) if columns == tuple(range(first, last + 1)) else list(columns)


@dataclass(frozen=True)
class Marks:
    """Where a block began and ended."""

    first_seq: int
    first_at: float
    last_seq: int
    last_at: float


@dataclass(frozen=True)
class TrackState:
    """A track between two updates: its recent rows, of which the last ones may not fill a block yet."""

    rows: int
    codes: Codes
    phases: Phases
    times: Floats
    marks: Floats
    standing: dict[str, tuple[Standing, ...]]
    pool: PoolState | None = None
    wander: WanderState | None = None


class Track:
    """The recent rows of one channel's columns, and its lanes: `means` of scores, and `joint` correlations."""

    def __init__(self, profile: Profile, columns: tuple[Column, ...], state: TrackState | None = None) -> None:
        self.profile = profile
        self.columns = tuple(columns[number] for number in profile.columns)
        self.chosen = chosen(profile.columns)
        designs = [one for one in (profile.means, profile.joint.design if profile.joint else None) if one is not None]
        self.per_block = designs[0].per_block
        self._keep = max(one.lengths[-1] for one in designs) + 1
        rows = (self._keep + 1) * self.per_block + LONGEST
        self.codes = Ring(len(self.columns), np.uint8, rows)
        self._phases = Ring(1, np.uint16, rows)
        self._times = Ring(2, np.float64, self.per_block)
        self._marks = Ring(4, np.float64, self._keep)
        self.slices: list[tuple[str, int, int]] = []
        """Lanes and blocks of the slices that were filled last."""
        self._added_up: dict[int, Recent] = {}
        self.lanes: dict[str, Lane] = {}
        self._make_means()
        self._make_joint()
        if state is not None:
            self._restore(state)

    def _make_means(self) -> None:
        design = self.profile.means
        if design is None:
            return
        self._tables = self.profile.tables(self.columns)
        offsets = [self.profile.offsets] if len(self.profile.offsets) else []
        self._sums = Sums(self._tables, offsets, self.per_block)
        scored = self.profile.scored
        everything = scored == tuple(range(len(self.columns)))
        self._scored: slice | list[int] = slice(None) if everything else list(scored)
        series = self.profile.series
        self._stretches = {one.column: place for place, one in enumerate(series) if one.kind == outliers.KIND}
        self._far = outliers.watched(self.columns, series if self._stretches else (), design.yard.inflation)
        widths = np.array(design.lengths, np.float64) * self.per_block
        above = reach_of(design.yard, design.heights, widths)
        short = part_of_short_side(design.yard, design.heights, widths)
        below = np.where(design.yard.share, _SHARE_REACH, short) * above
        exchanges = exchanging(self.profile.series, design.yard)
        for members in exchanges:
            above[:, members] *= _EXCHANGE_REACH
        reach = Reach(design.yard, above, design.lengths, self.per_block, below)
        last = [column.size - 1 for column in self.columns]
        new = tuple(place for place, one in enumerate(self.profile.series) if one.code == last[one.column])
        measure = Mean(self.per_block, design.bar, tuple(exchanges), design.least, new)
        pool = Pool(design.yard, design.group_of, len(design.groups), self.per_block, new)
        self.lanes["means"] = Lane(design, measure, reach, len(design.bar), pool, Wander(design))

    def _make_joint(self) -> None:
        joint = self.profile.joint
        if joint is None:
            return
        scores = self._joint_scores = JointScores(self.columns, self.profile.counts)
        left, right, centre, spread = joint.left, joint.right, scores.centre, scores.spread
        influences = self._influences = Influences.of(joint.design.yard.mean, centre, spread, left, right)
        width = len(left) + 3 * len(centre)
        places = influences.products(width)
        measure = Correlation(self.per_block, left, right, places, centre, spread, scores.filled)
        self.lanes["joint"] = Lane(
            joint.design, measure, self._pairs_reach(joint, width), width + len(influences.close)
        )

    def _pairs_reach(self, joint: Joint, width: int) -> Scan:
        design, close = joint.design, self._influences.close
        heights, sizes = _JOINT_REACH * design.heights, (design.lengths, self.per_block)
        reach = Reach(joint.influences, heights, *sizes)
        if not len(close):
            return reach
        products = Reach(joint.products.pick(close), heights[:, close], *sizes, at=width)
        return Either(reach, products, close)

    @property
    def blocks(self) -> int:
        """Blocks that are judged."""
        return self._marks.count

    def mark(self, block: int) -> Marks:
        """Where a block began and ended; the oldest that is kept for what came before."""
        row = self._marks.rows[max(block - self._marks.first, 0)]
        return Marks(int(row[0]), float(row[1]), int(row[2]), float(row[3]))

    def events(self, start: int, end: int) -> int:
        """How many blocks hold."""
        return (end - start) * self.per_block

    def counts(self, column: int, start: int, end: int) -> Ints:
        """How often each code of a column came in blocks, as far back as they are kept."""
        return np.bincount(self.window(start, end)[:, column], minlength=256)

    def window(self, start: int, end: int) -> Codes:
        """The codes of blocks, as far back as they are kept."""
        return self.codes.between(start * self.per_block, end * self.per_block)

    def advance(
        self, codes: Codes, seq: Ints, at: Floats, phase: Phases | None, remind: float, ends: Ints | None = None
    ) -> list[tuple[str, Finding]]:
        """Take rows; what does not fill a block waits for the next. Batches' `ends` are nothing to a stream."""
        self.codes.append(codes)
        if phase is not None:
            self._phases.append(phase[:, None])
        times = self._times.append(np.empty((len(seq), 2)))
        times[:, 0], times[:, 1] = seq, at
        begin, end = self.blocks, self.codes.count // self.per_block
        if begin == end:
            return []
        times = self._times.between(begin * self.per_block, end * self.per_block)
        last = times[self.per_block - 1 :: self.per_block]
        self._marks.append(np.concatenate([times[:: self.per_block], last], axis=1))
        clock, found = last[:, 1], []
        self.slices = []
        for name, lane in self.lanes.items():
            sums = self._block_sums(name, begin, end)
            found += [(name, one) for one in lane.advance(sums, clock, remind, self._confirm(name))]
            self.slices += [(name, *cut) for cut in cuts(begin, end, self.per_block)]
        self._added_up.clear()
        return found

    def levels(self, lane: str, start: int, end: int) -> Floats:
        """The level of each series of a lane over recent blocks, as a part of one."""
        mine = self.lanes[lane]
        series, first = np.arange(len(mine.design.bar)), mine.total.first
        starts, ends = np.full(len(series), start - first), np.full(len(series), end - first)
        level = mine.measure.level(mine.total.rows, series, starts, ends) / UNIT
        return np.tanh(level) if lane == "joint" else level

    def _block_sums(self, lane: str, begin: int, end: int) -> npt.NDArray[np.int64]:
        codes = self.window(begin, end)
        if lane == "means":
            seasonal = self._phases.count > 0
            phase = self._phases.between(begin * self.per_block, end * self.per_block)[:, 0] if seasonal else None
            return np.concatenate([self._sums.of(codes[:, self._scored], phase), self._begun(begin, end)], axis=1)
        joint = self.profile.joint
        assert joint is not None
        scores = self._joint_scores
        sums = block_products(scores.of(codes), scores.known(codes), joint.left, joint.right, self.per_block)
        return self._influences.beside(sums, self.per_block)

    def _begun(self, begin: int, end: int) -> npt.NDArray[np.int64]:
        """How many stretches of absurd values begin in blocks, (blocks, watched columns)."""
        blocks, size = end - begin, (end - begin) * self.per_block
        if not self._far.places:
            return np.empty((blocks, 0), np.int64)
        rows = self.codes.between(begin * self.per_block - self._far.back, end * self.per_block)
        begun = self._far.begun(rows[:, chosen(self._far.places)], len(rows) - size)
        counts: Ints = begun.reshape(blocks, self.per_block, -1).sum(axis=1) * UNIT
        return counts

    def _confirm(self, lane: str) -> Confirm:
        return self._first_without_gap if lane == "joint" else self._first_without_burst

    def _first_without_gap(self, windows: Windows) -> int:
        places = zip(
            windows.series.tolist(), (windows.end - windows.blocks).tolist(), windows.end.tolist(), strict=True
        )
        return next((place for place, window in enumerate(places) if self._is_no_gap(*window)), -1)

    def _is_no_gap(self, series: int, start: int, end: int) -> bool:
        """In the rows that have both columns the correlation stands out too: a missing one goes with nothing."""
        joint = self.profile.joint
        assert joint is not None
        pair, codes, scores = joint.pair(series), self.window(start, end), self._joint_scores
        yard = joint.design.yard
        known = scores.known(codes, pair).all(axis=1)
        for column in scores.places(pair).tolist():
            known &= ~self._stuck(column, start, end, float(yard.inflation[series]))
        if known.all():
            return True
        both = scores.of(codes[known], pair).astype(np.float64)
        if len(both) < yard.span[series]:
            return False
        means, squares = both.mean(axis=0), (both * both).mean(axis=0)
        if (squares == means**2).any() or strayed(means, squares, scores.centre[pair], scores.spread[pair]).any():
            return False
        effect = np.arctanh(np.clip(np.corrcoef(*both.T)[0, 1], -0.999, 0.999)) * UNIT - yard.mean[series]
        height = float(joint.design.height(series, end - start))
        return bool(abs(effect) > _REST * height * yard.error(len(both))[series])

    def _stuck(self, column: int, start: int, end: int, inflation: float) -> Bools:
        """Which rows of a window lie in a run of one value, also where that began before the window."""
        first = max(start + -LONGEST // self.per_block, end - self._keep, 0)
        codes = self.window(first, end)[:, column]
        return stuck(codes, longest_runs(self.profile.counts[column], inflation))[-(end - start) * self.per_block :]

    def _first_without_burst(self, windows: Windows) -> int:
        holds = np.zeros(len(windows.end), np.bool_)
        for series in np.unique(windows.series).tolist():
            mine = windows.series == series
            holds[mine] = self._are_no_burst(series, windows.pick(mine))
        return int(np.argmax(holds)) if holds.any() else -1

    def _are_no_burst(self, series: int, windows: Windows) -> Bools:
        """Without their absurd values windows still stand out from the reference, or they are full of them.

        Few of them that come again and again are no burst, but nothing passes by them where `outliers` tells them.
        """
        one, design = self.profile.series[series], self.profile.means
        assert design is not None
        if one.kind not in ("shift", "spread", "missing"):
            return np.ones(len(windows.end), np.bool_)
        ends, oldest = (place * self.per_block - self.codes.first for place in (windows.end, windows.end - self._keep))
        rows = windows.blocks * self.per_block
        longest = GAP if one.kind == "missing" else LONGEST
        oldest = np.maximum(oldest, 0)
        # Few rows of all that are kept, where windows are short.
        since = int(np.maximum(ends - rows - LONGEST, oldest).min())
        held = self._recent(series, since).of(ends - rows, ends, oldest, longest)
        few, told = self._few(one.column, windows, held.absurd) if one.kind != "missing" else (False, False)
        # Of a season's scores the table knows nothing.
        known = (held.lasting & np.logical_not(told)) | ((held.absurd == 0) & bool(len(self.profile.offsets)))
        left = rows - held.absurd
        root = np.sign(windows.z) * self._root(series, held.sums / np.maximum(left, 1), np.maximum(left, 1))
        part = np.where(held.absurd > 0, np.where(few, 1.0, _REST), _CALM)
        holds: Bools = known | ((left > 0) & (root > part * design.height(series, windows.blocks)))
        return holds

    def _few(self, column: int, windows: Windows, absurd: Ints) -> tuple[Bools, Bools]:
        """Which windows pass without help of their few absurd values or not at all; of which the stretches say it all.

        The former are the latter, and all of a column that hardly had any: without them its level is what it was.
        """
        few, lane = self._far.few(column, absurd, windows.blocks * self.per_block), self.lanes["means"]
        if not few.any():
            return few, few
        place, told = self._stretches[column], few.copy()
        told[few] = lane.tells(place, windows.pick(few))
        return (few if lane.design.yard.counted[place] else told), told

    def _recent(self, series: int, since: int) -> Recent:
        """The rows of a series' column from one on; those of what is missing, or of values."""
        assert self.profile.means is not None
        if series not in self._added_up or self._added_up[series].first > since:
            if len(self._added_up) == _SERIES:
                self._added_up.clear()
            one = self.profile.series[series]
            column, codes, absurd = self.columns[one.column], np.arange(256), np.zeros(256, np.bool_)
            least = longest_runs(self.profile.counts[one.column], float(self.profile.means.yard.inflation[series]))
            if one.kind != "missing":
                absurd = column.absurd(codes.astype(np.uint8))
            least[(codes == MISSING) != (one.kind == "missing")] = np.inf
            place = ("shift", "spread", "missing").index(one.kind) if isinstance(column, Numeric) else -1
            scores = self._tables[self.profile.scored.index(one.column)][:, place]
            self._added_up[series] = Recent(self.codes.rows[since:, one.column], absurd, least, scores, since)
        return self._added_up[series]

    def _root(self, series: int, mean: Floats, count: Ints) -> Floats:
        """What means of so many rows each are worth on the normal scale."""
        assert self.profile.means is not None
        yard, each = self.profile.means.yard, np.full(len(mean), series)
        if yard.share[series]:
            share, width = yard.mean[each] / UNIT, count.astype(np.float64)
            root = likelihood_root(mean / UNIT * width, width, share, yard.known[each]) / np.sqrt(yard.inflation[each])
            return np.asarray(np.sign(mean - yard.mean[each]) * root)
        worth = 1 / (yard.inflation[each] * yard.variance(count, series=each))
        z = (mean - yard.mean[each]) / yard.deviation[each] * np.sqrt(worth)
        return gamma_root(z, yard.skewness[each], worth)

    def state(self) -> TrackState:
        """What a later track goes on from."""
        waiting = self.codes.count - self.blocks * self.per_block
        return TrackState(
            rows=self.codes.count,
            codes=self.codes.recent(),
            phases=self._phases.recent(),
            times=self._times.rows[len(self._times.rows) - waiting :].copy(),
            marks=self._marks.recent(),
            standing={name: tuple(lane.standing) for name, lane in self.lanes.items()},
            pool=next((lane.pool.state() for lane in self.lanes.values() if lane.pool is not None), None),
            wander=next((lane.wander.state() for lane in self.lanes.values() if lane.wander is not None), None),
        )

    def _restore(self, state: TrackState) -> None:
        blocks = state.rows // self.per_block
        self.codes.restore(state.codes, state.rows)
        if len(state.phases):
            self._phases.restore(state.phases, state.rows)
        self._times.restore(state.times, state.rows)
        self._marks.restore(state.marks, blocks)
        for name, lane in self.lanes.items():
            held = min(blocks, lane.design.lengths[-1])
            if held:
                lane.restore(self._block_sums(name, blocks - held, blocks), blocks)
            lane.standing = list(state.standing[name])
            if lane.pool is not None and state.pool is not None:
                lane.pool.restore(state.pool)
            if lane.wander is not None and state.wander is not None:
                lane.wander.restore(state.wander)
                lane.see()
