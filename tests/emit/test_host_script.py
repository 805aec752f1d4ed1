"""The script, run: what it writes, what it calls, and that a second run changes nothing."""

import json
import re
import stat
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from landform.emit.user_data import Checkpoint, Serves, SetupScript, jobs_config, render

from .hosts import BARE, FULL, SERVICE, TRAINING, VARIANTS
from .sandbox import Sandbox
from .test_user_data import HOSTILE

WITHOUT_DISKS = [name for name, script in VARIANTS.items() if script.data_volume is None]


def prepare(sandbox: Sandbox) -> Sandbox:
    """Lay the code that `TRAINING` fetches into the pretended S3."""
    archive = sandbox.folder / "s3/artifacts/code/train_graph.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("main.py", "print('trained')\n")
        code.writestr(".landform-jobs/__main__.py", "print('serves')\n")
    return sandbox


@pytest.mark.parametrize("name", WITHOUT_DISKS)
def test_twice_is_once(sandbox: Sandbox, name: str) -> None:
    script = render(VARIANTS[name])
    first = prepare(sandbox).run(script)
    assert first.returncode == 0, first.stderr.decode()
    once = sandbox.tree()
    second = sandbox.run(script)
    assert second.returncode == 0, second.stderr.decode()
    assert sandbox.tree() == once


def test_training_host_is_set_up(sandbox: Sandbox) -> None:
    assert prepare(sandbox).run(render(TRAINING)).returncode == 0
    assert (sandbox.root / "opt/landform/code/main.py").read_text() == "print('trained')\n"
    assert (sandbox.root / "usr/local/lib/landform/jobs/__main__.py").read_text() == "print('serves')\n"
    assert not (sandbox.root / "opt/landform/code/.landform-jobs").exists()
    assert json.loads((sandbox.root / "etc/landform/jobs.json").read_text()) == jobs_config(TRAINING)
    assert (sandbox.root / "etc/landform/command").read_text() == "torchrun main.py --epochs 20\n"
    assert (sandbox.root / "opt/landform/told").read_text() == "fraud-detection-prd-transactions\n"
    assert "dnf install -y amazon-cloudwatch-agent" in sandbox.calls
    units = "landform-watch.service landform-checkpoint.timer landform-train.service"
    assert sandbox.calls[-1] == f"systemctl enable --now {units}"


def test_what_is_told_at_boot_is_only_a_value_to_whoever_reads_it(sandbox: Sandbox) -> None:
    uri = """s3://rows/o'brien "x" $(touch "$SANDBOX/ran") `id` \\/"""
    told = {"LANDFORM_FROM_TRAIN": uri}
    assert sandbox.run(render(replace(BARE, told=tuple(told))), more=told).returncode == 0
    file = sandbox.root / "etc/landform/environment"
    assert "LANDFORM_FROM_TRAIN='s3://rows/o'\"'\"'brien " in file.read_text()
    read = sandbox.run('. "$1"; printf %s "$LANDFORM_FROM_TRAIN"', str(file))
    assert read.stdout.decode() == uri
    assert not (sandbox.folder / "ran").exists()


def test_a_service_is_started_and_started_again(sandbox: Sandbox) -> None:
    assert prepare(sandbox).run(render(SERVICE)).returncode == 0
    assert (sandbox.root / "etc/landform/command").read_text() == "python3 -m http.server $LANDFORM_PORT\n"
    unit = (sandbox.root / "etc/systemd/system/landform-serve.service").read_text()
    assert {"Restart=always", "StartLimitIntervalSec=0", "AmbientCapabilities=CAP_NET_BIND_SERVICE"} <= set(
        unit.splitlines()
    )
    assert sandbox.calls[-1] == "systemctl enable --now landform-serve.service"
    assert '"/var/log/landform/serve.log"' in (sandbox.root / "etc/landform/cloudwatch-agent.json").read_text()


def test_a_service_on_a_port_of_its_own_has_no_rights(sandbox: Sandbox) -> None:
    script = render(replace(SERVICE, serves=Serves("python3 app.py", 8080)))
    assert "AmbientCapabilities" not in script


