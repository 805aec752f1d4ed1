"""Files of the project that stand outside the output: the workflow that delivers. The manifest lists them."""

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from landform.emit import standing
from landform.emit.tree import BEYOND, MANIFEST

_OURS: Final = re.compile(r"\.github/workflows/landform-[a-z0-9-]+\.yml")
"""What landform writes there; a manifest that names anything else was not written by it."""


def listed(folder: Path) -> dict[str, str]:
    """Return path → hash of what landform wrote outside of an output, by the manifest that it left there."""
    try:
        said = json.loads((folder / MANIFEST).read_bytes()).get(BEYOND, {})
        return {str(path): str(digest) for path, digest in said.items() if _OURS.fullmatch(path)}
    except (OSError, ValueError, AttributeError):
        return {}


def others(folder: Path, files: Mapping[str, bytes]) -> list[tuple[str, Path]]:
    """List the files that another environment of the system has as well: path, and the output of that one."""
    beside = [each for each in sorted(folder.parent.glob("*")) if each.name != folder.name]
    return [(path, each) for each in beside for path in sorted(listed(each)) if path in files]


def write(project: Path, before: Mapping[str, str], files: Mapping[str, bytes]) -> None:
    """Write each file at once or not at all, and remove what the spec does not ask for any more. Raises OSError."""
    for path, content in files.items():
        target = project / path
        if standing.content(target) == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(prefix=".landform-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                os.fsync(stream.fileno())
            Path(fresh).chmod(0o644)
            Path(fresh).replace(target)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise
    for path in sorted(before.keys() - files.keys()):
        with contextlib.suppress(FileNotFoundError):
            (project / path).unlink()
