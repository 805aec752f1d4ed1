"""What a run may cost over weeks: events of its history, objects that it reads, time that others leave it."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws
from passes.test_drift import LABELS, THEN, WATCH, said
from support.specs import outcome
from tests.emit.loop.standing import ACCOUNT

from landform.emit.loop.retraining import APPROVAL_SECONDS
from landform.emit.loop.steps import assemble, retrain, stored
from landform.emit.loop.steps.stored import Place
from landform.lower import loop

EVENTS = 9
"""Of a look: five of the task (entered, scheduled, started, succeeded, exited), two each of the choice and the wait."""
DAY = 86_400


def made(lag: str, then: str = "", of: str = "retrain") -> dict[str, Any]:
    plan = outcome(said(f"{WATCH}, {LABELS.replace('14d', lag)}, {THEN % then}")).sound
    (text,) = (text for name, text in loop.loop_files(plan).items() if name.endswith(f"_{of}.asl.json"))
    machine: dict[str, Any] = json.loads(text)
    return machine


def settings(machine: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = machine["States"]["Settings"]["Result"]
    return found


@pytest.mark.parametrize(("lag", "then"), [("14d", ""), ("30d", ""), ("30d", ", approve: manual")])
def test_a_run_that_waits_for_labels_stays_within_the_events_of_an_execution(lag: str, then: str) -> None:
    machine = made(lag, then)
    said = settings(machine)
    assert said["labels"]["lag"] == int(lag[:-1]) * DAY
    assert machine["States"]["Await labels"]["SecondsPath"] == "$.labelled.answer.seconds"
    labels = (2 * said["labels"]["lag"] + said["patience"]) / said["poll"]
    queued = said["longest"] / said["poll"]
    assert (labels + queued) * EVENTS < 20_000


@pytest.mark.parametrize("regions", [1, 12])
def test_a_deployment_to_many_regions_stays_within_the_events_of_an_execution(
    regions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = loop.served_in
    monkeypatch.setattr(loop, "served_in", lambda *asked: served(*asked) * regions)
    machine = made("14d", ", deploy: canary 50% for 1h", of="deploy")
    (poll,) = {state["Seconds"] for state in machine["States"].values() if state["Type"] == "Wait"}
    assert poll >= 30
    assert machine["TimeoutSeconds"] / poll * EVENTS < 20_000


def test_a_person_who_is_waited_for_has_the_time_that_others_leave_a_run() -> None:
    alone, asked = (settings(made("14d", then))["longest"] for then in ("", ", approve: manual"))
    assert asked - alone == APPROVAL_SECONDS


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="captured")
        sagemaker, role = boto3.client("sagemaker"), f"arn:aws:iam::{ACCOUNT}:role/score"
        sagemaker.create_model(ModelName="score", ExecutionRoleArn=role)
        variant = {"ModelName": "score", "VariantName": "AllTraffic", "InstanceType": "ml.m5.large"}
        sagemaker.create_endpoint_config(
            EndpointConfigName="score", ProductionVariants=[variant | {"InitialInstanceCount": 1}]
        )
        sagemaker.create_endpoint(EndpointName="score", EndpointConfigName="score")
        yield client


def asking(since: float, lag: int) -> dict[str, Any]:
    labels = {"bucket": "captured", "prefix": "labels/", "lag": lag}
    capture = {"bucket": "captured", "key": "capture/score/"}
    own = {"columns": ["x"], "capture": capture, "labels": labels, "min_labelled": 1, "patience": 60, "poll": 777}
    own |= {"endpoint": {"name": "score"}}
    return {
        "settings": own,
        "alarm": {"since": f"{stored.datetime.fromtimestamp(since, stored.UTC).isoformat()}"},
        "admission": {"answer": {"began": since}},
    }


def test_nobody_looks_before_anything_can_be_ripe() -> None:
    """Without an AWS: there is nothing to be asked of it."""
    since = time.time() - 4 * DAY
    found = retrain.count(asking(since, 14 * DAY))
    assert not found["ready"] and not found["late"]
    assert 10 * DAY - 60 < found["seconds"] <= 10 * DAY + 1


def test_only_objects_in_which_ripe_rows_can_lie_are_read(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now, lag = time.time(), 10 * DAY
    since = now - 12 * DAY
    first, later = "capture/score/AllTraffic", "capture/score/score-1a2b/score/AllTraffic"
    for day in (20, 11, 5, 0):
        for folder in (first, later):
            s3.put_object(Bucket="captured", Key=f"{folder}/{stored.hour(now - day * DAY)}/a.jsonl", Body=b"")
    s3.put_object(Bucket="captured", Key="labels/a.jsonl", Body=b"")
    read: list[str] = []
    monkeypatch.setattr(stored, "text", lambda _, where: read.append(where.key) or "")
    assert retrain.count(asking(since, lag))["seconds"] == 777
    hour = stored.hour(now - 11 * DAY)
    assert read == ["labels/a.jsonl", f"{first}/{hour}/a.jsonl", f"{later}/{hour}/a.jsonl"]


def test_a_champion_is_judged_by_its_own_answers_alone(s3: Any) -> None:
    """Beside it a canary has answered, which went back; its rows are trained on."""
    since = time.time() - 100
    for which, answer, first in (("", 0.9, 0), ("score-1a2b/score/", 0.1, 1)):
        lines, told = [], []
        for second in range(first, 40, 2):
            meta = {
                "eventId": f"{second}",
                "inferenceTime": f"{datetime.fromtimestamp(since + second, UTC).isoformat()}",
            }
            sides = {
                side: {"data": f"{text}", "encoding": "CSV"}
                for side, text in (("endpointInput", 1), ("endpointOutput", answer))
            }
            lines.append(json.dumps({"eventMetadata": meta, "captureData": sides}))
            told.append(json.dumps({"id": meta["eventId"], "label": 1}))
        key = f"capture/score/{which}AllTraffic/{stored.hour(since)}/z.jsonl"
        s3.put_object(Bucket="captured", Key=key, Body="\n".join(lines).encode())
        s3.put_object(Bucket="captured", Key=f"labels/{first}.jsonl", Body="\n".join(told).encode())
    s3.put_object(Bucket="captured", Key="train/old.csv", Body=b"1,1\n")
    event = asking(since, 0)
    event["settings"] |= {
        "data": {"train": "s3://captured/train/", "work": "drift/score/", "given": "drift/score/given/"},
        "min_labelled": 40,
    }
    event |= {"run": "r", "alarm": {**event["alarm"], "id": "a", "attempt": 1}}
    assert retrain.count(event) | {"seconds": 0} == {
        "rows": 40,
        "of_champion": 20,
        "ready": True,
        "late": True,
        "seconds": 0,
    }
    retrain.gather(event)
    judged = json.loads(stored.text(s3, Place("captured", "drift/score/r/judged.json")))
    assert [(int(second), answer) for second, _, answer in judged] == [(second, 0.9) for second in range(16, 40, 2)]
    assert stored.text(s3, Place("captured", "drift/score/given/r/new.csv")) == "1,1\n" * 16
    boto3.client("sagemaker").delete_endpoint(EndpointName="score")
    boto3.client("sagemaker").create_endpoint_config(
        EndpointConfigName="newest",
        ProductionVariants=[
            {"ModelName": "score", "VariantName": "a", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        ],
    )
    boto3.client("sagemaker").create_endpoint(EndpointName="score", EndpointConfigName="newest")
    assert not retrain.count(event)["ready"]


def test_labels_from_before_the_change_are_not_read(s3: Any) -> None:
    s3.put_object(Bucket="captured", Key="labels/a.jsonl", Body=b"")
    labels = Place("captured", "labels/")
    assert list(stored.keys(s3, labels, since=time.time() - 60)) == ["labels/a.jsonl"]
    assert list(stored.keys(s3, labels, since=time.time() + 60)) == []


def test_a_sample_is_of_all_objects_and_reads_no_more_than_it_takes() -> None:
    keys = [f"{number:04}" for number in range(1_000)]
    read: list[str] = []

    def object_of(key: str) -> str:
        read.append(key)
        return "".join(f"{key},{row}\n" for row in range(500))

    sample = assemble.sample(keys, object_of, 2_000)
    assert len(sample) == 2_000
    assert len(read) <= 21
    origins = {int(row[0]) for row in sample}
    assert min(origins) < 100 and max(origins) > 900
    assert {int(row[1]) > 400 for row in sample} == {True, False}


@pytest.mark.parametrize("count", [0, 1, 3, 45])
def test_a_sample_of_few_rows_is_all_of_them(count: int) -> None:
    keys = [f"{number:04}" for number in range(count)]
    sample = assemble.sample(keys, lambda key: f"{key},1\n{key},2\n", 20_000)
    assert sorted(sample) == [[key, row] for key in keys for row in ("1", "2")]
