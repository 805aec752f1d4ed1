"""Hostile and broken text: refused with a code and a place, quickly, and never with a crash."""

from __future__ import annotations

import json
import os
import resource
import time
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from landform.scalar import Unclear, resolve
from landform.source import MAX_BYTES, MAX_DEPTH, MAX_NODES, parse, read

BILLION_LAUGHS = b"a: &a [x, x]\n" + b"".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}, *{chr(97 + i)}]\n".encode() for i in range(20)
)

HOSTILE: dict[str, tuple[bytes, str, int, int]] = {
    "alias": (b"a: &x 1\nb: *x", "LF0103", 1, 4),
    "alias bomb": (BILLION_LAUGHS, "LF0103", 1, 4),
    "alias to nothing": (b"a: *nothing", "LF0103", 1, 4),
    "alias as a key": (b"*a : b", "LF0103", 1, 1),
    "anchor": (b"a:\n  b: &x 1", "LF0103", 2, 6),
    "merge key": (b"a:\n  <<: {b: 1}", "LF0103", 2, 3),
    "python object": (b"a: !!python/object/apply:os.system [ls]", "LF0103", 1, 4),
    "own tag": (b"a: !include x.yaml", "LF0103", 1, 4),
    "tag on a mapping": (b"a: !!set {b}", "LF0103", 1, 4),
    "YAML 1.1": (b"%YAML 1.1\n---\na: 1", "LF0103", 1, 1),
    "two documents": (b"a: 1\n---\nb: 2", "LF0103", 2, 1),
    "list as a key": (b"? [a]\n: b", "LF0103", 1, 3),
    "mapping as a key": (b"{a: 1}: b", "LF0103", 1, 1),
    "nested lists": (b"a: " + b"[" * 100_000, "LF0105", 1, 4 + MAX_DEPTH - 1),
    "nested mappings": (b"{a: " * 100_000, "LF0105", 1, 1 + 4 * MAX_DEPTH),
    "nested blocks": (b"- " * 100_000, "LF0105", 1, 1 + 2 * MAX_DEPTH),
    "braces": (b"{" * 100_000, "LF0103", 1, 2),
    "too large": (b"a: " + b"x" * 50_000_000, "LF0105", 1, 1),
    "duplicate key": (b"a: 1\nb: 2\na: 3", "LF0104", 3, 1),
    "duplicate key below": (b"a:\n  - {b: 1, c: 2, 'b': 3}", "LF0104", 2, 18),
    "tab for indentation": (b"a:\n\tb: 1", "LF0102", 2, 1),
    "tab behind spaces": (b"a:\n  b: 1\n \tc: 1", "LF0102", 3, 2),
    "UTF-16": ("a: 1".encode("utf-16"), "LF0102", 1, 1),
    "UTF-16 without mark": ("a: 1".encode("utf-16-le"), "LF0102", 1, 2),
    "UTF-32": ("a: 1".encode("utf-32-be"), "LF0102", 1, 1),
    "NUL": (b"a: 1\nb: x\x00", "LF0102", 2, 5),
    "escape": (b"a: \x1b[31m", "LF0102", 1, 4),
    "escaped NUL": (b'a: "x\\0"', "LF0102", 1, 4),
    "delete": (b"a: \x7f", "LF0102", 1, 4),
    "line separator": ("a: x\u2028y".encode(), "LF0102", 1, 5),
    "right-to-left override": ("a: x\u202ey".encode(), "LF0102", 1, 5),
    "second byte order mark": (b"a: 1\n\xef\xbb\xbfb: 2", "LF0102", 2, 1),
    "Latin 1": (b"a: caf\xe9", "LF0102", 1, 7),
    "cut UTF-8": (b"a: \xc3\xa9\nb: x\xc3", "LF0102", 2, 5),
    "surrogate": (b"a: \xed\xa0\x80", "LF0102", 1, 4),
    "open quote": (b"a: 'x\nb: 1", "LF0102", 2, 5),
    "no key": (b"{: 1}", "LF0102", 1, 2),
    "empty": (b"", "LF0202", 1, 1),
    "comment": (b"# nothing\n", "LF0202", 1, 1),
    "list": (b"- a\n", "LF0202", 1, 1),
    "text": (b"hello", "LF0202", 1, 1),
    "account": (b"account: 012345678901", "LF0106", 1, 10),
    "version": (b"python: 3.10", "LF0106", 1, 9),
    "no": (b"country: no", "LF0106", 1, 10),
    "time": (b"at: [1, 12:30:00]", "LF0106", 1, 9),
    "grouped": (b"size: 1_000", "LF0106", 1, 7),
    "hexadecimal": (b"id: 0x10", "LF0106", 1, 5),
    "nan": (b"lr: .nan", "LF0106", 1, 5),
    "inf": (b"lr: -.inf", "LF0106", 1, 5),
    "10 to the 400": (b"lr: 1e400", "LF0106", 1, 5),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_with_code_and_place(name: str) -> None:
    text, code, line, column = HOSTILE[name]
    start = time.perf_counter()
    spec, findings = parse(text, "f.yaml")
    assert time.perf_counter() - start < 1
    assert spec is None
    places = {(f.code, f.span.file, f.span.line, f.span.column) for f in findings if f.span}
    assert (code, "f.yaml", line, column) in places
    assert all(f.message.endswith(".") and f.remedy.endswith(".") for f in findings)


def test_too_many_nodes_are_refused() -> None:
    _, (finding,) = parse(b"a: [" + b"1," * (MAX_NODES + 1) + b"]", "f.yaml")
    assert finding.code == "LF0105"
    assert finding.span is not None
    assert finding.span.column == 2 * MAX_NODES - 1


def test_an_alias_bomb_takes_no_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    parse(BILLION_LAUGHS, "f.yaml")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_findings_without_end_are_cut() -> None:
    _, findings = parse(b"a: [" + b"no," * 150_000 + b"]", "f.yaml")
    assert len(findings) == 100


def test_both_lines_of_a_duplicate_key_are_named() -> None:
    _, (finding,) = parse(b"a: 1\nb: 2\na: 3", "f.yaml")
    assert "lines 1 and 3" in finding.message
    assert finding.related[0].span is not None
    assert finding.related[0].span.line == 1


def test_a_byte_order_mark_of_utf_8_is_legal() -> None:
    spec, findings = parse(b"\xef\xbb\xbfa: 1", "f.yaml")
    assert findings == ()
    assert spec is not None
    assert spec.data == {"a": 1}


def test_a_fifo_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "spec.yaml")
    _, (finding,) = read(tmp_path / "spec.yaml")
    assert finding.code == "LF0101"


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    with path.open("wb") as stream:
        stream.truncate(50 * MAX_BYTES)
    _, (finding,) = read(path)
    assert finding.code == "LF0105"


