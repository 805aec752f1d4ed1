"""Files that stand, against those that should: what landform wrote of them, and what somebody changed since."""

import difflib
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path


def content(path: Path) -> bytes | None:
    """Return what a file holds; None where there is none to be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def digest(written: bytes) -> str:
    """Return the hash by which a manifest knows what was written."""
    return sha256(written).hexdigest()


def edited(folder: Path, listed: Mapping[str, str], files: Mapping[str, bytes]) -> list[str]:
    """List the files that would be overwritten or removed and are not as they were written (`listed`: path → hash)."""
    found = []
    for path in sorted({*listed, *files}):
        stands = content(folder / path)
        ours = {listed.get(path), digest(files[path]) if path in files else None}
        if stands is not None and digest(stands) not in ours:
            found.append(path)
    return found


def difference(folder: Path, listed: Iterable[str], files: Mapping[str, bytes]) -> str:
    """Return what stands against what should stand, as a unified diff; nothing where it is current."""
    out: list[str] = []
    for path in sorted({*listed, *files}):
        old, new = content(folder / path), files.get(path)
        if old != new:
            before, after = ((each or b"").decode("utf-8", "replace").splitlines() for each in (old, new))
            out += difflib.unified_diff(before, after, f"{path} (stands)", f"{path} (compiled)", lineterm="")
    return "\n".join(out)
