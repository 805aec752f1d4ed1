"""Twice the workloads are twice the work: no function of ours is called more often than that."""

from __future__ import annotations

import cProfile
import pstats
from pathlib import Path

from benchmarks.compile import spec_of
from landform.pipeline import analyse

FEW, MANY = 120, 240


def calls(spec: Path) -> dict[tuple[str, int, str], int]:
    """How often each function of the compiler is entered, generators each time that they go on."""
    profile = cProfile.Profile()
    profile.enable()
    analysis = analyse(spec)
    profile.disable()
    assert analysis.sound, analysis.diagnostics[:3]
    of = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    return {place: counts[0] for place, counts in of.items() if "landform" in place[0]}


def test_no_function_is_called_more_than_twice_as_often_for_twice_the_workloads(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "app.py").write_text("def handler(event, context): ...\n")
    counted = []
    for workloads in (FEW, FEW, MANY):  # the first time fills caches
        spec = tmp_path / f"{workloads}.yaml"
        spec.write_text(spec_of(workloads))
        counted.append(calls(spec))
    _, few, many = counted
    grown = {place: (few[place], count) for place, count in many.items() if place in few and count > 2.2 * few[place]}
    assert {place: pair for place, pair in grown.items() if pair[1] > MANY} == {}
