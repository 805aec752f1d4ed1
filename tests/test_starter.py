"""The starter project: complete, sound, and never in the way of what stands."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.projects import landform

from landform.delivery.workflow import ACTIONS
from landform.diagnostics import Severity
from landform.pipeline import analyse
from landform.starter import SCHEMA, starter_files, system_of, write_starter


def test_everything_is_written_once(tmp_path: Path) -> None:
    written = write_starter(tmp_path / "new", '{"title": "x"}\n')
    assert [str(path.relative_to(tmp_path / "new")) for path in written] == [
        ".github/workflows/landform.yml",
        ".gitignore",
        "generated/README.md",
        SCHEMA,
        "specs/new.yaml",
    ]
    assert (tmp_path / "new" / SCHEMA).read_text() == '{"title": "x"}\n'
    assert write_starter(tmp_path / "new", "{}") == []
    assert (tmp_path / "new" / SCHEMA).read_text() == '{"title": "x"}\n'


def test_what_stands_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "mine.yaml").write_text("mine")
    (tmp_path / ".gitignore").symlink_to(tmp_path / "nowhere")
    written = {path.name for path in write_starter(tmp_path, "{}")}
    assert written == {"landform.yml", "README.md", SCHEMA}
    assert [path.name for path in (tmp_path / "specs").iterdir()] == ["mine.yaml"]
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["my-system", "e5", "fraud-detection", "abcdefghijklmnopqrstuvwxyz01234"])
def test_the_starter_spec_is_named_after_the_folder_and_has_no_finding(name: str, tmp_path: Path) -> None:
    write_starter(tmp_path / name, "{}")
    analysis = analyse(tmp_path / name / "specs" / f"{name}.yaml")
    assert [d.text for d in analysis.diagnostics if d.severity is not Severity.NOTE] == []
    assert analysis.plan is not None
    assert analysis.plan.system.system == name


@pytest.mark.parametrize("name", ["My System", "x", "2024", "a--b", "a" * 32, "on", "null", "true", ""])
def test_a_folder_whose_name_no_system_can_have(name: str, tmp_path: Path) -> None:
    assert system_of(tmp_path / name if name else Path("/")) == "my-system"


def test_the_folder_that_one_stands_in_has_a_name_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path / "shop")
    assert system_of(Path()) == "shop"


def test_the_spec_names_the_schema_that_is_written() -> None:
    assert f"$schema=../{SCHEMA}" in starter_files("{}", "shop")["specs/shop.yaml"].splitlines()[0]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert landform("init", tmp_path / "file" / "new") == 1
    told = capsys.readouterr()
    assert told.out == ""
    (line,) = told.err.splitlines()
    assert line.startswith("error[LF0705]: ")
    assert f"{tmp_path}/file" in line
    assert "cannot be written: Not a directory" in line


def workflow() -> Any:
    return yaml.safe_load(starter_files("{}", "shop")[".github/workflows/landform.yml"])


def test_the_workflow_calls_the_commands_without_any_right_to_write() -> None:
    assert workflow()["permissions"] == {"contents": "read"}
    commands = " ".join(step.get("run", "") for step in workflow()["jobs"]["landform"]["steps"])
    assert all(f"landform {command} " in commands for command in ("check", "compile --check", "scan", "rehearse"))


def install() -> str:
    (found,) = (s["run"] for s in workflow()["jobs"]["landform"]["steps"] if "pip install" in s.get("run", ""))
    return str(found)


def run(script: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-e", "-c", script],
        env=os.environ | environ,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "source",
    [workflow()["env"]["LANDFORM_SOURCE"], "git+https://github.com/acme/landform@main"],
    ids=["left", "branch"],
)
def test_the_workflow_installs_landform_from_a_commit_that_the_user_names(tmp_path: Path, source: str) -> None:
    done = run(install(), tmp_path, LANDFORM_SOURCE=source)
    assert done.returncode == 1
    assert done.stdout == "::error::Fill in LANDFORM_SOURCE at the top of .github/workflows/landform.yml.\n"
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_installed_without_a_hash(tmp_path: Path) -> None:
    """The script, on a repository that is there, and with a Python that notes what it is asked."""
    repository, work, tools = (tmp_path / name for name in ("repository", "work", "tools"))
    for folder in (repository, work, tools):
        folder.mkdir()
    git = "git -c user.name=n -c user.email=e"
    made = run(f"git init -q . && {git} commit -q --allow-empty -m x && git rev-parse HEAD", repository)
    python = tools / "python"
    python.write_text(
        '#!/bin/sh\nmkdir -p "$3/bin"\nprintf \'#!/bin/sh\\necho "$@"\\n\' > "$3/bin/pip"\nchmod +x "$3/bin/pip"\n'
    )
    python.chmod(0o755)
    environ = {"RUNNER_TEMP": str(tmp_path), "PATH": f"{tools}:{os.environ['PATH']}"}
    done = run(install(), work, LANDFORM_SOURCE=f"git+file://{repository}@{made.stdout.strip()}", **environ)
    assert done.returncode == 0, done.stderr
    asked = done.stdout.splitlines()
    locks = f"{tmp_path}/landform/requirements"
    assert asked == [
        f"install --quiet --require-hashes -r {locks}/dev.lock",
        f"install --quiet --no-deps --no-build-isolation {tmp_path}/landform",
        f"install --quiet --require-hashes -r {locks}/scan.lock",
    ]


def test_its_actions_are_those_of_a_delivery() -> None:
    text = starter_files("{}", "shop")[".github/workflows/landform.yml"]
    used = {line.partition("uses: ")[2] for line in text.splitlines() if "uses: " in line}
    assert len(used) == 3
    assert used <= set(ACTIONS.values())
