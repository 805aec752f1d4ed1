"""YAML to data with positions."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from landform.diagnostics import Related, Span, error
from landform.source import Source, locate, parse, read

SPEC = b"""\
version: 1
system: fraud  # a comment
machines:
  workbench:
    reads: [transactions, models]
    tags: {team: risk}
    disk:
"""


def source(text: bytes) -> Source:
    read_back, findings = parse(text, "f.yaml")
    assert findings == ()
    assert read_back is not None
    return read_back


def refused(text: bytes) -> list[tuple[str, int, int]]:
    nothing, findings = parse(text, "f.yaml")
    assert nothing is None
    return [(f.code, f.span.line, f.span.column) for f in findings if f.span]


def test_data_keeps_the_order_of_the_document() -> None:
    data = source(SPEC).data
    assert list(data) == ["version", "system", "machines"]
    assert data["machines"]["workbench"] == {
        "reads": ["transactions", "models"],
        "tags": {"team": "risk"},
        "disk": None,
    }


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("version",), (1, 10, 1, 11)),
        (("system",), (2, 9, 2, 14)),
        (("machines",), (4, 3, 7, 10)),
        (("machines", "workbench", "reads"), (5, 12, 5, 34)),
        (("machines", "workbench", "reads", 1), (5, 27, 5, 33)),
        (("machines", "workbench", "disk"), (7, 10, 7, 10)),
        ((), (1, 1, 7, 10)),
    ],
)
def test_each_value_knows_its_place(path: tuple[str | int, ...], place: tuple[int, ...]) -> None:
    assert source(SPEC).spans[path] == Span("f.yaml", *place)


def test_each_key_knows_its_place() -> None:
    assert source(SPEC).key_spans[("machines", "workbench", "tags", "team")] == Span("f.yaml", 6, 12, 6, 16)


def test_keys_are_text_whatever_they_look_like() -> None:
    assert source(b"on: 1\nno: 2\n1.10: 3\n0x10: 4\n~: 5\n'': 6").data == {
        "on": 1,
        "no": 2,
        "1.10": 3,
        "0x10": 4,
        "~": 5,
        "": 6,
    }


def test_quoted_and_block_scalars_are_text() -> None:
    text = b"a: '012345678901'\nb: \"no\"\nc: |\n  1.10\nd: >-\n  0x10\n"
    assert source(text).data == {"a": "012345678901", "b": "no", "c": "1.10\n", "d": "0x10"}


def test_columns_count_characters_not_bytes() -> None:
    assert refused("é: café\nü: {naïve: no}\n".encode()) == [("LF0106", 2, 12)]


def test_columns_survive_a_byte_order_mark_and_any_line_ending() -> None:
    assert refused(b"\xef\xbb\xbfa: no\r\nb: no\rc: no\n") == [
        ("LF0106", 1, 4),
        ("LF0106", 2, 4),
        ("LF0106", 3, 4),
    ]


def test_all_findings_come_at_once_in_order() -> None:
    assert [code for code, _, _ in refused(b"a: no\nb: &x 1\na: 2\nc: AKIAIOSFODNN7EXAMPLE\n")] == [
        "LF0106",
        "LF0103",
        "LF0104",
        "LF0107",
    ]


def test_what_is_not_yaml_names_the_remedy() -> None:
    _, (finding,) = parse(b"a: b: c\n", "f.yaml")
    assert (finding.code, finding.span) == ("LF0102", Span("f.yaml", 1, 5, 1, 6))
    assert finding.remedy == "Quote the value, or check the indentation."


def test_a_thousand_workloads_are_read_in_a_breath() -> None:
    entry = "    {k: [a, b, c], image: pytorch-2.7}\n    "
    text = (
        "train:\n" + "".join(f"  w{i}:\n    a: {entry.strip()}\n    b: 0..8\n    c: 1\n" for i in range(1000))
    ).encode()
    best = min(_seconds(text) for _ in range(3))
    assert best < 1


def _seconds(text: bytes) -> float:
    start = time.process_time()
    source(text)
    return time.process_time() - start


def at(path: tuple[str | int, ...], code: str = "LF0202") -> tuple[int, int]:
    (finding,) = locate([error(code, path, "fact.")], source(SPEC))
    assert finding.span is not None
    return finding.span.line, finding.span.column


def test_locate_shows_a_scalar_itself() -> None:
    assert at(("machines", "workbench", "reads", 1)) == (5, 27)


def test_locate_shows_an_unknown_key_by_the_key() -> None:
    assert at(("machines", "workbench", "reads"), "LF0201") == (5, 5)


def test_locate_shows_a_collection_by_its_key() -> None:
    assert at(("machines", "workbench")) == (4, 3)
    assert at(("machines", "workbench", "tags")) == (6, 5)


def test_locate_shows_what_is_missing_by_its_nearest_ancestor() -> None:
    assert at(("machines", "workbench", "tags", "owner")) == (6, 5)
    assert at(("machines", "workbench", "reads", 7)) == (5, 5)
    assert at(("account",)) == (1, 1)


def test_locate_sorts_by_place_and_finds_the_related() -> None:
    late = error("LF0202", ("machines", "workbench", "tags", "team"), "late.")
    early = error("LF0202", ("version",), "early.", "", Related("and here", ("system",)))
    first, second = locate([late, early], source(SPEC))
    assert (first.message, second.message) == ("early.", "late.")
    assert first.related[0].span == Span("f.yaml", 2, 9, 2, 14)


def test_locate_leaves_a_place_that_is_known() -> None:
    elsewhere = Span("scripts/setup.sh", 3, 1, 3, 2)
    _, (finding,) = parse(b"a: no", "f.yaml")
    known = type(finding)(finding.code, finding.severity, "fact.", span=elsewhere)
    assert locate([known], source(SPEC))[0].span == elsewhere


def test_read_gives_what_parse_gives(tmp_path: Path) -> None:
    (tmp_path / "spec.yaml").write_bytes(SPEC)
    spec, findings = read(tmp_path / "spec.yaml", "specs/spec.yaml")
    assert findings == ()
    assert spec is not None
    assert (spec.file, spec.data) == ("specs/spec.yaml", source(SPEC).data)


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir], ids=["missing", "folder"])
def test_what_cannot_be_read_is_a_finding(tmp_path: Path, make: object) -> None:
    path = tmp_path / "spec.yaml"
    make(path)  # type: ignore[operator]
    spec, (finding,) = read(path)
    assert spec is None
    assert finding.code == "LF0101"
    assert str(path) in finding.message
