"""The sample's training of several nodes: every line is taken by one of them, and by one alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = Path(__file__).parents[2] / "specs" / "training" / "merge" / "main.py"


def test_each_line_falls_to_one_node(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    lines = [f"{n},line {n}" for n in range(50)]
    (tmp_path / "in" / "a.csv").write_text("\n".join(lines))
    told = {"LANDFORM_INPUT_LINES": str(tmp_path / "in"), "LANDFORM_OUTPUT": str(tmp_path / "out")}
    for node in ("0", "1"):
        batch = {"AWS_BATCH_JOB_NODE_INDEX": node, "AWS_BATCH_JOB_NUM_NODES": "2"}
        subprocess.run([sys.executable, str(CODE)], env=told | batch, check=True)
    parts = [(tmp_path / "out" / f"part-{node}.csv").read_text().splitlines() for node in (0, 1)]
    assert all(part == sorted(part) and part for part in parts)
    assert sorted(parts[0] + parts[1]) == sorted(lines)
