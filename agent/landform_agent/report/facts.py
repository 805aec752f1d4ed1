"""What a page is made of: what the state holds of a watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landform_agent.config import Config
from landform_agent.history import Kept

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """What the state holds. `alarms`: each as it was raised and as it was told last; `sight`: what `fit` can see.

    `last` is the time of the last event, in seconds since the epoch; `timed`: events have times of their own.
    """

    config: Config
    alarms: Sequence[tuple[Record, Record]]
    slices: Mapping[str, Sequence[Kept]]
    lines: Sequence[Any]
    sight: Mapping[str, Mapping[str, Mapping[str, float]]]
    counts: Mapping[str, int]
    rows: int
    rate: float
    last: float
    timed: bool
