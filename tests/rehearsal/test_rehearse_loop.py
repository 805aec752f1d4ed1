"""The sample whose loop closes: applied, played from the first drift to the model in force, planned again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.samples import LOOP

from landform.cli import main

SPECS = Path(__file__).parents[2] / "specs"
TOLD = (
    "no alarm",
    "the world changes",
    "alarm: ",
    "have a label",
    "old rows and ",
    "a training job has run on both",
    "on what was kept back",
    "registered as model-package/",
    "deployed in us-east-1: canary, then all",
    "that no training has seen",
    "alarms cleared",
    "right answers, on rows that no training saw: ",
    "planned again: nothing to do",
    "made short: ",
)
"""What the time line names, in this order."""


@pytest.mark.parametrize("name", LOOP)
def test_the_loop_closes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "--loop", str(SPECS / f"{name}.yaml")]) == 0, capsys.readouterr()
    told = capsys.readouterr()
    line = told.out + told.err
    places = [line.find(each) for each in TOLD]
    assert -1 not in places and places == sorted(places), line
    # Seven in ten of the 2,500 requests since the change: the agent tells its start to a few blocks of ten events.
    [new] = map(int, re.findall(r"old rows and (\d+) new ones", line))
    assert 1_710 <= new <= 1_790, line
    before, under, after = map(float, re.findall(r"([\d.]+)% (?:before|under|after)", line))
    assert under < after <= before, line
