"""Real data with injected drift, by the protocol of Cerqueira et al. (KDD 2026, arXiv 2606.07789).

Each trial draws whole rows of a labelled data set, which makes the stream stationary but leaves every feature's law and
how they go together as they are. Then one of four drifts begins, at once or over 2,000 events. The sets are those that
river's wheel carries; their rows come with labels, and the loss is that of a linear model that knows the set.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from benchmarks.drift.streams import (
    JOINT,
    LABEL,
    Bools,
    Episode,
    Floats,
    Ints,
    Kind,
    Random,
    Stream,
    feature_names,
)
from landform_agent.block import Losses

GRADUAL = 2_000
ODDS = 4.0
"""A class prior changes by this factor."""

KEPT = 0.7
"""Filtering keeps this share of a feature's range of ranks."""

SETS = {
    "shuttle": ("shuttle.csv.gz", "anomaly"),
    "segment": ("segment.csv.zip", "category"),
    "banana": ("banana.zip", ""),
    "phishing": ("phishing.csv.gz", "is_phishing"),
}


@dataclass(frozen=True)
class Table:
    """Rows of a data set: features, (rows, features), and classes from 0 on."""

    x: Floats
    classes: Ints

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.x)

    @property
    def width(self) -> int:
        """How many features there are."""
        return int(self.x.shape[1])


@cache
def table(name: str) -> Table:
    """A set from river's wheel. What is constant is no feature."""
    file, label = SETS[name]
    data = files("river.datasets").joinpath(file).read_bytes()
    rows = _libsvm(data) if not label else _csv(data, file, label)
    classes = np.unique([row[0] for row in rows], return_inverse=True)[1].astype(np.int64)
    x = np.array([row[1] for row in rows], float)
    return Table(x[:, x.std(axis=0) > 0], classes)


def _csv(data: bytes, file: str, label: str) -> list[tuple[str, list[float]]]:
    if file.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = archive.read(archive.namelist()[0]).decode()
    else:
        text = gzip.decompress(data).decode()
    rows = csv.DictReader(text.splitlines())
    return [(row.pop(label), [float(value) for value in row.values()]) for row in rows]


def _libsvm(data: bytes) -> list[tuple[str, list[float]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        lines = archive.read(archive.namelist()[0]).decode().split("\n")
    split = [line.split() for line in lines if line.strip()]
    return [(cells[0], [float(cell.split(":")[1]) for cell in cells[1:]]) for cells in split]


@cache
def predicted(name: str) -> Ints:
    """What a linear model says of each row: least squares to each class, the largest one wins."""
    known = table(name)
    scaled = (known.x - known.x.mean(axis=0)) / known.x.std(axis=0)
    design = np.column_stack([np.ones(known.rows), scaled, scaled**2])
    weights = np.linalg.lstsq(design, np.eye(known.classes.max() + 1)[known.classes], rcond=None)[0]
    return np.asarray(np.argmax(design @ weights, axis=1), np.int64)


@dataclass(frozen=True)
class Drawn:
    """A stream in the making: rows by number, the features and classes that they show, and what the drift touches."""

    x: Floats
    classes: Ints
    touched: frozenset[str]


@dataclass(frozen=True)
class Injected:
    """One set with one drift, beginning at once or coming over `span` events."""

    name: str
    drift: str
    span: int

    def __call__(self, random: Random, length: int, change: int | None) -> Stream:
        """The stream."""
        known = table(self.name)
        begin = length if change is None else change
        share = np.clip((np.arange(length) - begin + 1) / self.span, 0, 1)
        drifted = random.random(length) < share
        rows = random.integers(known.rows, size=length)
        drawn = DRIFTS[self.drift](self.name, random, rows, drifted)
        wrong = (predicted(self.name)[rows] != drawn.classes).astype(np.float64)
        losses = Losses(np.arange(length), wrong)
        episodes = () if change is None else (Episode(change, length),)
        return Stream(drawn.x, None, episodes, drawn.touched, losses=losses, raw=losses)


def _everything(known: Table) -> frozenset[str]:
    return frozenset({*feature_names(known.width), JOINT, LABEL})


def class_prior(name: str, random: Random, rows: Ints, drifted: Bools) -> Drawn:
    """The odds of one class are four times as high."""
    known = table(name)
    favoured = known.classes == random.integers(known.classes.max() + 1)
    weight = np.where(favoured, ODDS, 1.0)
    rows[drifted] = random.choice(known.rows, int(drifted.sum()), p=weight / weight.sum())
    return Drawn(known.x[rows], known.classes[rows], _everything(known))


def label_swap(name: str, random: Random, rows: Ints, drifted: Bools) -> Drawn:
    """Two classes change names: only losses show it."""
    known = table(name)
    one, other = random.choice(known.classes.max() + 1, 2, replace=False)
    classes = known.classes[rows]
    swapped = np.where(classes == one, other, np.where(classes == other, one, classes))
    return Drawn(known.x[rows], np.where(drifted, swapped, classes), frozenset({LABEL}))


def permutation(name: str, random: Random, rows: Ints, drifted: Bools) -> Drawn:
    """Half of the features, at least two, change columns; what the model makes of it is not recomputed."""
    known = table(name)
    moved = random.choice(known.width, max(2, known.width // 2), replace=False)
    x = known.x[rows]
    x[np.ix_(drifted, moved)] = x[np.ix_(drifted, np.roll(moved, 1))]
    return Drawn(x, known.classes[rows], frozenset({*(feature_names(known.width)[n] for n in moved), JOINT}))


def filtering(name: str, random: Random, rows: Ints, drifted: Bools) -> Drawn:
    """Rows where one feature is high come no more."""
    known = table(name)
    high = np.quantile(known.x, KEPT, axis=0)
    # Where most rows share the highest value none of them would go.
    possible = np.flatnonzero(known.x.max(axis=0) > high)
    feature = random.choice(possible)
    low = np.flatnonzero(known.x[:, feature] <= high[feature])
    rows[drifted] = random.choice(low, int(drifted.sum()))
    return Drawn(known.x[rows], known.classes[rows], _everything(known))


DRIFTS = {
    "class prior": class_prior,
    "label swap": label_swap,
    "permutation": permutation,
    "filtering": filtering,
}

KINDS: tuple[Kind, ...] = tuple(
    Kind(f"{name}: {drift}{'' if span == 1 else ', gradual'}", name, Injected(name, drift, span), oracle=False)
    for name in SETS
    for drift in DRIFTS
    for span in (1, GRADUAL)
)
