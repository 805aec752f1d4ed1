"""Broken specs: what `landform check` says of each, word for word, in `broken/<name>.txt`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from landform.codes import CODES
from landform.diagnostics import Diagnostic, Severity
from landform.pipeline import analyse
from landform.render import to_text

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))

ELSEWHERE = {
    "LF0101": "a file that is not there: tests/test_cli.py",
    "LF0108": "takes a second file: tests/test_overlay.py",
    "LF0308": "is seen by compile alone: tests/adversarial/test_output.py",
    "LF0406": "asks the clock: tests/test_cli.py",
    "LF0409": "asks the clock: tests/test_cli.py",
    "LF0408": "needs a folder beside the spec: tests/test_cli.py",
    "LF0504": "asks the clock: tests/test_raw.py",
    "LF0607": "takes 16 KB of noise: tests/passes/test_check.py",
}


def found(file: Path) -> tuple[Diagnostic, ...]:
    return analyse(file, file.name).diagnostics


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_broken_spec_is_refused_word_for_word(file: Path, golden: Callable[[str, str], None]) -> None:
    golden(f"../broken/{file.stem}.txt", to_text(found(file)))


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_every_finding_names_place_fact_and_remedy(file: Path) -> None:
    diagnostics = found(file)
    assert Severity.ERROR in {d.severity for d in diagnostics}
    for diagnostic in diagnostics:
        assert diagnostic.span is not None
        assert diagnostic.message.endswith((".", ":"))
        assert diagnostic.remedy.endswith((".", "?"))
        line = to_text([diagnostic]).splitlines()[0]
        assert re.match(rf"{file.name}:\d+:\d+: (error|warning|note)\[LF\d{{4}}\]: \S", line)


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_the_place_lies_in_the_text(file: Path) -> None:
    lines = file.read_text().splitlines()
    for diagnostic in found(file):
        assert diagnostic.span is not None
        assert diagnostic.span.line <= len(lines) + 1
        assert diagnostic.span.column <= len(lines[min(diagnostic.span.line, len(lines)) - 1]) + 1


def test_together_they_show_every_code_that_check_has() -> None:
    shown = {d.code for file in BROKEN for d in found(file)}
    checked = {code for code in CODES if code < "LF07"}
    assert checked - shown == set(ELSEWHERE)


def test_no_secret_is_shown() -> None:
    told = "".join(to_text(found(file)) for file in BROKEN)
    assert "AKIA" not in told
