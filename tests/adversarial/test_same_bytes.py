"""The same spec is the same output: wherever, whenever, by whomever, and however its keys are ordered."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.projects import contents, landform

ROOT = Path(__file__).parents[2]
STANDS = ROOT / "generated" / "training-platform" / "production"
LANDFORM = Path(sys.executable).with_name("landform")


@pytest.mark.parametrize("mask", ["077", "000"])
def test_the_surroundings_do_not_matter(tmp_path: Path, mask: str) -> None:
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TZ": "Pacific/Kiritimati" if mask == "077" else "America/Los_Angeles",
        "LANG": "tr_TR.ISO-8859-9",
        "LC_ALL": "C",
        "PYTHONHASHSEED": mask,
        "PYTHONIOENCODING": "ascii",
    }
    spec = ROOT / "specs" / "training-platform.yaml"
    line = f"umask {mask} && exec '{LANDFORM}' compile --out '{tmp_path}/out' '{spec}'"
    run = subprocess.run(["sh", "-c", line], cwd=tmp_path, env=surroundings, capture_output=True, check=False)
    assert (run.returncode, b"error" in run.stderr) == (0, False)
    assert contents(tmp_path / "out" / "generated" / "training-platform" / "production") == contents(STANDS)


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        chance.shuffle(items)
        return {key: shuffled(each, chance) for key, each in items}
    return [shuffled(each, chance) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(3))
def test_order_and_comments_do_not_matter(tmp_path: Path, seed: int) -> None:
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    spec = tmp_path / "specs" / "training-platform.yaml"
    data = shuffled(yaml.safe_load(spec.read_text()), random.Random(seed))
    spec.write_text("# a comment\n\n" + yaml.safe_dump(data, sort_keys=False, width=40 + seed))
    assert landform("compile", "-q", spec) == 0
    assert contents(tmp_path / "generated" / "training-platform" / "production") == contents(STANDS)


def test_compiling_twice_changes_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    for _ in range(2):
        assert landform("compile", "-q", tmp_path / "specs" / "training-platform.yaml") == 0
    assert contents(tmp_path / "generated" / "training-platform" / "production") == contents(STANDS)
