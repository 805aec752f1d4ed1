"""Codes become scores, by look-up: normal ones for a shift, their squares for a spread, cells for a share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats, Ints
from landform_agent.engine.columns import MISSING, Codes, Column, Numeric
from landform_agent.engine.scan import UNIT

FAR = 3.1
"""Normal scores end here: one observation in a thousand lies beyond, and the reference knows it no better."""

JOINT_UNIT = 32
"""Normal scores of the joint channel are whole numbers of this fraction, so that products stay exact."""

LOSS, ERROR = "(loss)", "(error)"
"""Names of the column of losses, which no feature has: of a class or its probability, and of a number."""

_WORST = 40.0
"""Mean losses that one loss counts, at most: of a model with few positives all that tells is in losses of thirty."""

_RAREST = 8.0
"""Savage's score of the errors that the reference ranks highest."""

_NO_LOSS = 1e-12
"""A mean loss of a model that never missed: any error is as bad as any other."""

_BITS = 21
"""A block's sum of scores of at most `UNIT` takes 20."""

_Z = np.linspace(-FAR, FAR, 1241)
_SHARE_BELOW = np.array([0.5 * (1 + math.erf(z / math.sqrt(2))) for z in _Z])


@dataclass(frozen=True)
class Series:
    """One series of a column: what it watches, and the code whose share it is."""

    column: int
    kind: str
    code: int | None = None


def ranks(counts: Ints) -> Floats:
    """The mid-rank of each code in the reference, (256,) to (255,) without the missing."""
    known = counts[:MISSING].astype(np.float64)
    rank: Floats = (np.cumsum(known) - known / 2) / max(known.sum(), 1.0)
    return rank


def normal_scores(counts: Ints) -> Floats:
    """The normal quantile of the mid-rank of each code, within `FAR` (van der Waerden 1952)."""
    score: Floats = np.interp(ranks(counts), _SHARE_BELOW, _Z)
    return score


def number_scores(counts: Ints) -> tuple[Ints, Ints]:
    """Scores of the codes of a numeric column: the normal one for a shift, and its square for a spread.

    As good as the mean and the variance themselves where values are normal, never worse than the mean where they are
    not (Chernoff and Savage 1958, "Asymptotic normality and efficiency of certain nonparametric test statistics"; Klotz
    1962, "Nonparametric tests for scale"), and bounded where tails are heavy. The first here goes from 0 to 1, the
    second is a part of its largest value. The missing have the mean of both, and so move neither.
    """
    known = counts[:MISSING].astype(np.float64)
    normal = normal_scores(counts) / FAR
    both = np.stack([(1 + normal) / 2, normal**2])
    means = both @ known / max(known.sum(), 1.0)
    rows = np.rint(np.concatenate([both, means[:, None]], axis=1) * UNIT).astype(np.int64)
    return rows[0], rows[1]


def joint_scores(column: Column, counts: Ints) -> npt.NDArray[np.int16]:
    """Normal scores for the joint channel; the missing and the absurd have none."""
    scores = np.zeros(256, np.int16)
    scores[:MISSING] = np.rint(normal_scores(counts) * JOINT_UNIT)
    scores[[0, column.size - 1]] = 0
    return scores


def loss_scores(column: Numeric, counts: Ints) -> Ints:
    """The loss of each code, at most `_WORST` times the mean one, as a part of that.

    A rank knows nothing of how bad the bad ones are: where one event in a hundred is positive, its loss is a hundred
    times the others', whose ranks would make most of the score's variance.
    """
    edges = column.edges
    loss = np.zeros(MISSING)
    loss[: column.size] = np.concatenate([edges[:1], edges[:-1] / 2 + edges[1:] / 2, edges[-1:]])
    known = counts[:MISSING].astype(np.float64)
    usual = float(loss @ known) / max(known.sum(), 1.0)
    if usual <= _NO_LOSS:
        return error_scores(counts)
    return _with_missing(np.clip(loss / (_WORST * usual), 0.0, 1.0), known)


