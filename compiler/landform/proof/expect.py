"""What the roles of a system should be allowed: derived from edges and the plan, whatever grants.json says beside them.

Of grants.json only the edges are taken, and who has them. What an edge means stands in `catalog/meanings`; the
names in it come from the plan: the role's own log group, the bucket of an entry, the alias of that bucket's key.
Existing buckets are in no plan: their names are taken from the grants, and must be one for each entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from landform.catalog.grants import KINDS
from landform.catalog.job_permissions import repository_arn
from landform.catalog.meanings import (
    ANSWERED,
    BATCH,
    BEANSTALK,
    CALLED,
    ENDPOINT,
    FUNCTION,
    HOST,
    IMPLIED,
    JOB,
    REPLICA,
    REPLICATED,
    ROUTED,
    SECTION,
    WATCH,
    Clause,
    on_data,
)
from landform.catalog.studio_meanings import DEPLOYS, STUDIO, TRAINS
from landform.diagnostics import Path
from landform.proof.backups import meant
from landform.proof.expect_loop import of_loop, rolled_back, worked_on
from landform.proof.grants import Grant, Places, module_of
from landform.proof.store import Store
from landform.proof.studio import of_served, of_training, of_user
from landform.proof.system import Role, System
from landform.proof.watch import of_watch, read_from
from landform.spec.work import channel_variable

Facts = Mapping[str, str]
"""What fills in the templates of meanings."""


_DATA: Final = {kind.service: name for name, kind in KINDS.items()}
"""Prefix of a store's actions → its kind in the language."""


def expect(system: System, grants: Sequence[Grant], places: Places) -> tuple[Grant, ...]:
    """Return what each edge of each role asks for; nothing for an edge that is not the role's own."""
    roles = {role.arn: role for role in system.roles}
    edges = sorted({(g.principal, g.edge) for g in grants if g.principal in roles})
    return tuple(
        Grant(principal, "", clause.actions, clause.resources, clause.conditions, edge)
        for principal, edge in edges
        for clause in (
            _raw(grants, principal, edge)
            if edge.split(".")[2:3] == ["allows"]
            else _asked(system, grants, places, roles[principal], tuple(edge.split(".")))
        )
    )


def _raw(grants: Sequence[Grant], principal: str, edge: str) -> Iterator[Clause]:
    """The spec's own words mean what they say, under no condition: checked where they are read, counted here."""
    own = (g for g in grants if (g.principal, g.edge) == (principal, edge))
    yield from (Clause(g.actions, g.resources, {}) for g in own)


def _asked(system: System, grants: Sequence[Grant], places: Places, role: Role, edge: Path) -> Iterator[Clause]:
    """What an edge asks for; the roles of all users of Studio stand in one module, and their names tell them apart."""
    if edge[2:3] == ("then",):
        if "loop" in role.definition:
            facts = _of_role(system, role, places.path(role.address))
            yield from of_loop(system, role, str(edge[-1]), facts, _filled, _of_store)
    elif edge[2:3] in (("retrained",), ("judged",)) and places.path(role.address) == edge[:2]:
        yield from worked_on(system, str(edge[2]), str(edge[3]), _filled, _of_store)
    elif edge[:1] == ("serve",) and edge[2:] == ("rollback",) and places.path(role.address) == edge[:2]:
        yield from rolled_back(system, role, _filled)
    elif edge[:1] == ("drift",) and places.path(role.address) == edge[:2]:
        yield from _of_drift(system, grants, places, role, edge)
    elif "user" not in role.beside:
        yield from _clauses(system, grants, places, role, edge)
    elif edge[:2] == ("studio", role.beside["user"]):
        facts = {**_of_role(system, role, places.path(role.address)), **of_user(role)}
        yield from _of_studio(system, grants, places, role, edge, facts)


