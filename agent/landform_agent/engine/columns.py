"""Columns become codes: the place of a value among the reference's quantiles, or a category's number.

One byte a value. Everything else (scores, histograms, joint scores) is a look-up by code, so sums are sums of whole
numbers: exact in any order and for any batch size. A number that is not finite has the code of the missing.
"""

from __future__ import annotations

from collections import Counter

import msgspec
import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats, Objects
from landform_agent.engine.scan import Bools
from landform_agent.engine.season import Cycle, cycle_of

Codes = npt.NDArray[np.uint8]

MISSING = 255
BINS = 200
STEPS = 40
"""Even ones of a loss, beside its quantiles: with them a column has 242 codes at most."""

CELLS = 100
"""Categories of their own; what is rarer in the reference shares one, what the reference never saw another."""

_RARE = 0.005
_NEAR = 0.1
"""Of a reference: a category whose events all lie within so much of it came and went, and others will."""

_CLUSTER = 25
"""Rows of one category, in a reference of any size, that may have come together; more is a category of its own."""

NEVER_SEEN = 0.37
"""Of an event: what never came in a reference shows once in e of them at least with so much of one."""

_BEYOND = 10.0
"""Interquartile ranges from the quartiles at which a value counts as absurd, also one that the reference holds."""

_RANGES = 3.0
"""The same in ranges of the reference, of a column of which half has one value: its largest is soon surpassed."""

_OUTER = 12
"""Even steps from the outermost quantile to what is absurd: there values that moved differ, and those of a feed that
hangs do not."""

_ON_ONE, _STEP = 0.1, 0.5
"""Of a tied column with a season: the part of the reference on one value, and the step in distances from the season."""

_TAIL = 0.025
"""But no more than this part of the reference at each end."""


def outermost(codes: Codes, last: int | Codes) -> Bools:
    """Which codes of numbers are of absurd values: 0, and the last one of their column."""
    found: Bools = (codes == 0) | (codes == last)
    return found


class Numeric(msgspec.Struct, frozen=True, tag="numeric"):
    """A numeric column: `edges` between codes; code 0 and the last one lie absurdly far outside of the reference."""

    name: str
    edges: Floats
    cycle: Cycle | None = None

    @property
    def size(self) -> int:
        """How many codes there are, without the missing one."""
        return len(self.edges) + 1

    @property
    def harmonics(self) -> int:
        """How many the season was taken out with."""
        return self.cycle.harmonics if self.cycle else 0

    def encode(self, values: Floats, phase: npt.NDArray[np.uint16] | None) -> Codes:
        """A code for each value."""
        missing = ~np.isfinite(values)
        if self.cycle is not None and phase is not None:
            values = self.cycle.remove(values, phase)
        codes = np.searchsorted(self.edges, values, side="right").astype(np.uint8)
        codes[missing] = MISSING
        return codes

    def absurd(self, codes: Codes) -> Bools:
        """Which of these are of values that lie far beyond the reference's."""
        return outermost(codes, self.size - 1)


class Categorical(msgspec.Struct, frozen=True, tag="categorical"):
    """A categorical column: `names` have a code each, then come the rare ones of the reference, then the new ones.

    `unseen` is the share that new ones have on unchanged traffic: the part of the reference's events whose category all
    came within a `_NEAR` of it (Good 1953, "The population frequencies of species", for what comes with several rows,
    as the id of a session does), and what would show once in e references at least. `together` is how many rows such a
    category has, in the mean of those rows: a cluster counts as one (Kish 1965, "Survey Sampling"). `others` is the
    share that the rare ones have on other rows than those by which they were called rare.
    """

    name: str
    names: tuple[str, ...]
    rare: frozenset[str]
    unseen: float = 0.0
    together: float = 1.0
    others: float = 0.0

    @property
    def size(self) -> int:
        """How many codes there are, without the missing one."""
        return len(self.names) + 2

    @property
    def harmonics(self) -> int:
        """None were taken out before the codes."""
        return 0

    def absurd(self, codes: Codes) -> Bools:
        """None."""
        return np.zeros(len(codes), np.bool_)

    def codes(self) -> dict[str | None, int]:
        """The code of each category that the reference holds; any other is new and has the last one."""
        known: dict[str | None, int] = dict.fromkeys(self.rare, len(self.names))
        known |= {name: code for code, name in enumerate(self.names)}
        known[None] = MISSING
        return known

    def encode(self, values: Objects, known: dict[str | None, int] | None = None) -> Codes:
        """A code for each value; `known` are the `codes`, where they are at hand."""
        find, new = (self.codes() if known is None else known).get, len(self.names) + 1
        return np.fromiter((find(value, new) for value in values), np.uint8, len(values))


Column = Numeric | Categorical


