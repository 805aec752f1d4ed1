"""YAML text to plain data, with the place of every key and value.

Built over the parser's events with a stack of its own: composing nodes in C crashes on deep nesting, and
drops what a spec must not hold (duplicate keys, merge keys) without a word.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any, Final, NoReturn

import yaml
from yaml import CSafeLoader

from landform.diagnostics import LINE_BREAK, Diagnostic, Path, Related, Span, error, with_span
from landform.scalar import Unclear, resolve
from landform.secrets import find_secrets

MAX_BYTES: Final = 2 * 1024 * 1024
"""A spec of a thousand workloads takes a fifth of it."""
MAX_DEPTH: Final = 64
MAX_NODES: Final = 200_000
_MAX_FINDINGS: Final = 100

# What YAML 1.2 calls not printable, the breaks on which YAML 1.1 and 1.2 disagree, and the marks that make
# text read otherwise than it is stored (CVE-2021-42574).
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_KEYED_CODES: Final = frozenset({"LF0104", "LF0201"})
"""Findings about a key, not about its value."""
_MISSED_CODES: Final = frozenset({"LF0203", "LF0206"})
"""Findings about what is not there."""


@dataclass(frozen=True, slots=True)
class Source:
    """A spec as it was written: data in document order, and where each key and value stands."""

    file: str
    text: str
    data: dict[str, Any]
    spans: Mapping[Path, Span]
    key_spans: Mapping[Path, Span]
    overlays: tuple[Source, ...] = ()
    """What has been laid over it, in order; the places are then those of the file that each value came from."""
    removed: Mapping[Path, Span] = field(default_factory=dict)
    touched: Mapping[Path, Span] = field(default_factory=dict)
    """Where an overlay takes a key away, and where it changes some of a mapping."""

    @property
    def texts(self) -> dict[str, str]:
        """Return file → text of everything that was read."""
        return {each.file: each.text for each in (*self.overlays, self)}


def read(path: FilePath, shown_as: str | None = None) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """Read and parse a file; one that cannot be read is a finding (LF0101) like any other."""
    shown = shown_as or str(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None, (_unreadable(shown, "it is no regular file"),)
        with path.open("rb") as stream:
            text = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as problem:
        return None, (_unreadable(shown, str(getattr(problem, "strerror", None) or problem)),)
    return parse(text, shown)


def parse(text: bytes, file: str) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    """Turn YAML 1.2 in UTF-8 into data; there is a source exactly where there is no finding."""
    if len(text) > MAX_BYTES:
        limit = f"The limit is {MAX_BYTES // 1024**2} MiB: split the system into several specs."
        return None, (_at(Span(file, 1, 1, 1, 1), "LF0105", f"{file} is too large for a spec.", limit),)
    decoded = _decode(text, file)
    if isinstance(decoded, Diagnostic):
        return None, (decoded,)
    builder = _Builder(decoded, file)
    try:
        builder.run()
    except _StopError:
        pass
    except yaml.YAMLError as problem:
        builder.findings.append(_not_yaml(problem, file))
    findings = tuple(sorted((*builder.findings, *_secrets(decoded, file)), key=_place))
    if findings:
        return None, findings
    return Source(file, decoded, builder.root, builder.spans, builder.key_spans), ()


def locate(diagnostics: Iterable[Diagnostic], source: Source) -> tuple[Diagnostic, ...]:
    """Add the place that each path stands at, and sort by place."""

    def located(diagnostic: Diagnostic) -> Diagnostic:
        related = tuple(
            other if other.span else replace(other, span=span_of(other.path, source)) for other in diagnostic.related
        )
        span = diagnostic.span or span_of(diagnostic.path, source, key=diagnostic.code in _KEYED_CODES)
        if diagnostic.within and not diagnostic.span:
            span = _part(span, diagnostic.path, diagnostic.within, source)
        return replace(diagnostic, span=span, related=(*related, *_overlaid(diagnostic, source)))

    return tuple(sorted(map(located, diagnostics), key=_place))


def span_of(path: Path, source: Source, *, key: bool = False) -> Span:
    """Return where a path stands: a scalar itself, a collection by its key, what is missing by its nearest ancestor."""
    value: Any = source.data
    for part in path if path in source.spans else ():
        value = value[part]
    if path in source.spans and not key and not isinstance(value, dict | list):
        return source.spans[path]
    for length in range(len(path), 0, -1):
        found = source.key_spans.get(path[:length]) or source.spans.get(path[:length])
        if found:
            return found
    return Span(source.file, 1, 1, 1, 1)


def _overlaid(diagnostic: Diagnostic, source: Source) -> Iterator[Related]:
    """Name the overlay that has a part in a finding: it changes the entry, or takes away what is missed."""
    path = diagnostic.path
    if path in source.touched:
        yield Related("an overlay changes it here", path, source.touched[path])
    for gone, span in source.removed.items() if diagnostic.code in _MISSED_CODES else ():
        if {f"`{gone[-1]}`", f"'{gone[-1]}'"} & set(diagnostic.message.replace(".", " ").split()):
            yield Related("an overlay takes it away here", gone, span)


def _part(span: Span, path: Path, within: tuple[int, int], source: Source) -> Span:
    """Return the part of a text that a finding is about; all of it where it is folded or has escapes."""
    value: Any = source.data
    for part in path:
        value = value[part]
    quotes = span.end_column - span.column - len(value)
    if span.line != span.end_line or quotes not in (0, 2):
        return span
    first = span.column + quotes // 2
    return replace(span, column=first + within[0], end_column=first + max(within[0] + 1, within[1]))


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    span = diagnostic.span or Span("", 0, 0, 0, 0)
    return span.file, span.line, span.column, diagnostic.code, diagnostic.message


# Text


def _decode(text: bytes, file: str) -> str | Diagnostic:
    for mark in (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff"):
        if text.startswith(mark):
            fact = "the text is UTF-16 or UTF-32."
            return _at(Span(file, 1, 1, 1, 1), "LF0102", fact, "Save the file as UTF-8.")
    try:
        decoded = text.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as problem:
        before = problem.object[: problem.start].decode("utf-8")
        fact = f"byte 0x{problem.object[problem.start]:02x} is not UTF-8."
        return _at(_character(before, file), "LF0102", fact, "Save the file as UTF-8.")
    forbidden = _FORBIDDEN.search(decoded)
    if forbidden:
        fact = f"the text holds the control character U+{ord(forbidden[0]):04X}."
        return _at(_character(decoded[: forbidden.start()], file), "LF0102", fact, "Take it out.")
    return decoded


def _character(before: str, file: str) -> Span:
    """Give the place of the character that follows a stretch of text."""
    breaks = list(LINE_BREAK.finditer(before))
    line, column = len(breaks) + 1, len(before) - (breaks[-1].end() if breaks else 0) + 1
    return Span(file, line, column, line, column + 1)


def _secrets(text: str, file: str) -> Iterator[Diagnostic]:
    for line, column, kind in find_secrets(text):
        remedy = "Take it out, revoke it, and keep secrets in Secrets Manager; to AWS a workload has its role."
        yield _at(Span(file, line, column, line, column + 1), "LF0107", f"{kind} stands in the text.", remedy)


# Events


class _StopError(Exception):
    """Nothing after this can be made sense of."""


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been read."""

    path: Path
    value: dict[str, Any] | list[Any]
    start: Span
    wants_key: bool
    key: str = ""


