"""The command of the spec at work on a node, with what is brought before and sent after, and its checkpoints."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from . import folders
from .host import ROOT, Host

GRACE = float(os.environ.get("LANDFORM_GRACE_SECONDS", "40"))
"""Seconds that a command has to end by itself, of the 45 that the unit has."""

PORT = "29500"
"""Where the first node of a job listens: torchrun's own choice."""

_LIBRARY = f"{ROOT}/usr/local/lib/landform"
_CHECKPOINT = Path(_LIBRARY) / "checkpoint"

# Told to end, bash waits for the program at work and begins no other, whatever that program makes of the signal. What
# brings and sends says itself what went wrong, and its code is the job's. In no condition, in which `set -e` is void.
_WRAPPER = """trap 'told=yes' TERM
carry() (trap 'exit 143' TERM; cd "$2" && exec "$1" -m jobs "$3")
carry "$2" "$3" bring
status=$?
if [[ $status == 0 && -z ${told-} ]]; then
(trap 'exit 143' TERM; file=$1; set --; . "$file")
status=$?
fi
if [[ $status == 0 && -z ${told-} ]]; then
carry "$2" "$3" send
status=$?
fi
[[ -z ${told-} ]] || exit 143
exit "$status"
"""


def checkpoint(what: str) -> bool:
    """Restore or save the checkpoints of the job at hand, where there are any; tell whether that went well."""
    return not _CHECKPOINT.exists() or subprocess.run([str(_CHECKPOINT), what], check=False).returncode == 0


def environment(host: Host, job: str, rank: int, address: str) -> dict[str, str]:
    """Return what a command is told of its job: the variables of torchrun, which other launchers know as well."""
    told = {
        "LANDFORM_JOB": job,
        "MASTER_ADDR": address,
        "MASTER_PORT": PORT,
        "NODE_RANK": str(rank),
        "NNODES": str(host.nodes),
    }
    if host.checkpoint:
        told["LANDFORM_CHECKPOINT"] = f"{ROOT}{host.checkpoint}/{job}"
    if host.nodes > 1:
        # torchrun takes from these what its arguments do not say: torch/distributed/argparse_util.py (2026-11).
        told |= {f"PET_{name}": told[name] for name in ("MASTER_ADDR", "MASTER_PORT", "NODE_RANK", "NNODES")}
        told |= {"PET_NPROC_PER_NODE": "gpu"} if host.gpu else {}
    return told


class Command:
    """The command of one job, with all the processes that it starts."""

    def __init__(self, host: Host, told: dict[str, str]) -> None:
        account = pwd.getpwnam(host.user)
        own = {"HOME": account.pw_dir, "USER": host.user, "LOGNAME": host.user, **folders.told(os.environ)}
        self._process = subprocess.Popen(
            ["bash", "-c", _WRAPPER, "train", f"{ROOT}/etc/landform/command", sys.executable, _LIBRARY],
            cwd=f"{ROOT}/opt/landform/code",
            env={**os.environ, **own, **told},
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            **_as(account),
        )

    def code(self, seconds: float) -> int | None:
        """Wait for the end, and return the exit code as a shell would; None while it works."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        return 128 - code if code < 0 else code

    def stop(self) -> None:
        """Ask all its processes to end, give them time to, and end what is left."""
        self._signal(signal.SIGTERM)
        until = time.monotonic() + GRACE
        while self.code(0.2) is None and time.monotonic() < until:
            continue
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _as(account: pwd.struct_passwd) -> dict[str, Any]:
    """Return the arguments that make a process somebody else's."""
    if account.pw_uid == os.geteuid():
        return {}
    groups = os.getgrouplist(account.pw_name, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": groups}
