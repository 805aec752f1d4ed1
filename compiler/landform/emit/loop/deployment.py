"""The state machine that deploys: region by region, primary first, each with a canary and a way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landform.emit.loop.states import State, States, caught, choice, machine, settings, step


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What the machine is made of.

    `function` is the ARN of the steps. `places` are the regions, the primary one first, each with what is the step's to
    know of it: its name, the bucket of models, the parameter of the endpoint's definition, the group of packages and
    the alarms that bring the old model back. `settings` goes to every step; times are in seconds: `poll` between looks
    at the endpoint, `whole` the longest deployment in all.
    """

    of: str
    function: str
    places: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any]
    poll: int
    whole: int


def deployment(own: Deployment) -> State:
    """Return the machine's definition: its input is ``{"package", "data"}``, the ARN of a package and its archive."""
    first = f"Copy {own.places[0]['region']}"
    states: States = {
        **settings(own.settings, "Shift begins"),
        "Shift begins": _announced(own, "shifting", first),
        "Shift ends": _announced(own, "settled", "Deployed"),
        "Deployed": {"Type": "Succeed"},
        "Back": _announced(own, "back", "Not deployed"),
        "Not deployed": {"Type": "Fail", "Error": "NotDeployed", "Cause": "The old model serves where it came to."},
    }
    after = [f"Copy {place['region']}" for place in own.places[1:]] + ["Shift ends"]
    for place, then in zip(own.places, after, strict=True):
        states |= _region(own, place, then)
    return machine(f"Puts a model package in force at {own.of}.", states, own.whole)


def _announced(own: Deployment, state: str, then: str) -> State:
    catch = [caught("Not deployed")] if state == "back" else [caught("Back")]
    return step(own.function, "announce", ("settings", "package"), "announced", then, catch, state=state)


def _region(own: Deployment, place: Mapping[str, Any], then: str) -> States:
    where, back = place["region"], [caught("Back")]

    def of(name: str, hands: tuple[str, ...], into: str, to: str) -> State:
        return step(own.function, name, ("settings", *hands), into, f"{to} {where}" if to else then, back, place=place)

    return {
        f"Copy {where}": of("copy", ("package", "data"), "copying", "Copied"),
        f"Copied {where}": _kept("copying", "copied", f"Shift {where}"),
        f"Shift {where}": of("shift", ("copied",), "shifting", "Shifted"),
        f"Shifted {where}": _kept("shifting", "shift", f"Wait {where}"),
        f"Wait {where}": {"Type": "Wait", "Seconds": own.poll, "Next": f"Look {where}"},
        f"Look {where}": of("look", ("shift",), "seen", "Seen"),
        f"Seen {where}": choice(
            f"Wait {where}",
            ("$.seen.answer.settled", True, f"Record {where}"),
            ("$.seen.answer.failed", True, "Back"),
            ("$.seen.answer.late", True, "Back"),
        ),
        f"Record {where}": of("record", ("copied",), "recorded", ""),
    }


def _kept(answer: str, name: str, then: str) -> State:
    return {"Type": "Pass", "InputPath": f"$.{answer}.answer", "ResultPath": f"$.{name}", "Next": then}
