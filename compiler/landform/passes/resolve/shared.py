"""What a system has besides its entries: the trail, the archives of code, the access logs, what AWS Config records."""

from collections.abc import Iterator

from landform.catalog.events import EVENTS
from landform.diagnostics import Diagnostic, Path, error
from landform.passes.resolve.edges import find_store
from landform.passes.resolve.naming import AUDIT, SHARED, bucket_name, log_group, role_name
from landform.passes.resolve.served import brings
from landform.plan import Batch, Beanstalk, Bucket, Host, Job, Key, Plan, ServedModel, Trail, Workload
from landform.spec.compute import Training
from landform.spec.managed import ManagedTraining
from landform.spec.names import address
from landform.spec.serve import HostService


def trail(plan: Plan, found: list[Diagnostic]) -> Trail | None:
    """Return the trail, with the stores whose every use it records."""
    audit, region = plan.system.audit, plan.system.regions.primary
    if not audit or audit.trail == "existing":
        return None
    named = [
        find_store(plan, ("audit", "data_events", i), name, found, region=region)
        for i, name in enumerate(audit.data_events)
    ]
    wanted = {store.entry for store in named if store}
    for index, store in enumerate(named):
        if store and store.kind not in EVENTS:
            fact = f"CloudTrail records no data events of the kind `{store.kind}`."
            remedy = f"Leave '{store.entry}' out; it does of {', '.join(sorted(EVENTS))}."
            found.append(error("LF0204", ("audit", "data_events", index), fact, remedy))
    events = tuple(s for s in plan.stores if s.kind in EVENTS and (s.personal or s.entry in wanted))
    return Trail(
        name=f"{plan.prefix}-audit",
        bucket=bucket_name(plan, AUDIT, region),
        log_group=log_group(plan, AUDIT),
        log_role=role_name(plan, AUDIT, "logs", region),
        key=plan.key(region, AUDIT),
        events=events,
    )


def artifacts(plan: Plan) -> Iterator[Bucket]:
    """Yield a bucket for what workloads are made of, in each region where one brings code of its own."""
    watched = {plan.system.regions.primary} if plan.system.drift else set()
    for region in sorted({each.region for each in plan.workloads if _brings(each)} | watched):
        key = plan.key(region, SHARED)
        yield _own(plan, "artifacts", _made_of(plan), region, address("artifacts", region), key)


def _made_of(plan: Plan) -> Path:
    """Return the section for which archives of code are kept."""
    return ("train",) if plan.system.train else ("serve",)


def _brings(workload: Workload) -> bool:
    match workload:
        case ServedModel():
            return brings(workload)
        case (
            Host(spec=Training(command=str()) | HostService(code=str()))
            | Batch()
            | Beanstalk()
            | Job(spec=ManagedTraining(command=str()))
        ):
            return True
    return False


def access_logs(plan: Plan) -> Iterator[Bucket]:
    """Yield a bucket for access logs in each region where one is logged; AWS delivers them under SSE-S3 alone."""
    regions = {bucket.region for bucket in plan.buckets if bucket.personal}
    regions |= {host.region for host in plan.hosts if isinstance(host.spec, HostService)}
    regions |= {own.region for own in plan.beanstalks}
    if plan.trail:
        regions.add(plan.system.regions.primary)
    path: Path = ("data",) if plan.system.data else ("regions",)
    for region in sorted(regions):
        yield _own(plan, "access-logs", path, region, address("logs", region), None)


def records(plan: Plan) -> Bucket | None:
    """Return the bucket to which AWS Config delivers what it records, from every region of the system."""
    audit, region = plan.system.audit, plan.system.regions.primary
    if audit is None or "config" not in audit.detect:
        return None
    return _own(plan, "config", ("audit",), region, address("config"), None)


def _own(plan: Plan, entry: str, path: Path, region: str, at: str, key: Key | None) -> Bucket:
    """Return a bucket that no entry of the spec asks for by name."""
    name, account = bucket_name(plan, entry, region), plan.system.account
    return Bucket(entry=entry, path=path, region=region, account=account, address=at, name=name, key=key)
