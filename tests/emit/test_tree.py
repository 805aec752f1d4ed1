"""The output tree: current, complete, consistent, and good neighbours with what others put there."""

import json
import shutil
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from support.projects import contents, landform, output, project

from landform.emit.modules import installed
from landform.emit.tree import tree
from landform.lower.archive import archive
from landform.pipeline import analyse
from landform.project import CodeFile

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
OVERLAYS = [path for path in (ROOT / "specs" / "forecast").glob("*.yaml") if path.stem != "base"]
STANDS = sorted(path.parent for path in (ROOT / "generated").glob("*/*/manifest.json"))


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return "".join(capsys.readouterr())


def test_what_is_committed_is_what_the_samples_compile_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("compile", "--check", *SPECS) == 0, told(capsys)
    assert len(STANDS) == len(SPECS) + len(OVERLAYS)


@pytest.mark.parametrize("folder", STANDS, ids=lambda folder: folder.parent.name)
def test_the_manifest_lists_every_file_with_its_hash(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    hashes = {name: sha256(content).hexdigest() for name, content in contents(folder).items()}
    kept = {name for name in hashes if name.startswith((".terraform", "terraform.tfstate"))}
    assert manifest["files"] == {n: h for n, h in hashes.items() if n != "manifest.json" and n not in kept}
    assert set(manifest) - {"project"} == {"landform", "catalog", "files"}
    for path, digest in manifest.get("project", {}).items():
        assert sha256((ROOT / path).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_the_source_map_leads_from_every_module_to_the_spec(spec: Path) -> None:
    analysis = analyse(spec)
    assert analysis.plan is not None
    assert analysis.source is not None
    files = tree(analysis.plan)
    modules = json.loads(files["main.tf.json"])["module"]
    paths = json.loads(files["sourcemap.json"])
    assert set(paths) == {f"module.{address}" for address in modules}
    keys = {".".join(map(str, path)) for path in analysis.source.key_spans}
    assert set(paths.values()) <= keys


@pytest.mark.parametrize("folder", STANDS, ids=lambda folder: folder.parent.name)
def test_grants_are_sorted_and_complete(folder: Path) -> None:
    grants = json.loads((folder / "grants.json").read_text())
    places = [(grant["principal"], grant["edge"]) for grant in grants]
    assert places == sorted(places)
    assert all(set(g) == {"principal", "sid", "actions", "resources", "condition", "edge"} for g in grants)
    assert all(grant["actions"] == sorted(grant["actions"]) for grant in grants)


@pytest.mark.parametrize("folder", STANDS, ids=lambda folder: folder.parent.name)
def test_no_path_of_this_machine_and_no_time_is_in_the_output(folder: Path) -> None:
    text = "".join((folder / name).read_text() for name in ("main.tf.json", "sourcemap.json", "grants.json"))
    assert str(ROOT) not in text
    assert "cdktf" not in text


def test_an_archive_has_the_bytes_of_its_files_and_no_more() -> None:
    files = (CodeFile("main.py", b"print()", False), CodeFile("run.sh", b"#!/bin/sh", True))
    bundle = zipfile.ZipFile(BytesIO(archive(files)))
    assert archive(files) == archive(files)
    assert [(i.filename, i.date_time[0], i.external_attr >> 16) for i in bundle.infolist()] == [
        ("main.py", 1980, 0o100644),
        ("run.sh", 1980, 0o100755),
    ]
    assert bundle.read("main.py") == b"print()"


def test_an_archive_does_not_know_when_or_where_its_files_were_written(tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(ROOT / "specs", tmp_path / name / "specs")
        for file in (tmp_path / name).rglob("*"):
            file.touch()
        assert landform("compile", "-q", tmp_path / name / "specs" / "training-platform.yaml") == 0
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).glob("generated/*/*/files/*.zip")}
        for name in ("one", "two")
    )
    assert "train_graph.zip" in one
    assert one == two


