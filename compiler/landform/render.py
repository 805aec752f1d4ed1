"""Diagnostics to text, JSON, SARIF and GitHub's workflow commands.

Pure functions; `cli` prints what they return. Whatever passes through here is searched for secrets first,
so that a finding beside one does not show it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from landform import __version__
from landform.codes import CODES
from landform.diagnostics import LINE_BREAK, Diagnostic, Severity, Span, dotted
from landform.secrets import redact

_Paint = Callable[[str, str], str]

_COLOURS: Final = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_BOLD: Final = "1"

_EXCERPT: Final = 100
"""Characters of a source line that are shown; a longer line is cut around the place."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def wants_colour(choice: str, *, terminal: bool, environment: Mapping[str, str]) -> bool:
    """Decide on colour: `always`, `never`, or `auto`: on a terminal without NO_COLOR (no-color.org)."""
    if choice != "auto":
        return choice == "always"
    return terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def to_text(
    diagnostics: Iterable[Diagnostic],
    texts: Mapping[str, str] | None = None,
    *,
    colour: bool = False,
) -> str:
    """Write a line for each finding and related place, with its source line where `texts` has it."""
    lines = {file: LINE_BREAK.split(redact(text)) for file, text in (texts or {}).items()}
    paint = _paint if colour else _plain
    out: list[str] = []
    for diagnostic in diagnostics:
        hue = _COLOURS[diagnostic.severity]
        head = paint(f"{diagnostic.severity}[{diagnostic.code}]", hue)
        out.append(f"{_where(diagnostic.span, paint)}{head}: {_shown(diagnostic.text)}")
        out += _excerpt(diagnostic.span, lines, paint, hue)
        for other in diagnostic.related:
            hue = _COLOURS[Severity.NOTE]
            out.append(f"  {_where(other.span, paint)}{paint('note', hue)}: {_shown(other.message)}")
            out += _excerpt(other.span, lines, paint, hue)
    return "".join(f"{line}\n" for line in out)


def safe(line: str, *, colour: bool = False) -> str:
    """Make a line of any report fit to be printed; what colours it stays where that is meant."""
    if not colour:
        return _shown(line)
    return "\x1b[".join(_shown(part) for part in line.split("\x1b["))


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Count them in a line: ``1 error, 2 warnings``."""
    counted = Counter(d.severity for d in diagnostics)
    parts = [f"{n} {severity}{'s' if n > 1 else ''}" for severity in Severity if (n := counted[severity])]
    return ", ".join(parts) or "no findings"


def to_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Write an array of objects; `line` and `column` count from 1, the end is exclusive, unknown is null."""
    return json.dumps(as_objects(diagnostics), indent=2, ensure_ascii=False) + "\n"


def as_objects(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Return findings as the objects that JSON has of them."""
    return [_object(d) for d in diagnostics]


def to_sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """Write SARIF 2.1.0 (OASIS, 2020), as code-scanning services read it; every code is a rule."""
    rules = [{"id": code, "shortDescription": {"text": meaning}} for code, meaning in sorted(CODES.items())]
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    driver = {"name": "landform", "version": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [{"ruleIndex": index[d.code], **_result(d)} for d in diagnostics],
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def to_github(diagnostics: Iterable[Diagnostic]) -> str:
    """Write GitHub's workflow commands, which become annotations of a pull request."""
    return "".join(f"{_command(d)}\n" for d in diagnostics)


# Text


def _shown(text: str) -> str:
    """Make a text fit to be printed: no secret, one line, no character that a terminal would obey."""
    text = LINE_BREAK.sub(" ", redact(text))
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _plain(text: str, code: str) -> str:
    return text


def _where(span: Span | None, paint: _Paint) -> str:
    return paint(f"{_shown(span.file)}:{span.line}:{span.column}:", _BOLD) + " " if span else ""


def _excerpt(span: Span | None, lines: Mapping[str, Sequence[str]], paint: _Paint, hue: str) -> list[str]:
    if span is None or span.line > len(lines.get(span.file, ())):
        return []
    line = lines[span.file][span.line - 1]
    begin = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    first = 0 if len(line) <= _EXCERPT else max(0, min(begin - _EXCERPT // 2, len(line) - _EXCERPT))
    shown = _CONTROL.sub("?", line[first : first + _EXCERPT]).replace("\t", " ")
    begin, end = begin - first, min(end - first, _EXCERPT)
    number, gap = f"{span.line:5}", " " * 5
    carets = "^" * max(1, _width(shown[begin:end]))
    return [f"{number} | {shown}".rstrip(), f"{gap} | {' ' * _width(shown[:begin])}{paint(carets, hue)}"]


def _width(text: str) -> int:
    """Columns that a terminal takes for a text."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


# JSON


def _object(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "message": redact(diagnostic.message),
        "remedy": redact(diagnostic.remedy),
        **_place(diagnostic.span),
        "path": dotted(diagnostic.path),
        "related": [{**_place(other.span), "message": redact(other.message)} for other in diagnostic.related],
    }


def _place(span: Span | None) -> dict[str, Any]:
    names = ("file", "line", "column", "end_line", "end_column")
    return {name: getattr(span, name, None) for name in names}


# SARIF


def _result(diagnostic: Diagnostic) -> dict[str, Any]:
    result: dict[str, Any] = {
        # One code may stand for many rules: ids of SARIF are hierarchical, the first part is its rule's (2.1.0, 3.5.4).
        "ruleId": f"{diagnostic.code}/{diagnostic.rule}" if diagnostic.rule else diagnostic.code,
        "level": str(diagnostic.severity),
        "message": {"text": redact(diagnostic.text)},
    }
    location = {**_physical(diagnostic.span), **_logical(diagnostic)}
    if location:
        result["locations"] = [location]
    related = [
        {"id": number, **_physical(other.span), "message": {"text": redact(other.message)}}
        for number, other in enumerate(diagnostic.related, start=1)
    ]
    if related:
        result["relatedLocations"] = related
    return result


def _physical(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {}
    from urllib.parse import quote

    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    file = {"uri": quote(span.file, errors="surrogateescape")}
    return {"physicalLocation": {"artifactLocation": file, "region": region}}


def _logical(diagnostic: Diagnostic) -> dict[str, Any]:
    path = dotted(diagnostic.path)
    return {"logicalLocations": [{"fullyQualifiedName": path}]} if path else {}


# GitHub


def _command(diagnostic: Diagnostic) -> str:
    kind = "notice" if diagnostic.severity is Severity.NOTE else str(diagnostic.severity)
    properties: dict[str, str | int] = {"title": diagnostic.code}
    span = diagnostic.span
    if span:
        properties |= {"file": span.file, "line": span.line, "col": span.column, "endLine": span.end_line}
        if span.end_line == span.line:
            properties["endColumn"] = max(span.column, span.end_column - 1)
    written = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in properties.items())
    notes = [f"{_where(other.span, _plain)}{other.message}" for other in diagnostic.related]
    return f"::{kind} {written}::{_escaped(redact(chr(10).join([diagnostic.text, *notes])))}"


def _escaped(text: str, more: str = "") -> str:
    return re.sub(rf"[%\r\n{more}]", lambda match: f"%{ord(match[0]):02X}", text)
