"""Permissions: every edge becomes the statements that it needs, and not one action more.

`grants` keeps each permission beside the edge that asked for it. `statements` is what the roles get: the same
permissions, merged where two edges ask for the same thing, so that nothing in a policy could be dropped.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Final

from landform.catalog.batch_permissions import host_statements, start_statements
from landform.catalog.beanstalk_permissions import instance_permissions, service_permissions
from landform.catalog.endpoint_permissions import endpoint_permissions
from landform.catalog.function_permissions import function_permissions
from landform.catalog.grants import CALLS, INSTEAD, KINDS, VERBS
from landform.catalog.host_permissions import host_permissions, job_queue_permissions
from landform.catalog.job_permissions import job_permissions, output_key
from landform.catalog.loop_permissions import rollback_permission
from landform.catalog.schedule_permissions import schedule_statements
from landform.catalog.watch_permissions import tags_of, watch_permissions
from landform.diagnostics import Diagnostic, error
from landform.file_systems import Efs
from landform.passes.grant_loop import Part, loop_names, loops, parts, rollback_alarms, served_in
from landform.passes.grant_studio import user_permissions
from landform.passes.resolve.loop import Retrained
from landform.passes.resolve.naming import namespace, role_arn
from landform.passes.service_roles import service_grants
from landform.plan import (
    Api,
    Batch,
    Beanstalk,
    Conditions,
    DriftWatch,
    Edge,
    Function,
    Grant,
    Host,
    Job,
    Plan,
    ServedModel,
    Service,
    Statement,
    Store,
    StudioUser,
    Workload,
)
from landform.spec.compute import SessionShell, Training
from landform.spec.managed import ManagedTraining
from landform.spec.model import ACTIONS
from landform.spec.serve import HostService

RAW: Final = "allows"
"""How grants name what the spec allows in AWS's own words."""

Permission = tuple[Statement, str]
"""A statement and the edge that asked for it."""


def grant(plan: Plan) -> tuple[Plan, tuple[Diagnostic, ...]]:
    """Fill in the permissions of every workload and of the service roles."""
    grants: list[Grant] = []
    statements = {}
    for workload in plan.workloads:
        asked = [*_edge_permissions(plan, workload), *_platform_permissions(plan, workload)]
        raw = list(_raw_grants(workload))
        statements[workload.address] = merge([*(s for s, _ in asked), *(own.statement for own in raw)])
        grants += [*(Grant(workload.role_arn, statement, edge) for statement, edge in asked), *raw]
    for batch in plan.batches:
        for helper in helpers(plan, batch):
            grants += [Grant(helper.role_arn, s, f"{batch.label}.{use}") for use, s in helper.uses]
    for workload in plan.workloads:
        if workload.schedule_role:
            starter = scheduler(plan, workload)
            grants += [Grant(starter.role_arn, s, f"{workload.label}.{use}") for use, s in starter.uses]
    for own in plan.beanstalks:
        looking = service_permissions(own.region, plan.system.account)
        grants += [Grant(role_arn(plan, own.service_role), s, f"{own.label}.{use}") for use, s in looking]
    for watch, training in loops(plan):
        for part in loop_parts(plan, watch, training):
            grants += [Grant(role_arn(plan, part.role), s, f"{watch.label}.then.{use}") for use, s in part.uses]
    grants += service_grants(plan)
    plan = replace(plan, grants=tuple(grants), statements=statements)
    return plan, tuple(_unknown_edges(plan))


