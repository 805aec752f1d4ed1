"""Synthetic changes, each with the log likelihood ratio that its oracle sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from benchmarks.drift.streams import (
    COUNTRY,
    JOINT,
    LABEL,
    Episode,
    Floats,
    Ints,
    Kind,
    Make,
    Random,
    Stream,
    category,
    feature_names,
)
from landform_agent.block import Losses
from landform_agent.engine import Season

PERIOD = 1_000
PHI = 0.8
LABEL_LAG = 2_000
"""Events until an event's label comes."""

SHARES = np.array([0.4, 0.25, 0.15, 0.1, 0.05, 0.03, 0.015, 0.005])
SHIFTED = np.array([0.4, 0.15, 0.25, 0.1, 0.05, 0.03, 0.015, 0.005])
NEW_SHARE = 0.03
FLIPPED = 0.1

A = frozenset({feature_names(1)[0]})


def noise(random: Random, length: int, phi: float = 0.0, width: int = 3) -> Floats:
    """Normal numbers of unit variance, each feature an autoregression of its own."""
    if phi == 0:
        return random.standard_normal((length, width))
    draws = random.standard_normal((length + 200, width)) * np.sqrt(1 - phi * phi)
    filtered: Floats = lfilter([1.0], [1.0, -phi], draws, axis=0)[200:]
    return filtered


def wave(length: int, width: int = 3) -> Floats:
    """A season of `PERIOD` events, of another height in each feature."""
    return np.sin(2 * np.pi * np.arange(length) / PERIOD)[:, None] * np.linspace(1.5, 0.5, width)


def codes(random: Random, length: int) -> Ints:
    """Categories of the stationary law."""
    return random.choice(len(SHARES), length, p=SHARES)


def until_end(change: int | None, length: int) -> tuple[Episode, ...]:
    """A change that lasts."""
    return () if change is None else (Episode(change, length),)


@dataclass(frozen=True)
class Shift:
    """The mean of the first feature moves by `size` deviations at once."""

    size: float
    phi: float = 0.0
    season: bool = False
    width: int = 3

    def __call__(self, random: Random, length: int, change: int | None) -> Stream:
        """The stream."""
        path = np.zeros(length)
        if change is not None:
            path[change:] = self.size
        return self.along(random, path, until_end(change, length))

    def along(self, random: Random, path: Floats, episodes: tuple[Episode, ...]) -> Stream:
        """The stream whose first feature's mean follows `path`."""
        length = len(path)
        x = noise(random, length, self.phi, self.width)
        x[:, 0] += path
        evidence = self.evidence(x[:, 0])
        if self.season:
            x += wave(length, self.width)
        season = Season(PERIOD, "events") if self.season else None
        return Stream(x, codes(random, length), episodes, A, A, evidence, season)

    def evidence(self, x: Floats) -> Floats:
        """By the innovations of the autoregression, whose mean moves by `size (1 - phi) / sqrt(1 - phi^2)`."""
        innovation = x.copy()
        innovation[1:] -= self.phi * x[:-1]
        innovation /= np.sqrt(1 - self.phi**2)
        step = self.size * (1 - self.phi) / np.sqrt(1 - self.phi**2)
        evidence: Floats = step * innovation - step * step / 2
        return evidence


@dataclass(frozen=True)
class Gradual:
    """Over `span` events more and more of them come from the law whose mean lies `size` away."""

    size: float
    span: int

    def __call__(self, random: Random, length: int, change: int | None) -> Stream:
        """The stream."""
        path: Floats = np.zeros(length)
        if change is not None:
            share = np.clip((np.arange(length) - change) / self.span, 0, 1)
            path = self.size * (random.random(length) < share)
        return Shift(self.size).along(random, path, until_end(change, length))


@dataclass(frozen=True)
class Incremental:
    """The mean slides by `size` over `span` events."""

    size: float
    span: int

    def __call__(self, random: Random, length: int, change: int | None) -> Stream:
        """The stream."""
        path = np.zeros(length)
        if change is not None:
            path = self.size * np.clip((np.arange(length) - change) / self.span, 0, 1)
        return Shift(self.size).along(random, path, until_end(change, length))


@dataclass(frozen=True)
class Recurring:
    """The mean moves by `size` for 4,000 events, is back for 6,000, and moves for good."""

    size: float

    def __call__(self, random: Random, length: int, change: int | None) -> Stream:
        """The stream; the first change comes early enough for the second."""
        if change is None:
            return Shift(self.size)(random, length, None)
        first = change - 2_000
        episodes = Episode(first, first + 4_000), Episode(first + 10_000, length)
        path = np.zeros(length)
        for episode in episodes:
            path[episode.begin : episode.end] = self.size
        return Shift(self.size).along(random, path, episodes)


def variance(random: Random, length: int, change: int | None) -> Stream:
    """The first feature's deviation grows by half; its mean stays."""
    x, ratio = noise(random, length), 1.5
    if change is not None:
        x[change:, 0] *= ratio
    evidence = -np.log(ratio) + x[:, 0] ** 2 / 2 * (1 - ratio**-2)
    return Stream(x, codes(random, length), until_end(change, length), A, A, evidence)


