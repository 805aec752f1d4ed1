"""The sections `machines` and `train`: what computes."""

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, PositiveInt, Tag, model_validator

from landform.spec.allows import Allows
from landform.spec.calls import Called
from landform.spec.instances import InstanceName, require_one_way
from landform.spec.model import Given, Model, Text, Variable, Was
from landform.spec.mounts import Mounts
from landform.spec.names import Name
from landform.spec.units import Accelerator, Block, Count, GiB, Memory, Percent, Range, Seconds, Volume, fault
from landform.spec.work import Checkpoint, Work

MAX_NODES = 1000
"""An Auto Scaling group can be larger; a training job on EC2 is not (a bound against slips of the pen)."""


class OwnImage(Model):
    """An AMI of one's own, and what landform cannot know of it."""

    id: Annotated[Text, Field(pattern=r"^ami-([0-9a-f]{8}|[0-9a-f]{17})$")]
    root_device: Literal["/dev/xvda", "/dev/sda1"]
    arch: Literal["x86_64", "arm64"]
    user: Annotated[Text, Field(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]


class Disks(Model):
    """The disks of one host: `root` and `data` on EBS, `local` on the instance itself."""

    root: Volume | None = None
    data: Volume | None = None
    local: Literal["instance-store"] | None = None


class SessionShell(Model):
    """A shell by SSM Session Manager: no open port, no stored key."""

    via: Literal["ssm"]


class KeyShell(Model):
    """A shell by SSH with an EC2 key pair that exists."""

    key: Annotated[Text, Field(min_length=1, max_length=255)]
    from_: tuple[Block, ...] = Field(alias="from", min_length=1, strict=False)


def _way(shell: object) -> str:
    return "KeyShell" if isinstance(shell, dict) and "via" not in shell and shell else "SessionShell"


Shell = Annotated[
    Annotated[SessionShell, Tag("SessionShell")] | Annotated[KeyShell, Tag("KeyShell")],
    Discriminator(_way),
]


class Ingress(Model):
    """A port that others may reach."""

    port: Annotated[int, Field(ge=1, le=65_535)]
    protocol: Literal["tcp", "udp"] = "tcp"
    from_: Literal["network"] | Annotated[tuple[Block, ...], Field(min_length=1, strict=False)] = Field(
        default="network", alias="from"
    )


Names = Annotated[tuple[Text, ...], Field(strict=False)]


class Edges(Model):
    """What a workload may do with the stores and services of the system; no edge, no permission."""

    reads: Names = ()
    writes: Names = ()
    deletes: Names = ()
    uses: Names = ()
    calls: Annotated[tuple[Called, ...], Field(strict=False)] = ()
    allows: Allows = ()


class Host(Edges):
    """What a machine and a training node have in common."""

    instance: InstanceName | None = None
    accelerator: Accelerator | None = None
    cpu: Count | None = None
    memory: Memory | None = None
    architecture: Literal["x86_64", "arm64"] | None = None
    image: Text | OwnImage = "al2023"
    disk: Disks = Disks()
    mounts: Mounts = {}
    env: dict[Variable, Text] = {}
    was: Was = ()

    @model_validator(mode="after")
    def _one_way_to_say_the_type(self) -> Self:
        require_one_way(self, "architecture")
        return self


class Machine(Host):
    """One EC2 instance."""

    purchase: Literal["on-demand", "spot"] = "on-demand"
    user_data: Given | None = None
    shell: Shell | None = None
    ingress: dict[Name, Ingress] = {}

    @model_validator(mode="after")
    def _one_rule_for_ssh(self) -> Self:
        if isinstance(self.shell, KeyShell) and "ssh" in self.ingress:
            raise fault("`shell` makes the rule `ssh` of its own: call the other one something else")
        return self


class Capacity(Model):
    """How a group is bought: the spot share of what exceeds the on-demand base."""

    spot: Percent = Field(default=0, json_schema_extra={"default": "0%"})
    on_demand_base: Annotated[int, Field(ge=0, le=MAX_NODES)] = 0


class TrainingCapacity(Capacity):
    """How the nodes of a training are bought; `max_wait` is for SageMaker, and harmless elsewhere."""

    max_wait: Seconds | None = None


SHORTEST_FALLBACK: Final = 300
"""Seconds: less than that, and nodes that are merely starting would count as lacking."""

LONGEST_FALLBACK: Final = 86_400
"""Seconds that an alarm looks back over at most (CloudWatch API, PutMetricAlarm, read 2026-11-29)."""


def _fallback(seconds: int) -> int:
    if not SHORTEST_FALLBACK <= seconds <= LONGEST_FALLBACK or seconds % 60:
        raise fault("on-demand nodes step in after 5m to 1d, in whole minutes: write it like 15m")
    return seconds


class FleetCapacity(TrainingCapacity):
    """How a fleet on EC2 is bought: `fallback` is how long spot capacity may be short before on-demand steps in."""

    fallback: Annotated[Seconds, AfterValidator(_fallback)] | None = None

    @model_validator(mode="after")
    def _falls_from_spot(self) -> Self:
        if self.fallback and not self.spot:
            raise fault("`fallback` stands in for spot capacity, and there is none: add `spot`, or leave it out")
        return self


def _pool(size: Range) -> Range:
    if size.high is None or size.high == 0 or size.high > MAX_NODES:
        raise fault(f"a pool needs an upper bound of 1 to {MAX_NODES}: write it like 0..8")
    return size


Pool = Annotated[Count, AfterValidator(_pool)]
"""How many nodes there may be at a time."""


class Training(Host, Work):
    """A training workload on EC2: a fleet of equal nodes."""

    platform: Literal["ec2"]
    nodes: Annotated[PositiveInt, Field(le=MAX_NODES)] = 1
    pool: Pool | None = None
    capacity: FleetCapacity = FleetCapacity()
    command: Given | None = None
    max_runtime: Seconds | None = None

    @property
    def most_nodes(self) -> int:
        """How many nodes it may have at once."""
        return self.pool.high if self.pool and self.pool.high else self.nodes

    @model_validator(mode="after")
    def _code_is_run(self) -> Self:
        if self.code and not self.command:
            raise fault("`code` is there and nothing runs it: add `command`")
        return self


__all__ = [
    "Checkpoint",
    "Disks",
    "GiB",
    "Host",
    "KeyShell",
    "Machine",
    "OwnImage",
    "SessionShell",
    "Training",
]
