"""What a system costs: from the plan and the dated prices, and from nothing else.

`cost` is no pass: only who asks for money (a budget, the output, `explain`) pays for the reckoning.
"""

from collections.abc import Iterator, Mapping

from landform.catalog import Source
from landform.catalog.estimate import HOME
from landform.cost.bill import Item, by_use, charged
from landform.cost.items import domain, network, store, workload
from landform.cost.model import Cost, Entry, Line, Unpriced
from landform.cost.watching import audit, loop, monitor
from landform.diagnostics import Path
from landform.passes.resolve.studio import STUDIO
from landform.plan import Plan

FREE = frozenset({"access-analyzer"})
"""Detectors without a price: of Access Analyzer, what looks at access from outside, as landform's does.

IAM user guide, "Manage an IAM Access Analyzer unused access analyzer": unused access is charged for (read 2026-11-29).
"""


def cost(plan: Plan) -> Cost:
    """Return what every entry of a plan costs, and what of it has no price."""
    items: dict[Path, list[Item]] = {}
    for path, item in _items(plan):
        items.setdefault(path, []).append(item)
    entries = tuple(_entry(path, items[path]) for path in sorted(items, key=lambda path: tuple(map(str, path))))
    return Cost(entries, _sources(plan, entries))


def _items(plan: Plan) -> Iterator[tuple[Path, Item]]:
    for own in plan.workloads:
        yield from ((own.path, item) for item in workload(plan, own))
    for each in plan.stores:
        yield from ((each.path, item) for item in store(plan, each))
    yield from ((w.loop.path, item) for w in plan.drift if w.loop for item in loop(plan, w.region))
    for bucket in (*plan.artifacts, *plan.access_logs):
        yield bucket.path, by_use(f"storage and requests of the bucket for {bucket.entry}", bucket.region)
    if plan.studio:
        yield from (((STUDIO,), item) for item in domain(plan, plan.studio))
    for key in plan.keys:
        yield from ((key.path, item) for item in charged(plan.catalog, "key", key.region, 1))
    for region in plan.networks:
        yield from ((("network",), item) for item in network(plan, region))
    yield from ((("audit",), item) for item in audit(plan))
    if plan.backup:
        for key in (plan.backup.key, *plan.backup.copies):
            yield plan.backup.path, by_use("storage of backups, and copies to there", key.region)
    for region, detector in _detectors(plan):
        yield ("audit",), by_use(f"what {detector} looks at", region)
    yield from ((("monitor",), item) for item in monitor(plan))


def _detectors(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield the detectors that are switched on here and paid for; what stands already is not this system's to pay."""
    audit = plan.system.audit
    if audit and isinstance(audit.detect, tuple):
        paid = sorted(set(audit.detect) - FREE)
        yield from ((region, each) for region in plan.system.regions.active for each in paid)


def _entry(path: Path, items: list[Item]) -> Entry:
    lines = tuple(item for item in items if isinstance(item, Line))
    return Entry(path, lines, tuple(dict.fromkeys(item for item in items if isinstance(item, Unpriced))))


def _sources(plan: Plan, entries: tuple[Entry, ...]) -> Mapping[str, Source]:
    """Name the price lists that lines were written from."""
    catalog = plan.catalog
    regions = {line.region for entry in entries for line in entry.lines}
    hosted = {own.region for own in plan.hosts if own.types} | {own.region for own in plan.batches if own.types}
    hosted |= {own.region for own in plan.beanstalks if own.type}
    named = {f"{kind} prices {region}" for kind in ("on-demand", "spot") for region in hosted & regions}
    lines = [line for entry in entries for line in entry.lines]
    if hosted - {HOME} and any(line.estimated and line.what.endswith(" on demand") for line in lines):
        named.add(f"on-demand prices {HOME}")
    machines = [line for line in lines if line.what.startswith("ml.")]
    named |= {f"SageMaker prices {line.region}" for line in machines}
    named |= {f"SageMaker prices {HOME}" for line in machines if line.estimated}
    return {name: catalog.sources[name] for name in sorted(named) if name in catalog.sources}


__all__ = ["Cost", "Entry", "Line", "Unpriced", "cost"]