def _clauses(system: System, grants: Sequence[Grant], places: Places, role: Role, edge: Path) -> Iterator[Clause]:
    own = places.path(role.address)
    facts = _of_role(system, role, own)
    match edge[: len(own)] == own, edge, edge[len(own) :]:
        case (True, (str(section),), ()):
            several = (*meant(system, role),) or ((c, facts) for c in SECTION.get(section, ()))
            yield from (filled for clause, known in several for filled in _filled((clause,), known))
        case (True, ("data", str(entry), _), ("replicate",)):
            near, far = _stores(system, places, ("data", entry), role.region)
            for meaning, stores in ((REPLICATED, near), (REPLICA, far)):
                for store in stores:
                    yield from _filled(meaning, {**facts, **_of_store(system, store)})
        case (True, _, ("code" | "bundle" | "jobs" | "output" | "archive" | "capture" as verb,)):
            for store in _artifacts(system, places, role.region):
                yield from _filled(on_data("bucket", verb), {**facts, **_of_store(system, store)})
        case (True, _, ("inputs", _) | ("model", "train", _)):
            yield from _read(system, grants, places, role, edge, facts)
        case (True, ("machines" | "train", _, _), (str(use),)):
            started = _of_started(system, places, role, own) | _of_output(system, grants, role, own)
            yield from _filled(HOST.get(use, JOB.get(use, BATCH.get(use, ()))), {**facts, **started})
        case (True, ("functions" | "serve", _, _), (str(use),)):
            platforms = {"sagemaker.amazonaws.com": ENDPOINT, "ec2.amazonaws.com": {**BEANSTALK, **HOST}}
            uses = next((platforms[s] for s in platforms if s in role.services), {**FUNCTION, **BEANSTALK})
            yield from _filled(uses.get(use, ()), {**facts, **_of_function(system, role), "named": role.named})
        case (True, _, ("calls" | "uses" as verb, *_, str(entry))):
            secret = _filled(on_data("secret", verb), {**facts, **_of_secret(grants, entry)})
            yield from secret if verb == "uses" else _called(system, places, facts, entry)
        case (True, ("machines" | "train" | "serve" | "functions", _, _, _), (str(verb), str(entry))):
            kind, found = _of_entry(system, grants, places, role, entry)
            if verb not in IMPLIED or any(_holds(grants, role, edge, beside) for beside in IMPLIED[verb]):
                yield from _filled(on_data(kind, verb), {**facts, **found})


def _of_drift(system: System, grants: Sequence[Grant], places: Places, role: Role, edge: Path) -> Iterator[Clause]:
    """What a watch may do: read, keep copies of its state and of its archive, and what its platform needs."""
    facts = _of_role(system, role, edge[:2])
    facts = {**facts, "state": facts.get("host", "").replace("-", "/", 1)}
    what = str(edge[2]) if len(edge) > 2 else ""
    if what in ("captured", "labels"):
        yield from _filled(on_data("bucket", what), {**facts, **_of_read(system, grants, role, edge, what)})
    elif what in ("code", "snapshots"):
        for store in _artifacts(system, places, role.region):
            yield from _filled(on_data("bucket", what), {**facts, **_of_store(system, store)})
    else:
        yield from _filled(WATCH.get(what, ()), {**facts, **of_watch(role.definition, role.region, system.account)})


def _of_read(system: System, grants: Sequence[Grant], role: Role, edge: Path, what: str) -> Facts:
    """What a watch reads: the bucket, and the beginning of the keys."""
    place = read_from(role.definition, what)
    if place is None:
        return {}
    known = next((_of_store(system, s) for s in system.stores if s.arn == place[0]), None)
    return {**(known or _of_foreign(grants, edge, place[0])), "prefix": place[1]}


def _read(
    system: System, grants: Sequence[Grant], places: Places, role: Role, edge: Path, facts: Facts
) -> Iterator[Clause]:
    """A prefix that SageMaker reads: of a channel, or of what a training leaves."""
    if edge[2] == "model":
        found = _of_training(system, grants, places, role, str(edge[-1]))
        yield from _filled(on_data("bucket", "model"), {**facts, **found})
    else:
        found = _of_channel(system, grants, role, edge, str(edge[-1]))
        yield from _filled(on_data("bucket", "input"), {**facts, **found})