def test_what_others_put_there_stays(tmp_path: Path) -> None:
    spec, folder = project(tmp_path), output(tmp_path)
    assert landform("compile", spec) == 0
    own = {"own.tf": "x", "terraform.tfstate": "x", "notes/deep/a.md": "x", ".terraform/providers/large": "x"}
    for name, text in own.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "link").symlink_to("own.tf")
    state = (folder / "terraform.tfstate").stat().st_ino
    project(tmp_path, "  models: {kind: bucket}\n")
    assert landform("compile", spec) == 0
    assert "data_models" in (folder / "main.tf.json").read_text()
    assert {name: (folder / name).read_text() for name in own} == own
    assert (folder / "link").is_symlink()
    assert (folder / "terraform.tfstate").stat().st_ino == state


def test_what_is_no_longer_compiled_goes(tmp_path: Path) -> None:
    spec = project(tmp_path)
    assert landform("compile", spec) == 0
    spec.write_text(spec.read_text().replace("  work:", "  desk:"))
    assert landform("compile", spec) == 0
    assert [path.name for path in (output(tmp_path) / "files").iterdir()] == ["machines_desk.sh"]


def test_check_shows_what_differs_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = project(tmp_path)
    assert landform("compile", "--check", spec) == 1
    assert not (tmp_path / "generated").exists()
    assert landform("compile", spec) == 0
    before = contents(tmp_path)
    project(tmp_path, "  models: {kind: bucket}\n")
    told(capsys)
    assert landform("compile", "--check", spec) == 1
    said = told(capsys)
    assert "--- sourcemap.json (stands)" in said
    assert '+  "module.data_models": "data.models",' in said
    assert "error[LF0702]" in said
    before["specs/demo.yaml"] = spec.read_bytes()
    assert contents(tmp_path) == before


def test_out_says_where(tmp_path: Path) -> None:
    assert landform("compile", "--out", tmp_path / "there", project(tmp_path / "here")) == 0
    assert (output(tmp_path / "there") / "main.tf.json").is_file()
    assert (tmp_path / "there" / "modules" / "bucket" / "main.tf").is_file()
    assert not (tmp_path / "here" / "generated").exists()


def test_without_a_folder_of_specs_the_output_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = project(tmp_path / "elsewhere")
    (tmp_path / "demo.yaml").write_text(spec.read_text())
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert landform("compile", "../demo.yaml") == 0
    assert (output(tmp_path / "here") / "main.tf.json").is_file()


def test_an_empty_project_gets_the_modules_that_it_calls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert landform("compile", project(tmp_path)) == 0
    assert "modules added: bucket, key, machine, network" in told(capsys)
    called = {m["source"] for m in json.loads((output(tmp_path) / "main.tf.json").read_text())["module"].values()}
    assert all((output(tmp_path) / source / "main.tf").is_file() for source in called)
    for name in ("bucket", "key", "machine", "network"):
        assert (tmp_path / "modules" / name / "main.tf").read_text() == (installed() / name / "main.tf").read_text()


def test_modules_of_ones_own_stay_and_are_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = project(tmp_path)
    assert landform("compile", spec) == 0
    (tmp_path / "modules" / "bucket" / "main.tf").write_text("# mine\n")
    assert landform("compile", spec) == 0
    assert "warning[LF0704]: modules/bucket differs from the one that came with this landform." in told(capsys)
    assert (tmp_path / "modules" / "bucket" / "main.tf").read_text() == "# mine\n"


def test_the_state_lies_where_the_spec_says(tmp_path: Path) -> None:
    spec = project(tmp_path)
    assert landform("compile", spec) == 0
    local = json.loads((output(tmp_path) / "main.tf.json").read_text())["terraform"]["backend"]
    assert local == {"local": {"path": "terraform.tfstate"}}
    spec.write_text(spec.read_text() + "state: {bucket: acme-state, region: eu-west-1}\n")
    assert landform("compile", spec) == 0
    remote = json.loads((output(tmp_path) / "main.tf.json").read_text())["terraform"]["backend"]["s3"]
    assert remote == {
        "bucket": "acme-state",
        "key": "123456789012/demo/production.tfstate",
        "region": "eu-west-1",
        "encrypt": True,
        "use_lockfile": True,
    }
