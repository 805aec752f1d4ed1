"""Writing the output: all of it or nothing, and nobody's edits lost.

The new tree is written beside the old one and exchanged with it in one system call, so that a kill, a full disk or a
read-only folder leaves the old one whole. Files that landform did not write go along.
"""

import ctypes
import errno
import fcntl
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from landform.emit import standing
from landform.emit.tree import MANIFEST

_AT_FDCWD: Final = -100
_EXCHANGE: Final = 2
"""RENAME_EXCHANGE of renameat2(2) on Linux, RENAME_SWAP of renamex_np(2) on macOS: both are 2."""

_BESIDE: Final = ".landform-"
_ASIDE: Final = "-old"


def current(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Tell whether the folder holds exactly these files, besides those that landform did not write."""
    return _listed(folder).keys() <= files.keys() and all(standing.content(folder / p) == c for p, c in files.items())


def edited(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """List the files that would be overwritten or removed and are not as landform wrote them."""
    return [path for path in standing.edited(folder, _listed(folder), files) if path != MANIFEST]


def difference(folder: Path, files: Mapping[str, bytes]) -> str:
    """Return what stands against what should stand, as a unified diff."""
    return standing.difference(folder, _listed(folder), files)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder hold these files, at once or not at all.

    Raises:
        OSError: nothing was changed.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    with _alone(folder.parent):
        _clear_up(folder)
        fresh = Path(tempfile.mkdtemp(prefix=f"{_BESIDE}{folder.name}-", dir=folder.parent))
        try:
            fresh.chmod(0o777 & ~_umask())
            for path, content in files.items():
                _write_file(fresh / path, content)
            _keep_others(folder, fresh, {*_listed(folder), *files})
            _sync(fresh)
            _exchange(fresh, folder)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        _clear_up(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other compile writes here."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _listed(folder: Path) -> dict[str, str]:
    """Return path → hash of what landform wrote here, by the manifest that it left.

    A manifest that is there and cannot be read is an OSError: what stands would else pass for the user's own.
    """
    try:
        manifest: Any = json.loads((folder / MANIFEST).read_bytes())
        return {str(p): str(h) for p, h in manifest["files"].items()} | {MANIFEST: ""}
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _keep_others(old: Path, new: Path, ours: set[str]) -> None:
    """Link the files that are not ours, such as a local state, into the new tree; they are never absent."""
    for source in sorted(old.rglob("*")) if old.is_dir() else ():
        relative = source.relative_to(old)
        if relative.parts[0] == ".terraform" or relative.as_posix() in ours or source.is_dir():
            continue
        target = new / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, target, follow_symlinks=False)


def _clear_up(folder: Path) -> None:
    """Remove old trees that were exchanged; what Terraform installed in them goes along to the new one."""
    for left in sorted(folder.parent.glob(f"{_BESIDE}{folder.name}-*"), reverse=True):
        if left.name.endswith(_ASIDE) and not folder.exists():
            # A kill between the two steps of an exchange: this is the tree that stood.
            left.rename(folder)
            continue
        installed = left / ".terraform"
        if installed.is_dir() and folder.is_dir() and not (folder / ".terraform").exists():
            installed.rename(folder / ".terraform")
        shutil.rmtree(left, ignore_errors=True)


def _sync(folder: Path) -> None:
    for each in (folder, folder.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exchange(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of `folder`, and `folder`, if there is one, in the place of `fresh`."""
    if not folder.exists():
        fresh.rename(folder)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    one, two = os.fsencode(fresh), os.fsencode(folder)
    if sys.platform == "darwin":
        failed = libc.renamex_np(one, two, _EXCHANGE)
    else:
        failed = libc.renameat2(_AT_FDCWD, one, _AT_FDCWD, two, _EXCHANGE)
    if failed:
        number = ctypes.get_errno()
        if number not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
            raise OSError(number, os.strerror(number), str(folder))
        _exchange_in_two_steps(fresh, folder)


def _exchange_in_two_steps(fresh: Path, folder: Path) -> None:
    """Do it where the file system cannot exchange; a kill between the two leaves the old tree beside."""
    aside = fresh.with_name(f"{fresh.name}{_ASIDE}")
    folder.rename(aside)
    try:
        fresh.rename(folder)
    except OSError:
        aside.rename(folder)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
