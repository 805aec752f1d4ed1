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
    yield from _gaps(reckoned, plan)
    if reckoned.unpriced:
        yield _left_out(reckoned, path)


def _gaps(reckoned: Cost, plan: Plan) -> Iterator[Diagnostic]:
    """Yield what a refresh may find: until then nobody can say whether the budget holds it."""
    date, budget = plan.catalog.date, ("budget", "monthly")
    for at, each in reckoned.unpriced:
        if each.why == "catalog":
            fact = f"the catalog of {date} has no price of {each.what} in {each.region}, so no budget can hold it."
            remedy = f"Read it from AWS: `landform catalog refresh {each.region}`; or leave the budget out until then."
            if at[0] in plan.system.model_fields_set:
                yield error("LF0652", at, fact, remedy, Related("the budget stands here", budget))
            else:
                # Nobody wrote a line of what is there by default, a network.
                yield error("LF0652", budget, fact, remedy)


def _left_out(reckoned: Cost, path: Path) -> Diagnostic:
    """What stands and has no price makes the verdict "at least", whatever the budget; so does what is paid by use."""
    unknown = list(dict.fromkeys((dotted(at), each.what) for at, each in reckoned.unpriced if each.why != "use"))
    remedy = "`landform explain` lists every line, assumption and source; so does cost.json."
    stale = sorted({each.region for _, each in reckoned.unpriced if each.why == "range"})
    if stale:
        remedy = f"Read what is missing from AWS: `landform catalog refresh {' '.join(stale)}`. {remedy}"
    least = f"what the spec asks for costs at least {_usd(reckoned.monthly[0])} a month"
    if not unknown:
        return note("LF0651", path, f"{least}: what is paid by use comes on top.", remedy)
    named = "; ".join(f"{what} of {entry}" for entry, what in unknown[:DEAREST])
    more = f"; and {len(unknown) - DEAREST} more" if len(unknown) > DEAREST else ""
    fact = f"{least}: no price is recorded of {named}{more}, and what is paid by use comes on top."
    return warning("LF0651", path, fact, remedy)


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
