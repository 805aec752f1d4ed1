"""Prices where none is listed: us-east-1's, times what a kindred type costs more or less in that region."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

HOME: Final = "us-east-1"
"""The region whose prices are known best, from which those of others are estimated."""

MEDIAN = "median"
"""Under this name stands a region's factor for families that no sampled type is kin to."""

# Sampled types that stand for families; the first pattern that fits. Price lists differ by kind of machine:
# a GPU is never estimated from a CPU. What fits none (storage, FPGA, …) takes the region's median.
_STAND_INS = (
    (r"g4dn", "g4dn.xlarge"),
    (r"g5g?", "g5.xlarge"),
    (r"gr?6f?", "g6.xlarge"),
    (r"g6e|g7e?", "g6e.xlarge"),
    (r"inf\d", "inf2.xlarge"),
    (r"p[34].*", "p4d.24xlarge"),
    (r"p[56].*", "p5.48xlarge"),
    (r"trn\d.*", "trn1.32xlarge"),
    (r"t\d.*", "t3.medium"),
    (r"m\d+g.*", "m7g.xlarge"),
    (r"m\d.*", "m7i.xlarge"),
    (r"c\d.*", "c7i.xlarge"),
    (r"r\d.*", "r7i.xlarge"),
)


def stand_in(family: str) -> str:
    """Name the sampled type whose regional factor a family takes, or `MEDIAN`."""
    return next((sampled for pattern, sampled in _STAND_INS if re.fullmatch(pattern, family)), MEDIAN)


def between(factors: Mapping[str, float]) -> tuple[float, float]:
    """Return how much less and more than in us-east-1 what is no instance may cost in a region with these factors.

    Some of it costs the same in most regions, the rest about what instances do: every recorded rate lies between.
    """
    return min(1.0, *factors.values()), max(1.0, *factors.values())


def is_spot_market(low: float, on_demand: float | None) -> bool:
    """Tell a market from a placeholder: with nothing to sell, spot stands at the on-demand price."""
    return on_demand is None or low < on_demand
