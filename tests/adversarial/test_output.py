"""The output under attack: edits, and data that vanishes from the spec."""

import tarfile
from itertools import permutations
from pathlib import Path

import pytest
from support.projects import contents, landform, output, project

from landform.emit.tree import MANIFEST

MANY = "  models: {kind: bucket}\n"
PAIR = "{primary: us-east-1, replicas: [eu-west-1]}"


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


# What vanishes


def test_production_data_that_vanishes_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("compile", project(tmp_path, MANY)) == 0
    before = contents(output(tmp_path))
    assert landform("compile", project(tmp_path)) == 1
    assert "error[LF0703]: data.models stood here and has vanished" in told(capsys)
    assert contents(output(tmp_path)) == before
    assert landform("compile", "--force", project(tmp_path)) == 0
    assert "module.data_models" not in (output(tmp_path) / "sourcemap.json").read_text()


def test_data_of_development_vanishes_with_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("compile", project(tmp_path, MANY, "development")) == 0
    assert landform("compile", project(tmp_path, "", "development")) == 0
    assert "warning[LF0703]" in told(capsys)


def test_data_that_would_change_its_key_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    audited = "audit: {trail: existing}\n"
    spec = project(tmp_path, "  people: {kind: bucket, class: pii}\n")
    spec.write_text(spec.read_text() + audited)
    assert landform("compile", spec) == 0
    spec.write_text(spec.read_text().replace(", class: pii", ""))
    assert landform("compile", spec) == 1
    assert "error[LF0706]: data.people would change its key" in told(capsys)
    assert landform("compile", "--force", spec) == 0
    spec.write_text(spec.read_text().replace("people: {kind: bucket", "people: {kind: bucket, class: pii"))
    assert landform("compile", spec) == 1
    assert "error[LF0706]" in told(capsys)


