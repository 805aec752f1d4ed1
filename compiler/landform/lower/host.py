"""Module calls and files of what runs on EC2: machines, fleets, and the hosts of services."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, Final

from landform.disks import root_of
from landform.emit.user_data import Checkpoint, Code, DataVolume, HostScript, Jobs, Serves, SetupScript, render
from landform.lower.agent import digest, installer
from landform.lower.archive import SETTINGS, archive
from landform.lower.channel import folders, output_uri, sources
from landform.lower.file_system import file_systems, literal_statements, mounted, mounts, told_at_boot
from landform.lower.place import ANYWHERE, subnets, vpc, way_out
from landform.lower.shared import apis, callees, key_arn, log_days, statements, told, urls
from landform.passes.grant import code_key
from landform.passes.instances import stands_close, wants_spot
from landform.passes.resolve.naming import namespace
from landform.plan import DriftWatch, Host, HostImage, Plan
from landform.root import Contents, Module, Output
from landform.spec.compute import KeyShell, Machine, Training
from landform.spec.names import variable
from landform.spec.serve import HostService
from landform.spec.units import Disk

ATTEMPTS: Final = 20
"""How often a job is begun: spot capacity may be short-lived, and a job that breaks its nodes must end some time."""

_AT_WORK: Final = ("checkpoint", "input", "output")
"""Verbs by which a node reads and writes of itself, before and after the command."""

DATA_DEVICE: Final = "/dev/sdf"
DATA_MOUNT: Final = "/data"
LOCAL_MOUNT: Final = "/local"
STATE_MOUNT: Final = "/var/lib/landform-agent"
"""Where systemd keeps the state of the agent's unit."""


def machine(plan: Plan, host: Host, tags: Mapping[str, str]) -> Module:
    """Return the call that makes one instance with its role, rules and disks."""
    spec = host.spec
    assert isinstance(spec, Machine)
    variables = common(plan, host, tags) | {
        "subnet_id": subnets(plan, host.region, host.zones)[host.zones[0]],
        "instance_type": host.types[0].name,
        "purchase": spec.purchase,
        "ingress": _ingress(plan, host, spec),
        "key_pair": spec.shell.key if isinstance(spec.shell, KeyShell) else None,
    }
    return Module(host.address, "machine", None, variables, host.path)


