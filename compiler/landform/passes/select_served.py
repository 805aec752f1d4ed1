"""Machine and container of every model that an endpoint of SageMaker serves."""

from dataclasses import replace

from landform.catalog import InstanceType
from landform.catalog.managed import containers
from landform.diagnostics import Diagnostic, Related, error
from landform.passes.select_managed import image, machine, zones
from landform.plan import Plan, ServedModel


def selected_model(plan: Plan, own: ServedModel, found: list[Diagnostic]) -> ServedModel:
    """Return the served model with type, image and zones; one that finds none keeps none."""
    if own.region not in plan.catalog.regions:
        return own
    kind = machine(plan, own, "hosting", found)
    return replace(own, type=kind, image=_image(plan, own, kind, found), zones=zones(plan, own.region))


def _image(plan: Plan, own: ServedModel, kind: InstanceType | None, found: list[Diagnostic]) -> str:
    """Return the container that is named, or the one that serves what the training's framework made."""
    if own.spec.image:
        return image(own, own.spec.image, (*own.path, "image"), kind, "hosting", found)
    training = plan.system.train.get(own.trained.removeprefix("train."))
    if training is None:
        return ""
    if not isinstance(training.image, str) or training.image not in containers("hosting"):
        named = getattr(training.image, "id", training.image)
        known = ", ".join(containers("hosting"))
        fact = f"no container is known that serves what '{named}' of {own.trained} makes."
        remedy = f"Name one: `image: <uri>`, or of another version: {known}."
        other = Related("the training's image", ("train", own.trained.removeprefix("train."), "image"))
        found.append(error("LF0404", (*own.path, "model"), fact, remedy, other))
        return ""
    return image(own, training.image, (*own.path, "model"), kind, "hosting", found)
