"""Regions and earlier names: what must hold before anything is named."""

from collections.abc import Iterator
from dataclasses import replace

from landform.diagnostics import Diagnostic, Path, Related, error
from landform.passes.unknown import REFRESH, unknown
from landform.plan import Plan
from landform.spec.system import System


def region_faults(plan: Plan) -> Iterator[Diagnostic]:
    """Yield what is wrong with the regions that the spec names."""
    regions = plan.system.regions
    places: list[tuple[Path, str]] = [(("regions", "primary"), regions.primary)]
    places += [(("regions", "replicas", i), r) for i, r in enumerate(regions.replicas)]
    places += [(("regions", "retired", i), r) for i, r in enumerate(regions.retired)]
    if plan.system.state:
        yield from _known_region(plan, ("state", "region"), plan.system.state.region)
    seen: dict[str, Path] = {}
    for path, region in places:
        yield from _known_region(plan, path, region)
        if region in seen:
            other = Related(f"'{region}' stands here first", seen[region])
            yield error("LF0302", path, f"the region '{region}' is listed twice.", "Leave one out.", other)
        seen.setdefault(region, path)
    for region in plan.system.network.existing:
        if region not in regions.active:
            path = ("network", "existing", region)
            yield unknown("LF0301", path, "region of this system", region, regions.active)


def _known_region(plan: Plan, path: Path, region: str) -> Iterator[Diagnostic]:
    if region not in plan.catalog.regions:
        found = unknown("LF0301", path, "region", region, plan.catalog.regions)
        recorded = f"the catalog of {plan.catalog.date} has no region '{region}'."
        yield replace(found, message=recorded, remedy=f"{found.remedy} {REFRESH}")


def was_faults(system: System) -> Iterator[Diagnostic]:
    """Yield earlier names that another entry has now."""
    for section in ("data", "machines", "train", "serve", "functions", "drift"):
        entries = getattr(system, section)
        for name, entry in entries.items():
            for old in entry.was:
                if old in entries:
                    path = (section, name, "was")
                    fact = f"'{old}' is an entry of its own, so {section}.{name} cannot have been it."
                    other = Related(f"'{old}' stands here", (section, old))
                    yield error("LF0208", path, fact, f"Remove {section}.{old}, or correct `was`.", other)
