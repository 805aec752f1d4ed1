"""What is missing is told before anything is printed or begun, by `rehearse` and `scan` alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.projects import landform, project


@pytest.fixture
def no_terraform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def no_checkov(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDFORM_CHECKOV", str(tmp_path / "checkov"))


@pytest.mark.usefixtures("no_terraform")
@pytest.mark.parametrize("command", ["rehearse", "scan"])
def test_no_terraform(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform(command, project(tmp_path, environment="development")) == 3
    told = capsys.readouterr()
    assert "error[LF0901]: Terraform is not on the PATH." in told.err
    assert told.out == ""


@pytest.mark.usefixtures("no_checkov")
def test_no_checkov(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("scan", project(tmp_path, environment="development")) == 3
    told = capsys.readouterr()
    assert "error[LF0903]: LANDFORM_CHECKOV names" in told.err
    assert told.out == ""


@pytest.mark.usefixtures("no_terraform")
def test_a_scan_of_a_given_plan_does_without_terraform(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"format_version": "1.2", "planned_values": {"root_module": {}}, "configuration": {}}))
    assert landform("scan", project(tmp_path, environment="development"), "--plan", plan) == 1
    assert "The plan holds no resources." in capsys.readouterr().err
