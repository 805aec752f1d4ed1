"""Hostile files beside a spec: refused with the path, quickly, and never read outside of the project."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.specs import Outcome, outcome

from landform.project import MAX_BYTES, MAX_FILES

FIT = "train: {{fit: {{platform: ec2, cpu: 8, command: run, code: {}}}}}\n"
WORK = "machines: {{work: {{instance: t3.large, user_data: {}}}}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project" / "specs" / "code").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("secret")
    return tmp_path / "project" / "specs"


def code(project: Path, named: str = "code") -> Outcome:
    return outcome(FIT.format(f"'{named}'"), file=project / "spec.yaml")


def script(project: Path, named: str) -> Outcome:
    return outcome(WORK.format(f"'{named}'"), file=project / "spec.yaml")


@pytest.mark.parametrize("named", ["../../outside", "../../../../../../etc", "code/../../../outside", "/etc", "/"])
def test_a_way_out_of_the_project_is_refused(project: Path, named: str) -> None:
    for result in (code(project, named), script(project, f"{named}/secret")):
        assert named.split("/secret", maxsplit=1)[0] in result.one("LF0210").message
        assert result.plan is not None
        assert not result.plan.files.scripts
        assert not result.plan.files.folders


def test_a_folder_that_holds_the_output_is_no_code(project: Path) -> None:
    assert "is the whole project" in code(project, "..").one("LF0210").message


def link_out(folder: Path) -> None:
    (folder / "link").symlink_to(folder.parents[2] / "outside" / "secret")


def link_to_a_folder_outside(folder: Path) -> None:
    (folder / "link").symlink_to(folder.parents[2] / "outside")


def link_to_nothing(folder: Path) -> None:
    (folder / "link").symlink_to("nowhere")


def loop(folder: Path) -> None:
    (folder / "one").symlink_to("two")
    (folder / "two").symlink_to("one")


def fifo(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


def bytes_in_a_name(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9")).write_text("x")


def too_large(folder: Path) -> None:
    with (folder / "large").open("wb") as file:
        file.truncate(MAX_BYTES + 1)


def too_many(folder: Path) -> None:
    for number in range(MAX_FILES + 1):
        os.close(os.open(folder / str(number), os.O_CREAT))


MISCHIEF = [link_out, link_to_a_folder_outside, link_to_nothing, loop, fifo, bytes_in_a_name, too_large, too_many]


@pytest.mark.parametrize("mischief", MISCHIEF)
def test_what_is_no_plain_file_is_refused(project: Path, mischief: Callable[[Path], None]) -> None:
    mischief(project / "code")
    result = code(project)
    assert result.errors == ["LF0210"]
    assert "'code'" in result.one("LF0210").message
    assert result.one("LF0210").span is not None


@pytest.mark.parametrize("named", ["pipe", "loop", "code", "nothing", "n" * 5000, "nul\\0"])
def test_what_is_no_script_is_refused(project: Path, named: str) -> None:
    os.mkfifo(project / "pipe")
    (project / "loop").symlink_to("loop")
    assert script(project, named).errors == ["LF0210"]


def test_a_link_inside_the_project_is_followed(project: Path) -> None:
    (project / "shared.py").write_text("print()")
    (project / "code" / "main.py").symlink_to(project / "shared.py")
    plan = code(project).sound
    (files,) = plan.files.folders.values()
    assert [(file.name, file.content) for file in files] == [("main.py", b"print()")]


def test_what_tools_leave_behind_stays_out(project: Path) -> None:
    for name in ("__pycache__/main.pyc", ".git/config", ".venv/x", "main.py", "sub/util.py", "sub/old.pyc"):
        (project / "code" / name).parent.mkdir(parents=True, exist_ok=True)
        (project / "code" / name).write_text("x")
    (files,) = code(project).sound.files.folders.values()
    assert [file.name for file in files] == ["main.py", "sub/util.py"]


def test_a_hundred_thousand_files_are_refused_at_once(project: Path) -> None:
    for number in range(100_000):
        os.mknod(project / "code" / str(number))
    begin = time.process_time()
    assert code(project).errors == ["LF0210"]
    assert time.process_time() - begin < 2


def test_a_very_deep_folder_is_walked(project: Path) -> None:
    deep = project / "code"
    for _ in range(1200):
        deep = deep / "d"
        deep.mkdir()
    (deep / "x").write_text("x")
    found = code(project).sound.files.folders.values()
    # Too deep for the cleaning up of pytest.
    subprocess.run(["rm", "-rf", project / "code"], check=True)
    assert [len(files) for files in found] == [1]


@pytest.mark.parametrize(
    "secret",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE KEY-----",
        "ghp_" + "a1B2" * 9,
        "https://me:hunter22@example.com/x",
    ],
)
def test_a_secret_in_user_data_is_refused_and_not_shown(project: Path, secret: str) -> None:
    (project / "setup.sh").write_text(f"#!/bin/bash\n# here\nexport X={secret}\n")
    found = script(project, "setup.sh").one("LF0107")
    assert "setup.sh:3:" in found.message
    assert secret not in found.text
    assert found.path == ("machines", "work", "user_data")
