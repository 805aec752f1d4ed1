"""What watches a served model for drift, and the loop that an alarm starts."""

from __future__ import annotations

from dataclasses import dataclass

from landform.diagnostics import Path
from landform.plan.stores import Bucket
from landform.plan.workloads import Host
from landform.spec.drift import Acceptance, Canary, Kind, WatchHost
from landform.spec.drift import Watch as WatchSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Where labels come to: objects under `prefix` of `bucket`, told within `lag` seconds after the event.

    `complete`: a label is final as soon as it comes; `lag` is then 0.
    """

    bucket: Bucket
    prefix: str
    lag: int
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """What follows from the alarms of a watch.

    `retrain` is the label of the training that makes the model anew (``train.tabular``), on whichever platform it is;
    `on` are the kinds of alarms that start it, `min_labelled` the mature labelled rows that it waits for, with an event
    time at or after the alarm's `since`. `accept` compares challenger and champion by a metric that the training
    reports. `deploy` is the canary, `rest` the least seconds between two runs; `manual`: a person decides as well.
    `machine` and `deployer` are the names of the two state machines, `bus` of the bus that alarms come by.
    """

    path: Path
    retrain: str
    on: tuple[Kind, ...]
    min_labelled: int
    accept: Acceptance
    deploy: Canary
    rest: int
    manual: bool
    machine: str
    deployer: str
    bus: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftWatch(Host):
    """A watch of one served model, in the primary region: a host of its own, in a group of one.

    `watch` is what the spec says of it; `spec` is the machine, and names no edges, since all that it has follow from
    what it watches. `section` is ``drift`` and `entry` the watch's name, `of` the label of the service
    (``serve.score``), `service` the name of its endpoint on AWS. Of `share` percent of the requests it is kept under
    `captured_under` of `captured`, in a folder of the endpoint's name, what was asked and answered. `queue` and
    `dead_letters` are the names of the queues of new objects, `bus` the name of the bus that alarms go to as events,
    `tell` who of `monitor.notify` hears of them. `state` is the prefix of `artifacts`, the bucket that holds what
    workloads are made of, under which snapshots lie. `loop` is None without `then`.
    """

    spec: WatchHost
    watch: WatchSpec
    of: str
    service: str
    captured: Bucket
    captured_under: str
    share: int
    labels: Labels | None
    artifacts: Bucket
    state: str
    queue: str
    dead_letters: str
    bus: str
    tell: tuple[str, ...]
    loop: Loop | None = None

    def queue_arn(self, name: str) -> str:
        """Return the ARN of a queue of the watch."""
        return f"arn:aws:sqs:{self.region}:{self.artifacts.account}:{name}"

    @property
    def queue_url(self) -> str:
        """The address of the queue of new objects, which every call of SQS takes."""
        return f"https://sqs.{self.region}.amazonaws.com/{self.artifacts.account}/{self.queue}"

    @property
    def bus_arn(self) -> str:
        """The ARN of the bus."""
        return f"arn:aws:events:{self.region}:{self.artifacts.account}:event-bus/{self.bus}"
