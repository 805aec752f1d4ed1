"""Whose a thing is: what already stands of a system is neither in its way nor used by others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from landform.lower.shared import tags
from landform.plan import Plan


@dataclass(frozen=True, slots=True)
class Owner:
    """The system and its environment, as everything that landform makes is tagged."""

    system: str
    environment: str

    def tagged(self, told: Iterable[Mapping[str, Any]]) -> bool:
        """Whether tags, in the form ``[{"Key", "Value"}]``, are this system's."""
        found = {tag["Key"]: tag["Value"] for tag in told}
        return self.named(found)

    def named(self, told: Mapping[str, Any]) -> bool:
        """Whether tags, in the form ``{key: value}``, are this system's."""
        return told.get("landform:system") == self.system and told.get("landform:environment") == self.environment


def owner(plan: Plan) -> Owner:
    """Return whose things of a plan are."""
    own = tags(plan)
    return Owner(own["landform:system"], own["landform:environment"])
