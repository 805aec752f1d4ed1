"""What a fault leaves: a zone or a region is gone, and the plan alone says what still works, and what is lost.

An entry runs or is kept at one or several places, each in a region. A place fails by itself, with its region or its
zones, or because of what it needs: it is then said why. An entry works where all of its places do, is degraded where
some do, or where something it uses is gone, and is lost where none is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from landform.catalog.recovery import BACKED_UP, BEHIND, REGIONAL, STATE
from landform.diagnostics import Diagnostic, Path, dotted
from landform.explain.told import BOLD, FAINT, GREEN, RED, YELLOW, Paint
from landform.file_systems import Lustre, mounting
from landform.passes.unknown import unknown
from landform.plan import Bucket, DriftWatch, Function, Host, Plan, Store, StudioUser, Workload
from landform.spec.compute import Machine

Verdict = Literal["works", "degraded", "lost"]
_ORDER: Final[tuple[Verdict, ...]] = ("works", "degraded", "lost")

VITAL: Final = frozenset({"mounts", "trigger", "code", "bundle", "uses"})
"""Verbs without whose store a workload does nothing at all; without another one, it does less."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is gone: a region, or of a region one zone."""

    region: str
    zone: str = ""

    def __str__(self) -> str:
        return self.zone or self.region


@dataclass(slots=True)
class Place:
    """An entry in one region: how it fares, and why."""

    path: Path
    region: str
    verdict: Verdict = "works"
    why: list[str] = field(default_factory=list)

    def fares(self, verdict: Verdict, why: str) -> bool:
        """Take note of what befalls it; tell whether it fares worse than was known."""
        if why not in self.why:
            self.why.append(why)
        worse = _ORDER.index(verdict) > _ORDER.index(self.verdict)
        self.verdict = verdict if worse else self.verdict
        return worse


Places = dict[tuple[Path, str], Place]


def fault(plan: Plan, name: str) -> Fault | Diagnostic:
    """Return the fault that a name means: a region of the system, or a zone of one of its networks."""
    if name in plan.system.regions.active:
        return Fault(name)
    zones = {zone.id: region for region, network in plan.networks.items() for zone in network.zones}
    for region, network in plan.networks.items():
        if network.existing and isinstance(network.existing.private, Mapping):
            zones |= dict.fromkeys(network.existing.private, region)
    if name in zones:
        return Fault(zones[name], name)
    return unknown("LF0301", (), "region or zone of this system", name, [*plan.system.regions.active, *zones])


def places(plan: Plan, gone: Fault) -> Places:
    """Return how every entry fares in every region in which it stands."""
    found: Places = {}
    for own in (*plan.stores, *plan.secrets):
        place = found.setdefault((own.path, own.region), Place(own.path, own.region))
        _keep(plan, own, gone, place)
    for workload in plan.workloads:
        place = found.setdefault((workload.path, workload.region), Place(workload.path, workload.region))
        _run(plan, workload, gone, place)
    waiting = list(plan.workloads)
    while waiting:
        worse = [own for own in plan.workloads if _needs(own, found)]
        waiting = worse
    return found


def _keep(plan: Plan, own: Store, gone: Fault, place: Place) -> None:
    if own.region != gone.region or (gone.zone and own.kind in REGIONAL):
        return
    if own.existing and own.kind != "secret":
        place.fares("degraded", f"it is not this system's: whether it outlives {gone} is not known here")
    elif not gone.zone:
        place.fares("lost", f"{gone} is gone, and what is kept there with it")
    elif isinstance(own, Lustre):
        zones = {host.zones[0] for host in mounting(plan, own) if host.zones}
        if gone.zone in zones:
            place.fares("lost", f"it stands in {gone} alone")
    else:
        place.fares("degraded", f"nobody has said how {own.kind} fares without a zone")


def _run(plan: Plan, own: Workload, gone: Fault, place: Place) -> None:
    if own.region != gone.region:
        return
    if not gone.zone:
        place.fares("lost", f"{gone} is gone, and what runs there with it")
        if isinstance(own, StudioUser):
            place.fares("lost", "disks of spaces have no copy elsewhere: what is to last belongs into a bucket")
        return
    zones = getattr(own, "zones", ())
    one = isinstance(own, Host) and isinstance(own.spec, Machine)
    zones = zones[:1] if one else zones
    left = [zone for zone in zones if zone != gone.zone]
    if zones and not left:
        place.fares("lost", f"it runs in {gone} alone")
    elif gone.zone in zones and isinstance(own, StudioUser):
        place.fares("degraded", f"a space whose disk is in {gone} waits for it; the others start in {', '.join(left)}")
    elif gone.zone in zones and not isinstance(own, Function):
        place.fares("degraded", f"what ran in {gone} is started anew in {', '.join(left)}, if there is capacity")
    network = plan.networks.get(own.region)
    single = network and not network.existing and plan.system.network.egress == "nat-single"
    if left and network and single and network.zones[0].id == gone.zone:
        place.fares("degraded", f"the only NAT gateway stands in {gone}: nothing leads out of the network any more")


