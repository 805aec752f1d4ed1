"""Bursts: a feed that hangs repeats one value, or none, for a while; that is no drift as long as it does not last."""

from __future__ import annotations

import numpy as np

from landform_agent.block import Ints
from landform_agent.engine.columns import Codes
from landform_agent.engine.scan import Bools

LONGEST = 200
"""Events of a burst. A change made of absurd values alone is believed once a window of more events is full of them."""

GAP = 99
"""The same of missing values: a hundred rows without a column are told, as those with other columns are."""

_PARTS = 16
"""Parts of a window, of which three in four hold absurd values: a few bursts in a long window are no change."""

_APART = 8
"""So many stretches of absurd values in a window are no burst. In one of half as many events again as a burst has fewer
will do: three quarters of it are longer than a burst."""

_FEWEST = 5
_CHANCE = 1e-7


def stuck(codes: Codes, reference: Ints, inflation: float) -> Bools:
    """Which rows lie in a run of one code that is too long for the reference, whose `reference` counts are given.

    Of a code with the share `p` in the reference a run of `k` begins at `p^k` of independent events; where each depends
    on the last, at as many as `inflation` says fewer are worth.
    """
    share = (reference + 0.5) / (int(reference.sum()) + 1)
    least = np.maximum(np.log(_CHANCE) / np.log(np.minimum(share, 1 - 1e-9)), _FEWEST) * max(inflation, 1.0)
    starts = np.flatnonzero(np.diff(codes, prepend=codes[0] ^ 1))
    lengths = np.diff(starts, append=len(codes))
    found: Bools = np.repeat(lengths >= least[codes[starts]], lengths)
    return found


def lasting(absurd: Bools, longest: int = LONGEST) -> bool:
    """Whether a window is full of absurd values, from end to end, and for longer than the longest burst."""
    count = len(absurd)
    if absurd.all():
        return count > longest
    if count < longest:
        return False
    parts = np.logical_or.reduceat(absurd, np.arange(_PARTS) * count // _PARTS)
    stretches = int((absurd[1:] & ~absurd[:-1]).sum()) + bool(absurd[0])
    return bool(parts.sum() >= 0.75 * _PARTS) and (stretches >= _APART or count >= 1.5 * longest)