def numeric_column(name: str, values: Floats, phase: npt.NDArray[np.uint16] | None, absurd: bool = True) -> Numeric:
    """Learn the edges: quantiles of the reference, a code of its own for each frequent value, two for what is absurd.

    With `absurd` false only what lies beyond the reference's range has those two codes.
    """
    fine = np.isfinite(values)
    if not fine.any():
        return Numeric(name, np.zeros(1))
    cycle = None if phase is None else cycle_of(values, phase)
    if cycle is not None and _coarse(np.sort(values[fine]), cycle):
        cycle = None
    x = values if cycle is None or phase is None else cycle.remove(values, phase)
    x = np.sort(x[fine])
    cuts, tied = _cuts(x), _tied(x)
    low, high = _range(x) if absurd else (x[0], x[-1])
    with np.errstate(over="ignore", invalid="ignore"):
        sides = [np.linspace(cuts[end], far, _OUTER + 1)[1:-1] for end, far in ((0, low), (-1, high)) if absurd]
    inner = np.concatenate([cuts, tied, np.nextafter(tied, np.inf), *sides])
    outer = np.array([low, np.nextafter(high, np.inf)])
    return Numeric(name, np.unique(np.concatenate([inner[(inner > low) & (inner <= high)], outer])), cycle)


def with_even_steps(column: Numeric) -> Numeric:
    """The column with edges at even steps of its range as well, for values that count as they are and not by rank.

    Quantiles tell no two of the largest half percent apart, where one may be ten times the other.
    """
    steps = np.linspace(column.edges[0], column.edges[-1], STEPS + 1)
    return Numeric(column.name, np.unique(np.concatenate([column.edges, steps])), column.cycle)


def _cuts(x: Floats) -> Floats:
    cuts: Floats = x[np.arange(1, BINS) * len(x) // BINS]
    return cuts


def _tied(x: Floats) -> Floats:
    """Frequent values among sorted ones. Less a season's level they would be spread over its phases.

    Then a small error of the level would move all of them across an edge at once: a column of `_coarse` ones keeps its
    values, and the season is taken out of its scores alone.
    """
    cuts = _cuts(x)
    return np.unique(cuts[1:][cuts[1:] == cuts[:-1]])


def _coarse(x: Floats, cycle: Cycle) -> bool:
    """Whether sorted values lie on steps that are large beside what the season leaves, or many of them on one.

    Finer steps, as of a temperature in whole degrees, lie anywhere between two edges once the season's level is off.
    """
    if not len(_tied(x)):
        return False
    values, counts = np.unique(x, return_counts=True)
    middle = values[(values >= x[len(x) // 4]) & (values <= x[3 * len(x) // 4])]
    if counts.max() > _ON_ONE * len(x) or len(middle) < 3:
        return True
    return bool(np.median(np.diff(middle)) > _STEP * np.median(cycle.scale))


def _range(x: Floats) -> tuple[float, float]:
    """Where sorted values are not absurd. A column of one value mostly has no measure but its own range."""
    low, high = x[len(x) // 4], x[3 * len(x) // 4]
    rest = int(_TAIL * len(x))
    with np.errstate(over="ignore"):
        if low == high:
            reach = _RANGES * (x[-1] - x[0])
            return float(x[0] - reach), float(x[-1] + reach)
        reach = _BEYOND * (high - low)
        return float(min(low - reach, x[rest])), float(max(high + reach, x[-1 - rest]))


def categorical_column(name: str, values: Objects) -> Categorical:
    """Learn the categories: the frequent ones by name."""
    ordered = _ordered(values)
    counts, names = dict(ordered), tuple(name for name, count in ordered if count >= _RARE * len(values))[:CELLS]
    near = _NEAR * len(values)
    last = {value: place for place, value in enumerate(values)}
    first = {value: len(values) - 1 - place for place, value in enumerate(reversed(values))}
    most = max(_RARE * len(values), _CLUSTER)
    passing = [count for value, count in counts.items() if count <= most and last[value] - first[value] < near]
    rows = sum(passing)
    together = sum(count * count for count in passing) / rows if rows else 1.0
    unseen = max(rows, NEVER_SEEN) / max(len(values), 1)
    return Categorical(name, names, frozenset(counts) - set(names), unseen, together, _others(values, len(names)))


def _ordered(values: Objects) -> list[tuple[str, int]]:
    """The categories and how often they come, the most frequent first."""
    counts = Counter(value for value in values if value is not None)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _others(values: Objects, named: int) -> float:
    """The share of all but the `named` most frequent ones, each half of the rows judged by the order of the other.

    Judged by its own order a reference flatters itself: of many that are about as frequent those are named that had
    luck, by some points in all, and the others have more of what comes after.
    """
    # Multiples of the golden ratio: whatever period the rows have, each half has as many of each of its phases.
    half = np.arange(len(values), dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(63) == 0
    halves = values[half], values[~half]
    rest = 0
    for mine, other in (halves, halves[::-1]):
        known = {*(name for name, _ in _ordered(mine)[:named]), None}
        rest += sum(value not in known for value in other)
    return rest / max(len(values), 1)
