"""The command line: exit statuses, formats, what it imports, and that no mistake of a user is a traceback."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.projects import landform, output, project

from landform.catalog.store import PACKAGED
from landform.cli import main
from landform.pipeline import CATALOG_FOLDER

LANDFORM = Path(sys.executable).with_name("landform")


def broken(folder: Path) -> Path:
    spec = project(folder)
    spec.write_text(spec.read_text().replace("[logs]", "[log]"))
    return spec


def run(*arguments: object, **more: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([LANDFORM, *map(str, arguments)], capture_output=True, check=False, **more)


# Exit statuses


def test_fine_is_0_and_errors_are_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("check", project(tmp_path)) == 0
    assert "no findings" in capsys.readouterr().out
    assert landform("check", broken(tmp_path)) == 1
    assert landform("compile", broken(tmp_path)) == 1
    assert not (tmp_path / "generated").exists()


def test_a_warning_is_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("check", project(tmp_path, "  models: {kind: bucket}\n")) == 0
    assert "warning[LF0209]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["check"], ["chek", "x"], ["check", "--format", "xml", "x"], ["scan", "a", "b"]]
)
def test_a_wrong_call_is_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2


def test_what_is_missing_is_3() -> None:
    run_ = subprocess.run(
        [sys.executable, "-c", NO_BOTO3, "catalog", "refresh", "us-east-1"], capture_output=True, check=False
    )
    assert run_.returncode == 3
    assert b"pip install 'landform[sandbox]'" in run_.stderr


NO_BOTO3 = """
import sys
sys.modules["boto3"] = None
from landform.cli import entry
entry()
"""


def test_a_bug_is_70_and_says_where(tmp_path: Path) -> None:
    run_ = subprocess.run(
        [sys.executable, "-c", BUG, "check", str(project(tmp_path))], capture_output=True, text=True, check=False
    )
    assert run_.returncode == 70
    assert "this is a bug: ZeroDivisionError" in run_.stderr
    assert "Traceback" not in run_.stderr


BUG = """
from landform import cli, pipeline
pipeline.PASSES = (lambda plan: 1 / 0,)
cli.entry()
"""


# Formats


def test_every_finding_in_text_has_place_code_and_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = broken(tmp_path)
    assert landform("check", spec) == 1
    assert f"{spec}:9:38: error[LF0203]: unknown bucket 'log'. Did you mean 'logs'?\n" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "compile"])
def test_json_is_one_array_for_all_specs(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    specs = [broken(tmp_path / "one"), broken(tmp_path / "two"), project(tmp_path / "three")]
    assert landform(command, "--format", "json", *specs) == 1
    found = [each for each in json.loads(capsys.readouterr().out) if each["severity"] == "error"]
    assert [each["file"] for each in found] == [str(spec) for spec in specs[:2]]
    assert set(found[0]) == {
        "code", "severity", "message", "remedy", "file", "line", "column", "end_line", "end_column", "path", "related",
    }  # fmt: skip
    assert (found[0]["code"], found[0]["line"], found[0]["path"]) == ("LF0203", 9, "machines.work.reads[0]")


@pytest.mark.parametrize("command", ["check", "compile"])
def test_sarif_and_github(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = broken(tmp_path)
    assert landform(command, "--format", "sarif", spec) == 1
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert "LF0203" in [result["ruleId"] for result in results]
    assert landform(command, "--format", "github", spec) == 1
    assert f"::error title=LF0203,file={spec},line=9" in capsys.readouterr().out


def test_quiet_prints_findings_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("check", "-q", project(tmp_path)) == 0
    assert landform("compile", "-q", project(tmp_path)) == 0
    assert "".join(capsys.readouterr()) == ""
    assert landform("check", "-q", broken(tmp_path)) == 1
    assert "LF0203" in capsys.readouterr().err


def test_colour_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    landform("check", "--color", "always", broken(tmp_path))
    assert "\x1b[" in capsys.readouterr().err
    landform("check", "--color", "never", broken(tmp_path))
    assert "\x1b[" not in capsys.readouterr().err


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "landform spec, version 1"


def test_init_writes_a_project_that_compiles(tmp_path: Path) -> None:
    assert landform("init", "-q", tmp_path) == 0
    (spec,) = (tmp_path / "specs").glob("*.yaml")
    assert landform("compile", "-q", spec) == 0
    assert landform("compile", "-q", "--check", spec) == 0


# What is imported


def test_check_imports_neither_cdktf_nor_boto3(tmp_path: Path) -> None:
    watch = (
        "import sys; from landform.cli import main; status = main(sys.argv[1:]);"
        "print(status, sorted({'cdktf', 'jsii', 'boto3', 'jinja2', 'rich'} & sys.modules.keys()))"
    )
    spec = Path(__file__).parents[1] / "specs" / "training-platform.yaml"
    for command in (["check", "-q", str(spec)], ["check", "-q", str(broken(tmp_path))]):
        said = subprocess.run(
            [sys.executable, "-c", watch, *command], capture_output=True, text=True, check=True
        ).stdout
        assert said.split(" ", 1)[1] == "[]\n"


# What a user can do wrong


def missing(folder: Path) -> Path:
    return folder / "nothing.yaml"


def a_folder(folder: Path) -> Path:
    return folder


def empty(folder: Path) -> Path:
    (folder / "empty.yaml").write_text("")
    return folder / "empty.yaml"


def a_device(folder: Path) -> Path:
    return Path("/dev/null")


def binary(folder: Path) -> Path:
    (folder / "binary.yaml").write_bytes(bytes(range(256)))
    return folder / "binary.yaml"


def a_loop(folder: Path) -> Path:
    (folder / "loop.yaml").symlink_to("loop.yaml")
    return folder / "loop.yaml"


def below_a_file(folder: Path) -> Path:
    return empty(folder) / "spec.yaml"


def a_long_name(folder: Path) -> Path:
    return folder / ("n" * 5000)


WRONG = [missing, a_folder, empty, a_device, binary, a_loop, below_a_file, a_long_name]


@pytest.mark.parametrize("command", ["check", "compile", "scan"])
@pytest.mark.parametrize("wrong", WRONG)
def test_no_mistake_is_a_traceback(
    command: str, wrong: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert landform(command, wrong(tmp_path)) == 1
    said = capsys.readouterr().err
    assert "error[LF0" in said
    assert "bug" not in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("check", tmp_path / "nothing.yaml") == 1
    assert "error[LF0101]" in capsys.readouterr().err


def test_a_name_that_the_terminal_cannot_show_is_no_bug(tmp_path: Path) -> None:
    (tmp_path / "müll.yaml").write_text(project(tmp_path).read_text())
    done = run("check", tmp_path / "müll.yaml", env={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_a_name_that_is_no_text_is_no_bug(form: str, tmp_path: Path) -> None:
    done = run("check", "--format", form, tmp_path / "caf\udce9.yaml")
    assert done.returncode == 1
    assert b"LF0101" in done.stdout + done.stderr


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_an_output_that_cannot_be_written_is_told(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    assert landform("compile", "--out", tmp_path / place, project(tmp_path)) == 1
    assert "error[LF0705]" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"


def test_a_reader_that_leaves_early_is_no_bug(tmp_path: Path) -> None:
    line = f"'{LANDFORM}' schema | head -n 1; '{LANDFORM}' check '{broken(tmp_path)}' 2>&1 >/dev/null | true"
    done = subprocess.run(["sh", "-c", line], capture_output=True, check=True)
    assert b"Traceback" not in done.stderr
    assert b"bug" not in done.stderr


# The catalog


def own_catalog(folder: Path, date: str) -> None:
    """Give a project a catalog of its own whose oldest record has a date."""
    shutil.copytree(PACKAGED, folder / CATALOG_FOLDER)
    types = folder / CATALOG_FOLDER / "types.json"
    types.write_text(json.dumps(json.loads(types.read_text()) | {"date": date}))


def test_a_catalog_of_more_than_a_year_ago_is_a_warning_with_its_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = project(tmp_path)
    own_catalog(tmp_path, "2001-02-03")
    assert landform("check", spec) == 0
    assert "warning[LF0406]: the catalog is of 2001-02-03" in capsys.readouterr().err
    assert landform("compile", spec) == 0
    assert "`landform catalog refresh`" in capsys.readouterr().err
    assert json.loads((output(tmp_path) / "manifest.json").read_text())["catalog"] == "2001-02-03"


@pytest.mark.parametrize(("recorded", "said"), [("2001-02-03", True), ("9999-01-01", False)])
def test_a_stack_of_long_ago_is_told(
    recorded: str, said: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("landform.commands.report.RECORDED", recorded)
    spec = project(tmp_path)
    (spec.parent / "code").mkdir()
    (spec.parent / "code" / "application.py").write_text("def application(environ, start_response): ...\n")
    service = "serve: {console: {platform: beanstalk, stack: python-3.12, code: code}}\n"
    spec.write_text(spec.read_text() + service)
    assert landform("check", spec) == 0
    assert ("warning[LF0409]" in capsys.readouterr().err) == said


def test_a_catalog_that_cannot_be_read_says_how_to_renew_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = project(tmp_path)
    (tmp_path / CATALOG_FOLDER).mkdir()
    assert landform("check", spec) == 1
    said = capsys.readouterr().err
    assert "error[LF0408]" in said
    assert "Write it anew with `landform catalog refresh`, or remove landform-catalog/." in said


def test_two_specs_with_one_output_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = project(tmp_path)
    second = first.with_name("copy.yaml")
    shutil.copy(first, second)
    assert landform("compile", first, second) == 1
    assert "LF0208" in capsys.readouterr().err
    assert output(tmp_path).is_dir()


def test_compile_says_which_endpoint_waits_for_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sections = (
        "data: {rows: {kind: bucket}, models: {kind: bucket}}\n"
        "train:\n"
        "  fit: {platform: sagemaker, cpu: 8, image: xgboost-1.7, inputs: {train: {from: rows}}, output: models}\n"
        "serve: {score: {platform: sagemaker, model: train.fit, instance: ml.c7i.xlarge}}\n"
    )
    spec = project(tmp_path)
    Path(spec).write_text(Path(spec).read_text().split("data:")[0] + sections)
    assert landform("compile", spec) == 0
    told = capsys.readouterr().out
    assert "-score on ml.c7i.xlarge in us-east-1, once `models` in models.auto.tfvars.json has its package" in told
