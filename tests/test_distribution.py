"""What is built of the project: the same bytes every time, and a program that works where the repository is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def copied(folder: Path) -> Path:
    """Copy what git has, as a clone would have it elsewhere."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if not (ROOT / name).is_file() or name.startswith(("tests/", "generated/", "benchmarks/")):
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return folder


def built(folder: Path, **environment: str) -> dict[str, bytes]:
    """Build wheel and sdist of a copy of the project."""
    kept = {k: v for k, v in os.environ.items() if k not in ("SOURCE_DATE_EPOCH", "TZ")}
    program = [sys.executable, "-m", "hatchling", "build", "-d", "built"]
    subprocess.run(program, cwd=folder, env=kept | environment, capture_output=True, check=True)
    return {path.name: path.read_bytes() for path in sorted((folder / "built").iterdir())}


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return built(copied(tmp_path_factory.mktemp("one")), TZ="UTC")


def test_two_builds_are_the_same_bytes(one: dict[str, bytes], tmp_path: Path) -> None:
    """Elsewhere, at another time, for another user."""
    folder = copied(tmp_path / "another" / "place")
    for path in folder.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    other = built(folder, TZ="Asia/Tokyo", LANG="C", PYTHONHASHSEED="7")
    assert sorted(one) == ["landform-0.1.0-py3-none-any.whl", "landform-0.1.0.tar.gz"]
    assert one == other


@pytest.fixture(scope="module")
def wheel(one: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("wheel") / "landform-0.1.0-py3-none-any.whl"
    file.write_bytes(one[file.name])
    return file


def test_the_wheel_holds_what_the_program_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("compiler/landform", "agent/landform_agent"):
        package = ROOT / folder
        for path in package.rglob("*"):
            inside = path.relative_to(package.parent).as_posix()
            left_out = "__pycache__" in inside or "catalog/material" in inside
            assert path.is_dir() or left_out or inside in names, inside
    for path in (ROOT / "modules").glob("*/*.tf"):
        assert f"landform/modules/{path.relative_to(ROOT / 'modules').as_posix()}" in names
    assert not any(name.startswith(("tests/", "benchmarks/", "specs/", "generated/")) for name in names)


def test_a_wheel_of_the_source_archive_is_the_wheel(one: dict[str, bytes], tmp_path: Path) -> None:
    archive = tmp_path / "landform-0.1.0.tar.gz"
    archive.write_bytes(one[archive.name])
    with tarfile.open(archive) as source:
        source.extractall(tmp_path, filter="data")
    program = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "built"]
    folder = tmp_path / "landform-0.1.0"
    subprocess.run(program, cwd=folder, capture_output=True, check=True)
    assert next((folder / "built").iterdir()).read_bytes() == one["landform-0.1.0-py3-none-any.whl"]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a program `landform` in an environment that has the wheel, and nothing of the repository.

    What it depends on is borrowed from the environment of the tests, so that no index is asked.
    """
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=True)
    program = folder / "bin" / "python"
    subprocess.run(
        [program, "-m", "pip", "install", "-q", "--no-index", "--no-deps", wheel], capture_output=True, check=True
    )
    yield folder / "bin" / "landform"


def ran(program: Path, folder: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        [program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_works_where_the_repository_is_not(installed: Path, tmp_path: Path) -> None:
    where = 'import landform, sys; sys.stdout.write(landform.__file__ or "")'
    python = installed.with_name("python")
    assert str(installed.parents[1]) in ran(python, tmp_path, "-c", where)
    ran(installed, tmp_path, "init", "mine")
    project = tmp_path / "mine"
    (spec,) = (project / "specs").glob("*.yaml")
    assert "no findings" in ran(installed, project, "check", str(spec.relative_to(project)))
    told = ran(installed, project, "compile", str(spec.relative_to(project)))
    assert "modules added:" in told
    (main,) = (project / "generated").glob("*/*/main.tf.json")
    assert str(ROOT) not in main.read_text()
    assert (project / "modules" / "network" / "main.tf").read_bytes() == (
        ROOT / "modules" / "network" / "main.tf"
    ).read_bytes()
    ran(installed, project, "compile", "--check", str(spec.relative_to(project)))
    assert '"$schema"' in ran(installed, tmp_path, "schema")
    assert "resource blocks" in ran(installed, project, "explain", str(spec.relative_to(project)))