def _of_studio(
    system: System, grants: Sequence[Grant], places: Places, role: Role, edge: Path, facts: Facts
) -> Iterator[Clause]:
    match edge[2:]:
        case (str(use),):
            yield from _filled(STUDIO.get(use, ()), facts)
            for store in _stores(system, places, ("studio",), role.region)[0] if use == "canvas" else ():
                yield from _filled(on_data("bucket", use), {**facts, **_of_store(system, store)})
        case ("trains", str(entry)):
            started = _of_started(system, places, role, ("train", entry))
            yield from _filled(TRAINS, {**facts, **started, **of_training(system, places, entry)})
        case ("deploys", str(entry)):
            yield from _filled(DEPLOYS, {**facts, **of_served(system, places, entry, role.region)})
        case ("calls" | "uses" as verb, *_, str(entry)):
            secret = _filled(on_data("secret", verb), {**facts, **_of_secret(grants, entry)})
            yield from secret if verb == "uses" else _called(system, places, facts, entry)
        case (str(verb), str(entry)):
            kind, found = _of_entry(system, grants, places, role, entry)
            if verb not in IMPLIED or any(_holds(grants, role, edge, beside) for beside in IMPLIED[verb]):
                yield from _filled(on_data(kind, verb), {**facts, **found})


def _called(system: System, places: Places, facts: Facts, entry: str) -> Iterator[Clause]:
    near = [s for s in system.stores if s.region == facts["region"] and places.path(s.address) == ("serve", entry)]
    before = {service.module for service in near if service.kind == "execute-api"}
    for service in near:
        for end in service.ends:
            yield from _filled(ROUTED, {**facts, "callee": f"{service.arn}/{end}"})
        if service.kind == "lambda" and service.module not in before:
            yield from _filled(CALLED[service.address in system.urls], {**facts, "callee": f"{service.arn}:live"})
        if service.kind == "sagemaker":
            yield from _filled(ANSWERED, {**facts, "callee": service.arn})


def _holds(grants: Sequence[Grant], role: Role, edge: Path, verbs: Sequence[str]) -> bool:
    """Tell whether a role has an edge by each of the verbs to where this one leads."""
    held = {g.path for g in grants if g.principal == role.arn}
    return all((*edge[:2], verb, edge[3]) in held for verb in verbs)


def _filled(clauses: Sequence[Clause], facts: Facts) -> Iterator[Clause]:
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


def _of_role(system: System, role: Role, own: Path) -> Facts:
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


def _of_started(system: System, places: Places, role: Role, own: Path) -> dict[str, str]:
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


def _of_output(system: System, grants: Sequence[Grant], role: Role, own: Path) -> dict[str, str]:
    """The key of the bucket that takes a job's model: of the plan, by its alias, or the one that an edge names."""
    uri = role.definition.get("OutputDataConfig", {}).get("S3OutputPath")
    if not uri:
        return {}
    arn = _split(str(uri))[0]
    known = next((s for s in system.stores if s.arn == arn), None)
    if known:
        facts = _of_store(system, known)
        return {"output_region": known.region, "output_alias": facts["alias"]} if "alias" in facts else {}
    edge = next((g.path for g in grants if g.path[:3] == (*own, "output")), own)
    foreign = _of_foreign(grants, edge, arn)
    return {"output_key": foreign["key_arn"]} if "key_arn" in foreign else {}


def _of_jobs(system: System, role: Role) -> Facts:
    """The queue of jobs that a role's module makes, and the alias of its key."""
    own = [s for s in system.stores if s.kind == "sqs" and s.module == module_of(role.address)]
    jobs = next((s for s in own if ".jobs[" in s.address), None)
    facts = _of_store(system, jobs) if jobs else {}
    return {"jobs_alias" if name == "alias" else "jobs_queue": v for name, v in facts.items() if name in _FUNCTION}


