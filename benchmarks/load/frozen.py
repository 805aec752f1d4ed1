"""The loop that one would write first. It is the yardstick: it stays as it is, whatever becomes of the agent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from river.drift import ADWIN


def per_row_loop(lines: Iterable[bytes], names: Sequence[str]) -> None:
    """Flat events through `json` and one river ADWIN a feature."""
    detectors = {name: ADWIN() for name in names}
    for line in lines:
        for name, value in json.loads(line)["features"].items():
            detectors[name].update(value)
