"""Makes `weather.csv.gz` from the collection: `python -m landform_agent.sample.build weather.csv`.

The collection has no dates: a row is a day from 1 January 1949 on. The yearly cycle of the temperature stays within
three days of the calendar up to 1980; later about a hundred days lack without a mark, so later rows are left out.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from landform_agent.block import Floats

FIRST, DAYS, FITTED = date(1949, 1, 1), 11_688, 2_500
MEASURES = (
    *("temperature", "dew_point", "pressure", "visibility", "wind", "wind_max"),
    *("temperature_max", "temperature_min"),
)


def probabilities(measures: Floats, rain: Floats) -> Floats:
    """A model's answers: a logistic regression on the first `FITTED` days, fitted by Newton's method."""
    bounded = np.minimum(measures, 1_100.0)
    mean, deviation = bounded[:FITTED].mean(axis=0), bounded[:FITTED].std(axis=0)
    inputs = np.c_[np.ones(len(bounded)), (bounded - mean) / deviation]
    weights = np.zeros(inputs.shape[1])
    head, ridge = inputs[:FITTED], 1e-3
    for _ in range(30):
        answer = 1 / (1 + np.exp(-head @ weights))
        slope = head.T @ (rain[:FITTED] - answer) - ridge * weights
        curve = (head.T * (answer * (1 - answer))) @ head + ridge * np.eye(len(weights))
        weights += np.linalg.solve(curve, slope)
    told: Floats = np.round(1 / (1 + np.exp(-inputs @ weights)), 3)
    return told


def main(source: Path) -> None:
    """Write the sample beside this file."""
    with source.open(newline="") as file:
        rows = np.array([[float(cell) for cell in row] for row in list(csv.reader(file))[1 : DAYS + 1]])
    measures, rain = rows[:, :8], rows[:, 8]
    answers = probabilities(measures, rain)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["at", *MEASURES, "prediction", "label"])
    for day in range(DAYS):
        at = f"{FIRST + timedelta(day)}T00:00:00Z"
        out.writerow([at, *(f"{value:g}" for value in measures[day]), f"{answers[day]:.3f}", int(rain[day])])
    Path(__file__).with_name("weather.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
