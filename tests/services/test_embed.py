"""The sample's training: told by the environment alone, the same vectors everywhere, and nothing done twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CODE = Path(__file__).parents[2] / "specs" / "training" / "embed" / "main.py"


@pytest.fixture
def told(tmp_path: Path) -> dict[str, str]:
    folders = {name: tmp_path / name.lower() for name in ("INPUT_LINES", "OUTPUT", "CHECKPOINT")}
    for folder in folders.values():
        folder.mkdir()
    settings = tmp_path / "settings.json"
    settings.write_text('{"width": "16"}')
    (folders["INPUT_LINES"] / "a.csv").write_text("1,late payment\n2,late payments\n3,weather\n")
    return {f"LANDFORM_{name}": str(folder) for name, folder in folders.items()} | {
        "LANDFORM_HYPERPARAMETERS": str(settings)
    }


def vectors(told: dict[str, str]) -> dict[str, list[float]]:
    subprocess.run([sys.executable, str(CODE)], env=told, check=True, timeout=30)
    lines = (Path(told["LANDFORM_OUTPUT"]) / "a.jsonl").read_text().splitlines()
    return {row["id"]: row["vector"] for row in map(json.loads, lines)}


def test_what_is_alike_lies_close(told: dict[str, str]) -> None:
    made = vectors(told)

    def closeness(one: str, other: str) -> float:
        return sum(a * b for a, b in zip(made[one], made[other], strict=True))

    assert closeness("1", "1") == pytest.approx(1)
    assert closeness("1", "2") > 0.8 > closeness("1", "3")


def test_what_is_done_is_not_done_again(told: dict[str, str]) -> None:
    vectors(told)
    kept = Path(told["LANDFORM_CHECKPOINT"]) / "a.jsonl"
    kept.write_text('{"id": "9", "vector": [1.0]}\n')
    assert vectors(told) == {"9": [1.0]}