def error_scores(counts: Ints) -> Ints:
    """Savage's score of each code, `-ln(1 - rank)` (Savage 1956), as a part of its largest value.

    Errors of numbers have any tail: of them the ranks count, by the score that is best for exponential ones.
    """
    score = np.minimum(-np.log(np.maximum(1 - ranks(counts), 1e-9)), _RAREST) / _RAREST
    return _with_missing(score, counts[:MISSING].astype(np.float64))


def _with_missing(score: Floats, known: Floats) -> Ints:
    mean = score @ known / max(known.sum(), 1.0)
    scores: Ints = np.rint(np.append(score, mean) * UNIT).astype(np.int64)
    return scores


def table(number: int, column: Column, counts: Ints) -> tuple[list[Series], Ints]:
    """The series of a column, and the score that each code has in each of them: (256, series)."""
    if isinstance(column, Numeric) and column.name in (LOSS, ERROR):
        scores = loss_scores(column, counts) if column.name == LOSS else error_scores(counts)
        return [Series(number, "performance")], scores[:, None]
    missing = np.zeros(256, np.int64)
    missing[MISSING] = UNIT
    if isinstance(column, Numeric):
        shift, spread = number_scores(counts)
        kinds = [Series(number, "shift"), Series(number, "spread"), Series(number, "missing")]
        return kinds, np.stack([shift, spread, missing], axis=1)
    shares = counts[:MISSING] / max(int(counts[:MISSING].sum()), 1)
    cells = np.zeros((column.size, 256), np.int64)
    for code in range(column.size):
        cells[code, code] = UNIT
        cells[code, MISSING] = round(float(shares[code]) * UNIT)
    kinds = [*(Series(number, "category", code) for code in range(column.size)), Series(number, "missing")]
    return kinds, np.concatenate([cells, missing[None]]).T.copy()


class Sums:
    """Block sums of all series at once: three scores lie in each whole number that is looked up and added."""

    def __init__(self, tables: list[Ints], offsets: list[npt.NDArray[np.int32]], per_block: int) -> None:
        self._per_block = per_block
        words: list[Ints] = []
        columns: list[int] = []
        places: list[int] = []
        for number, one in enumerate(tables):
            packed = _packed(one)
            places += [3 * len(columns) + place for place in range(one.shape[1])]
            columns += [number] * packed.shape[1]
            words.append(packed.T)
        self._words = np.concatenate(words).ravel() if words else np.empty(0, np.int64)
        self._columns = np.array(columns, np.intp)
        plain = self._columns.tolist() == list(range(len(tables)))
        self._chosen: npt.NDArray[np.intp] | slice = slice(None) if plain else self._columns
        self._starts = 256 * np.arange(len(columns), dtype=np.int32)
        self._places = np.array(places, np.intp)
        self._offset = np.concatenate(offsets, axis=1) if offsets and len(offsets[0]) else None

    def of(self, codes: Codes, phase: npt.NDArray[np.uint16] | None) -> Ints:
        """(events, columns) to (blocks, series), less what the season explains."""
        blocks = len(codes) // self._per_block
        found = self._words.take(codes[:, self._chosen] + self._starts)
        sums = found.reshape(blocks, self._per_block, -1).sum(axis=1)
        mask = (1 << _BITS) - 1
        parts = np.empty((blocks, 3 * len(self._starts)), np.int64)
        parts[:, 0::3] = sums & mask
        parts[:, 1::3] = sums >> _BITS & mask
        parts[:, 2::3] = sums >> 2 * _BITS
        result: Ints = parts if len(self._places) == parts.shape[1] else parts[:, self._places]
        if phase is None or self._offset is None:
            return result
        season: Ints = self._offset[phase].reshape(blocks, self._per_block, -1).sum(axis=1)
        return result - season


def _packed(scores: Ints) -> Ints:
    padded = np.zeros((len(scores), -(-scores.shape[1] // 3) * 3), np.int64)
    padded[:, : scores.shape[1]] = scores
    packed: Ints = padded[:, 0::3] | padded[:, 1::3] << _BITS | padded[:, 2::3] << 2 * _BITS
    return packed
