"""Jobs of AWS Batch that run: by the planned command of their container, in a process of its own.

The folder that landform has in the container is a temporary one, wherever command and environment say it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from moto.batch.models import Job
from moto.batch.utils import JobStatus
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_batch import (
    StateTaskServiceBatch,
)

from landform.containers import FOLDER
from landform.rehearse.extensions import method_of
from landform.rehearse.process import made_up
from landform.rehearse.stage import Target

LOOK: Final = 0.1

_describe = Job.describe
_run_container = Job.run


@method_of(Job)
def run(self: Job) -> None:
    """moto would start a container, and fails where there is no Docker; so it does for jobs of several nodes."""
    container = self.job_definition.container_properties
    if container is None:
        _run_container(self)
        return
    told = {each["name"]: each["value"] for each in self._get_container_property("environment", [])}
    told |= {"AWS_BATCH_JOB_ID": self.job_id}
    self.status, self.job_started_at = JobStatus.RUNNING, datetime.now()
    self.log_stream_name = self._stream_name
    self._start_attempt()
    target = Target(f"http://127.0.0.1:{os.environ['MOTO_PORT']}", answers=True)
    environment = {**made_up(target, self.job_definition._region), **told}
    self.exit_code = _run(self, container.get("command", ()), environment)
    self._mark_stopped(success=self.exit_code == 0)


@method_of(Job)
def describe(self: Job) -> dict[str, Any]:
    """moto forgets with which code a container ended, where it tells all of a job."""
    answer = _describe(self)
    code = {} if self.exit_code is None else {"exitCode": self.exit_code}
    return answer | {"container": answer.get("container", {}) | code}


def _run(job: Job, command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command until it ends, somebody has it ended, or its time is over; return its exit code."""
    limit = time.monotonic() + (job._get_attempt_duration() or float("inf"))
    with tempfile.TemporaryDirectory(prefix="landform-", ignore_cleanup_errors=True) as folder:
        # What is called `python3` is this very interpreter, with the packages that it has.
        path = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
        process = subprocess.Popen(
            [word.replace(FOLDER, folder) for word in command],
            cwd=folder,
            env={**{name: value.replace(FOLDER, folder) for name, value in environment.items()}, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while process.poll() is None:
            if job.stop or time.monotonic() > limit:
                # With all that it has started, as a container ends.
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                job.job_stopped_reason = job.job_stopped_reason or "Job attempt duration exceeded timeout"
                return 137
            time.sleep(LOOK)
    if process.returncode:
        job.job_stopped_reason = "Essential container in task exited"
    return process.returncode


@method_of(StateTaskServiceBatch)
def _normalise_parameters(self: Any, parameters: Any, *_: Any, **__: Any) -> None:
    """A definition begins names with a capital, Batch's own API does not; moto keeps to neither."""
    del self
    _rename(parameters, str.lower)


@method_of(StateTaskServiceBatch)
def _normalise_response(self: Any, response: Any, *_: Any, **__: Any) -> None:
    """The same, on the way back."""
    del self
    _rename(response, str.upper)


def _rename(said: Any, first: Callable[[str], str]) -> None:
    """Change the first letter of all names, where they stand."""
    for each in said if isinstance(said, list) else list(said.values()) if isinstance(said, dict) else ():
        _rename(each, first)
    for name in list(said) if isinstance(said, dict) else ():
        said[first(name[0]) + name[1:]] = said.pop(name)
