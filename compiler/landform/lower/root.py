"""The whole root module: providers, every component's module call, moves, outputs, files."""

from collections.abc import Iterator
from itertools import pairwise

from landform.lower.agent import archives as agents
from landform.lower.agent import configurations
from landform.lower.archive import Archive, code_archives
from landform.lower.audit import detection, trail
from landform.lower.backup import backups
from landform.lower.batch import batch
from landform.lower.beanstalk import beanstalk, stacks
from landform.lower.beanstalk import code as beanstalk_code
from landform.lower.budget import budget
from landform.lower.endpoint import archives as model_archives
from landform.lower.endpoint import endpoint, models
from landform.lower.function import code, function
from landform.lower.host import fleet, machine
from landform.lower.iam import bounded
from landform.lower.job import job
from landform.lower.loop import loop_files, loop_modules
from landform.lower.monitor import MAINTENANCE, monitor
from landform.lower.schedule import schedule
from landform.lower.shared import keys, network, reached_by_url, tags
from landform.lower.store import artifacts, log_bucket, records, store
from landform.lower.studio import studio
from landform.lower.watch import watch
from landform.lower.web import web
from landform.plan import Batch, DriftWatch, Host, Job, Plan, Store, Stream, Table, Workload
from landform.root import Backend, Module, Output, Provider, Root
from landform.spec.names import address
from landform.spec.work import Work


def lower(plan: Plan) -> Root:
    """Return the root module of a plan without errors, and its files but the user data of hosts."""
    archives = (*code_archives(plan), *agents(plan), *(beanstalk_code(plan, own) for own in plan.beanstalks))
    files = {archive.file: archive.content for archive in archives}
    functions = dict(code(plan, own) for own in plan.functions)
    return Root(
        name=plan.prefix,
        providers=tuple(_providers(plan)),
        modules=tuple(
            bounded(plan, module)
            for module in (
                *_modules(plan, archives),
                *(function(plan, own, alias(plan, own.region), functions) for own in plan.functions),
            )
        ),
        variables={**models(plan), **stacks(plan), **({"maintenance": MAINTENANCE} if plan.watches else {})},
        moved=tuple(_moved(plan)),
        outputs={name: value for name, value in _outputs(plan).items() if value[1]},
        backend=backend(plan),
        files=files | functions | model_archives(plan) | configurations(plan) | loop_files(plan),
    )


def alias(plan: Plan, region: str) -> str | None:
    """Return the alias of a region's provider; the primary's is the default one."""
    return None if region == plan.system.regions.primary else address(region)


def _providers(plan: Plan) -> Iterator[Provider]:
    regions = plan.system.regions
    # A retired region keeps its provider for the apply that empties it: else Terraform could destroy nothing there.
    for region in (*regions.active, *regions.retired):
        yield Provider(region, alias(plan, region), plan.system.account, tags(plan))


def _modules(plan: Plan, archives: tuple[Archive, ...]) -> Iterator[Module]:
    for region in plan.system.regions.active:
        if any(key.region == region for key in plan.keys):
            yield keys(plan, region, alias(plan, region))
    for each in plan.networks.values():
        if not each.existing:
            yield network(plan, each, alias(plan, each.region))
    yield from (log_bucket(plan, b, alias(plan, b.region)) for b in plan.access_logs)
    yield from (store(plan, own, alias(plan, own.region)) for own in plan.stores if not own.existing)
    for bucket in plan.artifacts:
        yield artifacts(plan, bucket, alias(plan, bucket.region), [a for a in archives if a.region == bucket.region])
    if plan.trail:
        yield trail(plan, plan.trail)
    if plan.records:
        yield records(plan, plan.records)
    if plan.system.audit and plan.system.audit.detect:
        yield from (detection(plan, region, alias(plan, region)) for region in plan.system.regions.active)
    if plan.backup:
        yield from backups(plan, plan.backup, lambda region: alias(plan, region))
    if plan.system.budget:
        yield budget(plan, plan.system.budget)
    yield from (_host(plan, own) for own in plan.hosts)
    yield from (job(plan, own) for own in plan.jobs)
    yield from (endpoint(plan, own, alias(plan, own.region)) for own in plan.served)
    yield from (batch(plan, own, tags(plan)) for own in plan.batches)
    by_file = {archive.file: archive for archive in archives}
    yield from (beanstalk(plan, own, alias(plan, own.region), by_file) for own in plan.beanstalks)
    started: tuple[Job | Batch | Host, ...] = (*plan.jobs, *plan.batches, *plan.hosts)
    for own in started:
        if own.schedule_role and isinstance(own.spec, Work):
            yield schedule(plan, own, own.spec)
    yield from studio(plan)
    yield from loop_modules(plan)
    yield from (monitor(plan, own, alias(plan, own.region)) for own in plan.watches)


