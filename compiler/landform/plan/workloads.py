"""What runs under a role of its own: hosts, jobs, functions and services, each in one region, with its edges."""

from __future__ import annotations

from dataclasses import dataclass

from landform.catalog import InstanceType
from landform.diagnostics import Path
from landform.plan.stores import Store
from landform.spec.batch import BatchTraining
from landform.spec.compute import Edges, Machine, Training
from landform.spec.drift import WatchHost
from landform.spec.functions import Function as FunctionSpec
from landform.spec.managed import ManagedTraining
from landform.spec.serve import BeanstalkService, EndpointService, HostService, LambdaService


@dataclass(frozen=True, slots=True)
class HostImage:
    """What a host boots, for one architecture."""

    name: str
    ami: str
    architecture: str
    root_device: str
    root_gib: int
    os: str
    user: str
    drivers: str
    bin: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A verb and the store that it is about: what every permission follows from.

    `said` is how grants name it, `prefix` the part of a bucket that it leads to, None for all of it.
    """

    verb: str
    store: Store
    path: Path
    said: str
    prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What runs in one region under a role of its own.

    `platform` is what it runs on, `known_as` the oldest name of the entry; whatever AWS keeps is named after it, so
    that a rename moves nothing. `schedule_role` starts it at its times, and has no name where it has none.
    """

    spec: Edges
    section: str
    entry: str
    platform: str
    region: str
    address: str
    physical: str
    known_as: str
    role: str
    role_arn: str
    log_group: str
    edges: tuple[Edge, ...] = ()
    moved_from: tuple[str, ...] = ()
    schedule_role: str = ""

    @property
    def path(self) -> Path:
        """Where the entry stands in the spec."""
        return (self.section, self.entry)

    @property
    def label(self) -> str:
        """The entry as people say it: ``train.graph``."""
        return f"{self.section}.{self.entry}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Host(Workload):
    """A machine, the nodes of a training, the hosts of a service or a watch on EC2: what shares image and user data.

    `jobs` is the name of the queue from which the nodes of a training with a command take their work, `dead_jobs` of
    the one for what nobody could work off, `spare` of the group that stands in where spot capacity is short.
    """

    spec: Machine | Training | HostService | WatchHost
    jobs: str = ""
    dead_jobs: str = ""
    spare: str = ""
    image: HostImage | None = None
    types: tuple[InstanceType, ...] = ()
    zones: tuple[str, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the Auto Scaling groups that its nodes may belong to."""
        return tuple(filter(None, (self.physical, self.spare))) if isinstance(self.spec, Training) else ()

    @property
    def jobs_arn(self) -> str:
        """The ARN of the queue of jobs."""
        return f"arn:aws:sqs:{self.region}:{self.role_arn.split(':')[4]}:{self.jobs}"

    @property
    def jobs_url(self) -> str:
        """The address of that queue, which every call of SQS takes."""
        return f"https://sqs.{self.region}.amazonaws.com/{self.role_arn.split(':')[4]}/{self.jobs}"

    @property
    def records(self) -> str:
        """Where in the bucket of artifacts the nodes write down what becomes of jobs."""
        return f"jobs/{self.section}-{self.known_as}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Workload):
    """A training job of SageMaker: `type` is what its machines are, `image` the URI of its container.

    Its definition, complete, stands in the SSM parameter `definition`; whoever starts one reads it there. Where a
    search for hyper-parameters is wanted, what starts that stands in `tuning`.
    """

    spec: ManagedTraining
    definition: str
    tuning: str
    type: InstanceType | None = None
    image: str = ""
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Workload):
    """A training that AWS Batch runs: `image` is the URI of its container, `types` what its nodes may be.

    `start_role` fetches the image and writes logs, `host_role` lets the nodes into the cluster; both are names.
    """

    spec: BatchTraining
    start_role: str
    host_role: str
    image: str = ""
    types: tuple[InstanceType, ...] = ()
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Workload):
    """What AWS Lambda runs: a function with its trigger, or a service."""

    spec: FunctionSpec | LambdaService
    arn: str
    zones: tuple[str, ...] = ()

    @property
    def reserved(self) -> int:
        """How many of the account's concurrent executions it takes for itself, reserved or always ready."""
        if isinstance(self.spec, LambdaService):
            return self.spec.scale.max or self.spec.scale.min
        return self.spec.concurrency or 0

    def leads(self, verb: str) -> Store | None:
        """The store that an edge of this verb leads to, of those verbs of which there is one."""
        return next((edge.store for edge in self.edges if edge.verb == verb), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel(Workload):
    """A model that an endpoint of SageMaker serves: `type` is what its machines are, `image` the URI of its container.

    What deployments need stands in the SSM parameter `definition`. `packages` is the group of the packages that its
    training makes; `trained` the label of that training, empty for a model that comes from elsewhere.
    """

    spec: EndpointService
    definition: str
    trained: str = ""
    packages: str = ""
    type: InstanceType | None = None
    image: str = ""
    zones: tuple[str, ...] = ()

    def edge(self, *verbs: str) -> Edge | None:
        """The first edge by one of these verbs."""
        return next((edge for edge in self.edges if edge.verb in verbs), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beanstalk(Workload):
    """A service that Beanstalk runs: `type` is what its instances are, `zones` where they stand.

    `physical` is the name of application and environment. With `service_role`, a name, Beanstalk looks after them.
    """

    spec: BeanstalkService
    service_role: str
    cname: str
    type: InstanceType | None = None
    zones: tuple[str, ...] = ()
