"""SageMaker Studio in a plan: the domain, and the people who work in it."""

from __future__ import annotations

from dataclasses import dataclass

from landform.catalog import InstanceType
from landform.diagnostics import Path
from landform.plan.stores import Bucket
from landform.plan.workloads import Workload
from landform.spec.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioUser(Workload):
    """Whoever works under a role of their own: `physical` is the profile, `space` what their apps run in.

    `login` is what the user is called where people sign in. No module is called by the `address`: there is one of all.
    """

    spec: Studio
    login: str
    space: str
    type: InstanceType | None = None
    zones: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where all users stand in the spec: their edges are the section's."""
        return (self.section,)

    @property
    def label(self) -> str:
        """All users together: what is said of one holds of the others."""
        return self.section

    @property
    def known(self) -> str:
        """The one user, as grants say it: ``studio.ana``."""
        return f"{self.section}.{self.entry}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """The domain: `role` is what it has to have and nobody works under, `canvas` the bucket that Canvas works in."""

    spec: Studio
    region: str
    name: str
    role: str
    role_arn: str
    users: tuple[StudioUser, ...]
    canvas: Bucket | None = None
