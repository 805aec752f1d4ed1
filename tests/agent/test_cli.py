"""The command line: help that reads well, and errors that name the place and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from landform_agent import cli

BARE = "{version: 1, system: shop, watch: score}"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ("run --config none.yaml", cli.WRONG_CALL, "landform-agent: none.yaml: No such file or directory"),
        ("fit --config bare.yaml --baseline a.jsonl", cli.WRONG_CALL, "bare.yaml: state: say where it is kept"),
        ("run --config bare.yaml", cli.WRONG_CALL, "bare.yaml: s"),
        ("report --config bare.yaml --out r.html", cli.WRONG_CALL, "bare.yaml: state: say where it is kept"),
        ("replay --config bare.yaml none.jsonl --alarms a", cli.MISSING, "none.jsonl: No such file"),
        ("replay --config bare.yaml . --alarms a", cli.MISSING, ".: Is a directory"),
    ],
)
def test_an_error_names_its_place(
    arguments: str,
    status: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bare.yaml").write_text(BARE)
    assert cli.main(arguments.split()) == status
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "required: COMMAND. See `landform-agent --help`"),
        ("replay", "See `landform-agent replay --help`"),
        ("run --config a --until-idle 5", "'5' is no duration"),
        ("run --config a --batch 0", "'0' is no number of lines"),
    ],
)
def test_a_wrong_call_says_where_help_is(arguments: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments.split())
    assert stopped.value.code == cli.WRONG_CALL
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", ["", "fit", "run", "replay", "report", "demo"])
def test_help_explains_every_argument_in_lines_that_fit(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main([*command.split(), "--help"])
    assert stopped.value.code == cli.FINE
    text = capsys.readouterr().out
    assert "exit status: 0 fine" in text
    assert max(map(len, text.splitlines())) <= 110
    assert "SUPPRESS" not in text
