"""Module calls of Studio: the domain with its users, and the bucket of Canvas."""

from collections.abc import Iterator
from typing import Any

from landform.file_systems import Efs
from landform.lower.place import subnets, vpc, way_out
from landform.lower.shared import callees, key_arn, log_days, statements, told, urls
from landform.passes.grant_studio import packed, startable
from landform.passes.resolve.naming import SHARED
from landform.plan import Batch, Domain, Host, Job, Plan, StudioUser
from landform.root import Module, Output
from landform.spec.names import variable

NFS = 2049


def studio(plan: Plan) -> Iterator[Module]:
    """Yield the calls that make the domain, if there is one, and the bucket of its Canvas."""
    if plan.studio:
        yield _domain(plan, plan.studio)
        if plan.studio.canvas:
            yield _canvas(plan, plan.studio)


def _domain(plan: Plan, own: Domain) -> Module:
    """Return the call that makes the domain, and of every user the role, the profile and the space."""
    spec, someone = own.spec, own.users[0]
    mounted = _mounted(someone)
    variables = {
        "name": own.name,
        "account": plan.system.account,
        "region": own.region,
        "vpc_id": vpc(plan, own.region),
        "subnets": subnets(plan, own.region, someone.zones),
        "egress": way_out(plan, own.region) | {"home": {"port": NFS, "cidrs": _private_blocks(plan, own.region)}},
        "services": callees(someone.edges),
        "key_arn": key_arn(plan.key(own.region, SHARED)),
        "role_name": own.role,
        "auth": spec.auth,
        "users": {user.entry: _user(plan, user) for user in own.users},
        "instance": spec.instance,
        "disk_gib": spec.disk,
        "idle_minutes": spec.idle // 60,
        "log_days": log_days(plan) if spec.logs == "own" else None,
        "canvas": {"bucket": Output(own.canvas.address, "name")} if own.canvas else None,
        "environment": environment(plan, someone) or None,
        "file_systems": {
            store.entry: {
                "security_group_id": Output(store.address, "security_group_id"),
                "ports": [{"from": first, "to": last} for first, last in store.ports],
            }
            for store in mounted.values()
        }
        or None,
        "mounts": {
            path: {"file_system_id": Output(store.address, "id"), "directory": Output(store.address, "directory")}
            for path, store in mounted.items()
        }
        or None,
    }
    return Module("studio", "studio", None, variables, ("studio",))


def _canvas(plan: Plan, own: Domain) -> Module:
    """Return the call that makes the bucket that Canvas works in."""
    assert own.canvas is not None and own.canvas.key is not None
    variables = {
        "name": own.canvas.name,
        "account": plan.system.account,
        "region": own.region,
        "protect": plan.system.environment == "production",
        "key_arn": key_arn(own.canvas.key),
        # SageMaker developer guide, "Grant Your Users Permissions to Upload Local Files" (which lets every origin post)
        # and "Set up connections to data sources with OAuth" (what Canvas' address is; both read 2026-11-30).
        "uploads_from": [f"https://*.studio.{own.region}.sagemaker.aws"],
    }
    return Module(own.canvas.address, "bucket", None, variables, ("studio",))


def environment(plan: Plan, own: StudioUser) -> dict[str, str | Output]:
    """Return what apps are told: the stores and services of the edges, and what starts each training."""
    names: dict[str, str | Output] = {**told(own.edges), **urls(own.edges)}
    names |= {variable("data", store.entry): path for path, store in _mounted(own).items()}
    names |= {variable("train", each.entry): _start_of(each) for each in startable(plan, own.region)}
    return dict(sorted(names.items()))


def _start_of(own: Job | Batch | Host) -> str:
    """Return by what a training is started: a definition, a queue of Batch, or a queue for jobs."""
    match own:
        case Job():
            return own.definition
        case Batch():
            return own.physical
        case Host():
            return own.jobs


def _user(plan: Plan, own: StudioUser) -> dict[str, Any]:
    first, *more = packed(plan.statements[own.address])
    return {
        "profile": own.physical,
        "space": own.space,
        "login": own.login,
        "role_name": own.role,
        "statements": statements(first),
    } | ({"more": [statements(each) for each in more]} if more else {})


def _mounted(own: StudioUser) -> dict[str, Efs]:
    edges = sorted(own.edges, key=lambda edge: str(edge.path[-1]))
    return {str(e.path[-1]): e.store for e in edges if e.verb == "mounts" and isinstance(e.store, Efs)}


def _private_blocks(plan: Plan, region: str) -> list[str]:
    """Return where the file system of the domain may stand: its mount targets are in the domain's subnets."""
    network = plan.networks[region]
    return [str(zone.private) for zone in network.zones] or [str(network.block)]
