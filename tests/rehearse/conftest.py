from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parent / "sample"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A compiled tree of one bucket in a project of its own, free to be broken."""
    project = tmp_path / "project"
    shutil.copytree(SAMPLE, project)
    return project / "generated" / "sample" / "dev"
