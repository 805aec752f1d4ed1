"""What a challenger is trained on and judged by."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.emit.loop.steps import assemble, rows
from landform.emit.loop.steps.assemble import DataBroken
from landform.emit.loop.steps.rows import Labelled, Row

TIMES = st.lists(st.integers(0, 20), min_size=1, max_size=60)


def labelled(times: list[int], by: str = "new") -> list[Labelled]:
    found = [Labelled(Row(str(n), float(at), ("1", "2"), 0.5, by), 1.0) for n, at in enumerate(times)]
    return sorted(found, key=lambda one: one.row.at)


@given(TIMES)
def test_what_is_kept_back_is_newer_than_all_that_is_trained_on(times: list[int]) -> None:
    new = labelled(times)
    trained, kept = assemble.split(new, "new")
    assert trained + kept == new
    assert kept
    assert all(old.row.at < young.row.at for old in trained[-1:] for young in kept[:1])


@given(TIMES, TIMES)
def test_what_another_version_answered_is_trained_on_and_judges_nothing(times: list[int], others: list[int]) -> None:
    new = sorted([*labelled(times), *labelled(others, "other")], key=lambda one: one.row.at)
    trained, kept = assemble.split(new, "new")
    assert {one.row.by for one in kept} == {"new"}
    assert len(kept) >= min(len(times), assemble.kept_back(len(new)))
    assert trained == [one for one in new if one.row.at < kept[0].row.at]


def test_where_what_serves_has_answered_nothing_nothing_is_judged() -> None:
    with pytest.raises(ValueError, match="none of 2 labelled rows was answered by what serves, new"):
        assemble.split(labelled([1, 2], "other"), "new")


@given(TIMES, st.integers(0, 20), st.integers(0, 20))
def test_ripe_rows_are_of_the_time_asked_for_and_labelled_once(times: list[int], since: int, until: int) -> None:
    traffic = [one.row for one in labelled(times)]
    truths = {row.id: 1.0 for row in traffic if int(row.id) % 2}
    found = rows.ripe([*traffic, *traffic], truths, since, until)
    assert [one.row.id for one in found] == list(dict.fromkeys(one.row.id for one in found))
    assert {one.row.id for one in found} == {r.id for r in traffic if r.id in truths and since <= r.at <= until}


OLD = [["1", "0.5", "a"], ["0", "", "b"], *([["0", "0.1", "c"]] * 8)]


def test_rows_of_the_same_kind_are_sound() -> None:
    assemble.require_sound(OLD, [["1", "2.5", "z"], *([["0", "7", "y"]] * 3)], ["amount", "country"])


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ([["1", "2"]], "2 cells where 3 are known"),
        ([["1", "", "a"], ["1", "", "a"]], "100.0% of amount is missing"),
        ([["1", "many", "a"]], "amount holds other things than numbers"),
        ([], "0 new ones"),
    ],
)
def test_other_rows_are_broken_data(new: list[list[str]], said: str) -> None:
    with pytest.raises(DataBroken, match=said):
        assemble.require_sound(OLD, new, ["amount", "country"])


def line(data: str, answer: str, encoding: str = "CSV", **meta: str) -> str:
    sides = {"endpointInput": {"data": data, "encoding": encoding}, "endpointOutput": {"data": answer}}
    told = {"eventId": "e", "inferenceTime": "2026-11-29T12:00:00Z", **meta}
    return json.dumps({"captureData": sides, "eventMetadata": told})


def test_captured_rows_in_all_forms() -> None:
    found = list(
        rows.captured(
            [
                line("1,2\n3,4\n", "0.1\n0.2\n"),
                line(base64.b64encode(b"5,6").decode(), "0.3", "BASE64", inferenceId="i"),
                line(
                    '{"instances": [{"debt": 8, "income": 7}, [9, null]]}', '{"predictions": [{"score": 0.4}, [0.5]]}'
                ),
                "no line",
                line("1,2", "none"),
            ],
            ["income", "debt"],
            "new",
        )
    )
    assert [(row.id, row.cells, row.answer) for row in found] == [
        ("e#0", ("1", "2"), 0.1),
        ("e#1", ("3", "4"), 0.2),
        ("i", ("5", "6"), 0.3),
        ("e#0", ("7", "8"), 0.4),
        ("e#1", ("9", ""), 0.5),
    ]
    assert {row.at for row in found} == {1795953600.0}


def test_labels_in_both_forms() -> None:
    lines = [
        '{"id": "a", "label": 1}',
        '{"groundTruthData": {"data": "0", "encoding": "CSV"}, "eventMetadata": {"eventId": "b"}}',
        "{}",
    ]
    assert dict(rows.labels(lines)) == {"a": 1.0, "b": 0.0}
