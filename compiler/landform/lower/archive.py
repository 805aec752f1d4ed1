"""Archives of code: the same bytes for the same files, everywhere."""

import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files as resources
from io import BytesIO
from typing import Final

from landform.passes.grant import code_key
from landform.plan import Batch, Job, Plan, Workload
from landform.project import CodeFile
from landform.spec.work import Work

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip file can hold."""

UNIX: Final = 3

RUN_STEP: Final = ".landform-run.sh"
SETUP_STEP: Final = ".landform-setup.sh"
OWN: Final = ".landform"
SERVICE: Final = ".landform-jobs"
SETTINGS: Final = ".landform-hyperparameters.json"
"""Beside the code of a job, under names that no code has."""

STARTER: Final = "jobs.container"
"""What runs the command of a job on Batch: a module, in the folder `OWN`."""

CHANNELS: Final = "/opt/ml/input/data"
"""Where SageMaker puts what a job is given."""


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive of code: its key in the bucket of artifacts of a region, its file in the output, its bytes."""

    region: str
    key: str
    file: str
    content: bytes


def code_archives(plan: Plan) -> Iterator[Archive]:
    """Yield the archive of each training that has code, or a command that a container is to run."""
    for host in plan.hosts:
        if host.jobs:
            files = (*plan.files.folders.get((*host.path, "code"), ()), *_settings(host.spec), *_service())
            yield _archive_of(host, files)
    jobs: tuple[Job | Batch, ...] = (*plan.jobs, *plan.batches)
    for job in jobs:
        if job.spec.command:
            files = (*plan.files.folders.get((*job.path, "code"), ()), *_steps(plan, job, job.spec.command))
            yield _archive_of(job, files)


def _archive_of(own: Workload, files: Iterable[CodeFile]) -> Archive:
    content = archive(sorted(files, key=lambda f: f.name))
    return Archive(own.region, code_key(own), f"files/{own.address}.zip", content)


def _service() -> Iterator[CodeFile]:
    """Yield what the nodes of a training on EC2 take their jobs with."""
    for file in sorted((resources("landform.emit") / "jobs").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".py") and file.name != "container.py":
            yield CodeFile(f"{SERVICE}/{file.name}", file.read_bytes(), executable=False)


def starter() -> Iterator[CodeFile]:
    """Yield what runs the command of a training in a container of Batch."""
    for name in ("__init__.py", "carry.py", "container.py"):
        content = (resources("landform.emit") / "jobs" / name).read_bytes()
        yield CodeFile(f"{OWN}/jobs/{name}", content, executable=False)


def _steps(plan: Plan, job: Job | Batch, command: str) -> Iterator[CodeFile]:
    """Yield what the container runs: `command`, in the folder of the code, after the setup script if there is one.

    In files, since the arguments of a container have 256 characters at most (SageMaker API, AlgorithmSpecification).
    """
    setup = plan.files.scripts.get((*job.path, "setup"))
    if setup is not None:
        yield CodeFile(SETUP_STEP, setup, executable=True)
    # Python's zipfile, which unpacks the archive, forgets what was executable.
    first = [f"chmod +x ./{SETUP_STEP} && ./{SETUP_STEP}"] if setup is not None else []
    lines = ("#!/usr/bin/env bash", "set -euo pipefail", *_links(job), *first, command)
    yield CodeFile(RUN_STEP, "".join(f"{line}\n" for line in lines).encode(), executable=True)
    if isinstance(job, Batch):
        yield from _settings(job.spec)
        yield from starter()


def _settings(spec: object) -> Iterator[CodeFile]:
    """Yield the hyper-parameters of a training as SageMaker writes them: all of them text."""
    if isinstance(spec, Work) and spec.hyperparameters:
        settings = json.dumps(dict(spec.hyperparameters), sort_keys=True, ensure_ascii=False)
        yield CodeFile(SETTINGS, f"{settings}\n".encode(), executable=False)


def _links(job: Job | Batch) -> Iterator[str]:
    """Yield what puts the file systems of a job of SageMaker, which mounts them as channels, under their own paths."""
    for edge in job.edges if isinstance(job, Job) else ():
        if edge.verb == "mounts":
            place = str(edge.path[-1])
            yield f"mkdir -p {place.rpartition('/')[0] or '/'} && ln -sfnT {CHANNELS}/{edge.store.entry} {place}"


def archive(files: Iterable[CodeFile]) -> bytes:
    """Return a zip file of `files`, stored: what compresses them differs from machine to machine."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:
        for file in files:
            entry = zipfile.ZipInfo(file.name, EPOCH)
            entry.create_system = UNIX
            entry.external_attr = (0o100755 if file.executable else 0o100644) << 16
            bundle.writestr(entry, file.content)
    return out.getvalue()
