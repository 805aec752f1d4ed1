"""What a reference lacks that the configuration names: mostly a name that is spelt otherwise in the events."""

from __future__ import annotations

from typing import Final

import numpy as np

from landform_agent.block import Block

# So many names are told at most.
_MOST: Final = 5


def lacking(reference: Block, budget_in_time: bool) -> list[str]:
    """A sentence for each thing that no event of the reference has, with the way out."""
    empty = [name for name, column in reference.numeric.items() if np.isnan(column).all()]
    absent = [name for name, column in reference.categorical.items() if all(value is None for value in column)]
    answers = "prediction" in absent or (reference.prediction is not None and np.isnan(reference.prediction).all())
    features = [*empty, *(name for name in absent if name != "prediction")]
    told = []
    if features:
        more = f" and {len(features) - _MOST} more" if len(features) > _MOST else ""
        told.append(
            f"{', '.join(features[:_MOST])}{more}: no event of the reference has a value of it, so no change of it can "
            "be found. Is it written as in the events?"
        )
    if answers:
        told.append(
            "prediction: no event of the reference has one. Of a CSV file `names: {prediction: …}` says which column "
            "it is."
        )
    # Without a time an event has the one of its number.
    if budget_in_time and len(reference) and np.array_equal(reference.at, reference.seq):
        told.append(
            "at: no event of the reference has a time, so each counts as a second; give `false_alarms` in events. Of "
            "a CSV file `names: {at: …}` says which column it is."
        )
    return told
