"""The packaged catalog is what the build makes of its material, byte for byte."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from landform.catalog import CatalogError
from landform.catalog import build as catalog_build
from landform.catalog.build import MATERIAL, build
from landform.catalog.encode import write
from landform.catalog.store import PACKAGED, Catalog


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@pytest.fixture
def material(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MATERIAL, tmp_path / "material"))


def test_the_packaged_files_are_current_whatever_the_surroundings(tmp_path: Path):
    surroundings = {"PYTHONHASHSEED": "7", "TZ": "Asia/Kolkata", "LC_ALL": "C", "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "landform.catalog.build", "--material", MATERIAL, "--out", "fresh"]
    subprocess.run(command, cwd=tmp_path, env=surroundings, check=True)
    assert contents(tmp_path / "fresh") == contents(PACKAGED)


def test_the_packaged_files_stay_small():
    assert sum(path.stat().st_size for path in PACKAGED.iterdir()) < 500_000


def test_a_price_in_the_material_is_a_price_in_the_catalog(material: Path, tmp_path: Path):
    table = material / "on-demand-us-east-1.csv"
    table.write_text(table.read_text().replace("g5.2xlarge,1.212", "g5.2xlarge,7.5"))
    write(build(material), tmp_path / "catalog")
    changed = Catalog(tmp_path / "catalog")
    price = changed.price("g5.2xlarge", "us-east-1")
    assert price is not None and price.usd_per_hour == 7.5


def test_a_moto_that_nobody_has_dated_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(catalog_build, "version", lambda package: "99.0")
    with pytest.raises(CatalogError, match=r"moto 99\.0 .* _MOTO_MADE"):
        build(MATERIAL)


def test_a_region_without_a_slot_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(catalog_build.SLOTS, "eu-west-3")
    with pytest.raises(CatalogError, match=r"slots\.py: eu-west-3"):
        build(MATERIAL)


def test_writing_replaces_a_catalog_and_nothing_else(tmp_path: Path):
    target = tmp_path / "landform-catalog"
    write({"types.json": "old"}, target)
    write({"types.json": "new"}, target)
    assert contents(target) == {"types.json": b"new"}
    (target / "notes.txt").write_text("mine")
    with pytest.raises(CatalogError, match=r"notes\.txt"):
        write({"types.json": "newer"}, target)
    assert contents(target) == {"types.json": b"new", "notes.txt": b"mine"}
    assert [path.name for path in tmp_path.iterdir()] == ["landform-catalog"]
