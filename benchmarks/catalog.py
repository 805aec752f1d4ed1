"""What the catalog costs a cold compiler: import, load, choose, price. ``python benchmarks/catalog.py``."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

RUNS = 15

# The standard library's part is what any compiler pays; pydantic brings it in anyway.
PROGRAM = """
import dataclasses, functools, json, pathlib, re, typing, time
marks = [time.perf_counter()]
mark = lambda: marks.append(time.perf_counter())
from landform.catalog import load
mark()
catalog = load()
mark()
fits = [k for k in catalog.accelerated if (k.accelerator.name, k.accelerator.count) == ("A10G", 4)]
mark()
zones = [catalog.zones_of(k.name, region) for k in fits for region in ("us-east-1", "eu-west-1")]
mark()
prices = [catalog.price(k.name, region) for k in fits for region in ("us-east-1", "eu-west-1")]
mark()
roomy = [k for k in catalog.types.values() if k.vcpus >= 8 and k.memory_mib >= 32768]
mark()
print(json.dumps([1000 * (b - a) for a, b in zip(marks, marks[1:])]))
"""

STEPS = (
    "import landform.catalog",
    "load()",
    "types with 4 x A10G",
    "zones of those",
    "prices of those",
    "all types by vCPU and memory",
)


def main() -> None:
    command = [sys.executable, "-c", PROGRAM]
    runs = [json.loads(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(RUNS)]
    for step, times in zip(STEPS, zip(*runs, strict=True), strict=True):
        print(f"{step:30} {median(times):6.2f} ms (best {min(times):.2f})")
    totals = [sum(run) for run in runs]
    without_import = [sum(run[1:]) for run in runs]
    print(f"{'all of it':30} {median(totals):6.2f} ms (best {min(totals):.2f})")
    print(f"{'all but the import':30} {median(without_import):6.2f} ms (best {min(without_import):.2f})")


if __name__ == "__main__":
    main()
