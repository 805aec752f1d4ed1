"""Laws without any change in which detectors see one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from benchmarks.drift.kinds import PHI, Shift, codes, noise
from benchmarks.drift.streams import Floats, Ints, Random, Stream, Trap
from landform_agent.block import Losses
from landform_agent.engine import Season

DAY = 86_400.0
EARLY, MATURE = 300, 3_000
"""Events until a positive label is known, and until a negative one is."""


def heavy(random: Random, length: int, change: int | None) -> Stream:
    """Student's t with 1.5 degrees of freedom: no variance."""
    return Stream(random.standard_t(1.5, (length, 3)), codes(random, length))


def tied(random: Random, length: int, change: int | None) -> Stream:
    """Counts, most of them 0 in the first feature."""
    return Stream(random.poisson([0.3, 2.0, 8.0], (length, 3)).astype(np.float64), codes(random, length))


def growth(random: Random, length: int, change: int | None) -> Stream:
    """Traffic triples over the stream, and has a day: most events come at noon; values follow the time of day."""
    grown = 1 + 2 * np.arange(length) / length
    at = np.empty(length)
    clock, pace = 0.0, DAY / 1_000
    for number, wait in enumerate(random.exponential(size=length).tolist()):
        at[number] = clock
        clock += wait * pace / (grown[number] * (1 - 0.6 * np.cos(2 * np.pi * clock / DAY)))
    x = noise(random, length) - np.cos(2 * np.pi * at / DAY)[:, None] * np.array([1.5, 1.0, 0.5])
    return Stream(x, codes(random, length), season=Season(DAY, "seconds"), at=at)


def bursts(random: Random, length: int, change: int | None) -> Stream:
    """About every 5,000 events 20 to 100 rows in a row hold an absurd number in one feature."""
    x = noise(random, length)
    for begin in np.flatnonzero(random.random(length) < 1 / 5_000):
        rows = slice(begin, begin + int(random.integers(20, 101)))
        x[rows, random.integers(3)] = random.choice([-999.0, 1e6, 1e9])
    return Stream(x, codes(random, length))


def hanging(random: Random, length: int, change: int | None) -> Stream:
    """About every 5,000 events all features hang for up to 200 rows, on a value or the last one, or for 99 on none."""
    x = noise(random, length)
    x[:, 1] = np.exp(3 + 0.7 * x[:, 1])
    for begin in 1 + np.flatnonzero(random.random(length - 1) < 1 / 5_000):
        value = random.choice([0.0, -999.0, 1e6, np.nan, np.inf])
        rows = slice(begin, begin + int(random.integers(5, 100 if np.isnan(value) else 201)))
        x[rows] = x[begin - 1] if np.isinf(value) else value
    return Stream(x, codes(random, length))


def smooth(random: Random, length: int, change: int | None) -> Stream:
    """Values that follow their past closely: an autoregression with the roots 0.9 and 0.95."""
    x = lfilter([1.0], np.poly([0.9, 0.95]), random.standard_normal((length + 1_000, 3)), axis=0)[1_000:]
    return Stream(x / x.std(), codes(random, length))


def early_positives(random: Random, length: int, change: int | None) -> Stream:
    """Positives are known after 300 events, negatives after 3,000; as they come, losses begin with positives alone."""
    p = 1 / (1 + np.exp(2 - random.standard_normal(length)))
    y = random.random(length) < p
    loss = -np.log(np.where(y, p, 1 - p))
    due = np.arange(length) + np.where(y, EARLY, MATURE)
    order = np.argsort(due, kind="stable")
    order = order[due[order] < length]
    mature = Losses(np.arange(length - MATURE) + MATURE, loss[: length - MATURE])
    return Stream(noise(random, length), codes(random, length), losses=mature, raw=Losses(due[order], loss[order]))


def office_hours(random: Random, length: int, change: int | None) -> Stream:
    """A season with edges: one level by day, another by night."""
    x: Floats = noise(random, length) + np.where(np.arange(length) % 1_000 < 350, 1.5, 0.0)[:, None]
    return Stream(x, codes(random, length), season=Season(1_000, "events"))


