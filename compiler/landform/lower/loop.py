"""Module call of the loop of a watch, with the definitions of its two machines and the code of their steps."""

import json
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files as resources
from math import ceil
from typing import Any, Final

from landform.catalog.logs import DELIVERED
from landform.emit.jobs.carry import MANIFEST
from landform.emit.loop.deployment import Deployment, deployment
from landform.emit.loop.retraining import APPROVAL_SECONDS, Retraining, retraining
from landform.emit.loop.training import Managed, Queued, Submitted, Trainer
from landform.lower.archive import archive
from landform.lower.channel import output_uri, uri
from landform.lower.job import definition
from landform.lower.shared import key_arn, log_days, statements, tags
from landform.lower.topic import monitor_address
from landform.passes.grant import loop_parts, merge
from landform.passes.grant_loop import PARTS, loop_names, loops, rollback_alarms, served_in, traffic
from landform.passes.resolve.loop import CHANNEL, Retrained, old_rows
from landform.passes.resolve.naming import SHARED, log_group, namespace, topic_name
from landform.plan import Batch, DriftWatch, Host, Job, Plan, ServedModel
from landform.project import CodeFile
from landform.root import Contents, Location, Module, Output
from landform.spec.drift import PAGED
from landform.spec.names import address
from landform.spec.work import manifest_variable

STEPS: Final = "files/loop_steps.zip"
"""The same code for all loops."""

POLL: Final = 300
"""The least seconds between two looks for labels, or whether another run is over."""
LOOKS: Final = 500
"""Looks of a run at most, for labels, again for another run's end, and again for that of a training of a fleet: each
costs nine of the 25,000 events of an execution's history (Step Functions quotas, read 2026-11-29)."""
BEAT: Final = 60
"""The least seconds between two looks at a training of a fleet, whose nodes write as often."""
STRAYED: Final = 0.1
"""The share of a new version's answers that may lie elsewhere than its evaluation says, beyond what chance does."""
DEPLOYMENT_POLL: Final = 30
"""The least seconds between two looks at an endpoint that is updated."""
DEPLOYMENT_LOOKS: Final = 2_000
"""Looks of a deployment at most, in all its regions: each costs nine of the 25,000 events as well."""
LONGEST: Final = 3_600
"""Seconds that machines of an endpoint take beside a canary."""
QUEUED: Final = 3_600
"""Seconds that a training may wait for its machines."""
PATIENCE: Final = 3_600
"""Seconds beyond twice the labels' lag after which nobody waits any more."""
WHOLE: Final = 31_536_000
"""Seconds of a run at most: a year, the bound of Step Functions (quotas, read 2026-11-29)."""


def loop_modules(plan: Plan) -> Iterator[Module]:
    """Yield the call of each loop."""
    yield from (_module(plan, own, job) for own, job in loops(plan))


def loop_files(plan: Plan) -> dict[str, bytes]:
    """Return the definitions of all loops, and the code of their steps."""
    found: dict[str, bytes] = {}
    for own, job in loops(plan):
        found[STEPS] = steps()
        for part, made in zip(PARTS, (_retraining(plan, own, job), _deployment(plan, own)), strict=True):
            found[_file(own, part)] = f"{json.dumps(made, indent=1, sort_keys=True)}\n".encode()
    return found


def steps() -> bytes:
    """Return the archive of the steps' code."""
    found = sorted((resources("landform.emit.loop") / "steps").iterdir(), key=lambda each: each.name)
    return archive(
        CodeFile(f"steps/{each.name}", each.read_bytes(), executable=False)
        for each in found
        if each.name.endswith(".py")
    )


def _file(own: DriftWatch, part: str) -> str:
    return f"files/{own.address}_{part}.asl.json"


