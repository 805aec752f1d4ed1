"""What workloads have edges to: the stores of `data`, secrets, and services, each in one region, and their keys."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final

from landform.catalog.api import invoked
from landform.diagnostics import Path
from landform.spec.data import Queue as QueueSpec
from landform.spec.data import Stream as StreamSpec
from landform.spec.data import Table as TableSpec


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key of one region."""

    region: str
    logical: str
    alias: str
    description: str
    path: Path
    log_groups: tuple[str, ...] = ()
    trails: tuple[str, ...] = ()
    disks: bool = False

    @property
    def address(self) -> tuple[str, str]:
        """Region and logical name: what a reference to this key needs."""
        return self.region, self.logical


@dataclass(frozen=True, slots=True, kw_only=True)
class Store(ABC):
    """An entry of `data` in one region, the system's own or an existing one.

    `key` is the key of the system that encrypts it, `key_arn` the one that an existing store has. `replicas` are the
    regions of the copies that this one is copied to.
    """

    kind: ClassVar[str]
    entry: str
    path: Path
    region: str
    account: str
    address: str
    name: str
    key: Key | None = None
    key_arn: str | None = None
    existing: bool = False
    personal: bool = False
    replicas: tuple[str, ...] = ()
    moved_from: tuple[str, ...] = ()

    @property
    @abstractmethod
    def arn(self) -> str:
        """The ARN of the store itself, without what is in it."""

    @property
    def told(self) -> str:
        """What a workload is told of the store, to find it by."""
        return self.name

    @property
    def divided(self) -> bool:
        """Whether anything in the store has an ARN of its own, where its kind has such parts."""
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket(Store):
    """An S3 bucket; `replication_role` copies what is written to it."""

    kind: ClassVar[str] = "bucket"
    retention_days: int | None = None
    versioned: bool = True
    replication_role: str = ""

    @property
    def arn(self) -> str:
        """The ARN of the bucket itself; of its objects with ``/*`` behind."""
        return f"arn:aws:s3:::{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue(Store):
    """An SQS queue; `dead_letters` is the name of the queue that takes what nobody could work off."""

    kind: ClassVar[str] = "queue"
    spec: QueueSpec
    dead_letters: str

    @property
    def arn(self) -> str:
        """The ARN of the queue."""
        return f"arn:aws:sqs:{self.region}:{self.account}:{self.name}"

    @property
    def told(self) -> str:
        """The URL of the queue, which every call of SQS takes."""
        return f"https://sqs.{self.region}.amazonaws.com/{self.account}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Store):
    """A DynamoDB table, or its replica: `original` is then the module of the table in the primary region."""

    kind: ClassVar[str] = "table"
    spec: TableSpec
    original: str = ""

    @property
    def arn(self) -> str:
        """The ARN of the table; of its indexes with ``/index/*`` behind."""
        return f"arn:aws:dynamodb:{self.region}:{self.account}:table/{self.name}"

    @property
    def divided(self) -> bool:
        """Whether the table has indexes."""
        return bool(self.spec.indexes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream(Store):
    """A Kinesis stream; `consumers` are the names of those that read at a speed of their own."""

    kind: ClassVar[str] = "stream"
    spec: StreamSpec
    consumers: tuple[str, ...] = ()

    @property
    def arn(self) -> str:
        """The ARN of the stream; of its consumers with ``/consumer/`` and their names behind."""
        return f"arn:aws:kinesis:{self.region}:{self.account}:stream/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret(Store):
    """A secret of Secrets Manager, which exists already; its value is nowhere in Terraform."""

    kind: ClassVar[str] = "secret"

    @property
    def arn(self) -> str:
        """The ARN of the secret, by which workloads are told of it too."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Store):
    """A service on Lambda, as its callers see it: by a URL, or by the name of the function."""

    kind: ClassVar[str] = "service"
    url: bool

    @property
    def arn(self) -> str:
        """The ARN of what callers invoke: the alias of the function's version in force."""
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.told}"

    @property
    def told(self) -> str:
        """The name by which it is invoked; its URL is known to AWS alone."""
        return f"{self.name}:{LIVE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Api(Store):
    """A service on Lambda behind an API of its own, as its callers see it: by a URL, on the routes that it has.

    AWS gives the API an id. Until then it goes by the address of its module, in grants as well.
    """

    kind: ClassVar[str] = "api"
    routes: tuple[str, ...]

    @property
    def arn(self) -> str:
        """The ARN of the API; of what is called with stage, method and path behind."""
        return f"arn:aws:execute-api:{self.region}:{self.account}:{self.address}"

    @property
    def invoked(self) -> tuple[str, ...]:
        """The ARNs of what callers invoke."""
        return tuple(f"{self.arn}/{end}" for end in invoked(self.routes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Store):
    """An endpoint of SageMaker, as its callers see it; it stands once there is a model."""

    kind: ClassVar[str] = "endpoint"

    @property
    def arn(self) -> str:
        """The ARN of the endpoint."""
        return f"arn:aws:sagemaker:{self.region}:{self.account}:endpoint/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Store):
    """A service behind a load balancer, as its callers see it: by its `domain`, or a name that AWS alone knows.

    No identity is asked. Who may call one that is not `public`, the security groups say; they speak of `port`.
    """

    kind: ClassVar[str] = "site"
    port: int
    public: bool
    domain: str = ""

    @property
    def arn(self) -> str:
        """The ARN of the balancer, but for its end, which AWS chooses."""
        return f"arn:aws:elasticloadbalancing:{self.region}:{self.account}:loadbalancer/app/{self.name}/*"

    @property
    def told(self) -> str:
        """The URL; empty where AWS alone knows it."""
        return f"{'https' if self.port == SECURE else 'http'}://{self.domain}" if self.domain else ""


SECURE: Final = 443
PLAIN: Final = 80
"""The ports of load balancers, with a certificate and without."""


LIVE: Final = "live"
"""The alias of the version that is in force."""
