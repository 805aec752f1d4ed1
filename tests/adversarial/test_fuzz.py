"""Twenty thousand broken texts and broken data in each run of the tests; `make fuzz` tries a million."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from . import fuzz

ROOT = Path(__file__).parents[2]


def test_twenty_thousand_inputs_do_no_harm() -> None:
    """In a process of its own, so that its memory is its own; it fails itself over 2 s or 300 MB."""
    program = [sys.executable, "-m", "tests.adversarial.fuzz", "--count", "20000", "--seed", "20261129"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-6000:]
    told = json.loads(done.stdout)
    assert told["inputs"] >= 19_000
    # A fuzzer whose inputs are all refused at the door tries nothing behind it.
    assert told["read"] > told["inputs"] / 3


def test_lots_are_tried_with_seeds_of_their_own() -> None:
    told = fuzz.in_lots(60, 1, 40)
    alone = fuzz.in_lots(40, 1, 40)
    assert alone["inputs"] <= 40 < told["inputs"] <= 60
    assert told["megabytes"] < fuzz.MEGABYTES


@pytest.mark.parametrize(
    ("own", "written"),
    [
        ({"a": 1}, {"a": "2"}),
        ({"a": "x"}, {"a": "y"}),
        ({"a": 1.5}, {"a": "1.50001"}),
        ({"a": True}, {"a": "no"}),
        ({"a": None}, {"a": "x"}),
        ({"a": 1}, {"b": "1"}),
        ([1], ["1", "2"]),
    ],
)
def test_a_changed_value_would_be_noticed(own: object, written: object) -> None:
    with pytest.raises(AssertionError):
        fuzz.unchanged(own, written)


def test_values_that_are_read_as_they_stand() -> None:
    written = {"a": "1", "b": "1.50", "c": "true", "d": "~", "e": "text", "f": ["x"]}
    fuzz.unchanged({"a": 1, "b": 1.5, "c": True, "d": None, "e": "text", "f": ["x"]}, written)
