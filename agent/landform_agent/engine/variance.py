"""The long-run variance: how far the mean of a correlated series strays, beside one of independent values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landform_agent.block import Floats

_FAR_LAGS = 40
_SOME = 0.03
"""Less than this is chance, of 2,000 independent values and more; of fewer six errors of the sum."""

LAGS = 12
"""Autoregressions up to this order are tried; the Bayesian information criterion chooses one for each series."""

_LEFT = 1e-4
"""What is left of 1 less the coefficients of an autoregression, at least: one that wanders for good leaves nothing."""

_FARTHEST = 200.0
"""No inflation is larger: such a memory is longer than what a reference of some thousand observations tells of it, and
a series that wanders for good, as a price does, is still to be told once it is far from where it was."""

_FEWEST_BATCHES = 8
_SURE = 1.645
_HARDLY = 0.01

DOUBT = 0.03
"""The relative error of the long-run deviation of a correlated series, at 5,000 observations (measured, AR(1) 0.8)."""

_SLOW = 2 * DOUBT

DOUBT_TOGETHER = 0.08
"""The same of what batches of several series prove together."""

_DOUBTED = 5_000
"""Observations at which doubts are told."""

UNDER_NOISE = (-0.4, -0.5, -0.6, -0.7, -0.8, -0.85, -0.9, -0.94, -0.97)
"""Moving averages that make of an autoregression of order 1 one that lies under noise: a level that wanders slowly,
seen by values that do not. Autoregressions need many orders for it, each of them hardly worth its price; the squares of
values whose spread comes in clusters are such a series too (Bollerslev 1986, "Generalized autoregressive conditional
heteroskedasticity")."""


def autocovariance(values: Floats, lags: int = LAGS) -> Floats:
    """Sums of products at lag 0, 1, … of centred series: (observations, series) to (lags + 1, series)."""
    count = len(values)
    return np.stack([np.einsum("ij,ij->j", values[: count - lag], values[lag:]) for lag in range(lags + 1)])


def inflation(values: Floats, least: float = 1.0) -> tuple[Floats, Floats]:
    """Long-run variance over the marginal one, at least `least`, of some centred series: (observations, series).

    It is below 1 where values go to and fro. Beside it the relative error of its root at 5,000 observations.
    """
    return _long_run(autocovariance(values), [_under(values, theta) for theta in UNDER_NOISE], len(values), least)


def inflation_together(values: Floats, batch: int) -> tuple[float, float]:
    """What some centred series have in common, and its doubt: that of the sums of their products.

    With as many observations as the series are worth together; and at least what the means of batches prove.
    """
    products = autocovariance(values)
    variance = max(float(products[0].sum()), 1e-300)
    worth = max(variance**2 / max(float((products[0] ** 2).sum()), 1e-300), 1.0)
    each = [_under(values, theta) for theta in UNDER_NOISE]
    under = [(square.sum(keepdims=True), across.sum(keepdims=True)) for square, across in each]
    ratio, doubt = _long_run(products.sum(axis=1, keepdims=True), under, len(values) * worth)
    best, error, batches = float(ratio[0]), float(doubt[0]), len(values) // batch
    if batches >= _FEWEST_BATCHES:
        means = values[: batches * batch].reshape(batches, batch, -1).mean(axis=1)
        strayed = float(((means - means.mean(axis=0)) ** 2).sum()) * batch * len(values) / variance
        proven = strayed * worth / _chi_squared((batches - 1) * worth)
        best, error = (proven, max(error, DOUBT_TOGETHER)) if proven > best else (best, error)
    return best, error


def _long_run(
    products: Floats, under: Sequence[tuple[Floats, Floats]], count: float, least_told: float = 1.0
) -> tuple[Floats, Floats]:
    """The same from sums of products at each lag, (lags + 1, series), and of the series without their noise.

    Levinson's recursion gives an autoregression of each order, and that gives the spectrum at zero:
    `e_p / (1 - sum phi)^2` (Berk 1974, "Consistent autoregressive spectral estimates"). Beside them stand those of
    order 1 under noise, `e ((1 + theta) / (1 - phi))^2`.
    """
    variance = np.maximum(products[0], 1e-300)
    rho = products / variance
    error = np.ones(rho.shape[1])
    phi = np.zeros((0, rho.shape[1]))
    best = np.ones(rho.shape[1])
    least = np.zeros(rho.shape[1])
    for order in range(1, len(rho)):
        reflection = (rho[order] - np.einsum("ij,ij->j", phi, rho[order - 1 : 0 : -1])) / error
        reflection = np.clip(reflection, -0.999, 0.999)
        phi = np.concatenate([phi - reflection * phi[::-1], reflection[None]])
        error = error * (1 - reflection**2)
        criterion = count * np.log(error) + order * np.log(count)
        spectrum = error / np.maximum(1 - phi.sum(axis=0), _LEFT) ** 2
        best = np.where(criterion < least, spectrum, best)
        least = np.minimum(criterion, least)
    doubt = np.maximum(DOUBT, 0.55 * np.sqrt(best / _DOUBTED))
    for theta, (square, across) in zip(UNDER_NOISE, under, strict=True):
        slow = np.clip(across / square, -0.999, 0.999)
        left = square * (1 - slow**2) / variance
        criterion = count * np.log(left) + np.log(count)
        fits = (criterion < least) & (slow > -theta)
        # Without this the memory comes out too short (Kendall 1954; Marriott and Pope 1954, "Bias in the estimation of
        # autocorrelations").
        slow = np.minimum(slow + (1 + 3 * slow) / count, 0.999)
        spectrum = left * ((1 + theta) / (1 - slow)) ** 2
        best, least = np.where(fits, spectrum, best), np.where(fits, criterion, least)
        doubt = np.where(fits, _doubt_under_noise(slow, -theta), doubt)
    best = np.clip(best, least_told, _FARTHEST)
    return best, np.where(best == 1, 0.0, np.round(doubt, 2))


def _doubt_under_noise(slow: Floats, noise: float) -> Floats:
    """Half the relative error of `((1 - noise) / (1 - slow))^2`, both estimated from `_DOUBTED` observations.

    By their asymptotic covariance (Box and Jenkins 1970, "Time Series Analysis", on the mixed process of order 1).
    """
    slow = np.maximum(slow, noise + _HARDLY)
    across = 1 - slow * noise
    own = (1 + slow) / (1 - slow) + (1 + noise) / (1 - noise)
    error: Floats = np.sqrt(across * (across * own - 2 * (1 + slow) * (1 + noise)) / _DOUBTED) / (slow - noise)
    return np.minimum(error, 1.0)


def _under(values: Floats, theta: float) -> tuple[Floats, Floats]:
    """Sums of the squares of series without their noise, and of the products of neighbours."""
    clean = _without(values, theta)
    return np.maximum(np.einsum("ij,ij->j", clean, clean), 1e-300), np.einsum("ij,ij->j", clean[1:], clean[:-1])


def _without(values: Floats, theta: float) -> Floats:
    """`y_t = x_t - theta y_(t-1)`, by doubling: a power of theta below a thousandth is taken for nothing."""
    clean, power, step = values.copy(), -theta, 1
    while step < len(values) and abs(power) > 1e-3:
        clean[step:] = clean[step:] + power * clean[:-step]
        power, step = power * power, 2 * step
    return clean


def of_squares(values: Floats) -> Floats:
    """What the memory of centred series says of that of their squares: `1 + 2 sum rho_k^2`, as if they were normal.

    Correlations that are weak and long are known far better than their squares' own: 0.18, 0.17, ... leave little
    that stands out of 5,000 squares, and yet the variance of the mean of many is 1.7 times as large.
    """
    rho = memory(values)
    return of_products(rho, rho, len(values), 1 / len(values))


def memory(values: Floats) -> Floats:
    """Correlations of centred series with themselves `1, 2, …` observations before: (lags, series)."""
    products = autocovariance(values, _FAR_LAGS)
    rho: Floats = products[1:] / np.maximum(products[0], 1e-300)
    return rho


def of_products(left: Floats, right: Floats, count: int, chance_of_one: float = 0.0) -> Floats:
    """The same of the products of two series each, that have these memories and nothing else in common."""
    more = 2 * (left * right - chance_of_one).sum(axis=0)
    chance = max(_SOME, 6 * np.sqrt(2 * _FAR_LAGS) / count)
    ratio: Floats = np.where(more > chance, 1 + more, 1.0)
    return ratio


def at_least_of_batches(values: Floats, batch: int, doubt: float | Floats = 0.0) -> Floats:
    """What the means of batches prove: the lower 95 % bound of their variance, times `batch`, over the marginal one.

    It speaks up where an autoregression cannot follow: a season nobody named, or a level that wanders. Of a memory so
    slow as to be doubted the variance itself counts: it comes out too short where the reference holds few of its
    lengths.
    """
    count = len(values) // batch
    if count < _FEWEST_BATCHES:
        return np.ones(values.shape[1])
    means = values[: count * batch].reshape(count, batch, -1).mean(axis=1)
    marginal = np.maximum(values.var(axis=0), 1e-300)
    quantile = np.where(np.asarray(doubt) > _SLOW, _chi_squared(count - 1, 0.0), _chi_squared(count - 1))
    bound: Floats = means.var(axis=0) * count * batch / quantile / marginal
    return np.maximum(bound, 1.0)


def _chi_squared(freedom: float, sure: float = _SURE) -> float:
    """The 95 % quantile, or another normal one, by Wilson and Hilferty's approximation."""
    return float(freedom * (1 - 2 / (9 * freedom) + sure * np.sqrt(2 / (9 * freedom))) ** 3)


def at_least_of_levels(left: float | Floats, right: float | Floats) -> Floats:
    """What the inflations of two series say of that of their products, or of one of its squares.

    Of normal ones with a memory products forget faster (`of_products`). But visitors who take turns, each with a level
    of their own, have products that are remembered as long as the levels: half of that is allowed for.
    """
    ratio: Floats = 1 + np.sqrt((np.asarray(left) - 1) * (np.asarray(right) - 1)) / 2
    return ratio
