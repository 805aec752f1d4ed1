"""Saved queries of CloudWatch Logs Insights: the user's text inside, and nothing but a filter or a name in it.

A pipe would begin another command, and a ``#`` would comment out what follows: outside of quotes both are refused.
Syntax: CloudWatch Logs user guide, "Logs Insights query syntax" (read 2026-11-28).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from landform.diagnostics import Diagnostic, Path, error
from landform.passes.unknown import unknown
from landform.plan import Plan
from landform.plan.watch import Component, Query
from landform.spec.condition import TextError
from landform.spec.monitor import Query as QuerySpec

PLAIN: Final = re.compile(r"[A-Za-z_@][A-Za-z0-9_@.]*")
"""A name of a field that needs no back-ticks."""

QUOTES: Final = {'"': "quote", "'": "quote", "`": "back-tick", "/": "regular expression"}
SHOWN: Final = ("@timestamp", "@message")
MOST_ROWS: Final = 100


def queries(plan: Plan, everything: Sequence[Component], found: list[Diagnostic]) -> tuple[Query, ...]:
    """Return every saved query, in each region that has what it is about."""
    own = plan.system.monitor
    assert own is not None
    saved = sorted(own.queries.items())
    return tuple(query for entry, spec in saved for query in _one(plan, entry, spec, everything, found))


def _one(
    plan: Plan, entry: str, spec: QuerySpec, everything: Sequence[Component], found: list[Diagnostic]
) -> Iterator[Query]:
    path = ("monitor", "queries", entry)
    text = _text(path, spec, found)
    named = [c for c in everything if c.label == spec.of]
    logged = [c for c in named if c.log_group]
    section, _, name = spec.of.partition(".")
    if named and not logged:
        fact = f"{spec.of} has no log group of its own."
        remedy = f"There are logs of {', '.join(sorted({c.label for c in everything if c.log_group}))}."
        found.append(error("LF0664", (*path, "of"), fact, remedy))
    elif not named and not {(section, name), (section, "")} & plan.broken:
        labels = {c.label for c in everything if c.log_group}
        found.append(unknown("LF0203", (*path, "of"), "component with logs", spec.of, labels))
    for component in logged if text else ():
        yield Query(entry=entry, region=component.region, log_group=component.log_group, text=text)


def _text(path: Path, spec: QuerySpec, found: list[Diagnostic]) -> str:
    """Return the query, or nothing where a part of it is wrong."""
    commands = [f"fields {', '.join(map(quoted, spec.fields or SHOWN))}"]
    if spec.where is not None:
        try:
            commands.append(f"filter {expression(spec.where)}")
        except TextError as problem:
            remedy = f"{problem.remedy[:1].upper()}{problem.remedy[1:]}."
            told = error("LF0664", (*path, "where"), f"{problem.fact}.", remedy)
            found.append(replace(told, within=(problem.start, problem.end)))
            return ""
    if spec.count_by is not None:
        commands += [f"stats count(*) as hits by {quoted(spec.count_by)}", "sort hits desc"]
    else:
        commands.append("sort @timestamp desc")
    return "\n| ".join([*commands, f"limit {MOST_ROWS}"])


def quoted(field: str) -> str:
    """Return the name of a field as a query has it; a back-tick in one cannot be said, and goes."""
    return field if PLAIN.fullmatch(field) else f"`{field.replace('`', '')}`"


def expression(text: str) -> str:
    """Return a filter on one line; raises `TextError` where it is more than a filter, or half of one."""
    at, opened = 0, list[int]()
    while at < len(text):
        character = text[at]
        if character in QUOTES and not (character == "/" and not _begins_pattern(text, at)):
            at = _closed(text, at)
        elif character in "|#":
            fact = f"'{character}' would end the filter"
            raise TextError(fact, "put it in quotes where it is meant as text", at, at + 1)
        elif character == "(":
            opened.append(at)
        elif character == ")":
            if not opened:
                raise TextError("this parenthesis closes none", "take it out", at, at + 1)
            opened.pop()
        at += 1
    if opened:
        raise TextError("this parenthesis is not closed", "close it", opened[-1], opened[-1] + 1)
    return " ".join(text.split("\n")).strip()


def _begins_pattern(text: str, at: int) -> bool:
    """Tell whether a slash begins a regular expression: after `like`, `=~`, `in [`, `,` or `(`, else it divides."""
    return bool(re.search(r"(\blike|=~|\[|,|\()\s*$", text[:at]))


def _closed(text: str, at: int) -> int:
    """Return where what is opened here is closed."""
    closing, end = text[at], at + 1
    while end < len(text) and text[end] != closing:
        end += 2 if text[end] == "\\" and closing != "`" else 1
    if end >= len(text):
        raise TextError(f"this {QUOTES[closing]} is not closed", f"close it with {closing}", at, at + 1)
    return end
