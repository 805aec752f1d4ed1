"""Two compiled forms of one spec side by side: what each says, what one alone makes, what is made otherwise, money."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from landform.cost import cost
from landform.cost.written import rows
from landform.diagnostics import Path, dotted
from landform.explain.told import BOLD, FAINT, GREEN, RED, YELLOW, usd
from landform.lower.root import lower
from landform.plan import Plan
from landform.root import Module
from landform.source import Source, span_of

Paint = Callable[[str, str], str]
Facts = Mapping[str, Any]

_LONG: Final = 60
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its plan and where its values come from."""

    plan: Plan
    source: Source


def compared(own: Side, other: Side) -> dict[str, Any]:
    """Return what differs between two systems; of each difference `own` and `other`, null where there is none."""
    mine, theirs = (
        {f"module.{module.address}": _neutral(module, side.plan) for module in lower(side.plan).modules}
        for side in (own, other)
    )
    return {
        "own": _head(own),
        "other": _head(other),
        "values": list(_values(own.source, other.source)),
        "added": sorted(mine.keys() - theirs.keys()),
        "missing": sorted(theirs.keys() - mine.keys()),
        "changed": [
            {"module": address, "arguments": changed}
            for address in sorted(mine.keys() & theirs.keys())
            if (changed := _changed(mine[address], theirs[address]))
        ],
        "permissions": {"own": len(own.plan.grants), "other": len(other.plan.grants)},
    }


def _head(side: Side) -> dict[str, Any]:
    spent = rows(side.plan, cost(side.plan))
    system = side.plan.system
    return {
        "system": system.system,
        "environment": system.environment,
        "account": system.account,
        "files": [side.source.file, *(each.file for each in side.source.overlays)],
        "monthly": spent["monthly"],
        "verdict": spent["verdict"],
    }


def _values(own: Source, other: Source) -> Iterator[dict[str, Any]]:
    """Yield the values of the two specs that differ, in the order of the text; what one lacks whole is one value."""
    for path, mine, theirs in _differences(own.data, other.data, ()):
        said, there = _said(path, mine, own), _said(path, theirs, other)
        yield {"path": dotted(path), "own": said, "other": there}


def _differences(mine: Facts, theirs: Facts, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    for key in dict.fromkeys((*theirs, *mine)):
        here, one, two = (*path, key), mine.get(key), theirs.get(key)
        if isinstance(one, dict) and isinstance(two, dict):
            yield from _differences(one, two, here)
        elif one != two:
            yield here, one, two


def _said(path: Path, value: Any, source: Source) -> dict[str, Any] | None:
    if value is None:
        return None
    span = span_of(path, source)
    return {"value": value, "file": span.file, "line": span.line}


def _neutral(module: Module, plan: Plan) -> dict[str, str]:
    """Return the arguments of a module call as text, without what makes every name differ."""

    def plain(value: Any) -> str:
        text = json.dumps(value, default=_as_data, sort_keys=True)
        return text.replace(f"{plan.prefix}-", "{prefix}-").replace(plan.system.account, "{account}")

    return {name: plain(value) for name, value in module.variables.items()}


def _as_data(value: Any) -> Any:
    return [type(value).__name__, asdict(value)]


def _changed(mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    return sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))


def compared_text(facts: Facts, paint: Paint) -> Iterator[str]:
    """Yield the lines of a comparison: + stands in the first alone, - in the second alone, ~ in both otherwise."""
    own, other = facts["own"], facts["other"]
    yield f"{paint(_title(own), BOLD)} against {paint(_title(other), BOLD)}"
    if facts["values"]:
        yield f"  {paint('the spec says', BOLD)}"
        yield from (f"    {line}" for each in facts["values"] for line in _value(each, paint))
    if facts["added"] or facts["missing"] or facts["changed"]:
        yield f"  {paint('it becomes', BOLD)}"
        yield from (f"    {paint('+', GREEN)} {address}" for address in facts["added"])
        yield from (f"    {paint('-', RED)} {address}" for address in facts["missing"])
        for each in facts["changed"]:
            yield f"    {paint('~', YELLOW)} {each['module']}: {', '.join(each['arguments'])}"
    elif not facts["values"]:
        yield "  nothing differs"
    permissions = facts["permissions"]
    yield f"  {paint('permissions', BOLD)} {permissions['own']}, there {permissions['other']}"
    yield f"  {paint('costs', BOLD)} {_money(own)} a month, there {_money(other)}"


def _title(side: Facts) -> str:
    return f"{side['system']} ({side['environment']}, account {side['account']})"


def _money(side: Facts) -> str:
    return f"{'at least ' * (side['verdict'] == 'at least')}{usd(side['monthly'])}"


def _value(each: Facts, paint: Paint) -> Iterator[str]:
    own, other = each["own"], each["other"]
    if own and other:
        places = paint(f"{_place(own)}, there {_place(other)}", FAINT)
        yield f"{paint('~', YELLOW)} {each['path']}: {_shown(own)}, there {_shown(other)}  {places}"
    else:
        sign = paint("+", GREEN) if own else paint("-", RED)
        side = own or other
        yield f"{sign} {each['path']}: {_shown(side)}  {paint(_place(side), FAINT)}"


def _place(side: Facts) -> str:
    return f"{side['file']}:{side['line']}"


def _shown(side: Facts) -> str:
    value = side["value"]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"
