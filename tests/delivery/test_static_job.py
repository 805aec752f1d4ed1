"""The static job of the workflow is run step by step; a planted security group stops it (.ci/static_job.py)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("options", [(), ("--plant",)], ids=["sound", "planted"])
def test_the_job_ends_as_it_should(options: tuple[str, ...]) -> None:
    command = [sys.executable, ".ci/static_job.py", *options, "specs/quickstart.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    ends = "nothing" if not options else "The offline plan passes checkov and is least privilege"
    assert done.stdout.rstrip().endswith(f"stopped at: {ends}")
    assert done.stdout.count("exit 0") == 5 - len(options)
