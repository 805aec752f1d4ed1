"""The one input that a rehearsal changes, to see that a plan then touches what it should and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from landform.diagnostics import Path
from landform.lower.topic import monitor_address
from landform.plan import Plan, Stream, Table
from landform.spec.data.stream import HOUR, MOST_HOURS

RENAMED: Final = "ends-in-rehearsal"
"""An attribute that no spec names."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of a spec: what it says, the new data, and the module addresses that it may touch."""

    what: str
    data: dict[str, Any]
    touches: frozenset[str]


def edit(plan: Plan, data: Mapping[str, Any]) -> Edit | None:
    """Keep one store for longer, or give one host a larger root disk; None where there is nothing of the kind."""
    own = next((b for b in plan.buckets if not b.existing), None)
    if own is not None:
        days = (own.retention_days or 3650) + 1
        changed = _with(data, ("data", own.entry, "retain"), f"{days}d")
        touched = frozenset(f"module.{b.address}" for b in plan.buckets if b.entry == own.entry)
        return Edit(f"data.{own.entry} is kept for {days} days", changed, touched)
    for host in plan.hosts:
        root = host.spec.disk.root
        gib = 10 + max(root.gib if root else 0, host.image.root_gib if host.image else 0)
        changed = _with(data, (*host.path, "disk", "root"), f"{gib}GiB gp3")
        equal = [h for h in plan.hosts if h.path == host.path]
        regions = {h.region for h in equal}
        # A machine that is replaced has another id, by which its alarms and panels know it.
        watching = [monitor_address(plan, watch.region) for watch in plan.watches if watch.region in regions]
        touched = frozenset(f"module.{address}" for address in (*(h.address for h in equal), *watching))
        return Edit(f"{host.label} has a root disk of {gib} GiB", changed, touched)
    for store in plan.stores:
        if isinstance(store, Stream):
            hours = store.spec.retain // HOUR
            hours += 1 if hours < MOST_HOURS else -1
            changed = _with(data, ("data", store.entry, "retain"), f"{hours}h")
            return Edit(
                f"data.{store.entry} is kept for {hours} hours", changed, frozenset({f"module.{store.address}"})
            )
        if isinstance(store, Table):
            changed = _with(data, ("data", store.entry, "ttl"), RENAMED)
            touched = frozenset(f"module.{s.address}" for s in plan.stores if s.entry == store.entry)
            return Edit(f"rows of data.{store.entry} end at `{RENAMED}`", changed, touched)
    return None


def _with(data: Mapping[str, Any], path: Path, value: object) -> dict[str, Any]:
    key = str(path[0])
    return {**data, key: value if len(path) == 1 else _with(data.get(key, {}), path[1:], value)}
