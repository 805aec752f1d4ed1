"""How good answers are, and whether new ones are good enough: metrics and a bound by paired bootstrap.

A metric is a weighted one, so that a resample is a set of weights over the same rows. Every score is a number: of a
class the probability, else the value itself.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Callable, Sequence

Numbers = Sequence[float]
Metric = Callable[[Numbers, Numbers, Numbers], float]
"""Scores, truths and weights, equally many, to a figure."""

RESAMPLES = 400
"""Enough for a bound at 5 %: its standard error in probability is 1.1 %."""
ONE_SIDED = 0.05
CUT = 0.5
"""The probability from which on an answer is positive."""
_CLIP = 1e-6
DOUBT = 1.95
"""Kolmogorov and Smirnov's factor for a certainty of 99.9 %: a deployment asks many times."""


def accuracy(scores: Numbers, truths: Numbers, weights: Numbers) -> float:
    """Share of rows that are answered rightly."""
    right = sum(w for s, y, w in zip(scores, truths, weights, strict=True) if (s >= CUT) == (y >= CUT))
    return right / sum(weights)


def recall(scores: Numbers, truths: Numbers, weights: Numbers) -> float:
    """Share of the positives that are found; 1 where there are none."""
    positive = sum(w for y, w in zip(truths, weights, strict=True) if y >= CUT)
    found = sum(w for s, y, w in zip(scores, truths, weights, strict=True) if y >= CUT and s >= CUT)
    return found / positive if positive else 1.0


def precision(scores: Numbers, truths: Numbers, weights: Numbers) -> float:
    """Share of what is said to be positive that is; 1 where nothing is said to be."""
    said = sum(w for s, w in zip(scores, weights, strict=True) if s >= CUT)
    right = sum(w for s, y, w in zip(scores, truths, weights, strict=True) if s >= CUT and y >= CUT)
    return right / said if said else 1.0


def f1(scores: Numbers, truths: Numbers, weights: Numbers) -> float:
    """Harmonic mean of precision and recall."""
    p, r = precision(scores, truths, weights), recall(scores, truths, weights)
    return 2 * p * r / (p + r) if p + r else 0.0


def auc(scores: Numbers, truths: Numbers, weights: Numbers) -> float:
    """Probability that a positive scores above a negative, ties half; 0.5 where one of the two is missing."""
    below = twice = ties_positive = ties_negative = 0.0
    positive = sum(w for y, w in zip(truths, weights, strict=True) if y >= CUT)
    negative = sum(weights) - positive
    last = None
    for place in sorted(range(len(scores)), key=scores.__getitem__):
        if scores[place] != last:
            twice += ties_positive * (2 * below + ties_negative)
            below += ties_negative
            ties_positive = ties_negative = 0.0
            last = scores[place]
        if truths[place] >= CUT:
            ties_positive += weights[place]
        else:
            ties_negative += weights[place]
    twice += ties_positive * (2 * below + ties_negative)
    return twice / (2 * positive * negative) if positive and negative else 0.5


def logloss(scores: Numbers, truths: Numbers, weights: Numbers) -> float:
    """Mean log loss of probabilities, clipped at 1e-6."""
    total = 0.0
    for s, y, w in zip(scores, truths, weights, strict=True):
        p = min(max(s, _CLIP), 1 - _CLIP)
        total -= w * (y * math.log(p) + (1 - y) * math.log1p(-p))
    return total / sum(weights)


def rmse(scores: Numbers, truths: Numbers, weights: Numbers) -> float:
    """Root of the mean squared error."""
    total = sum(w * (s - y) ** 2 for s, y, w in zip(scores, truths, weights, strict=True))
    return math.sqrt(total / sum(weights))


def mae(scores: Numbers, truths: Numbers, weights: Numbers) -> float:
    """Mean absolute error."""
    total = sum(w * abs(s - y) for s, y, w in zip(scores, truths, weights, strict=True))
    return total / sum(weights)


METRICS: dict[str, Metric] = {
    "accuracy": accuracy,
    "auc": auc,
    "f1": f1,
    "logloss": logloss,
    "mae": mae,
    "precision": precision,
    "recall": recall,
    "rmse": rmse,
}


def bound(
    metric: str,
    comparison: str,
    challenger: Numbers,
    champion: Numbers | None,
    truths: Numbers,
    seed: int = 0,
) -> float:
    """What the challenger's figure, less the champion's where there is one, keeps to with 95 % certainty.

    The least that it may be where the comparison is ``>`` or ``>=``, else the most. One-sided, by a paired bootstrap:
    each resample draws the same rows for both. The same input gives the same bound.
    """
    figure, draw, size = METRICS[metric], random.Random(seed), len(truths)
    gains = []
    for _ in range(RESAMPLES):
        weights = [0.0] * size
        for place in draw.choices(range(size), k=size):
            weights[place] += 1.0
        before = figure(champion, truths, weights) if champion is not None else 0.0
        gains.append(figure(challenger, truths, weights) - before)
    gains.sort(reverse=comparison.startswith("<"))
    return gains[int(ONE_SIDED * RESAMPLES)]


def accepted(comparison: str, bound: float, margin: float) -> bool:
    """Whether a bound is as the comparison wants it."""
    return {">": bound > margin, ">=": bound >= margin, "<": bound < margin, "<=": bound <= margin}[comparison]


def distance(one: Numbers, other: Numbers) -> float:
    """How far apart two sets of answers lie: the largest difference of their distribution functions, 0 to 1."""
    first, second = sorted(one), sorted(other)
    return max(abs(bisect_right(first, x) / len(first) - bisect_right(second, x) / len(second)) for x in {*one, *other})


def strayed(new: Numbers, old: Numbers, expected: float) -> float:
    """The share of new answers that lies where it should not, beyond doubt; negative where all may be well.

    Both versions are asked at the same time, so their callers are alike: what keeps their answers apart is the model,
    and how far it does is `expected` from its evaluation. The doubt is what chance makes of so few answers.
    """
    doubt = DOUBT * math.sqrt(1 / len(new) + 1 / len(old))
    return distance(new, old) - expected - doubt
