"""What a new version answers beside the old one, while traffic shifts: where it strays, the old one comes back."""

import json
import math
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import pytest
from tests.emit.loop.standing import ENDPOINT, REGION, STRAYED
from tests.emit.loop.world import World

from landform.emit.loop.steps import answered, figures, rows, stored
from landform.emit.loop.steps.answered import destination, folder
from landform.emit.loop.steps.stored import Place
from landform.rehearse.embedded import EmbeddedAws

OLD = [0.1, 0.9] * 300


@pytest.mark.parametrize(("answers", "serves"), [(OLD, True), ([2.0] * 400, False)], ids=["alike", "far"])
def test_a_version_that_strays_goes_back(aws: EmbeddedAws, answers: Sequence[float], serves: bool) -> None:
    world = World(aws)
    world.stand()
    world.deploy(moved="0.2")
    new = world.prepared()
    at = time.time()
    for configuration, told in ((ENDPOINT, OLD), (new, answers)):
        world.answer(configuration, told, at)
    path = world.deployed()
    assert path.endswith("Deployed" if serves else f"Seen {REGION} Back {REGION} Not deployed {REGION}")
    assert world.endpoint()["EndpointConfigName"] == (new if serves else ENDPOINT)
    assert world.in_force().startswith("arn:") is serves
    if serves:
        assert json.loads(world.deployment()["output"])["recorded"]["answer"]["compared"] == len(answers)
    alarm = world.client("cloudwatch").describe_alarms(AlarmNames=["strayed"])["MetricAlarms"][0]
    assert alarm["StateValue"] == ("OK" if serves else "ALARM")


def test_of_a_package_that_no_retraining_made_nothing_is_expected(aws: EmbeddedAws) -> None:
    world = World(aws)
    world.stand()
    world.deploy()
    new = world.prepared()
    at = time.time()
    for configuration, told in ((ENDPOINT, OLD), (new, [2.0] * 400)):
        world.answer(configuration, told, at)
    assert world.deployed().endswith("Deployed")
    assert world.client("cloudwatch").list_metrics(Namespace=STRAYED["namespace"])["Metrics"] == []


def test_versions_are_compared_on_the_same_minutes(aws: EmbeddedAws) -> None:
    """What the old one answered before the new one did is another traffic's."""
    world = World(aws)
    world.stand()
    world.deploy(moved="0.2")
    new, before = world.prepared(), time.time()
    world.answer(ENDPOINT, [2.0] * 5_000, before)
    for configuration in (ENDPOINT, new):
        world.answer(configuration, OLD, before + 1)
    assert world.deployed().endswith("Deployed")
    assert json.loads(world.deployment()["output"])["recorded"]["answer"]["compared"] == len(OLD)


