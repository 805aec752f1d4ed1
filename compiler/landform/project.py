"""The files of the project that a spec names: read once, inside bounds, before the pure passes begin."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Final

from landform.diagnostics import Diagnostic, Path, error
from landform.secrets import find_secrets
from landform.spec.serve import EndpointService, HostService
from landform.spec.system import System

MAX_FILES: Final = 5_000
MAX_BYTES: Final = 50 * 1024 * 1024
"""Bounds of one `code` folder: it travels with the output; data belongs in a bucket."""

GZIP: Final = b"\x1f\x8b"
"""What every file begins with that gzip made (RFC 1952)."""

LEFT_OUT: Final = frozenset({"__pycache__", ".git", ".venv", ".DS_Store", ".pytest_cache", ".mypy_cache"})


@dataclass(frozen=True, slots=True)
class CodeFile:
    """One file of a code folder; `name` is relative to the folder, with ``/``."""

    name: str
    content: bytes
    executable: bool


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """Contents by the spec path that names them."""

    scripts: Mapping[Path, bytes] = field(default_factory=dict)
    folders: Mapping[Path, tuple[CodeFile, ...]] = field(default_factory=dict)
    archives: Mapping[Path, bytes] = field(default_factory=dict)


class _RefusedError(Exception):
    """A file that is not taken, with the fact and the remedy."""


def specs_holder(spec: FilePath) -> FilePath | None:
    """Return the folder that holds the ``specs/`` that a spec lies in, if it does."""
    folder = spec.resolve().parent
    return next((p.parent for p in (folder, *folder.parents) if p.name == "specs"), None)


def project_root(spec: FilePath) -> FilePath:
    """Return the folder that what a spec names must lie in: the holder of ``specs/``, else the spec's own."""
    return specs_holder(spec) or spec.resolve().parent


def in_project(file: FilePath, spec: FilePath) -> str:
    """Return the path of a file from the root of a spec's project, with ``/``; what lies outside has its name alone."""
    place, root = file.resolve(), project_root(spec)
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else place.name


def read_files(
    system: System, spec: FilePath, named_in: Mapping[Path, FilePath] | None = None
) -> tuple[ProjectFiles, tuple[Diagnostic, ...]]:
    """Read what the spec names, relative to the file that names it and inside the project.

    `named_in` has the spec paths that another file than the spec names: an overlay.
    """
    root = project_root(spec)
    scripts: dict[Path, bytes] = {}
    folders: dict[Path, tuple[CodeFile, ...]] = {}
    archives: dict[Path, bytes] = {}
    diagnostics: list[Diagnostic] = []
    for path, named, folder in _named(system):
        base = (named_in or {}).get(path, spec).resolve().parent
        try:
            place = _inside(root, base, named)
            if path[-1] == "initial":
                archives[path] = _archive(place, named)
            elif folder:
                folders[path] = _folder(root, place, named)
            else:
                scripts[path] = _script(place, named)
                diagnostics += _secrets(path, named, scripts[path])
        except _RefusedError as refusal:
            diagnostics.append(error("LF0210", path, *refusal.args))
        except (OSError, RuntimeError) as failure:
            # RuntimeError: a loop of links, until Python 3.13.
            reason = getattr(failure, "strerror", None) or "it is a loop of links"
            fact = f"'{named}' cannot be read: {reason}."
            diagnostics.append(error("LF0210", path, fact, "Correct its permissions, or name another."))
    return ProjectFiles(scripts, folders, archives), tuple(diagnostics)


def _named(system: System) -> Iterator[tuple[Path, str, bool]]:
    for entry, machine in system.machines.items():
        if machine.user_data:
            yield ("machines", entry, "user_data"), machine.user_data, False
    for entry, training in system.train.items():
        if training.setup:
            yield ("train", entry, "setup"), training.setup, False
        if training.code:
            yield ("train", entry, "code"), training.code, True
    for entry, function in system.functions.items():
        yield ("functions", entry, "code"), function.code, True
    for entry, service in system.serve.items():
        if isinstance(service, HostService) and service.setup:
            yield ("serve", entry, "setup"), service.setup, False
        if isinstance(service, EndpointService):
            if service.file:
                yield ("serve", entry, "initial"), service.file, False
        elif service.code:
            yield ("serve", entry, "code"), service.code, True


