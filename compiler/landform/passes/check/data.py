"""Rules about single kinds of data."""

from collections.abc import Iterator
from typing import Final

from landform.diagnostics import Diagnostic, Path, Related, dotted, error
from landform.passes.resolve.implied import READING
from landform.passes.unknown import unknown
from landform.plan import Bucket, Plan, Stream, StudioUser


def consumers_read(plan: Plan) -> Iterator[Diagnostic]:
    """A consumer is paid by the hour: one that nothing reads with is a slip."""
    reading = [w for w in plan.workloads if not isinstance(w, StudioUser)]
    readers = {w.label: {e.store.entry for e in w.edges if e.verb in READING} for w in reading}
    for store in (s for s in plan.stores if isinstance(s, Stream)):
        named = store.spec.fan_out
        for index, label in enumerate(named):
            section, _, entry = label.partition(".")
            path: Path = (*store.path, "fan_out", index)
            if plan.broken & {(section, ""), (section, entry)}:
                continue
            if label not in readers:
                rest = "Write it like machines.scorer."
                yield unknown("LF0203", path, "workload", label, readers, rest=rest)
            elif store.entry not in readers[label]:
                fact = f"{label} is to read data.{store.entry} at a speed of its own, and has no edge that reads it."
                other = Related(f"{label} stands here", (section, entry))
                yield error("LF0207", path, fact, f"Add `reads: [{store.entry}]` there, or leave it out here.", other)
            elif label in named[:index]:
                yield error("LF0207", path, f"{label} stands twice in `fan_out`.", "Leave one out.")


WRITING: Final = ("writes", "deletes", "capture", "checkpoint", "output")


def copies_are_not_written_one_way(plan: Plan) -> Iterator[Diagnostic]:
    """What is written to a copy reaches the others only where copies go both ways; DynamoDB's always do."""
    for workload in plan.workloads:
        for edge in workload.edges:
            store = edge.store
            if store.path[0] != "data" or not isinstance(store, Bucket) or store.existing or edge.verb not in WRITING:
                continue
            if store.region != plan.system.regions.primary and not store.replicas:
                what = f"{dotted(store.path)}"
                fact = (
                    f"this runs in {store.region} as well, and what it writes to {what} there reaches no other region."
                )
                other = Related(f"{what} stands here", store.path)
                yield error("LF0207", edge.path, fact, f"Write `replicate: both` in {what}.", other)


RULES = (consumers_read, copies_are_not_written_one_way)
