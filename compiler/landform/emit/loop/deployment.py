"""The state machine that deploys: region by region, primary first, each with a canary and a way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landform.emit.loop.states import State, States, caught, choice, machine, settings, step


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What the machine is made of.

    `function` is the ARN of the steps. `places` are the regions, the primary one first, each with what is the step's to
    know of it: its name, the bucket of models, the parameter of the endpoint's definition, the group of packages, the
    alarms that bring the old model back, and where the watch sees it what is answered and by which metric that is
    told. `settings` goes to every step; times are in seconds: `poll` between looks at the endpoint, `whole` the longest
    deployment in all.
    """

    of: str
    function: str
    places: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any]
    poll: int
    whole: int


def deployment(own: Deployment) -> State:
    """Return the machine's definition: its input is ``{"package", "data"}``, the ARN of a package and its archive."""
    regions = [str(place["region"]) for place in own.places]
    states: States = {
        **settings(own.settings, "Shift begins"),
        "Shift begins": _announced(own, "shifting", f"Copy {regions[0]}", _back(regions[0])),
        "Shift ends": _announced(own, "settled", "Deployed", "Not announced"),
        "Deployed": {"Type": "Succeed"},
        "Not announced": _failed("The new model serves, and the watch could not be told."),
    }
    after = [f"Copy {region}" for region in regions[1:]] + ["Shift ends"]
    for number, (place, then) in enumerate(zip(own.places, after, strict=True)):
        states |= _region(own, place, then) | _ways_back(own, regions[:number], regions[number:])
    return machine(f"Puts a model package in force at {own.of}.", states, own.whole)


def _back(region: str) -> str:
    return f"Back {region}"


def _ways_back(own: Deployment, done: Sequence[str], left: Sequence[str]) -> States:
    """Where a deployment ends that failed in the first of the regions that are left.

    The watch sees the primary region alone: where that one is done, the new version is what it goes on with.
    """
    end = f"Not deployed {left[0]}"
    old = f"the old model serves in {', '.join(left)}."
    cause = f"The new model serves in {', '.join(done)}; {old}" if done else f"T{old[1:]}"
    return {
        _back(left[0]): _announced(own, "settled" if done else "back", end, end),
        end: _failed(cause),
    }


def _failed(cause: str) -> State:
    return {"Type": "Fail", "Error": "NotDeployed", "Cause": cause}


def _announced(own: Deployment, state: str, then: str, otherwise: str) -> State:
    catch = [caught(otherwise)]
    return step(own.function, "announce", ("settings", "package"), "announced", then, catch, state=state)


def _region(own: Deployment, place: Mapping[str, Any], then: str) -> States:
    where = place["region"]
    back = _back(where)

    def of(name: str, hands: tuple[str, ...], into: str, to: str) -> State:
        return step(
            own.function, name, ("settings", *hands), into, f"{to} {where}" if to else then, [caught(back)], place=place
        )

    return {
        f"Copy {where}": of("copy", ("package", "data"), "copying", "Copied"),
        f"Copied {where}": _kept("copying", "copied", f"Prepare {where}"),
        f"Prepare {where}": of("prepare", ("copied",), "preparing", "Prepared"),
        f"Prepared {where}": _kept("preparing", "prepared", f"Shift {where}"),
        f"Shift {where}": of("shift", ("prepared",), "shifting", "Shifted"),
        f"Shifted {where}": _kept("shifting", "shift", f"Begun {where}"),
        f"Begun {where}": choice(
            f"Hold {where}", ("$.shift.begun", True, f"Wait {where}"), ("$.shift.late", True, back)
        ),
        # Who scales the endpoint has it for a while.
        f"Hold {where}": {"Type": "Wait", "Seconds": own.poll, "Next": f"Shift {where}"},
        f"Wait {where}": {"Type": "Wait", "Seconds": own.poll, "Next": f"Look {where}"},
        f"Look {where}": of("look", ("package", "shift"), "seen", "Seen"),
        f"Seen {where}": choice(
            f"Wait {where}",
            ("$.seen.answer.settled", True, f"Record {where}"),
            ("$.seen.answer.failed", True, back),
            ("$.seen.answer.late", True, back),
        ),
        f"Record {where}": of("record", ("copied",), "recorded", ""),
    }


def _kept(answer: str, name: str, then: str) -> State:
    return {"Type": "Pass", "InputPath": f"$.{answer}.answer", "ResultPath": f"$.{name}", "Next": then}