def _inside(root: FilePath, base: FilePath, named: str) -> FilePath:
    if FilePath(named).is_absolute() or "\0" in named:
        raise _RefusedError(f"'{named}' is not a path relative to the spec.", "Put the file in the project.")
    place = (base / named).resolve()
    if not place.is_relative_to(root):
        raise _RefusedError(f"'{named}' leads out of the project.", "Keep what a spec names inside it.")
    if not place.exists():
        raise _RefusedError(f"'{named}' does not exist.", f"Create it beside the spec, in {base.name}/.")
    return place


def _script(place: FilePath, named: str) -> bytes:
    if not stat.S_ISREG(place.stat().st_mode):
        raise _RefusedError(f"'{named}' is not a regular file.", "Name a script.")
    if place.stat().st_size > MAX_BYTES:
        raise _RefusedError(f"'{named}' is larger than a script can be.", "Keep it under 16 KB.")
    return place.read_bytes()


def _archive(place: FilePath, named: str) -> bytes:
    if not stat.S_ISREG(place.stat().st_mode):
        raise _RefusedError(f"'{named}' is not a regular file.", "Name a model packed as model.tar.gz.")
    if place.stat().st_size > MAX_BYTES:
        remedy = "Put it into a bucket of `data`, and write initial: s3://bucket/key."
        raise _RefusedError(f"'{named}' is larger than {MAX_BYTES // 2**20} MiB, which would travel along.", remedy)
    content = place.read_bytes()
    if not content.startswith(GZIP):
        raise _RefusedError(f"'{named}' is not compressed by gzip.", "Pack the model: tar -czf model.tar.gz -C model .")
    return content


def _folder(root: FilePath, place: FilePath, named: str) -> tuple[CodeFile, ...]:
    if not place.is_dir():
        raise _RefusedError(f"'{named}' is not a folder.", "Name the folder that `command` runs in.")
    if place == root:
        raise _RefusedError(f"'{named}' is the whole project, its output included.", "Give the code its own folder.")
    files: list[CodeFile] = []
    size = 0
    for path in _walk(place):
        if not _is_unicode(path.name):
            raise _RefusedError(f"a name of a file in '{named}' is not UTF-8.", "Rename it.")
        if path.is_symlink() and not path.exists():
            raise _RefusedError(f"'{path.relative_to(place)}' in '{named}' is a link to nothing.", "Remove it.")
        if not path.resolve().is_relative_to(root):
            raise _RefusedError(f"'{path.relative_to(place)}' in '{named}' leads out of the project.", "Copy it in.")
        mode = path.stat()
        if not stat.S_ISREG(mode.st_mode):
            raise _RefusedError(f"'{path.relative_to(place)}' in '{named}' is not a regular file.", "Remove it.")
        size += mode.st_size
        if len(files) >= MAX_FILES or size > MAX_BYTES:
            raise _RefusedError(
                f"'{named}' holds more than {MAX_FILES} files or {MAX_BYTES // 2**20} MiB.",
                "Keep code there, and data in a bucket.",
            )
        executable = bool(mode.st_mode & stat.S_IXUSR)
        files.append(CodeFile(path.relative_to(place).as_posix(), path.read_bytes(), executable))
    return tuple(sorted(files, key=lambda f: f.name))


def _walk(folder: FilePath) -> Iterator[FilePath]:
    remaining = [os.fspath(folder)]
    while remaining:
        with os.scandir(remaining.pop()) as entries:
            for entry in entries:
                if entry.name in LEFT_OUT or entry.name.endswith(".pyc"):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    remaining.append(entry.path)
                else:
                    yield FilePath(entry.path)


def _is_unicode(name: str) -> bool:
    """Tell whether a name was UTF-8 on disk; what was not reaches Python as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _secrets(path: Path, named: str, content: bytes) -> Iterator[Diagnostic]:
    for line, column, kind in find_secrets(content.decode("utf-8", "replace")):
        yield error(
            "LF0107",
            path,
            f"{named}:{line}:{column} holds {kind}; user data can be read by whoever may describe the instance.",
            "Take it out, revoke it, and let the role of the workload do its work.",
        )
