"""The folders of a node's inputs and output: made by the service, filled and emptied as the user of the command."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .carry import file_of, inputs, listed, manifests, output, pack, place, target
from .host import ROOT, call, say, settings

_AT_ONCE = 8
"""Objects that are copied at a time, where the CLI cannot be told of all of them at once."""


def told(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that name folders, as they are on this node."""
    named = (n for n in environment if n.startswith("LANDFORM_INPUT_") or n == "LANDFORM_OUTPUT")
    return {name: f"{ROOT}{environment[name]}" for name in named}


def make(environment: Mapping[str, str], user: str) -> None:
    """Have the folders there, the user's own: that of the output empty, an input's with what the last job was given."""
    here = told(environment)
    remove(environment)
    folders = [Path(folder) for name, folder in here.items() if name != "LANDFORM_OUTPUT"]
    if "LANDFORM_OUTPUT" in here:
        # The archive lies beside it.
        folders += [Path(here["LANDFORM_OUTPUT"]).parent, Path(here["LANDFORM_OUTPUT"])]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.chown(folder, user)


def remove(environment: Mapping[str, str]) -> None:
    """Make room: what a job has left is sent, or is nobody's any more."""
    if "LANDFORM_OUTPUT" in environment:
        shutil.rmtree(Path(told(environment)["LANDFORM_OUTPUT"]).parent, ignore_errors=True)


def bring() -> None:
    """Bring the inputs: of what lies there from the job before only what has changed."""
    region, lists = settings()["region"], manifests(os.environ)
    for folder, uri in inputs(os.environ).items():
        say(f"{uri} is brought to {folder}")
        if uri.endswith("/"):
            same = ("--delete", "--exact-timestamps", "--only-show-errors")
            call(region, "s3", "sync", *same, uri, str(folder))
        else:
            _bring_named(region, folder, uri)
    for folder, uri in lists.items():
        say(f"what {uri} lists is brought to {folder}")
        _bring_each(region, folder, *listed(call(region, "s3", "cp", "--only-show-errors", uri, "-")))


def _bring_named(region: str, folder: Path, uri: str) -> None:
    """Bring what begins with a name: the CLI takes the end of a URI for a folder."""
    bucket, prefix = place(uri)
    words = ("--bucket", bucket, "--prefix", prefix, "--output", "json")
    found = json.loads(call(region, "s3api", "list-objects-v2", *words) or "{}")
    _bring_each(region, folder, bucket, prefix, [each["Key"] for each in found.get("Contents", [])])


def _bring_each(region: str, folder: Path, bucket: str, prefix: str, keys: Sequence[str]) -> None:
    """Bring these objects, and nothing beside them."""
    for old in folder.iterdir():
        shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()

    def copy(key: str) -> None:
        file = file_of(folder, prefix, key)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            call(region, "s3", "cp", "--only-show-errors", f"s3://{bucket}/{key}", str(file))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(copy, keys))


def send() -> None:
    """Send what the command has left."""
    left = output(os.environ)
    if left is None:
        return
    archive = pack(left[0])
    if archive is None:
        say("nothing lies in $LANDFORM_OUTPUT: this node leaves no model")
        return
    rank = os.environ["NODE_RANK"]
    uri = target(left[1], os.environ["LANDFORM_JOB"], "" if rank == "0" else rank)
    call(settings()["region"], "s3", "cp", "--only-show-errors", str(archive), uri)
    say(f"the model lies at {uri}")