def _module(plan: Plan, own: DriftWatch, job: Retrained) -> Module:
    assert own.loop is not None
    names, parts = loop_names(plan, own), {part.kind: part for part in loop_parts(plan, own, job)}

    def of(kind: str) -> dict[str, Any]:
        part = parts[kind]
        return {"role_name": part.role, "statements": statements(merge(s for _, s in part.uses))}

    def logs(part: str) -> str:
        return log_group(plan, "drift", own.known_as, part)

    variables = {
        "name": own.physical,
        "account": plan.system.account,
        "region": own.region,
        "key_arn": key_arn(plan.key(own.region, SHARED)),
        "log_days": log_days(plan),
        "protect": plan.system.environment == "production",
        "table_name": names.table,
        "shift_parameter": names.shift,
        "code": {"file": Location(STEPS), "hash": b64encode(sha256(steps()).digest()).decode()},
        "steps": {
            part: {"name": name, "log_group": logs(part), **of(part)}
            for part, name in zip(PARTS, names.steps, strict=True)
        },
        "machines": {
            part: {
                "name": name,
                "definition": Contents(_file(own, part)),
                "log_group": f"{DELIVERED}{logs(f'{part}-runs')}",
                **of(f"{part} machine"),
            }
            for part, name in zip(PARTS, names.machines, strict=True)
        },
        "rule": {
            "name": names.rule,
            "watch": own.known_as,
            "model": own.of,
            "kinds": sorted({*own.loop.on, *PAGED}),
            **of("rule"),
        },
        "strayed": {
            **{k: v for k, v in _strayed(plan, own).items() if k != "dimensions"},
            "alarm": names.strayed,
            "endpoint": own.service,
            "threshold": STRAYED,
        },
        "bus_name": Output(own.address, "bus_name"),
        "dead_letters": names.dead_letters,
        "topics": [Output(monitor_address(plan, own.region), "topic_arns", (name,)) for name in own.tell],
    }
    return Module(address(own.address, "loop"), "loop", None, variables, own.loop.path)


def _retraining(plan: Plan, own: DriftWatch, job: Retrained) -> dict[str, Any]:
    assert own.loop is not None
    assert own.labels is not None
    loop, names, account = own.loop, loop_names(plan, own), plan.system.account
    old, (served, *_) = old_rows(job), served_in(plan, own)
    assert old is not None
    training = longest_run(job) + QUEUED
    deploying = _deploying(own, len(served_in(plan, own)))
    lag = own.labels.lag
    longest = 2 * lag + PATIENCE + 2 * training + deploying + (APPROVAL_SECONDS if loop.manual else 0)
    return retraining(
        Retraining(
            watch=own.label,
            function=f"arn:aws:lambda:{own.region}:{account}:function:{names.steps[0]}",
            deployer=f"arn:aws:states:{own.region}:{account}:stateMachine:{loop.deployer}",
            topics=tuple(f"arn:aws:sns:{own.region}:{account}:{topic_name(plan, name)}" for name in own.tell),
            trainer=_trainer(plan, own, job, training),
            manual=loop.manual,
            training=training,
            deploying=deploying,
            whole=WHOLE,
            settings={
                "table": names.table,
                "tags": _tags(plan),
                "model": own.of,
                "watch": own.known_as,
                "on": list(loop.on),
                "columns": list(own.watch.columns or own.watch.features),
                "capture": _captured(own),
                "labels": {"bucket": own.labels.bucket.name, "prefix": own.labels.prefix, "lag": lag},
                "min_labelled": loop.min_labelled,
                "patience": PATIENCE,
                "longest": longest,
                "poll": max(POLL, ceil(longest / LOOKS)),
                "rest": loop.rest,
                "accept": {
                    "metric": loop.accept.metric,
                    "comparison": loop.accept.comparison,
                    "champion": loop.accept.champion,
                    "margin": loop.accept.margin,
                },
                "data": {"train": uri(old), "work": names.work, "given": names.given},
                "training": _training(plan, job, training),
                "endpoint": {
                    "name": own.service,
                    "judged": names.judged,
                    "parameter": served.definition,
                    "packages": served.packages,
                },
            },
        )
    )


