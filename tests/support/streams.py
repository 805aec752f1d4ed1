"""Streams for the engine's tests: columns from seeds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from landform_agent.block import Block, Floats, Losses, Objects

Numbers = Mapping[str, Floats]


def normal(seed: int, length: int, names: str = "abc") -> dict[str, Floats]:
    random = np.random.default_rng(seed)
    return {name: random.standard_normal(length) for name in names}


def countries(seed: int, length: int, shares: tuple[float, ...] = (0.6, 0.3, 0.1)) -> Objects:
    codes = np.random.default_rng(seed).choice(len(shares), length, p=shares)
    return np.array(["DE", "FR", "IT", "ES"], np.object_)[codes]


def block(
    numeric: Numbers,
    categorical: Mapping[str, Objects] | None = None,
    losses: Losses | None = None,
    prediction: Floats | None = None,
    start: int = 0,
) -> Block:
    columns: list[npt.NDArray[np.generic]] = [*numeric.values(), *(categorical or {}).values()]
    length = len(columns[0])
    seq = np.arange(start, start + length)
    ident = np.zeros(length, np.uint64)
    return Block(seq, seq.astype(np.float64), ident, numeric, categorical or {}, prediction, losses or Losses())
