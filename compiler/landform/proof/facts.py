"""What is known of roles, stores and the entries of a spec: by it the templates of meanings are filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from landform.catalog.grants import KINDS
from landform.catalog.job_permissions import repository_arn
from landform.catalog.meanings import Clause
from landform.diagnostics import Path
from landform.proof.grants import Grant, Places, module_of
from landform.proof.store import Store
from landform.proof.system import Role, System
from landform.proof.watch import read_from
from landform.spec.work import channel_variable

Facts = Mapping[str, str]
"""What fills in the templates of meanings."""

_DATA: Final = {kind.service: name for name, kind in KINDS.items()}
"""Prefix of a store's actions → its kind in the language."""


def filled(clauses: Sequence[Clause], facts: Facts) -> Iterator[Clause]:
    """Fill in the clauses that the facts suffice for."""
    for clause in clauses:
        try:
            yield Clause(
                clause.actions,
                tuple(r.format_map(facts) for r in clause.resources),
                {
                    operator: {key: tuple(v.format_map(facts) for v in values) for key, values in keys.items()}
                    for operator, keys in clause.conditions.items()
                },
            )
        except KeyError:
            continue


def of_role(system: System, role: Role, own: Path) -> Facts:
    """What a role's module makes beside it, and what is named after that."""
    facts = {"account": system.account, "region": role.region, "module": module_of(role.address).split(".")[-1]}
    facts |= {name: value for name, value in (("group", role.group), ("spare", role.spare)) if value}
    facts |= _of_jobs(system, role)
    named = role.job or role.log_group
    if named:
        # /landform/<system>/<environment>/<section>/<oldest name of the entry>
        parts = named.strip("/").split("/")
        names = {
            "log_group": role.log_group or named,
            "namespace": "/".join(parts[:2]),
            "host": f"{own[0]}-{parts[-1]}",
        }
        facts |= names if own else {}
    if archive := str(role.definition.get("archive", "")):
        facts["key"] = _split(archive)[1]
    asked = role.definition.get("AlgorithmSpecification", {}).get("TrainingImage") or role.definition.get("image", "")
    image = repository_arn(str(asked))
    volume = system.shared_alias(role.region)
    return facts | ({"repository": image} if image else {}) | ({"volume_alias": volume} if volume else {})


def of_started(system: System, places: Places, role: Role, own: Path) -> dict[str, str]:
    """The training that a role starts: the role that it runs under, and what its jobs are called."""
    facts = {"schedule": role.named}
    for other in system.roles:
        if places.path(other.address) == own and module_of(other.address) != module_of(role.address):
            if "sagemaker.amazonaws.com" in other.services:
                facts |= {"job_role": other.arn, "jobs": other.named}
            elif other.definition and "ecs-tasks.amazonaws.com" in other.services:
                facts |= {"queue": other.named}
            elif "ec2.amazonaws.com" in other.services:
                facts |= _of_jobs(system, other)
    return facts


def of_output(system: System, grants: Sequence[Grant], role: Role, own: Path) -> dict[str, str]:
    """The key of the bucket that takes a job's model: of the plan, by its alias, or the one that an edge names."""
    uri = role.definition.get("OutputDataConfig", {}).get("S3OutputPath")
    if not uri:
        return {}
    arn = _split(str(uri))[0]
    known = next((s for s in system.stores if s.arn == arn), None)
    if known:
        facts = of_store(system, known)
        return {"output_region": known.region, "output_alias": facts["alias"]} if "alias" in facts else {}
    edge = next((g.path for g in grants if g.path[:3] == (*own, "output")), own)
    foreign = _of_foreign(grants, edge, arn)
    return {"output_key": foreign["key_arn"]} if "key_arn" in foreign else {}


def _of_jobs(system: System, role: Role) -> Facts:
    """The queue of jobs that a role's module makes, and the alias of its key."""
    own = [s for s in system.stores if s.kind == "sqs" and s.module == module_of(role.address)]
    jobs = next((s for s in own if ".jobs[" in s.address), None)
    return _called(of_store(system, jobs), store="jobs_queue", alias="jobs_alias") if jobs else {}


def of_function(system: System, role: Role) -> Facts:
    """The function that a role's module makes, and the alias of the key of its environment."""
    own = [s for s in system.stores if s.kind == "lambda" and s.module == module_of(role.address)]
    return _called(of_store(system, own[0]), store="function", alias="function_alias") if len(own) == 1 else {}


def _called(facts: Facts, **names: str) -> Facts:
    """Return some of the facts, by other names."""
    return {other: facts[name] for name, other in names.items() if name in facts}


def stores_at(system: System, places: Places, path: Path, region: str) -> tuple[list[Store], list[Store]]:
    """The stores that stand for a part of the spec: in a region, and in the others.

    What a module makes besides, as a queue for dead letters, is not called `this`.
    """
    found = [
        s for s in system.stores if s.kind in _DATA and s.address.endswith(".this") and places.path(s.address) == path
    ]
    return [s for s in found if s.region == region], [s for s in found if s.region != region]


def of_store(system: System, store: Store) -> Facts:
    """The ARN and the region of a store, and the alias of its key."""
    facts = {"store": store.arn, "store_region": store.region} | ({"indexed": store.arn} if store.indexed else {})
    if store.kind == "elasticfilesystem":
        facts["access_points"] = store.arn.replace(":file-system/", ":access-point/")
    if not store.key:
        return facts
    aliases = [alias for key in system.stores if key.address == store.key for alias in key.aliases]
    # A key without an alias is known to nobody: it is named by its address, which no key has for an alias.
    return {**facts, "alias": aliases[0] if aliases else store.key}


