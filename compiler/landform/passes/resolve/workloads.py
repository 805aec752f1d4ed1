"""Workloads: what runs, under which role, and the edges that lead from it to stores."""

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Any

from landform.catalog.beanstalk import CNAME
from landform.catalog.beanstalk import NAME as ENVIRONMENT
from landform.diagnostics import Diagnostic, Related, error
from landform.passes.resolve.edges import edges_of
from landform.passes.resolve.implied import with_implied
from landform.passes.resolve.naming import behind_primary, known_as, log_group, physical, role_arn, role_name
from landform.passes.resolve.services import placed_services
from landform.plan import Batch, Beanstalk, Edge, Function, Host, Job, Plan
from landform.spec.batch import BatchTraining
from landform.spec.compute import Training
from landform.spec.functions import SOURCES
from landform.spec.functions import Function as FunctionSpec
from landform.spec.managed import ManagedTraining
from landform.spec.names import HOST, JOB, QUEUE, address
from landform.spec.serve import BeanstalkService, HostService, LambdaService


def hosts(plan: Plan, found: list[Diagnostic]) -> Iterator[Host]:
    """Yield what runs on EC2: machines, the nodes of trainings, and the hosts of services."""
    for entry, machine in sorted(plan.system.machines.items()):
        yield Host(**basics(plan, "machines", entry, machine, found), platform="ec2", spec=machine)
    for entry, training in sorted(plan.system.train.items()):
        if isinstance(training, Training):
            yield _fleet(plan, training, basics(plan, "train", entry, training, found))
    for entry, service, region in placed_services(plan.system):
        if isinstance(service, HostService):
            yield Host(**basics(plan, "serve", entry, service, found, region), platform="ec2", spec=service)


def _fleet(plan: Plan, spec: Training, common: dict[str, Any]) -> Host:
    """Return the nodes of a training: with a command, they work off a queue of jobs."""
    old = common["known_as"]
    jobs = physical(plan, old, "jobs", limit=QUEUE) if spec.command else ""
    dead = physical(plan, old, "jobs", "dead", limit=QUEUE) if spec.command else ""
    spare = physical(plan, old, "spare", limit=HOST) if spec.capacity.fallback else ""
    return Host(**common, platform="ec2", spec=spec, jobs=jobs, dead_jobs=dead, spare=spare)


def jobs(plan: Plan, found: list[Diagnostic]) -> Iterator[Job]:
    """Yield the trainings that SageMaker runs; a job's name ends with the time at which it was started."""
    for entry, training in sorted(plan.system.train.items()):
        if isinstance(training, ManagedTraining):
            common = basics(plan, "train", entry, training, found)
            named = physical(plan, known_as(entry, training.was), limit=JOB)
            definition = log_group(plan, "train", known_as(entry, training.was))
            yield Job(
                **{**common, "physical": named},
                platform="sagemaker",
                spec=training,
                definition=definition,
                tuning=f"{definition}/tuning",
            )


def batches(plan: Plan, found: list[Diagnostic]) -> Iterator[Batch]:
    """Yield the trainings that Batch runs, with the roles of what starts their containers and of their nodes."""
    for entry, training in sorted(plan.system.train.items()):
        if isinstance(training, BatchTraining):
            common = basics(plan, "train", entry, training, found)
            old, region = common["known_as"], common["region"]
            start, host = role_name(plan, old, "start", region), role_name(plan, old, "host", region)
            yield Batch(**common, platform="batch", spec=training, start_role=start, host_role=host)


def functions(plan: Plan, found: list[Diagnostic]) -> Iterator[Function]:
    """Yield what Lambda runs; a source of the wrong kind is said, and no edge leads to it."""
    for entry, spec in sorted(plan.system.functions.items()):
        yield lambda_function(plan, basics(plan, "functions", entry, spec, found), spec, found)
    for entry, service, region in placed_services(plan.system):
        if isinstance(service, LambdaService):
            yield lambda_function(plan, basics(plan, "serve", entry, service, found, region), service, found)


