"""The long-run variance: how far the mean of a correlated series strays, beside one of independent values."""

from __future__ import annotations

import numpy as np

from landform_agent.block import Floats

LAGS = 12
"""Autoregressions up to this order are tried; the Bayesian information criterion chooses one for each series."""

_NEAR_UNIT_ROOT = 0.02

_SHORTFALL = 1.05
"""Ranks of an autoregression are not quite one: the estimate of what exceeds 1 comes out so much too low (measured)."""

DOUBT = 0.03
"""The relative error of the long-run deviation of a correlated series, at 5,000 observations (measured, AR(1) 0.8)."""


def autocovariance(values: Floats, lags: int = LAGS) -> Floats:
    """Sums of products at lag 0, 1, … of centred series: (observations, series) to (lags + 1, series)."""
    count = len(values)
    return np.stack([np.einsum("ij,ij->j", values[: count - lag], values[lag:]) for lag in range(lags + 1)])


def inflation(products: Floats, count: int) -> Floats:
    """Long-run variance over the marginal one, at least 1, for each series of `autocovariance`.

    Levinson's recursion gives an autoregression of each order, and that gives the spectrum at zero:
    `e_p / (1 - sum phi)^2` (Berk 1974, "Consistent autoregressive spectral estimates").
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
        spectrum = error / np.maximum(1 - phi.sum(axis=0), _NEAR_UNIT_ROOT) ** 2
        best = np.where(criterion < least, spectrum, best)
        least = np.minimum(criterion, least)
    ratio: Floats = 1 + _SHORTFALL * np.maximum(best - 1, 0.0)
    return ratio


def at_least_of_batches(values: Floats, batch: int) -> Floats:
    """What the means of batches prove: the lower 95 % bound of their variance, times `batch`, over the marginal one.

    It speaks up where an autoregression cannot follow: a season nobody named, or a level that wanders.
    """
    count = len(values) // batch
    if count < 8:
        return np.ones(values.shape[1])
    means = values[: count * batch].reshape(count, batch, -1).mean(axis=1)
    freedom = count - 1
    # Wilson and Hilferty's approximation of the chi-squared quantile.
    quantile = freedom * (1 - 2 / (9 * freedom) + 1.645 * np.sqrt(2 / (9 * freedom))) ** 3
    marginal = np.maximum(values.var(axis=0), 1e-300)
    bound: Floats = means.var(axis=0) * count * batch / quantile / marginal
    return np.maximum(bound, 1.0)
