"""What decides what a role does, though nothing runs by it: objects and images that it fetches, and what it is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from landform.catalog.job_permissions import repository_arn
from landform.catalog.ways import FETCHED, PULLED, TOLD
from landform.proof.grants import Grant
from landform.proof.patterns import exemplar
from landform.proof.runners import Runner
from landform.proof.system import System


def fed(system: System, expected: Sequence[Grant]) -> Iterator[Runner]:
    """Yield what whoever may put another thing in its place, or tells it of another, acts as a role by."""
    yield from _fetched(system, expected)
    yield from _pulled(system)
    yield from _told(system)


_CODE: Final = frozenset({"code", "bundle"})
"""Edges by which a workload fetches what it runs."""


def _fetched(system: System, expected: Sequence[Grant]) -> Iterator[Runner]:
    addresses = {role.arn: role.address for role in system.roles}
    for grant in expected:
        if "s3:GetObject" in grant.actions and _CODE & set(grant.path[2:3]):
            for place in grant.resources:
                address = addresses[grant.principal]
                yield Runner(FETCHED.on, address, exemplar(place), address, {})


def _pulled(system: System) -> Iterator[Runner]:
    """Repositories of images that roles run: of this account alone, and no image that a digest names."""
    for role in system.roles:
        algorithm = role.definition.get("AlgorithmSpecification", {})
        image = str(algorithm.get("TrainingImage") or role.definition.get("image", ""))
        arn = repository_arn(image)
        if arn and f":{system.account}:" in arn and "@" not in image:
            yield Runner(PULLED.on, role.address, arn, role.address, {})


def _told(system: System) -> Iterator[Runner]:
    """The steps of loops: buckets, parameters, endpoints and roles that they work on are what their event says."""
    steps = {r.address for r in system.roles if r.definition.get("loop", {}).get("kind") == "steps"}
    for runner in system.runners:
        if runner.kind == "function" and runner.role in steps:
            for arn in (runner.arn, f"{runner.arn}:$LATEST"):
                yield Runner(TOLD.on, runner.address, arn, runner.role, runner.tags)
