"""The state machine that deploys: region by region, primary first, each with a canary and a way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landform.emit.loop.states import ANYTHING, State, States, caught, choice, machine, settings, step


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
        recorded = "elsewhere" if number else "recorded"
        states |= _region(own, place, recorded, then) | _ways_back(own, regions[:number], regions[number:])
    return machine(f"Puts a model package in force at {own.of}.", states, own.whole)


def _back(region: str) -> str:
    return f"Back {region}"


def _unsettled(region: str) -> str:
    return f"Unsettled {region}"


def _unrecorded(region: str) -> str:
    return f"Unrecorded {region}"


def _ways_back(own: Deployment, done: Sequence[str], left: Sequence[str]) -> States:
    """Where a deployment ends that failed in the first of the regions that are left, by what serves there.

    The watch sees the primary region alone: where that one is done, the new version is what it goes on with.
    """
    here, rest = left[0], left[1:]
    unknown = f"Which model serves in {here} is not known: SageMaker was not done with it, or did not say."
    unwritten = f"Which package that is could not be written down in {here}."

    def ended(name: str, end: str, state: str, cause: str) -> States:
        return {name: _announced(own, "settled" if done else state, end, end), end: _failed(cause)}

    return {
        **ended(_back(here), f"Not deployed {here}", "back", _serving(done, left)),
        **ended(_unsettled(here), f"Not settled {here}", "shifting", f"{unknown}{_serving(done, rest, ' ')}"),
        **ended(_unrecorded(here), f"Not recorded {here}", "settled", f"{_serving([*done, here], rest)} {unwritten}"),
    }


def _serving(new: Sequence[str], old: Sequence[str], before: str = "") -> str:
    """What is known to serve in which regions."""
    which = (("new", new), ("old", old))
    said = "; ".join(f"the {model} model serves in {', '.join(regions)}" for model, regions in which if regions)
    return f"{before}T{said[1:]}." if said else ""


def _failed(cause: str) -> State:
    return {"Type": "Fail", "Error": "NotDeployed", "Cause": cause}


def _announced(own: Deployment, state: str, then: str, otherwise: str) -> State:
    catch = [caught(otherwise)]
    return step(own.function, "announce", ("settings", "package"), "announced", then, catch, state=state)


def _region(own: Deployment, place: Mapping[str, Any], recorded: str, then: str) -> States:
    """The states of a region; from the first try to shift on SageMaker is asked what serves before that is told."""
    where = place["region"]
    back, describe, look = _back(where), f"Describe {where}", ("package", "shift")

    def of(
        name: str, hands: tuple[str, ...], into: str, to: str, otherwise: str = back, **again: Sequence[str]
    ) -> State:
        catch = [caught(otherwise)]
        return step(own.function, name, ("settings", *hands), into, to, catch, **again, place=place)

    return {
        f"Copy {where}": of("copy", ("package", "data"), "copied", f"Prepare {where}"),
        f"Prepare {where}": of("prepare", ("copied",), "shift", f"Shift {where}"),
        f"Shift {where}": of("shift", ("shift",), "shift", f"Begun {where}", describe, again=ANYTHING),
        f"Begun {where}": choice(
            f"Hold {where}", ("$.shift.answer.begun", True, f"Wait {where}"), ("$.shift.answer.late", True, back)
        ),
        # Who scales the endpoint has it for a while.
        f"Hold {where}": {"Type": "Wait", "Seconds": own.poll, "Next": f"Shift {where}"},
        f"Wait {where}": {"Type": "Wait", "Seconds": own.poll, "Next": f"Look {where}"},
        f"Look {where}": of("look", look, "shift", f"Seen {where}", describe, again=ANYTHING),
        # A look that reads and compares may fail where this does not.
        describe: of("describe", ("shift",), "shift", f"Seen {where}", _unsettled(where), again=ANYTHING),
        f"Seen {where}": choice(
            f"Wait {where}",
            ("$.shift.answer.settled", True, f"Record {where}"),
            ("$.shift.answer.failed", True, back),
            ("$.shift.answer.late", True, _unsettled(where)),
        ),
        f"Record {where}": of("record", ("copied", "shift"), recorded, then, _unrecorded(where), again=ANYTHING),
    }
