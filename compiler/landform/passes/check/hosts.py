"""Rules about single machines and trainings."""

from collections.abc import Iterator
from math import ceil
from typing import Final

from landform.catalog.ebs import LARGEST_ROOT, VOLUMES, VolumeType
from landform.catalog.images import IMAGES, Image
from landform.diagnostics import Diagnostic, Path, Related, error, note, warning
from landform.exposure import opens_to_the_world, public_addresses
from landform.plan import Batch, Host, Job, Plan
from landform.spec.compute import KeyShell, Machine, Training
from landform.spec.units import Disk

SSH: Final = 22
SMALLEST_ROOT: Final = 8
"""GiB of the smallest images of Amazon Linux and Ubuntu; the modules take no smaller root disk."""


def spot_work_is_saved(plan: Plan) -> Iterator[Diagnostic]:
    """AWS takes spot capacity back with two minutes' notice; without a checkpoint the work is gone."""
    for host, spec in _trainings(plan):
        if spec.capacity.spot and not spec.checkpoint:
            fact = f"{spec.capacity.spot}% of {host.label} is spot capacity, and nothing saves its progress."
            yield warning("LF0601", (*host.path, "capacity"), fact, "Add `checkpoint: {to: <bucket>, every: 10m}`.")
    # SageMaker and Batch start an interrupted job again, from its checkpoint or from nothing.
    managed: tuple[Job | Batch, ...] = (*plan.jobs, *plan.batches)
    for job in managed:
        if job.spec.capacity.spot and not job.spec.checkpoint:
            fact = f"{job.label} is bought as spot capacity, and nothing saves its progress."
            yield warning("LF0601", (*job.path, "capacity"), fact, "Add `checkpoint: {to: <bucket>, every: 10m}`.")


def a_checkpoint_has_one_writer(plan: Plan) -> Iterator[Diagnostic]:
    """Each job has a checkpoint of its own, and the nodes of one job share it."""
    for host, spec in _trainings(plan):
        if spec.checkpoint and spec.nodes > 1:
            fact = f"the {spec.nodes} nodes of a job of {host.label} save to one checkpoint."
            remedy = "Let each write files of its own ($NODE_RANK), or the first alone."
            yield note("LF0610", (*host.path, "checkpoint"), fact, remedy)


def a_pool_has_jobs(plan: Plan) -> Iterator[Diagnostic]:
    """What drives a pool is the queue of its jobs, and a job is a run of the command."""
    for host, spec in _trainings(plan):
        if spec.pool and not spec.command:
            fact = f"nothing makes the pool of {host.label} grow: it has no `command` to queue up for."
            yield warning("LF0207", (*host.path, "pool"), fact, "Add `command`, or write `nodes` for a fixed number.")


def what_jobs_have_goes_with_a_command(plan: Plan) -> Iterator[Diagnostic]:
    """Inputs are brought before a command and the output is sent after it, when a job is due: without one, never."""
    for host, spec in _trainings(plan):
        for key in ("inputs", "output", "schedule") if not spec.command else ():
            if getattr(spec, key):
                fact = f"the nodes of {host.label} run no command that `{key}` would go with."
                yield error("LF0207", (*host.path, key), fact, "Add `command`, or leave it out.")


def instance_store_is_not_the_only_copy(plan: Plan) -> Iterator[Diagnostic]:
    """Instance store is empty after every stop, interruption and replacement."""
    for host in plan.hosts:
        keeps = any(edge.verb in ("writes", "checkpoint", "output") for edge in host.edges)
        if host.spec.disk.local and not keeps and not host.spec.disk.data and not plan.broken:
            fact = f"what {host.label} writes to instance store is lost when it stops, and it has nowhere else."
            yield warning(
                "LF0602",
                (*host.path, "disk", "local"),
                fact,
                "Add `writes: […]`, a checkpoint or a data disk.",
            )