def correlation(random: Random, length: int, change: int | None) -> Stream:
    """Two independent features correlate by 0.6 from the change on; each one's law stays."""
    x, r = noise(random, length), 0.6
    if change is not None:
        x[change:, 1] = r * x[change:, 0] + np.sqrt(1 - r * r) * x[change:, 1]
    u, v = x[:, 0], x[:, 1]
    evidence = -0.5 * np.log(1 - r * r) - (r * r * (u * u + v * v) - 2 * r * u * v) / (2 * (1 - r * r))
    touched, named = frozenset({JOINT}), frozenset(feature_names(2))
    return Stream(x, codes(random, length), until_end(change, length), touched, named, evidence)


def share(random: Random, length: int, change: int | None) -> Stream:
    """Two categories change places: a quarter of the events and 15 %."""
    kinds = codes(random, length)
    if change is not None:
        kinds[change:] = random.choice(len(SHIFTED), length - change, p=SHIFTED)
    evidence = np.log(SHIFTED / SHARES)[kinds]
    named = frozenset({category(1), category(2)})
    country = frozenset({COUNTRY})
    return Stream(noise(random, length), kinds, until_end(change, length), country, named, evidence)


def new_category(random: Random, length: int, change: int | None) -> Stream:
    """A category that the reference never saw takes 3 % of the events."""
    kinds = codes(random, length)
    if change is not None:
        kinds[change:][random.random(length - change) < NEW_SHARE] = len(SHARES)
    evidence = np.where(kinds == len(SHARES), np.log(NEW_SHARE / 1e-6), np.log(1 - NEW_SHARE))
    named = frozenset({category(len(SHARES)), "(new)"})
    country = frozenset({COUNTRY})
    return Stream(noise(random, length), kinds, until_end(change, length), country, named, evidence)


def missing(random: Random, length: int, change: int | None) -> Stream:
    """The first feature is missing in 6 % of the events instead of 1 %."""
    x, before, after = noise(random, length), 0.01, 0.06
    odds = np.full(length, before)
    if change is not None:
        odds[change:] = after
    gone = random.random(length) < odds
    x[gone, 0] = np.nan
    evidence = np.where(gone, np.log(after / before), np.log((1 - after) / (1 - before)))
    return Stream(x, codes(random, length), until_end(change, length), A, A, evidence)


def late_labels(random: Random, length: int, change: int | None) -> Stream:
    """A tenth of the labels turns; each label comes 2,000 events late, and counts as changed from then on.

    The loss is the log loss of a calibrated prediction; features keep their law.
    """
    p = 1 / (1 + np.exp(-2 * random.standard_normal(length)))
    y = random.random(length) < p
    if change is not None:
        turned = np.arange(length) >= change - LABEL_LAG
        y ^= turned & (random.random(length) < FLIPPED)
    likely = np.where(y, p, 1 - p)
    known = length - LABEL_LAG
    losses = Losses(np.arange(known) + LABEL_LAG, -np.log(np.clip(likely, 1e-6, 1))[:known])
    evidence = np.zeros(length)
    evidence[LABEL_LAG:] = np.log(1 - FLIPPED + FLIPPED * (1 - likely) / likely)[:known]
    touched = frozenset({LABEL})
    return Stream(
        noise(random, length),
        codes(random, length),
        until_end(change, length),
        touched,
        frozenset(),
        evidence,
        losses=losses,
        raw=losses,
    )


def _shift(name: str, make: Make, law: str = "iid") -> Kind:
    return Kind(name, law, make)


KINDS: tuple[Kind, ...] = (
    _shift("abrupt 0.25", Shift(0.25)),
    _shift("abrupt 0.5", Shift(0.5)),
    _shift("abrupt 1", Shift(1.0)),
    _shift("AR(1) 0.8, 0.25", Shift(0.25, PHI), "AR(1) 0.8"),
    _shift("AR(1) 0.8, 0.5", Shift(0.5, PHI), "AR(1) 0.8"),
    _shift("AR(1) 0.8, 1", Shift(1.0, PHI), "AR(1) 0.8"),
    _shift("season, 0.25", Shift(0.25, season=True), "season"),
    _shift("season, 0.5", Shift(0.5, season=True), "season"),
    _shift("season, 1", Shift(1.0, season=True), "season"),
    _shift("gradual, 1 in 2,000", Gradual(1.0, 2_000)),
    _shift("incremental, 1 in 4,000", Incremental(1.0, 4_000)),
    _shift("recurring 0.5", Recurring(0.5)),
    Kind("variance x 1.5", "iid", variance),
    Kind("correlation 0.6", "iid", correlation),
    Kind("category's share", "iid", share),
    Kind("new category 3 %", "iid", new_category),
    Kind("missing 1 to 6 %", "missing", missing),
    Kind("late labels", "labels", late_labels),
    _shift("one of 20, 0.5", Shift(0.5, width=20), "20 features"),
)
