"""A line of the status: one entry in one region, how it is, and whether that is as it should be."""

from __future__ import annotations

from dataclasses import dataclass

from landform.diagnostics import Path

ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an entry is at the moment: `good` is False where somebody should look, None where nothing is to be judged."""

    path: Path
    region: str
    state: str
    detail: str = ""
    good: bool | None = True


def absent(path: Path, region: str) -> Standing:
    """Return the line of what does not stand."""
    return Standing(path, region, ABSENT, good=False)
