"""How the model answers: the functions that SageMaker's framework images call."""

import json
from pathlib import Path

import numpy as np


def model_fn(folder: str) -> dict[str, np.ndarray]:
    """Return what the model knows."""
    said = json.loads((Path(folder) / "model.json").read_text())
    return {name: np.array(values) for name, values in said.items()}


def input_fn(body: str, content_type: str) -> np.ndarray:
    """Return the rows of a request in CSV."""
    del content_type
    return np.array([[float(cell or "nan") for cell in line.split(",")] for line in body.splitlines() if line])


def predict_fn(rows: np.ndarray, model: dict[str, np.ndarray]) -> np.ndarray:
    """Return how probable it is that each of the rows is a bad risk."""
    scaled = np.nan_to_num((rows - model["mean"]) / model["spread"])
    design = np.column_stack([scaled, scaled**2, np.ones(len(scaled))])
    return 1 / (1 + np.exp(-design @ model["weights"]))


def output_fn(answers: np.ndarray, accept: str) -> str:
    """Return the answers in CSV, one a line."""
    del accept
    return "".join(f"{answer:.6f}\n" for answer in answers)
