"""Users of Studio in a plan: what is whose, what they may start and put in force, and which roles they may pass on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from landform.proof.planned import Planned, Resource

if TYPE_CHECKING:
    from landform.proof.evaluate import Statement
    from landform.proof.grants import Places
    from landform.proof.system import Role, System

SAGEMAKER: Final = frozenset({"sagemaker.amazonaws.com"})
STUDIO: Final = "studio"


def beside(planned: Planned, role: Resource) -> Mapping[str, str]:
    """Return what the module of a role names beside it: of a user what is their own, of others what users go by."""
    found = {"packages": planned.given(role, "package_group"), "tuning": _named(planned, role, "aws_ssm_parameter")}
    for kind, name in (("user_profile", "profile"), ("space", "space")):
        for each in planned.of_type(f"aws_sagemaker_{kind}"):
            if each.module == role.module and each.key == role.key and role.key is not None:
                found |= {name: each.values.get(f"{kind}_name"), "user": str(role.key)}
    if "user" in found:
        found["instance"] = planned.given(role, "instance")
    return {name: str(value) for name, value in found.items() if value}


def _named(planned: Planned, role: Resource, kind: str) -> str:
    own = [r for r in planned.of_type(kind) if r.module == role.module and r.name == "tuning"]
    return str(own[0].values.get("name") or "") if own else ""


def of_user(role: Role) -> dict[str, str]:
    """Return what fills in the meanings of a user's edges."""
    return {**role.beside, "user_role": role.arn, "host": f"{STUDIO}-{role.beside['user']}"}


def of_training(system: System, places: Places, entry: str) -> dict[str, str]:
    """Return what a training that SageMaker runs goes by; the others stand where a schedule finds them."""
    facts: dict[str, str] = {}
    for other in _at(system, places, "train", entry):
        if other.services == SAGEMAKER:
            facts["definition"] = other.job
            if tuning := other.beside.get("tuning"):
                facts |= {"tuning": tuning, "searches": other.named}
    return facts


def of_served(system: System, places: Places, entry: str, region: str) -> dict[str, str]:
    """Return what a model in force goes by, with the group of its packages."""
    for other in _at(system, places, "serve", entry):
        if other.services == SAGEMAKER and other.region == region and "packages" in other.beside:
            own = {"served": other.named, "model_role": other.arn, "served_definition": other.job}
            return {**own, "packages": other.beside["packages"]}
    return {}


def passes_on(system: System, places: Places, role: Role, statement: Statement) -> bool:
    """Tell whether a user, or a part of a loop, passes to SageMaker alone roles that only SageMaker takes.

    They are those of trainings and of what these serve, and the user's own. Which ones, each edge says: what stands in
    no edge is found elsewhere. Whoever may start a training acts through it as that: its code is theirs to choose.
    """
    conditions = {(c.operator.lower(), c.key.lower()): set(c.values) for c in statement.conditions}
    to_sagemaker = conditions.get(("stringequals", "iam:passedtoservice")) == set(SAGEMAKER)
    if (
        not ("user" in role.beside or "loop" in role.definition)
        or not to_sagemaker
        or statement.not_resources
        or statement.resources.wild
    ):
        return False
    allowed = {r.arn for s in ("train", "serve") for r in system.roles if places.path(r.address)[:1] == (s,)}
    fitting = {r.arn for r in system.roles if r.services == SAGEMAKER and r.arn in allowed} | {role.arn}
    return set(statement.resources.texts) <= fitting


def _at(system: System, places: Places, section: str, entry: str) -> Iterator[Role]:
    yield from (role for role in system.roles if places.path(role.address) == (section, entry))
