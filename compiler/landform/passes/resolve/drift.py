"""Watches for drift: which endpoint each watches, where its requests and labels come from, where its state is kept."""

from collections.abc import Iterator
from typing import Final

from landform.diagnostics import Diagnostic, Related, error
from landform.passes.resolve.edges import find_service, find_store
from landform.passes.resolve.naming import physical, role_arn, role_name
from landform.passes.resolve.workloads import basics
from landform.passes.unknown import unknown
from landform.plan import Bucket, DriftWatch, Edge, Labels, Loop, Plan, ServedModel
from landform.spec.compute import Disks
from landform.spec.drift import Watch, WatchHost
from landform.spec.names import BUS, HOST, QUEUE, STATE_MACHINE

DRIFT: Final = "drift"
STATE: Final = "10GiB gp3"
"""What an agent keeps is bounded: `labels.keep` predictions that wait, and the sums of its blocks."""


def watches(plan: Plan, found: list[Diagnostic]) -> Iterator[DriftWatch]:
    """Yield the watches; one of what is no endpoint, or captures nothing, is said and left out."""
    for entry, spec in sorted(plan.system.drift.items()):
        served = _watched(plan, entry, spec, found)
        labels = _labels(plan, entry, spec, found)
        _trainings(plan, entry, spec, found)
        edge = served.edge("capture") if served else None
        if served and edge and isinstance(edge.store, Bucket):
            yield _watch(plan, entry, spec, served, edge, labels, found)


def _watched(plan: Plan, entry: str, spec: Watch, found: list[Diagnostic]) -> ServedModel | None:
    """Return the served model that is watched, or say why there is none whose requests could be."""
    path = (DRIFT, entry, "of")
    service = find_service(plan, path, spec.of, found, region=plan.system.regions.primary)
    if service is None:
        return None
    other = Related(f"{spec.of} stands here", service.path)
    own = next((each for each in plan.served if each.path == service.path and each.region == service.region), None)
    if own is None:
        fact = f"{spec.of} is no endpoint of SageMaker, and nothing keeps what it is asked."
        remedy = f"Watch a service with `platform: sagemaker` and `capture: 20%`, or serve {spec.of} there."
        found.append(error("LF0681", path, fact, remedy, other))
    elif own.spec.capture is None:
        fact = f"{spec.of} does not keep what it is asked, so there is nothing to watch."
        found.append(error("LF0681", path, fact, f"Add `capture: 20%` to {spec.of}.", other))
    return own


def _labels(plan: Plan, entry: str, spec: Watch, found: list[Diagnostic]) -> Edge | None:
    if spec.labels is None:
        return None
    path = (DRIFT, entry, "labels", "from")
    store = find_store(plan, path, spec.labels.from_, found, region=plan.system.regions.primary)
    if store is not None and not isinstance(store, Bucket):
        fact = f"'{store.entry}' is a {store.kind}, and labels come as objects of a bucket."
        found.append(error("LF0204", path, fact, "Name a bucket.", Related("it stands here", store.path)))
        return None
    said = f"{DRIFT}.{entry}.labels.{spec.labels.from_}"
    return Edge("labels", store, path, said, spec.labels.prefix) if store else None


def _trainings(plan: Plan, entry: str, spec: Watch, found: list[Diagnostic]) -> None:
    """Say which trainings are named that there are none of."""
    named = ((("baseline", "from"), spec.baseline.from_), (("then", "retrain"), spec.then and spec.then.retrain))
    for keys, name in named:
        training = (name or "").removeprefix("train.")
        if name and training not in plan.system.train and not {("train", training), ("train", "")} & plan.broken:
            known = [f"train.{each}" for each in plan.system.train]
            found.append(unknown("LF0203", (DRIFT, entry, *keys), "training", name, known))


def _watch(
    plan: Plan, entry: str, spec: Watch, served: ServedModel, edge: Edge, labels: Edge | None, found: list[Diagnostic]
) -> DriftWatch:
    host = WatchHost(instance=spec.instance, disk=Disks.model_validate({"data": STATE}), was=spec.was)
    common = basics(plan, DRIFT, entry, host, found)
    old, region = common["known_as"], served.region
    artifacts, label, state = plan.artifacts_in(region), f"{DRIFT}.{entry}", f"{DRIFT}/{old}/"
    bus = physical(plan, DRIFT, old, limit=BUS)
    own = (
        Edge("captured", edge.store, (DRIFT, entry, "of"), f"{label}.captured.{served.label}", edge.prefix),
        *((labels,) if labels else ()),
        Edge("snapshots", artifacts, (DRIFT, entry), f"{label}.snapshots", state),
    )
    # A watch is often called like what it watches, so its names say what it is.
    role = role_name(plan, DRIFT, old, region)
    common |= {"physical": physical(plan, DRIFT, old, limit=HOST), "role": role, "role_arn": role_arn(plan, role)}
    assert isinstance(edge.store, Bucket)
    assert served.spec.capture is not None
    return DriftWatch(
        **{**common, "edges": own},
        platform="ec2",
        spec=host,
        watch=spec,
        of=served.label,
        service=served.physical,
        captured=edge.store,
        captured_under=edge.prefix or "",
        share=served.spec.capture.share,
        labels=_told(spec, labels),
        artifacts=artifacts,
        state=state,
        queue=physical(plan, DRIFT, old, "captured", limit=QUEUE),
        dead_letters=physical(plan, DRIFT, old, "captured", "dead", limit=QUEUE),
        bus=bus,
        tell=_listeners(plan, spec),
        loop=_loop(plan, entry, old, spec, bus),
    )


def _told(spec: Watch, edge: Edge | None) -> Labels | None:
    if spec.labels is None or edge is None:
        return None
    assert isinstance(edge.store, Bucket)
    own = spec.labels
    return Labels(bucket=edge.store, prefix=own.prefix, lag=own.lag or 0, complete=own.complete)


def _listeners(plan: Plan, spec: Watch) -> tuple[str, ...]:
    """Return who hears of alarms: those that the watch names, else those of the default alarms."""
    monitor = plan.system.monitor
    return tuple(sorted(set(spec.tell or monitor.tell or monitor.notify))) if monitor else ()


def _loop(plan: Plan, entry: str, old: str, spec: Watch, bus: str) -> Loop | None:
    then = spec.then
    if then is None:
        return None
    return Loop(
        path=(DRIFT, entry, "then"),
        retrain=then.retrain,
        on=then.on,
        min_labelled=then.min_labelled,
        accept=then.accept,
        deploy=then.deploy,
        rest=then.rest,
        manual=then.approve == "manual",
        machine=physical(plan, DRIFT, old, limit=STATE_MACHINE),
        deployer=physical(plan, DRIFT, old, "deploy", limit=STATE_MACHINE),
        bus=bus,
    )
