"""What SageMaker runs something on: the machine and the container, for trainings and for models that it serves."""

import re
from typing import Final

from landform.catalog import InstanceType
from landform.catalog.job_permissions import repository_arn
from landform.catalog.managed import Purpose, container, containers, managed_types, processors
from landform.diagnostics import Diagnostic, Path, error
from landform.passes.instances import asked, fits, known_accelerator, rank, wish_of
from landform.passes.unknown import REFRESH, UPDATE, unknown
from landform.plan import Job, Plan, ServedModel
from landform.suggest import nearest

Managed = Job | ServedModel
"""What SageMaker brings machines for."""

URI: Final = re.compile(r"[a-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9._/-]+([:@][A-Za-z0-9._:-]+)?")

DOES: Final[dict[Purpose, str]] = {"training": "trains on", "hosting": "serves models from"}


def machine(plan: Plan, own: Managed, purpose: Purpose, found: list[Diagnostic]) -> InstanceType | None:
    """Return the instance type that is named, or the cheapest that qualifies; None where there is none."""
    return _named(plan, own, purpose, found) if own.spec.instance else _cheapest(plan, own, purpose, found)


def zones(plan: Plan, region: str) -> tuple[str, ...]:
    """Return the zones of a region's network, or the subnets of one that is known by those alone."""
    network = plan.networks.get(region)
    private = network.existing.private if network and network.existing else None
    return tuple(sorted(private)) if private is not None else tuple(z.id for z in network.zones) if network else ()


def _named(plan: Plan, own: Managed, purpose: Purpose, found: list[Diagnostic]) -> InstanceType | None:
    assert own.spec.instance is not None
    name, path = own.spec.instance.removeprefix("ml."), (*own.path, "instance")
    known = managed_types(purpose)
    if name not in known or name not in plan.catalog.types:
        offered = [f"ml.{type_}" for type_ in known if type_ in plan.catalog.types]
        close = nearest(own.spec.instance, offered, 3)
        remedy = f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(offered[:12])}, …."
        fact = f"SageMaker {DOES[purpose]} no '{own.spec.instance}' that the catalog of {plan.catalog.date} knows."
        found.append(error("LF0401", path, fact, f"{remedy} {REFRESH if name in known else UPDATE}"))
        return None
    return plan.catalog.types[name]


def _cheapest(plan: Plan, own: Managed, purpose: Purpose, found: list[Diagnostic]) -> InstanceType | None:
    """Return the cheapest type that qualifies, that SageMaker has for it and that EC2 offers in the region.

    Nobody publishes where SageMaker offers what: where EC2 does is the nearest thing that is known.
    """
    catalog, wish = plan.catalog, own.spec.accelerator
    if wish and not known_accelerator(catalog, own, wish, found):
        return None
    managed = [catalog.types[name] for name in managed_types(purpose) if name in catalog.types]
    fitting = [kind for kind in managed if fits(own.spec, kind, "x86_64")]
    offered = [kind for kind in fitting if catalog.zones_of(kind.name, own.region)]
    if not offered:
        code = "LF0402" if fitting else "LF0403"
        where = f" in {own.region}" if fitting else ""
        fact = f"SageMaker {DOES[purpose]} no instance type with {wish_of(own.spec)}{where}."
        found.append(error(code, asked(own), fact, "Ask for a range (cpu: 8..), or name one: instance: ml.g5.xlarge."))
        return None

    return min(offered, key=lambda kind: rank(catalog, kind, own.region))


def image(
    own: Managed, wanted: str, path: Path, kind: InstanceType | None, purpose: Purpose, found: list[Diagnostic]
) -> str:
    """Return the URI of the container: of a framework for the machine's processor, or the one that is given."""
    if wanted in containers(purpose):
        return _framework(own, wanted, path, kind, purpose, found)
    if "/" not in wanted or not URI.fullmatch(wanted):
        found.append(unknown("LF0203", path, "image", wanted, containers(purpose)))
        return ""
    arn = repository_arn(wanted)
    if arn is None or arn.split(":")[3] != own.region:
        fact = f"SageMaker takes images from ECR in {own.region} alone, and '{wanted}' is not there."
        found.append(error("LF0404", path, fact, f"Push it: <account>.dkr.ecr.{own.region}.amazonaws.com/name:tag."))
        return ""
    return wanted


def _framework(
    own: Managed, wanted: str, path: Path, kind: InstanceType | None, purpose: Purpose, found: list[Diagnostic]
) -> str:
    maker = kind.accelerator.maker.casefold() if kind and kind.accelerator else ""
    processor = {"": "cpu", "nvidia": "gpu"}.get(maker, maker)
    if kind and (processor not in processors(wanted, purpose) or kind.architecture != "x86_64"):
        fact = f"the image {wanted} does not exist for ml.{kind.name}."
        x86 = kind.architecture == "x86_64"
        others = ", ".join(name for name in containers(purpose) if x86 and processor in processors(name, purpose))
        remedy = f"For its processor there are: {others}." if others else "Give the URI of an image of your own."
        found.append(error("LF0404", path, fact, remedy))
        return ""
    uri = container(wanted, own.region, "gpu" if processor == "gpu" else "cpu", purpose)
    if uri is None:
        found.append(
            error("LF0402", path, f"AWS keeps no {wanted} in {own.region}.", "Push one to ECR and give its URI.")
        )
    return uri or ""
