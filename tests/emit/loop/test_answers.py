"""What a new version answers beside the old one, while traffic shifts: where it strays, the old one comes back."""

import json
import math
from collections.abc import Sequence
from random import Random

import pytest
from tests.emit.loop.standing import ENDPOINT, REGION, STRAYED
from tests.emit.loop.world import World

from landform.emit.loop.steps import figures, rows
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
    for configuration, told in ((ENDPOINT, OLD), (new, answers)):
        world.answer(configuration, told)
    path = world.deployed()
    assert path.endswith("Deployed" if serves else f"Seen {REGION} Back {REGION} Not deployed {REGION}")
    assert world.endpoint()["EndpointConfigName"] == (new if serves else ENDPOINT)
    assert world.in_force().startswith("arn:") is serves
    alarm = world.client("cloudwatch").describe_alarms(AlarmNames=["strayed"])["MetricAlarms"][0]
    assert alarm["StateValue"] == ("OK" if serves else "ALARM")


def test_of_a_package_that_no_retraining_made_nothing_is_expected(aws: EmbeddedAws) -> None:
    world = World(aws)
    world.stand()
    world.deploy()
    new = world.prepared()
    for configuration, told in ((ENDPOINT, OLD), (new, [2.0] * 400)):
        world.answer(configuration, told)
    assert world.deployed().endswith("Deployed")
    assert world.client("cloudwatch").list_metrics(Namespace=STRAYED["namespace"])["Metrics"] == []


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
    given = ["0.5", "none", "nan", '{"text": "x"}', '{"score": 0.25}']
    lines = [
        json.dumps({**line, "captureData": {"endpointOutput": {"data": data, "encoding": "CSV"}}}) for data in given
    ]
    assert [answer for _, answer in rows.answered([*lines, "no line"])] == [0.5, math.inf, math.inf, math.inf, 0.25]
