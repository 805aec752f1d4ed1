"""What is watched: components with their metrics, default and own alarms, saved queries, and who hears of them."""

from collections.abc import Iterator
from dataclasses import replace

from landform.diagnostics import Diagnostic, Path
from landform.passes.monitor.alarms import alarms
from landform.passes.monitor.components import components
from landform.passes.monitor.queries import queries
from landform.passes.unknown import unknown
from landform.plan import Plan, Watch


def monitor(plan: Plan) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """Fill in what is watched in each region; nothing where the spec has no `monitor`."""
    if plan.system.monitor is None:
        return plan, ()
    found: list[Diagnostic] = [*_told(plan)]
    everything = tuple(components(plan))
    said, saved = alarms(plan, everything, found), queries(plan, everything, found)
    watches = tuple(
        Watch(
            region=region,
            components=tuple(c for c in everything if c.region == region),
            alarms=tuple(a for a in said if a.component.region == region),
            queries=tuple(q for q in saved if q.region == region),
        )
        for region in plan.system.regions.active
        if any(c.region == region for c in everything)
    )
    return replace(plan, watches=watches), tuple(found)


def _told(plan: Plan) -> Iterator[Diagnostic]:
    """Say which names of `tell` are nobody's."""
    own = plan.system.monitor
    assert own is not None
    places: list[tuple[Path, tuple[str, ...]]] = [(("monitor", "tell"), own.tell)]
    places += [(("monitor", "alarms", name, "tell"), alarm.tell) for name, alarm in own.alarms.items()]
    for path, names in places:
        for name in names:
            if name not in own.notify:
                rest = f"Declare it: notify: {{{name}: [oncall@example.com]}}."
                yield unknown("LF0203", path, "name of `notify`", name, own.notify, rest=rest)
