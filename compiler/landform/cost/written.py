"""cost.json: what a system costs, for people who review it and for programs."""

from collections.abc import Iterator
from typing import Any, Final

from landform.catalog.rates import NAMES, Rate
from landform.cost.model import ASSUMPTIONS, Cost, Ends, Entry, Line, Unpriced, monthly
from landform.diagnostics import dotted
from landform.plan import Plan

CENTS: Final = 2
FINE: Final = 6
"""Digits of a month's price, and of an hour's."""


def rows(plan: Plan, own: Cost) -> dict[str, Any]:
    """Return the content of cost.json."""
    return {
        "catalog": plan.catalog.date,
        "currency": "USD",
        **_ends(own.hourly),
        "verdict": verdict(own),
        "entries": {dotted(entry.path): entry_row(entry) for entry in own.entries},
        "unpriced": [f"{dotted(path)}: {each}" for path, each in own.unpriced],
        "assumptions": list(ASSUMPTIONS),
        "prices": {name: {"date": source.date, "source": source.origin} for name, source in own.sources.items()}
        | {name: _price(rate) for name, rate in _rates(plan, own)},
    }


def verdict(own: Cost) -> str:
    """Say what the range is worth: with anything unpriced it is where the bill begins."""
    return "at least" if own.unpriced else "between"


def _rates(plan: Plan, own: Cost) -> Iterator[tuple[str, Rate]]:
    """Yield what has a rate, with it; of several regions that ask differently, each by itself."""
    used = {(line.what, line.region) for entry in own.entries for line in entry.lines}
    for item, name in NAMES.items():
        asked = {at: rate for what, at in sorted(used) if what == name and (rate := plan.catalog.rate(item, at))}
        if len({(rate.date, rate.source) for rate in asked.values()}) == 1:
            yield name, next(iter(asked.values()))
        else:
            yield from ((f"{name} in {region}", rate) for region, rate in asked.items())


def _price(rate: Rate) -> dict[str, Any]:
    return {"date": rate.date, "source": rate.source, **({"estimated": True} if rate.estimated else {})}


def entry_row(entry: Entry) -> dict[str, Any]:
    """Return what cost.json says of an entry."""
    unpriced = [_unpriced(each) for each in entry.unpriced]
    return {**_ends(entry.hourly), "lines": [_line(line) for line in entry.lines], "unpriced": unpriced}


def _unpriced(each: Unpriced) -> dict[str, str]:
    return {"what": each.what, "region": each.region, "why": each.why}


def _line(line: Line) -> dict[str, Any]:
    return {
        "what": line.what,
        "region": line.region,
        "quantity": _pair(line.quantity, FINE),
        "usd_per_hour_each": _pair(line.price, FINE + 3),
        "hourly": _pair(line.hourly, FINE),
        **({"estimated": True} if line.estimated else {}),
    }


def _ends(hourly: Ends) -> dict[str, Any]:
    return {"hourly": _pair(hourly, FINE), "monthly": _pair(monthly(hourly), CENTS)}


def _pair(ends: Ends, digits: int) -> dict[str, float]:
    return {"low": round(ends[0], digits), "high": round(ends[1], digits)}
