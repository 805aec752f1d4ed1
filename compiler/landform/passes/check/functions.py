"""Rules about functions: what runs them, what they run, and what Lambda takes of both."""

import ast
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final

from landform.catalog.functions import LEAST_POLLED, MOST_ENVIRONMENT_BYTES, MOST_ZIP_BYTES, SOURCES, VISIBILITY
from landform.catalog.quotas import CONCURRENCY, UNRESERVED
from landform.diagnostics import Diagnostic, Path, Related, dotted, error, warning
from landform.plan import Edge, Function, Plan, Queue
from landform.project import CodeFile
from landform.spec.functions import BucketTrigger
from landform.spec.functions import Function as FunctionSpec
from landform.spec.names import variable

REQUIREMENTS: Final = "requirements.txt"


def a_queue_hides_what_is_worked_on(plan: Plan) -> Iterator[Diagnostic]:
    """A message that becomes visible again while a function works on it is worked on twice."""
    for function in plan.functions:
        source = function.leads("trigger")
        if not isinstance(source, Queue):
            continue
        hidden, longest = source.spec.timeout, function.spec.timeout
        path, other = (*source.path, "timeout"), Related(f"{function.label} runs for up to {longest}s", function.path)
        place = path if "timeout" in source.spec.model_fields_set else source.path
        fact = f"{dotted(source.path)} hides a message for {hidden}s, and {function.label} may take {longest}s:"
        remedy = f"write timeout: {longest * VISIBILITY}s, {VISIBILITY} times as long."
        if hidden < longest:
            yield error("LF0622", place, fact.replace(":", ", which Lambda refuses:"), remedy, other)
        elif hidden < longest * VISIBILITY:
            yield warning("LF0622", place, fact, remedy, other)


def a_queue_is_asked_for_what_there_is_room_for(plan: Plan) -> Iterator[Diagnostic]:
    """Lambda fetches messages for two invocations at least; what finds no room comes back, and wears out."""
    for function in plan.functions:
        queue = function.leads("trigger")
        if isinstance(queue, Queue) and function.reserved and function.reserved < LEAST_POLLED:
            asked = (
                f"Lambda fetches messages of {dotted(queue.path)} for {LEAST_POLLED} at once, and {function.label} runs"
            )
            worn = f"{function.reserved}: the others come back, and are dead letters after {queue.spec.attempts} times."
            remedy = f"Write `concurrency: {LEAST_POLLED}` or more."
            yield warning("LF0623", (*function.path, "concurrency"), f"{asked} {worn}", remedy)


def an_account_has_the_concurrency(plan: Plan) -> Iterator[Diagnostic]:
    """Lambda refuses a reservation that leaves too little for the functions without one, in the middle of an apply."""
    spare = int(CONCURRENCY.initial) - UNRESERVED
    for region in sorted({function.region for function in plan.functions}):
        here = [function for function in plan.functions if function.region == region and function.reserved]
        total = sum(function.reserved for function in here)
        if total > spare:
            most = max(here, key=lambda function: function.reserved)
            key = "scale" if most.section == "serve" else "concurrency"
            fact = f"functions of {region} reserve {total} executions; of what an account begins with, {spare} can be."
            remedy = "Reserve less, or ask for more (Service Quotas); `landform preflight` tells what the account has."
            yield warning("LF0606", (*most.path, key), fact, remedy)


def buckets_tell_one_of_each_object(plan: Plan) -> Iterator[Diagnostic]:
    """S3 refuses two listeners for one object: their prefixes and suffixes must not both overlap."""
    triggers = [(f, getattr(f.spec, "trigger", None)) for f in plan.functions]
    listening = [(f, trigger) for f, trigger in triggers if isinstance(trigger, BucketTrigger)]
    for (one, first), (two, second) in combinations(listening, 2):
        prefixes = first.prefix.startswith(second.prefix) or second.prefix.startswith(first.prefix)
        suffixes = first.suffix.endswith(second.suffix) or second.suffix.endswith(first.suffix)
        if first.bucket == second.bucket and prefixes and suffixes:
            both = f"{one.label} and {two.label} would both be told of some objects of data.{first.bucket}"
            remedy = "Give them prefixes or suffixes that exclude each other."
            other = Related("the other", (*one.path, "trigger"))
            yield error("LF0622", (*two.path, "trigger"), f"{both}, which S3 refuses.", remedy, other)


def buckets_are_ours_to_tell(plan: Plan) -> Iterator[Diagnostic]:
    """A bucket has one configuration of notifications: to write that of an existing one would wipe out its owner's."""
    for edge in _edges(plan, "trigger"):
        if edge.store.existing:
            fact = f"{dotted(edge.store.path)} exists already, and whom it tells is not landform's to change."
            yield error("LF0622", edge.path, fact, "Let its owner send events to a queue, and use that as the trigger.")


def events_are_kept_when_they_fail(plan: Plan) -> Iterator[Diagnostic]:
    """Lambda tries an event of a bucket or a schedule three times, a record six times, and then forgets it."""
    for function in plan.functions:
        spec = function.spec
        if isinstance(spec, FunctionSpec) and not spec.on_failure and not isinstance(function.leads("trigger"), Queue):
            fact = f"what {function.label} fails at again and again is lost."
            yield warning("LF0623", (*function.path, "trigger"), fact, "Add `on_failure: <queue>`.")


