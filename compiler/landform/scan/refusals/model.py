"""A refusal: something that AWS says no to when Terraform applies it, and the embedded AWS does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from landform.proof.planned import Resource
from landform.scan.subject import Subject

Found = tuple[Resource, str]
"""The resource that would be refused, and why: the rest of a sentence that begins with its address."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is refused: a stable name, the rule in a line, where AWS says it, and what finds it in a plan."""

    name: str
    says: str
    source: str
    find: Callable[[Subject], Iterator[Found]]


def blocks(resource: Resource, *path: str) -> list[dict[str, object]]:
    """Return the blocks at a path of arguments: ``"rule", "destination"``; a plan holds each in a list."""
    found = [resource.values]
    for step in path:
        found = [inner for block in found for inner in block.get(step) or () if isinstance(inner, dict)]
    return [dict(block) for block in found]


def target(subject: Subject, resource: Resource, *argument: str | int) -> str:
    """Return the address of what an argument refers to, or its value where it refers to nothing of the plan."""
    targets = subject.planned.targets(resource, *argument)
    return targets[0].address if targets else str(resource.values.get(str(argument[0])) or "")
