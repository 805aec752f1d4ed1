"""A person who is asked: lets the challenger in, refuses it, or does not answer; on the machine as it is executed."""

import re
import time

import pytest
from tests.emit.loop.standing import ENDPOINT
from tests.emit.loop.world import World

from landform.rehearse.embedded import EmbeddedAws

TOKEN = r"--task-token (\S+)"


@pytest.fixture
def world(aws: EmbeddedAws) -> World:
    world = World(aws)
    world.stand()
    return world


def test_who_approves_by_the_token_in_the_message_lets_it_in(world: World) -> None:
    world.ask()
    message = world.asked()
    lets_in, refuses = re.findall(TOKEN, message)
    assert lets_in == refuses
    assert "send-task-success --task-output true" in message
    assert world.in_force() == "s3://models/first.tar.gz"
    world.client("stepfunctions").send_task_success(taskToken=lets_in, output="true")
    new, at = world.prepared(), time.time()
    for configuration in (ENDPOINT, new):
        world.answer(configuration, [0.1, 0.9] * 100, at)
    (path,) = world.ended(1)
    assert path == "Approve Register Deploy Deployed Settle Tell How it went Over", world.why()
    assert world.in_force().startswith("arn:")
    assert world.package()["CustomerMetadataProperties"]["moved"] == "0.3"
    ((subject, message),) = world.messages()
    assert subject == "score: deployed"
    assert "200 of its answers were compared with the old model's while both served." in message


def test_who_refuses_says_why_and_the_champion_stays(world: World) -> None:
    world.ask()
    (token, _) = re.findall(TOKEN, world.asked())
    told = {"error": "Refused", "cause": "It denies all of Sundays."}
    world.client("stepfunctions").send_task_failure(taskToken=token, **told)
    (path,) = world.ended(1)
    assert path == "Approve Rejected Settle Tell How it went Over", world.why()
    assert world.in_force() == "s3://models/first.tar.gz"
    ((subject, message),) = world.messages()
    assert subject == "score: rejected"
    assert message.startswith("The challenger was good enough, and nobody let it in; the champion stays.")
    assert "It denies all of Sundays." in message


def test_who_does_not_answer_in_time_has_refused(world: World) -> None:
    world.ask(within=2)
    world.asked()
    (path,) = world.ended(1)
    assert path == "Approve Rejected Settle Tell How it went Over", world.why()
    assert world.in_force() == "s3://models/first.tar.gz"
    assert world.told() == ["score: rejected"]


def test_a_question_that_reaches_nobody_is_no_refusal(world: World) -> None:
    world.ask(topic="nobody")
    (path,) = world.ended(1)
    assert path == "Approve Failed Settle Tell How it went Went wrong", world.why()
    ((subject, message),) = world.messages()
    assert subject == "score: failed"
    assert message.startswith("The retraining failed; the champion stays.")
    assert "nobody let it in" not in message
