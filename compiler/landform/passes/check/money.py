"""Rules about money: what the spec asks for against what it says that a month may cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from landform.diagnostics import Diagnostic, Path, Related, dotted, error, note, warning
from landform.plan import Plan

if TYPE_CHECKING:
    from landform.cost.model import Cost, Ends

DEAREST: Final = 3
"""Entries that a finding names: where money is saved first."""


def the_budget_holds(plan: Plan) -> Iterator[Diagnostic]:
    """AWS Budgets tells of money that is spent already; the range of the spec says it before anything stands."""
    own = plan.system.budget
    if own is None:
        return
    # Reckoning takes modules and a price list that a spec without a budget does not need.
    from landform.cost import cost

    reckoned, path, limit = cost(plan), ("budget", "monthly"), float(own.monthly)
    low, high = reckoned.monthly
    if low > limit:
        fact = f"what the spec asks for costs at least {_usd(low)} a month, and the budget is {_usd(limit)}."
        yield error("LF0650", path, fact, "Ask for less, or raise the budget.", *_dearest(reckoned, 0))
    elif high > limit:
        fact = f"what the spec asks for may cost {_usd(high)} a month, at the least {_usd(low)}, of {_usd(limit)}."
        remedy = "Lower the most that fleets may grow to, or raise the budget."
        yield warning("LF0650", path, fact, remedy, *_dearest(reckoned, 1))
    if reckoned.unpriced:
        yield _left_out(reckoned, path)


def _left_out(reckoned: Cost, path: Path) -> Diagnostic:
    missing = list(dict.fromkeys(dotted(at) for at, each in reckoned.unpriced if each.why == "price"))
    unknown = f"has no recorded price for something of {', '.join(missing)}, and " if missing else ""
    fact = f"the range of costs {unknown}leaves out what is paid by use: it is the least, not the most."
    return note("LF0651", path, fact, "`landform explain` lists every line, assumption and source; so does cost.json.")


def _dearest(reckoned: Cost, end: int) -> tuple[Related, ...]:
    costly = sorted(reckoned.entries, key=lambda entry: (-entry.monthly[end], dotted(entry.path)))
    return tuple(
        Related(f"{dotted(entry.path)}: {_range(entry.monthly)} a month", entry.path)
        for entry in costly[:DEAREST]
        if entry.monthly[end]
    )


def _range(ends: Ends) -> str:
    low, high = ends
    return _usd(low) if round(low, 2) == round(high, 2) else f"{low:,.2f} to {_usd(high)}"


def _usd(amount: float) -> str:
    return f"{amount:,.2f} USD"


RULES = (the_budget_holds,)
