"""What a training is given and what it leaves, alike on EC2 and on Batch, and as SageMaker does it.

Each input has a folder, filled before the command: with all under a prefix, or with what a manifest lists. What the
command leaves in the folder of the output becomes one archive, sent when the command has ended well:
`<output>/<job>/output/model.tar.gz`, which an endpoint serves as it is.
"""

from __future__ import annotations

import json
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_SOURCE, _FOLDER = "LANDFORM_FROM_", "LANDFORM_INPUT_"
MANIFEST = "LANDFORM_MANIFEST_"
"""What a job is told beside its training: for an input that it names, a manifest instead of all under the prefix."""


def inputs(told: Mapping[str, str]) -> dict[Path, str]:
    """Return the folder of each input, and the URI of what is to be in it, by what the environment says."""
    names = (name.removeprefix(_SOURCE) for name in sorted(told) if name.startswith(_SOURCE))
    return {Path(told[f"{_FOLDER}{n}"]): told[f"{_SOURCE}{n}"] for n in names if f"{MANIFEST}{n}" not in told}


def manifests(told: Mapping[str, str]) -> dict[Path, str]:
    """Return the folder of each input of which a manifest says what is to be in it, and the manifest's URI.

    Raises ValueError for a name that no input has.
    """
    names = [name.removeprefix(MANIFEST) for name in sorted(told) if name.startswith(MANIFEST)]
    require_inputs(names, told)
    return {Path(told[f"{_FOLDER}{name}"]): told[f"{MANIFEST}{name}"] for name in names}


def require_inputs(names: Iterable[str], told: Mapping[str, str]) -> None:
    """Raise ValueError where inputs of these names, the ends of their variables, are not all there."""
    strange = ", ".join(sorted(name for name in names if f"{_FOLDER}{name}" not in told))
    if strange:
        known = ", ".join(sorted(name.removeprefix(_FOLDER) for name in told if name.startswith(_FOLDER)))
        raise ValueError(f"no input is called {strange} here, but {known or 'none is'}")


def listed(manifest: str) -> tuple[str, str, list[str]]:
    """Return the bucket, the prefix and the keys that a manifest lists, as SageMaker reads one: they lie as there.

    Raises ValueError for what is no manifest.
    """
    try:
        first, *names = json.loads(manifest)
        bucket, prefix = place(first["prefix"])
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        raise ValueError(f"this is no manifest, a list whose first entry is the prefix: {manifest[:80]!r}") from why
    return bucket, prefix, [f"{prefix}{name}" for name in names]


def output(told: Mapping[str, str]) -> tuple[Path, str] | None:
    """Return the folder of the output, and the URI under which jobs leave theirs; None where there is none."""
    uri = told.get("LANDFORM_OUTPUT_URI")
    return (Path(told["LANDFORM_OUTPUT"]), uri) if uri else None


def place(uri: str) -> tuple[str, str]:
    """Return the bucket and the prefix that a URI names."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    return bucket, prefix


def file_of(folder: Path, prefix: str, key: str) -> Path | None:
    """Return the file that an object under a prefix becomes; None for the mark of an empty folder.

    Raises ValueError for a name that leads out of the folder.
    """
    if key.endswith("/"):
        return None
    if ".." in key.split("/"):
        raise ValueError(f"the object {key} would lie outside of the folder of its input")
    # What is called exactly as the prefix is a file of the last part of its name.
    return folder / (key.removeprefix(prefix).lstrip("/") or key.rpartition("/")[2])


def target(uri: str, job: str, node: str = "") -> str:
    """Return where an archive goes: nodes beside the first, by their numbers, have a folder below the job's."""
    return f"{uri}{job}/{f'node-{node}/' if node else ''}output/model.tar.gz"


def pack(folder: Path) -> Path | None:
    """Return an archive beside a folder, of all that lies in it; None where nothing does.

    A link becomes the file or the folder that it leads to, whole; one that leads back to a folder around it has no end,
    and is left out. Packed lightly: the numbers of a model hardly shrink, however long one tries.
    """
    found = sorted(_within(folder, (folder.resolve(),)))
    if not found:
        return None
    archive = folder.with_name(f"{folder.name}.tar.gz")
    with tarfile.open(archive, "w:gz", compresslevel=1, dereference=True) as out:
        for each in found:
            out.add(each, each.relative_to(folder).as_posix(), recursive=False, filter=_nobody)
    return archive


def _within(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the files and folders below one whose way down leads through the real folders `above`."""
    for each in folder.iterdir():
        if each.is_file():
            yield each
        elif each.is_dir():
            real = each.resolve()
            if any(real == one or real in one.parents for one in above):
                print(f"landform: {each} leads back to {real}, around it: not packed", file=sys.stderr, flush=True)
                continue
            yield each
            yield from _within(each, (*above, real))


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Keep from the archive whose files they were: where it is unpacked there are other users."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
