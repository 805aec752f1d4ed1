"""What the passes hand on: one frozen plan, filled in from left to right.

`resolve` names everything, `place` gives addresses and zones, `select` instance types, `grant` permissions,
`endpoint` the policies of VPC endpoints, `monitor` what is watched. Every node knows the spec path it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from landform.catalog import Catalog
from landform.plan.backup import Backup
from landform.plan.drift import DriftWatch, Labels, Loop
from landform.plan.stores import (
    LIVE,
    PLAIN,
    SECURE,
    Api,
    Bucket,
    Endpoint,
    Key,
    Queue,
    Secret,
    Service,
    Site,
    Store,
    Stream,
    Table,
)
from landform.plan.studio import Domain, StudioUser
from landform.plan.watch import Watch
from landform.plan.workloads import Batch, Beanstalk, Edge, Function, Host, HostImage, Job, ServedModel, Workload
from landform.project import ProjectFiles
from landform.spec.network import ExistingNetwork
from landform.spec.system import System

Conditions = Mapping[str, Mapping[str, tuple[str, ...]]]
"""IAM conditions: operator → key → values."""


@dataclass(frozen=True, slots=True)
class Zone:
    """The address blocks of one availability zone."""

    id: str
    public: IPv4Network
    private: IPv4Network
    isolated: IPv4Network


@dataclass(frozen=True, slots=True)
class Network:
    """The VPC of one region: ours with its zones, or an existing one."""

    region: str
    block: IPv4Network
    zones: tuple[Zone, ...]
    existing: ExistingNetwork | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One allowed set of actions on resources, as IAM writes it."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission, who has it, and the edge that asked for it; `reason` where the spec itself gives one."""

    principal: str
    statement: Statement
    edge: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """The CloudTrail of the system."""

    name: str
    bucket: str
    log_group: str
    log_role: str
    key: Key
    events: tuple[Store, ...]

    def arn(self, region: str, account: str) -> str:
        """The ARN of the trail, whose home is the primary region."""
        return f"arn:aws:cloudtrail:{region}:{account}:trail/{self.name}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is known of a system; each pass returns a fuller one.

    `origin` is the spec and what is laid over it, as a path from the project each.
    """

    system: System
    catalog: Catalog
    files: ProjectFiles
    prefix: str
    broken: frozenset[tuple[str, str]] = frozenset()
    origin: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    stores: tuple[Store, ...] = ()
    secrets: tuple[Secret, ...] = ()
    services: tuple[Store, ...] = ()
    artifacts: tuple[Bucket, ...] = ()
    access_logs: tuple[Bucket, ...] = ()
    records: Bucket | None = None
    hosts: tuple[Host, ...] = ()
    jobs: tuple[Job, ...] = ()
    batches: tuple[Batch, ...] = ()
    functions: tuple[Function, ...] = ()
    served: tuple[ServedModel, ...] = ()
    beanstalks: tuple[Beanstalk, ...] = ()
    studio: Domain | None = None
    trail: Trail | None = None
    backup: Backup | None = None
    networks: Mapping[str, Network] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    statements: Mapping[str, tuple[Statement, ...]] = field(default_factory=dict)
    endpoint_statements: Mapping[tuple[str, str], tuple[Statement, ...]] = field(default_factory=dict)
    watches: tuple[Watch, ...] = ()

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """The stores that are buckets."""
        return tuple(store for store in self.stores if isinstance(store, Bucket))

    @property
    def drift(self) -> tuple[DriftWatch, ...]:
        """The hosts that watch for drift."""
        return tuple(host for host in self.hosts if isinstance(host, DriftWatch))

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """Everything that runs under a role of its own."""
        users = self.studio.users if self.studio else ()
        return (*self.hosts, *self.jobs, *self.batches, *self.functions, *self.served, *self.beanstalks, *users)

    def artifacts_in(self, region: str) -> Bucket:
        """Return the bucket of a region that holds what workloads there are made of.

        Raises:
            StopIteration: nothing in the region has any, which is a bug of a pass.
        """
        return next(bucket for bucket in self.artifacts if bucket.region == region)

    def key(self, region: str, logical: str) -> Key:
        """Return a key of the plan.

        Raises:
            StopIteration: the plan has no such key, which is a bug of a pass.
        """
        return next(key for key in self.keys if key.address == (region, logical))


__all__ = [
    "LIVE",
    "PLAIN",
    "SECURE",
    "Api",
    "Backup",
    "Batch",
    "Beanstalk",
    "Bucket",
    "Conditions",
    "Domain",
    "DriftWatch",
    "Edge",
    "Endpoint",
    "Function",
    "Grant",
    "Host",
    "HostImage",
    "Job",
    "Key",
    "Labels",
    "Loop",
    "Network",
    "Plan",
    "Queue",
    "Secret",
    "ServedModel",
    "Service",
    "Site",
    "Statement",
    "Store",
    "Stream",
    "StudioUser",
    "Table",
    "Trail",
    "Watch",
    "Workload",
    "Zone",
]
