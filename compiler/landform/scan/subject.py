"""What the rules look at: a plan, the account it is for, and which part of the spec stands behind each module."""

from __future__ import annotations

from dataclasses import dataclass

from landform.proof.grants import Places, module_of
from landform.proof.planned import Planned, Resource


@dataclass(frozen=True)
class Subject:
    """A planned system under examination."""

    planned: Planned
    account: str
    places: Places
    written: frozenset[str] = frozenset()
    """Buckets that edges of the spec write to."""

    def is_own(self, resource: Resource) -> bool:
        """Tell whether a resource is of the user's own: in no module of the output."""
        return bool(self.places.sections) and module_of(resource.address) not in self.places.sections

    def role_of(self, policy: Resource) -> str:
        """The role that an inline policy belongs to: its address, or its name where no reference tells."""
        targets = self.planned.targets(policy, "role")
        return targets[0].address if targets else str(policy.values.get("role"))