def fleet(plan: Plan, host: Host, tags: Mapping[str, str]) -> Module:
    """Return the call that makes a group of equal nodes."""
    spec = host.spec
    assert isinstance(spec, Training)
    low, high = (spec.pool.low, spec.pool.high) if spec.pool else (spec.nodes, spec.nodes)
    variables = common(plan, host, tags) | {
        "subnets": subnets(plan, host.region, host.zones),
        "instance_types": [kind.name for kind in host.types],
        "size": {"min": low, "max": high, "desired": low},
        "on_demand_base": spec.capacity.on_demand_base,
        "spot_percent": spec.capacity.spot,
        "after": needed_at_boot(plan, host) or None,
        "jobs": _jobs(host, spec),
        "spare": {"name": host.spare, "after_minutes": spec.capacity.fallback // 60}
        if spec.capacity.fallback
        else None,
        "self_ingress": spec.nodes > 1,
        # EC2 places no burstable instances in a cluster.
        "placement_group": stands_close(spec) and not any(kind.burstable for kind in host.types),
    }
    return Module(host.address, "fleet", None, variables, host.path)


def _jobs(host: Host, spec: Training) -> dict[str, Any] | None:
    """Return the queue of jobs, and how many nodes each of them has."""
    if not host.jobs:
        return None
    names = {"queue": host.jobs, "dead_letters": host.dead_jobs}
    return {**names, "attempts": ATTEMPTS, "nodes": spec.nodes, "elastic": spec.pool is not None}


def user_data(plan: Plan, host: Host) -> tuple[str, bytes]:
    """Return the file of a host's user data, and its content."""
    return _script_file(host), render(host_script(plan, host)).encode()


def host_script(plan: Plan, host: Host) -> HostScript:
    """Return all that the user data of a host is told."""
    spec, image = host.spec, host.image
    assert image is not None
    training = spec if isinstance(spec, Training) else None
    service = spec if isinstance(spec, HostService) else None
    local = LOCAL_MOUNT if spec.disk.local else None
    return HostScript(
        system=plan.system.system,
        entry=host.label,
        region=host.region,
        os=image.os,
        user=image.user,
        environment=tuple(sorted(environment(plan, host).items())),
        data_volume=_data_volume(host),
        instance_store=local,
        mounts=mounts(host),
        gpu=image.drivers == "nvidia",
        log_group=host.log_group,
        namespace=namespace(plan),
        setup=_setup(plan, host),
        code=_code(plan, host),
        command=training.command if training else None,
        serves=Serves(service.command, service.port) if service and service.command else None,
        checkpoint=_checkpoint(host),
        spot=wants_spot(spec),
        groups=host.groups,
        jobs=_queue(plan, host, training),
        bin=image.bin,
        told=tuple(sorted([*urls(host.edges), *sources(host)])),
        log=host.section if isinstance(host, DriftWatch) else None,
    )


def _data_volume(host: Host) -> DataVolume | None:
    """Return the data disk; that of a watch is taken over from the machine before, and is where its state lies."""
    if not host.spec.disk.data:
        return None
    watches = isinstance(host, DriftWatch)
    return DataVolume(DATA_DEVICE, STATE_MOUNT if watches else DATA_MOUNT, taken=watches)


def environment(plan: Plan, host: Host) -> dict[str, str]:
    """Return what a workload is told: the names of the stores that it has an edge to, and its own variables."""
    names = told(host.edges) | {variable("data", store.entry): path for path, store, _ in mounted(host)}
    checkpoint = _checkpoint(host)
    if checkpoint:
        names["LANDFORM_CHECKPOINT"] = checkpoint.directory
    work = _working_folder(host)
    names |= folders(host, f"{work}/input", f"{work}/output/model") | output_uri(host)
    if isinstance(host.spec, Training) and host.spec.hyperparameters:
        names["LANDFORM_HYPERPARAMETERS"] = f"/opt/landform/code/{SETTINGS}"
    if isinstance(host.spec, HostService):
        names |= _told_service(plan, host, host.spec)
    if isinstance(host, DriftWatch):
        names = {"LANDFORM_WATCH": host.known_as, "LANDFORM_CODE": digest(plan, host)}
    return {**names, "AWS_REGION": host.region, "AWS_DEFAULT_REGION": host.region, **host.spec.env}


def _told_service(plan: Plan, host: Host, spec: HostService) -> dict[str, str]:
    """Tell a service where to listen, and what code it is: another archive is another template, and so another host."""
    files = plan.files.folders.get((*host.path, "code"))
    code = {"LANDFORM_CODE": sha256(archive(files)).hexdigest()[:16]} if files is not None else {}
    return {"LANDFORM_PORT": str(spec.port), **code}


def common(plan: Plan, host: Host, tags: Mapping[str, str]) -> dict[str, Any]:
    """Return what the modules of all hosts are told."""
    image, disks = host.image, host.spec.disk
    assert image is not None
    return {
        "name": host.physical,
        "account": plan.system.account,
        "region": host.region,
        "vpc_id": vpc(plan, host.region),
        "image_id": image.ami,
        "root_device": image.root_device,
        "key_arn": key_arn(plan.key(host.region, "shared")),
        "root": _disk(root_of(host)),
        "data": _disk(disks.data) | {"device": DATA_DEVICE} if disks.data else None,
        "user_data": Contents(_script_file(host), {**told_at_boot(host), **urls(host.edges), **sources(host)}),
        "role_name": host.role,
        "statements": statements(literal_statements(plan, host)),
        "file_systems": file_systems(plan, host) or None,
        "services": callees(host.edges),
        "apis": apis(plan, host),
        "log_group": {"name": host.log_group, "retention_days": log_days(plan)},
        "egress": _egress(plan, host, image),
        "tags": {**tags, "landform:entry": host.label},
        "protect": plan.system.environment == "production",
    }


def needed_at_boot(plan: Plan, host: Host) -> list[Output]:
    """Return what a node fetches when it starts, and writes to when it ends: it stands before and goes after it."""
    own = [plan.artifacts_in(host.region).address] if _code(plan, host) else []
    kept = [e.store.address for e in host.edges if e.verb in _AT_WORK and not e.store.existing]
    return [Output(module, "arn") for module in dict.fromkeys((*own, *kept))]


def _script_file(host: Host) -> str:
    return f"files/{host.address}.sh"


def _disk(disk: Disk) -> dict[str, Any]:
    return {"gib": disk.gib, "type": disk.type, "iops": disk.iops, "throughput": disk.throughput}


def _ingress(plan: Plan, host: Host, spec: Machine) -> dict[str, dict[str, Any]]:
    block = plan.networks[host.region].block
    rules = {
        name: {
            "port": rule.port,
            "protocol": rule.protocol,
            "cidrs": [str(b) for b in ([block] if rule.from_ == "network" else rule.from_)],
        }
        for name, rule in spec.ingress.items()
    }
    if isinstance(spec.shell, KeyShell):
        rules["ssh"] = {"port": 22, "protocol": "tcp", "cidrs": [str(b) for b in spec.shell.from_]}
    return rules


def _egress(plan: Plan, host: Host, image: HostImage) -> dict[str, dict[str, Any]]:
    rules = way_out(plan, host.region)
    if "https" in rules and image.os == "ubuntu":
        # The archives of Ubuntu are signed and served without TLS.
        rules["http"] = {"port": 80, "cidrs": [ANYWHERE]}
    return rules


def _setup(plan: Plan, host: Host) -> SetupScript | None:
    if isinstance(host, DriftWatch):
        return SetupScript("install.sh", installer())
    key = "user_data" if host.section == "machines" else "setup"
    content = plan.files.scripts.get((*host.path, key))
    named = getattr(host.spec, key)
    return SetupScript(PurePosixPath(named).name, content) if named and content is not None else None


def _code(plan: Plan, host: Host) -> Code | None:
    spec = host.spec
    brings = (isinstance(spec, Training) and spec.command) or (isinstance(spec, HostService) and spec.code)
    if not brings and not isinstance(host, DriftWatch):
        return None
    return Code(f"s3://{plan.artifacts_in(host.region).name}/{code_key(host)}")


def _queue(plan: Plan, host: Host, training: Training | None) -> Jobs | None:
    if training is None or not host.jobs:
        return None
    records = f"s3://{plan.artifacts_in(host.region).name}/{host.records}"
    return Jobs(host.jobs_url, records, training.nodes, ATTEMPTS, training.max_runtime)


def _checkpoint(host: Host) -> Checkpoint | None:
    """Return where checkpoints are kept; their copy in the bucket is what lasts."""
    edge = next((edge for edge in host.edges if edge.verb == "checkpoint"), None)
    if not isinstance(host.spec, Training) or host.spec.checkpoint is None or edge is None:
        return None
    uri = f"s3://{edge.store.name}/{edge.prefix}"
    return Checkpoint(uri, host.spec.checkpoint.every, f"{_working_folder(host)}/checkpoint")


def _working_folder(host: Host) -> str:
    """Return where what a job is given and leaves lies on its node: on the fastest disk that has room for it."""
    disk = host.spec.disk
    return LOCAL_MOUNT if disk.local else DATA_MOUNT if disk.data else "/var/lib/landform"
