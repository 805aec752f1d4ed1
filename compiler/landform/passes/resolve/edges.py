"""Edges: what the names that an entry lists lead to, in the region in which it runs."""

from collections.abc import Iterator

from landform.diagnostics import Diagnostic, Path, Related, dotted, error
from landform.file_systems import FileSystem
from landform.passes.resolve.naming import known_as
from landform.passes.resolve.stores import consumer
from landform.passes.unknown import unknown
from landform.plan import Edge, Plan, Store
from landform.spec.compute import Edges
from landform.spec.functions import Function as FunctionSpec
from landform.spec.functions import source_of
from landform.spec.model import ACTIONS
from landform.spec.serve import EndpointService
from landform.spec.work import Work
from landform.suggest import nearest

_OF_CHANNELS = ("input", "export")
"""Verbs that a channel is told by: two channels may lead to one store."""


def edges_of(plan: Plan, at: Path, spec: Edges, region: str, found: list[Diagnostic]) -> Iterator[Edge]:
    """Yield the edge of every name that an entry lists; what finds nothing, or stands twice, is said."""
    seen = set[tuple[str, str]]()
    section, old = str(at[0]), known_as(str(at[1]), getattr(spec, "was", ()))
    for verb, path, name, prefix in named(at, spec):
        find = {"uses": find_secret, "calls": find_service}.get(verb, find_store)
        store = find(plan, path, name, found, region=region)
        if (verb, name) in seen:
            found.append(error("LF0207", path, f"'{name}' stands twice in `{verb}`.", "Leave one out."))
        elif store:
            seen |= {(verb, name)} if verb not in _OF_CHANNELS else set()
            said = dotted(path[:-1]) if verb in _OF_CHANNELS else f"{dotted(at)}.{verb}.{name}"
            own = consumer(section, old) if isinstance(store, FileSystem) else prefix
            yield Edge(verb, store, path, said, own)


def named(at: Path, spec: Edges) -> Iterator[tuple[str, Path, str, str | None]]:
    """Yield every store that an entry names: verb, place in the spec, name, and the prefix that is meant."""
    for verb in ACTIONS:
        yield from ((verb, (*at, verb, i), name, None) for i, name in enumerate(getattr(spec, verb)))
    for point, name in sorted(getattr(spec, "mounts", {}).items()):
        yield "mounts", (*at, "mounts", point), name, None
    yield from (("uses", (*at, "uses", i), name, None) for i, name in enumerate(spec.uses))
    for index, called in enumerate(getattr(spec, "calls", ())):
        yield "calls", (*at, "calls", index), called, None
    section, entry = str(at[0]), known_as(str(at[1]), getattr(spec, "was", ()))
    if isinstance(spec, Work):
        yield from _of_work(at, spec, f"{section}-{entry}")
    if isinstance(spec, EndpointService) and spec.capture and spec.capture.to:
        yield "capture", (*at, "capture", "to"), spec.capture.to, f"capture/{section}-{entry}/"
    if isinstance(spec, FunctionSpec):
        kind, name = source_of(spec.trigger)
        if kind != "schedule":
            yield "trigger", (*at, "trigger", kind), name, None
        if spec.on_failure:
            yield "on_failure", (*at, "on_failure"), spec.on_failure, None


def _of_work(at: Path, spec: Work, own: str) -> Iterator[tuple[str, Path, str, str | None]]:
    """Yield where a training keeps its progress, what it is given and leaves; `own` begins its parts of buckets."""
    if spec.checkpoint:
        yield "checkpoint", (*at, "checkpoint", "to"), spec.checkpoint.to, f"checkpoints/{own}/"
    for channel, one in sorted(spec.inputs.items()):
        place = (*at, "inputs", channel)
        if one.via:
            yield "export", (*place, "from"), one.from_, None
            yield "input", (*place, "via"), one.via, f"exports/{own}/{channel}/"
        else:
            yield "input", (*place, "from"), one.from_, one.prefix
    if spec.output:
        yield "output", (*at, "output"), spec.output, f"training/{own}/"


def find_store(plan: Plan, path: Path, name: str, found: list[Diagnostic], *, region: str) -> Store | None:
    """Return the store of a region that a name in the spec means, or say why there is none."""
    here = next((s for s in plan.stores if s.entry == name and (s.existing or s.region == region)), None)
    if here or ("data", name) in plan.broken:
        return here
    if elsewhere := next((s for s in plan.stores if s.entry == name), None):
        found.append(_absent(plan, path, elsewhere, region))
        return None
    other = next((s for s in ("machines", "train", "serve", "functions") if name in getattr(plan.system, s)), None)
    if other:
        remedy = "Name an entry of `data`."
        place = Related(f"'{name}' stands here", (other, name))
        found.append(error("LF0204", path, f"'{name}' is an entry of `{other}`, not a store.", remedy, place))
    else:
        entries = {s.entry: s for s in plan.stores if s.existing or s.region == region}
        meant = next((entries[near].kind for near in nearest(name, sorted(entries))), "store")
        rest = f"Declare it: data: {{{name}: …}}."
        found.append(unknown("LF0203", path, meant, name, plan.system.data, rest=rest))
    return None


def find_secret(plan: Plan, path: Path, name: str, found: list[Diagnostic], *, region: str) -> Store | None:
    """Return the secret that a name in the spec means, or say that there is none; it may be of any region."""
    del region
    known = {secret.entry: secret for secret in plan.secrets}
    if name not in known and ("secrets", name) not in plan.broken:
        rest = f"Declare it: secrets: {{{name}: {{existing: …}}}}."
        found.append(unknown("LF0203", path, "secret", name, known, rest=rest))
    return known.get(name)


def find_service(plan: Plan, path: Path, name: str, found: list[Diagnostic], *, region: str) -> Store | None:
    """Return the service of a region that a name in the spec means, or say that there is none."""
    named = [s for s in plan.services if name.startswith("serve.") and s.entry == name.removeprefix("serve.")]
    here = next((service for service in named if service.region == region), None)
    if here is None and named:
        found.append(_absent(plan, path, named[0], region))
    elif here is None and not {("serve", name.removeprefix("serve.")), ("serve", "")} & plan.broken:
        known = [f"serve.{service.entry}" for service in plan.services if service.region == region]
        found.append(unknown("LF0203", path, "service", name, known, rest="Declare it in `serve`."))
    return here


def _absent(plan: Plan, path: Path, elsewhere: Store, region: str) -> Diagnostic:
    """Say that a service runs in a region where what it names is not."""
    what = dotted(elsewhere.path)
    fact = f"this runs in {region} as well, and {what} stands in {elsewhere.region} alone."
    key, value = ("replicate", "true") if elsewhere.path[0] == "data" else ("regions", "all")
    remedy = f"Add `{key}: {value}` to {what}, or leave out `regions: all` here."
    return error("LF0309", path, fact, remedy, Related(f"{what} stands here", elsewhere.path))
