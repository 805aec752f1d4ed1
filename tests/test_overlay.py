"""Overlays: what is merged, where each value then stands, and two environments of one spec beside each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.projects import contents, landform

from landform.diagnostics import Diagnostic
from landform.overlay import overlaid
from landform.pipeline import Analysis, analyse
from landform.source import MAX_BYTES, Source, parse, span_of

ROOT = Path(__file__).parents[1]
FORECAST = ROOT / "specs" / "forecast"
BASE = """\
version: 1
system: demo
account: "123456789012"
environment: development
regions: {primary: us-east-1}
data:
  logs: {kind: bucket, retain: 30d}
machines:
  work:
    instance: t3.large
    reads: [logs]
"""


def source(text: str, file: str = "base.yaml") -> Source:
    read, faults = parse(text.encode(), file)
    assert read is not None, faults
    return read


def laid(*texts: str) -> Source:
    """Lay overlays over the first text; they take away nothing that is not there."""
    own = source(texts[0])
    for number, text in enumerate(texts[1:], start=1):
        own, faults = overlaid(own, source(text, f"over{number}.yaml"))
        assert faults == ()
    return own


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "base.yaml").write_text(BASE)
    return tmp_path / "specs"


def with_(project: Path, *texts: str) -> Analysis:
    overlays = []
    for number, text in enumerate(texts, start=1):
        overlays.append(project / f"over{number}.yaml")
        overlays[-1].write_text(text)
    return analyse(project / "base.yaml", overlays=tuple(overlays))


def only(analysis: Analysis) -> tuple[str, str, int]:
    (found,) = analysis.diagnostics
    assert found.span is not None
    return found.code, Path(found.span.file).name, found.span.line


# ── merging ──


@pytest.mark.parametrize(
    ("texts", "data"),
    [
        (("a: 1", "b: 2"), {"a": 1, "b": 2}),
        (("a: {b: 1, c: 2}", "a: {c: 3, d: 4}"), {"a": {"b": 1, "c": 3, "d": 4}}),
        (("a: {b: 1, c: 2}", "a: {b: null}"), {"a": {"c": 2}}),
        (("a: {b: 1}\nc: 1", "a: null"), {"c": 1}),
        (("a: [1, 2]", "a: [3]"), {"a": [3]}),
        (("a: {b: 1}", "a: word"), {"a": "word"}),
        (("a: word", "a: {b: 1}"), {"a": {"b": 1}}),
        (("a: {b: 1}", "a: {}"), {"a": {"b": 1}}),
        (("a: 1", "a: 2", "a: 3"), {"a": 3}),
        (("a: {b: {c: 1}}", "a: {b: {d: 2}}", "a: {b: {c: null}}"), {"a": {"b": {"d": 2}}}),
        (("a: {b: 1}", "a: {b: null}", "a: {b: 2}"), {"a": {"b": 2}}),
        (("a: {b: 1}", "a: {c: 2}", "a: [x]", "a: {d: 3}"), {"a": {"d": 3}}),
    ],
)
def test_overlays_are_merged_key_by_key(texts: tuple[str, ...], data: dict[str, Any]) -> None:
    assert laid(*texts).data == data


def test_what_is_replaced_keeps_the_order_of_the_text_beneath() -> None:
    assert list(laid("a: 1\nb: 2\nc: 3", "d: 4\nb: 5").data) == ["a", "b", "c", "d"]


values = st.recursive(
    st.integers(0, 9) | st.sampled_from(["x", "y"]) | st.lists(st.integers(0, 3), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
mappings = st.dictionaries(st.sampled_from("abcd"), values, max_size=4).filter(bool)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, inner in items for p in paths(inner, (*path, key)))]


@given(st.lists(mappings, min_size=1, max_size=4))
def test_every_value_has_a_place_in_a_file_that_says_it(layers: list[dict[str, Any]]) -> None:
    texts = [json.dumps(layer) for layer in layers]
    own = laid(*texts)
    assert set(own.spans) == set(paths(own.data))
    assert set(own.key_spans) == {p for p in own.spans if p and isinstance(p[-1], str)}
    for path, span in own.spans.items():
        value = own.data
        for part in path:
            value = value[part]
        if not isinstance(value, dict | list):
            assert own.texts[span.file][span.column - 1 : span.end_column - 1] == json.dumps(value)


@given(mappings)
def test_an_overlay_of_a_spec_over_itself_changes_nothing(layer: dict[str, Any]) -> None:
    text = json.dumps(layer)
    assert laid(text, text).data == layer


def test_nothing_can_be_taken_away_that_is_not_there(project: Path) -> None:
    analysis = with_(project, "machines:\n  wrok: null\n")
    assert only(analysis) == ("LF0108", "over1.yaml", 2)
    assert analysis.diagnostics[0].text.endswith("nothing stands beneath it. Did you mean `work`?")
    assert analysis.plan is None
    assert only(with_(project, "budget: {monthly: null}\n"))[0] == "LF0108"


# ── places ──


def test_a_wrong_value_is_told_at_the_line_of_the_overlay(project: Path) -> None:
    assert only(with_(project, "\n\ndata:\n  logs: {retain: 3 apples}\n")) == ("LF0202", "over1.yaml", 4)
    assert only(with_(project, "machines:\n  work: {reads: [lags]}\n")) == ("LF0203", "over1.yaml", 2)
    assert only(with_(project, "# more\nmachines:\n  work:\n    raeds: [logs]\n")) == ("LF0201", "over1.yaml", 4)


def test_a_wrong_value_of_the_spec_itself_is_told_there(project: Path) -> None:
    text = BASE.replace("t3.large", "t3.huge")
    (project / "base.yaml").write_text(text)
    assert only(with_(project, "tags: {a: b}\n")) == ("LF0401", "base.yaml", 10)


def notes(found: Diagnostic) -> list[tuple[str, str, int]]:
    return [(r.message, Path(r.span.file).name, r.span.line) for r in found.related if r.span]


def test_what_is_missed_is_told_with_the_overlay_that_took_it_away(project: Path) -> None:
    analysis = with_(project, "tags: {a: b}\n", "data:\n  logs: null\n")
    assert only(analysis) == ("LF0203", "base.yaml", 11)
    assert notes(analysis.diagnostics[0]) == [("an overlay takes it away here", "over2.yaml", 2)]
    (found,) = with_(project, "account: null\n").diagnostics
    assert notes(found) == [("an overlay takes it away here", "over1.yaml", 1)]


def test_a_finding_about_an_entry_names_the_overlay_that_changes_it(project: Path) -> None:
    analysis = with_(project, "machines:\n  work: {reads: null}\ndata:\n  logs: {retain: 60d}\n")
    found = next(d for d in analysis.diagnostics if d.code == "LF0209")
    assert ("an overlay changes it here", "over1.yaml", 4) in notes(found)


def test_sarif_names_the_file_that_a_value_came_from(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    over = project / "over.yaml"
    over.write_text("data:\n  logs: {retain: never}\n")
    assert landform("check", "--format", "sarif", project / "base.yaml", "--with", over) == 1
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("/over.yaml")
    assert place["region"]["startLine"] == 2


def test_explain_names_the_file_that_an_entry_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    over = FORECAST / "production.yaml"
    assert landform("explain", FORECAST / "base.yaml", "audit", "--with", over, "--format", "json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert (Path(facts["file"]).name, facts["path"]) == ("production.yaml", "audit")
    assert over.read_text().splitlines()[facts["line"] - 1].startswith("audit:")


# ── the same guards for each file ──


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1\n", "LF0103"),
        ("a: 1\na: 2\n", "LF0104"),
        ("a: " + "[" * 100 + "]" * 100, "LF0105"),
        ("#" * (MAX_BYTES + 1), "LF0105"),
        ("account: 012345678901\n", "LF0106"),
        ("tags: {key: AKIAIOSFODNN7EXAMPLE}\n", "LF0107"),
        ("- 1\n", "LF0202"),
        ("", "LF0202"),
        ("a: \x07\n", "LF0102"),
    ],
)
def test_an_overlay_is_read_as_strictly_as_a_spec(project: Path, text: str, code: str) -> None:
    found = with_(project, text).diagnostics
    assert {(d.code, Path(d.span.file).name) for d in found if d.span} == {(code, "over1.yaml")}


def test_findings_of_all_files_are_told_at_once(project: Path) -> None:
    found = with_(project, "a: 1\na: 2\n", "b: 1\nb: 2\n").diagnostics
    assert [Path(d.span.file).name for d in found if d.span] == ["over1.yaml", "over2.yaml"]


def test_an_overlay_that_is_not_there(project: Path) -> None:
    (found,) = analyse(project / "base.yaml", overlays=(project / "none.yaml",)).diagnostics
    assert found.code == "LF0101"


def test_a_path_is_relative_to_the_file_that_names_it(project: Path) -> None:
    (project / "near").mkdir()
    (project / "near" / "setup.sh").write_text("echo near\n")
    (project / "setup.sh").write_text("echo base\n")
    over = project / "near" / "over.yaml"
    over.write_text("machines:\n  work: {user_data: setup.sh}\n")
    plan = analyse(project / "base.yaml", overlays=(over,)).plan
    assert plan is not None
    assert plan.files.scripts == {("machines", "work", "user_data"): b"echo near\n"}
    over.write_text("machines:\n  work: {user_data: ../../../setup.sh}\n")
    assert only(analyse(project / "base.yaml", overlays=(over,)))[0] == "LF0210"


# ── commands ──


def test_overlays_are_for_one_spec(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = project / "base.yaml"
    with pytest.raises(SystemExit) as ended:
        landform("check", spec, spec, "--with", spec)
    assert ended.value.code == 2
    assert "--with lays files over one SPEC" in capsys.readouterr().err


def test_two_environments_stand_beside_each_other(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, over = project / "base.yaml", project / "production.yaml"
    over.write_text("environment: production\n")
    assert landform("compile", spec) == 0
    assert landform("compile", spec, "--with", over) == 0
    outputs = project.parent / "generated" / "demo"
    assert sorted(each.name for each in outputs.iterdir()) == ["development", "production"]
    before = contents(outputs / "development")
    over.write_text("environment: production\ndata: {logs: {retain: 60d}}\n")
    assert landform("compile", spec, "--with", over, "--check") == 1
    assert f"Run `landform compile {spec} --with {over}`." in capsys.readouterr().err
    assert landform("compile", spec, "--with", over) == 0
    assert contents(outputs / "development") == before


@pytest.mark.parametrize("environment", ["development", "production"])
def test_the_sample_is_current(environment: str, capsys: pytest.CaptureFixture[str]) -> None:
    over = FORECAST / f"{environment}.yaml"
    assert landform("compile", FORECAST / "base.yaml", "--with", over, "--check") == 0, capsys.readouterr()


def test_a_source_map_leads_to_either_file() -> None:
    analysis = analyse(FORECAST / "base.yaml", overlays=(FORECAST / "production.yaml",))
    tree = ROOT / "generated" / "forecast" / "production"
    assert analysis.source is not None
    files = {
        module: Path(span_of(tuple(path.split(".")), analysis.source).file).name
        for module, path in json.loads((tree / "sourcemap.json").read_text()).items()
    }
    assert files["module.audit"] == "production.yaml"
    assert files["module.train_fit"] == "base.yaml"


def test_the_difference_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    folder = FORECAST.relative_to(ROOT)
    sides = ("--with", folder / "production.yaml", "--against", folder / "development.yaml")
    assert landform("explain", folder / "base.yaml", *sides) == 0
    told = capsys.readouterr().out
    for line in (
        "forecast (production, account 210987654321) against forecast (development, account 123456789012)",
        "~ train.fit.pool: 0..8, there 0..2  specs/forecast/production.yaml:16, there specs/forecast/base.yaml:24",
        "- machines.notebook: ",
        "+ module.audit",
        "- module.machines_notebook",
        "~ module.data_readings: iam_path, permissions_boundary, protect, replication, retention_days",
    ):
        assert line in told
    assert landform("explain", folder / "base.yaml", *sides, "--format", "json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["missing"] == ["module.machines_notebook"]
    assert {each["path"]: (each["own"], each["other"]) for each in facts["values"]}["tags"][0] is None


def test_a_spec_against_itself_differs_in_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    over = FORECAST / "development.yaml"
    assert landform("explain", FORECAST / "base.yaml", "--with", over, "--against", over) == 0
    assert "nothing differs" in capsys.readouterr().out


def test_a_broken_other_side_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    over = project / "over.yaml"
    over.write_text("machines: {work: {instance: t3.huge}}\n")
    assert landform("explain", project / "base.yaml", "--against", over) == 1
    assert "over.yaml:1:29: error[LF0401]" in capsys.readouterr().err
