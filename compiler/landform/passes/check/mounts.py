"""Rules about file systems and where they are mounted."""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from landform.diagnostics import Diagnostic, Path, Related, error, note, warning
from landform.file_systems import Efs, FileSystem, Lustre, Mounting, mounters, mounting
from landform.passes.resolve.edges import find_store
from landform.plan import Bucket, Edge, Host, Plan, StudioUser, Workload
from landform.spec.compute import KeyShell
from landform.spec.names import variable

MOST_LINKS: Final = 8
"""FSx for Lustre user guide, "Linking your file system to an Amazon S3 bucket" (read 2026-11-23)."""

DISKS: Final = {"data": "/data", "local": "/local"}
"""Disk of a host → where it is mounted."""


def writers_mount(plan: Plan) -> Iterator[Diagnostic]:
    """Files are written under a path: a permission to write alone leads nowhere."""
    for host in plan.workloads:
        mounted = {edge.store.entry for edge in _mounts(host)}
        for edge in host.edges:
            if isinstance(edge.store, FileSystem) and edge.verb == "writes" and edge.store.entry not in mounted:
                entry = edge.store.entry
                fact = f"{host.label} writes to data.{entry} and does not mount it."
                able = isinstance(host, Mounting | StudioUser)
                remedy = f"Add `mounts: {{/{entry}: {entry}}}`." if able else "Let a machine or a training do it."
                yield error("LF0207", edge.path, fact, remedy)


def mounts_lie_apart(plan: Plan) -> Iterator[Diagnostic]:
    """Of two file systems, one under the other's path hides what is there, or is hidden by it."""
    for host in mounters(plan):
        for one, two in combinations(sorted(_mounts(host), key=_point), 2):
            if _within(_point(two), _point(one)):
                fact = f"{_point(two)} lies within {_point(one)}, where another file system is mounted."
                other = Related("the other one", one.path)
                yield error("LF0207", two.path, fact, "Mount them beside each other.", other)
        for edge in _mounts(host):
            for disk, place in DISKS.items() if isinstance(host, Host) else ():
                if getattr(host.spec.disk, disk) and (_within(_point(edge), place) or _within(place, _point(edge))):
                    other = Related("the disk", (*host.path, "disk", disk))
                    fact = f"the disk `{disk}` of {host.label} is mounted at {place}."
                    yield error("LF0207", edge.path, fact, "Mount the file system elsewhere.", other)


def copies_go_to_one_region(plan: Plan) -> Iterator[Diagnostic]:
    """EFS copies a file system to one other, and that one to none."""
    for store in plan.stores:
        if isinstance(store, Efs) and len(store.replicas) > 1:
            fact = f"EFS copies data.{store.entry} to one region, and the system has {len(store.replicas)} replicas."
            remedy = "Keep what must be everywhere in a bucket, or leave `replicate` out."
            yield error(
                "LF0606", (*store.path, "replicate"), fact, remedy, Related("the regions", ("regions", "replicas"))
            )


def channels_are_told_apart(plan: Plan) -> Iterator[Diagnostic]:
    """SageMaker mounts a file system as a channel, of the name of its entry: no input can have the same."""
    for job in plan.jobs:
        for edge in _mounts(job):
            if edge.store.entry in job.spec.inputs:
                entry = edge.store.entry
                other = Related("the input", (*job.path, "inputs", entry))
                fact = f"{job.label} has an input {entry}, and mounts data.{entry} as a channel of the same name."
                yield error("LF0208", edge.path, fact, "Call the input something else.", other)


def algorithms_find_their_files(plan: Plan) -> Iterator[Diagnostic]:
    """What SageMaker mounts lies where it puts channels; a path of one's own is made by what runs `command`."""
    for job in plan.jobs:
        for edge in _mounts(job):
            if not job.spec.command and isinstance(edge.store, Lustre):
                place = f"/opt/ml/input/data/{edge.store.entry}"
                fact = f"the algorithm of {job.label} finds data.{edge.store.entry} at {place}, not at {_point(edge)}."
                yield note("LF0613", edge.path, fact, f"${variable('data', edge.store.entry)} says so.")


