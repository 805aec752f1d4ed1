"""What landform tells its user: one fact, one place, one remedy.

Passes return diagnostics and never raise or print them; `cli` renders them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from landform.codes import CODES

Path = tuple[str | int, ...]
"""A place in the spec: ``("train", "graph", "reads", 0)``."""

LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
"""What ends a line, wherever lines are counted: as in YAML 1.2."""


class Severity(StrEnum):
    """How much a finding matters; only an error changes the exit status."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a file; lines and columns count from 1, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that a diagnostic speaks of."""

    message: str
    path: Path = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding. A pass gives `path`; `locate` adds the span that the path stands at.

    `within` are the characters of a text that the finding is about, where it is not about all of it; `rule` is what
    found it, where one code stands for many: a check of checkov, a refusal of AWS.
    """

    code: str
    severity: Severity
    message: str
    remedy: str = ""
    path: Path = ()
    span: Span | None = None
    related: tuple[Related, ...] = field(default=())
    within: tuple[int, int] | None = None
    rule: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"diagnostic code {self.code} is not listed in codes.py")

    @property
    def text(self) -> str:
        """Fact and remedy in one line."""
        return f"{self.message} {self.remedy}".strip()


def error(code: str, path: Path, message: str, remedy: str = "", *related: Related) -> Diagnostic:
    """Report what would not work, would be unsafe, or would cost without end."""
    return Diagnostic(code, Severity.ERROR, message, remedy, path, related=related)


def warning(code: str, path: Path, message: str, remedy: str = "", *related: Related) -> Diagnostic:
    """Report what works and is unwise."""
    return Diagnostic(code, Severity.WARNING, message, remedy, path, related=related)


def note(code: str, path: Path, message: str, remedy: str = "", *related: Related) -> Diagnostic:
    """Report what one may want to know."""
    return Diagnostic(code, Severity.NOTE, message, remedy, path, related=related)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether anything among them must stop the work."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def dotted(path: Path) -> str:
    """Write a spec path as people say it: ``train.graph.reads[0]``."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out


def with_span(diagnostic: Diagnostic, span: Span) -> Diagnostic:
    """Return the same finding at a known place."""
    return replace(diagnostic, span=span)
