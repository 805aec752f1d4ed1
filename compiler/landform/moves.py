"""What a training asks for, platform by platform: what it cannot have where it is, and what a move would cost it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from landform.catalog.platforms import ABILITIES, ALWAYS, PLATFORMS, READ, Lack
from landform.diagnostics import Path
from landform.plan import Batch, Host, Job, Plan
from landform.spec.compute import OwnImage

Training = Host | Job | Batch
Asked = Callable[[Training], Path | None]
"""Where a training asks for something, behind its own path; None where it does not."""


def _given(*path: str) -> Asked:
    """Ask by a key: anything in it but what stands there without being asked for."""

    def asked(training: Training) -> Path | None:
        value: Any = training.spec
        for key in path:
            value = getattr(value, key, None)
        return path if value else None

    return asked


def _mounts(kind: str) -> Asked:
    def asked(training: Training) -> Path | None:
        found = (edge.path[2:] for edge in training.edges if edge.verb == "mounts" and edge.store.kind == kind)
        return next(found, None)

    return asked


def _spot_share(training: Training) -> Path | None:
    return ("capacity", "spot") if 0 < training.spec.capacity.spot < 100 else None  # type: ignore[union-attr]


def _spot_nodes(training: Training) -> Path | None:
    several = training.spec.nodes > 1 and training.spec.capacity.spot  # type: ignore[union-attr]
    return ("capacity", "spot") if several else None


def _neuron(training: Training) -> Path | None:
    types = (training.type,) if isinstance(training, Job) else training.types
    own = next((kind.accelerator for kind in types if kind and kind.accelerator), None)
    if own is None or own.maker.casefold() == "nvidia":
        return None
    return ("instance",) if training.spec.instance else ("accelerator",)


def _machine_image(training: Training) -> Path | None:
    return ("image",) if isinstance(training.spec.image, OwnImage) else None


def _algorithm(training: Training) -> Path | None:
    return None if training.spec.command or training.spec.pool else ()  # type: ignore[union-attr]


def _max_runtime(training: Training) -> Path | None:
    return ("max_runtime",) if "max_runtime" in training.spec.model_fields_set else None


ASKED: Final[Mapping[str, Asked]] = {
    "spot-share": _spot_share,
    "on-demand-base": _given("capacity", "on_demand_base"),
    "pool": _given("pool"),
    "spot-nodes": _spot_nodes,
    "max-wait": _given("capacity", "max_wait"),
    "max-runtime": _max_runtime,
    "data-disk": _given("disk", "data"),
    "instance-store": _given("disk", "local"),
    "neuron": _neuron,
    "machine-image": _machine_image,
    "algorithm": _algorithm,
    "efs": _mounts("efs"),
    "lustre": _mounts("lustre"),
    "schedule": _given("schedule"),
    "inputs": _given("inputs"),
    "output": _given("output"),
    "hyperparameters": _given("hyperparameters"),
    "reports": _given("reports"),
    "tuning": _given("tuning"),
}
"""Ability → how a spec asks for it."""


def trainings(plan: Plan) -> Iterator[Training]:
    """Yield all trainings, whatever runs them."""
    yield from (host for host in plan.hosts if host.section == "train")
    yield from plan.jobs
    yield from plan.batches


def moves(training: Training) -> Iterator[dict[str, Any]]:
    """Yield for each other platform what a training would lose there, gain, and have in another way."""
    for platform in PLATFORMS:
        if platform != training.platform:
            yield {
                "to": platform,
                "read": READ,
                "loses": list(lost(training, platform)),
                "gains": list(gained(training, platform)),
                "otherwise": list(otherwise(training, platform)),
            }


def refused(training: Training) -> Iterator[tuple[str, Path, Lack]]:
    """Yield what a training asks for and its platform lacks: the ability, where it is asked for, and why."""
    for name, ability in ABILITIES.items():
        lack, place = ability.lacks.get(training.platform), ASKED[name](training)
        if lack and place is not None:
            yield name, (*training.path, *place), lack


def lost(training: Training, platform: str) -> Iterator[str]:
    """Yield what a training has where it is and would not have on another platform, each with the reason."""
    for name, ability in ABILITIES.items():
        if training.platform in ability.how and platform in ability.lacks and ASKED[name](training) is not None:
            yield f"{ability.what}: {ability.lacks[platform].fact}"


def gained(training: Training, platform: str) -> Iterator[str]:
    """Yield what a training could have on another platform and cannot have where it is."""
    for ability in ABILITIES.values():
        if training.platform in ability.lacks and platform in ability.how:
            yield f"{ability.what}: {ability.how[platform]}"


def otherwise(training: Training, platform: str) -> Iterator[str]:
    """Yield what a training has on both platforms, each in its own way."""
    for name, ability in ABILITIES.items():
        here, there = ability.how.get(training.platform), ability.how.get(platform)
        if here and there and here != there and ASKED[name](training) is not None:
            yield f"{ability.what}: {there} (here: {here})"
    for what, ways in ALWAYS.items():
        if ways[platform] != ways[training.platform]:
            yield f"{what}: {ways[platform]} (here: {ways[training.platform]})"
