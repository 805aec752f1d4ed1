"""What a fitted watch can see, told before it begins."""

from __future__ import annotations

import math
from typing import TypedDict

from landform_agent.engine.batches import smallest_of_batches
from landform_agent.engine.power import smallest
from landform_agent.engine.version import Version


class Sight(TypedDict):
    """One kind of change of one feature.

    `change` is the smallest that is found with 80 % power, in standard deviations of the feature's scores, or as a
    share; `events` the delay of one twice as large; `threshold` the `|z|` that is an alarm; `rows` how many rows the
    reference would need to show one deviation (a tenth of a share), 0 where it has them, infinity where none is enough.
    """

    change: float
    events: float
    threshold: float
    rows: float


JOINT = "(pairs)"
LABEL = "(label)"


def sight(version: Version) -> dict[str, dict[str, Sight]]:
    """Of the whole; of a feature's categories, and of all pairs, the one that is seen worst counts."""
    told: dict[str, dict[str, Sight]] = {}
    for name, track in version.cell(0).tracks.items():
        if (means := track.profile.means) is not None:
            usual = track.profile.batches
            seen = smallest(means) if usual is None else smallest_of_batches(means, usual, track.lanes["means"].measure)
            # What live traffic has widened since counts, by its longest windows.
            wander = track.lanes["means"].wander
            root = 1.0 if wander is None else wander.table(means.lengths[-1:])[0]
            figures = [values.tolist() for values in (root * seen[0], root**2 * seen[1], seen[2], means.bar)]
            for series, change, events, rows, bar in zip(
                track.profile.series, figures[0], figures[1], figures[2], figures[3], strict=True
            ):
                feature = LABEL if name == "label" else track.columns[series.column].name
                if math.isfinite(change):
                    _worst(told.setdefault(feature, {}), series.kind, _rounded(change, events, bar, rows))
        if track.profile.joint is not None:
            design, usual = track.profile.joint.design, track.profile.batches
            measure = track.lanes["joint"].measure
            pairs = smallest(design) if usual is None else smallest_of_batches(design, usual, measure)
            figures = [values.tolist() for values in (*pairs, design.bar)]
            for change, events, rows, bar in zip(*figures, strict=True):
                # Of columns whose rare values hardly ever meet no window says anything.
                if math.isfinite(change):
                    _worst(told.setdefault(JOINT, {}), "correlation", _rounded(change, events, bar, rows))
    return told


def _rounded(change: float, events: float, bar: float, rows: float) -> Sight:
    needed = float(round(rows)) if math.isfinite(rows) else rows
    return Sight(change=round(change, 4), events=float(round(events)), threshold=round(bar, 3), rows=needed)


def _worst(kinds: dict[str, Sight], kind: str, one: Sight) -> None:
    if kind not in kinds or kinds[kind]["change"] < one["change"]:
        kinds[kind] = one
