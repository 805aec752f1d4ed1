"""Inputs and output of a job on EC2: brought to the nodes' own folders, packed and sent, by what nodes run."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from landform.emit.jobs.carry import file_of, listed, manifests, pack, target

from .test_jobs import BUCKET, Fleet, aws, fleet

__all__ = ["aws", "fleet"]  # fixtures

INPUT, OUTPUT, LEFT = "/var/lib/landform/input/train", "/var/lib/landform/output/model", "training/train-fit/"
CARRIED = (
    ("LANDFORM_FROM_TRAIN", f"s3://{BUCKET}/rows/train/"),
    ("LANDFORM_INPUT_TRAIN", INPUT),
    ("LANDFORM_OUTPUT", OUTPUT),
    ("LANDFORM_OUTPUT_URI", f"s3://{BUCKET}/{LEFT}"),
)
LISTS = 'cd "$LANDFORM_INPUT_TRAIN" && find . -type f | sort | xargs >"$LANDFORM_OUTPUT/seen"'


def put(fleet: Fleet, **objects: str) -> None:
    for key, content in objects.items():
        fleet.s3.put_object(Bucket=BUCKET, Key=f"rows/{key.replace('_', '/')}.csv", Body=content.encode())


def left(fleet: Fleet) -> dict[str, dict[str, bytes]]:
    """Return what lies in the bucket of the output: archives, each with its files."""
    found = fleet.s3.list_objects_v2(Bucket=BUCKET, Prefix=LEFT).get("Contents", [])
    return {one["Key"].removeprefix(LEFT): unpacked(fleet, one["Key"]) for one in found}


def unpacked(fleet: Fleet, key: str) -> dict[str, bytes]:
    body = fleet.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    with tarfile.open(fileobj=BytesIO(body), mode="r:gz") as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name: file.read() for name, file in files.items() if file}


@pytest.mark.parametrize("cli", ["", "aws"], ids=["stand-in", "real-cli"])
def test_inputs_are_there_before_the_command_and_its_output_is_one_archive(fleet: Fleet, cli: str) -> None:
    if cli and not shutil.which(cli):
        pytest.skip("this machine has no AWS CLI")
    real = f'#!/bin/bash\nexec {shutil.which(cli)} --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n' if cli else ""
    put(fleet, train_a="1", train_deep_b="22", validation_c="333")
    fleet.submit("job-1")
    node = fleet.start(0, f"{LISTS} && mkdir $LANDFORM_OUTPUT/deep && cp deep/b.csv $_", environment=CARRIED, cli=real)
    assert fleet.until("job-1", "succeeded", "failed")["state"] == "succeeded", node.log
    assert left(fleet) == {"job-1/output/model.tar.gz": {"seen": b"./a.csv ./deep/b.csv\n", "deep/b.csv": b"22"}}
    assert f"the model lies at s3://{BUCKET}/{LEFT}job-1/output/model.tar.gz" in node.log
    # The next job is given what lies there now, and finds none of the last one's output.
    fleet.s3.delete_object(Bucket=BUCKET, Key="rows/train/a.csv")
    put(fleet, train_z="0")
    fleet.submit("job-2")
    assert fleet.until("job-2", "succeeded", "failed")["state"] == "succeeded", node.log
    assert left(fleet)["job-2/output/model.tar.gz"] == {"seen": b"./deep/b.csv ./z.csv\n", "deep/b.csv": b"22"}
    fleet.eventually(lambda: not (node.sandbox.root / OUTPUT[1:]).exists(), lambda: "the output takes up the disk")


@pytest.mark.parametrize("cli", ["", "aws"], ids=["stand-in", "real-cli"])
def test_what_begins_with_a_name_is_brought_too(fleet: Fleet, cli: str) -> None:
    if cli and not shutil.which(cli):
        pytest.skip("this machine has no AWS CLI")
    real = f'#!/bin/bash\nexec {shutil.which(cli)} --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n' if cli else ""
    put(fleet, train_a="1", train_b="22")
    told = dict(CARRIED) | {"LANDFORM_FROM_TRAIN": f"s3://{BUCKET}/rows/train/a.csv"}
    fleet.submit("job-1")
    node = fleet.start(0, LISTS, environment=tuple(told.items()), cli=real)
    assert fleet.until("job-1", "succeeded", "failed")["state"] == "succeeded", node.log
    assert left(fleet) == {"job-1/output/model.tar.gz": {"seen": b"./a.csv\n"}}


def test_what_failed_leaves_no_output(fleet: Fleet) -> None:
    fleet.submit("job-1")
    fleet.start(0, "echo 1 >$LANDFORM_OUTPUT/model; exit 7", environment=CARRIED)
    assert fleet.until("job-1", "failed", "succeeded")["code"] == 7
    assert left(fleet) == {}


def test_a_command_that_fails_half_way_is_no_success_for_what_comes_after(fleet: Fleet) -> None:
    fleet.submit("job-1")
    fleet.start(0, "set -e\necho 1 >$LANDFORM_OUTPUT/model\nfalse\ntrue", environment=CARRIED)
    assert fleet.until("job-1", "failed", "succeeded")["state"] == "failed"
    assert left(fleet) == {}


def test_a_job_whose_inputs_cannot_be_had_fails_and_says_why(fleet: Fleet) -> None:
    told = dict(CARRIED) | {"LANDFORM_FROM_TRAIN": "s3://no-such-bucket/rows/"}
    fleet.submit("job-1")
    node = fleet.start(0, 'touch "$OUT/begun"', environment=tuple(told.items()))
    assert fleet.until("job-1", "failed", "succeeded")["code"] == 1
    assert "landform: s3 sync:" in node.log and "Traceback" not in node.log
    assert not (fleet.folder / "begun").exists()


def test_a_job_whose_output_cannot_be_sent_has_failed(fleet: Fleet) -> None:
    told = dict(CARRIED) | {"LANDFORM_OUTPUT_URI": "s3://no-such-bucket/training/"}
    fleet.submit("job-1")
    node = fleet.start(0, "echo 1 >$LANDFORM_OUTPUT/model", environment=tuple(told.items()))
    assert fleet.until("job-1", "failed", "succeeded")["code"] == 1
    assert "landform: s3 cp:" in node.log


def test_an_interrupted_node_sends_nothing_though_its_command_ends_well(fleet: Fleet) -> None:
    fleet.submit("job-1")
    waits = "trap 'exit 0' TERM; echo 1 >$LANDFORM_OUTPUT/model; touch \"$OUT/begun\"; while :; do sleep 0.1; done"
    node = fleet.start(0, waits, environment=CARRIED)
    fleet.eventually((fleet.folder / "begun").exists, lambda: "it has not begun")
    node.interrupt()
    assert fleet.status("job-1")["state"] == "returned"
    assert left(fleet) == {}


def test_each_node_is_given_what_a_manifest_lists_and_leaves_what_it_has_in_its_own_place(fleet: Fleet) -> None:
    put(fleet, train_a="1", train_b="22")
    manifest = json.dumps([{"prefix": f"s3://{BUCKET}/rows/"}, "train/b.csv"])
    fleet.s3.put_object(Bucket=BUCKET, Key="rows/listed.manifest", Body=manifest.encode())
    fleet.submit("job-1", TRAIN=f"s3://{BUCKET}/rows/listed.manifest")
    both = 'until [[ -e $OUT/0 && -e $OUT/1 ]]; do touch "$OUT/$NODE_RANK"; sleep 0.1; done; '
    for number in range(2):
        fleet.start(number, f"{both}echo $NODE_RANK >$LANDFORM_OUTPUT/rank; {LISTS}", nodes=2, environment=CARRIED)
    assert fleet.until("job-1", "succeeded", "failed")["state"] == "succeeded"
    assert left(fleet) == {
        "job-1/output/model.tar.gz": {"rank": b"0\n", "seen": b"./train/b.csv\n"},
        "job-1/node-1/output/model.tar.gz": {"rank": b"1\n", "seen": b"./train/b.csv\n"},
    }


def test_a_job_without_a_manifest_fails_where_its_training_names_one_that_nobody_writes(fleet: Fleet) -> None:
    put(fleet, train_a="1", train_b="22")
    manifest = json.dumps([{"prefix": f"s3://{BUCKET}/rows/"}, "train/b.csv"])
    fleet.s3.put_object(Bucket=BUCKET, Key="rows/listed.manifest", Body=manifest.encode())
    told = dict(CARRIED)
    del told["LANDFORM_FROM_TRAIN"]
    told["LANDFORM_MANIFEST_TRAIN"] = f"s3://{BUCKET}/rows/only-landform-run-exports.manifest"
    fleet.submit("job-1")
    node = fleet.start(0, LISTS, environment=tuple(told.items()))
    assert fleet.until("job-1", "succeeded", "failed")["state"] == "failed"
    assert "only-landform-run-exports.manifest" in node.log
    assert left(fleet) == {}
    fleet.submit("job-2", TRAIN=f"s3://{BUCKET}/rows/listed.manifest")
    assert fleet.until("job-2", "succeeded", "failed")["state"] == "succeeded", node.log
    assert left(fleet) == {"job-2/output/model.tar.gz": {"seen": b"./train/b.csv\n"}}


def test_a_message_whose_manifest_is_of_no_input_is_no_job(fleet: Fleet) -> None:
    put(fleet, train_a="1")
    fleet.submit("job-1", train="s3://nowhere/listed.manifest")
    node = fleet.start(0, "true", environment=CARRIED)
    told = "no input is called train here, but TRAIN"
    fleet.eventually(lambda: told in node.log, lambda: node.log)
    assert "is brought to" not in node.log
    assert sum(fleet.waiting()) == 1, "the dead letters get it"


def test_a_manifest_of_no_input_is_known_before_anything_is_brought() -> None:
    told = {"LANDFORM_INPUT_TRAIN": INPUT, "LANDFORM_MANIFEST_train": "s3://b/m"}
    with pytest.raises(ValueError, match="no input is called train here, but TRAIN"):
        manifests(told)


@pytest.mark.parametrize("text", ["[]", "{}", "a,b", '["a"]', '[{"suffix": "s3://b/"}]', "[1]", '[{"prefix": 1}]', "7"])
def test_what_is_no_manifest_is_told_as_such(text: str) -> None:
    with pytest.raises(ValueError, match="no manifest"):
        listed(text)


def test_a_node_that_leaves_nothing_sends_nothing(fleet: Fleet) -> None:
    fleet.submit("job-1")
    node = fleet.start(0, "true", environment=CARRIED)
    fleet.until("job-1", "succeeded")
    assert left(fleet) == {}
    assert "this node leaves no model" in node.log


def test_an_archive_holds_files_and_what_links_lead_to_and_nobody_s_name(tmp_path: Path) -> None:
    (folder := tmp_path / "model").mkdir()
    (folder / "deep").mkdir()
    (folder / "deep" / "weights").write_bytes(b"w")
    (tmp_path / "kept").write_bytes(b"k")
    (folder / "best").symlink_to(tmp_path / "kept")
    (folder / "gone").symlink_to(tmp_path / "nowhere")
    (folder / ".hidden").write_bytes(b"h")
    os.mkfifo(folder / "pipe")
    archive = pack(folder)
    assert archive == tmp_path / "model.tar.gz"
    with tarfile.open(archive) as packed:
        members = {member.name: member for member in packed}
        assert sorted(name for name, m in members.items() if m.isfile()) == [".hidden", "best", "deep/weights"]
        assert {(m.uid, m.uname) for m in members.values()} == {(0, "")}
        read = packed.extractfile("best")
        assert read is not None and read.read() == b"k"


def test_a_link_to_a_folder_becomes_what_lies_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder := tmp_path / "out" / "model").mkdir(parents=True)
    (real := tmp_path / "real").mkdir()
    (real / "weights").write_bytes(b"w")
    for name in ("latest", "best"):
        (folder / name).symlink_to(real)
    # Links without an end: to the folder itself, to one around it, and back from a folder elsewhere.
    for link, to in ((folder / "itself", folder), (folder / "up", tmp_path), (real / "back", folder)):
        link.symlink_to(to)
    archive = pack(folder)
    assert archive
    with tarfile.open(archive) as packed:
        assert sorted(packed.getnames()) == ["best", "best/weights", "latest", "latest/weights"]
        read = packed.extractfile("latest/weights")
        assert read is not None and read.read() == b"w"
    assert f"{folder / 'itself'} leads back to {folder}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("prefix", "key", "file"),
    [
        ("train/", "train/a/1.csv", "a/1.csv"),
        ("", "a.csv", "a.csv"),
        ("train", "train/1.csv", "1.csv"),
        ("rows/one.csv", "rows/one.csv", "one.csv"),
        ("train/", "train/", None),
    ],
)
def test_an_object_becomes_a_file_below_its_folder(prefix: str, key: str, file: str | None) -> None:
    assert file_of(Path("/in"), prefix, key) == (Path("/in") / file if file else None)


def test_an_object_that_would_lie_elsewhere_is_refused() -> None:
    with pytest.raises(ValueError, match="outside of the folder"):
        file_of(Path("/in"), "train/", "train/../../etc/passwd")


def test_nodes_beside_the_first_have_folders_of_their_own() -> None:
    assert target("s3://b/training/x/", "job-1") == "s3://b/training/x/job-1/output/model.tar.gz"
    assert target("s3://b/training/x/", "job-1", "2") == "s3://b/training/x/job-1/node-2/output/model.tar.gz"