def long_tail(random: Random, length: int, change: int | None) -> Stream:
    """Merchants by Zipf's law: new names never end."""
    kinds: Ints = np.minimum(random.zipf(1.5, length), 1_000_000)
    _, numbered = np.unique(kinds, return_inverse=True)
    return Stream(noise(random, length), numbered.astype(np.int64))


_SESSION = 5
"""Rows that a visitor sends in one go."""


@dataclass(frozen=True)
class Sessions:
    """Categories come with all rows of a session; a `share` of the sessions has one of its own, as an id is.

    The reference holds such ids at the same rate. `side` sessions come at once, their rows in turns.
    """

    share: float
    side: int = 1

    def __call__(self, random: Random, length: int, change: int | None) -> Stream:
        """The stream."""
        together = _SESSION * self.side
        count = -(-length // together) * self.side
        kinds = random.choice(3, count, p=[0.6, 0.3, 0.1])
        own = random.random(count) < self.share
        kinds[own] = 3 + np.arange(int(own.sum()))
        rows = np.repeat(kinds, _SESSION).reshape(-1, self.side, _SESSION).transpose(0, 2, 1).ravel()[:length]
        return Stream(noise(random, length), rows.astype(np.int64))


def under_noise(random: Random, length: int, change: int | None) -> Stream:
    """A level that wanders slowly, seen through noise (an ARMA of 0.95 and -0.85): correlations are weak and long."""
    draws = random.standard_normal((length + 500, 3))
    return Stream(lfilter([1.0, -0.85], [1.0, -0.95], draws, axis=0)[500:], codes(random, length))


def rare_values(random: Random, length: int, change: int | None) -> Stream:
    """A flag of 1 %, an amount that is 0 in 98 %, and a column that is 0 in 99 % and goes both ways else."""
    flag = (random.random(length) < 0.01).astype(np.float64)
    amount = np.where(random.random(length) < 0.02, random.lognormal(size=length), 0.0)
    both = np.where(random.random(length) < 0.01, random.standard_normal(length), 0.0)
    return Stream(np.stack([flag, amount, both], axis=1), codes(random, length))


def even_categories(random: Random, length: int, change: int | None) -> Stream:
    """Fifty categories, none likelier than another."""
    return Stream(noise(random, length), random.integers(50, size=length))


def hourly_shares(random: Random, length: int, change: int | None) -> Stream:
    """Categories whose shares follow the hour, one of them hardly there by night."""
    wave = np.sin(2 * np.pi * np.arange(length) / 1_000)
    shares = np.stack([0.05 + 0.045 * wave, 0.3 - 0.1 * wave, 0.65 + 0.055 * wave], axis=1)
    kinds: Ints = (random.random(length)[:, None] > shares.cumsum(axis=1)).sum(axis=1)
    return Stream(noise(random, length), kinds, season=Season(1_000, "events"))


def clusters(random: Random, length: int, change: int | None) -> Stream:
    """Spread that comes in clusters, as of prices: a GARCH of 0.08 and 0.9 (Bollerslev 1986)."""
    draws, variance = random.standard_normal((length + 500, 3)), np.ones(3)
    for number, draw in enumerate(draws):
        draws[number] = draw * np.sqrt(variance)
        variance = 0.02 + 0.08 * draws[number] ** 2 + 0.9 * variance
    return Stream(draws[500:], codes(random, length))


TRAPS: tuple[Trap, ...] = (
    Trap("iid", Shift(0.5)),
    Trap("AR(1) 0.8", Shift(0.5, PHI)),
    Trap("daily season", Shift(0.5, season=True)),
    Trap("growth", growth),
    Trap("heavy tails", heavy),
    Trap("ties", tied),
    Trap("bursts", bursts),
    Trap("early positives", early_positives),
    Trap("200 features", Shift(0.5, width=200), 200),
    Trap("office hours", office_hours),
    Trap("long tail of categories", long_tail),
    Trap("sessions, 1 % with an id", Sessions(0.01)),
    Trap("sessions in turns, 0.1 % with an id", Sessions(0.001, side=8)),
    Trap("slow level under noise", under_noise),
    Trap("rare values", rare_values),
    Trap("50 even categories", even_categories),
    Trap("shares by the hour", hourly_shares),
    Trap("spread in clusters", clusters),
    Trap("feeds that hang", hanging),
    Trap("smooth values", smooth),
)
