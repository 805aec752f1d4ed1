"""The threshold for a budget of false alarms.

After scoring and division by the long-run error every series is, in the limit, the same Gaussian random walk, so one
formula serves all: Siegmund and Venkatraman (1995, "Using the generalized likelihood ratio statistic for sequential
detection of a change-point", Annals of Statistics 23) give the rate at which `|z|` of windows from `m0` to `m1` blocks
passes `h`:

    h exp(-h^2/2) / sqrt(2 pi) * integral of x nu(x)^2 from h/sqrt(m1) to h/sqrt(m0)

With one `h` for all lengths most of this comes from windows of ten to a hundred blocks, where `x^2 nu(x)^2` is
largest; what is small and slow pays for them. So beyond `EVEN` blocks a window of `m` has to pass a lower `h_m`,

    h_m^2 = h^2 - 2 log(m/EVEN),

by which each doubling of the length takes as much of the false alarms as the one before: critical values that depend
on the scale, as Duembgen and Spokoiny (2001, "Multiscale testing of qualitative hypotheses", Annals of Statistics 29)
and Chan and Walther (2013, "Detection with the scan and the average likelihood ratio", Statistica Sinica 23) have them.
The integral is taken with `h_m`, which hardly differs from one length to the next.

Two things are added. Only some window lengths are looked at: measured on Gaussian blocks the rate is then `_THINNED`
of the formula's, for `h` from 3.5 to 5. And the variance is itself an estimate: the rate is averaged over its error.

Why no bootstrap: the tail that is asked for, one series passing once in a million events, lies far beyond what 5,000
rows can be resampled to; thresholds read off resampled pairs of the reference had a noise of their own (0.27 to 0.5 in
`h`) that made the realised rate four to sixteen times the budget. With the formula the budget is kept from below: of
what it lets pass a part is raised (columns alarm together, halves of a window must agree, and small effects are never
told). `profile.RAISED` and `RAISED_WITH_MEMORY` give that part back, where it was measured.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from landform_agent.block import Floats, Ints
from landform_agent.engine.scan import likelihood_root

_THINNED = 0.7
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)

_LEAST, _MOST = 3.0, 9.0
"""Outside of these thresholds the formula was not compared with a simulation: a smaller one is never used."""

_LOWEST = 2.5
"""No window passes with less, however long."""

_HARDLY = 1e-300
_LEVELS = np.linspace(_LEAST, _MOST, 150)


def _normal_share(x: Floats) -> Floats:
    return np.array([0.5 * (1 + math.erf(value / math.sqrt(2))) for value in x])


def _overshoot(x: Floats) -> Floats:
    share = _normal_share(x / 2)
    over: Floats = (2 / x) * (share - 0.5) / ((x / 2) * share + np.exp(-x * x / 8) / math.sqrt(2 * math.pi))
    return over


_STEPS = np.linspace(0.001, 40.0, 8_000)
_OVERSHOOTS = _overshoot(_STEPS)

EVEN = 40
"""Blocks from which on windows pass lower thresholds the longer they are."""


def height(bar: float | Floats, blocks: Floats | Ints) -> Floats:
    """What windows of so many blocks pass where short ones pass `bar`."""
    logs = np.log(np.maximum(blocks / EVEN, 1.0))
    lower: Floats = np.sqrt(np.maximum(np.square(bar) - 2 * logs, _LOWEST**2))
    return lower


def rate_of_passing(h: float, shortest: int, longest: int, even: bool = True) -> float:
    """How often, for each block, the `|z|` of one series passes the height of a window, or `h` where not `even`."""
    blocks = np.geomspace(shortest, longest, 400)
    return float(_rate(height(h, blocks) if even else np.full(len(blocks), h), blocks))


def _rate(heights: Floats, blocks: Floats) -> Floats:
    """The same of windows of so many blocks that pass these heights; windows are the last axis."""
    x = heights / np.sqrt(blocks)
    overshoot = np.interp(x, _STEPS, _OVERSHOOTS)
    rate = heights * np.exp(-heights * heights / 2) / math.sqrt(2 * math.pi) * x * overshoot**2
    return np.asarray(_THINNED * np.trapezoid(rate[..., ::-1], x[..., ::-1]))


@cache
def _log_rates(doubt: float, shortest: int, longest: int) -> Floats:
    """Of each level, for each of `_NODES`: a deviation that is so far from what it is taken for scales every `z`."""
    blocks = np.geomspace(shortest, longest, 400)
    heights = height(_LEVELS[:, None], blocks)
    rates = [_rate(heights * math.exp(doubt * node), blocks) for node in _NODES.tolist()]
    return np.log(np.maximum(rates, _HARDLY))


def threshold(budget: float, doubt: float, shortest: int, longest: int) -> float:
    """The `|z|` of short windows that a series passes `budget` times a block, with the `height` of longer ones.

    Its deviation is known up to the relative error `doubt`.
    """
    logs = _log_rates(doubt, shortest, longest)
    weights = _WEIGHTS / _WEIGHTS.sum()

    def expected(h: float) -> float:
        return float(weights @ np.exp([np.interp(h, _LEVELS, one) for one in logs]))

    low, high = _LEAST, _MOST
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if expected(middle) > budget else (low, middle)
    return high


def thresholds(budgets: Floats, doubts: Floats, shortest: Ints, longest: Ints) -> Floats:
    """One for each series, from its budget in alarms a block and its windows' lengths in blocks."""
    known: dict[tuple[float, float, int, int], float] = {}
    keys = list(zip(budgets.tolist(), doubts.tolist(), shortest.tolist(), longest.tolist(), strict=True))
    for key in keys:
        if key not in known:
            known[key] = threshold(key[0], key[1], min(key[2], max(key[3] // 2, 1)), key[3])
    return np.array([known[key] for key in keys])


def never_threshold(budget: float) -> float:
    """The `recurrence_root` that a category which the reference never saw passes `budget` times an event, at most."""
    return math.sqrt(-2 * math.log(min(budget, 0.1)))


_COUNTED = 25
"""Windows in which more events than this are expected are normal enough."""

FEWEST_MISSED = 12
"""Fewer than expected stand out from about so many on."""

_COUNTS = np.arange(121)


def _tails(share: float, known: float, widths: Floats) -> Floats:
    """The probability of at least 0, 1, 2, … events in each width, the share known from `known` observations only.

    The count is then negative binomial (a gamma prior of half an event, and the event that completes the count).
    """
    shape = share * known + 1.5
    logs = np.array([math.lgamma(shape + k) - math.lgamma(shape) - math.lgamma(k + 1) for k in _COUNTS.tolist()])
    odds = widths[:, None] / (known + widths[:, None])
    mass = np.exp(logs + shape * np.log1p(-odds) + _COUNTS * np.log(odds))
    tails: Floats = np.cumsum(mass[:, ::-1], axis=1)[:, ::-1]
    return tails


@cache
def rare_threshold(budget: float, share: float, known: float, lengths: tuple[int, ...], per_block: int) -> float:
    """The likelihood root that a rare share passes `budget` times a block.

    A window stands out once its k-th event comes and the k - 1 before it lie within the longest window that asks for
    no more than k: at the share times the probability of that (the argument of scan statistics: Naus 1982,
    "Approximations for distributions of scan statistics", JASA 77). Taken is the k of which this is largest: what the
    others add is less than what the halves that must agree take away (realised over budgeted 0.6 to 0.7, shares of
    0.003 and 0.01 in 10 M events). Longer windows, and too few events, pass by the formula above.
    """
    seen = max(share, 0.5 / known)
    widths = np.array([blocks * per_block for blocks in lengths if seen * blocks * per_block <= _COUNTED], np.float64)
    counts, expected = _COUNTS[None].astype(np.float64), share * widths[:, None]
    root = np.where(counts > expected, likelihood_root(counts, widths[:, None], np.array(share), np.array(known)), 0.0)
    tails = _tails(share, known, widths)
    rest = min(int(FEWEST_MISSED / seen / per_block), lengths[-1])

    def expected_rate(bar: float) -> float:
        wanted = (root <= bar).sum(axis=1)
        odds: dict[int, float] = {}
        for place, count in enumerate(wanted.tolist()):
            if 0 < count < len(_COUNTS):
                odds[count] = max(odds.get(count, 0.0), float(tails[place, count - 1]))
        longer = rate_of_passing(bar, rest, lengths[-1], even=False) if rest < lengths[-1] else 0.0
        return seen * per_block * max(odds.values(), default=0.0) + longer

    low, high = _LEAST, _MOST
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if expected_rate(middle) > budget else (low, middle)
    return high
