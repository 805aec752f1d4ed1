"""An explanation as text for people: headings, indented facts, where the spec asks for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Paint = Callable[[str, str], str]
Facts = Mapping[str, Any]

BOLD, FAINT, GREEN, YELLOW, RED = "1", "2", "32", "33", "31"

FEW: Final = 6
"""Instance types that are listed one by one; the rest is counted."""


def painted(text: str, code: str) -> str:
    """Return a text in a colour, or bold."""
    return f"\x1b[{code}m{text}\x1b[0m"


def plain(text: str, code: str) -> str:
    """Return a text as it is."""
    del code
    return text


def entry_text(facts: Facts, paint: Paint) -> Iterator[str]:
    """Yield the lines of an entry."""
    title = facts["address"] or facts["edge"] or facts["entry"]
    yield f"{paint(title, BOLD)}  {paint(_place(facts), FAINT)}"
    if title != facts["entry"]:
        yield f"  comes from {facts['entry']}"
    if facts["watch"]:
        yield from _watch(facts["watch"], paint)
    yield from _modules(facts["modules"], paint)
    yield from _identities(facts, paint)
    yield from _users(facts["used_by"], paint)
    for each in facts["instances"]:
        yield from _types(each, paint)
    if facts["addresses"]:
        yield f"  {paint('addresses', BOLD)}"
        yield from (f"    {line}" for line in _blocks(facts["addresses"]))
    for each in facts["moves"]:
        yield from _move(each, paint)
    yield from _watched(facts, paint)
    yield from _cost(facts["cost"], paint)


def system_text(facts: Facts, paint: Paint) -> Iterator[str]:
    """Yield the lines of a whole system."""
    name = f"{facts['system']} ({facts['environment']})"
    yield f"{paint(name, BOLD)}  account {facts['account']}, {', '.join(facts['regions'])}"
    width = max((len(each["entry"]) for each in facts["entries"]), default=0)
    for each in facts["entries"]:
        made = f"{each['resources']:>3} resource blocks" if each["modules"] else "no resource blocks "
        more = f", {each['unpriced']} unpriced" if each["unpriced"] else ""
        where = paint(_place(each), FAINT)
        spent = spending(each["monthly"], each["unpriced"], each["by_use"])
        yield f"  {each['entry']:<{width}}  {made}  {spent:>41}{more}  {where}"
    yield f"  {facts['permissions']} permissions, each with its edge: `landform explain SPEC NAME`, or grants.json"
    if facts["addresses"]:
        yield f"  {paint('addresses', BOLD)}"
        yield from (f"    {line}" for line in _blocks(facts["addresses"]))
    yield from _money(facts["cost"], paint)


def usd(ends: Mapping[str, float]) -> str:
    """Return a range of money."""
    low, high = ends["low"], ends["high"]
    return f"{low:,.2f} USD" if low == high else f"{low:,.2f} to {high:,.2f} USD"


def spending(monthly: Mapping[str, float], unpriced: int, by_use: int) -> str:
    """Return what is known of the cost of something: of what has no price, zero would say too little."""
    if unpriced and not monthly["high"]:
        return "paid by use" if by_use == unpriced else "not priced"
    return f"{'at least ' if unpriced else ''}{usd(monthly)} a month"


def _place(facts: Facts) -> str:
    return f"{facts['file']}:{facts['line']}:{facts['column']}"


def _modules(modules: list[Facts], paint: Paint) -> Iterator[str]:
    for module in modules:
        inside = module["resources"]
        head = f"{module['address']}: modules/{module['source']} in {module['region']}"
        yield f"  {paint('becomes', BOLD)} {head}"
        if len(inside) > 1:
            yield "    of these resources of the module a plan makes what the spec asks for:"
        elif not inside:
            yield "    (the project has no such module yet: `landform compile` puts it there)"
        yield from (f"    {each.removeprefix(module['address'] + '.')}" for each in inside)


def _identities(facts: Facts, paint: Paint) -> Iterator[str]:
    for identity in facts["identities"]:
        yield f"  {paint('has the role', BOLD)} {identity['role'].rpartition('/')[2]}"
        edge = reason = ""
        for permission in identity["permissions"]:
            if permission["edge"] != edge:
                where = paint(f"{permission['file']}:{permission['line']}", FAINT)
                yield f"    {permission['edge']}  {where}"
                edge, reason = permission["edge"], ""
            yield f"      {paint(', '.join(permission['actions']), GREEN)}"
            yield from (f"        on {resource}" for resource in permission["resources"])
            yield from (f"        if {line}" for line in _conditions(permission["condition"]))
            if permission["why"] != reason:
                reason = permission["why"]
                yield f"        because {reason}"


def _conditions(condition: Mapping[str, Mapping[str, list[str]]]) -> Iterator[str]:
    for operator, keys in condition.items():
        for key, values in keys.items():
            yield f"{key} {operator} {' or '.join(values)}"


def _users(users: list[Facts], paint: Paint) -> Iterator[str]:
    if users:
        yield f"  {paint('used by', BOLD)}"
    for each in users:
        yield f"    {each['by']} {each['verb']} it in {each['region']}  {paint(_place(each), FAINT)}"


def _types(facts: Facts, paint: Paint) -> Iterator[str]:
    yield f"  {paint('instance types', BOLD)} in {facts['region']}, asked for: {facts['asked']}"
    for each in facts["chosen"][:FEW]:
        size = f"{each['vcpus']} vCPU, {each['memory_gib']:g} GiB"
        size += f", {each['accelerator']}" if each["accelerator"] else ""
        prices = [f"{each[kind]:g} USD/h {said}" for kind, said in _MARKETS.items() if each[kind] is not None]
        price = "; ".join([*prices, *(["estimated"] if each["estimated"] else [])]) or "no price is recorded"
        yield f"    {paint('+', GREEN)} {each['type']}: {size}; {price}; {', '.join(each['zones'])}".rstrip("; ")
    if len(facts["chosen"]) > FEW:
        yield f"    {paint('+', GREEN)} and {len(facts['chosen']) - FEW} more: {_names(facts['chosen'][FEW:])}"
    for each in facts["rejected"]:
        listed = ", ".join(each["types"]) + (", …" if each["count"] > len(each["types"]) else "")
        yield f"    {paint('-', YELLOW)} {each['why']}: {listed}" + (f" ({each['count']})" if each["count"] > 1 else "")


_MARKETS: Final = {"on_demand": "on demand", "spot": "at the spot price"}


def _names(kinds: list[Facts]) -> str:
    return ", ".join(each["type"] for each in kinds)


def _move(facts: Facts, paint: Paint) -> Iterator[str]:
    yield f"  {paint('moved', BOLD)} to `platform: {facts['to']}`, by the table of {facts['read']}"
    for key, sign, colour in (("loses", "-", RED), ("gains", "+", GREEN), ("otherwise", "~", YELLOW)):
        yield from (f"    {paint(sign, colour)} {line}" for line in facts[key])


def _blocks(blocks: list[Facts]) -> Iterator[str]:
    for each in blocks:
        head = each.get("zone") or f"{each['region']}: {each.get('vpc', 'VPC')}"
        tiers = [f"{tier} {each[tier]}" for tier in ("block", "public", "private", "isolated") if tier in each]
        yield f"{head} {', '.join(tiers)}"


def _watch(facts: Facts, paint: Paint) -> Iterator[str]:
    labels = f"; labels: {facts['labels']['of']}" if facts["labels"] else ""
    told = " and ".join(facts["tells"]) or "nobody"
    yield f"  {paint('watches', BOLD)} {facts['of']}, {facts['share']}% of its requests: {facts['captured']}{labels}"
    yield f"    tells {told} when something drifts and when that is over; false alarms: {facts['false_alarms']}"
    if facts["loop"]:
        yield from _loop(facts["loop"], told, paint)
    else:
        yield "    nothing else follows: without `then` no model is trained"


def _loop(loop: Facts, told: str, paint: Paint) -> Iterator[str]:
    """Draw a loop: down its steps, with the ways out of each, and from the last to the first."""
    width = max(len(step["name"]) for step in loop["steps"])
    yield f"  {paint('loop', BOLD)}  {paint(_place(loop), FAINT)}"
    *steps, last = loop["steps"]
    for step in steps:
        corner = "╭─▶" if step is steps[0] else "│  "
        yield f"    {corner} {paint(step['name'].ljust(width), GREEN)}  {step['says']}"
        yield from (f"    │      ├─▶ {paint(way['way'], YELLOW)}: {way['when']}" for way in step["ways_out"])
        yield "    │      ▼"
    yield f"    ╰─── {paint(last['name'].ljust(width - 1), GREEN)}  {last['says']}"
    yield f"    page, unlabelled, broken, failed, rejected: {told} told; a step that cannot be done has failed"
    yield f"    {loop['attempts']} in a row broken, failed or rejected: stopped until no alarm stands any more"


def _watched(facts: Facts, paint: Paint) -> Iterator[str]:
    if facts["alarms"]:
        yield f"  {paint('alarms', BOLD)}"
    for each in facts["alarms"]:
        yield f"    {each['when']}, of {each['of']} in {each['region']}: {each['name']}  {paint(_place(each), FAINT)}"
        yield f"      tells {' and '.join(each['tells']) or 'nobody'}, because {each['why']}"
    for each in facts["queries"]:
        yield f"  {paint('query', BOLD)} {each['name']} on {each['log_group']} in {each['region']}"
        yield from (f"    {line}" for line in each["text"].splitlines())
    if own := facts["budget"]:
        limit = f"{own['monthly']:,.2f} USD a month; tells {', '.join(own['tells'])}"
        yield f"  {paint('limits', BOLD)} {own['counts']} to {limit}"
        words = "at least " if own["unpriced"] else ""
        yield f"    the spec asks for {words}{usd(own['asked_for'])} a month"


def _cost(facts: Facts, paint: Paint) -> Iterator[str]:
    if not facts["lines"] and not facts["unpriced"]:
        return
    by_use = sum(each["why"] == "use" for each in facts["unpriced"])
    yield f"  {paint('costs', BOLD)} {spending(facts['monthly'], len(facts['unpriced']), by_use)}"
    for line in facts["lines"]:
        count = _count(line["quantity"])
        note = ", estimated" if line.get("estimated") else ""
        yield f"    {count} x {line['what']} in {line['region']}: {_hourly(line['hourly'])} an hour{note}"
    for each in facts["unpriced"]:
        reason = "paid by use" if each["why"] == "use" else "without a recorded price"
        yield f"    {reason}: {each['what']} in {each['region']}"


def _count(ends: Mapping[str, float]) -> str:
    low, high = sorted(ends.values())
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _hourly(ends: Mapping[str, float]) -> str:
    low, high = sorted(ends.values())
    return f"{low:.4f} USD" if low == high else f"{low:.4f} to {high:.4f} USD"


def _money(facts: Facts, paint: Paint) -> Iterator[str]:
    words = "at least " if facts["verdict"] == "at least" else ""
    yield f"  {paint('costs', BOLD)} {words}{usd(facts['monthly'])} a month, by the catalog of {facts['catalog']}"
    yield from (f"    assumed: {each}" for each in facts["assumptions"])
    yield from (f"    unpriced: {each}" for each in facts["unpriced"])
    yield from (f"    priced by {each['date']}: {name}, {each['source']}" for name, each in facts["prices"].items())
