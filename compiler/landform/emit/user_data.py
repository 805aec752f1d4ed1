"""Renders the user data of EC2 hosts: one bash script that cloud-init runs at the first boot."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shlex
import textwrap
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from landform.spec.mounts import PATTERN

if TYPE_CHECKING:
    from jinja2 import Environment

LIMIT_BYTES = 16384
"""What EC2 takes as user data before base64 (EC2 User Guide, "Run commands at launch", read 2026-11)."""

_STOP_SECONDS = 45  # of spot's 120: leaves 60 to save what the command wrote on SIGTERM, 15 for the polling
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"
_PLAIN = re.compile(r"[ !#-&(-\[\]-_a-~]*")  # printable ASCII but for quotes, backslash and back-tick
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOUNT_POINT = re.compile(PATTERN)


@dataclass(frozen=True)
class DataVolume:
    """An EBS disk under the name that EC2 attaches it by (`/dev/sdf`), and where it is mounted.

    One that is `taken` is that of the machine before: the host attaches it itself, by the id in ``LANDFORM_DISK``.
    """

    device: str
    mount: str
    taken: bool = False


@dataclass(frozen=True)
class Mount:
    """A file system under a path, read-only unless `writes`.

    `name` begins the names of the shell variables that hold its ids: the script finds them set.
    """

    kind: str
    path: str
    name: str
    writes: bool


@dataclass(frozen=True)
class SetupScript:
    """The user's own script: arrives byte for byte, runs once as root before the command."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Checkpoint:
    """A directory on the host and its copy in S3, saved at this interval and on every notice of the end."""

    uri: str
    every_seconds: int
    directory: str


@dataclass(frozen=True)
class Jobs:
    """The queue from which a node takes jobs, by its URL, and where in S3 it writes down what becomes of them.

    `nodes` work on one job together; what fails with its nodes is begun so many times. A command that works for longer
    than `max_seconds` is ended.
    """

    queue: str
    records: str
    nodes: int
    attempts: int
    max_seconds: int | None = None


@dataclass(frozen=True)
class Code:
    """A zip archive in S3, unpacked to `/opt/landform/code`."""

    uri: str


@dataclass(frozen=True)
class Serves:
    """A command that answers requests on a port, for as long as the host runs."""

    command: str
    port: int


@dataclass(frozen=True)
class HostScript:
    """All that one host is told.

    `instance_store` is the mount point of the local disks. `groups` are the names of the Auto Scaling groups that
    the host may belong to, whose lifecycle hook announces its end as well. `bin` is the folder of the image's
    Python environment, put first in PATH. `told` are variables that the script finds set, and passes on. `log` is the
    stream, and the file, of what the setup script starts.
    """

    system: str
    entry: str
    region: str
    os: str
    user: str
    environment: tuple[tuple[str, str], ...]
    data_volume: DataVolume | None
    instance_store: str | None
    gpu: bool
    log_group: str
    namespace: str
    setup: SetupScript | None = None
    code: Code | None = None
    command: str | None = None
    serves: Serves | None = None
    checkpoint: Checkpoint | None = None
    spot: bool = False
    groups: tuple[str, ...] = ()
    jobs: Jobs | None = None
    bin: str | None = None
    mounts: tuple[Mount, ...] = ()
    told: tuple[str, ...] = ()
    log: str | None = None


