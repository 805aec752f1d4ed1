"""Fits a logistic regression to rows of CSV, the truth first, and leaves a model that answers by itself.

Where it finds its rows and leaves its model stands in the environment. An empty cell counts as its column's mean.
"""

import json
import os
import shutil
from pathlib import Path

import numpy as np

STEPS, RATE, RIDGE = 400, 0.5, 1e-3


def read(folder: Path) -> np.ndarray:
    """All rows of the files of a folder."""
    lines = [line for file in sorted(folder.rglob("*.csv")) for line in file.read_text().splitlines() if line]
    return np.array([[float(cell or "nan") for cell in line.split(",")] for line in lines])


def fit(rows: np.ndarray) -> dict[str, list[float]]:
    """Return mean, spread and weights of the columns; the last weight stands alone."""
    truth, columns = rows[:, 0], rows[:, 1:]
    mean, spread = np.nanmean(columns, axis=0), np.nanstd(columns, axis=0) + 1e-9
    scaled = np.nan_to_num((columns - mean) / spread)
    design = np.column_stack([scaled, scaled**2, np.ones(len(scaled))])
    weights = np.zeros(design.shape[1])
    for _ in range(STEPS):
        answer = 1 / (1 + np.exp(-design @ weights))
        weights -= RATE * (design.T @ (answer - truth) / len(truth) + RIDGE * weights)
    return {"mean": mean.tolist(), "spread": spread.tolist(), "weights": weights.tolist()}


def main() -> None:
    """Read, fit, judge by the rows that were kept back, and leave the model."""
    import inference

    out = Path(os.environ["LANDFORM_OUTPUT"])
    (out / "code").mkdir(parents=True, exist_ok=True)
    (out / "model.json").write_text(json.dumps(fit(read(Path(os.environ["LANDFORM_INPUT_TRAIN"])))))
    shutil.copy(Path(__file__).with_name("inference.py"), out / "code" / "inference.py")
    kept = read(Path(os.environ["LANDFORM_INPUT_VALIDATION"]))
    answers = inference.predict_fn(kept[:, 1:], inference.model_fn(str(out)))
    positive = kept[:, 0] > 0.5
    print(f"accuracy={np.mean((answers > 0.5) == positive):.4f}")
    print(f"recall={np.mean(answers[positive] > 0.5):.4f}")


if __name__ == "__main__":
    main()