def _host(plan: Plan, own: Host) -> Module:
    if isinstance(own, DriftWatch):
        return watch(plan, own, tags(plan))
    if own.section == "serve":
        return web(plan, own, alias(plan, own.region), tags(plan))
    return (machine if own.section == "machines" else fleet)(plan, own, tags(plan))


def _moved(plan: Plan) -> Iterator[tuple[str, str]]:
    named: list[Store | Workload] = [*plan.stores, *plan.workloads]
    for each in named:
        names = [*each.moved_from, each.address]
        for old, new in pairwise(names):
            yield f"module.{old}", f"module.{new}"
            if isinstance(each, Workload) and each.schedule_role:
                yield f"module.{address(old, 'schedule')}", f"module.{address(new, 'schedule')}"


def _outputs(plan: Plan) -> dict[str, tuple[str, dict[str, Output]]]:
    buckets = {b.address.removeprefix("data_"): Output(b.address, "name") for b in plan.buckets if not b.existing}
    streams = {s.entry: Output(s.address, "name") for s in plan.stores if isinstance(s, Stream)}
    tables = {t.entry: Output(t.address, "name") for t in plan.stores if isinstance(t, Table) and not t.original}
    machines = {h.entry: Output(h.address, "instance_id") for h in plan.hosts if h.section == "machines"}
    fleets = {h.entry: Output(h.address, "group_name") for h in plan.hosts if h.section == "train"}
    watches = {w.entry: Output(w.address, "bus_name") for w in plan.drift}
    queues = {b.entry: Output(b.address, "queue") for b in plan.batches}
    waiting = {h.entry: Output(h.address, "queue") for h in plan.hosts if h.jobs}
    jobs = {j.entry: Output(j.address, "definition") for j in plan.jobs}
    functions = {f.entry: Output(f.address, "name") for f in plan.functions if f.section == "functions"}
    endpoints = {s.address.removeprefix("serve_"): Output(s.address, "name") for s in plan.served}
    groups = {s.address.removeprefix("serve_"): Output(s.address, "package_group") for s in plan.served if s.packages}
    urls = {s.address.removeprefix("serve_"): Output(s.address, "url") for s in plan.services if reached_by_url(s)}
    domain = {"domain_id": Output("studio", "domain_id"), "url": Output("studio", "url")} if plan.studio else {}
    return {
        "studio_domain": ("Id of the domain of Studio, and where people sign in.", domain),
        "buckets": ("Names of the buckets.", buckets),
        "streams": ("Names of the streams.", streams),
        "tables": ("Names of the tables, the same in every region that they are replicated to.", tables),
        "machines": ("Ids of the instances.", machines),
        "watches": ("Buses on which watches tell of drift.", watches),
        "training": ("Names of the Auto Scaling groups.", fleets),
        "endpoints": ("Names of the endpoints of SageMaker, whether they stand already or not.", endpoints),
        "model_packages": ("Groups of the model packages that endpoints may serve.", groups),
        "urls": ("URLs of the services that have one.", urls),
        "functions": ("Names of the Lambda functions.", functions),
        "job_queues": ("Names of the job queues of Batch, and of the definitions of their jobs.", queues),
        "training_queues": ("Names of the queues in which jobs of trainings on EC2 wait.", waiting),
        "jobs": ("SSM parameters with the definitions of SageMaker's trainings.", jobs),
    }


def backend(plan: Plan) -> Backend | None:
    """Return the bucket that keeps the state, and the file in it that is this system's."""
    state, system = plan.system.state, plan.system
    if state is None:
        return None
    return Backend(state.bucket, f"{system.account}/{system.system}/{system.environment}.tfstate", state.region)
