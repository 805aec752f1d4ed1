"""The repository itself: what stands where, how long it may be, and what must not be in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from landform.codes import CODES

ROOT = Path(__file__).parent.parent

TOP_LEVEL = {
    ".ci", ".github", ".gitignore", "Makefile", "README.md", "agent", "benchmarks", "compiler", "docs", "generated",
    "modules", "pyproject.toml", "requirements", "specs", "tests",
}  # fmt: skip

WRITTEN_BY_HAND = {".py", ".tf", ".hcl", ".sh", ".j2"}
LINES = 400

# In parts, so that this file does not find itself.
INDEX_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry." + "npmjs.org",
    "deb." + "debian.org",
    "proxy." + "golang.org",
]
# Homes of users of an image that landform starts are no paths of the machine that it was written on.
OWN_PATHS = re.compile("/(?:ro" + "ot|Us" + "ers|wo" + r"rk)/\w|/ho" + r"me/(?!ec2-user|ubuntu)\w+/|/opt/wh" + "eels")

CODE = re.compile(r"\bLF\d{4}\b")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def codes_in(folder: str) -> set[str]:
    files = [path for path in (ROOT / folder).rglob("*.py") if path.name != "codes.py"]
    return {code for path in files for code in CODE.findall(path.read_text())}


def test_the_top_level_is_what_the_design_names() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP_LEVEL


def test_no_file_is_longer_than_a_sitting() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.relative_to(ROOT).parts[0] in ("compiler", "modules", "agent") and path.suffix in WRITTEN_BY_HAND
        if (lines := text_of(path).count("\n")) >= LINES
    }
    assert long == {}


def test_no_file_names_an_index() -> None:
    named = [(path.relative_to(ROOT), host) for path in tracked() for host in INDEX_HOSTS if host in text_of(path)]
    assert named == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    named = [(path.relative_to(ROOT), found[0]) for path in tracked() if (found := OWN_PATHS.search(text_of(path)))]
    assert named == []


def test_every_code_is_used() -> None:
    assert set(CODES) - codes_in("compiler") == set()


def test_every_code_that_is_used_is_listed() -> None:
    assert codes_in("compiler") - set(CODES) == set()


def test_every_code_has_a_test() -> None:
    assert set(CODES) - codes_in("tests") == set()


def locked(name: str) -> dict[str, Version]:
    """Read a lock: each requirement with at least one hash, and nothing else."""
    lines = text_of(ROOT / "requirements" / name).replace("\\\n", " ").splitlines()
    pins = {}
    for line in lines:
        if line and not line.startswith("#"):
            requirement, *hashes = line.split("--hash=")
            assert hashes, line
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", value) for value in hashes), line
            pin = Requirement(requirement)
            (specifier,) = pin.specifier
            assert specifier.operator == "==", line
            pins[pin.name] = Version(specifier.version)
    return pins


@pytest.mark.parametrize(("lock", "extras"), [("dev.lock", ["", "terrain", "sandbox", "dev"]), ("scan.lock", ["scan"])])
def test_the_lock_holds_what_the_project_asks_for(lock: str, extras: list[str]) -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    asked = [
        Requirement(text)
        for extra in extras
        for text in (project["optional-dependencies"][extra] if extra else project["dependencies"])
    ]
    pins = {name.lower().replace("_", "-"): version for name, version in locked(lock).items()}
    assert [str(r) for r in asked if pins.get(r.name.lower().replace("_", "-")) not in r.specifier] == []


def make(*arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"PATH": path} if path else {})
    program = shutil.which("make")
    assert program is not None
    return subprocess.run([program, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_an_old_python_is_refused_with_the_way_out(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    run = make("python", f"PYTHON={old}")
    assert "needs Python 3.11" in run.stderr
    assert "Error 3" in run.stderr


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Give a PATH that holds what the check needs, and no Terraform."""
    for name in ("sh", "sed", "awk"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def test_a_missing_terraform_is_refused_with_the_way_out(tools: Path) -> None:
    run = make("terraform", path=str(tools))
    assert "needs Terraform 1.10" in run.stderr
    assert "Error 3" in run.stderr


@pytest.mark.parametrize(("version", "fine"), [("1.9.8", False), ("0.15.0", False), ("1.10.0", True), ("2.0.1", True)])
def test_an_old_terraform_is_refused(tools: Path, version: str, fine: bool) -> None:
    fake = tools / "terraform"
    fake.write_text(f'#!/bin/sh\necho \'{{"terraform_version": "{version}"}}\'\n')
    fake.chmod(0o755)
    assert (make("terraform", path=str(tools)).returncode == 0) is fine


def test_ci_runs_a_script_that_shellcheck_passes() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    checker = Path(sys.executable).parent / "shellcheck"
    assert subprocess.run([checker, script], check=False).returncode == 0
