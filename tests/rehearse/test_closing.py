"""What a played loop needs, and the clock of what is played; the whole story is in tests/rehearsal."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from landform.cli import main
from landform.commands.closing import Playable, pace, playable
from landform.pipeline import analyse
from landform.rehearse.traffic import Pace, Traffic

SPECS = Path(__file__).parents[2] / "specs"
DAY = 86_400


@pytest.fixture
def credit(tmp_path: Path) -> Path:
    """The sample, to be spoilt."""
    shutil.copytree(SPECS / "credit", tmp_path / "credit")
    return Path(shutil.copy(SPECS / "credit.yaml", tmp_path))


def told(spec: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["rehearse", "--loop", str(spec)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_a_spec_without_a_loop_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert "LF0906" in (said := told(SPECS / "returns.yaml", capsys))
    assert "the spec has no loop" in said


def test_rows_are_asked_for(credit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (credit.parent / "credit/model/rehearsal/after.csv").unlink()
    assert "beside the model of serve.score lie no rows" in told(credit, capsys)


def test_a_first_model_is_asked_for(credit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    credit.write_text(credit.read_text().replace("    initial: credit/model/score-0.tar.gz\n", ""))
    assert "serve.score has no model that could serve" in told(credit, capsys)


def test_a_fleet_is_not_played(credit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    on_sagemaker = "platform: sagemaker\n    instance: ml.m5.large\n    image: sklearn-1.4\n"
    moved = credit.read_text().replace(on_sagemaker, "platform: ec2\n    instance: m5.large\n    image: al2023\n")
    credit.write_text(moved.replace("model: train.risk\n", "model: train.risk\n    image: sklearn-1.4\n"))
    assert "train.risk runs on machines of its own, of which none stands here" in told(credit, capsys)


@pytest.mark.parametrize("name", ["credit", "fraud-detection"])
def test_the_samples_bring_rows_that_their_watch_knows(name: str) -> None:
    analysis = analyse(SPECS / f"{name}.yaml")
    assert analysis.plan is not None
    found = playable(analysis, analysis.plan)
    assert isinstance(found, Playable)
    columns, loop = found.own.watch.columns, found.own.loop
    assert columns and loop
    for rows in (found.before, found.after):
        cells = [row.split(",") for row in rows]
        assert {len(each) for each in cells} == {1 + len(columns)}
        assert {each[0] for each in cells} == {"0", "1"}
    assert len(found.after) * 5 // 8 >= loop.min_labelled


@pytest.mark.parametrize(
    ("said", "rows", "span"),
    [
        ("baseline: {rows: 1200}", 1200, 0),
        ("baseline: {rows: 1200}\n    season: 1d", 1200, 2 * DAY),
        ("baseline: {rows: 1200, span: 3 seasons}\n    season: 12h", 1200, 1.5 * DAY),
        ("baseline: {rows: 1200, span: 2h}\n    season: 1d", 1200, 7_200),
        ("baseline: {rows: 1200, span: 4000 events}", 4000, 0),
        ("baseline: {rows: 1200}\n    season: 1000 events", 2000, 0),
    ],
)
def test_a_watch_is_given_what_it_learns_from(said: str, rows: int, span: float, credit: Path) -> None:
    credit.write_text(credit.read_text().replace("baseline: {rows: 1200}", said))
    plan = analyse(credit).plan
    assert plan is not None
    assert pace(plan, plan.drift[0]) == Pace(rows=rows, span=span, lag=0)


@dataclass
class Kept:
    """An S3 that keeps what it is given, in order."""

    objects: list[dict[str, Any]] = field(default_factory=list)

    def put_object(self, **asked: Any) -> None:
        self.objects.append(asked)


@pytest.mark.parametrize(
    ("pace", "most"), [(Pace(rows=1200, span=0, lag=0), 250), (Pace(rows=5000, span=2 * DAY, lag=14 * DAY), 104)]
)
def test_traffic_comes_in_order_and_takes_as_long_as_a_watch_learns(pace: Pace, most: int) -> None:
    s3 = Kept()
    traffic = Traffic(s3, "s3://l/t/", pace.spacing)
    traffic.at = began = 1_800_000_000.0
    traffic.send(["1,5,6", "0,7,8", "0,9,9"], ["0.9", "0.1", "0.2"], pace.learning, "s3://c/u/")
    captured = [each for each in s3.objects if each["Bucket"] == "c"]
    assert [each["Key"] for each in captured] == sorted(each["Key"] for each in captured)
    sizes = [len(each["Body"].splitlines()) for each in captured]
    assert sum(sizes) == pace.learning > pace.rows
    assert max(sizes) <= most
    lines = [json.loads(line) for each in captured for line in each["Body"].splitlines()]
    times = [datetime.fromisoformat(line["eventMetadata"]["inferenceTime"]).timestamp() for line in lines]
    assert times == sorted(times)
    assert times[-1] - began >= pace.span
    labels = [json.loads(line) for each in s3.objects if each["Bucket"] == "l" for line in each["Body"].splitlines()]
    assert [each["label"] for each in labels[:4]] == [1, 0, 0, 1]
    assert [each["id"] for each in labels] == [line["eventMetadata"]["eventId"] for line in lines]
    sides = lines[4]["captureData"]
    assert (sides["endpointInput"]["data"], sides["endpointOutput"]["data"]) == ("7,8", "0.1")