def keys_stay_visible(plan: Plan) -> Iterator[Diagnostic]:
    """sshd looks for the keys that it lets in under the home of the user: mounted over, nobody gets in."""
    for host in plan.hosts:
        shell = getattr(host.spec, "shell", None)
        home = f"/home/{host.image.user}" if host.image else "/home"
        for edge in _mounts(host):
            if isinstance(shell, KeyShell) and _within(home, _point(edge)):
                fact = f"a file system at {_point(edge)} hides {home}, where the key for SSH lies."
                other = Related("the shell", (*host.path, "shell"))
                remedy = "Mount it elsewhere, or write `shell: {via: ssm}`."
                yield error("LF0207", edge.path, fact, remedy, other)


def zones_are_known(plan: Plan) -> Iterator[Diagnostic]:
    """EFS takes one mount target for each zone: of two subnets it must be known whether they share one."""
    for store in plan.stores:
        existing = plan.system.network.existing.get(store.region)
        blind = existing and not isinstance(existing.private, dict)
        if isinstance(store, Efs) and blind and mounting(plan, store):
            path: Path = ("network", "existing", store.region, "private")
            fact = f"the zones of these subnets are not known, and data.{store.entry} has one mount target for each."
            yield error("LF0306", path, fact, "Name them by zone id: {use1-az1: subnet-…}.", _at(store))


def clients_can_be_installed(plan: Plan) -> Iterator[Diagnostic]:
    """Ubuntu has no package of the clients: AWS publishes them where only a way to the internet leads to."""
    if plan.system.network.egress != "none":
        return
    for host in plan.hosts:
        network = plan.networks.get(host.region)
        for edge in _mounts(host):
            if host.image and host.image.os == "ubuntu" and network and not network.existing:
                fact = f"with `egress: none` {host.label} cannot install the client of {edge.store.kind} on Ubuntu."
                other = Related("the network has no way out", ("network", "egress"))
                yield error("LF0605", edge.path, fact, "Use an image on Amazon Linux, or a NAT.", other)


def lustre_is_mounted(plan: Plan) -> Iterator[Diagnostic]:
    """It costs by the hour whether it is used or not, and stands where those who mount it do."""
    if plan.broken or any(not host.zones for host in mounters(plan)):
        return
    for store in plan.stores:
        if isinstance(store, Lustre) and not mounting(plan, store):
            fact = f"nothing mounts data.{store.entry}, so there is no zone for it to stand in."
            yield error("LF0207", store.path, fact, f"Mount it: `mounts: {{/{store.entry}: {store.entry}}}`.")


def buckets_can_be_linked(plan: Plan) -> Iterator[Diagnostic]:
    """FSx links buckets of its own region, and reads those under a foreign key when that key's policy says so."""
    for store in plan.stores:
        if isinstance(store, Lustre):
            yield from _link_faults(plan, store)
            if len(store.linked) > MOST_LINKS:
                fact = f"data.{store.entry} is linked to {len(store.linked)} buckets; FSx takes {MOST_LINKS}."
                yield error("LF0606", store.path, fact, "Link fewer, or keep them under prefixes of one bucket.")


def _link_faults(plan: Plan, store: Lustre) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    named = [("loads", name) for name in store.spec.loads] + [("exports", name) for name in store.spec.exports]
    for key, name in named:
        path = (*store.path, key)
        bucket = find_store(plan, path, name, found, region=store.region)
        if bucket and not isinstance(bucket, Bucket):
            fact = f"FSx links buckets, and the kind of data.{name} is {bucket.kind}."
            other = Related(f"data.{name}", bucket.path)
            found.append(error("LF0204", path, fact, "Name a bucket of `data`.", other))
        elif bucket and bucket.key_arn:
            fact = f"the key of data.{name} is not the system's."
            remedy = "Its policy must admit FSx's service-linked role, AWSServiceRoleForFSxS3Access_*."
            found.append(warning("LF0503", path, fact, remedy))
    return found


def _mounts(host: Workload) -> list[Edge]:
    return [e for e in host.edges if e.verb == "mounts" and isinstance(e.store, FileSystem)]


def _point(edge: Edge) -> str:
    return str(edge.path[-1])


def _within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(f"{outer}/")


def _at(store: FileSystem) -> Related:
    return Related(f"data.{store.entry}", store.path)


RULES = (
    writers_mount,
    mounts_lie_apart,
    copies_go_to_one_region,
    channels_are_told_apart,
    algorithms_find_their_files,
    keys_stay_visible,
    zones_are_known,
    clients_can_be_installed,
    lustre_is_mounted,
    buckets_can_be_linked,
)
