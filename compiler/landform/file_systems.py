"""Stores that are mounted: the file systems of a plan."""

from dataclasses import dataclass
from typing import ClassVar

from landform.plan import Batch, Bucket, Host, Job, Plan, Store
from landform.spec.data import Efs as EfsSpec
from landform.spec.data import Lustre as LustreSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSystem(Store):
    """What a workload has under a path; `ports` are the ranges of TCP ports that it is reached on.

    AWS gives a file system its id. Until then, in statements and grants, it goes by its address in Terraform.
    """

    ports: ClassVar[tuple[tuple[int, int], ...]]
    calls_back: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Efs(FileSystem):
    """An EFS file system: a mount target in every zone, an access point for every consumer.

    `copy` tells that it is one: what is written to the original arrives there, and nobody else writes.
    """

    kind: ClassVar[str] = "efs"
    ports: ClassVar[tuple[tuple[int, int], ...]] = ((2049, 2049),)
    spec: EfsSpec
    copy: bool = False

    @property
    def arn(self) -> str:
        """The ARN of the file system, by its address."""
        return f"arn:aws:elasticfilesystem:{self.region}:{self.account}:file-system/{self.address}"

    def access_point(self, consumer: str) -> str:
        """Return the ARN of the access point of a consumer, by the address and the consumer's name."""
        return f"arn:aws:elasticfilesystem:{self.region}:{self.account}:access-point/{self.address}/{consumer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lustre(FileSystem):
    """An FSx file system of one zone. No identity policy speaks of a mount: the network alone decides."""

    kind: ClassVar[str] = "lustre"
    ports: ClassVar[tuple[tuple[int, int], ...]] = ((988, 988), (1018, 1023))
    calls_back: ClassVar[bool] = True
    spec: LustreSpec

    @property
    def arn(self) -> str:
        """The ARN of the file system, by its address."""
        return f"arn:aws:fsx:{self.region}:{self.account}:file-system/{self.address}"

    @property
    def linked(self) -> tuple[str, ...]:
        """The entries of the buckets that it loads from or exports to."""
        return tuple(sorted({*self.spec.loads, *self.spec.exports}))


Mounting = Host | Job | Batch
"""What can mount file systems."""


def mounting(plan: Plan, store: Store) -> tuple[Mounting, ...]:
    """Return what mounts a file system."""
    return tuple(m for m in mounters(plan) if any(e.verb == "mounts" and e.store is store for e in m.edges))


def mounters(plan: Plan) -> tuple[Mounting, ...]:
    """Return what can mount file systems."""
    return (*plan.hosts, *plan.jobs, *plan.batches)


def linked_buckets(plan: Plan, own: Lustre) -> tuple[Bucket, ...]:
    """Return the buckets that a Lustre file system is linked to."""
    near = (b for b in plan.buckets if b.existing or b.region == own.region)
    return tuple(bucket for bucket in near if bucket.entry in own.linked)
