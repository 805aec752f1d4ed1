"""SEED, a detector that river lacks, in river's interface."""

from __future__ import annotations

import math

import numpy as np
from river import base


class SEED(base.DriftDetector):
    r"""SEED: cuts the stream into blocks, and drops the old side of a boundary at which two means differ.

    Every `block_size` values each boundary between blocks is looked at, the newest first. With $n_0$ values of mean
    $\mu_0$ before it, $n_1$ of mean $\mu_1$ after it, variance $\sigma^2$ of the window and $n = n_0 + n_1$, a
    change is detected where

    $$|\mu_0 - \mu_1| > \sqrt{2 m \sigma^2 d} + \tfrac{2}{3} d m, \quad
    m = \tfrac{1}{n_0} + \tfrac{1}{n_1}, \quad d = \ln\frac{2 \ln n}{\delta}.$$

    Every `compress_term` blocks neighbours whose means differ by less than $i\,\epsilon' \alpha$ become one block, $i$
    counting the boundaries from the newest on: the window forgets boundaries that say nothing.

    Parameters
    ----------
    delta
        Confidence; the smaller, the fewer alarms.
    block_size
        Values in a block.
    epsilon_prime
        $\epsilon'$, the smallest difference of means that keeps a boundary.
    alpha
        $\alpha$, by how much that grows with age.
    compress_term
        Blocks between two compressions.

    Examples
    --------
    >>> import random
    >>> rng = random.Random(12345)
    >>> stream = rng.choices([0, 1], k=1000) + rng.choices(range(4, 8), k=1000)

    >>> seed = SEED()
    >>> for i, value in enumerate(stream):
    ...     seed.update(value)
    ...     if seed.drift_detected:
    ...         print(f"Change detected at index {i}, input value: {value}")
    Change detected at index 1023, input value: 4
    Change detected at index 1279, input value: 5

    References
    ----------
    [^1]: David Tse Jung Huang, Yun Sing Koh, Gillian Dobbie, and Russel Pears. "Detecting Volatility Shift in Data
    Streams." ICDM 2014, 863–868. The defaults are those of its implementation in MOA.

    """

    def __init__(
        self,
        delta: float = 0.05,
        block_size: int = 32,
        epsilon_prime: float = 0.01,
        alpha: float = 0.8,
        compress_term: int = 75,
    ) -> None:
        super().__init__()
        self.delta = delta
        self.block_size = block_size
        self.epsilon_prime = epsilon_prime
        self.alpha = alpha
        self.compress_term = compress_term
        self._reset()

    def _reset(self) -> None:
        super()._reset()
        self._open: list[float] = []
        # Count, sum and sum of squares of each closed block, the oldest first.
        self._blocks = np.empty((0, 3))
        self._uncompressed = 0

    def update(self, x: float) -> None:
        """Take one value; `drift_detected` tells whether it brought an alarm."""
        self._drift_detected = False
        self._open.append(x)
        if len(self._open) == self.block_size:
            block = np.array(self._open)
            self._open = []
            self._blocks = np.vstack([self._blocks, [len(block), block.sum(), (block * block).sum()]])
            self._uncompressed += 1
            self._drift_detected = self._cut()
            if self._uncompressed > self.compress_term:
                self._compress()

    def _cut(self) -> bool:
        """Drop everything before the newest boundary at which the means differ."""
        if len(self._blocks) < 2:
            return False
        count, total, squares = self._blocks.sum(axis=0)
        newer = np.cumsum(self._blocks[:0:-1], axis=0)
        n1, n0 = newer[:, 0], count - newer[:, 0]
        gap = np.abs(newer[:, 1] / n1 - (total - newer[:, 1]) / n0)
        variance = max(squares / count - (total / count) ** 2, 0.0)
        d = math.log(2 * math.log(count)) - math.log(self.delta)
        m = 1 / n0 + 1 / n1
        beyond = np.flatnonzero(gap > np.sqrt(2 * m * variance * d) + 2 / 3 * d * m)
        if not len(beyond):
            return False
        self._blocks = self._blocks[-1 - int(beyond[0]) :]
        return True

    def _compress(self) -> None:
        """Join neighbours that hardly differ, from the newest to the oldest."""
        self._uncompressed = 0
        kept = [self._blocks[-1]]
        for age, older in enumerate(self._blocks[-2::-1], start=1):
            newest = kept[-1]
            if abs(newest[1] / newest[0] - older[1] / older[0]) < age * self.epsilon_prime * self.alpha:
                kept[-1] = newest + older
            else:
                kept.append(older)
        self._blocks = np.array(kept[::-1])