def _of_function(system: System, role: Role) -> Facts:
    """The function that a role's module makes, and the alias of the key of its environment."""
    own = [s for s in system.stores if s.kind == "lambda" and s.module == module_of(role.address)]
    facts = _of_store(system, own[0]) if len(own) == 1 else {}
    return {"function_alias" if name == "alias" else "function": v for name, v in facts.items() if name in _FUNCTION}


_FUNCTION: Final = ("alias", "store")


def _stores(system: System, places: Places, path: Path, region: str) -> tuple[list[Store], list[Store]]:
    """The stores that stand for a part of the spec: in a region, and in the others.

    What a module makes besides, as a queue for dead letters, is not called `this`.
    """
    found = [
        s for s in system.stores if s.kind in _DATA and s.address.endswith(".this") and places.path(s.address) == path
    ]
    return [s for s in found if s.region == region], [s for s in found if s.region != region]


def _of_store(system: System, store: Store) -> Facts:
    facts = {"store": store.arn, "store_region": store.region} | ({"indexed": store.arn} if store.indexed else {})
    if store.kind == "elasticfilesystem":
        facts["access_points"] = store.arn.replace(":file-system/", ":access-point/")
    if not store.key:
        return facts
    aliases = [alias for key in system.stores if key.address == store.key for alias in key.aliases]
    # A key without an alias is known to nobody: it is named by its address, which no key has for an alias.
    return {**facts, "alias": aliases[0] if aliases else store.key}


def _of_entry(system: System, grants: Sequence[Grant], places: Places, role: Role, entry: str) -> tuple[str, Facts]:
    """The kind of an entry of `data`, and what is known of the one that a role sees."""
    near, far = _stores(system, places, ("data", entry), role.region)
    if near or far:
        return _DATA[(near or far)[0].kind], _of_store(system, near[0]) if len(near) == 1 else {}
    return "bucket", _of_existing(system, grants, entry)


def _of_channel(system: System, grants: Sequence[Grant], role: Role, edge: Path, channel: str) -> Facts:
    """What the definition of a job says that a channel holds: the bucket, and the prefix in it."""
    uri = _uris(role).get(channel_variable(channel))
    if uri is None:
        return {}
    arn, prefix = _split(uri)
    known = next((_of_store(system, s) for s in system.stores if s.arn == arn), None)
    return {**(known or _of_foreign(grants, edge, arn)), "prefix": prefix}


def _uris(role: Role) -> dict[str, str]:
    """Where a definition brings inputs from, by the variable that tells of it."""
    channels = role.definition.get("InputDataConfig", ())
    places = {one["ChannelName"]: one["DataSource"].get("S3DataSource", {}) for one in channels}
    found = {channel_variable(name): str(place["S3Uri"]) for name, place in places.items() if place}
    told = {one["name"]: str(one["value"]) for one in role.definition.get("environment", ())}
    return found | {v.replace("FROM", "INPUT", 1): uri for v, uri in told.items() if v.startswith("LANDFORM_FROM_")}


def _of_training(system: System, grants: Sequence[Grant], places: Places, role: Role, entry: str) -> Facts:
    """Where a training leaves its models, by its own edge: the bucket, or its copy in the role's region."""
    trained = [each for each in system.roles if places.path(each.address) == ("train", entry)]
    outputs = {g.path[3:] for g in grants if g.path[:3] == ("train", entry, "output")}
    if not trained or len(outputs) != 1:
        return {}
    prefix = f"training/{_of_role(system, trained[0], ('train', entry)).get('host', '')}/"
    for named in outputs.pop():
        return {**_of_entry(system, grants, places, role, str(named))[1], "prefix": prefix}
    near = _artifacts(system, places, role.region)
    return {**_of_store(system, near[0]), "prefix": prefix} if len(near) == 1 else {}


def _artifacts(system: System, places: Places, region: str) -> list[Store]:
    """The bucket of a region for what workloads are made of, whichever section it was first made for."""
    return [store for section in ("train", "serve") for store in _stores(system, places, (section,), region)[0]]


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


def _of_secret(grants: Sequence[Grant], entry: str) -> Facts:
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
