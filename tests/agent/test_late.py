"""Labels that come late through the whole agent: as lines of files, and as objects on S3 beside captured calls."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from .cloud import Cloud, watching
from .conftest import CONFIG, Site

Make = Callable[..., Site]
START = 1_772_323_200
HEAD, CHANGE, COUNT, LAG = 4_000, 8_000, 14_000, 1_000


def _stream(lag: int) -> list[str]:
    """A model that errs more often from event 8,000 on; labels come by the end of their lag, positives sooner."""
    chance = random.Random(8)
    came: list[tuple[float, str]] = []
    for number in range(COUNT):
        prediction = chance.random()
        truth = chance.random() < (prediction if number < CHANGE else 0.5)
        features = {"amount": chance.gauss(0, 1), "country": chance.choice(("DE", "FR", "US"))}
        event = {"id": f"e{number}", "at": START + number, "features": features, "prediction": round(prediction, 3)}
        came.append((number, json.dumps(event)))
        if chance.random() < 0.9:
            label = {"id": f"e{number}", "label": int(truth), "at": START + number + lag}
            came.append((number + (0.2 if truth else 0.9) * lag + 0.5, json.dumps(label)))
    return [text for _, text in sorted(came)]


def _site(make: Make, name: str, more: str = "labels: {lag: 1000s}\n") -> Site:
    return replace(make(name, CONFIG.replace("rows: 1000", f"rows: {HEAD}") + more), engine="landform_agent.engine")


@pytest.mark.parametrize("batch", [333, 10_000])
def test_a_model_that_errs_more_is_told_once_its_labels_are_there(site: Make, batch: int) -> None:
    lines = _stream(LAG)
    recorded, killed = _site(site, "recorded"), _site(site, "killed")
    (recorded.path / "all.jsonl").write_text("\n".join(lines))
    done = recorded.call("replay", "all.jsonl", "--alarms", "alarms.jsonl")
    assert done.returncode == 0, done.stderr
    [alarm] = map(json.loads, recorded.alarms())
    assert (alarm["channel"], alarm["kind"], alarm["state"]) == ("label", "performance", "raised")
    assert CHANGE + LAG <= alarm["seq"] < CHANGE + LAG + 1_500

    killed.write("0.jsonl", lines[:9_000])
    killed.write("1.jsonl", lines[9_000:])
    for pause in (0.8, 1.0, 1.2):
        process = killed.start("run", "--batch", batch)
        time.sleep(pause)
        process.kill()
        process.communicate()
    counts = json.loads(killed.run("--batch", batch).stderr.splitlines()[-1])["counts"]
    assert killed.alarms() == recorded.alarms()
    judged, absent = counts["labels_judged"], counts["labels_absent"]
    assert 0.88 < judged / (judged + absent) < 0.92
    assert judged + absent == COUNT - LAG - 1


def test_labels_that_nobody_asked_for_are_counted(site: Make) -> None:
    plain = site("plain")
    plain.write("0.jsonl", _stream(LAG)[:2_000])
    counts = json.loads(plain.run().stderr.splitlines()[-1])["counts"]
    assert counts["labels_unasked"] > 300
    assert counts["rejected"] == 0


def _truth(number: int) -> str:
    data = {"data": str(number % 2), "encoding": "CSV"}
    return json.dumps({"groundTruthData": data, "eventMetadata": {"eventId": f"c{number}"}, "eventVersion": "0"})


def test_label_objects_of_a_bucket_are_joined_with_captured_calls(cloud: Callable[[str], Cloud], site: Make) -> None:
    here = cloud("truth")
    watch = watching(site, here)
    watch.config.write_text(
        watch.config.read_text() + f"labels: {{bucket: {here.name}, prefix: truth/, complete: true}}\n"
    )
    for number in range(3):
        here.send(here.put(number))
    assert watch.call("run", "--until-idle", "2s").returncode == 0
    body = "\n".join(_truth(number) for number in range(0, 300, 3))
    here.s3.put_object(Bucket=here.name, Key=f"truth/{datetime.now(UTC):%Y/%m/%d/%H}/1.jsonl", Body=body)
    here.send(here.put(3))
    done = watch.call("run", "--until-idle", "2s")
    counts = json.loads(done.stderr.splitlines()[-1])["counts"]
    assert (counts["accepted"], counts["labels"], counts.get("lost", 0)) == (1_600, 100, 0)
    done = watch.call("run", "--until-idle", "2s")
    assert json.loads(done.stderr.splitlines()[-1])["counts"]["labels"] == 100
