"""What is to be said of permissions that the spec writes in AWS's own words: that they are there, and when they end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from landform.diagnostics import Diagnostic, Path, dotted, error, warning
from landform.plan import Plan
from landform.spec.allows import Allow


def open_doors(plan: Plan) -> tuple[Diagnostic, ...]:
    """Report every one, for whoever reads a scan: no edge explains it."""
    return tuple(
        warning(
            "LF0816",
            path,
            f"{dotted(path[:-2])} may {', '.join(own.actions)} on {', '.join(own.resources)} until {own.until},"
            f" because {own.why}.",
            "No edge means this; take it out once one does, or once it is not needed.",
        )
        for path, own in _raw(plan)
    )


def expired(plan: Plan, today: date) -> tuple[Diagnostic, ...]:
    """Report those whose last day is over; only the commands know what day it is."""
    return tuple(
        error(
            "LF0504",
            (*path, "until"),
            f"this permission ended on {own.until}.",
            "Take it out, or say until when it is needed still, and why.",
        )
        for path, own in _raw(plan)
        if own.until < today
    )


def _raw(plan: Plan) -> Iterator[tuple[Path, Allow]]:
    """Yield each with its place; what runs in several regions says it once."""
    found = {
        (*workload.path, "allows", number): own
        for workload in plan.workloads
        for number, own in enumerate(workload.spec.allows)
    }
    yield from found.items()
