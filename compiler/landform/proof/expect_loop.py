"""What the roles of a loop should be allowed, by the definitions of its machines in the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landform.catalog.loop_meanings import BUCKETS, DEPLOY, MACHINE, RETRAIN, ROLLBACK, RULE, WORKED_ON
from landform.catalog.meanings import Clause, on_data
from landform.proof.facts import Facts, filled, of_store
from landform.proof.store import Store
from landform.proof.system import Role, System


def of_loop(system: System, role: Role, use: str, facts: Facts) -> Iterator[Clause]:
    """Yield what one use of a role of a loop asks for; `facts` are those of every role."""
    loop = role.definition["loop"]
    kind, part = loop["kind"], loop["part"]
    disks = {"disk_alias": alias} if (alias := system.shared_alias(role.region)) else {}
    known = {
        **facts,
        **disks,
        **loop["facts"],
        "place": role.region,
        "deployed": loop["deployed"],
        "endpoint": loop["endpoint"],
    }
    if kind == "rule":
        yield from filled(RULE.get(use, ()), known)
    elif kind == "machines":
        for topic in loop["topics"] or [""]:
            yield from filled(MACHINE.get(use, ()), {**known, **({"topic": topic} if topic else {})})
    elif part == "retrain":
        yield from _buckets(system, loop, use, known)
        yield from filled(RETRAIN.get(use, ()), {**known, **_model_role(system, loop, role.region)})
    else:
        yield from _deployment(system, role, use, known)


def _deployment(system: System, role: Role, use: str, known: Facts) -> Iterator[Clause]:
    loop = role.definition["loop"]
    for region, place in loop["places"].items():
        here = {"place": region, "parameter": place["parameter"], "packages": place["packages"]}
        other = {"elsewhere": region} if region != role.region else {}
        disks = {"disk_alias": system.shared_alias(region)}
        for alarm in place["alarms"] if use == "rollback" else [""]:
            there = {**known, **here, **other, **disks, **_model_role(system, loop, region), "alarm": alarm}
            yield from filled(DEPLOY.get(use, ()), there)
    if use == "compared":
        metrics = {place["answers"]["namespace"] for place in loop["places"].values() if "answers" in place}
        yield from (clause for each in metrics for clause in filled(DEPLOY[use], {**known, "metrics": each}))
        yield from _traffic(system, loop, known)
    if use == "copied":
        yield from _copied(system, role, loop, known)


def worked_on(system: System, verb: str, watch: str) -> Iterator[Clause]:
    """Yield what a training does where its loop gives it rows, and a model where the runs write."""
    for role in system.roles:
        loop = role.definition.get("loop", {})
        work = loop.get("buckets", {}).get("work")
        if work and (loop["kind"], loop["part"]) == ("steps", "retrain") and work[1] == f"drift/{watch}/":
            bucket, prefix = loop["buckets"][WORKED_ON[verb]]
            for store in _named(system, bucket):
                yield from filled(on_data("bucket", verb), {**_of(system, store), "prefix": prefix})


def rolled_back(system: System, role: Role) -> Iterator[Clause]:
    """Yield what an endpoint's role asks of the alarms that bring its old model back."""
    for other in system.roles:
        loop = other.definition.get("loop", {})
        if (loop.get("kind"), loop.get("part"), loop.get("endpoint")) == ("steps", "deploy", role.named):
            for alarm in loop["places"].get(role.region, {}).get("alarms", ()):
                yield from filled((ROLLBACK,), {"account": system.account, "place": role.region, "alarm": alarm})


def _buckets(system: System, loop: Mapping[str, Any], use: str, known: Facts) -> Iterator[Clause]:
    what, verb = BUCKETS.get(use, ("", ""))
    place = loop["buckets"].get(what)
    for store in _named(system, place[0]) if place else ():
        yield from filled(on_data("bucket", verb), {**known, **_of(system, store), "prefix": place[1]})


def _traffic(system: System, loop: Mapping[str, Any], known: Facts) -> Iterator[Clause]:
    """What the endpoint answered, where a deployment says that it compares it."""
    for place in loop["places"].values():
        capture = place.get("answers", {}).get("capture")
        for store in _named(system, capture["bucket"]) if capture else ():
            facts = {**known, **_of(system, store), "prefix": capture["key"]}
            yield from filled(on_data("bucket", "captured"), facts)


def _copied(system: System, role: Role, loop: Mapping[str, Any], known: Facts) -> Iterator[Clause]:
    """Archives come from the primary region's bucket, and go to those of the others."""
    for region, place in loop["places"].items() if len(loop["places"]) > 1 else ():
        verb = "model" if region == role.region else "copied"
        for store in _named(system, place["bucket"]):
            prefix = place.get("prefix", "")
            yield from filled(on_data("bucket", verb), {**known, **_of(system, store), "prefix": prefix})


def _named(system: System, bucket: str) -> list[Store]:
    return [store for store in system.stores if store.arn == f"arn:aws:s3:::{bucket}"]


def _of(system: System, store: Store) -> Facts:
    return {"account": system.account, **of_store(system, store)}


def _model_role(system: System, loop: Mapping[str, Any], region: str) -> dict[str, str]:
    """The role that the endpoint's models run under, which stands in the module of that name."""
    wanted = (role for role in system.roles if role.region == region and role.named == loop["endpoint"])
    role = next((r for r in wanted if "sagemaker.amazonaws.com" in r.services), None)
    return {"model_role": role.arn} if role else {}
