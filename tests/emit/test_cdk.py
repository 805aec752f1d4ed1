"""cdktf and its continuation write the same bytes, and no one is stranded on either."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.projects import contents

PLATFORM = Path(__file__).parents[2] / "specs" / "training-platform.yaml"


def compiled_with(cdk: str, folder: Path) -> dict[str, bytes]:
    script = f"""
import sys
from landform.cli import main
assert main(["compile", "-q", {str(PLATFORM)!r}, "--out", {str(folder)!r}]) == 0
print(*sorted({{"cdktf", "cdktn"}} & sys.modules.keys()))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], env={"LANDFORM_CDK": cdk}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [cdk], "another library wrote this"
    return contents(folder / "generated")


def test_the_lock_holds_both() -> None:
    assert find_spec("cdktf") and find_spec("cdktn")


def test_both_write_the_same_bytes(tmp_path: Path) -> None:
    assert compiled_with("cdktf", tmp_path / "one") == compiled_with("cdktn", tmp_path / "other")


def test_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        compiled_with("cdk8s", tmp_path)
