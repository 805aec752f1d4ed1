"""A name that nothing has, and what comes nearest to it."""

from collections.abc import Iterable
from typing import Final

from landform.diagnostics import Diagnostic, Path, error
from landform.suggest import nearest

REFRESH: Final = "If AWS has it by now: `landform catalog refresh`."
UPDATE: Final = "If SageMaker takes it by now: update landform, which brings the list of its types."
"""The types that SageMaker takes are of no price list or API that a refresh reads, but of its service model."""


def refresh(region: str) -> str:
    """Say how to look whether a region has it by now."""
    return f"If {region} has it by now: `landform catalog refresh {region}`."


def unknown(code: str, path: Path, what: str, name: str, known: Iterable[str], *, rest: str = "") -> Diagnostic:
    """Say that nothing is called `name`, and what comes nearest."""
    known = sorted(known)
    close = nearest(name, known)
    listed = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    remedy = f"Did you mean '{close[0]}'?" if close else f"There are: {listed}." if known else rest
    return error(code, path, f"unknown {what} '{name}'.", remedy or f"No {what} is declared.")
