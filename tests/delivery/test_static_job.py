"""A planted security group stops the static job of the workflow (.ci/static_job.py).

That it ends well is shown on every sample (tests/rehearsal/test_samples.py).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_job_stops_at_an_open_security_group() -> None:
    command = [sys.executable, ".ci/static_job.py", "--plant", "specs/quickstart.yaml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    ends = "The offline plan passes checkov and is least privilege"
    assert done.stdout.rstrip().endswith(f"stopped at: {ends}")
    assert done.stdout.count("exit 0") == 4