def beanstalks(plan: Plan, found: list[Diagnostic]) -> Iterator[Beanstalk]:
    """Yield the services that Beanstalk runs, each with the role that looks after it and its name in the DNS."""
    for entry, service, region in placed_services(plan.system):
        if isinstance(service, BeanstalkService):
            common = basics(plan, "serve", entry, service, found, region)
            old = common["known_as"]
            yield Beanstalk(
                **{**common, "physical": physical(plan, old, limit=ENVIRONMENT)},
                platform="beanstalk",
                spec=service,
                service_role=role_name(plan, old, "service", region),
                cname=physical(plan, old, _unlike_others(plan, old), limit=CNAME),
            )


def _unlike_others(plan: Plan, entry: str) -> str:
    """Return what tells a service's name in the DNS, which all customers share, from theirs.

    Everybody sees it, and is not to see the account: of so few digits, hundreds of accounts have the same.
    """
    return sha256(f"{plan.system.account} {plan.prefix} {entry}".encode()).hexdigest()[:8]


def lambda_function(
    plan: Plan, own: dict[str, Any], spec: FunctionSpec | LambdaService, found: list[Diagnostic]
) -> Function:
    """Return what Lambda runs under the name that every workload has."""
    edges = tuple(edge for edge in own["edges"] if _of_the_kind_said(edge, found))
    arn = f"arn:aws:lambda:{own['region']}:{plan.system.account}:function:{own['physical']}"
    return Function(**{**own, "edges": edges}, platform="lambda", spec=spec, arn=arn)


def _of_the_kind_said(edge: Edge, found: list[Diagnostic]) -> bool:
    """Tell whether a trigger, or the way of failures, leads to what its key says; else say what it leads to."""
    wanted = {"trigger": str(edge.path[-1]), "on_failure": "queue"}.get(edge.verb, edge.store.kind)
    if edge.store.kind == wanted:
        return True
    fact = f"'{edge.store.entry}' is a {edge.store.kind}, not a {wanted}."
    fits = edge.verb == "trigger" and edge.store.kind in SOURCES
    remedy = f"Write trigger: {{{edge.store.kind}: {edge.store.entry}}}." if fits else f"Name a {wanted}."
    found.append(error("LF0204", edge.path, fact, remedy, Related("it stands here", edge.store.path)))
    return False


def with_output(plan: Plan, found: list[Diagnostic]) -> Iterator[Job]:
    """Yield the jobs, each with a place for what it leaves; without `output` that is beside the archives of code."""
    for job in plan.jobs:
        if job.spec.output:
            yield job
        elif job.spec.command:
            prefix = f"training/{job.section}-{job.known_as}/"
            edge = Edge("output", plan.artifacts_in(job.region), job.path, f"{job.label}.output", prefix)
            yield replace(job, edges=(*job.edges, edge))
        else:
            fact = f"an algorithm of SageMaker leaves its model somewhere, and {job.label} does not say where."
            found.append(error("LF0206", job.path, fact, "Add `output: <bucket>`."))
            yield job


def basics(
    plan: Plan, section: str, entry: str, spec: Any, found: list[Diagnostic], region: str | None = None
) -> dict[str, Any]:
    """Return what every workload has: its place in the spec and in Terraform, its role, its edges.

    Without a `region` it runs in the primary one.
    """
    region, old = region or plan.system.regions.primary, known_as(entry, spec.was)
    behind = behind_primary(plan.system, region)
    role = role_name(plan, old, region)
    edges = tuple(edges_of(plan, (section, entry), spec, region, found))
    return {
        "section": section,
        "entry": entry,
        "region": region,
        "address": address(section, entry, *behind),
        "physical": physical(plan, old, limit=HOST),
        "known_as": old,
        "role": role,
        "role_arn": role_arn(plan, role),
        "log_group": log_group(plan, section, old),
        "edges": tuple(with_implied(section, entry, spec.was, edges)),
        "moved_from": tuple(address(section, name, *behind) for name in spec.was),
        "schedule_role": role_name(plan, old, "schedule", region) if getattr(spec, "schedule", None) else "",
    }
