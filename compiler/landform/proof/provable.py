"""What cannot be proven is a finding of its own, and hides nothing of what is beside it."""

from __future__ import annotations

from collections.abc import Iterator

from landform.diagnostics import Diagnostic, Path, error
from landform.proof.patterns import PolicyError


def provable(found: Iterator[Diagnostic], what: str, path: Path) -> Iterator[Diagnostic]:
    """Yield findings; where policies say what is not known here, that instead of the rest of them."""
    try:
        yield from found
    except PolicyError as why:
        yield unproven(what, path, why)


def unproven(what: str, path: Path, why: PolicyError) -> Diagnostic:
    """Report what cannot be proven, and why."""
    remedy = "Write conditions with the operator that their key takes, and as few of them as say what is meant."
    return error("LF0805", path, f"{what} cannot be proven: {why}.", remedy)
