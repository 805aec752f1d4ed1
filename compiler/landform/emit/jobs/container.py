"""Run the command of a training in a container of Batch, which has boto3.

Inputs are brought before, checkpoints restored and saved, the output is packed and sent after.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import boto3

from .carry import file_of, inputs, listed, manifests, output, pack, place, target

told = os.environ
s3 = boto3.client("s3")
sent: dict[Path, tuple[int, int]] = {}

CODE = Path("..")
"""The folder of the code, seen from where this program lies."""


def state(file: Path) -> tuple[int, int]:
    """Return what changes when a file does."""
    return file.stat().st_mtime_ns, file.stat().st_size


def bring(uri: str, folder: Path) -> None:
    """Bring all objects under a prefix into a folder, which is there afterwards, be it empty."""
    bucket, prefix = place(uri)
    folder.mkdir(parents=True, exist_ok=True)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Contents", []):
            fetch(bucket, found["Key"], file_of(folder, prefix, found["Key"]))


def bring_listed(uri: str, folder: Path) -> None:
    """Bring what a manifest lists into a folder."""
    print(f"landform: what {uri} lists is brought to {folder}", flush=True)
    holder, key = place(uri)
    bucket, prefix, keys = listed(s3.get_object(Bucket=holder, Key=key)["Body"].read().decode())
    folder.mkdir(parents=True, exist_ok=True)
    for each in keys:
        fetch(bucket, each, file_of(folder, prefix, each))


def fetch(bucket: str, key: str, file: Path | None) -> None:
    """Bring one object, where it becomes a file."""
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        s3.download_file(bucket, key, str(file))
        sent[file] = state(file)


def keep(folder: Path, uri: str) -> None:
    """Send what has changed; what is gone by then was a file on its way to another name."""
    bucket, prefix = place(uri)
    for file in sorted(folder.rglob("*")):
        try:
            now = state(file)
            if file.is_file() and sent.get(file) != now:
                s3.upload_file(str(file), bucket, prefix + file.relative_to(folder).as_posix())
                sent[file] = now
        except FileNotFoundError:
            continue


def own() -> str:
    """Return the name of the job: its attempts and its nodes share it, another job has another one."""
    return told.get("AWS_BATCH_JOB_ID", "job").partition("#")[0]


def node() -> str:
    """Return the number of this node; nothing for the main one, and for the only one."""
    index, main = told.get("AWS_BATCH_JOB_NODE_INDEX", ""), told.get("AWS_BATCH_JOB_MAIN_NODE_INDEX", "")
    return "" if index == main else index


def checkpoint() -> str:
    """Return where a job's checkpoint lies: what another job has finished is not where this one begins."""
    return f"{told['LANDFORM_CHECKPOINT_URI']}{own()}/"


def save() -> None:
    """Send the checkpoint as it is now."""
    if "LANDFORM_CHECKPOINT_URI" in told:
        keep(Path(told["LANDFORM_CHECKPOINT"]), checkpoint())


def run() -> int:
    """Run the command to its end, and return its exit code as a shell would."""
    command = subprocess.Popen(["bash", "./.landform-run.sh"], cwd=CODE)
    signal.signal(signal.SIGTERM, lambda *_: command.terminate())
    every = float(told["LANDFORM_CHECKPOINT_EVERY"]) if "LANDFORM_CHECKPOINT_EVERY" in told else None
    while True:
        try:
            code = command.wait(every)
            break
        except subprocess.TimeoutExpired:
            attempt()
    return 128 - code if code < 0 else code


def attempt() -> None:
    """Save; what fails on the way is said, and tried again the next time."""
    try:
        save()
    except Exception as failure:
        print(f"landform: the checkpoint was not saved: {failure}", file=sys.stderr, flush=True)


def send(folder: Path, uri: str) -> None:
    """Send what the command has left, as one archive."""
    archive = pack(folder)
    if archive is None:
        print("landform: nothing lies in $LANDFORM_OUTPUT: this node leaves no model", flush=True)
        return
    whole = target(uri, own(), node())
    s3.upload_file(str(archive), *place(whole))
    print(f"landform: the model lies at {whole}", flush=True)


def main() -> int:
    """Do all of it, and return the exit code of the command."""
    lists = manifests(told)
    for folder, uri in inputs(told).items():
        bring(uri, folder)
    for folder, uri in lists.items():
        bring_listed(uri, folder)
    if "LANDFORM_CHECKPOINT_URI" in told:
        # Brought before anything is saved over it.
        bring(checkpoint(), Path(told["LANDFORM_CHECKPOINT"]))
    left = output(told)
    if left:
        left[0].mkdir(parents=True, exist_ok=True)
    code = run()
    save()
    if code == 0 and left:
        send(*left)
    return code


if __name__ == "__main__":
    sys.exit(main())
