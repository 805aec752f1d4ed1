"""Modules are tried in copies: Terraform writes where it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.schema_provider import serve

from landform.rehearse.terraform import find_terraform

MODULES = Path(__file__).parents[2] / "modules"
NAMES = sorted(path.parent.name for path in MODULES.glob("*/main.tf"))

Terraform = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def on_schema() -> Iterator[Terraform]:
    """Terraform on the schema of provider 6.62: ``on_schema(folder, "validate")``."""
    binary = find_terraform()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "AWS_"))}
    with serve() as attached:
        environ = kept | attached | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}

        def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [binary, *command],
                cwd=folder,
                env=environ,
                capture_output=True,
                encoding="utf-8",
                check=False,
            )

        yield run


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A copy of all modules, to work in."""
    return Path(shutil.copytree(MODULES, tmp_path / "modules", ignore=shutil.ignore_patterns(".terraform*")))
