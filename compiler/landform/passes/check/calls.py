"""Rules about who starts whom: circles that cost without end, and services that nothing reaches."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from landform.catalog.api import MOST_SECONDS
from landform.diagnostics import Diagnostic, Path, Related, dotted, error
from landform.plan import Api, Edge, Plan, Service, Workload


def nothing_starts_itself(plan: Plan) -> Iterator[Diagnostic]:
    """What is written where a trigger listens runs a function, and so does a call: in a circle it costs without end."""
    starts = _started(plan)
    for workload in plan.workloads:
        way = _way_back(starts, workload, workload, ())
        if way and workload.address == min(sender.address for sender, _ in way):
            runs = [*(sender.label for sender, _ in way[1:]), workload.label]
            steps = (_step(edge, run) for (_, edge), run in zip(way, runs, strict=True))
            fact = f"{workload.label} {', which '.join(steps)} again: that costs without end."
            remedy = "Leave out one of these edges, or let it go to a store that nothing of this listens to."
            yield error("LF0621", way[-1][1].path, fact, remedy)


def _sends(workload: Workload) -> list[Edge]:
    """Return the edges by which it can run others; of a table, the loss of a row is a change as well."""
    changes = ("calls", "writes", "deletes", "on_failure")
    return [e for e in workload.edges if e.verb in changes and (e.verb != "deletes" or e.store.kind == "table")]


def _step(edge: Edge, run: str) -> str:
    if edge.verb == "calls":
        return f"calls {run}"
    does = {"writes": "writes", "deletes": "deletes from"}.get(edge.verb, "sends what fails to")
    return f"{does} {dotted(edge.store.path)}, which runs {run}"


def _started(plan: Plan) -> Mapping[str, list[tuple[Edge, Workload]]]:
    """Return, by the address of each workload, whom it runs along which edge: as a trigger, or by a call."""
    called = {workload.address: [workload] for workload in plan.workloads}
    listening: dict[str, list[Workload]] = defaultdict(list)
    for function in plan.functions:
        source = function.leads("trigger")
        if source:
            listening[source.address].append(function)
    return {
        sender.address: [
            (edge, run)
            for edge in _sends(sender)
            for run in (called if edge.verb == "calls" else listening).get(edge.store.address, ())
        ]
        for sender in plan.workloads
    }


def _way_back(
    starts: Mapping[str, list[tuple[Edge, Workload]]],
    home: Workload,
    at: Workload,
    way: tuple[tuple[Workload, Edge], ...],
) -> tuple[tuple[Workload, Edge], ...]:
    """Return the shortest found way from a workload to itself, as who sends by which edge; nothing where none is."""
    for edge, next_ in starts[at.address]:
        if next_ is home:
            return (*way, (at, edge))
        if next_.address not in {sender.address for sender, _ in way}:
            found = _way_back(starts, home, next_, (*way, (at, edge)))
            if found:
                return found
    return ()


def urls_are_reached(plan: Plan) -> Iterator[Diagnostic]:
    """No endpoint leads to the URL of a function or of an HTTP API: with `egress: none` services are called by name.

    The endpoint `execute-api` leads to private REST APIs alone (API Gateway developer guide, "Choose between REST APIs
    and HTTP APIs", read 2026-11-29).
    """
    if plan.system.network.egress != "none":
        return
    for edge in (edge for workload in plan.workloads for edge in workload.edges if edge.verb == "calls"):
        if isinstance(edge.store, Api) or (isinstance(edge.store, Service) and edge.store.url):
            fact = f"with `egress: none` nothing reaches the URL of {dotted(edge.store.path)}."
            remedy = "Leave `http` out there, so that it is called by its name, or use a NAT."
            yield error("LF0605", edge.path, fact, remedy, Related("it has a URL", (*edge.store.path, "http")))


def apis_wait_long_enough(plan: Plan) -> Iterator[Diagnostic]:
    """An API has answered 503 long before a function that may take longer is done, and nobody can change that."""
    seen = set[Path]()
    for own in plan.functions:
        http = getattr(own.spec, "http", None)
        if http and http.via == "api" and own.spec.timeout > MOST_SECONDS and own.path not in seen:
            seen.add(own.path)
            fact = f"an API waits {MOST_SECONDS}s for an answer, and {own.label} may take {own.spec.timeout}s."
            remedy = f"Write `timeout: {MOST_SECONDS}s` or less, or `via: url`, which waits as long as Lambda does."
            yield error("LF0606", (*own.path, "timeout"), fact, remedy, Related("the API", (*own.path, "http", "via")))


RULES = (nothing_starts_itself, urls_are_reached, apis_wait_long_enough)
