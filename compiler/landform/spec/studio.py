"""The section `studio`: where people prepare data and build, train, tune and deploy models."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from landform.spec.compute import Edges
from landform.spec.instances import ManagedInstanceName
from landform.spec.model import Text
from landform.spec.mounts import Mounts
from landform.spec.names import Name
from landform.spec.units import GiB, Seconds, fault

MOST_USERS: Final = 60
"""A domain takes more. A network of the usual size has addresses for these, and a role each is 1000 to an account."""

SHORTEST_IDLE, LONGEST_IDLE = 3_600, 525_600 * 60
"""Seconds: SageMaker API, IdleSettings, 60 to 525600 minutes (read 2026-11-29)."""

SMALLEST_DISK, LARGEST_DISK = 5, 16_384
"""GiB: SageMaker API, EbsStorageSettings (read 2026-11-29)."""


def _idle(seconds: int) -> int:
    if not SHORTEST_IDLE <= seconds <= LONGEST_IDLE or seconds % 60:
        raise fault("SageMaker ends what is idle after 60m to 365d, in whole minutes: write it like 90m")
    return seconds


def _disk(gib: int) -> int:
    if not SMALLEST_DISK <= gib <= LARGEST_DISK:
        raise fault(f"a space has {SMALLEST_DISK}GiB to {LARGEST_DISK}GiB: write a size between them")
    return gib


def _distinct(users: tuple[str, ...]) -> tuple[str, ...]:
    for index, user in enumerate(users):
        if user in users[:index]:
            raise fault(f"'{user}' stands twice in `users`: leave one out")
    return users


def _counted(users: Any) -> Any:
    if isinstance(users, list | tuple | dict) and not 1 <= len(users) <= MOST_USERS:
        raise fault(f"a domain has 1 to {MOST_USERS} users here: write users: [ana, ben]")
    return users


Login = Annotated[Text, Field(pattern=r"^[A-Za-z0-9+=,.@_-]+$", max_length=128)]
"""What a user is called in IAM Identity Center."""

Users = Annotated[
    Annotated[Annotated[tuple[Name, ...], AfterValidator(_distinct), Field(strict=False)], Tag("list")]
    | Annotated[dict[Name, Login], Tag("mapping")],
    Discriminator(lambda users: "mapping" if isinstance(users, dict) else "list"),
    BeforeValidator(_counted),
]


class Studio(Edges):
    """A domain of SageMaker Studio: every user has a role, a profile and a space of their own, and the same edges.

    `users` are names, or name → what that user is called in IAM Identity Center. `instance` is what their apps run on.
    """

    auth: Literal["iam", "sso"] = "iam"
    users: Users
    instance: ManagedInstanceName = "ml.t3.medium"
    disk: Annotated[GiB, AfterValidator(_disk)] = Field(default=20, json_schema_extra={"default": "20GiB"})
    idle: Annotated[Seconds, AfterValidator(_idle)] = Field(default=3_600, json_schema_extra={"default": "60m"})
    canvas: bool = False
    jumpstart: bool = False
    mounts: Mounts = {}
    logs: Literal["own", "existing"] = "own"

    @model_validator(mode="after")
    def _logins_are_of_sso(self) -> Self:
        if isinstance(self.users, dict) and self.auth == "iam":
            raise fault("people sign in by IAM Identity Center where `auth` is sso: write it, or a list of users")
        return self

    @property
    def logins(self) -> dict[str, str]:
        """User → what they are called where they sign in."""
        return dict(self.users) if isinstance(self.users, dict) else {user: user for user in self.users}
