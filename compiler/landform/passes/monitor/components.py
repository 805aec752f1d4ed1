"""The components of a plan, as CloudWatch sees them: what they publish, under which names, and what they depend on."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from landform.catalog.studio_permissions import LOG_GROUP
from landform.diagnostics import dotted
from landform.file_systems import Efs, Lustre
from landform.passes.resolve.naming import namespace, physical
from landform.passes.service_roles import flow_log_group
from landform.plan import (
    Batch,
    Beanstalk,
    Bucket,
    Domain,
    DriftWatch,
    Function,
    Host,
    Job,
    Plan,
    Queue,
    ServedModel,
    Store,
    Stream,
    Table,
    Workload,
)
from landform.plan.watch import Component, Known, Token
from landform.spec.compute import Machine, Training
from landform.spec.functions import QueueTrigger, StreamTrigger, TableTrigger
from landform.spec.names import HOST, address
from landform.spec.serve import HostService

GIB = 2**30
VARIANT = "AllTraffic"
"""The only variant of an endpoint, as its module names it."""

CHANGES_HOURS = 24
"""How long DynamoDB keeps the changes of a table (developer guide, "Change data capture for DynamoDB Streams")."""


def components(plan: Plan) -> Iterator[Component]:
    """Yield every component of every region, each with what its faults may come from."""
    everything = [
        *(_host(plan, own) for own in plan.hosts),
        *(_job(plan, own) for own in plan.jobs),
        *(_job(plan, own) for own in plan.batches),
        *(_function(own) for own in plan.functions),
        *(_endpoint(own) for own in plan.served),
        *(_environment(own) for own in plan.beanstalks),
        *((_studio(plan.studio),) if plan.studio else ()),
        *(_store(plan, own) for own in plan.stores if not own.existing),
        *_shared(plan),
    ]
    for region in plan.system.regions.active:
        causes = _causes(plan, region)
        near = sorted((c for c in everything if c.region == region), key=lambda c: c.label)
        yield from (_learnt(plan, replace(c, causes=causes.get(c.label, frozenset()))) for c in near)


def _workload(own: Workload, kind: str, **more: Any) -> dict[str, Any]:
    common = {"label": own.label, "kind": kind, "region": own.region, "path": own.path, "module": own.address}
    return common | {"log_group": own.log_group, "logs_known": True} | more


def _learnt(plan: Plan, component: Component) -> Component:
    """Give a component with logs the detector of unusual lines, where the spec asks for them."""
    own = plan.system.monitor
    if not (own and own.logs.anomalies and component.logs_known):
        return component
    tokens = {**component.tokens, "detector": (physical(plan, component.slug, limit=HOST),)}
    return replace(component, traits=component.traits | {"log detector"}, tokens=tokens)


def _host(plan: Plan, own: Host) -> Component:
    spec, traits, facts = own.spec, set[str](), dict[str, float]()
    tokens: dict[str, tuple[Token, ...]] = {"namespace": (namespace(plan),), "entry": (own.label,)}
    if own.image and own.image.drivers == "nvidia":
        traits.add("gpu")
    if isinstance(spec, HostService):
        certificate = spec.certificate_in(own.region)
        tokens |= {"balancer": (Known("balancer"),), "targets": (Known("targets"),)}
        tokens |= {"certificate": (certificate,)} if certificate else {}
        traits |= {"certificate"} if certificate else set()
        traits |= {"spot"} if spec.capacity.spot else set()
        facts["minimum"] = spec.scale.min
        return Component(**_workload(own, "web", traits=frozenset(traits), tokens=tokens, facts=facts))
    if isinstance(spec, Training):
        tokens["group"] = own.groups
        if own.schedule_role:
            traits.add("schedule")
            tokens["schedule"] = (own.physical,)
        if own.jobs:
            traits.add("jobs")
            tokens |= {"jobs": (own.jobs,), "dead": (own.dead_jobs,)}
        least = spec.pool.low if spec.pool else spec.nodes
        facts |= {"minimum": least} if least else {}
        traits |= {"spot"} if spec.capacity.spot else set()
        return Component(**_workload(own, "fleet", traits=frozenset(traits), tokens=tokens, facts=facts))
    if isinstance(own, DriftWatch):
        return _watch(own, tokens, facts)
    assert isinstance(spec, Machine)
    tokens["instance"] = (Known("instance_id"),)
    traits |= {"spot"} if spec.purchase == "spot" else set()
    return Component(**_workload(own, "machine", traits=frozenset(traits), tokens=tokens))


CAPTURES: Final = 50
"""So many requests that are to be kept in five minutes make it certain that one object at least comes of them."""


def _watch(own: DriftWatch, tokens: dict[str, tuple[Token, ...]], facts: dict[str, float]) -> Component:
    """A watch is known by its own figures, and by what lies between its endpoint and itself."""
    tokens |= {"watch": (own.known_as,), "group": (own.physical,), "endpoint": (own.service,), "variant": (VARIANT,)}
    tokens |= {"objects": (own.queue,), "dead": (own.dead_letters,)}
    facts |= {"enough": CAPTURES * 100 / own.share}
    return Component(**_workload(own, "watch", tokens=tokens, facts=facts))


def _job(plan: Plan, own: Job | Batch) -> Component:
    """A job that failed is an event: a rule catches it, tells of it, and counts."""
    rule = physical(plan, own.known_as, "failed", limit=HOST)
    tokens: dict[str, tuple[Token, ...]] = {"rule": (rule,), "name": (own.physical,)}
    starts = frozenset({"schedule"} if own.schedule_role else ())
    # The group of a schedule has the name of its training.
    tokens |= {"schedule": (own.physical,)} if starts else {}
    if isinstance(own, Batch):
        queue = f"arn:aws:batch:{own.region}:{plan.system.account}:job-queue/{own.physical}"
        detail: dict[str, object] = {"status": ["FAILED"], "jobQueue": [queue]}
        event = {"source": ["aws.batch"], "detail-type": ["Batch Job State Change"], "detail": detail}
        return Component(**_workload(own, "batch", traits=starts, tokens=tokens, failures=event))
    # Logs of training jobs stand in a group of SageMaker's, for all jobs of the account.
    detail = {"TrainingJobStatus": ["Failed"], "TrainingJobName": [{"prefix": f"{own.physical}-"}]}
    event = {"source": ["aws.sagemaker"], "detail-type": ["SageMaker Training Job State Change"], "detail": detail}
    traits = starts | frozenset({"gpu"} if own.type and own.type.accelerator else ())
    rest = {"log_group": "", "logs_known": False}
    return Component(**_workload(own, "job", traits=traits, tokens=tokens, failures=event, **rest))


def _function(own: Function) -> Component:
    trigger, traits = getattr(own.spec, "trigger", None), set[str]()
    facts: dict[str, float] = {"timeout": own.spec.timeout * 1000}
    source = own.leads("trigger")
    if isinstance(trigger, StreamTrigger | TableTrigger):
        traits.add("records")
        hours = source.spec.retain / 3600 if isinstance(source, Stream) else CHANGES_HOURS
        facts["retention"] = hours * 3_600_000
    elif trigger and not isinstance(trigger, QueueTrigger):
        traits |= {"events", *(("destination",) if own.leads("on_failure") else ())}
    names: dict[str, tuple[Token, ...]] = {"name": (own.physical,)}
    if getattr(getattr(own.spec, "http", None), "via", "") == "api":
        traits.add("api")
        names["api"] = (Known("api_id"),)
    return Component(**_workload(own, "function", traits=frozenset(traits), tokens=names, facts=facts))


def _endpoint(own: ServedModel) -> Component:
    tokens: dict[str, tuple[Token, ...]] = {"name": (own.physical,), "variant": (VARIANT,)}
    accelerator = own.type.accelerator if own.type else None
    facts: dict[str, float] = {"processors": own.type.vcpus if own.type else 1}
    facts |= {"gpus": accelerator.count} if accelerator else {}
    traits = frozenset({"gpu"} if accelerator else ())
    logs = {"log_group": f"/aws/sagemaker/Endpoints/{own.physical}"}
    return Component(**_workload(own, "endpoint", traits=traits, tokens=tokens, facts=facts, **logs))


def _environment(own: Beanstalk) -> Component:
    tokens: dict[str, tuple[Token, ...]] = {"name": (own.physical,), "balancer": (Known("balancer"),)}
    certificate = own.spec.certificate_in(own.region)
    tokens |= {"certificate": (certificate,)} if certificate else {}
    traits = frozenset({"certificate"} if certificate else ())
    # Beanstalk makes a log group for each file that it ships.
    return Component(**_workload(own, "beanstalk", traits=traits, tokens=tokens, log_group="", logs_known=False))


def _studio(own: Domain) -> Component:
    """Apps publish nothing; the file system that SageMaker keeps for the domain does, as every other."""
    return Component(
        label="studio",
        kind="studio",
        region=own.region,
        path=("studio",),
        module="studio",
        tokens={"id": (Known("home_file_system_id"),)},
        log_group=LOG_GROUP,
        logs_known=own.spec.logs == "own",
    )


def _store(plan: Plan, own: Store) -> Component:
    tokens: dict[str, tuple[Token, ...]] = {"name": (own.name,)}
    traits, facts = set[str](), dict[str, float]()
    match own:
        case Table():
            others = sorted(
                t.region for t in plan.stores if isinstance(t, Table) and t.entry == own.entry and t is not own
            )
            tokens |= {"replica": tuple(others)} if others else {}
            traits |= {"replicated"} if others else set()
        case Stream():
            facts["retention"] = own.spec.retain * 1000
            tokens |= {"consumer": own.consumers} if own.consumers else {}
            traits |= set(_readers(plan, own))
        case Queue():
            facts["retention"] = own.spec.retain * 1000
            tokens["dead"] = (own.dead_letters,)
        case Efs():
            tokens["id"] = (Known("id"),)
        case Lustre():
            tokens["id"] = (Known("id"),)
            facts["bytes"] = own.spec.size * GIB
        case _:
            assert isinstance(own, Bucket), own
    return Component(
        label=dotted(own.path),
        kind=own.kind,
        region=own.region,
        path=own.path,
        module=own.address,
        traits=frozenset(traits),
        tokens=tokens,
        facts=facts,
    )


def _readers(plan: Plan, own: Stream) -> Iterator[str]:
    """Yield how a stream is read: Kinesis publishes another lag for each way."""
    reading = [w for w in plan.workloads for e in w.edges if e.store is own and e.verb in ("reads", "trigger")]
    if len(reading) > len(own.consumers):
        yield "shared readers"
    if own.consumers:
        yield "fan-out"


def _shared(plan: Plan) -> Iterator[Component]:
    """Yield what the components of a region share: its network, and the record of who did what."""
    for region, network in plan.networks.items():
        if network.existing:
            continue
        spec = plan.system.network
        zones = {"none": (), "nat-single": network.zones[:1]}.get(spec.egress, network.zones)
        nats: tuple[Token, ...] = tuple(Known("nat_gateways", (zone.id,)) for zone in zones)
        yield Component(
            label="network",
            kind="network" if nats else "sealed network",
            region=region,
            path=("network",),
            module=address("network", region),
            tokens={"nat": nats},
            log_group=flow_log_group(plan),
        )
    if plan.trail:
        region = plan.system.regions.primary
        group = plan.trail.log_group
        yield Component(label="audit", kind="audit", region=region, path=("audit",), module="audit", log_group=group)


def _causes(plan: Plan, region: str) -> Mapping[str, frozenset[str]]:
    """Return for each component those whose faults become its own, without a circle.

    Whoever reads or calls suffers from what it reads or calls; a queue and a stream suffer from those who are to work
    them off. In a circle each would keep the other quiet.
    """
    causes: dict[str, set[str]] = {}
    for workload in (w for w in plan.workloads if w.region == region):
        for edge in workload.edges:
            effect, cause = workload.label, dotted(edge.store.path)
            if edge.verb == "trigger":
                effect, cause = cause, effect
            if edge.verb != "on_failure" and not _reaches(causes, cause, effect):
                causes.setdefault(effect, set()).add(cause)
    return {effect: frozenset(of) for effect, of in causes.items()}


def _reaches(causes: Mapping[str, set[str]], start: str, end: str) -> bool:
    """Tell whether `start` suffers from `end`, at once or through others."""
    seen, waiting = set[str](), [start]
    while waiting:
        at = waiting.pop()
        if at == end:
            return True
        if at not in seen:
            seen.add(at)
            waiting += causes.get(at, ())
    return False