def test_bare_host_starts_nothing(sandbox: Sandbox) -> None:
    assert sandbox.run(render(BARE)).returncode == 0
    assert [call for call in sandbox.calls if call.startswith(("systemctl", "aws"))] == []


def test_a_host_without_agent_goes_on(sandbox: Sandbox) -> None:
    sandbox.stand_in("dnf", "#!/bin/bash\nexit 1\n")
    done = prepare(sandbox).run(render(TRAINING))
    assert done.returncode == 0
    assert b"no CloudWatch agent" in done.stderr
    assert "landform-train.service" in sandbox.calls[-1]


@pytest.mark.parametrize("missing", ["code", "setup"])
def test_a_host_without_code_or_setup_starts_no_command(sandbox: Sandbox, missing: str) -> None:
    script = TRAINING
    if missing == "setup":
        prepare(sandbox)
        script = replace(TRAINING, setup=SetupScript("s.sh", b"#!/bin/bash\nexit 7\n"))
    done = sandbox.run(render(script))
    assert done.returncode != 0
    assert b"failed" in done.stderr
    assert not any("landform-train.service" in call for call in sandbox.calls)


@pytest.mark.parametrize("value", HOSTILE)
def test_environment_arrives_in_bash_and_in_systemd(sandbox: Sandbox, value: str) -> None:
    script = replace(BARE, environment=(("FIRST", "1"), ("MESSAGE", value), ("LAST", "2")))
    assert sandbox.run(render(script)).returncode == 0
    path = sandbox.root / "etc/landform/environment"
    told = sandbox.run('set -a; . "$1"; printf %s "$FIRST$MESSAGE$LAST"', str(path)).stdout.decode()
    assert told == f"1{value}2"
    assert systemd_reads(path.read_bytes().decode()) == {"FIRST": "1", "MESSAGE": value, "LAST": "2"}


def systemd_reads(text: str) -> dict[str, str]:
    """What systemd makes of quoted values (`parse_env_file_internal` of its src/basic/env-file.c)."""
    found, state, key, value = {}, "key", "", ""
    for character in text:
        if state == "key":
            state, key = ("before", key) if character == "=" else ("key", key + character)
        elif state in ("before", "bare") and character == "\n":
            found[key], state, key, value = value, "key", "", ""
        elif state == "before" and character in "'\"":
            state = character
        elif state == character and state in "'\"":
            state = "before"
        else:
            assert state != '"' or character not in '\\`$"', "double quotes hold a single quote only"
            assert state in "'\"" or character != "\\", "a backslash stands in quotes"
            state, value = "bare" if state == "before" else state, value + character
    return found


SETUPS = {
    "here-documents": b"#!/bin/sh\ncat <<'EOT'\nEOT\nLANDFORM\nEOF\n",
    "mime": b'#!/bin/sh\n--==BOUNDARY==\nContent-Type: text/x-shellscript; charset="utf-8"\nMIME-Version: 1.0\n',
    "crlf": b"#!/bin/sh\r\necho hi\r\n",
    "beyond-ascii": "#!/bin/sh\n# müll 日本 \u202e\n".encode(),
    "not-utf-8": b"#!/bin/sh\n# \xff\xfe\x00\x01\n",
    "no-last-newline": b"#!/bin/sh\nexit 0",
    "jinja": b"#!/bin/sh\n# {{ x }} {% raw %}\n",
    "all-bytes": bytes(range(256)),
}


@pytest.mark.parametrize("name", SETUPS)
def test_setup_arrives_byte_for_byte(sandbox: Sandbox, name: str) -> None:
    script = replace(BARE, setup=SetupScript("setup.sh", SETUPS[name]))
    sandbox.run(render(script))
    arrived = sandbox.root / "opt/landform/setup"
    assert arrived.read_bytes() == SETUPS[name]
    assert stat.S_IMODE(arrived.stat().st_mode) == 0o755


def test_setup_runs_once(sandbox: Sandbox) -> None:
    script = render(replace(BARE, setup=SetupScript("s.sh", b"#!/bin/bash\necho ran >>ran\n")))
    sandbox.run(script)
    sandbox.run(script)
    assert (sandbox.root / "opt/landform/ran").read_text() == "ran\n"


