"""A thousand workloads in many regions: time and memory grow with the spec, and not faster."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

from support.specs import head

from landform.diagnostics import has_errors
from landform.pipeline import planned
from landform.source import parse

REGIONS = (
    "{primary: us-east-1, replicas: [us-east-2, us-west-1, us-west-2, eu-west-1, eu-west-2, eu-west-3, eu-north-1]}"
)


def spec(workloads: int) -> bytes:
    """So many machines that read and write, half as many buckets, each with a copy in seven other regions."""
    stores = "".join(f"  store-{n}: {{kind: bucket, replicate: true}}\n" for n in range(workloads // 2))
    machines = "".join(
        f"  work-{n}: {{instance: t3.large, reads: [store-{n // 2}], writes: [store-{n // 2}]}}\n"
        for n in range(workloads)
    )
    return f"{head(REGIONS)}data:\n{stores}machines:\n{machines}".encode()


def taken(workloads: int) -> tuple[float, int]:
    """Return the processor time of a check, and the most memory that it held."""
    text = spec(workloads)

    def run() -> float:
        begun = time.process_time()
        source, faults = parse(text, "spec.yaml")
        assert source is not None, faults
        plan, found = planned(source.data, Path("/nowhere/spec.yaml"))
        assert plan is not None
        assert not has_errors(found), [d.text for d in found][:3]
        return time.process_time() - begun

    fastest = min(run() for _ in range(3))
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return fastest, peak


def test_time_and_memory_grow_with_the_spec() -> None:
    """Twice as much takes at most twice as long and some: a square would take four times as long."""
    (time_one, memory_one), (time_two, memory_two) = taken(100), taken(200)
    assert time_two / time_one < 2.8
    assert memory_two / memory_one < 2.4


def test_a_thousand_workloads_are_checked_in_seconds() -> None:
    text = spec(1_000)
    begun = time.process_time()
    source, _ = parse(text, "spec.yaml")
    assert source is not None
    plan, _ = planned(source.data, Path("/nowhere/spec.yaml"))
    assert plan is not None
    assert len(plan.workloads) == 1_000
    assert time.process_time() - begun < 10
