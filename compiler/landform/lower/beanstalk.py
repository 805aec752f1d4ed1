"""Module calls of services that Beanstalk runs."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from landform.catalog.beanstalk import ALIASES, RECORDED, ROOT_GIB, STACKS, STREAMED, logs
from landform.catalog.beanstalk_permissions import service_permissions
from landform.lower.archive import Archive, archive
from landform.lower.place import balancer_subnets, subnets, vpc, way_out
from landform.lower.shared import apis, callees, key_arn, literal_statements, log_days, statements, told, urls
from landform.lower.store import balancer_logs
from landform.passes.grant import merge
from landform.plan import Beanstalk, Plan
from landform.root import Given, Module, Output, Variable
from landform.spec.names import address

STACK_VARIABLE = "beanstalk_stacks"


def beanstalk(plan: Plan, own: Beanstalk, alias: str | None, archives: Mapping[str, Archive]) -> Module:
    """Return the call that makes application, version and environment; `archives` are those of code, by file."""
    spec, bundle = own.spec, archives[code_file(own)]
    assert own.type is not None
    looking = merge(statement for _, statement in service_permissions(own.region, plan.system.account))
    variables = {
        "name": own.physical,
        "description": own.label,
        "region": own.region,
        "vpc_id": vpc(plan, own.region),
        "subnets": subnets(plan, own.region, own.zones),
        "balancer_subnets": balancer_subnets(plan, own.region, public=spec.public),
        "public": spec.public,
        "egress": way_out(plan, own.region),
        "services": callees(own.edges),
        "apis": apis(plan, own),
        "certificate_arn": spec.certificate_in(own.region),
        "domain": _domain(plan, own),
        "cname_prefix": own.cname,
        "role_name": own.role,
        "statements": statements(literal_statements(plan, own)),
        "service_role": {"name": own.service_role, "statements": statements(looking)},
        "stack": _stack(own),
        "code": {
            "bucket": Output(plan.artifacts_in(own.region).address, "name"),
            "key": bundle.key,
            "hash": sha256(bundle.content).hexdigest(),
        },
        "instance_type": own.type.name,
        "architecture": own.type.architecture,
        "root_gib": ROOT_GIB,
        "scale": {"min": spec.scale.min, "max": spec.scale.most, "cpu_percent": spec.scale.target},
        "health": spec.health,
        "environment": environment(own) | urls(own.edges),
        "access_logs": {"bucket": Output(address("logs", own.region), "name"), "prefix": balancer_logs(own)},
        "key_arn": key_arn(plan.key(own.region, "shared")),
        "logs": {
            "groups": [f"{logs(own.physical)}{file}" for file in STREAMED],
            "retention_days": log_days(plan),
            "keep": plan.system.environment == "production",
        },
    }
    return Module(own.address, "beanstalk", alias, variables, own.path)


def code(plan: Plan, own: Beanstalk) -> Archive:
    """Return the archive of a service's code. Its key is of its content: versions that are in force keep theirs."""
    content = archive(plan.files.folders.get((*own.path, "code"), ()))
    key = f"code/{own.address}-{sha256(content).hexdigest()[:16]}.zip"
    return Archive(own.region, key, code_file(own), content)


def code_file(own: Beanstalk) -> str:
    """Return where the archive of a service's code lies in the output."""
    return f"files/{own.address}.zip"


def environment(own: Beanstalk) -> dict[str, str]:
    """Return what the code is told: the stores that it has an edge to, its region, and its own variables."""
    names = {**told(own.edges), "AWS_REGION": own.region, "AWS_DEFAULT_REGION": own.region, **own.spec.env}
    return dict(sorted(names.items()))


def stacks(plan: Plan) -> dict[str, Variable]:
    """Return the variable that says which solution stack a platform is, with what the catalog recorded."""
    used = sorted({own.spec.stack for own in plan.beanstalks})
    if not used:
        return {}
    text = f"Solution stacks of Elastic Beanstalk by platform. AWS renames them: those here are of {RECORDED}."
    names = {stack: STACKS[stack] for stack in used}
    return {STACK_VARIABLE: Variable("map(string)", text, names, (tuple(used),))}


def _stack(own: Beanstalk) -> dict[str, Any]:
    default = {"name": STACKS[own.spec.stack], "recorded": RECORDED}
    return {"name": Given(STACK_VARIABLE, (own.spec.stack,)), "default": default}


def _domain(plan: Plan, own: Beanstalk) -> dict[str, Any] | None:
    if own.spec.domain is None:
        return None
    several = sum(each.path == own.path for each in plan.beanstalks) > 1
    return {"name": own.spec.domain, "zone": own.spec.zone, "nearest": several, "alias_zone": ALIASES[own.region]}
