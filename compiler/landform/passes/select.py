"""Instance types: for every host the image, the types that qualify, and the zones that offer them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from landform.catalog import Catalog, InstanceType
from landform.catalog.images import FAMILIES, IMAGES
from landform.diagnostics import Diagnostic, dotted, error, warning
from landform.passes.instances import closest, qualifying, stands_close, zones_of
from landform.passes.pin import lustre_mounts, pinned
from landform.passes.select_batch import selected_batch
from landform.passes.select_beanstalk import selected_beanstalk
from landform.passes.select_job import selected_job
from landform.passes.select_served import selected_model
from landform.passes.select_studio import selected_studio
from landform.passes.unknown import REFRESH, unknown
from landform.plan import DriftWatch, Host, HostImage, Plan
from landform.spec.compute import Machine, OwnImage
from landform.suggest import nearest

MAKERS: Final = {"nvidia": "nvidia", "aws": "neuron"}
"""Which drivers the accelerators of a maker need."""


def select(plan: Plan) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """Fill in image, instance types and zones of every host; a host that finds none keeps none."""
    diagnostics: list[Diagnostic] = []
    selected = [_selected(plan, host, diagnostics) for host in plan.hosts]
    managed = [selected_job(plan, job, diagnostics) for job in plan.jobs]
    hosts, jobs = pinned(plan.catalog, selected, managed, diagnostics)
    batches = tuple(selected_batch(plan, batch, diagnostics) for batch in plan.batches)
    served = tuple(selected_model(plan, own, diagnostics) for own in plan.served)
    beanstalks = tuple(selected_beanstalk(plan, own, diagnostics) for own in plan.beanstalks)
    plan = replace(plan, studio=selected_studio(plan, diagnostics))
    plan = replace(plan, hosts=hosts, jobs=jobs, batches=batches, served=served, beanstalks=beanstalks)
    return plan, tuple(diagnostics)


def _selected(plan: Plan, host: Host, found: list[Diagnostic]) -> Host:
    architecture = _architecture(plan.catalog, host, found)
    if architecture is None or host.region not in plan.catalog.regions:
        return host
    image = _image(host, architecture, found)
    types = _driven(image, qualifying(plan, host, architecture, found))
    if not types:
        return replace(host, image=image)
    if isinstance(host.spec, Machine):
        types = types[:1]
    zones = zones_of(plan, host, types, found)
    if isinstance(host, DriftWatch):
        zones = zones[:1]
    if stands_close(host.spec) and not lustre_mounts(host):
        zones = closest(plan, host, types, zones)
    found += [*_driver_faults(host, image, types), *_local_disk_faults(host, types)]
    return replace(host, image=image, types=types if zones else (), zones=zones)


def _architecture(catalog: Catalog, host: Host, found: list[Diagnostic]) -> str | None:
    spec = host.spec
    if spec.instance and spec.instance not in catalog.types:
        close = nearest(spec.instance, catalog.types, 3)
        remedy = f"Did you mean {' or '.join(close)}?" if close else "`landform catalog show` lists them."
        fact = f"the catalog of {catalog.date} has no instance type '{spec.instance}'."
        found.append(error("LF0401", (*host.path, "instance"), fact, f"{remedy} {REFRESH}"))
        return None
    if isinstance(spec.image, OwnImage):
        return spec.image.arch
    if spec.instance:
        return catalog.types[spec.instance].architecture
    known = IMAGES.get(spec.image)
    offered = tuple(known.parameters) if known else ("x86_64",)
    return spec.architecture or ("x86_64" if "x86_64" in offered else offered[0])


def _image(host: Host, architecture: str, found: list[Diagnostic]) -> HostImage | None:
    image, path = host.spec.image, (*host.path, "image")
    if isinstance(image, OwnImage):
        return HostImage(image.id, image.id, architecture, image.root_device, 0, _os(image), image.user, "own")
    if image not in IMAGES:
        newest = _newest(image)
        if newest:
            found.append(error("LF0203", path, f"unknown image '{image}'.", f"Did you mean '{newest}'?"))
        else:
            found.append(unknown("LF0203", path, "image", image, IMAGES))
        return None
    known = IMAGES[image]
    if architecture not in known.parameters:
        what = host.spec.instance or f"architecture {architecture}"
        fact = f"the image {image} does not exist for {what} ({architecture})."
        offered = sorted(name for name, other in IMAGES.items() if architecture in other.parameters)
        found.append(error("LF0404", path, fact, f"For {architecture} there are: {', '.join(offered)}."))
        return None
    return HostImage(
        name=image,
        ami=f"resolve:ssm:{known.parameters[architecture]}",
        architecture=architecture,
        root_device=known.root_device,
        root_gib=known.root_gib,
        os=known.os,
        user=known.user,
        drivers=known.drivers,
        bin=known.bin,
    )


def _newest(image: str) -> str | None:
    """Return the newest version of a framework that is named without one."""

    def version(name: str) -> list[int]:
        return [int(number) for number in re.findall(r"\d+", name)]

    return max((name for name in IMAGES if name.startswith(f"{image}-")), key=version, default=None)


def _os(image: OwnImage) -> str:
    """An image of one's own is taken for what its login user says."""
    return "ubuntu" if image.user == "ubuntu" else "al2023"


def _driver_faults(host: Host, image: HostImage | None, types: tuple[InstanceType, ...]) -> Iterator[Diagnostic]:
    path = (*host.path, "image")
    makers = {t.accelerator.maker.casefold() for t in types if t.accelerator}
    if image is None or image.drivers == "own":
        return
    needed = {MAKERS.get(maker, maker) for maker in makers}
    if needed and image.drivers not in needed:
        fitting = sorted(n for n, i in IMAGES.items() if i.drivers in needed and image.architecture in i.parameters)
        fact = f"the image {image.name} has no drivers for {types[0].accelerator.name if types[0].accelerator else ''}."
        yield error("LF0404", path, fact, f"Use {', '.join([*fitting, 'an image of your own'])}.")
        return
    for kind in types:
        if not _drives(image, kind):
            fact = f"AWS does not list {kind.family} among what the drivers of {image.name} are for."
            yield warning("LF0404", path, fact, "Try it before you rely on it, or use an image of your own.")
            return


def _driven(image: HostImage | None, types: tuple[InstanceType, ...]) -> tuple[InstanceType, ...]:
    """Leave out what the image's drivers are not made for, where anything else qualifies."""
    return tuple(kind for kind in types if _drives(image, kind)) or types


def _drives(image: HostImage | None, kind: InstanceType) -> bool:
    if image is None or kind.accelerator is None or image.drivers not in ("nvidia", "neuron"):
        return True
    return kind.family in FAMILIES.get((image.drivers, image.architecture), ())


def _local_disk_faults(host: Host, types: tuple[InstanceType, ...]) -> Iterator[Diagnostic]:
    if host.spec.disk.local and any(t.disks is None for t in types):
        fact = f"{next(t.name for t in types if t.disks is None)} has no instance store."
        yield error("LF0405", (*host.path, "disk", "local"), fact, f"Leave out {dotted(('disk', 'local'))}.")