@dataclass(slots=True)
class _Builder:
    text: str
    file: str
    root: Any = None
    spans: dict[Path, Span] = field(default_factory=dict)
    key_spans: dict[Path, Span] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0
    nodes: int = 0
    tabs: bool = False
    last: Span = field(init=False)

    def run(self) -> None:
        """Read to the end of the text, or to the first finding that leaves no sense in the rest."""
        parser, self.tabs = CSafeLoader(self.text), "\t" in self.text
        while not isinstance(event := parser.get_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.NodeEvent):
                self.node(event, self.span(event))
            elif isinstance(event, yaml.CollectionEndEvent):
                self.close(self.span(event))
            elif isinstance(event, yaml.DocumentStartEvent):
                self.document(event, self.span(event))
        if not isinstance(self.root, dict) and not self.findings:
            self.refuse_root()

    def document(self, event: yaml.DocumentStartEvent, span: Span) -> None:
        self.documents += 1
        if self.documents > 1:
            self.stop(span, "LF0103", "a second document begins here.", "Give each system a file of its own.")
        if event.tags or event.version not in (None, (1, 2)):
            self.report(span, "LF0103", "specs are YAML 1.2 without directives.", "Take the line out.")

    def node(self, event: yaml.NodeEvent, span: Span) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            limit = f"The limit is {MAX_NODES:,}: split the system into several specs."
            self.stop(span, "LF0105", "the text holds too many keys and values.", limit)
        if self.tabs:
            self.refuse_tab(event, span)
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor is not None or event.tag is not None:
                self.refuse_features(event, span)
            self.scalar(event, span)
        else:
            self.refuse_features(event, span)
            if self.stack and self.stack[-1].wants_key:
                self.stop(span, "LF0103", "a key is a list, a mapping or an alias.", "Keys are text.")
            if isinstance(event, yaml.AliasEvent):
                self.place(None, self.path(), span)
            else:
                self.open(isinstance(event, yaml.MappingStartEvent), span)

    def refuse_features(self, event: yaml.NodeEvent, span: Span) -> None:
        if event.anchor is not None:
            what = "an alias" if isinstance(event, yaml.AliasEvent) else "an anchor"
            self.report(span, "LF0103", f"{what} stands here.", "Write the value out: specs do without.")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.report(span, "LF0103", f"a tag stands here: {_cut(tag)}.", "Take it out: specs do without.")

    def open(self, mapping: bool, span: Span) -> None:
        if len(self.stack) == MAX_DEPTH:
            self.stop(span, "LF0105", f"the text is nested deeper than {MAX_DEPTH} levels.", "Flatten it.")
        self.stack.append(_Open(self.path(), {} if mapping else [], span, wants_key=mapping))

    def close(self, end: Span) -> None:
        done = self.stack.pop()
        if (end.line, end.column) == (end.end_line, end.end_column):  # a block ends where its last value does
            end = self.last
        start = done.start
        self.place(done.value, done.path, Span(self.file, start.line, start.column, end.end_line, end.end_column))

    def scalar(self, event: yaml.ScalarEvent, span: Span) -> None:
        text, plain = event.value, event.implicit[0]
        if event.style == '"' and _CONTROL.search(text):
            self.report(span, "LF0102", "the value holds a control character.", "Take it out.")
        if self.stack and self.stack[-1].wants_key:
            self.key(self.stack[-1], text, plain, span)
            return
        value = resolve(text) if plain else text
        if isinstance(value, Unclear):
            self.report(span, "LF0106", value.fact, value.remedy)
            value = text
        self.place(value, self.path(), span)

    def key(self, parent: _Open, text: str, plain: bool, span: Span) -> None:
        path = (*parent.path, text)
        if plain and text == "<<":
            self.report(span, "LF0103", "a merge key stands here.", "Write the keys out: specs do without.")
        elif plain and not text:
            self.report(span, "LF0102", "there is no key before the colon.", "Name it.")
        elif path in self.key_spans:
            first = self.key_spans[path]
            fact = f"the key '{_cut(text)}' stands twice, on lines {first.line} and {span.line}."
            self.report(span, "LF0104", fact, "Keep one of them.", Related("it stands here first", path, first))
        else:
            self.key_spans[path] = span
        parent.key, parent.wants_key = text, False

    def path(self) -> Path:
        """Where the next value goes."""
        if not self.stack:
            return ()
        parent = self.stack[-1]
        return (*parent.path, len(parent.value) if isinstance(parent.value, list) else parent.key)

    def place(self, value: object, path: Path, span: Span) -> None:
        self.spans[path] = self.last = span
        if not self.stack:
            self.root = value
            return
        parent = self.stack[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
        else:
            parent.value[parent.key] = value
            parent.wants_key = True

    def refuse_tab(self, event: yaml.Event, span: Span) -> None:
        end = event.start_mark.index if event.start_mark else 0
        before = self.text[end - span.column + 1 : end]
        if "\t" in before and before.isspace():
            self.report(span, "LF0102", "a tab stands in the indentation.", "Indent with spaces.")

    def refuse_root(self) -> None:
        what = {list: "the text is a list", type(None): "the file is empty"}.get(type(self.root), "the text is a value")
        remedy = "The smallest has version, system, account and regions."
        self.report(Span(self.file, 1, 1, 1, 1), "LF0202", f"{what}; a spec is a mapping.", remedy)

    def span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        assert start and end  # events of a parser have both; the type says otherwise for hand-made ones
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def report(self, span: Span, code: str, fact: str, remedy: str, *related: Related) -> None:
        self.findings.append(_at(span, code, fact, remedy, *related))
        if len(self.findings) == _MAX_FINDINGS:
            raise _StopError

    def stop(self, span: Span, code: str, fact: str, remedy: str) -> NoReturn:
        self.report(span, code, fact, remedy)
        raise _StopError


# Findings

_REMEDIES: Final = {
    "mapping values are not allowed in this context": "Quote the value, or check the indentation.",
    "could not find expected ':'": "Put a colon and a space behind the key.",
    "did not find expected key": "Check the indentation, and quotes inside quotes.",
    "did not find expected ',' or ']'": "Close the list, or add the comma.",
    "did not find expected ',' or '}'": "Close the mapping, or add the comma.",
    "found unexpected end of stream": "Close the quote.",
    "found character that cannot start any token": "Quote the value; indent with spaces, not with tabs.",
}


def _not_yaml(problem: yaml.YAMLError, file: str) -> Diagnostic:
    mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = str(getattr(problem, "problem", None) or getattr(problem, "reason", None) or "it cannot be read")
    remedy = _REMEDIES.get(said, "Check the indentation and the quotes.")
    return _at(Span(file, line, column, line, column + 1), "LF0102", f"this is not YAML: {said}.", remedy)


def _unreadable(file: str, why: str) -> Diagnostic:
    return _at(Span(file, 1, 1, 1, 1), "LF0101", f"{file} cannot be read: {why}.", "Name a file with a spec.")


def _at(span: Span, code: str, fact: str, remedy: str, *related: Related) -> Diagnostic:
    return with_span(error(code, (), fact, remedy, *related), span)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
