"""What the roles of a system should be allowed: derived from edges and the plan, whatever grants.json says beside them.

Of grants.json only the edges are taken, and who has them. What an edge means stands in `catalog/meanings`; the
names in it come from the plan: the role's own log group, the bucket of an entry, the alias of that bucket's key.
Existing buckets are in no plan: their names are taken from the grants, and must be one for each entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from landform.proof.facts import (
    Facts,
    artifacts,
    filled,
    of_channel,
    of_entry,
    of_function,
    of_model,
    of_output,
    of_read,
    of_role,
    of_secret,
    of_started,
    of_store,
    stores_at,
)
from landform.proof.grants import Grant, Places
from landform.proof.studio import of_served, of_training, of_user
from landform.proof.system import Role, System
from landform.proof.watch import of_watch


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
            facts = of_role(system, role, places.path(role.address))
            yield from of_loop(system, role, str(edge[-1]), facts)
    elif edge[2:3] in (("retrained",), ("judged",)) and places.path(role.address) == edge[:2]:
        yield from worked_on(system, str(edge[2]), str(edge[3]))
    elif edge[:1] == ("serve",) and edge[2:] == ("rollback",) and places.path(role.address) == edge[:2]:
        yield from rolled_back(system, role)
    elif edge[:1] == ("drift",) and places.path(role.address) == edge[:2]:
        yield from _of_drift(system, grants, places, role, edge)
    elif "user" not in role.beside:
        yield from _clauses(system, grants, places, role, edge)
    elif edge[:2] == ("studio", role.beside["user"]):
        facts = {**of_role(system, role, places.path(role.address)), **of_user(role)}
        yield from _of_studio(system, grants, places, role, edge, facts)


def _clauses(system: System, grants: Sequence[Grant], places: Places, role: Role, edge: Path) -> Iterator[Clause]:
    own = places.path(role.address)
    facts = of_role(system, role, own)
    match edge[: len(own)] == own, edge, edge[len(own) :]:
        case (True, (str(section),), ()):
            several = (*meant(system, role),) or ((c, facts) for c in SECTION.get(section, ()))
            for clause, known in several:
                yield from filled((clause,), known)
        case (True, ("data", str(entry), _), ("replicate",)):
            yield from _replicated(system, places, role, entry, facts)
        case (True, _, ("code" | "bundle" | "jobs" | "output" | "archive" | "capture" as verb,)):
            for store in artifacts(system, places, role.region):
                yield from filled(on_data("bucket", verb), {**facts, **of_store(system, store)})
        case (True, _, ("inputs", _) | ("model", "train", _)):
            yield from _read(system, grants, places, role, edge, facts)
        case (True, ("machines" | "train", _, _), (str(use),)):
            started = of_started(system, places, role, own) | of_output(system, grants, role, own)
            yield from filled(HOST.get(use, JOB.get(use, BATCH.get(use, ()))), {**facts, **started})
        case (True, ("functions" | "serve", _, _), (str(use),)):
            platforms = {"sagemaker.amazonaws.com": ENDPOINT, "ec2.amazonaws.com": {**BEANSTALK, **HOST}}
            uses = next((platforms[s] for s in platforms if s in role.services), {**FUNCTION, **BEANSTALK})
            yield from filled(uses.get(use, ()), {**facts, **of_function(system, role), "named": role.named})
        case (True, _, ("calls", *_, str(entry))):
            yield from _called(system, places, facts, entry)
        case (True, _, ("uses", *_, str(entry))):
            yield from filled(on_data("secret", "uses"), {**facts, **of_secret(grants, entry)})
        case (True, ("machines" | "train" | "serve" | "functions", _, _, _), (_, _)):
            yield from _on_entry(system, grants, places, role, edge, facts)


def _replicated(system: System, places: Places, role: Role, entry: str, facts: Facts) -> Iterator[Clause]:
    """What copies a bucket: it reads here, and writes there."""
    near, far = stores_at(system, places, ("data", entry), role.region)
    for meaning, stores in ((REPLICATED, near), (REPLICA, far)):
        for store in stores:
            yield from filled(meaning, {**facts, **of_store(system, store)})


def _of_drift(system: System, grants: Sequence[Grant], places: Places, role: Role, edge: Path) -> Iterator[Clause]:
    """What a watch may do: read, keep copies of its state and of its archive, and what its platform needs."""
    facts = of_role(system, role, edge[:2])
    facts = {**facts, "state": facts.get("host", "").replace("-", "/", 1)}
    what = str(edge[2]) if len(edge) > 2 else ""
    if what in ("captured", "labels"):
        yield from filled(on_data("bucket", what), {**facts, **of_read(system, grants, role, edge, what)})
    elif what in ("code", "snapshots"):
        for store in artifacts(system, places, role.region):
            yield from filled(on_data("bucket", what), {**facts, **of_store(system, store)})
    else:
        yield from filled(WATCH.get(what, ()), {**facts, **of_watch(role.definition, role.region, system.account)})


def _read(
    system: System, grants: Sequence[Grant], places: Places, role: Role, edge: Path, facts: Facts
) -> Iterator[Clause]:
    """A prefix that SageMaker reads: of a channel, or of what a training leaves."""
    if edge[2] == "model":
        found = of_model(system, grants, places, role, str(edge[-1]))
        yield from filled(on_data("bucket", "model"), {**facts, **found})
    else:
        found = of_channel(system, grants, role, edge, str(edge[-1]))
        yield from filled(on_data("bucket", "input"), {**facts, **found})


def _of_studio(
    system: System, grants: Sequence[Grant], places: Places, role: Role, edge: Path, facts: Facts
) -> Iterator[Clause]:
    match edge[2:]:
        case (str(use),):
            yield from filled(STUDIO.get(use, ()), facts)
            for store in stores_at(system, places, ("studio",), role.region)[0] if use == "canvas" else ():
                yield from filled(on_data("bucket", use), {**facts, **of_store(system, store)})
        case ("trains", str(entry)):
            started = of_started(system, places, role, ("train", entry))
            yield from filled(TRAINS, {**facts, **started, **of_training(system, places, entry)})
        case ("deploys", str(entry)):
            yield from filled(DEPLOYS, {**facts, **of_served(system, places, entry, role.region)})
        case ("calls", *_, str(entry)):
            yield from _called(system, places, facts, entry)
        case ("uses", *_, str(entry)):
            yield from filled(on_data("secret", "uses"), {**facts, **of_secret(grants, entry)})
        case (_, _):
            yield from _on_entry(system, grants, places, role, edge, facts)


def _on_entry(
    system: System, grants: Sequence[Grant], places: Places, role: Role, edge: Path, facts: Facts
) -> Iterator[Clause]:
    """What a verb means on an entry of `data`; one that others imply, only beside one of these."""
    verb, entry = map(str, edge[-2:])
    kind, found = of_entry(system, grants, places, role, entry)
    if verb not in IMPLIED or any(_holds(grants, role, edge, beside) for beside in IMPLIED[verb]):
        yield from filled(on_data(kind, verb), {**facts, **found})


def _called(system: System, places: Places, facts: Facts, entry: str) -> Iterator[Clause]:
    near = [s for s in system.stores if s.region == facts["region"] and places.path(s.address) == ("serve", entry)]
    before = {service.module for service in near if service.kind == "execute-api"}
    for service in near:
        for end in service.ends:
            yield from filled(ROUTED, {**facts, "callee": f"{service.arn}/{end}"})
        if service.kind == "lambda" and service.module not in before:
            yield from filled(CALLED[service.address in system.urls], {**facts, "callee": f"{service.arn}:live"})
        if service.kind == "sagemaker":
            yield from filled(ANSWERED, {**facts, "callee": service.arn})


def _holds(grants: Sequence[Grant], role: Role, edge: Path, verbs: Sequence[str]) -> bool:
    """Tell whether a role has an edge by each of the verbs to where this one leads."""
    held = {g.path for g in grants if g.principal == role.arn}
    return all((*edge[:2], verb, edge[3]) in held for verb in verbs)
