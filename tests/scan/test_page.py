"""The page of scan says what the code looks at, part by part and rule by rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import CodeType, FunctionType

from landform.proof import prove
from landform.scan import refusals
from landform.scan.elsewhere import BY_SETTING, DATA, LOGS
from landform.scan.guards import HANDED_TO, HANDS_OUT
from landform.scan.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "scan.md"


def test_the_page_has_each_rule_and_each_argument_that_lets_something_out(golden: Callable[[str, str], None]) -> None:
    page = with_rows(PAGE.read_text("utf-8"), "| code | rule | why |", rules())
    golden("../../docs/scan.md", with_rows(page, "| what | by which |", outlets()))


def test_the_page_has_each_part_of_the_proof() -> None:
    shown = re.findall(r"^\| (\w+) \|", PAGE.read_text("utf-8").partition("## The rules")[0], re.MULTILINE)
    assert shown == ["part", *map(str.lower, re.findall(r"^- \*(\w+)\*", prove.__doc__ or "", re.MULTILINE))]


def test_each_rule_has_a_code() -> None:
    assert [rule.__name__ for rule in RULES if not codes(rule)] == []


def with_rows(page: str, head: str, rows: Iterable[str]) -> str:
    """The page with these rows in the table that has this head."""
    before, found, rest = page.partition(f"{head}\n")
    assert found, f"the page has no table {head}"
    return f"{before}{head}\n{'|---' * (head.count('|') - 1)}|\n{''.join(rows)}\n{rest.partition(chr(10) * 2)[2]}"


def rules() -> Iterator[str]:
    for rule in RULES:
        if not rule.__module__.startswith(refusals.__name__):
            why = " ".join((rule.__doc__ or "").split()).replace("|", r"\|")
            yield f"| {', '.join(codes(rule))} | {rule.__name__.replace('_', ' ')} | {why} |\n"


def outlets() -> Iterator[str]:
    by_argument = (f"{code(kind)} ({', '.join(map(code, names))})" for kind, names in HANDED_TO.items())
    looked_at = {
        "to another account, or to all (LF0805)": by_argument,
        "whatever they say (LF0805)": map(code, HANDS_OUT),
        "data, to a bucket that neither plan nor edge answers for (LF0805)": map(code, DATA),
        "logs, to such a bucket (of your own files LF0815, else LF0805)": map(code, sorted({*LOGS, *BY_SETTING})),
    }
    yield from (f"| {what} | {', '.join(kinds)} |\n" for what, kinds in looked_at.items())


def code(name: str) -> str:
    return f"`{name}`"


def codes(function: Callable[..., object]) -> list[str]:
    """The codes that stand in a function and in those of the scan that it calls."""
    found: set[str] = set()
    seen: set[object] = set()
    remaining: list[object] = [function]
    while remaining:
        each = remaining.pop()
        if isinstance(each, FunctionType) and each not in seen and each.__module__.startswith("landform.scan"):
            seen.add(each)
            for within in _within(each.__code__):
                found.update(c for c in within.co_consts if isinstance(c, str) and re.fullmatch(r"LF\d{4}", c))
                remaining += [each.__globals__.get(name) for name in within.co_names]
    return sorted(found)


def _within(own: CodeType) -> Iterator[CodeType]:
    yield own
    for constant in own.co_consts:
        if isinstance(constant, CodeType):
            yield from _within(constant)
