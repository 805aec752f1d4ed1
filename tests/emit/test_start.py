"""The program that runs a command in a container: checkpoints restored, saved on the way and at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from landform.lower.archive import STARTER, starter
from landform.rehearse.embedded import EmbeddedAws

REGION, BUCKET, PREFIX = "us-east-1", "models", "checkpoints/train-fit/"


@pytest.fixture(scope="module")
def aws() -> Iterator[EmbeddedAws]:
    with EmbeddedAws("123456789012") as running:
        running.client("s3", REGION).create_bucket(Bucket=BUCKET)
        yield running


def run(folder: Path, aws: EmbeddedAws, command: str, every: str = "600", **more: str) -> int:
    (folder / ".landform-run.sh").write_text(f"set -euo pipefail\n{command}\n")
    told = {
        "LANDFORM_CHECKPOINT": str(folder / "checkpoints"),
        "LANDFORM_CHECKPOINT_URI": f"s3://{BUCKET}/{PREFIX}",
        "LANDFORM_CHECKPOINT_EVERY": every,
        "AWS_BATCH_JOB_ID": "j-0",
        "AWS_ENDPOINT_URL": aws.endpoint,
        "AWS_ACCESS_KEY_ID": "landform",
        "AWS_SECRET_ACCESS_KEY": "landform",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }
    (program := folder / ".landform" / "jobs").mkdir(parents=True, exist_ok=True)
    for file in starter():
        (folder / file.name).write_bytes(file.content)
    done = subprocess.run(
        [sys.executable, "-m", STARTER], cwd=program.parent, env=os.environ | told | more, timeout=60, check=False
    )
    return done.returncode


def saved(aws: EmbeddedAws, name: str) -> bytes:
    content: bytes = aws.client("s3", REGION).get_object(Bucket=BUCKET, Key=f"{PREFIX}{name}")["Body"].read()
    return content


def test_the_next_attempt_goes_on_where_the_last_one_failed(aws: EmbeddedAws, tmp_path: Path) -> None:
    (first := tmp_path / "first").mkdir()
    (second := tmp_path / "second").mkdir()
    assert (
        run(first, aws, 'mkdir "$LANDFORM_CHECKPOINT/rank" && echo 7 > "$LANDFORM_CHECKPOINT/rank/step"; exit 3') == 3
    )
    assert saved(aws, "j-0/rank/step") == b"7\n"
    assert run(second, aws, 'test "$(cat "$LANDFORM_CHECKPOINT/rank/step")" = 7') == 0


def test_another_job_begins_anew_and_the_nodes_of_one_go_on_together(aws: EmbeddedAws, tmp_path: Path) -> None:
    for folder in ("first", "node", "other"):
        (tmp_path / folder).mkdir()
    write = 'echo 9 > "$LANDFORM_CHECKPOINT/end"'
    assert run(tmp_path / "first", aws, write, AWS_BATCH_JOB_ID="j-8#0") == 0
    assert saved(aws, "j-8/end") == b"9\n"
    assert run(tmp_path / "node", aws, 'test -e "$LANDFORM_CHECKPOINT/end"', AWS_BATCH_JOB_ID="j-8#1") == 0
    assert run(tmp_path / "other", aws, 'test ! -e "$LANDFORM_CHECKPOINT/end"', AWS_BATCH_JOB_ID="j-9") == 0


def test_what_is_killed_has_saved_on_the_way(aws: EmbeddedAws, tmp_path: Path) -> None:
    listed = "import boto3; assert boto3.client('s3').get_object(Bucket='models', Key='checkpoints/train-fit/j-0/late')"
    command = f'echo 1 > "$LANDFORM_CHECKPOINT/late"; sleep 2; {sys.executable} -c "{listed}"; kill -9 $$'
    assert run(tmp_path, aws, command, every="0.5") == 128 + 9


def put(aws: EmbeddedAws, key: str, content: bytes) -> None:
    aws.client("s3", REGION).put_object(Bucket=BUCKET, Key=key, Body=content)


def keys(aws: EmbeddedAws, prefix: str) -> list[str]:
    found = aws.client("s3", REGION).list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [one["Key"].removeprefix(prefix) for one in found.get("Contents", [])]


def unpacked(aws: EmbeddedAws, key: str) -> dict[str, bytes]:
    """Return the files of an archive."""
    body = aws.client("s3", REGION).get_object(Bucket=BUCKET, Key=key)["Body"].read()
    with tarfile.open(fileobj=BytesIO(body), mode="r:gz") as archive:
        found = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name: file.read() for name, file in found.items() if file}


def work(folder: Path, job: str, **more: str) -> dict[str, str]:
    return {
        "LANDFORM_FROM_TRAIN": f"s3://{BUCKET}/rows/train/",
        "LANDFORM_INPUT_TRAIN": str(folder / "input" / "train"),
        "LANDFORM_OUTPUT": str(folder / "output"),
        "LANDFORM_OUTPUT_URI": f"s3://{BUCKET}/training/train-fit/",
        "AWS_BATCH_JOB_ID": job,
    } | more


def test_inputs_are_there_before_the_command_and_its_output_goes_to_a_folder_of_its_job(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    put(aws, "rows/train/a/1.csv", b"1")
    put(aws, "rows/train/2.csv", b"22")
    put(aws, "rows/validation/3.csv", b"333")
    command = """test "$(cd "$LANDFORM_INPUT_TRAIN" && find . -type f | sort | xargs)" = "./2.csv ./a/1.csv"
    mkdir "$LANDFORM_OUTPUT/deep" && cat "$LANDFORM_INPUT_TRAIN"/2.csv > "$LANDFORM_OUTPUT/deep/model"
    """
    assert run(tmp_path, aws, command, **work(tmp_path, "j-1")) == 0
    assert keys(aws, "training/train-fit/j-1/") == ["output/model.tar.gz"]
    assert unpacked(aws, "training/train-fit/j-1/output/model.tar.gz") == {"deep/model": b"22"}


def test_a_command_that_leaves_nothing_leaves_no_archive(aws: EmbeddedAws, tmp_path: Path) -> None:
    assert run(tmp_path, aws, "true", **work(tmp_path, "j-5")) == 0
    assert keys(aws, "training/train-fit/j-5/") == []


def test_what_failed_leaves_no_output(aws: EmbeddedAws, tmp_path: Path) -> None:
    assert run(tmp_path, aws, 'echo 1 > "$LANDFORM_OUTPUT/model"; exit 4', **work(tmp_path, "j-2")) == 4
    assert keys(aws, "training/train-fit/j-2/") == []


def test_nodes_of_one_job_do_not_overwrite_each_other(aws: EmbeddedAws, tmp_path: Path) -> None:
    for node in ("0", "1"):
        (folder := tmp_path / node).mkdir()
        nodes = {"AWS_BATCH_JOB_NODE_INDEX": node, "AWS_BATCH_JOB_MAIN_NODE_INDEX": "0"}
        assert run(folder, aws, 'echo 1 > "$LANDFORM_OUTPUT/model"', **work(folder, f"j-3#{node}", **nodes)) == 0
    assert keys(aws, "training/train-fit/j-3/") == ["node-1/output/model.tar.gz", "output/model.tar.gz"]


def test_a_prefix_that_is_one_object_is_that_file(aws: EmbeddedAws, tmp_path: Path) -> None:
    put(aws, "rows/one.csv", b"1")
    one = {"LANDFORM_FROM_TRAIN": f"s3://{BUCKET}/rows/one.csv"}
    assert run(tmp_path, aws, 'cat "$LANDFORM_INPUT_TRAIN/one.csv"', **work(tmp_path, "j-4", **one)) == 0