def ssh_is_not_open_to_the_world(plan: Plan) -> Iterator[Diagnostic]:
    """Whatever the blocks are called, together they must not be everybody."""
    for host, spec in _machines(plan):
        if isinstance(spec.shell, KeyShell) and opens_to_the_world(spec.shell.from_):
            fact = "SSH would be open to the world."
            yield error(
                "LF0603",
                (*host.path, "shell", "from"),
                fact,
                "Name your own blocks, or use `shell: {via: ssm}`.",
            )


def ports_are_not_open_to_the_world(plan: Plan) -> Iterator[Diagnostic]:
    """Machines stand in private subnets: a port for everybody is reached by nobody, until a route changes."""
    for host, spec in _machines(plan):
        for name, rule in spec.ingress.items():
            if rule.from_ != "network" and opens_to_the_world(rule.from_):
                code = "LF0603" if rule.port == SSH else "LF0604"
                fact = f"port {rule.port} of {host.label} would be open to the world."
                remedy = "Write `from: network`, or name your own blocks."
                yield error(code, (*host.path, "ingress", name, "from"), fact, remedy)


def callers_can_reach(plan: Plan) -> Iterator[Diagnostic]:
    """A machine has no public address: whoever calls from one never arrives."""
    for host, spec in _machines(plan):
        rules = {("ingress", name, "from"): rule.from_ for name, rule in spec.ingress.items()}
        if isinstance(spec.shell, KeyShell):
            rules["shell", "from", ""] = spec.shell.from_
        for key, blocks in rules.items():
            if blocks == "network" or opens_to_the_world(blocks):
                continue
            if all(public_addresses(block) == block.num_addresses for block in blocks):
                fact = f"{host.label} has no public address: nobody in {', '.join(map(str, blocks))} reaches it."
                remedy = "Name blocks that come by VPN or peering, or use `shell: {via: ssm}`."
                yield warning("LF0604", (*host.path, *filter(None, key)), fact, remedy)


def a_pool_holds_a_job(plan: Plan) -> Iterator[Diagnostic]:
    """A job of more nodes than the pool can have waits for ever."""
    for host, spec in _trainings(plan):
        if spec.pool and spec.pool.high is not None and spec.pool.high < spec.nodes:
            fact = f"a job of {host.label} needs {spec.nodes} nodes and its pool ends at {spec.pool.high}."
            other = Related("the size of a job", (*host.path, "nodes"))
            yield error("LF0608", (*host.path, "pool"), fact, f"Write pool: {spec.pool.low}..{spec.nodes}.", other)


def the_base_fits(plan: Plan) -> Iterator[Diagnostic]:
    """An on-demand base above the fleet's size says that nothing is spot, in a roundabout way."""
    for host, spec in _trainings(plan):
        most = spec.most_nodes
        if spec.capacity.on_demand_base > most:
            base = spec.capacity.on_demand_base
            fact = f"the on-demand base of {host.label} is {base}, and it has at most {most} nodes."
            yield error("LF0608", (*host.path, "capacity", "on_demand_base"), fact, f"Write at most {most}.")


def a_fleet_has_something_to_do(plan: Plan) -> Iterator[Diagnostic]:
    """Nodes that run nothing cost as much as those that train."""
    for host, spec in _trainings(plan):
        if not spec.command and spec.pool is None:
            fact = f"the nodes of {host.label} start, cost, and run nothing."
            yield warning("LF0207", host.path, fact, "Add `command`, or let a pool start at 0.")


def disks_exist(plan: Plan) -> Iterator[Diagnostic]:
    """EBS refuses a volume outside of its type's bounds at apply, after all else stands."""
    for host in plan.hosts:
        disks = host.spec.disk
        if disks.root:
            yield from _disk_faults(disks.root, (*host.path, "disk", "root"), root=True)
            least = max(SMALLEST_ROOT, host.image.root_gib if host.image else 0)
            if disks.root.gib < least:
                fact = (
                    f"the image {host.image.name if host.image else host.spec.image} needs a root disk of {least} GiB."
                )
                yield error("LF0609", (*host.path, "disk", "root"), fact, f"Write {least}GiB {disks.root.type}.")
        if disks.data:
            yield from _disk_faults(disks.data, (*host.path, "disk", "data"), root=False)


