"""How long the proof of least privilege of the flagship takes, and reading its plan, which comes on top.

    make bench

Goal: 1 s of a processor for the proof alone.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from landform.proof.foreseen import foreseen
from landform.proof.grants import read_grants
from landform.proof.planned import read_plan
from landform.proof.prove import prove
from landform.proof.system import read_system
from landform.rehearse.terraform import offline_plan

TREE = Path(__file__).parents[1] / "generated" / "fraud-detection" / "production"
RUNS = 5

T = TypeVar("T")


def least(call: Callable[[], T]) -> tuple[float, T]:
    """Seconds of a processor of the fastest of some runs, and what it returned."""
    times = []
    for _ in range(RUNS):
        begun = time.process_time()
        found = call()
        times.append(time.process_time() - begun)
    return min(times), found


def main() -> None:
    """Print the figures."""
    root, grants, sections = (
        json.loads((TREE / f"{name}.json").read_text()) for name in ("main.tf", "grants", "sourcemap")
    )
    text, granted = json.dumps(offline_plan(TREE)), read_grants(grants)
    account = granted[0].principal.split(":")[4]
    reading, system = least(lambda: read_system(foreseen(read_plan(json.loads(text)), root, account), account))
    proving, found = least(lambda: prove(system, granted, sections))
    assert found == ()
    print(f"proof of {len(granted)} grants in the flagship: {proving:.2f} s   goal 1.00 s")
    print(f"reading its plan of {len(text) / 1e6:.1f} MB: {reading:.2f} s; the proof {proving / reading:.1f} times")


if __name__ == "__main__":
    main()
