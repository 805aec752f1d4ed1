"""The definitions: every way leads somewhere, and nothing fails unseen."""

from typing import Any

import pytest
from tests.emit.loop.trainings import BORNE, BatchWorld, FleetWorld
from tests.emit.loop.world import World

from landform.emit.loop.deployment import deployment
from landform.emit.loop.retraining import retraining
from landform.emit.loop.steps import follow


@pytest.fixture(params=["retrain", "approve", "deploy", "batch", "fleet"])
def machine(request: pytest.FixtureRequest) -> dict[str, Any]:
    of = {"batch": BatchWorld, "fleet": FleetWorld}.get(request.param, World)
    world = of(None)
    if request.param == "deploy":
        return deployment(world.deploying())
    return retraining(world.retraining(manual=request.param == "approve"))


def successors(state: dict[str, Any]) -> set[str]:
    ways = [state, *state.get("Choices", ()), *state.get("Catch", ())]
    return {way[key] for way in ways for key in ("Next", "Default") if key in way}


def test_every_state_is_reached_and_leads_somewhere(machine: dict[str, Any]) -> None:
    states = machine["States"]
    reached, waiting = set(), [machine["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += successors(states[name])
    assert reached == states.keys()
    ends = {name for name, state in states.items() if not successors(state)}
    assert {states[name]["Type"] for name in ends} == {"Succeed", "Fail"}


def test_every_task_has_a_time_and_a_way_out(machine: dict[str, Any]) -> None:
    for name, state in machine["States"].items():
        if state["Type"] == "Task":
            assert state["TimeoutSeconds"] > 0, name
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name
    assert machine["TimeoutSeconds"] > 0


def test_a_person_is_asked_where_the_spec_says_so() -> None:
    states = retraining(World(None).retraining(manual=True))["States"]  # type: ignore[arg-type]
    assert states["Good enough"]["Choices"][0]["Next"] == "Approve"
    assert states["Approve"]["Resource"].endswith(".waitForTaskToken")
    assert [each["Next"] for each in states["Approve"]["Catch"]] == ["Rejected", "Failed"]


def test_a_job_of_batch_bears_the_tags_by_which_it_may_be_ended() -> None:
    """Those of its definition it does not bear."""
    states = retraining(BatchWorld(None).retraining())["States"]  # type: ignore[arg-type]
    assert states["Train"]["Parameters"]["Tags"] == BORNE


def test_nodes_that_nobody_can_follow_are_stopped() -> None:
    """Whatever the step that looks raises, but that the job is over: it is tried again, and then the job is stopped."""
    states = retraining(FleetWorld(None).retraining())["States"]  # type: ignore[arg-type]
    over, *others = states["Follow"]["Catch"]
    assert (over["ErrorEquals"], over["Next"]) == ([follow.TrainingFailed.__name__], "Failed")
    assert [(each["ErrorEquals"], each["Next"]) for each in others] == [(["States.ALL"], "Stop training")]
    never, again = states["Follow"]["Retry"]
    assert (never["ErrorEquals"], never["MaxAttempts"]) == ([follow.TrainingFailed.__name__], 0)
    assert again["ErrorEquals"] == ["States.ALL"]
    assert again["MaxAttempts"] > 0
    assert states["Stop training"]["Parameters"]["Payload"]["step"] == "stop"
    assert states["Stop training"]["Next"] == "Failed"
    assert {each["ResultPath"] for each in others} == {"$.error"} != {states["Stop training"]["ResultPath"]}
