"""The proof on a loop: its roles do what its machines do, and a use that is not recorded is missed."""

from __future__ import annotations

import pytest
from passes.test_drift import LABELS, THEN, WATCH, said
from support.specs import head

from landform.proof.prove import prove

from .test_jobs import Compiled, compiled


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compiled(head() + said(f"{WATCH}, {LABELS}, {THEN % ''}"), tmp_path_factory.mktemp("loop"))


def test_it_is_proven(loop: Compiled) -> None:
    assert prove(*loop) == ()


@pytest.mark.parametrize(
    "edge",
    [
        "drift.score.then.disks",
        "drift.score.then.rollback",
        "drift.score.then.compared",
        "drift.score.then.training",
        "serve.score.rollback",
    ],
)
def test_a_use_that_is_not_recorded_is_missed(loop: Compiled, edge: str) -> None:
    system, grants, sections = loop
    without = [g for g in grants if g.edge != edge]
    assert len(without) < len(grants)
    assert {d.code for d in prove(system, without, sections)} & {"LF0805", "LF0810"}
