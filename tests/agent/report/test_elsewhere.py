"""`report` where the state does not lie: it tells the copy on S3, as who calls may, and takes nothing over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landform_agent.cli import main
from landform_agent.snapshots import Snapshots

from ..conftest import CONFIG, Site, events

Make = Callable[..., Site]


@pytest.fixture
def watched(site: Make, cloud: Callable[[str], Any], tmp_path: Path) -> tuple[Site, Site, Any]:
    """A watch whose state has a copy, somebody else's folder with its configuration alone, and the bucket."""
    name = f"page-{tmp_path.name.replace('_', '-').lower()}"[:60].strip("-")
    bucket = cloud(name)
    config = CONFIG.replace("state: {path: state.sqlite}", f'state: {{path: state.sqlite, snapshots: "s3://{name}/a"}}')
    own, other = (replace(site(folder, config), engine="landform_agent.engine") for folder in ("machine", "desk"))
    own.write("0.jsonl", events(3_000))
    own.run()
    return own, other, bucket


def test_the_page_of_the_copy_is_that_of_the_state_and_the_copy_stays_its_owners(
    watched: tuple[Site, Site, Any],
) -> None:
    own, other, bucket = watched
    before = bucket.s3.head_object(Bucket=bucket.name, Key="a/score.snapshot")
    here, there = (one.call("report", "--out", "page.html") for one in (own, other))
    assert (here.returncode, there.returncode) == (0, 0), there.stderr
    assert (own.path / "page.html").read_text() == (other.path / "page.html").read_text()
    assert there.stdout == here.stdout
    assert here.stderr == ""
    assert there.stderr.startswith("No state lies here. Told is its copy of 20")
    assert there.stderr.rstrip().endswith(f"s3://{bucket.name}/a/score.snapshot")
    after = bucket.s3.head_object(Bucket=bucket.name, Key="a/score.snapshot")
    assert (after["ETag"], after["Metadata"]) == (before["ETag"], before["Metadata"])
    assert {path.name for path in other.path.iterdir()} == {"in", "watch.yaml", "page.html"}
    # The watch goes on: nobody took it over.
    own.write("1.jsonl", events(500, first=3_000))
    own.run()


def test_training_rows_stand_beside_the_copy(watched: tuple[Site, Site, Any]) -> None:
    _, other, bucket = watched
    rows = "amount,country\n" + "".join(f"{3 + n % 7},DE\n" for n in range(2_000))
    bucket.s3.put_object(Bucket=bucket.name, Key="train/rows.csv", Body=rows.encode())
    done = other.call("report", "--out", "page.html", "--training", f"s3://{bucket.name}/train/")
    assert done.returncode == 0, done.stderr
    assert "Training rows (2,000 in 1 file) beside live traffic, by PSI: amount " in done.stdout


def test_without_state_and_copy_it_says_so(watched: tuple[Site, Site, Any]) -> None:
    _, other, bucket = watched
    bucket.s3.delete_object(Bucket=bucket.name, Key="a/score.snapshot")
    done = other.call("report", "--out", "page.html")
    assert done.returncode == 3
    assert f"no copy of one at s3://{bucket.name}/a/score.snapshot" in done.stderr


def test_who_may_not_read_the_copy_is_told_which(
    watched: tuple[Site, Site, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, other, bucket = watched

    def denied(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")

    monkeypatch.setattr(Snapshots, "_found", denied)
    monkeypatch.chdir(other.path)
    assert main(["report", "--config", "watch.yaml", "--out", "page.html"]) == 3
    assert f"s3://{bucket.name}/a/score.snapshot: AccessDenied; no state lies here" in capsys.readouterr().err