@pytest.mark.parametrize(
    ("before", "after", "code", "text"),
    [
        ("retain: 7y", "retain: 1d", "LF0707", "would expire after 1 days; so far it did after 2555 days"),
        ("retain: 7y", "versioned: true", "", ""),
        ("versioned: true", "retain: 30d", "LF0707", "so far it did never"),
    ],
)
def test_what_is_kept_does_not_expire_sooner_unasked(
    before: str, after: str, code: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert landform("compile", project(tmp_path, f"  kept: {{kind: bucket, {before}}}\n")) == 0
    assert landform("compile", project(tmp_path, f"  kept: {{kind: bucket, {after}}}\n")) == int(bool(code))
    err = told(capsys)
    assert code in err and text in err


@pytest.mark.parametrize("edit", [("us-east-1", "eu-west-1"), ('"123456789012"', '"210987654321"')])
def test_a_bucket_that_would_get_another_name_is_refused(
    edit: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = project(tmp_path, regions="{primary: us-east-1, retired: [ap-south-1]}")
    assert landform("compile", spec) == 0
    text = spec.read_text().replace(*edit)
    spec.write_text(text.replace("retired: [ap-south-1]", "retired: [us-east-1]") if "us-east-1" in edit else text)
    assert landform("compile", spec) == 1
    assert "error[LF0703]: data.logs would be made anew as" in told(capsys)


def test_records_of_a_stream_do_not_expire_sooner_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("compile", project(tmp_path, "  clicks: {kind: stream, retain: 48h}\n")) == 0
    assert landform("compile", project(tmp_path, "  clicks: {kind: stream}\n")) == 1
    assert "what data.clicks holds would expire after 24 hours; so far it did after 48 hours" in told(capsys)


@pytest.mark.parametrize(
    ("changed", "word"),
    [("key: id, sort: day", "sort"), ("key: id number, sort: time number", "key"), ("key: id", "sort")],
)
def test_a_table_that_would_get_another_key_is_refused(
    tmp_path: Path, changed: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert landform("compile", project(tmp_path, "  rows: {kind: table, key: id, sort: time number}\n")) == 0
    assert landform("compile", project(tmp_path, f"  rows: {{kind: table, {changed}}}\n")) == 1
    assert f"error[LF0703]: data.rows would be made anew, empty, with another `{word}`" in told(capsys)
    index = "  rows: {kind: table, key: id, sort: time number, indexes: {by_day: {key: day}}}\n"
    assert landform("compile", project(tmp_path, index)) == 0


def test_a_data_disk_that_would_shrink_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = project(tmp_path)
    text = spec.read_text() + "  notes: {instance: t3.large, disk: {data: 200GiB gp3}}\n"
    spec.write_text(text)
    assert landform("compile", spec) == 0
    spec.write_text(text.replace("200GiB", "100GiB"))
    assert landform("compile", spec) == 1
    assert "would go from 200 to 100 GiB" in told(capsys)
    spec.write_text(text.replace(", disk: {data: 200GiB gp3}", ""))
    assert landform("compile", spec) == 1
    assert "would go from 200 to 0 GiB" in told(capsys)


def test_a_replica_that_vanishes_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("compile", project(tmp_path, "  copies: {kind: bucket, replicate: true}\n", regions=PAIR)) == 0
    assert landform("compile", project(tmp_path, "  copies: {kind: bucket}\n", regions=PAIR)) == 1
    assert "error[LF0703]: data.copies stood here in a replica region and has vanished" in told(capsys)


def test_a_machine_with_a_data_disk_that_vanishes_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = project(tmp_path)
    without = spec.read_text()
    spec.write_text(without + "  notes: {instance: t3.large, disk: {data: 100GiB gp3}}\n")
    assert landform("compile", spec) == 0
    spec.write_text(without)
    assert landform("compile", spec) == 1
    assert "error[LF0703]: machines.notes stood here and has vanished" in told(capsys)


def test_a_user_of_studio_who_vanishes_is_told_with_their_disk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = project(tmp_path)
    without = spec.read_text()
    spec.write_text(f"{without}studio: {{auth: iam, users: [ana, ben]}}\n")
    assert landform("compile", spec) == 0
    spec.write_text(f"{without}studio: {{auth: iam, users: [ana]}}\n")
    assert landform("compile", spec) == 1
    assert "error[LF0703]: studio.ben stood here and has vanished" in told(capsys)
    spec.write_text(without)
    assert landform("compile", spec) == 1
    said = told(capsys)
    assert "error[LF0703]: studio stood here and has vanished" in said
    assert "`was: `" not in said


def test_renamed_data_is_moved_and_nothing_has_vanished(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("compile", project(tmp_path, MANY)) == 0
    assert landform("compile", project(tmp_path, "  results: {kind: bucket, was: models}\n")) == 0
    assert "LF0703" not in told(capsys)
    root = (output(tmp_path) / "main.tf.json").read_text()
    assert '"from": "module.data_models",\n      "to": "module.data_results"' in root


def test_a_second_rename_says_all_the_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("compile", project(tmp_path, "  results: {kind: bucket, was: models}\n")) == 0
    assert landform("compile", project(tmp_path, "  outcome: {kind: bucket, was: results}\n")) == 1
    assert "all the names that data.outcome had, the oldest first: `was: [oldest, later]`" in told(capsys)
    assert landform("compile", project(tmp_path, "  outcome: {kind: bucket, was: [models, results]}\n")) == 0


KINDS = {"bucket": "bucket", "table": "table, key: id", "queue": "queue", "stream": "stream", "efs": "efs"}


@pytest.mark.parametrize(("stood", "wanted"), [*permutations(KINDS, 2)])
def test_a_store_of_another_kind_is_another_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], stood: str, wanted: str
) -> None:
    """Most kinds take the same name, under the same address: only the module is another."""
    assert landform("compile", project(tmp_path, f"  rows: {{kind: {KINDS[stood]}}}\n")) == 0
    capsys.readouterr()
    assert landform("compile", project(tmp_path, f"  rows: {{kind: {KINDS[wanted]}}}\n")) == 1
    said = told(capsys)
    assert "error[LF0703]: data.rows would be made anew as " in said
    assert "Keep the kind of data.rows, and make a new entry beside it." in said
    assert "LF0707" not in said, "what expires is of one and the same store"


def test_messages_do_not_expire_sooner_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("compile", project(tmp_path, "  jobs: {kind: queue, retain: 4d}\n")) == 0
    assert landform("compile", project(tmp_path, "  jobs: {kind: queue, retain: 1d}\n")) == 1
    assert "what data.jobs holds would expire after 86400 seconds" in told(capsys)


def test_a_region_leaves_through_retired(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("compile", project(tmp_path, regions=PAIR)) == 0
    assert landform("compile", project(tmp_path)) == 1
    assert "error[LF0308]: eu-west-1 was in use" in told(capsys)
    assert landform("compile", project(tmp_path, regions="{primary: us-east-1, retired: [eu-west-1]}")) == 0
    assert landform("compile", project(tmp_path)) == 0


# Edits by hand


def test_an_edit_by_hand_is_refused_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = project(tmp_path)
    assert landform("compile", spec) == 0
    edited = output(tmp_path) / "files" / "machines_work.sh"
    edited.write_text("mine")
    assert landform("compile", spec) == 1
    said = told(capsys)
    assert "error[LF0701]" in said
    assert "files/machines_work.sh was edited by hand. Move the change to the spec, or pass --force." in said
    assert edited.read_text() == "mine"
    assert landform("compile", "--force", spec) == 0
    assert edited.read_text() != "mine"


def test_a_file_that_was_removed_by_hand_is_written_again(tmp_path: Path) -> None:
    spec = project(tmp_path)
    assert landform("compile", spec) == 0
    (output(tmp_path) / "grants.json").unlink()
    assert landform("compile", "--check", spec) == 1
    assert landform("compile", spec) == 0
    assert landform("compile", "--check", spec) == 0


def test_a_broken_manifest_protects_what_stands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("compile", project(tmp_path)) == 0
    (output(tmp_path) / MANIFEST).write_text("{")
    assert landform("compile", project(tmp_path, MANY)) == 1
    assert "main.tf.json was edited by hand" in told(capsys)


# What runs and is deployed by others


def test_a_model_in_force_stays_readable_until_another_one_is_deployed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = "{platform: sagemaker, cpu: 8, image: xgboost-1.7, inputs: {train: {from: rows}}, output: models}"
    spec = project(tmp_path, "  rows: {kind: bucket}\n  models: {kind: bucket}\n")
    text = spec.read_text() + (
        f"train: {{aa: {job}, bb: {job}}}\nserve: {{score: {{platform: sagemaker, model: train.aa, cpu: 4}}}}\n"
    )
    with tarfile.open(spec.parent / "first.tar.gz", "w:gz") as archive:
        archive.add(__file__, "model.py")
    served = text.replace("cpu: 4}", "cpu: 4, initial: first.tar.gz}")
    spec.write_text(served)
    assert landform("compile", spec) == 0, told(capsys)
    spec.write_text(text)
    assert landform("compile", spec) == 1
    assert "error[LF0708]: serve.score could not read" in (said := told(capsys))
    assert "/models/serve-score/* any more" in said
    spec.write_text(served.replace("model: train.aa", "model: train.bb"))
    assert landform("compile", spec) == 1
    assert "/training/train-aa/* any more" in told(capsys)
    spec.write_text(served.replace("model: train.aa", "model: train.bb, reads: [models]"))
    assert landform("compile", spec) == 0, told(capsys)
    spec.write_text(text.replace("model: train.aa", "model: train.bb, reads: [models]"))
    assert landform("compile", "--force", spec) == 0
