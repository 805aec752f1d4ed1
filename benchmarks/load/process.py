"""An agent in a process of its own: what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CONFIG: Final = """
version: 1
system: bench
watch: score
source: {kind: files, path: in/*, settle: 0.1s}
prediction: {kind: probability}
false_alarms: 1 per 100000 events
state: {path: state.sqlite}
sinks: [{kind: file, path: alarms.jsonl}]
"""
PROGRAM: Final = str(Path(sys.executable).parent / "landform-agent")
# One core: neither numpy's threads nor the machine's other processors take part.
ALONE: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Spent:
    """Seconds of a processor and of the clock, the largest resident set in MB, and the last line of its log."""

    cpu: float
    wall: float
    memory: float
    counts: Mapping[str, int]


def site(place: Path, baseline: Sequence[bytes], more: str = "") -> Path:
    """A fitted watch in a folder."""
    (place / "in").mkdir(parents=True)
    (place / "watch.yaml").write_text(CONFIG + more)
    (place / "head.jsonl").write_bytes(b"".join(line + b"\n" for line in baseline))
    call(place, "fit", "--baseline", "head.jsonl")
    return place


def call(place: Path, command: str, *arguments: str) -> Spent:
    """Run a command to its end."""
    began = time.perf_counter()
    said, memory = [], 0.0
    with start(place, command, *arguments) as process:
        assert process.stderr
        for line in process.stderr:
            said.append(line)
            memory = resident(process.pid) or memory
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("".join(said))
    last = json.loads(said[-1]) if said and said[-1].startswith("{") else {}
    return Spent(used.ru_utime + used.ru_stime, time.perf_counter() - began, memory, last.get("counts", {}))


def resident(process: int) -> float:
    """The largest resident set so far, in MB; 0 where the process has ended.

    What `getrusage` says of a child holds what its parent had when it forked.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) / 1024 if found else 0.0


def start(place: Path, command: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a command; its log comes by `stderr`."""
    whole = [PROGRAM, command, "--config", "watch.yaml", *arguments]
    own = os.environ | ALONE
    nothing, pipe = subprocess.DEVNULL, subprocess.PIPE
    return subprocess.Popen(whole, cwd=place, env=own, stdout=nothing, stderr=pipe, text=True)
