"""After a deployment: the new version learns on its own traffic, and what stood of the old one is cleared."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import numpy as np

from landform_agent.sources.shifts import Parameter, Shift, Told, known, versions
from landform_agent.store import Store

from .cloud import Cloud
from .conftest import CONFIG, Site

Make = Callable[..., Site]
HEAD, CHANGE, DEPLOYED, COUNT, PER_OBJECT = 3_000, 4_000, 6_000, 11_000, 1_000
START = datetime(2026, 3, 1, tzinfo=UTC)
CAPTURED = CONFIG.replace("rows: 1000", f"rows: {HEAD}") + "columns: [amount, country]\n"


def call(number: int) -> str:
    """A captured call; `amount` moves at `CHANGE` and stays there."""
    chance = random.Random(number)
    data = f"{chance.gauss(1.0 if number >= CHANGE else 0.0, 1):.4f},{chance.choice(('DE', 'FR'))}"
    answer = {"data": f"{chance.random():.3f}", "encoding": "CSV"}
    sides = {"endpointInput": {"data": data, "encoding": "CSV"}, "endpointOutput": answer}
    meta = {"eventId": f"c{number}", "inferenceTime": f"{START + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ}"}
    return json.dumps({"captureData": sides, "eventMetadata": meta, "eventVersion": "0"})


def objects(first: int, last: int, variant: Callable[[int], str]) -> list[tuple[str, str]]:
    made = []
    for number in range(first, last, PER_OBJECT):
        at = START + timedelta(seconds=number)
        name = f"score/{variant(number)}/{at:%Y/%m/%d/%H/%M-%S}-123-x.jsonl"
        made.append((name, "".join(f"{call(one)}\n" for one in range(number, number + PER_OBJECT))))
    return made


def story(watch: Site) -> list[tuple[str, str, str]]:
    told = [json.loads(line) for line in (watch.path / "alarms.jsonl").read_text().splitlines()]
    return [(one["feature"], one["state"], one["model_version"]) for one in told]


def test_capture_files_of_another_variant_clear_what_stood(site: Make) -> None:
    config = CAPTURED.replace("path: in/*,", "path: in/**/*.jsonl,")
    watch = replace(site("files", config), engine="landform_agent.engine")
    for name, body in objects(0, COUNT, lambda number: "v2" if number >= DEPLOYED else "v1"):
        file = watch.path / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(body)
    watch.run("--batch", 700)
    assert story(watch) == [("amount", "raised", "v1"), ("amount", "cleared", "v1")]
    cleared = json.loads((watch.path / "alarms.jsonl").read_text().splitlines()[-1])
    assert cleared["seq"] == DEPLOYED + HEAD - 1
    assert cleared["evidence"] == {"reference": "a later model version"}


def test_a_deployment_says_which_version_serves_where_the_variant_stays(
    cloud: Callable[[str], Cloud], site: Make
) -> None:
    here, parameter = cloud("deployed"), "/landform/shop/score/shift"
    told = [{"QueueArn": here.arn(here.news), "Events": ["s3:ObjectCreated:*"]}]
    here.s3.put_bucket_notification_configuration(
        Bucket=here.name, NotificationConfiguration={"QueueConfigurations": told}
    )
    source = f"{{kind: capture, bucket: {here.name}, queue: {here.name}-news, wait: 1s, shifts: {parameter}}}"
    config = CAPTURED.replace("{kind: files, path: in/*, settle: 0.1s}", source) + "region: us-east-1\n"
    watch = replace(site("deployed", config), engine="landform_agent.engine")
    ssm: Any = boto3.client("ssm")

    def play(first: int, last: int) -> None:
        for name, body in objects(first, last, lambda _: "AllTraffic"):
            here.s3.put_object(Bucket=here.name, Key=name, Body=body)
        done = watch.call("run", "--until-idle", "2s")
        assert done.returncode == 0, done.stderr

    def announce(state: str, number: int) -> None:
        said = {"state": state, "run": "r1", "at": START.timestamp() + number, "version": "score/2"}
        ssm.put_parameter(Name=parameter, Value=json.dumps(said), Type="String", Overwrite=True)

    play(0, DEPLOYED)
    assert story(watch) == [("amount", "raised", "AllTraffic")]
    announce("shifting", DEPLOYED)
    play(DEPLOYED, DEPLOYED + 1_000)
    announce("settled", DEPLOYED + 1_000)
    play(DEPLOYED + 1_000, COUNT)
    assert story(watch) == [("amount", "raised", "AllTraffic"), ("amount", "cleared", "AllTraffic")]
    cleared = json.loads((watch.path / "alarms.jsonl").read_text().splitlines()[-1])
    assert cleared["seq"] == DEPLOYED + 1_000 + HEAD - 1


def test_what_is_read_again_has_the_versions_that_it_had() -> None:
    shifts = [
        Shift(3, Told("shifting", 100.0, "2")),
        Shift(5, Told("settled", 200.0, "2")),
        Shift(8, Told("shifting", 300.0, "3")),
        Shift(9, Told("back", 400.0, "3")),
    ]
    at = np.array([50.0, 100.0, 199.0, 250.0, 350.0, 450.0])
    assert versions(shifts, 3, at, "1") == "1"
    assert versions(shifts, 5, at, "1") == ["1", "", "", "", "", ""]
    assert versions(shifts, 8, at, "1") == ["1", "", "", "2", "2", "2"]
    assert versions(shifts, 10, at, "1") == ["1", "", "", "2", "", "2"]


def test_a_parameter_is_journaled_once_and_may_be_absent_or_no_shift(
    cloud: Callable[[str], Cloud], tmp_path: Path
) -> None:
    cloud("parameter")
    ssm: Any = boto3.client("ssm")
    with Store(tmp_path / "state.sqlite") as store:
        Parameter("/shift", "us-east-1").note(store)
        assert known(store) == ()
        ssm.put_parameter(Name="/shift", Value="none yet", Type="String")
        Parameter("/shift", "us-east-1").note(store)
        assert known(store) == ()
        ssm.put_parameter(Name="/shift", Value='{"state": "settled", "at": 7, "version": "2"}', Overwrite=True)
        for _ in range(2):
            Parameter("/shift", "us-east-1").note(store)
        assert known(store) == (Shift(0, Told("settled", 7.0, "2")),)


def test_a_parameter_that_begins_without_a_version_changes_no_version() -> None:
    """A loop that a watch gets later: until somebody deploys, what serves is what was fitted on."""
    at = np.array([1.0, 2.0, 3.0])
    begun = Shift(0, Told("settled", 0.0))
    assert versions([begun], 3, at, "AllTraffic") == "AllTraffic"
    shifted = Shift(0, Told("settled", 3.0, "v2"))
    assert versions([begun, shifted], 3, at, "AllTraffic") == ["AllTraffic", "AllTraffic", "v2"]
