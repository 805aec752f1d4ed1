"""Machines of Studio: the type that apps run on, and the zones that they run in."""

from dataclasses import replace

from landform.catalog import InstanceType
from landform.diagnostics import Diagnostic, error
from landform.passes.select_managed import zones
from landform.passes.unknown import REFRESH, refresh
from landform.plan import Domain, Plan
from landform.suggest import nearest


def selected_studio(plan: Plan, found: list[Diagnostic]) -> Domain | None:
    """Return the domain, its users with type and zones."""
    own = plan.studio
    if own is None:
        return None
    kind, places = _type(plan, own, found), zones(plan, own.region)
    return replace(own, users=tuple(replace(user, type=kind, zones=places) for user in own.users))


def _type(plan: Plan, own: Domain, found: list[Diagnostic]) -> InstanceType | None:
    """Return the type that is named.

    Nobody publishes where SageMaker offers what: where EC2 does is the nearest thing that is known.
    """
    catalog, name, path = plan.catalog, own.spec.instance.removeprefix("ml."), ("studio", "instance")
    if name not in catalog.types:
        close = nearest(own.spec.instance, [f"ml.{known}" for known in catalog.types], 3)
        remedy = f"Did you mean {' or '.join(close)}?" if close else "`landform catalog show` lists them."
        fact = f"the catalog of {catalog.date} has no instance type '{own.spec.instance}'."
        found.append(error("LF0401", path, fact, f"{remedy} {REFRESH}"))
        return None
    if own.region in catalog.regions and not catalog.zones_of(name, own.region):
        fact = f"instance type {own.spec.instance} is not offered in {own.region}."
        found.append(error("LF0402", path, fact, f"Name another one: ml.t3.medium, ml.m5.large. {refresh(own.region)}"))
        return None
    return catalog.types[name]