def render(script: HostScript) -> str:
    """The script as text with LF ends. Its size is for the caller to hold against `LIMIT_BYTES`.

    Raises ValueError for what no quoting could carry: an unknown `os`, what is no name of a user or of a
    variable, a NUL.
    """
    _refuse_unquotable(script)
    watched = script.spot or bool(script.groups)
    taken = script.data_volume is not None and script.data_volume.taken
    return (
        _templates()
        .get_template("host.sh.j2")
        .render(
            title=f"{script.system} {script.entry}",
            values=_values(script),
            os=script.os,
            user=script.user,
            environment=[_assignment(name, value) for name, value in _variables(script)],
            needs_aws=bool(script.code or script.checkpoint or watched or taken),
            taken=taken,
            data_volume=script.data_volume,
            instance_store=script.instance_store,
            mounts=script.mounts,
            told=script.told,
            agent_config=_json(agent_config(script), depth=3),
            code=script.code,
            setup=_encoded(script.setup),
            checkpoint=script.checkpoint,
            command=script.command,
            jobs_config=_json(jobs_config(script), depth=1) if script.jobs else None,
            serves=script.serves,
            watched=watched,
            stop_seconds=_STOP_SECONDS,
            units=_units(script, watched),
        )
    )


def compressed_bytes(text: str) -> int:
    """How many bytes EC2 is sent: Terraform's gzip and this one differ by a few, for which a margin is added."""
    return len(gzip.compress(text.encode(), mtime=0)) * 102 // 100


def agent_config(script: HostScript) -> dict[str, object]:
    """What the CloudWatch agent measures, each with the dimension `entry`, and which files it ships."""
    return {
        "agent": {"metrics_collection_interval": 60},
        "metrics": {
            "namespace": script.namespace,
            "append_dimensions": {"InstanceId": "${aws:InstanceId}"},
            "aggregation_dimensions": [["entry"], ["entry", "InstanceId"]],
            "metrics_collected": _measured(script),
        },
        "logs": {"logs_collected": {"files": {"collect_list": _shipped(script)}}},
    }


def _measured(script: HostScript) -> dict[str, object]:
    def measured(*names: str, **more: object) -> dict[str, object]:
        return {"measurement": list(names), "append_dimensions": {"entry": script.entry}, **more}

    mounts = ["/", *filter(None, [script.data_volume and script.data_volume.mount, script.instance_store])]
    collected: dict[str, object] = {
        "cpu": measured("usage_active", "usage_iowait", totalcpu=True, resources=["cpu-total"]),
        "mem": measured("used_percent", "available"),
        "disk": measured("used_percent", "free", resources=mounts, drop_device=True),
        "diskio": measured("reads", "writes", "read_bytes", "write_bytes", "io_time", resources=["*"]),
        "net": measured("bytes_recv", "bytes_sent", "drop_in", "drop_out", resources=["*"]),
    }
    if script.gpu:
        used = ("utilization_gpu", "utilization_memory", "memory_used", "memory_total")
        collected["nvidia_gpu"] = measured(*used, "temperature_gpu", "power_draw")
    return collected


def _shipped(script: HostScript) -> list[dict[str, str]]:
    logs = {"cloud-init": "/var/log/cloud-init-output.log"}
    if script.command is not None:
        logs["train"] = "/var/log/landform/train.log"
    if script.serves is not None:
        logs["serve"] = "/var/log/landform/serve.log"
    if script.log is not None:
        logs[script.log] = f"/var/log/landform/{script.log}.log"
    return [
        {"file_path": path, "log_group_name": script.log_group, "log_stream_name": f"{{instance_id}}/{name}"}
        for name, path in logs.items()
    ]


def jobs_config(script: HostScript) -> dict[str, object]:
    """What the service that takes jobs is told."""
    assert script.jobs is not None
    return {
        "queue": script.jobs.queue,
        "records": script.jobs.records,
        "region": script.region,
        "groups": list(script.groups),
        "nodes": script.jobs.nodes,
        "attempts": script.jobs.attempts,
        "max_seconds": script.jobs.max_seconds,
        "log_group": script.log_group,
        "user": script.user,
        "gpu": script.gpu,
        "checkpoint": script.checkpoint.directory if script.checkpoint else "",
    }


