"""A planted secret leaves by no door: sinks, logs, metrics, rejects, the report, what `fit` says."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from landform_agent.config import ConfigError, parse
from landform_agent.snapshots import Snapshots
from landform_agent.store import Store

from .cloud import Cloud
from .conftest import CONFIG, Site, events
from .test_pressure import running, until
from .test_serve import _port as free_port
from .test_serve import ask

Make = Callable[..., Site]
SECRET = "hunter2"
HEAD, CHANGE, COUNT = 3_000, 4_000, 8_000


def _line(number: int, chance: random.Random) -> str:
    """The secret is the sensitive feature's frequent value, more so after the change, and part of every id."""
    often = 0.2 if number < CHANGE else 0.7
    event = {
        "id": f"{SECRET}-{number}",
        "at": 1_772_323_200 + number,
        "features": {"amount": chance.gauss(0, 1), "country": SECRET if chance.random() < often else "DE"},
        "prediction": chance.random(),
    }
    return json.dumps(event)


def _broken(number: int) -> list[str]:
    return [
        f'{{"id": "{SECRET}{number}", "features": {{"amount": "{SECRET}"}}}}',
        f'{{"features": {{"amount": 1, "country": "{SECRET}", ',
        json.dumps({"features": {"amount": 1}, "prediction": SECRET}),
        json.dumps({"features": {"amount": 1, "more": SECRET}, "at": SECRET}),
        json.dumps({"id": SECRET, "label": SECRET}),
        json.dumps([SECRET]),
        SECRET,
    ]


def test_by_no_door(site: Make, cloud: Callable[[str], Cloud]) -> None:
    port, up = free_port(), cloud("secret")
    sinks = f"sinks: [{{kind: eventbridge, bus: secret}}, {{kind: cloudwatch, namespace: {up.name}}}, {{kind: log}}, "
    config = CONFIG.replace("sinks: [", sinks).replace("kind: categorical", "kind: categorical, sensitive: true")
    config += f"region: us-east-1\nlisten: 127.0.0.1:{port}\n"
    watch = replace(site("watch", config), engine="landform_agent.engine")
    chance = random.Random(5)
    lines = [_line(number, chance) for number in range(COUNT)]
    head = watch.path / "head.jsonl"
    head.write_text("".join(f"{line}\n" for line in (*lines[:HEAD], *_broken(0))))
    fitted = watch.call("fit", "--baseline", head)
    assert fitted.returncode == 0, fitted.stderr
    stream = lines[HEAD:]
    for number in range(1, 60):
        stream[80 * number : 80 * number] = _broken(number)
    watch.write("0.jsonl", stream)
    with running(watch, port) as process:
        until(lambda: any(json.loads(alarm)["kind"] == "category" for alarm in watch.alarms()))
        figures = ask(port, "GET", "/metrics")[1] + ask(port, "GET", "/healthz")[1]
        process.terminate()
        log = "".join(process.communicate(timeout=30))
    page = watch.path / "report.html"
    report = watch.call("report", "--out", page)
    assert report.returncode == 0, report.stderr
    told = up.cloudwatch.list_metrics(Namespace=up.name)["Metrics"]
    doors = {
        "fit": fitted.stdout + fitted.stderr,
        "log": log,
        "figures": figures,
        "file": "".join(watch.alarms()),
        "rejects": json.dumps(watch.rejects()),
        "bus": "".join(up.alarms()),
        "cloudwatch": json.dumps(told, default=str),
        "report": page.read_text() + report.stdout + report.stderr,
    }
    assert "country" in doors["file"]
    assert "category" in doors["bus"]
    assert "The share of one category, which is not named" in doors["bus"]
    assert '"alarm"' in doors["log"]
    assert len(watch.rejects()) >= 59 * 5
    assert told
    assert [door for door, text in doors.items() if SECRET in text] == []


def test_what_holds_values_is_for_the_agent_alone(site: Make, cloud: Callable[[str], Cloud], tmp_path: Path) -> None:
    cloud("private")
    config = CONFIG.replace("state: {path: state.sqlite}", "state: {path: state.sqlite, snapshots: 's3://private'}")
    watch = site("watch", config + "keep_raw: true\nregion: us-east-1\n")
    watch.write("0.jsonl", [*events(1_200), SECRET])
    watch.run()
    held = [watch.path / name for name in ("state.sqlite", "state.sqlite.rejected.jsonl")]
    assert SECRET in held[1].read_text()
    held.append(tmp_path / "restored")
    assert Snapshots("s3://private", "score", "us-east-1", 300).restore(held[2])
    with Store(held[2]) as store:
        held.append(tmp_path / "copied")
        store.copy(held[3])
        held += [file for file in tmp_path.iterdir() if file.name.startswith("restored-")]
        assert len(held) > 4
        assert {file.name: file.stat().st_mode & 0o077 for file in held} == dict.fromkeys((f.name for f in held), 0)


def test_no_segment_is_named_by_what_is_sensitive() -> None:
    config = CONFIG + "segments: {by: country}\n"
    assert parse(config).segments
    for hidden in ("sensitive: true", "class: pii"):
        with pytest.raises(ConfigError, match=r"segments.by: 'country' is sensitive, and alarms name their segments"):
            parse(config.replace("kind: categorical", f"kind: categorical, {hidden}"))


def test_no_more_segments_are_asked_for_than_are_watched() -> None:
    assert parse(CONFIG + "segments: {by: country, max: 250}\n").segments
    with pytest.raises(ConfigError, match=r"segments.max"):
        parse(CONFIG + "segments: {by: country, max: 251}\n")