def of_entry(system: System, grants: Sequence[Grant], places: Places, role: Role, entry: str) -> tuple[str, Facts]:
    """The kind of an entry of `data`, and what is known of the one that a role sees."""
    near, far = stores_at(system, places, ("data", entry), role.region)
    if near or far:
        return _DATA[(near or far)[0].kind], of_store(system, near[0]) if len(near) == 1 else {}
    return "bucket", _of_existing(system, grants, entry)


def of_channel(system: System, grants: Sequence[Grant], role: Role, edge: Path, channel: str) -> Facts:
    """What the definition of a job says that a channel holds: the bucket, and the prefix in it."""
    uri = _uris(role).get(channel_variable(channel))
    return {} if uri is None else _of_place(system, grants, edge, _split(uri))


def of_read(system: System, grants: Sequence[Grant], role: Role, edge: Path, what: str) -> Facts:
    """What a watch reads: the bucket, and the beginning of the keys."""
    place = read_from(role.definition, what)
    return {} if place is None else _of_place(system, grants, edge, place)


def _of_place(system: System, grants: Sequence[Grant], edge: Path, place: tuple[str, str]) -> Facts:
    """A bucket, of the plan or one that only an edge names, and a prefix in it."""
    arn, prefix = place
    known = next((of_store(system, s) for s in system.stores if s.arn == arn), None)
    return {**(known or _of_foreign(grants, edge, arn)), "prefix": prefix}


def _uris(role: Role) -> dict[str, str]:
    """Where a definition brings inputs from, by the variable that tells of it."""
    channels = role.definition.get("InputDataConfig", ())
    places = {one["ChannelName"]: one["DataSource"].get("S3DataSource", {}) for one in channels}
    found = {channel_variable(name): str(place["S3Uri"]) for name, place in places.items() if place}
    told = {one["name"]: str(one["value"]) for one in role.definition.get("environment", ())}
    return found | {v.replace("FROM", "INPUT", 1): uri for v, uri in told.items() if v.startswith("LANDFORM_FROM_")}


def of_model(system: System, grants: Sequence[Grant], places: Places, role: Role, entry: str) -> Facts:
    """Where a training leaves its models, by its own edge: the bucket, or its copy in the role's region."""
    trained = [each for each in system.roles if places.path(each.address) == ("train", entry)]
    outputs = {g.path[3:] for g in grants if g.path[:3] == ("train", entry, "output")}
    if not trained or len(outputs) != 1:
        return {}
    prefix = f"training/{of_role(system, trained[0], ('train', entry)).get('host', '')}/"
    for named in outputs.pop():
        return {**of_entry(system, grants, places, role, str(named))[1], "prefix": prefix}
    near = artifacts(system, places, role.region)
    return {**of_store(system, near[0]), "prefix": prefix} if len(near) == 1 else {}


def artifacts(system: System, places: Places, region: str) -> list[Store]:
    """The bucket of a region for what workloads are made of, whichever section it was first made for."""
    return [store for section in ("train", "serve") for store in stores_at(system, places, (section,), region)[0]]


def _of_foreign(grants: Sequence[Grant], edge: Path, arn: str) -> Facts:
    """A bucket that no plan makes, and the key that the edge to it names."""
    keys = {r for g in grants if g.path == edge for r in g.resources if r.startswith("arn:aws:kms:")}
    return {"store": arn} | ({"key_arn": key, "store_region": key.split(":")[3]} if (key := "".join(keys)) else {})


def _split(uri: str) -> tuple[str, str]:
    """The ARN of the bucket of an object or a prefix, and the rest."""
    bucket, _, rest = uri.removeprefix("s3://").partition("/")
    return f"arn:aws:s3:::{bucket}", rest


def _of_existing(system: System, grants: Sequence[Grant], entry: str) -> Facts:
    """The one bucket, and the one key if any, that all edges to an entry name; none that the plan makes."""
    resources = {r for g in grants if g.path[3:] == (entry,) for r in g.resources}
    buckets = {r.split("/", 1)[0] for r in resources if r.startswith("arn:aws:s3:::")}
    keys = {r for r in resources if r.startswith("arn:aws:kms:")}
    if len(buckets) != 1 or buckets & {s.arn for s in system.stores} or _any_pattern(buckets):
        return {}
    facts = {"store": buckets.pop()}
    if len(keys) != 1 or _any_pattern(keys):
        return facts
    key = keys.pop()
    return {**facts, "key_arn": key, "store_region": key.split(":")[3]}


def of_secret(grants: Sequence[Grant], entry: str) -> Facts:
    """The one secret, and the one key if any, that all edges to an entry name; no plan makes a secret."""
    resources = {r for g in grants if g.path[2:] == ("uses", entry) for r in g.resources}
    secrets = {r for r in resources if r.startswith("arn:aws:secretsmanager:")}
    keys = {r for r in resources if r.startswith("arn:aws:kms:")}
    if len(secrets) != 1 or len(keys) > 1 or _any_pattern(resources):
        return {}
    arn = secrets.pop()
    facts = {"store": arn, "store_region": arn.split(":")[3]}
    return facts | ({"key_arn": keys.pop()} if keys else {})


def _any_pattern(arns: set[str]) -> bool:
    return any("*" in arn or "?" in arn for arn in arns)
