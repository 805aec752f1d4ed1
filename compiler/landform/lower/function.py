"""Module calls of what AWS Lambda runs."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from landform.catalog.api import invoked
from landform.catalog.logs import DELIVERED
from landform.lower.archive import archive
from landform.lower.place import subnets, vpc, way_out
from landform.lower.shared import apis, callees, key_arn, literal_statements, log_days, statements, told, urls
from landform.plan import LIVE, Function, Plan, Store, Table
from landform.root import Location, Module, Output
from landform.spec.functions import BucketTrigger, QueueTrigger, ScheduleTrigger, StreamTrigger, TableTrigger
from landform.spec.serve import Http, LambdaService


def function(plan: Plan, own: Function, alias: str | None, archives: Mapping[str, bytes]) -> Module:
    """Return the call that makes a function, its role and what runs it; `archives` are the files of the output."""
    spec, failed = own.spec, own.leads("on_failure")
    file = code_file(own)
    variables = {
        "name": own.physical,
        "description": own.label,
        "account": plan.system.account,
        "region": own.region,
        "vpc_id": vpc(plan, own.region),
        "subnets": subnets(plan, own.region, own.zones),
        "egress": way_out(plan, own.region),
        "services": callees(own.edges),
        "apis": apis(plan, own),
        "key_arn": key_arn(plan.key(own.region, "shared")),
        "role_name": own.role,
        "statements": statements(literal_statements(plan, own)),
        "log_group": {"name": own.log_group, "retention_days": log_days(plan)},
        "code": {"file": Location(file), "hash": b64encode(sha256(archives[file]).digest()).decode()},
        "runtime": spec.runtime,
        "architecture": spec.architecture,
        "handler": spec.handler,
        "memory_mib": spec.memory,
        "timeout_seconds": spec.timeout,
        "environment": environment(own) | urls(own.edges),
        "concurrency": spec.scale.max if isinstance(spec, LambdaService) else spec.concurrency,
        "trigger": _trigger(own),
        "service": _service(spec) if isinstance(spec, LambdaService) else None,
        "api": _api(plan, own),
        "on_failure": {"arn": Output(failed.address, "arn")} if failed else None,
    }
    return Module(own.address, "function", alias, variables, own.path)


def code(plan: Plan, own: Function) -> tuple[str, bytes]:
    """Return the file of a function's code in the output, and its content."""
    return code_file(own), archive(plan.files.folders.get((*own.path, "code"), ()))


def code_file(own: Function) -> str:
    """Return where the archive of a function's code lies in the output."""
    return f"files/{own.address}.zip"


def environment(own: Function) -> dict[str, str]:
    """Return what a function is told: the stores that it has an edge to, and its own variables."""
    return dict(sorted({**told(own.edges), **own.spec.env}.items()))


def _service(spec: LambdaService) -> dict[str, Any]:
    return {"alias": LIVE, "url": spec.http is not None and spec.http.via == "url", "ready": spec.scale.min}


def _api(plan: Plan, own: Function) -> dict[str, Any] | None:
    """Return the API that stands before a service: its routes, and what the ARNs end with that callers invoke."""
    http = getattr(own.spec, "http", None)
    if http is None or http.via != "api":
        return None
    return {
        "routes": list(http.routes),
        "invoked": list(invoked(http.routes)),
        "requests_per_second": http.limit,
        "log_group": requests_log(own),
        "domain": _domain(own, http),
    }


def _domain(own: Function, http: Http) -> dict[str, Any] | None:
    """Return the name of an API's own, with the certificate of its region."""
    if http.domain is None:
        return None
    return {"name": http.domain, "zone": http.zone, "certificate_arn": http.certificate_in(own.region)}


def requests_log(own: Function) -> str:
    """Return the log group of what an API was asked: API Gateway delivers to groups of this prefix without a word."""
    return f"{DELIVERED}{own.log_group}"


def notifications(plan: Plan, bucket: Store) -> dict[str, dict[str, Any]]:
    """Return whom a bucket tells of its new objects."""
    return {
        own.address: {
            "function_arn": Output(own.address, "trigger_arn"),
            "prefix": trigger.prefix or None,
            "suffix": trigger.suffix or None,
        }
        for own in plan.functions
        if isinstance(trigger := getattr(own.spec, "trigger", None), BucketTrigger) and own.leads("trigger") is bucket
    }


GATHERED: Final = 0
"""Seconds that Lambda waits for a batch to fill, where the spec does not say: none."""


def _trigger(own: Function) -> dict[str, Any] | None:
    source = own.leads("trigger")
    match getattr(own.spec, "trigger", None):
        case None:
            return None
        case ScheduleTrigger(schedule=schedule):
            return {"schedule": schedule}
        case QueueTrigger(batch=batch, wait=wait):
            assert source is not None
            queue = {"arn": Output(source.address, "arn"), "batch": batch, "wait_seconds": wait or GATHERED}
            return {"queue": queue}
        case StreamTrigger(batch=batch, wait=wait) | TableTrigger(batch=batch, wait=wait):
            assert source is not None
            arn = Output(source.address, "stream_arn" if isinstance(source, Table) else "arn")
            if consumer := next((e.prefix for e in own.edges if e.verb == "subscribes" and e.store is source), None):
                arn = Output(source.address, "consumer_arns", (consumer.removesuffix(":"),))
            return {"records": {"arn": arn, "batch": batch, "wait_seconds": wait or GATHERED}}
        case BucketTrigger():
            assert source is not None
            return {"bucket": {"arn": Output(source.address, "arn")}}
    raise AssertionError(own.label)
