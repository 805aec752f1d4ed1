"""What is to be done before an apply, one step after the other, and what is in its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from landform.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the account: what is made or put right, and how."""

    says: str
    act: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Work:
    """The steps that are left, and what stands in the way of them."""

    steps: tuple[Step, ...] = ()
    found: tuple[Diagnostic, ...] = ()

    def __add__(self, other: Work) -> Work:
        """Do one after the other."""
        return Work((*self.steps, *other.steps), (*self.found, *other.found))