def _needs(own: Workload, found: Places) -> bool:
    """Tell a workload how what it has edges to fares; tell whether it fares worse for it."""
    place = found[own.path, own.region]
    worse = False
    # What is gone needs no second reason.
    for verb, other in _led_to(own, found) if place.verdict != "lost" else ():
        if other.verdict == "works" or other is place:
            continue
        verdict: Verdict = "lost" if other.verdict == "lost" and verb in VITAL else "degraded"
        worse |= place.fares(
            verdict, f"`{verb}` leads to {dotted(other.path)} in {other.region}, which is {other.verdict}"
        )
    return worse


def _led_to(own: Workload, found: Places) -> Iterator[tuple[str, Place]]:
    """Yield what a workload has edges to; a loop trains anew, and deploys wherever its model is served."""
    for edge in own.edges:
        if other := found.get((edge.store.path, edge.store.region)):
            yield edge.verb, other
    if isinstance(own, DriftWatch) and own.loop:
        steps = {own.loop.retrain: "retrain", own.of: "deploy"}
        yield from ((steps[dotted(path)], place) for (path, _), place in found.items() if dotted(path) in steps)


def verdict(own: list[Place]) -> Verdict:
    """Return how an entry fares, all of its places together."""
    found = {place.verdict for place in own}
    return "lost" if found == {"lost"} else "works" if found == {"works"} else "degraded"


def table(plan: Plan, gone: Fault) -> dict[str, Any]:
    """Return the table of what a fault leaves, entry by entry."""
    found = places(plan, gone)
    kept: dict[Path, Store] = {own.path: own for own in plan.stores}
    paths = list(dict.fromkeys(path for path, _ in found))
    entries = [
        _entry(plan, gone, path, [p for (at, _), p in found.items() if at == path], kept.get(path)) for path in paths
    ]
    return {
        "system": plan.system.system,
        "environment": plan.system.environment,
        "fails": str(gone),
        "entries": sorted(entries, key=lambda each: (-_ORDER.index(each["verdict"]), each["entry"])),
    }


def _entry(plan: Plan, gone: Fault, path: Path, own: list[Place], kept: Store | None) -> dict[str, Any]:
    left = [place.region for place in own if place.verdict != "lost"]
    recovery: dict[str, Any] = {}
    vaults = _vaults(plan, gone, path) if not left else []
    if vaults:
        recovery = {
            "recovery_point": BACKED_UP,
            "recovery_time": f"when it is restored from the vault in {', '.join(vaults)}",
        }
    elif kept is not None and len(left) < len(own):
        recovery = {"recovery_point": _point(kept, left), "recovery_time": _time(plan, kept, left)}
    elif not left and any(watch.path == path for watch in plan.drift):
        # A copy of a watch's state lies in its own region.
        point = STATE if gone.zone else "none: the copies of its state lie there too"
        recovery = {"recovery_point": point, "recovery_time": "when it is there again"}
    return {
        "entry": dotted(path),
        "path": path,
        "verdict": verdict(own),
        "left_in": left,
        "why": list(dict.fromkeys(why for place in own for why in place.why)),
        **recovery,
    }


def _vaults(plan: Plan, gone: Fault, path: Path) -> list[str]:
    """Return where backups of an entry outlive a fault; a vault is AWS's to keep in all zones of its region."""
    own = plan.backup
    if own is None or path not in own.paths:
        return []
    return [
        region for region in (own.region, *(key.region for key in own.copies)) if region != gone.region or gone.zone
    ]


def _point(store: Store, left: list[str]) -> str:
    if left:
        return BEHIND.get(store.kind, "not known")
    if isinstance(store, Lustre) and store.linked:
        buckets = ", ".join(f"data.{name}" for name in store.linked)
        return f"what {buckets} hold: the rest has no copy elsewhere"
    return "none: there is no copy elsewhere"


def _time(plan: Plan, store: Store, left: list[str]) -> str:
    if not left:
        return "when it is there again"
    one_way = isinstance(store, Bucket) and plan.system.regions.primary not in left
    one_way = one_way and getattr(plan.system.data[store.entry], "replicate", "both") != "both"
    reading = f"at once, in {', '.join(left)}"
    return f"{reading}; to write there, `replicate: both` is needed" if one_way else reading


def table_text(facts: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    """Yield the lines of the table."""
    name = f"{facts['system']} ({facts['environment']})"
    yield f"{paint(name, BOLD)} without {facts['fails']}"
    width = max((len(each["entry"]) for each in facts["entries"]), default=0)
    for each in facts["entries"]:
        said = paint(f"{each['verdict']:<8}", _COLOURS[each["verdict"]])
        where = f"{each['file']}:{each['line']}"
        yield f"  {said}  {each['entry']:<{width}}  {paint(where, FAINT)}"
        yield from (f"            {why}" for why in each["why"])
        if "recovery_point" in each:
            yield f"            recovery point: {each['recovery_point']}"
            yield f"            recovery time: {each['recovery_time']}"


_COLOURS: Final[Mapping[Verdict, str]] = {"works": GREEN, "degraded": YELLOW, "lost": RED}