def test_setup_has_a_home(sandbox: Sandbox) -> None:
    """cloud-init sets none, and many a script and program takes one for granted."""
    setup = SetupScript("s.sh", b'#!/bin/bash\nset -u\necho "$HOME" >home\n')
    assert sandbox.run(render(replace(BARE, setup=setup))).returncode == 0
    assert (sandbox.root / "opt/landform/home").read_text() == "/root\n"


@pytest.mark.parametrize(("local", "directory"), [(None, "/var/lib/landform/ckpt"), ("/local", "/local/ckpt")])
def test_setup_finds_the_checkpoint_directory(sandbox: Sandbox, local: str | None, directory: str) -> None:
    setup = SetupScript("s.sh", f"#!/bin/bash\n[[ -d $LANDFORM_ROOT{directory} ]] && dnf was here\n".encode())
    checkpoint = Checkpoint("s3://models/", 600, directory)
    script = replace(BARE, setup=setup, checkpoint=checkpoint, instance_store=local)
    assert sandbox.run(render(script)).returncode == 0
    owned, ready = (sandbox.calls.index(c) for c in (f"chown ec2-user: {sandbox.root}{directory}", "dnf was here"))
    assert owned < ready
    mounted = [n for n, call in enumerate(sandbox.calls) if "landform-local-disk" in call]
    assert len(mounted) == (local is not None)
    assert all(n < owned for n in mounted)


def test_disks_are_mounted_before_the_checkpoint_directory_is_made() -> None:
    script = render(FULL)
    assert script.index('\nmount_always "$disk"') < script.index('\nmkdir -p "$root$checkpoint_directory"')


@pytest.mark.parametrize("command", [value for value in HOSTILE if value])
def test_command_arrives_as_it_is(sandbox: Sandbox, command: str) -> None:
    assert sandbox.run(render(replace(BARE, command=command))).returncode == 0
    assert (sandbox.root / "etc/landform/command").read_bytes() == command.encode() + b"\n"


def test_units_are_what_systemd_understands(sandbox: Sandbox) -> None:
    """Every line of a unit is a section, a comment, or a key with a value."""
    prepare(sandbox).run(render(replace(FULL, data_volume=None)))
    units = sorted((sandbox.root / "etc/systemd/system").iterdir())
    assert [unit.name for unit in units] == [
        "landform-checkpoint.service",
        "landform-checkpoint.timer",
        "landform-local-disk.service",
        "landform-train.service",
        "landform-watch.service",
    ]
    for unit in units:
        for line in filter(None, unit.read_text().splitlines()):
            assert re.fullmatch(r"\[[A-Z]\w+\]|#.*|[A-Z]\w+=.+", line), (unit.name, line)


def functions() -> str:
    """The part of the script that defines what it does with disks."""
    script = render(FULL)
    return "set -euo pipefail\nroot=$LANDFORM_ROOT user=nobody\n" + "".join(
        re.findall(r"^(?:format_blank|mount_always)\(\).*?^}\n", script, re.DOTALL | re.MULTILINE)
    )


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    path = tmp_path / "disk"
    with path.open("wb") as file:
        file.truncate(16 << 20)
    return path


def test_blank_disk_is_formatted_once(sandbox: Sandbox, disk: Path) -> None:
    assert sandbox.run(f'{functions()}format_blank "$1"', str(disk)).returncode == 0
    formatted = disk.read_bytes()
    assert formatted.strip(b"\0")
    assert sandbox.run(f'{functions()}format_blank "$1"', str(disk)).returncode == 0
    assert disk.read_bytes() == formatted


MARKS = {
    "partition table": r"printf '\0\0\2\0\203\0\0\0\1\0\0\0\377\0\0\0' | at 446; printf 'U\252' | at 510",
    "encrypted volume": r"printf 'LUKS\272\276\0\1' | at 0",
    "swap": 'mkswap -q "$1"',
    "file system": 'mkfs.ext4 -q "$1"',
}