def _values(script: HostScript) -> list[tuple[str, str]]:
    """Shell variable and value, in the order in which they stand at the top of the script."""
    values = [
        ("region", script.region),
        ("entry", script.entry),
        ("namespace", script.namespace),
        ("user", script.user),
        ("groups", " ".join(script.groups)),
    ]
    if script.data_volume:
        values += [("data_device", script.data_volume.device), ("data_mount", script.data_volume.mount)]
    if script.instance_store:
        values += [("local_mount", script.instance_store)]
    if script.code:
        values += [("code_uri", script.code.uri)]
    if script.checkpoint:
        values += [
            ("checkpoint_uri", script.checkpoint.uri),
            ("checkpoint_directory", script.checkpoint.directory),
        ]
    return values


def _variables(script: HostScript) -> tuple[tuple[str, str], ...]:
    if script.bin is None:
        return script.environment
    return (("PATH", f"{script.bin}:{_SYSTEM_PATH}"), *script.environment)


def _json(value: object, depth: int) -> str:
    """JSON with a line for each key down to `depth`, and what is deeper on that line: short, yet readable."""
    if depth == 0 or not isinstance(value, dict):
        return json.dumps(value)
    return "{" + ",".join(f"\n{json.dumps(key)}: {_json(item, depth - 1)}" for key, item in value.items()) + "}"


def _units(script: HostScript, watched: bool) -> list[str]:
    """The units to start, the watcher before what it watches over."""
    return [
        *(["landform-watch.service"] if watched else []),
        *(["landform-checkpoint.timer"] if script.checkpoint else []),
        *(["landform-train.service"] if script.jobs is not None else []),
        *(["landform-serve.service"] if script.serves is not None else []),
    ]


def _encoded(setup: SetupScript | None) -> dict[str, str] | None:
    if setup is None:
        return None
    lines = textwrap.wrap(base64.b64encode(setup.content).decode("ascii"), 100)
    return {"name": setup.name, "base64": "\n".join(lines)}


def _refuse_unquotable(script: HostScript) -> None:
    if script.os not in ("al2023", "ubuntu"):
        raise ValueError(f"no user data for the operating system {script.os!r}")
    if not _USER.fullmatch(script.user):
        raise ValueError(f"{script.user!r} is no Linux user name")
    for mount in script.mounts:
        if not _VARIABLE.fullmatch(mount.name) or not _MOUNT_POINT.fullmatch(mount.path):
            raise ValueError(f"{mount.path!r} is no mount point, or {mount.name!r} no variable")
    for name in (*(name for name, _ in script.environment), *script.told):
        if not _VARIABLE.fullmatch(name):
            raise ValueError(f"{name!r} is no name of an environment variable")


def _sh(value: object) -> str:
    """Quotes a value for bash: as it is where it is plain text, else with escapes (`$'…'`)."""
    text = str(value)
    if "\0" in text:
        raise ValueError("a NUL cannot stand in a script")
    if _PLAIN.fullmatch(text):
        return shlex.quote(text)
    return "$'" + "".join(map(_escaped, text)) + "'"


def _escaped(character: str) -> str:
    """One character inside `$'…'`; beyond ASCII as bytes of UTF-8, so that no locale changes it."""
    if character in "\\'":
        return f"\\{character}"
    if character == "\n" or " " <= character <= "~":
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode())


def _assignment(name: str, value: str) -> str:
    """A line of an environment file, which bash and systemd read alike.

    Single quotes, and a single quote itself in double ones: systemd knows no `$'…'`, and after a backslash
    it takes quotes for text.
    """
    if "\0" in value:
        raise ValueError("a NUL cannot stand in an environment")
    return f"{name}={shlex.quote(value)}"


def _comment(text: str) -> str:
    """What a comment may hold: printable ASCII, on one line."""
    return "".join(c if " " <= c <= "~" else "?" for c in text)


@cache
def _templates() -> Environment:
    """Return the templates; what renders none, as most checks, takes no template engine along."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("landform.emit"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        comment_start_string="{%#",  # {# is bash's ${#array[@]}
        comment_end_string="#%}",
    )
    templates.filters |= {"sh": _sh, "comment": _comment}
    return templates
