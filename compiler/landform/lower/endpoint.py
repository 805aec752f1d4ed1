"""Module call of a model that an endpoint of SageMaker serves, and the variable by which a trained one comes."""

from pathlib import PurePosixPath
from typing import Any, Final

from landform.lower.place import subnets, vpc, way_out
from landform.lower.shared import (
    apis,
    callees,
    key_arn,
    literal_statements,
    log_days,
    statements,
    store_key,
    told,
    urls,
)
from landform.plan import Plan, ServedModel, Store
from landform.root import Given, Location, Module, Output, Variable
from landform.spec.model import ACTIONS
from landform.spec.names import address

MODELS: Final = "models"
"""The root variable that says which packages are served first."""

_CONTAINERS_OWN: Final = (*ACTIONS, "calls", "subscribes", "uses")
"""Verbs by which the container itself calls others; what SageMaker fetches and keeps for it needs no way out."""


def endpoint(plan: Plan, own: ServedModel, alias: str | None) -> Module:
    """Return the call that makes an endpoint, or all but the endpoint while there is no model."""
    assert own.type is not None
    spec, key = own.spec, key_arn(plan.key(own.region, "shared"))
    package = Given(MODELS, (own.entry, own.region)) if awaits(own) else spec.initial if spec.package else None
    variables = {
        "name": own.physical,
        "account": plan.system.account,
        "region": own.region,
        "vpc_id": vpc(plan, own.region),
        "subnets": subnets(plan, own.region, own.zones),
        "egress": _egress(plan, own),
        "services": callees(own.edges),
        "apis": apis(plan, own),
        "key_arn": key,
        "volume_key_arn": key if own.type.disks is None else None,
        "role_name": own.role,
        "statements": statements(literal_statements(plan, own)),
        "log_days": log_days(plan),
        "parameter_name": own.definition,
        "package_group": own.packages or None,
        "model_package": package,
        "archive": _archive(own),
        "image": own.image or None,
        "environment": environment(own),
        "isolated": isolated(own),
        "instance_type": f"ml.{own.type.name}",
        "scale": _scale(own),
        "capture": _capture(own),
    }
    return Module(own.address, "endpoint", alias, variables, own.path)


def awaits(own: ServedModel) -> bool:
    """Tell whether the endpoint comes once a training has made a model."""
    return own.spec.initial is None


def isolated(own: ServedModel) -> bool:
    """Tell whether the container calls nobody: SageMaker hands it the model and the requests."""
    return not any(edge.verb in _CONTAINERS_OWN for edge in own.edges)


def environment(own: ServedModel) -> dict[str, str | Output]:
    """Return what the container is told: the stores that it calls itself, and its own variables."""
    called = [edge for edge in own.edges if edge.verb in _CONTAINERS_OWN]
    names: dict[str, str | Output] = {**told(called), **urls(called), **own.spec.env}
    return dict(sorted(names.items()))


def archive_file(own: ServedModel) -> str:
    """Return where the first model lies in the output, the same for all regions."""
    return f"files/{address(own.section, own.entry)}.tar.gz"


def archives(plan: Plan) -> dict[str, bytes]:
    """Return the files of the models that are served first."""
    return {
        archive_file(own): plan.files.archives[path]
        for own in plan.served
        if (path := (*own.path, "initial")) in plan.files.archives
    }


def models(plan: Plan) -> dict[str, Variable]:
    """Return the root variable `models`, where any endpoint waits for one."""
    entries = sorted({own.entry for own in plan.served if awaits(own)})
    if not entries:
        return {}
    regions = sorted({own.region for own in plan.served if awaits(own)})
    said = (
        "Model packages that endpoints serve first: entry of `serve` => region => ARN. An endpoint comes with its own."
    )
    return {MODELS: Variable("map(map(string))", said, {}, (tuple(entries), tuple(regions)))}


def _egress(plan: Plan, own: ServedModel) -> dict[str, dict[str, Any]]:
    """Let out where the container calls; of an isolated one, what fetches the model and keeps requests, to S3 alone.

    Source: SageMaker developer guide, "Give SageMaker AI hosted endpoints access to resources in your Amazon VPC" (read
    2026-11-29): models are fetched through the VPC, images and logs are not.
    """
    if isolated(own) and (own.region, "s3") in plan.endpoint_statements:
        lists = [Output(address("network", own.region), "prefix_lists", ("s3",))]
        return {"s3": {"port": 443, "prefix_list_ids": lists}}
    return way_out(plan, own.region)


def _archive(own: ServedModel) -> dict[str, Any] | None:
    edge = own.edge("archive", "initial")
    if edge is None:
        return None
    if edge.verb == "initial":
        return {"bucket": _name(edge.store), "key": edge.prefix}
    name = PurePosixPath(own.spec.initial or "").name
    return {"bucket": _name(edge.store), "key": f"{edge.prefix}{name}", "source": Location(archive_file(own))}


def _scale(own: ServedModel) -> dict[str, Any]:
    scale = own.spec.scale
    times = {name: {"at": each.at, "min": each.min, "max": each.max} for name, each in sorted(scale.schedule.items())}
    return {
        "min": scale.min,
        "max": scale.max or scale.min,
        "invocations_per_minute": scale.target,
        "schedule": times or None,
    }


def _capture(own: ServedModel) -> dict[str, Any] | None:
    edge = own.edge("capture")
    if edge is None or own.spec.capture is None:
        return None
    bucket = {"bucket": _name(edge.store), "prefix": edge.prefix, "key_arn": store_key(edge.store)}
    return {"percent": own.spec.capture.share, **bucket}


def _name(store: Store) -> Output | str:
    return store.name if store.existing else Output(store.address, "name")
