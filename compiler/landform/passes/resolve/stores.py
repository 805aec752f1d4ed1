"""Stores: every entry of `data` with its name, address and key, in each region that it stands in."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from landform.file_systems import Efs, Lustre
from landform.passes.resolve.naming import SHARED, behind_primary, bucket_name, data_key, known_as, physical, role_name
from landform.plan import Bucket, Plan, Queue, Secret, Store, Stream, Table
from landform.spec.data import Bucket as BucketSpec
from landform.spec.data import Efs as EfsSpec
from landform.spec.data import Entry
from landform.spec.data import Lustre as LustreSpec
from landform.spec.data import Queue as QueueSpec
from landform.spec.data import Stream as StreamSpec
from landform.spec.data import Table as TableSpec
from landform.spec.names import FILE_SYSTEM, QUEUE, STREAM, TABLE, address
from landform.spec.system import System


def stores(plan: Plan) -> Iterator[Store]:
    """Yield the stores of the primary region, and of each replica what is copied there."""
    for entry, spec in sorted(plan.system.data.items()):
        if isinstance(spec, BucketSpec) and spec.existing:
            yield _existing_bucket(plan, entry, spec, spec.existing)
            continue
        for region in regions_of(plan.system, spec):
            yield STORES[spec.kind](plan, entry, spec, region)


def secrets(plan: Plan) -> Iterator[Secret]:
    """Yield the secrets that workloads may use, each by its ARN."""
    for entry, spec in sorted(plan.system.secrets.items()):
        _, _, _, region, account, *_ = spec.existing.split(":")
        yield Secret(
            entry=entry,
            path=("secrets", entry),
            region=region,
            account=account,
            address=address("secrets", entry),
            name=spec.existing,
            key_arn=spec.key,
            existing=True,
        )


def regions_of(system: System, spec: Entry) -> tuple[str, ...]:
    """Return the regions that an entry stands in, the primary first."""
    return system.regions.active if spec.replicate else (system.regions.primary,)


def _existing_bucket(plan: Plan, entry: str, spec: BucketSpec, name: str) -> Bucket:
    region = spec.key.split(":")[3] if spec.key else plan.system.regions.primary
    return Bucket(
        entry=entry,
        path=("data", entry),
        region=region,
        account=plan.system.account,
        address=address("data", entry),
        name=name,
        key_arn=spec.key,
        existing=True,
    )


def _common(plan: Plan, entry: str, spec: Entry, region: str) -> dict[str, Any]:
    """Return what every store has: its place in the spec, in Terraform and under a key."""
    behind = behind_primary(plan.system, region)
    personal = spec.data_class == "pii"
    return {
        "entry": entry,
        "path": ("data", entry),
        "region": region,
        "account": plan.system.account,
        "address": address("data", entry, *behind),
        "key": plan.key(region, data_key(known_as(entry, spec.was)) if personal else SHARED),
        "personal": personal,
        "moved_from": tuple(address("data", name, *behind) for name in spec.was),
    }


def _bucket(plan: Plan, entry: str, spec: BucketSpec, region: str) -> Bucket:
    old = known_as(entry, spec.was)
    sends = region == plan.system.regions.primary or spec.replicate == "both"
    others = tuple(r for r in regions_of(plan.system, spec) if r != region)
    return Bucket(
        **_common(plan, entry, spec, region),
        name=bucket_name(plan, old, region),
        retention_days=spec.retain,
        versioned=spec.versioned,
        replicas=others if sends else (),
        replication_role=role_name(plan, old, "replication", region),
    )


def _efs(plan: Plan, entry: str, spec: EfsSpec, region: str) -> Efs:
    name = physical(plan, known_as(entry, spec.was), limit=FILE_SYSTEM)
    copy = region != plan.system.regions.primary
    copies = () if copy else regions_of(plan.system, spec)[1:]
    return Efs(**_common(plan, entry, spec, region), name=name, spec=spec, copy=copy, replicas=copies)


def _lustre(plan: Plan, entry: str, spec: LustreSpec, region: str) -> Lustre:
    name = physical(plan, known_as(entry, spec.was), limit=FILE_SYSTEM)
    return Lustre(**_common(plan, entry, spec, region), name=name, spec=spec)


def _queue(plan: Plan, entry: str, spec: QueueSpec, region: str) -> Queue:
    old = known_as(entry, spec.was)
    return Queue(
        **_common(plan, entry, spec, region),
        name=physical(plan, old, limit=QUEUE),
        spec=spec,
        dead_letters=physical(plan, old, "dead", limit=QUEUE),
    )


def _table(plan: Plan, entry: str, spec: TableSpec, region: str) -> Table:
    primary = region == plan.system.regions.primary
    return Table(
        **_common(plan, entry, spec, region),
        name=physical(plan, known_as(entry, spec.was), limit=TABLE),
        spec=spec,
        replicas=regions_of(plan.system, spec)[1:] if primary else (),
        original="" if primary else address("data", entry),
    )


def _stream(plan: Plan, entry: str, spec: StreamSpec, region: str) -> Stream:
    return Stream(
        **_common(plan, entry, spec, region),
        name=physical(plan, known_as(entry, spec.was), limit=STREAM),
        spec=spec,
        consumers=tuple(sorted(_consumers(plan.system, spec))),
    )


def _consumers(system: System, spec: StreamSpec) -> Iterator[str]:
    """Yield the names under which the workloads of `fan_out` are registered; of what is no workload, none."""
    for label in spec.fan_out:
        section, _, entry = label.partition(".")
        workload = getattr(system, section, {}).get(entry) if section in WORKLOADS else None
        if workload is not None:
            yield consumer(section, known_as(entry, workload.was))


def consumer(section: str, old: str) -> str:
    """Return the name of a workload among the consumers of a stream, by its section and its oldest name."""
    return f"{section}-{old}"


WORKLOADS: Final = ("machines", "train", "serve", "functions")
"""Sections whose entries can read."""

STORES: Final[Mapping[str, Callable[..., Store]]] = {
    "bucket": _bucket,
    "efs": _efs,
    "lustre": _lustre,
    "queue": _queue,
    "stream": _stream,
    "table": _table,
}
"""Kind → what resolves an entry of it in one region."""
