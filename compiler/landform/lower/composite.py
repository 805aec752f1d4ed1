"""Who is told by what: alarms that speak for themselves, and composite ones, so that one fault is told of once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from landform.diagnostics import Path
from landform.passes.monitor.alarms import ALARM
from landform.passes.resolve.naming import physical
from landform.plan import Plan, Watch
from landform.plan.watch import Alarm, Component


@dataclass(frozen=True, slots=True)
class Composite:
    """A rule over alarms, and who is told when it holds."""

    description: str
    rule: str
    tell: tuple[str, ...]
    path: Path
    alarms: tuple[str, ...]
    """Those that the rule names."""
    recovers: bool = True
    """Whether the end of the rule means that all is well: it ends as well when a cause rings later."""


@dataclass(slots=True)
class Speaking:
    """Name of an alarm → whom it tells itself; name of a composite alarm → what it is."""

    alone: dict[str, list[str]] = field(default_factory=dict)
    together: dict[str, Composite] = field(default_factory=dict)


def speaking(plan: Plan, own: Watch) -> Speaking:
    """Return who is told by what.

    Whoever hears of several alarms of a component hears of them through one that rings when any of them does, and
    nothing that the component depends on: a fault in a store rings at whoever reads it as well, and whoever hears of
    the store hears of it once.
    """
    out = Speaking()
    for component in own.components:
        heard: dict[str, list[str]] = {}
        for alarm in own.alarms:
            if alarm.component.label == component.label:
                for listener in alarm.tell:
                    heard.setdefault(listener, []).append(alarm.name)
        for names, tell in _alike(heard).items():
            causes = _causes(own.alarms, component, tell)
            if len(names) == 1 and not causes:
                out.alone.setdefault(names[0], []).extend(tell)
            else:
                several = ("tells", *tell) if len(set(map(tuple, heard.values()))) > 1 else ()
                name = physical(plan, component.slug, *several, limit=ALARM)
                out.together[name] = _composite(component, names, causes, tell)
    return out


def _alike(heard: dict[str, list[str]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return alarms → those who hear of exactly them."""
    circles: dict[tuple[str, ...], tuple[str, ...]] = {}
    for listener, names in sorted(heard.items()):
        circles[tuple(names)] = (*circles.get(tuple(names), ()), listener)
    return circles


def _causes(alarms: Iterable[Alarm], component: Component, tell: tuple[str, ...]) -> list[str]:
    """Return the alarms of what a component depends on, of which everybody here hears as well."""
    return [a.name for a in alarms if a.component.label in component.causes and set(tell) <= set(a.tell)]


def _composite(component: Component, names: tuple[str, ...], causes: list[str], tell: tuple[str, ...]) -> Composite:
    rule, named = _any(names), (*names, *causes)
    if not causes:
        return Composite(f"{component.label}: one of its alarms rings", rule, tell, component.path, named)
    said = f"{component.label}: one of its alarms rings, and none of what it depends on"
    whole = f"({rule}) AND NOT ({_any(causes)})"
    return Composite(said, whole, tell, component.path, named, recovers=False)


def _any(names: Iterable[str]) -> str:
    return " OR ".join(f'ALARM("{name}")' for name in names)