def what_is_told_can_be_read(plan: Plan) -> Iterator[Diagnostic]:
    """S3 tells the name of an object and not what is in it."""
    for function in plan.functions:
        reads = {edge.store.entry for edge in function.edges if edge.verb == "reads"}
        for edge in function.edges:
            if edge.verb == "trigger" and edge.store.kind == "bucket" and edge.store.entry not in reads:
                fact = f"{function.label} is told of objects of {dotted(edge.store.path)} and may not read them."
                yield warning("LF0623", edge.path, fact, f"Add `reads: [{edge.store.entry}]`.")


def handlers_are_there(plan: Plan) -> Iterator[Diagnostic]:
    """Lambda looks for the handler when the first event comes: then it is too late."""
    for function in plan.functions:
        files = plan.files.folders.get((*function.path, "code"))
        if files is not None:
            yield from _handler_faults(function, {file.name: file for file in files})


def _handler_faults(function: Function, files: Mapping[str, CodeFile]) -> Iterator[Diagnostic]:
    spec, path = function.spec, (*function.path, "handler")
    module, _, name = spec.handler.rpartition(".")
    stem = module.replace(".", "/")
    language = next(language for language in SOURCES if spec.runtime.startswith(language))
    file = next((files[stem + end] for end in SOURCES[language] if stem + end in files), None)
    if file is None:
        fact = f"no file of '{spec.code}' is the module of the handler {spec.handler}."
        yield error("LF0210", path, fact, f"Add {stem}{SOURCES[language][0]}, or name another module.")
    elif file.name.endswith(".py"):
        yield from _python_faults(path, file, name, spec.code)


def _python_faults(path: Path, file: CodeFile, name: str, folder: str) -> Iterator[Diagnostic]:
    try:
        tree = ast.parse(file.content)
    except (SyntaxError, ValueError) as failure:
        fact = f"{folder}/{file.name}:{getattr(failure, 'lineno', None) or 1} is not Python: {failure.args[0]}."
        yield error("LF0210", path, fact, "Correct it.")
        return
    bound = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    for node in ast.walk(tree):
        bound |= {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()
        bound |= {node.asname or node.name} if isinstance(node, ast.alias) else set()
    if name not in bound and "*" not in bound:
        yield error("LF0210", path, f"{folder}/{file.name} has no function '{name}'.", "Write it, or name another.")


def archives_bring_what_they_need(plan: Plan) -> Iterator[Diagnostic]:
    """Lambda installs nothing: what the code imports lies in its folder, or in the runtime already."""
    for function in plan.functions:
        files = plan.files.folders.get((*function.path, "code"), ())
        brought = any(file.name.split("/")[0].endswith((".dist-info", ".egg-info")) for file in files)
        if any(file.name == REQUIREMENTS for file in files) and not brought:
            folder = function.spec.code
            fact = f"nothing installs what {folder}/{REQUIREMENTS} names, and the folder does not hold it."
            remedy = f"Put it there: pip install --target {folder} --requirement {folder}/{REQUIREMENTS}"
            yield warning("LF0624", (*function.path, "code"), fact, f"{remedy}.")


def archives_fit(plan: Plan) -> Iterator[Diagnostic]:
    """What is sent with the function is at most 50 MB; it is stored, not compressed, to be the same everywhere."""
    for function in plan.functions:
        files = plan.files.folders.get((*function.path, "code"), ())
        # Of each file the archive holds two headers, of 30 and 46 bytes, with its name; 22 bytes end it (APPNOTE 6.3).
        size = 22 + sum(len(f.content) + 76 + 2 * len(f.name.encode()) for f in files)
        if size > MOST_ZIP_BYTES:
            fact = f"the archive of {function.label} would have {size} bytes; Lambda takes {MOST_ZIP_BYTES}."
            yield error("LF0606", (*function.path, "code"), fact, "Leave out what the runtime brings already.")


def environments_fit(plan: Plan) -> Iterator[Diagnostic]:
    """Lambda takes 4 KB of environment."""
    for function in plan.functions:
        stores = {variable(str(e.store.path[0]), e.store.entry): e.store.told for e in function.edges}
        size = sum(len(f"{name}{value}".encode()) for name, value in {**stores, **function.spec.env}.items())
        if size > MOST_ENVIRONMENT_BYTES:
            fact = f"the environment of {function.label} has {size} bytes; Lambda takes {MOST_ENVIRONMENT_BYTES}."
            yield error("LF0606", (*function.path, "env"), fact, "Put what is long into a file of the code.")


def _edges(plan: Plan, verb: str) -> Iterator[Edge]:
    return (edge for function in plan.functions for edge in function.edges if edge.verb == verb)


RULES = (
    a_queue_hides_what_is_worked_on,
    a_queue_is_asked_for_what_there_is_room_for,
    an_account_has_the_concurrency,
    buckets_tell_one_of_each_object,
    buckets_are_ours_to_tell,
    events_are_kept_when_they_fail,
    what_is_told_can_be_read,
    handlers_are_there,
    archives_bring_what_they_need,
    archives_fit,
    environments_fit,
)
