"""The machine of a watch: it takes over the disk of the one before, and installs the agent beside its state."""

from __future__ import annotations

import base64
import io
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from passes.test_drift import LABELS, WATCH, script_of, watched

from landform.emit.user_data import DataVolume, agent_config, compressed_bytes, render
from landform.lower.root import lower
from landform_agent.deploy.needs import needs

from .hosts import BARE
from .sandbox import NOTES, Sandbox
from .test_watch import Metadata, metadata

__all__ = ["metadata"]

TAKEN = replace(BARE, data_volume=DataVolume("/dev/sdf", "/var/lib/landform-agent", taken=True), log="drift")
INSTALL = (files("landform_agent.deploy") / "install.sh").read_text()
DISK = {"LANDFORM_DISK": "vol-0123456789abcdef0"}


def taking() -> str:
    """The part of the script that takes the disk, where none is attached yet."""
    (part,) = re.findall(r"^# The disk of the machine before.*?^done\n", render(TAKEN), re.DOTALL | re.MULTILINE)
    head = "set -euo pipefail\nregion=us-east-1 data_device=/dev/sdf\nreal_device() { [[ -e $SANDBOX/attached ]]; }\n"
    return head + part


def attaching(sandbox: Sandbox, refusals: int) -> None:
    """AWS refuses so many times, since the machine before still has the disk."""
    sandbox.stand_in(
        "aws",
        f"""{NOTES}
echo x >>"$SANDBOX/tries"
[[ $(wc -l <"$SANDBOX/tries") -gt {refusals} ]] || exit 254
touch "$SANDBOX/attached"
""",
    )


@pytest.mark.parametrize("refusals", [0, 3])
def test_the_disk_is_taken_once_it_is_free(sandbox: Sandbox, metadata: Metadata, refusals: int) -> None:
    attaching(sandbox, refusals)
    endpoint = f"http://127.0.0.1:{metadata.server.server_port}"
    done = sandbox.run(taking(), more={**DISK, "LANDFORM_IMDS": endpoint})
    assert done.returncode == 0, done.stderr.decode()
    call = "aws ec2 attach-volume --region us-east-1 --volume-id vol-0123456789abcdef0"
    called = [c for c in sandbox.calls if c.startswith("aws")]
    assert called == [f"{call} --instance-id i-0123456789abcdef0 --device /dev/sdf"] * (refusals + 1)


def test_a_disk_that_is_there_is_not_asked_for(sandbox: Sandbox) -> None:
    (sandbox.folder / "attached").touch()
    assert sandbox.run(taking(), more=DISK).returncode == 0
    assert sandbox.calls == []


def test_the_log_of_the_agent_is_shipped() -> None:
    shipped: object = agent_config(TAKEN)["logs"]
    assert "/var/log/landform/drift.log" in str(shipped)


def test_the_user_data_of_a_watch_fits() -> None:
    plan, _ = watched(f"{WATCH}, {LABELS}")
    own = script_of(plan)
    assert compressed_bytes(own) < 8_000
    assert INSTALL.encode() in _setup(own)


def _setup(script: str) -> bytes:
    (text,) = re.findall(
        r"^base64 --decode <<'LANDFORM' \| put 0755 /opt/landform/setup\n(.*?)^LANDFORM", script, re.S | re.M
    )
    return base64.b64decode(text)


PYTHON = f"""#!/bin/bash
[[ $1 == -m ]] || exec {sys.executable} "$@"
home=${{@: -1}}
{sys.executable} -m venv --without-pip "$home"
echo 'echo "$@" >>"$SANDBOX/pip"' >"$home/bin/pip"
sed -i '1i #!/bin/bash' "$home/bin/pip"
chmod +x "$home/bin/pip"
"""
"""A Python that makes an environment into which nothing can be installed."""

AS_ME = """#!/bin/bash
arguments=()
while (($#)); do case $1 in -o | -g) shift 2 ;; *) arguments+=("$1"); shift ;; esac; done
exec /usr/bin/install "${arguments[@]}"
"""
"""What installs files for nobody else: users are made on a host alone."""


@pytest.fixture
def host(sandbox: Sandbox) -> Sandbox:
    """A host on which the archive of a watch was unpacked."""
    plan, _ = watched(f"{WATCH}, {LABELS}")
    with zipfile.ZipFile(io.BytesIO(lower(plan).files["files/drift_score.zip"])) as archive:
        archive.extractall(sandbox.root / "opt/landform/code")
    for name, script in {"python3.12": PYTHON, "install": AS_ME, "mountpoint": NOTES, "useradd": NOTES}.items():
        sandbox.stand_in(name, script)
    sandbox.stand_in("id", NOTES + "exit 1\n")
    return sandbox


def test_the_agent_is_installed_from_the_archive_and_its_lock(host: Sandbox) -> None:
    for _ in range(2):
        done = host.run(INSTALL, more={"LANDFORM_WATCH": "score"})
        assert done.returncode == 0, done.stderr.decode()
    asked = (host.folder / "pip").read_text().splitlines()[0]
    assert "--require-hashes --only-binary :all: -r" in asked
    assert asked.endswith("landform_agent/deploy/agent.lock")
    assert (host.root / "etc/landform-agent/score.yaml").read_text().startswith("# drift.score.")
    assert (host.root / "var/lib/landform-agent/score").is_dir()
    assert "systemctl enable --now landform-agent@score landform-agent-health@score.timer" in host.calls
    units = host.root / "etc/systemd/system"
    assert {unit.name for unit in units.iterdir()} == {
        "landform-agent@.service",
        "landform-agent@.service.d",
        "landform-agent-health@.service",
        "landform-agent-health@.timer",
    }
    # A watch that refused to run, or was stopped, stays so.
    assert "|| systemctl try-restart landform-agent@%i" in (units / "landform-agent-health@.service").read_text()
    assert "append:/var/log/landform/drift.log" in (units / "landform-agent@.service.d/landform.conf").read_text()


def test_what_is_installed_runs(host: Sandbox) -> None:
    assert host.run(INSTALL, more={"LANDFORM_WATCH": "score"}).returncode == 0
    # Only what it depends on comes from here: the agent itself is the copy.
    depends = next(path for path in sys.path if path.endswith("site-packages"))
    program = host.root / "opt/landform-agent/bin/landform-agent"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": depends, "PYTHONVERBOSE": ""}
    done = subprocess.run([program, "--help"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "replay" in done.stdout


def test_without_its_disk_there_is_no_watch(host: Sandbox) -> None:
    host.stand_in("mountpoint", NOTES + "exit 1\n")
    done = host.run(INSTALL, more={"LANDFORM_WATCH": "score"})
    assert done.returncode == 1
    assert b"no disk at" in done.stderr
    assert not any(call.startswith("systemctl") for call in host.calls)


def test_the_lock_holds_all_that_the_agent_needs() -> None:
    lock = (files("landform_agent.deploy") / "agent.lock").read_text()
    locked = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    project = Path(__file__).parents[2] / "pyproject.toml"
    wanted = {re.split(r"[^\w-]", need)[0].lower() for need in needs(project.read_text())}
    assert wanted <= locked
    assert not {"cdktf", "moto", "pytest"} & locked
