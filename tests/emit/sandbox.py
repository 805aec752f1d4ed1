"""A folder that a host script takes for the host, with stand-ins for the programs that only a host has."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

NOTES = """#!/bin/bash
printf '%(%s)T %s' -1 "${0##*/}" >>"$SANDBOX/calls"
printf ' %s' "${@//$'\\n'/ }" >>"$SANDBOX/calls"
printf '\\n' >>"$SANDBOX/calls"
"""

AWS = f"""#!{sys.executable}
import os, shutil, sys, time
from pathlib import Path
sandbox = Path(os.environ["SANDBOX"])
with (sandbox / "calls").open("a") as calls:
    calls.write(f"{{int(time.time())}} aws {{' '.join(sys.argv[1:])}}\\n")
if sys.argv[1] == "s3":
    source, target = [str(sandbox / "s3" / p[5:]) if p.startswith("s3://") else p for p in sys.argv[-2:]]
    if sys.argv[2] == "cp":
        shutil.copyfile(source, target)
    elif Path(source).is_dir():
        hidden = shutil.ignore_patterns(sys.argv[sys.argv.index("--exclude") + 1])
        shutil.copytree(source, target, dirs_exist_ok=True, ignore=hidden)
        time.sleep(float(os.environ.get("SYNC_SECONDS", "0")))
"""

TOLD = {
    "LANDFORM_DATA_HOMES_ID": "fs-1",
    "LANDFORM_DATA_HOMES_ACCESS_POINT": "fsap-1",
    "LANDFORM_DATA_SCRATCH_SOURCE": "fs-3.fsx.us-east-1.amazonaws.com@tcp:/abc",
    "LANDFORM_DATA_NOTES_ID": "fs-2",
    "LANDFORM_DATA_NOTES_ACCESS_POINT": "fsap-2",
}
"""What the root module puts in front of a script: ids that nobody knows before."""

HOST_ONLY = ("apt-get", "chown", "dnf", "dpkg", "mdadm", "mount", "mount.efs", "mount.lustre", "snap", "systemctl")


class Sandbox:
    """One pretended host below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"
        self._bin = folder / "bin"
        self._bin.mkdir(parents=True)
        (self.root / "etc").mkdir(parents=True)
        (self.root / "etc/fstab").touch()
        (folder / "s3").mkdir()
        for name in HOST_ONLY:
            self.stand_in(name, NOTES)
        self.stand_in("aws", AWS)
        self.stand_in("mountpoint", NOTES + "exit 1\n")

    def stand_in(self, name: str, script: str) -> None:
        """Put a program in front of the machine's own."""
        path = self._bin / name
        path.write_text(script)
        path.chmod(0o755)

    def without(self, name: str) -> None:
        """Take a program away again."""
        (self._bin / name).unlink()

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {
            "PATH": f"{self._bin}:{os.environ['PATH']}",
            "SANDBOX": str(self.folder),
            "LANDFORM_ROOT": str(self.root),
            "LANDFORM_RETRY_SECONDS": "0",
            "LC_ALL": "C.UTF-8",
            **TOLD,
            **(more or {}),
        }

    def run(
        self, script: str, *arguments: str, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a script under bash; what it prints is in the result, its calls are in `calls`."""
        return subprocess.run(
            ["bash", "-c", script, "script", *arguments],
            env=self.environment(more),
            capture_output=True,
            timeout=60,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        """What was called of the stand-ins, in order, without the time."""
        path = self.folder / "calls"
        return [line.split(" ", 1)[1] for line in path.read_text().splitlines()] if path.exists() else []

    def tree(self) -> dict[str, tuple[bytes, int, int]]:
        """Every file below the root: its bytes, its mode, and when it was written."""
        return {
            str(path.relative_to(self.root)): (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns)
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }
