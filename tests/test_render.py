"""Diagnostics as people and programs read them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import jsonschema
import pytest
from support.sarif import SARIF

from landform.codes import CODES
from landform.diagnostics import Diagnostic, Related, Severity, Span, error, warning
from landform.render import summary, to_github, to_json, to_sarif, to_text, wants_colour
from landform.source import locate, parse

Golden = Callable[[str, str], None]

TEXT = """\
version: 1
data:
  transactions: {kind: bucket}
machines:
  workbench:
    reads: [transaction]
    tags: {größe: 'é, 漢字', emoji: wrong}
"""


def findings() -> tuple[Diagnostic, ...]:
    source, nothing = parse(TEXT.encode(), "specs/fraud.yaml")
    assert source is not None
    assert nothing == ()
    return locate(
        [
            error(
                "LF0203",
                ("machines", "workbench", "reads", 0),
                "unknown bucket 'transaction'.",
                "Did you mean 'transactions'?",
                Related("it is declared here", ("data", "transactions")),
            ),
            warning("LF0209", ("data", "transactions"), "nothing uses transactions."),
            error("LF0202", ("machines", "workbench", "tags", "emoji"), "100% wrong,\nor: not.", "Mend it."),
            Diagnostic("LF0406", Severity.NOTE, "the catalog is of 2026-11-01."),
        ],
        source,
    )


GLOBAL = error("LF0901", (), "Terraform is missing.", "Install 1.10 or later.")


def test_text_for_a_pipe(golden: Golden) -> None:
    golden("render/findings.txt", to_text([*findings(), GLOBAL]))


def test_text_for_a_terminal(golden: Golden) -> None:
    golden("render/excerpts.txt", to_text(findings(), {"specs/fraud.yaml": TEXT}))


def test_text_in_colour(golden: Golden) -> None:
    golden("render/colour.txt", to_text(findings(), {"specs/fraud.yaml": TEXT}, colour=True))


def test_json(golden: Golden) -> None:
    golden("render/findings.json", to_json([*findings(), GLOBAL]))


def test_github(golden: Golden) -> None:
    golden("render/findings.github", to_github([*findings(), GLOBAL]))


def test_sarif(golden: Golden) -> None:
    (run,) = json.loads(to_sarif([*findings(), GLOBAL]))["runs"]
    for result in run["results"]:
        # Where a rule stands among the others changes with each new code: the golden holds what it is.
        assert run["tool"]["driver"]["rules"][result.pop("ruleIndex")]["id"] == result["ruleId"]
    golden("render/results.sarif.json", json.dumps(run["results"], indent=2, ensure_ascii=False) + "\n")


def test_json_holds_what_the_contract_names() -> None:
    first = json.loads(to_json(findings()))[2]
    assert first == {
        "code": "LF0203",
        "severity": "error",
        "message": "unknown bucket 'transaction'.",
        "remedy": "Did you mean 'transactions'?",
        "file": "specs/fraud.yaml",
        "line": 6,
        "column": 13,
        "end_line": 6,
        "end_column": 24,
        "path": "machines.workbench.reads[0]",
        "related": [
            {
                "file": "specs/fraud.yaml",
                "line": 3,
                "column": 3,
                "end_line": 3,
                "end_column": 15,
                "message": "it is declared here",
            }
        ],
    }


def test_sarif_keeps_to_its_schema() -> None:
    odd = Diagnostic("LF0202", Severity.ERROR, "odd.", span=Span("specs/a b%é.yaml", 1, 1, 2, 1))
    log = json.loads(to_sarif([*findings(), GLOBAL, odd]))
    jsonschema.validate(log, SARIF)
    jsonschema.validate(json.loads(to_sarif([])), SARIF)


def test_every_sarif_result_points_at_its_rule() -> None:
    run = json.loads(to_sarif(findings()))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(CODES)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"].split("/")[0] for result in run["results"])


def test_github_takes_each_command_for_one_line() -> None:
    for line in to_github([*findings(), GLOBAL]).splitlines():
        assert re.fullmatch(r"::(error|warning|notice) [A-Za-z]+=[^,:]*(,[A-Za-z]+=[^,:]*)*::.*", line)


def test_a_message_cannot_forge_a_workflow_command() -> None:
    forged = Diagnostic("LF0202", Severity.ERROR, "x\n::error::y", span=Span("a,b:c\n.yaml", 1, 1, 1, 2))
    assert to_github([forged]) == (
        "::error title=LF0202,file=a%2Cb%3Ac%0A.yaml,line=1,col=1,endLine=1,endColumn=1::x%0A::error::y\n"
    )


def test_a_message_cannot_steer_a_terminal() -> None:
    steering = Diagnostic("LF0202", Severity.ERROR, "x\x1b[2Jy\rz\u202e", span=Span("\x1b]0;f", 1, 1, 1, 2))
    written = to_text([steering], {"\x1b]0;f": "a\x1b[2Jb"})
    assert "\x1b" not in written
    assert "\u202e" not in written


@pytest.mark.parametrize("render", [to_text, to_json, to_sarif, to_github])
def test_a_secret_is_never_shown(render: Callable[[list[Diagnostic]], str]) -> None:
    secret = "ghp_" + "a1B2" * 9
    finding = error("LF0202", (), f"'{secret}' is no region.", f"Not {secret}.", Related(f"see {secret}"))
    assert secret not in render([finding])


def test_a_source_line_does_not_show_a_secret_either() -> None:
    key = "-----BEGIN PRIVATE" + " KEY-----\nMIIEvQ\n-----END PRIVATE" + " KEY-----"
    secret = "AKIA" + "IOSFODNN7EXAMPLE"
    text = f"a: {secret}\nb: |\n{key}\n"
    spans = [Span("f", line, 1, line, 2) for line in range(1, 6)]
    written = to_text([Diagnostic("LF0107", Severity.ERROR, "x.", span=span) for span in spans], {"f": text})
    assert secret not in written
    assert "MIIEvQ" not in written
    assert "    1 | a: ********************\n" in written


def test_the_caret_stands_below_wide_characters() -> None:
    written = to_text(findings(), {"specs/fraud.yaml": TEXT})
    assert "    7 |     tags: {größe: 'é, 漢字', emoji: wrong}\n" in written
    assert f"      | {' ' * 36}^^^^^\n" in written


def test_a_long_line_is_cut_around_the_place() -> None:
    text = "x" * 5000 + "HERE" + "y" * 5000
    written = to_text([Diagnostic("LF0202", Severity.ERROR, "x.", span=Span("f", 1, 5001, 1, 5005))], {"f": text})
    _, line, caret = written.splitlines()
    assert len(line) < 120
    assert line.index("HERE") == caret.index("^^^^")


def test_a_place_past_the_end_of_the_text_has_no_source_line() -> None:
    finding = Diagnostic("LF0202", Severity.ERROR, "x.", span=Span("f", 9, 1, 9, 2))
    assert to_text([finding], {"f": "a: 1\n"}) == "f:9:1: error[LF0202]: x.\n"


def test_summary_counts() -> None:
    assert summary([]) == "no findings"
    assert summary(findings()) == "2 errors, 1 warning, 1 note"


@pytest.mark.parametrize(
    ("choice", "terminal", "environment", "colour"),
    [
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {}, False),
        ("auto", True, {"TERM": "xterm"}, True),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", False, {}, False),
    ],
)
def test_colour_by_choice(choice: str, terminal: bool, environment: dict[str, str], colour: bool) -> None:
    assert wants_colour(choice, terminal=terminal, environment=environment) is colour
