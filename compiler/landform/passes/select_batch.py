"""Nodes and container of every training that Batch runs."""

from dataclasses import replace

from landform.catalog import InstanceType
from landform.catalog.managed import container, containers, processors
from landform.diagnostics import Diagnostic, error
from landform.passes.instances import closest, qualifying, stands_close, zones_of
from landform.passes.select_managed import URI
from landform.passes.unknown import REFRESH, unknown
from landform.plan import Batch, Plan
from landform.suggest import nearest

_PROCESSORS = {"": "cpu", "nvidia": "gpu"}

_UNDRIVEN = frozenset({"g3", "g3s", "p3", "p3dn"})
"""Families that the image ECS_AL2023_NVIDIA has no drivers for (Batch API, Ec2Configuration, read 2026-11-23)."""


def selected_batch(plan: Plan, batch: Batch, found: list[Diagnostic]) -> Batch:
    """Return the training with image, instance types and zones; one that finds none keeps none."""
    spec, catalog = batch.spec, plan.catalog
    if batch.region not in catalog.regions:
        return batch
    if spec.instance and spec.instance not in catalog.types:
        close = nearest(spec.instance, catalog.types, 3)
        remedy = f"Did you mean {' or '.join(close)}?" if close else "`landform catalog show` lists them."
        fact = f"the catalog of {catalog.date} has no instance type '{spec.instance}'."
        found.append(error("LF0401", (*batch.path, "instance"), fact, f"{remedy} {REFRESH}"))
        return batch
    named = catalog.types[spec.instance].architecture if spec.instance else spec.architecture
    types = qualifying(plan, batch, named or "x86_64", found)
    driven = tuple(kind for kind in types if kind.family not in _UNDRIVEN)
    if types and not driven:
        fact = f"Batch's nodes have no drivers for the GPUs of {types[0].name}."
        key = "instance" if spec.instance else "accelerator"
        found.append(error("LF0404", (*batch.path, key), fact, "Ask for newer ones, or use `platform: ec2`."))
    types = driven
    image = _image(batch, types, found)
    if not types:
        return replace(batch, image=image)
    zones = zones_of(plan, batch, types, found)
    if stands_close(spec):
        zones = closest(plan, batch, types, zones)
    return replace(batch, image=image, types=types if zones else (), zones=zones)


def _image(batch: Batch, types: tuple[InstanceType, ...], found: list[Diagnostic]) -> str:
    """Return the URI of the container: AWS's of a framework, for the processor of the nodes, or the one given."""
    image, path = batch.spec.image, (*batch.path, "image")
    if not isinstance(image, str) or image not in containers():
        if isinstance(image, str) and "/" in image and URI.fullmatch(image):
            return image
        found.append(unknown("LF0203", path, "image", str(image), containers()))
        return ""
    kind = types[0] if types else None
    maker = kind.accelerator.maker.casefold() if kind and kind.accelerator else ""
    processor = _PROCESSORS.get(maker, maker)
    if kind and (processor not in processors(image) or kind.architecture != "x86_64"):
        others = ", ".join(name for name in containers() if processor in processors(name))
        fitting = others if kind.architecture == "x86_64" else ""
        remedy = f"For its processor there are: {fitting}." if fitting else "Give the URI of an image of your own."
        found.append(error("LF0404", path, f"the image {image} does not exist for {kind.name}.", remedy))
        return ""
    uri = container(image, batch.region, "gpu" if processor == "gpu" else "cpu")
    if uri is None:
        remedy = "Push one to ECR and give its URI."
        found.append(error("LF0402", path, f"AWS keeps no {image} in {batch.region}.", remedy))
    return uri or ""