def test_the_newest_answers_are_compared(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an old version that answers more than is looked at, that is its last minutes, and the same of the new one."""
    monkeypatch.setattr(answered, "MOST", 100)
    world = World(aws)
    world.stand()
    s3, under, begin = world.client("s3"), Place(**STRAYED["capture"]), time.time() // 1
    world.answer(ENDPOINT, [0.5] * 100, begin)
    for second in range(1, 6):
        world.answer(ENDPOINT, [0.1, 0.9] * 50, begin + second)
    assert answered.compared(s3, under, ENDPOINT, "new", begin, 0.0) is None
    key = f"{folder(under, 'new').key}{stored.hour(begin)}/99-{{}}.jsonl"
    for second, answer in ((1, 0.5), (5, 0.1)):
        at = datetime.fromtimestamp(begin + second, UTC).isoformat()
        output = {"endpointOutput": {"data": f"{answer}\n" * 40, "encoding": "CSV"}}
        line = json.dumps({"eventMetadata": {"inferenceTime": at}, "captureData": output})
        s3.put_object(Bucket="captured", Key=key.format(second), Body=line.encode())
    found = answered.compared(s3, under, ENDPOINT, "new", begin, 0.0)
    assert found and found.answers == 40


@pytest.mark.parametrize(
    ("states", "end", "told"),
    [
        (("Look",), "Describe {0} Seen {0} Record {0} Shift ends Deployed", "settled"),
        (("Look", "Describe"), "Look {0} Describe {0} Unsettled {0} Not settled {0}", "shifting"),
        (("Record",), "Record {0} Unrecorded {0} Not recorded {0}", "settled"),
    ],
    ids=["look", "look and describe", "record"],
)
def test_what_serves_is_told_whatever_fails_beside_it(
    aws: EmbeddedAws, states: Sequence[str], end: str, told: str
) -> None:
    world = World(aws)
    world.stand()
    world.breaks(*(f"{name} {REGION}" for name in states))
    world.deploy()
    assert world.deployed().endswith(end.format(REGION))
    assert world.shift()["state"] == told
    cause = world.deployment().get("cause", "")
    assert "old model" not in cause
    if "Describe" in states:
        assert cause.startswith(f"Which model serves in {REGION} is not known")
    else:
        assert world.endpoint()["EndpointConfigName"] == world.prepared()


def test_a_comparison_that_fails_is_none_and_fails_nothing_else(aws: EmbeddedAws) -> None:
    world = World(aws)
    world.stand()
    world.deploy(moved="much")
    assert world.deployed().endswith("Deployed")
    assert "Describe" not in world.deploying_states()
    assert json.loads(world.deployment()["output"])["recorded"]["answer"]["compared"] == 0


def test_each_configuration_has_a_folder() -> None:
    under = Place(**STRAYED["capture"])
    uri = destination("s3://captured/capture/serve-score", ENDPOINT, "new")
    assert folder(under, "new").uri == f"{uri}/{ENDPOINT}/AllTraffic/"
    assert folder(under, ENDPOINT).uri == f"s3://captured/capture/serve-score/{ENDPOINT}/AllTraffic/"


def test_distance_is_that_of_the_distributions() -> None:
    assert figures.distance([1, 2, 3], [1, 2, 3]) == 0
    assert figures.distance([1, 1], [2, 2]) == 1
    assert figures.distance([0.0, math.inf], [0.0, 0.0]) == 0.5


@pytest.mark.parametrize("size", [20, 200])
def test_versions_that_answer_alike_do_not_stray(size: int) -> None:
    """Of 200 deployments, each beside an old version that answers five times as often, none goes back."""
    draw = Random(size)
    told = [[draw.gauss(0, 1) for _ in range(size)] for _ in range(200)]
    usual = [draw.gauss(0, 1) for _ in range(5 * size)]
    assert max(figures.strayed(new, usual, 0.0) for new in told) < 0.1


def test_what_the_evaluation_showed_is_expected() -> None:
    draw = Random(3)
    old, new = ([draw.gauss(mean, 1) for _ in range(3_000)] for mean in (0, 1))
    apart = figures.distance(new, old)
    assert figures.strayed(new, old, apart) < 0
    assert figures.strayed(new, old, 0.0) > 0.1


def test_an_answer_that_is_no_number_lies_beyond_all_others() -> None:
    line = {"eventMetadata": {"inferenceTime": "2026-11-29T10:00:00Z"}, "captureData": {}}
    odd = ["none", "nan", '{"text": "x"}', '{"predictions": [[]]}', "[[]]", f'{{"score": 1{"0" * 400}}}', "[" * 100_000]
    asked = {"endpointInput": {"data": "1", "encoding": "CSV"}}
    lines = [
        json.dumps({**line, "captureData": {**asked, "endpointOutput": {"data": data, "encoding": "CSV"}}})
        for data in ["0.5", *odd, '{"score": 0.25}']
    ]
    lines += ["no line", "[]", '{"eventMetadata": []}']
    assert [answer for _, answer in rows.answered(lines)] == [0.5, *[math.inf] * len(odd), 0.25]
    known = [
        json.dumps(json.loads(one) | {"eventMetadata": {**line["eventMetadata"], "eventId": "e"}}) for one in lines[:-3]
    ]
    assert {0.5, 0.25} <= {row.answer for row in rows.captured([*known, *lines], ["x"], ENDPOINT)}
