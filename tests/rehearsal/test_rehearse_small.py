"""The other samples, applied to an embedded AWS."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.samples import SMALL

from landform.cli import main

SPECS = Path(__file__).parents[2] / "specs"


@pytest.mark.parametrize("name", SMALL)
def test_rehearsal_passes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", str(SPECS / f"{name}.yaml")]) == 0, capsys.readouterr().err
