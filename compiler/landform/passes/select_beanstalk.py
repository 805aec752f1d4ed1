"""Instance types of services that Beanstalk runs, and the zones in which they stand."""

from dataclasses import replace

from landform.diagnostics import Diagnostic, error
from landform.passes.instances import alike, zones_of
from landform.passes.unknown import REFRESH, refresh
from landform.plan import Beanstalk, Plan
from landform.suggest import nearest


def selected_beanstalk(plan: Plan, own: Beanstalk, found: list[Diagnostic]) -> Beanstalk:
    """Fill in type and zones; a service whose type the region does not have keeps none."""
    path, name, catalog = (*own.path, "instance"), own.spec.instance, plan.catalog
    if own.region not in catalog.regions:
        return own
    if name not in catalog.types:
        close = nearest(name, catalog.types, 3)
        remedy = f"Did you mean {' or '.join(close)}?" if close else "`landform catalog show` lists them."
        fact = f"the catalog of {catalog.date} has no instance type '{name}'."
        found.append(error("LF0401", path, fact, f"{remedy} {REFRESH}"))
        return own
    kind = catalog.types[name]
    if kind.accelerator:
        fact = f"{name} has accelerators, and platforms of Beanstalk have no drivers for any."
        remedy = "Serve it on `platform: sagemaker` or `platform: ec2`, or choose a type without."
        found.append(error("LF0611", path, fact, remedy))
        return own
    if not catalog.zones_of(name, own.region):
        fact = f"instance type {name} is not offered in {own.region}."
        offered = ", ".join(alike(catalog, kind, own.region))
        elsewhere = f"Offered in: {', '.join(catalog.regions_of(name))}."
        near = f"Offered there: {offered}." if offered else elsewhere
        found.append(error("LF0402", path, fact, f"{near} {refresh(own.region)}"))
        return own
    return replace(own, type=kind, zones=zones_of(plan, own, (kind,), found))