def longest_run(job: Retrained) -> int:
    """Return the seconds that a training has: with its waits for spot capacity, where the platform bounds those."""
    spec: Any = job.spec
    waits = spec.capacity.max_wait if isinstance(job, Job) else None
    return int(waits or spec.max_runtime)


def _trainer(plan: Plan, own: DriftWatch, job: Retrained, seconds: int) -> Trainer:
    """Return what trains; `seconds` is the longest training."""
    match job:
        case Job():
            return Managed(
                request=(*sorted({*definition(plan, job), "Tags", "VpcConfig"}), "TrainingJobName"), role=job.role_arn
            )
        case Batch():
            (output,) = output_uri(job).values()
            borne = {**tags(plan), "landform:entry": own.label}
            return Submitted(name=job.physical, tags=borne, variable=manifest_variable(CHANNEL), output=output)
        case Host():
            (output,) = output_uri(job).values()
            input_ = manifest_variable(CHANNEL).removeprefix(MANIFEST)
            return Queued(queue=job.jobs_url, manifest=input_, output=output, poll=max(BEAT, ceil(seconds / LOOKS)))


def _training(plan: Plan, job: Retrained, seconds: int) -> dict[str, Any]:
    """Return what the steps know of a training."""
    match job:
        case Job():
            return {"name": job.physical, "parameter": job.definition, "channel": CHANNEL}
        case Batch():
            return {}
        case Host():
            records = f"s3://{plan.artifacts_in(job.region).name}/{job.records}"
            return {"records": records, "longest": seconds}


def _deploying(own: DriftWatch, regions: int) -> int:
    """Seconds of a deployment: in each region it may wait for the endpoint as long as it may shift."""
    assert own.loop is not None
    return (1 + 2 * regions) * (own.loop.deploy.seconds + LONGEST)


def _deployment(plan: Plan, own: DriftWatch) -> dict[str, Any]:
    assert own.loop is not None
    loop, names = own.loop, loop_names(plan, own)
    served = served_in(plan, own)
    whole = _deploying(own, len(served))
    return deployment(
        Deployment(
            of=own.of,
            function=f"arn:aws:lambda:{own.region}:{plan.system.account}:function:{names.steps[1]}",
            places=tuple(_place(plan, own, each) for each in served),
            settings={
                "region": own.region,
                "tags": _tags(plan),
                "name": own.service,
                "deployed": names.deployed,
                "shift": names.shift,
                "canary": {"percent": loop.deploy.percent, "seconds": loop.deploy.seconds},
                "longest": loop.deploy.seconds + LONGEST,
            },
            poll=max(DEPLOYMENT_POLL, ceil(whole / DEPLOYMENT_LOOKS)),
            whole=whole,
        )
    )


def _place(plan: Plan, own: DriftWatch, served: ServedModel) -> dict[str, Any]:
    """Return what a deployment knows of a region."""
    model = served.edge("model")
    answers = {"answers": {**_strayed(plan, own), "capture": _captured(own)}} if served.region == own.region else {}
    return {
        "region": served.region,
        "bucket": model.store.name if model else "",
        "prefix": model.prefix if model else "",
        "parameter": served.definition,
        "packages": served.packages,
        "alarms": list(rollback_alarms(plan, served)),
        **answers,
    }


def _captured(own: DriftWatch) -> dict[str, str]:
    """Return where the folders of the endpoint's configurations lie."""
    edge = traffic(own)
    return {"bucket": edge.store.name, "key": edge.prefix or ""}


def _strayed(plan: Plan, own: DriftWatch) -> dict[str, Any]:
    """Return the metric of how far the answers of a new version lie from where they should."""
    dimensions = [{"Name": "Endpoint", "Value": own.service}]
    return {"namespace": namespace(plan), "name": "StrayedAnswers", "dimensions": dimensions}


def _tags(plan: Plan) -> list[dict[str, str]]:
    """Return the tags of what the machines make, which no provider gives them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags(plan).items())]