def images_are_patched(plan: Plan) -> Iterator[Diagnostic]:
    """An image past its end of support keeps every hole that is found from then on."""
    for host in plan.hosts:
        known = IMAGES.get(host.image.name) if host.image else None
        if known and known.patched_until and known.patched_until.isoformat() < plan.catalog.date:
            fact = f"AWS has not patched {known.name} since {known.patched_until}."
            yield warning(
                "LF0407", (*host.path, "image"), fact, f"Use a newer one: {', '.join(_patched(plan, known))}."
            )


def _patched(plan: Plan, old: Image) -> list[str]:
    """Name the images with the same drivers that AWS still patches."""
    date, alike = plan.catalog.date, [i for i in IMAGES.values() if i.drivers == old.drivers]
    return sorted(i.name for i in alike if not i.patched_until or i.patched_until.isoformat() >= date)


def _machines(plan: Plan) -> Iterator[tuple[Host, Machine]]:
    yield from ((host, host.spec) for host in plan.hosts if isinstance(host.spec, Machine))


def _trainings(plan: Plan) -> Iterator[tuple[Host, Training]]:
    yield from ((host, host.spec) for host in plan.hosts if isinstance(host.spec, Training))


def _disk_faults(disk: Disk, path: Path, *, root: bool) -> Iterator[Diagnostic]:
    kind = VOLUMES[disk.type]
    if root and not kind.root:
        yield error("LF0609", path, f"no instance boots from {disk.type}.", "Use gp3 or io2.")
    least, most = kind.gib[0], min(kind.gib[1], LARGEST_ROOT) if root else kind.gib[1]
    if not least <= disk.gib <= most:
        what = f"a root disk of {disk.type}" if root else disk.type
        yield error("LF0609", path, f"{what} cannot have {disk.gib} GiB:", f"write {least}GiB to {most}GiB.")
    if disk.iops is not None:
        most = min(kind.iops[1], disk.gib * kind.iops_per_gib) if kind.iops else 0
        if kind.iops is None:
            yield error("LF0609", path, f"{disk.type} takes no IOPS.", "Leave them out, or use gp3 or io2.")
        elif not kind.iops[0] <= disk.iops <= max(most, kind.iops[0]):
            fact = f"{disk.gib} GiB of {disk.type} cannot have {disk.iops} IOPS:"
            yield error("LF0609", path, fact, f"write {kind.iops[0]}iops to {max(most, kind.iops[0])}iops.")
    elif disk.type in ("io1", "io2"):
        yield error(
            "LF0609",
            path,
            f"{disk.type} is bought by its IOPS, and none are given.",
            "Write e.g. 16000iops behind.",
        )
    if disk.throughput is not None:
        yield from _throughput_faults(disk, kind, path)


def _throughput_faults(disk: Disk, kind: VolumeType, path: Path) -> Iterator[Diagnostic]:
    wanted = disk.throughput or 0
    if kind.throughput is None or not kind.throughput[0] <= wanted <= kind.throughput[1]:
        fact = f"{disk.type} cannot have {wanted} MiB/s:"
        yield error("LF0609", path, fact, "gp3 takes 125MiB/s to 1000MiB/s.")
    elif kind.iops and wanted > (disk.iops or kind.iops[0]) * kind.mib_per_iops:
        needed = ceil(wanted / kind.mib_per_iops)
        fact = f"{wanted} MiB/s need {needed} IOPS, and the disk has {disk.iops or kind.iops[0]}:"
        yield error("LF0609", path, fact, f"write {disk.gib}GiB {disk.type} {needed}iops {wanted}MiB/s.")


RULES = (
    spot_work_is_saved,
    a_checkpoint_has_one_writer,
    instance_store_is_not_the_only_copy,
    ssh_is_not_open_to_the_world,
    ports_are_not_open_to_the_world,
    callers_can_reach,
    a_pool_has_jobs,
    what_jobs_have_goes_with_a_command,
    a_pool_holds_a_job,
    the_base_fits,
    a_fleet_has_something_to_do,
    disks_exist,
    images_are_patched,
)