@dataclass(frozen=True, slots=True)
class Helper:
    """A role that works for a workload and is not its own, with what it may do and what for."""

    name: str
    role_arn: str
    uses: tuple[tuple[str, Statement], ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What its policy says."""
        return merge(statement for _, statement in self.uses)


def helpers(plan: Plan, batch: Batch) -> tuple[Helper, Helper]:
    """Return the role that starts the containers of a training on Batch, and the role of its nodes."""
    account = plan.system.account
    start = start_statements(batch.region, account, image=batch.image, log_group=batch.log_group)
    return (
        Helper(batch.start_role, role_arn(plan, batch.start_role), start),
        Helper(batch.host_role, role_arn(plan, batch.host_role), host_statements(batch.region, account)),
    )


def scheduler(plan: Plan, own: Workload) -> Helper:
    """Return the role that starts a training at its times."""
    uses = schedule_statements(
        own.region,
        plan.system.account,
        platform=own.platform,
        name=own.physical,
        role_arn=own.role_arn,
        key=plan.key(own.region, "shared").alias,
        queue=own.jobs_arn if isinstance(own, Host) else "",
    )
    return Helper(own.schedule_role, role_arn(plan, own.schedule_role), uses)


def loop_parts(plan: Plan, watch: DriftWatch, training: Retrained) -> tuple[Part, ...]:
    """Return the roles of a loop."""
    return parts(plan, watch, training, _statements)


def merge(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return the fewest statements that allow the same: one for each resource and condition, nothing said twice."""
    first: dict[str, Statement] = {}
    actions: dict[str, set[str]] = {}
    for statement in statements:
        scope = json.dumps([statement.resources, statement.conditions], sort_keys=True)
        first.setdefault(scope, statement)
        actions.setdefault(scope, set()).update(statement.actions)
    groups = {scope: replace(own, actions=tuple(sorted(actions[scope]))) for scope, own in first.items()}
    kept = dict(groups)
    for scope, statement in groups.items():
        # One after the other: of two that cover each other, one must stay.
        others = [other for name, other in kept.items() if name != scope]
        needed = tuple(action for action in statement.actions if not _covered(action, statement, others))
        kept[scope] = replace(statement, actions=needed)
    return distinct(s for s in kept.values() if s.actions)


def _covered(action: str, statement: Statement, others: list[Statement]) -> bool:
    """Tell whether another statement allows `action` on the same and more, under no further condition."""
    return any(
        action in other.actions
        and all(any(_within(inner, outer) for outer in other.resources) for inner in statement.resources)
        and _no_stricter(other.conditions, statement.conditions)
        for other in others
    )


def _within(inner: str, outer: str) -> bool:
    return inner == outer or (outer.endswith("*") and inner.startswith(outer[:-1]))


def _no_stricter(conditions: Conditions, than: Conditions) -> bool:
    return all(than.get(op, {}).get(key) == values for op, keys in conditions.items() for key, values in keys.items())


def distinct(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Number the statements that would share a Sid, which IAM refuses."""
    out: dict[str, Statement] = {}
    # An endpoint has as many of one name as there are hosts: each goes on where the last one found a free number.
    names: dict[str, Iterator[str]] = {}
    for statement in statements:
        untried = names.setdefault(statement.sid, _numbered(statement.sid))
        sid = next(sid for sid in untried if sid not in out)
        out[sid] = replace(statement, sid=sid)
    return tuple(out.values())


def _numbered(sid: str) -> Iterator[str]:
    return (f"{sid}{number or ''}" for number in chain([0], count(2)))


def _edge_permissions(plan: Plan, workload: Workload) -> Iterator[Permission]:
    for edge in workload.edges:
        if not _asks_no_identity(workload, edge):
            yield from ((statement, edge.said) for statement in _statements(plan, edge))
    match workload:
        case Host(spec=HostService(code=str())):
            yield from ((s, f"{workload.label}.code") for s in _code_statements(plan, workload, "code"))
        case Host(spec=Training(command=str())):
            yield from ((s, f"{workload.label}.code") for s in _code_statements(plan, workload, "code"))
            records = Edge("jobs", plan.artifacts_in(workload.region), workload.path, "", workload.records)
            yield from ((s, f"{workload.label}.jobs") for s in _statements(plan, records))
        case Batch() | DriftWatch():
            yield from ((s, f"{workload.label}.code") for s in _code_statements(plan, workload, "code"))
        case Job(spec=ManagedTraining(command=str())):
            yield from ((s, f"{workload.label}.bundle") for s in _code_statements(plan, workload, "bundle"))


def _raw_grants(workload: Workload) -> Iterator[Grant]:
    """Yield what the spec allows in AWS's own words, where the language has no verb for it."""
    for number, raw in enumerate(workload.spec.allows):
        reason = f"the spec says so until {raw.until.isoformat()}: {raw.why}"
        statement = Statement("Raw", raw.actions, raw.resources)
        whose = workload.known if isinstance(workload, StudioUser) else workload.label
        yield Grant(workload.role_arn, statement, f"{whose}.{RAW}.{number}", reason)


def _asks_no_identity(workload: Workload, edge: Edge) -> bool:
    """Tell whether the network alone decides: SageMaker mounts an EFS file system of one's own without a role."""
    return isinstance(workload, StudioUser) and isinstance(edge.store, Efs)


def _statements(plan: Plan, edge: Edge) -> Iterator[Statement]:
    store, verb = edge.store, VERBS.get((edge.store.kind, edge.verb))
    if verb is None:
        return
    if isinstance(store, Service) and store.url:
        yield from _url_statements(store)
        return
    if isinstance(store, Api):
        yield Statement(camel(f"serve-{store.entry}-api"), verb.content, store.invoked)
        return
    kind, name = KINDS[store.kind], camel(f"{store.path[0]}-{store.entry}")
    if verb.store:
        yield Statement(f"{name}{kind.store_sid}", verb.store, (store.arn,), _within_store(edge))
    if verb.content and verb.inside:
        yield Statement(f"{name}Changes", verb.content, (f"{store.arn}{verb.inside}",))
    elif verb.content and store.divided:
        inside = kind.content.replace("*", f"{edge.prefix or ''}{'' if verb.exact else '*'}")
        yield Statement(f"{name}{kind.content_sid}", verb.content, (f"{store.arn}{inside}",))
    if verb.anywhere:
        yield Statement("FindStreams", verb.anywhere, ("*",))
    if verb.key:
        yield from _key_statement(plan, store, verb.key)


def _within_store(edge: Edge) -> Conditions:
    """Return what keeps an edge to a part of a store: a prefix of keys, or an access point."""
    if edge.prefix is None:
        return {}
    if isinstance(edge.store, Efs):
        point = {"elasticfilesystem:AccessPointArn": (edge.store.access_point(edge.prefix),)}
        return {"Bool": {"elasticfilesystem:AccessedViaMountTarget": ("true",)}, "StringEquals": point}
    return {"StringLike": {"s3:prefix": (f"{edge.prefix}*",)}}


def _url_statements(service: Service) -> Iterator[Statement]:
    for action, conditions in CALLS.items():
        yield Statement(camel(f"serve-{service.entry}-url"), (action,), (service.arn,), conditions)


def _key_statement(plan: Plan, store: Store, actions: tuple[str, ...]) -> Iterator[Statement]:
    """Allow the use of a store's key through its service alone; a key of the system is known by its alias.

    One key serves stores of several services, so the service is part of the statement's id.
    """
    service = KINDS[store.kind].service
    via = {"kms:ViaService": (f"{service}.{store.region}.amazonaws.com",)}
    through = "" if service == "s3" else service.capitalize()
    if store.key:
        arn = f"arn:aws:kms:{store.region}:{plan.system.account}:key/*"
        alias = {"kms:ResourceAliases": (store.key.alias,)}
        conditions: Conditions = {"ForAnyValue:StringEquals": alias, "StringEquals": via}
        yield Statement(f"Key{camel(store.key.logical)}{through}", actions, (arn,), conditions)
    elif store.key_arn:
        yield Statement(f"Key{camel(store.entry)}{through}", actions, (store.key_arn,), {"StringEquals": via})


def _code_statements(plan: Plan, workload: Workload, way: str) -> Iterator[Statement]:
    store, verb, key = plan.artifacts_in(workload.region), VERBS["bucket", way], code_key(workload)
    if verb.store:
        yield Statement("CodeList", verb.store, (store.arn,), {"StringLike": {"s3:prefix": (key,)}})
    yield Statement("Code", verb.content, (f"{store.arn}/{key}",))
    yield from _key_statement(plan, store, verb.key)


def code_key(host: Workload) -> str:
    """Return the key under which a host's code lies in the bucket of artifacts."""
    return f"code/{host.address}.zip"


def camel(name: str) -> str:
    """Return a name as a statement id wants it: ``data-raw-events`` → ``DataRawEvents``."""
    return "".join(part.capitalize() for part in name.split("-"))


def _platform_permissions(plan: Plan, workload: Workload) -> Iterator[Permission]:
    """Yield what the platform of a workload needs of its role."""
    if isinstance(workload, Host):
        yield from _host_permissions(plan, workload)
    if isinstance(workload, Function):
        yield from _function_permissions(plan, workload)
    if isinstance(workload, ServedModel):
        yield from _model_permissions(plan, workload)
    if isinstance(workload, Beanstalk):
        uses = instance_permissions(workload.region, plan.system.account, name=workload.physical)
        yield from ((statement, f"{workload.label}.{use}") for use, statement in uses)
    if isinstance(workload, StudioUser):
        yield from user_permissions(plan, workload)
    if isinstance(workload, Job):
        key = plan.key(workload.region, "shared")
        encrypted = workload.type is not None and workload.type.disks is None
        for use, statement in job_permissions(
            workload.region,
            plan.system.account,
            image=workload.image,
            volume_key=key.alias if encrypted else None,
            output_key=_output_key(plan, workload),
        ):
            yield statement, f"{workload.label}.{use}"


def _output_key(plan: Plan, job: Job) -> Statement | None:
    """Return what a job may do with the key of the bucket that takes its model; nothing where no key is known."""
    for edge in job.edges:
        if edge.verb == "output" and edge.store.key:
            return output_key(edge.store.region, plan.system.account, alias=edge.store.key.alias)
        if edge.verb == "output" and edge.store.key_arn:
            return output_key(edge.store.region, plan.system.account, arn=edge.store.key_arn)
    return None


def _model_permissions(plan: Plan, own: ServedModel) -> Iterator[Permission]:
    """Yield what a served model needs to be fetched, to stand in the network and to log."""
    uses = endpoint_permissions(own.region, plan.system.account, image=own.image, log_group=own.log_group)
    watched = any(own in served_in(plan, watch) for watch, _ in loops(plan))
    alarms = rollback_alarms(plan, own) if watched else ()
    uses += rollback_permission(own.region, plan.system.account, alarms)
    yield from ((statement, f"{own.label}.{use}") for use, statement in uses)


def _host_permissions(plan: Plan, host: Host) -> Iterator[Permission]:
    """Yield what a host may do to be reached, watched and, in a group, to say goodbye."""
    shell = isinstance(getattr(host.spec, "shell", None), SessionShell)
    uses = host_permissions(
        host.region,
        plan.system.account,
        namespace=namespace(plan),
        log_group=host.log_group,
        shell=shell,
        groups=host.groups,
    )
    if host.jobs:
        key, account = plan.key(host.region, "shared").alias, plan.system.account
        uses += job_queue_permissions(host.region, account, queue=host.jobs_arn, key=key, groups=host.groups)
    if isinstance(host, DriftWatch):
        system, bus = plan.system, host.bus_arn
        tags = tags_of(system.system, system.environment, host.label)
        queue = host.queue_arn(host.queue)
        shift = loop_names(plan, host).shift if host.loop else ""
        uses += watch_permissions(host.region, system.account, queue=queue, bus=bus, tags=tags, shift=shift)
    yield from ((statement, f"{host.label}.{use}") for use, statement in uses)


def _function_permissions(plan: Plan, function: Function) -> Iterator[Permission]:
    """Yield what a function needs to log, to stand in the network, and to read its environment."""
    key, account = plan.key(function.region, "shared"), plan.system.account
    uses = function_permissions(function.region, account, log_group=function.log_group, arn=function.arn, key=key.alias)
    yield from ((statement, f"{function.label}.{use}") for use, statement in uses)


def _unknown_edges(plan: Plan) -> Iterator[Diagnostic]:
    for workload in plan.workloads:
        for edge in workload.edges:
            if (edge.store.kind, edge.verb) not in VERBS:
                asked = (*ACTIONS, "mounts")
                known = [f"`{verb}`" for kind, verb in VERBS if kind == edge.store.kind and verb in asked]
                kind = _a(edge.store.kind)
                fact = f"{workload.section} on {workload.platform} has no verb `{edge.verb}` for {kind}."
                takes = sorted({_a(kind) for kind, verb in VERBS if verb == edge.verb})
                remedy = f"Use {' or '.join(known)}." if edge.verb in asked else f"Name {' or '.join(takes)}."
                yield error("LF0501", edge.path, fact, INSTEAD.get((edge.store.kind, edge.verb), remedy))


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
