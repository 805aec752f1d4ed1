"""A season is removed: an event is compared with what the reference holds for its own phase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landform_agent.block import Floats, Ints
from landform_agent.engine.settings import Season
from landform_agent.engine.variance import inflation

BINS = 288
"""Phases are told apart to five minutes of a day."""

HARMONICS = (0, 1, 2, 3, 5, 8, 12, 18, 27, 40)
"""Numbers of harmonics that are tried: one for a wave, many for office hours."""


def phases(seq: Ints, at: Floats, season: Season) -> npt.NDArray[np.uint16]:
    """The phase of every event, 0 to before `BINS`."""
    clock = at if season.unit == "seconds" else seq.astype(np.float64)
    share = np.mod(clock, season.length) / season.length
    return np.minimum((share * BINS).astype(np.uint16), np.uint16(BINS - 1))


_PRICE = 3.0
"""Of a parameter, in the criterion (Bhansali and Downham 1977, "Some properties of the order of an autoregressive model
selected by a generalization of Akaike's FPE criterion": 2 to 4). With 2 a column in seven without a season got one, and
alarmed at the same hour day by day; with 4 seasons of a twentieth of a deviation were left (November 2026)."""


def _waves() -> Floats:
    """The harmonics at each phase, (phases, 1 + 2 harmonics)."""
    angle = 2 * np.pi * (np.arange(BINS) + 0.5) / BINS
    columns = [np.ones(BINS)]
    for harmonic in range(1, HARMONICS[-1] + 1):
        columns += [np.cos(harmonic * angle), np.sin(harmonic * angle)]
    return np.stack(columns, axis=1)


_WAVES = _waves()


def harmonic_fit(several: Floats, phase: npt.NDArray[np.uint16]) -> tuple[Floats, Ints]:
    """The expected value at each phase by least squares on harmonics, and how many, of each of several columns.

    Their number is the one with the best information criterion (Akaike 1974, with the `_PRICE` of a parameter), where
    as many observations count as what all harmonics leave is worth: else what depends on its past fits any wave.
    """
    counts = np.bincount(phase, minlength=BINS).astype(np.float64)
    sums = np.stack([np.bincount(phase, weights=column, minlength=BINS) for column in several.T], axis=1)
    moments = _WAVES.T @ sums
    gram = (_WAVES * counts[:, None]).T @ _WAVES + 1e-6 * len(phase) * np.eye(_WAVES.shape[1])
    total = (several**2).sum(axis=0)

    def weights(harmonics: int) -> Floats:
        part = slice(0, 1 + 2 * harmonics)
        return np.asarray(np.linalg.solve(gram[part, part], moments[part]), np.float64)

    rest = several - (_WAVES @ weights(HARMONICS[-1]))[phase]
    count = np.maximum(len(phase) / inflation(rest)[0], 2.0)
    best, least = np.zeros(several.shape[1], np.int64), np.full(several.shape[1], np.inf)
    for number in HARMONICS:
        explained = (weights(number) * moments[: 1 + 2 * number]).sum(axis=0)
        left = np.maximum(total - explained, 1e-12 * total + 1e-300) / np.maximum(total, 1e-300)
        criterion = count * np.log(left) + _PRICE * (1 + 2 * number)
        best, least = np.where(criterion < least, number, best), np.minimum(criterion, least)
    fitted = np.empty((BINS, several.shape[1]))
    for chosen in np.unique(best).tolist():
        mine = best == chosen
        fitted[:, mine] = _WAVES[:, : 1 + 2 * chosen] @ weights(chosen)[:, mine]
    return fitted, best


@dataclass(frozen=True)
class Cycle:
    """Level and scale of one numeric column at each phase, and the harmonics that they have."""

    level: Floats
    scale: Floats
    harmonics: int = 0

    def remove(self, values: Floats, phase: npt.NDArray[np.uint16]) -> Floats:
        """Values in scales from the level of their phase; what is not finite stays so."""
        with np.errstate(over="ignore"):
            residual: Floats = (values - self.level[phase]) / self.scale[phase]
        return residual


_FARTHEST = 1e150


def cycle_of(values: Floats, phase: npt.NDArray[np.uint16]) -> Cycle | None:
    """Fit level and scale on the finite values; far ones are drawn in first, so that heavy tails do not lead.

    None where they lie so far apart that their squares are no numbers.
    """
    fine = np.isfinite(values)
    x, at = values[fine], phase[fine]
    low, middle, high = np.quantile(x, [0.25, 0.5, 0.75])
    with np.errstate(over="ignore", invalid="ignore"):
        reach = 6 * max(high - low, 1e-12)
    if not reach < _FARTHEST:
        return None
    x = np.clip(x, middle - reach, middle + reach)
    fitted, harmonics = harmonic_fit((x - middle)[:, None], at)
    level = fitted[:, 0] + middle
    distance = np.abs(x - level[at])
    typical = max(float(distance.mean()), 1e-12)
    scale, more = harmonic_fit(distance[:, None], at)
    return Cycle(level, np.maximum(scale[:, 0], typical / 5), int(max(harmonics[0], more[0])))
