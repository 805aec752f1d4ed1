"""Watches for drift, as the proof sees them: what their modules are given, and what they make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from landform.proof.planned import Planned, Resource

_TAG: Final = "landform:"


def watching(planned: Planned, role: Resource) -> Mapping[str, Any]:
    """Return what a watch reads, takes and tells, and the tags of its disk; nothing of what is no watch."""
    if planned.given(role, "captured") is None:
        return {}
    told = {name: planned.given(role, name) for name in ("captured", "labels")}
    made = [r for r in planned.of_type(*_MADE) if r.module == role.module and r.name in ("this", "state")]
    told |= {_MADE[r.type]: r.values for r in made}
    return {name: value for name, value in told.items() if value}


_MADE: Final = {"aws_cloudwatch_event_bus": "bus", "aws_ebs_volume": "disk", "aws_sqs_queue": "queue"}


def of_watch(definition: Mapping[str, Any], region: str, account: str) -> dict[str, str]:
    """Return what fills in the meanings of a watch."""
    facts = {}
    if "queue" in definition:
        facts["objects"] = f"arn:aws:sqs:{region}:{account}:{definition['queue'].get('name')}"
    if "bus" in definition:
        facts["bus"] = str(definition["bus"].get("name"))
    tags = {**(definition.get("disk", {}).get("tags_all") or {}), **(definition.get("disk", {}).get("tags") or {})}
    return facts | {f"tag_{name.removeprefix(_TAG)}": str(v) for name, v in tags.items() if name.startswith(_TAG)}


def read_from(definition: Mapping[str, Any], what: str) -> tuple[str, str] | None:
    """Return the ARN of the bucket that a watch reads `what` from, and the beginning of the keys."""
    place = definition.get(what)
    return (str(place["bucket_arn"]), str(place["prefix"])) if place else None
