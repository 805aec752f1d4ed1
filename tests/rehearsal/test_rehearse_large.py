"""The largest samples, applied to an embedded AWS: a file of their own, so that others run beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.samples import LARGE

from landform.cli import main

SPECS = Path(__file__).parents[2] / "specs"


@pytest.mark.parametrize("name", LARGE)
def test_rehearsal_passes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", str(SPECS / f"{name}.yaml")]) == 0, capsys.readouterr().err
