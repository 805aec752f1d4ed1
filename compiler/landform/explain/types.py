"""Instance types: those that were chosen, with their prices, and those that were not, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from landform.catalog import InstanceType
from landform.catalog.managed import managed_types
from landform.cost.bill import market
from landform.passes.instances import MAX_TYPES, Wish, fits, wants_local_disk, wants_spot, wish_of
from landform.plan import Batch, Host, Job, Plan, ServedModel

Typed = Host | Batch | Job | ServedModel
"""What runs on instances of a type that is named, or chosen."""

SHOWN: Final = 6
"""Types that stand for all that were left out for one reason."""


def types(plan: Plan, own: Typed) -> dict[str, Any]:
    """Return what a workload runs on, and what it does not and why."""
    chosen = own.types if isinstance(own, Host | Batch) else (own.type,) if own.type else ()
    return {
        "asked": ", ".join(filter(None, (own.spec.instance, wish_of(own.spec)))),
        "chosen": [_chosen(plan, own, kind) for kind in chosen],
        "rejected": [] if own.spec.instance else _rejected(plan, own, {kind.name for kind in chosen}),
    }


def _chosen(plan: Plan, own: Typed, kind: InstanceType) -> dict[str, Any]:
    prices = market(plan.catalog, kind, own.region)
    managed = isinstance(own, Job | ServedModel)
    return {
        "type": f"ml.{kind.name}" if managed else kind.name,
        "vcpus": kind.vcpus,
        "memory_gib": round(kind.memory_mib / 1024, 1),
        "accelerator": f"{kind.accelerator.count} x {kind.accelerator.name}" if kind.accelerator else None,
        "zones": [zone for zone in own.zones if zone in plan.catalog.zones_of(kind.name, own.region)],
        "on_demand": None if managed else prices.on_demand,
        "spot": None if managed or not wants_spot(own.spec) else prices.spot,
        "estimated": prices.estimated or (wants_spot(own.spec) and prices.estimated_spot),
    }


def _rejected(plan: Plan, own: Typed, chosen: set[str]) -> list[dict[str, Any]]:
    reasons: dict[str, list[str]] = {}
    architecture = own.image.architecture if isinstance(own, Host) and own.image else "x86_64"
    for kind in _near(plan, own):
        if kind.name not in chosen:
            reasons.setdefault(_reason(plan, own, kind, architecture), []).append(kind.name)
    return [{"why": why, "count": len(names), "types": sorted(names)[:SHOWN]} for why, names in sorted(reasons.items())]


def _near(plan: Plan, own: Typed) -> Iterable[InstanceType]:
    """Return what comes into question: all with that accelerator, or else all of the size that is asked for."""
    spec = own.spec
    if spec.accelerator:
        named = spec.accelerator.name.casefold()
        return [t for t in plan.catalog.accelerated if t.accelerator and t.accelerator.name.casefold() == named]
    return [t for t in plan.catalog.types.values() if _of_size(spec, t)]


def _of_size(spec: Wish, kind: InstanceType) -> bool:
    low, high = (spec.memory.low, spec.memory.high) if spec.memory else (0, None)
    gib = kind.memory_mib / 1024
    return (spec.cpu is None or kind.vcpus in spec.cpu) and low <= gib and (high is None or gib <= high)


def _reason(plan: Plan, own: Typed, kind: InstanceType, architecture: str) -> str:
    wrong = misfit(own.spec, kind, architecture)
    if wrong:
        return wrong
    offered = plan.catalog.zones_of(kind.name, own.region)
    if not offered:
        return f"is not offered in {own.region}"
    if isinstance(own, Job | ServedModel):
        known = managed_types("training" if isinstance(own, Job) else "hosting")
        return "costs more than the one chosen" if kind.name in known else "is none of SageMaker's"
    if own.section == "machines":
        return "costs more than the one chosen"
    if len(own.types) == MAX_TYPES:
        return f"costs more than the {MAX_TYPES} that an Auto Scaling group takes"
    return "is not among what the drivers of the image are for"


def misfit(spec: Wish, kind: InstanceType, architecture: str) -> str | None:
    """Say what an instance type lacks of what is asked for, the first thing that it lacks; None where it fits."""
    if fits(spec, kind, architecture):
        return None
    wish, own = spec.accelerator, kind.accelerator
    checks: Mapping[str, bool] = {
        f"is {kind.architecture}, and the image {architecture}": kind.architecture != architecture,
        "is bare metal, which has to be named": kind.bare_metal,
        "cannot be EBS-optimised": not kind.ebs_mbps,
        f"has other than {spec.cpu} vCPU": bool(spec.cpu) and kind.vcpus not in (spec.cpu or ()),
        f"has other than {spec.memory} GiB of memory": bool(spec.memory) and not _of_size(spec, kind),
        "has no instance store": wants_local_disk(spec) and not kind.disks,
        "is not sold as spot capacity": wants_spot(spec) and not kind.spot,
        "has an accelerator that nothing asks for": wish is None and own is not None,
        "is burstable, which has to be named": wish is None and kind.burstable,
        f"has {own.count} x {own.name}" if own else "": bool(wish and own and own.count != wish.count),
    }
    return next((why for why, applies in checks.items() if applies), "has accelerators with other memory")