@given(st.one_of(st.binary(max_size=300), st.text(alphabet="ab:-[]{}&*!|>'\"%@`#?,.01_ \t\n\r\\~<=", max_size=80)))
@settings(max_examples=1000, deadline=None)
def test_no_text_crashes(text: bytes | str) -> None:
    spec, findings = parse(text if isinstance(text, bytes) else text.encode(), "f.yaml")
    assert (spec is None) == bool(findings)
    if spec is not None:
        json.dumps(spec.data, allow_nan=False)


PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | PRINTABLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PRINTABLE, inner, max_size=4),
    max_leaves=20,
)


class _Quoting(yaml.SafeDumper):
    """Quotes every text: left plain, PyYAML writes what only YAML 1.1 takes for text (1e3, 0o7, N)."""


_Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


@given(st.dictionaries(PRINTABLE, JSON, min_size=1, max_size=5), st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_a_program_writes_comes_back_equal(document: dict[str, object], flow: bool) -> None:
    text = yaml.dump(document, Dumper=_Quoting, default_flow_style=flow, sort_keys=False)
    spec, findings = parse(text.encode(), "f.yaml")
    assert findings == ()
    assert spec is not None
    assert json.dumps(spec.data) == json.dumps(document)


NUMBER_LIKE = st.from_regex(
    r"[-+.0-9a-fA-FoOxXeE_:]{1,12}|[-+]?0[box][0-9a-f_]{1,9}|[0-9_]{1,6}\.?[0-9_]*", fullmatch=True
)


@given(NUMBER_LIKE)
@example("09300000000000000000")
@settings(max_examples=1000, deadline=None)
def test_the_number_that_a_remedy_names_is_read(text: str) -> None:
    unclear = resolve(text)
    if isinstance(unclear, Unclear) and " where a number is" in unclear.remedy:
        named = unclear.remedy.rpartition(", ")[2].removesuffix(" where a number is.")
        assert isinstance(resolve(named), int | float)


@given(NUMBER_LIKE)
@settings(max_examples=1000, deadline=None)
def test_a_number_never_changes_on_the_way(text: str) -> None:
    spec, findings = parse(f"a: {text}".encode(), "f.yaml")
    if spec is None:
        assert {f.code for f in findings} <= {"LF0102", "LF0106"}
        return
    value = spec.data["a"]
    if isinstance(value, float):
        assert Decimal(repr(value)) == Decimal(text)
    else:
        assert str(value) == text
