"""The whole spec: one machine-learning system."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from landform.spec.audit import Audit
from landform.spec.backup import Backup
from landform.spec.batch import BatchTraining
from landform.spec.budget import Budget
from landform.spec.compute import Machine, Training
from landform.spec.data import Entry
from landform.spec.deliver import Deliver
from landform.spec.drift import Watch
from landform.spec.functions import Function
from landform.spec.iam import Iam
from landform.spec.managed import ManagedTraining
from landform.spec.model import Model, Text
from landform.spec.monitor import Monitor
from landform.spec.names import Name
from landform.spec.network import Network
from landform.spec.secrets import Secret
from landform.spec.serve import AnyService
from landform.spec.studio import Studio
from landform.spec.units import fault


def _account(value: str) -> str:
    if not (len(value) == 12 and value.isascii() and value.isdigit()):
        raise fault(f"{value!r} is not an account id: write its 12 digits in quotes")
    return value


Tag = Annotated[Text, Field(max_length=256, pattern=r"^[\w\s.:/=+@${}%-]*$")]
TagKey = Annotated[Text, Field(min_length=1, max_length=128)]


def _own_tags(tags: dict[str, str]) -> dict[str, str]:
    for key in tags:
        if key.lower().startswith("aws:") or key.startswith("landform:"):
            raise fault(f"the tag {key!r} has a reserved prefix: choose another key")
    return tags


class State(Model):
    """The S3 bucket that keeps Terraform's state; without it the state is a local file."""

    bucket: Annotated[Text, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    region: Text


class Regions(Model):
    """Where the system stands; `retired` is for the one apply that empties a region."""

    primary: Text
    replicas: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    retired: Annotated[tuple[Text, ...], Field(strict=False)] = ()

    @property
    def active(self) -> tuple[str, ...]:
        """The regions that hold something, the primary first."""
        return tuple(dict.fromkeys((self.primary, *self.replicas)))


class System(Model):
    """One machine-learning system on AWS."""

    version: Literal[1]
    system: Name
    account: Annotated[Text, AfterValidator(_account)]
    owner: Annotated[Text, Field(max_length=256)] | None = None
    environment: Literal["development", "staging", "production"] = "production"
    tags: Annotated[dict[TagKey, Tag], AfterValidator(_own_tags), Field(max_length=40)] = {}
    budget: Budget | None = None
    state: State | None = None
    regions: Regions
    iam: Iam | None = None
    network: Network = Network()
    data: dict[Name, Entry] = {}
    secrets: dict[Name, Secret] = {}
    machines: dict[Name, Machine] = {}
    train: dict[Name, Annotated[Training | BatchTraining | ManagedTraining, Field(discriminator="platform")]] = {}
    serve: dict[Name, Annotated[AnyService, Field(discriminator="platform")]] = {}
    functions: dict[Name, Function] = {}
    studio: Studio | None = None
    monitor: Monitor | None = None
    audit: Audit | None = None
    drift: dict[Name, Watch] = {}
    backup: Literal["none"] | Backup | None = None
    deliver: Deliver | None = None