@pytest.mark.parametrize("mark", MARKS)
def test_disk_that_bears_anything_is_left_alone(sandbox: Sandbox, disk: Path, mark: str) -> None:
    at = 'set -e; at() { dd of="$disk" bs=1 seek="$1" conv=notrunc status=none; }; disk=$1\n'
    assert sandbox.run(at + MARKS[mark], str(disk)).returncode == 0
    before = disk.read_bytes()
    assert sandbox.run(f'{functions()}format_blank "$1"', str(disk)).returncode == 0
    assert disk.read_bytes() == before


def test_disk_that_cannot_be_read_is_not_formatted(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.stand_in("mkfs.ext4", '#!/bin/bash\ntouch "$SANDBOX/formatted"\n')
    assert sandbox.run(f'{functions()}format_blank "$1"', str(tmp_path / "none")).returncode != 0
    assert not (tmp_path / "formatted").exists()


@pytest.mark.parametrize("mount", ["/data", "/with blank", "/tab\tand\nnewline", "/back\\slash", "/$(touch x)`y`"])
def test_mount_stands_in_fstab_once(sandbox: Sandbox, disk: Path, mount: str) -> None:
    subprocess.run(["mkfs.ext4", "-q", str(disk)], check=True)
    for _ in range(2):
        done = sandbox.run(f'{functions()}mount_always "$1" "$2"', str(disk), mount)
        assert done.returncode == 0, done.stderr.decode()
    (line,) = (sandbox.root / "etc/fstab").read_text().splitlines()
    source, field, *rest = line.split(" ")
    assert re.fullmatch(r"UUID=[0-9a-f-]{36}", source)
    assert re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), field) == mount
    assert rest == ["ext4", "defaults,nofail,x-systemd.before=landform-train.service", "0", "2"]


LSBLK = "#!/bin/bash\necho '/dev/nvme0n1 Amazon Elastic Block Store'\n"


@pytest.mark.parametrize("count", [0, 1, 4])
def test_local_disks_become_one(sandbox: Sandbox, count: int) -> None:
    disks = [f"/dev/nvme{n}n1" for n in range(1, count + 1)]
    lines = "".join(f"echo '{disk} Amazon EC2 NVMe Instance Storage'\n" for disk in disks)
    sandbox.stand_in("lsblk", LSBLK + lines)
    sandbox.stand_in("wipefs", "#!/bin/bash\n")
    sandbox.stand_in("mdadm", '#!/bin/bash\necho "0 mdadm $*" >>"$SANDBOX/calls"\n[[ $1 != --assemble ]]\n')
    sandbox.stand_in("mkfs.ext4", '#!/bin/bash\necho "0 mkfs ${*: -1}" >>"$SANDBOX/calls"\n')
    assert sandbox.run(render(replace(BARE, instance_store="/local"))).returncode == 0
    done = sandbox.run('"$LANDFORM_ROOT/usr/local/lib/landform/local-disk"')
    device = {0: None, 1: "/dev/nvme1n1", 4: "/dev/md/landform"}[count]
    assert (done.returncode == 0) == (count > 0), done.stderr.decode()
    made = [call for call in sandbox.calls if call.startswith("mdadm --create")]
    assert len(made) == (count == 4)
    assert all(call.endswith(f"--raid-devices=4 {' '.join(disks)}") for call in made)
    assert [call for call in sandbox.calls if call.startswith("mkfs")] == ([f"mkfs {device}"] if device else [])
    assert any(call == f"mount -o noatime {device} {sandbox.root}/local" for call in sandbox.calls) == (count > 0)


def test_local_disks_of_a_deep_learning_image_are_shared(sandbox: Sandbox) -> None:
    sandbox.stand_in("mountpoint", "#!/bin/bash\n[[ $2 == */opt/dlami/nvme ]]\n")
    assert sandbox.run(render(replace(BARE, instance_store="/local"))).returncode == 0
    assert sandbox.run('"$LANDFORM_ROOT/usr/local/lib/landform/local-disk"').returncode == 0
    assert f"mount --bind {sandbox.root}/opt/dlami/nvme {sandbox.root}/local" in sandbox.calls
