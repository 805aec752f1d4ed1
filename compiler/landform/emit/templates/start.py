"""Run the command of a training: inputs are brought before, checkpoints restored and saved, the output sent after."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import boto3

told = os.environ
s3 = boto3.client("s3")
sent: dict[Path, tuple[int, int]] = {}


def place(uri: str) -> tuple[str, str]:
    """Return the bucket and the prefix that a URI names."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    return bucket, prefix


def state(file: Path) -> tuple[int, int]:
    """Return what changes when a file does."""
    return file.stat().st_mtime_ns, file.stat().st_size


def bring(uri: str, folder: Path) -> None:
    """Bring all objects under a prefix into a folder, which is there afterwards, be it empty."""
    bucket, prefix = place(uri)
    folder.mkdir(parents=True, exist_ok=True)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Contents", []):
            file = folder / found["Key"].removeprefix(prefix).lstrip("/")
            if found["Key"].endswith("/"):
                continue
            # What is called exactly as the prefix is a file of the last part of its name.
            file = folder / Path(found["Key"]).name if file == folder else file
            file.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(bucket, found["Key"], str(file))
            sent[file] = state(file)


def send(folder: Path, uri: str) -> None:
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


def job() -> str:
    """Return where a job's output goes below its prefix: nodes but the main one have a folder of their own."""
    name = own()
    node, main = told.get("AWS_BATCH_JOB_NODE_INDEX"), told.get("AWS_BATCH_JOB_MAIN_NODE_INDEX")
    return f"{name}/" if node == main else f"{name}/node-{node}/"


def checkpoint() -> str:
    """Return where a job's checkpoint lies: what another job has finished is not where this one begins."""
    return f"{told['LANDFORM_CHECKPOINT_URI']}{own()}/"


def save() -> None:
    """Send the checkpoint as it is now."""
    if "LANDFORM_CHECKPOINT_URI" in told:
        send(Path(told["LANDFORM_CHECKPOINT"]), checkpoint())


def run() -> int:
    """Run the command to its end, and return its exit code as a shell would."""
    command = subprocess.Popen(["bash", "./.landform-run.sh"])
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


for variable in sorted(told):
    if variable.startswith("LANDFORM_FROM_"):
        bring(told[variable], Path(told[variable.replace("FROM", "INPUT", 1)]))
if "LANDFORM_CHECKPOINT_URI" in told:
    # Brought before anything is saved over it.
    bring(checkpoint(), Path(told["LANDFORM_CHECKPOINT"]))
if "LANDFORM_OUTPUT_URI" in told:
    Path(told["LANDFORM_OUTPUT"]).mkdir(parents=True, exist_ok=True)
code = run()
save()
if code == 0 and "LANDFORM_OUTPUT_URI" in told:
    send(Path(told["LANDFORM_OUTPUT"]), told["LANDFORM_OUTPUT_URI"] + job())
sys.exit(code)
