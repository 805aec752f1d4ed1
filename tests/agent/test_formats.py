"""Lines become columns; what cannot be read gets a reason that quotes nothing of it."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform_agent.formats.capture import Capture
from landform_agent.formats.detect import decoder, infer_flat, infer_table
from landform_agent.formats.flat import Flat
from landform_agent.formats.rows import PIECE, Decoded, Schema, parse_time, seconds
from landform_agent.formats.table import Table
from landform_agent.lines import runs

NUMBERS = Schema(("a", "b"), prediction="probability")
MIXED = Schema(("a",), ("c",), ("a", "c"), "probability")


def flat(*events: object, schema: Schema = MIXED) -> Decoded:
    return Flat(schema).decode([e if isinstance(e, bytes) else json.dumps(e).encode() for e in events])


def record(data: object, answer: object = None, encoding: str = "CSV", **meta: str) -> bytes:
    sides = {"endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": data, "encoding": encoding}}
    if answer is not None:
        sides["endpointOutput"] = {"data": answer, "encoding": "JSON" if encoding == "JSON" else "CSV"}
    event = {"eventId": "e1", "inferenceTime": "2026-03-01T12:00:00Z", **meta}
    return json.dumps({"captureData": sides, "eventMetadata": event, "eventVersion": "0"}).encode()


def test_flat_events() -> None:
    rows = flat(
        {"id": "x", "at": "1970-01-01T00:01:00Z", "features": {"a": 1, "c": "DE"}, "prediction": 0.5, "label": True},
        {"id": 7, "at": "1970-01-01T01:01:00+01:00", "features": {"a": None, "c": 5}, "prediction": 0.25},
        {"at": 60, "features": {"c": True}},
    ).rows
    assert rows.ids == ["x", "7", None]
    assert rows.at.tolist() == [60, 60, 60]
    np.testing.assert_array_equal(rows.numeric["a"], [1, np.nan, np.nan])
    assert rows.categorical["c"].tolist() == ["DE", "5", "true"]
    assert rows.prediction is not None and rows.label is not None
    np.testing.assert_array_equal(rows.prediction.astype(float), [0.5, 0.25, np.nan])
    np.testing.assert_array_equal(rows.label.astype(float), [1, np.nan, np.nan])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "Input data was truncated"),
        (b"\xff\xfe", "malformed"),
        (b"[" * 100_000, "Expected `object`, got `array`"),
        (b'{"features": {"a": 1, "x": ' + b"[" * 100_000 + b"}", "nested too deep"),
        (b'{"features": {"a": "hunter2", "c": null}}', "Expected `float | null`, got `str` - at `$.features.a`"),
        (b'{"features": {"a": NaN}}', "malformed"),
        (b'{"features": {"a": 1e999}}', "out of range"),
        (b'{"features": {"a": -1e308}}', "infinite or beyond 1e150"),
        (b'{"features": {}, "prediction": 1.5}', "no probability"),
        (b'{"features": {}, "at": "hunter2"}', "at: no time"),
        (b'{"features": {}, "at": -5}', "at: no time"),
        (b'{"id": "x", "prediction": 0.5}', "neither an event"),
        (b'{"features": [1, 2]}', "Expected `object`"),
        (b"42", "Expected `object`"),
    ],
)
def test_what_cannot_be_read_is_told_and_the_rest_goes_on(line: bytes, reason: str) -> None:
    good = b'{"id": "good", "features": {"a": 1, "c": "x"}}'
    decoded = flat(good, line, good)
    assert decoded.rows.line.tolist() == [0, 2]
    [reject] = decoded.rejects
    assert reject.line == 1
    assert reason in reject.reason
    assert "hunter2" not in reject.reason


def test_one_column_more_is_counted_and_accepted() -> None:
    decoded = flat({"features": {"a": 1, "c": "x"}}, {"features": {"a": 2, "c": "x", "more": [{"deep": 1}]}})
    assert decoded.rows.numeric["a"].tolist() == [1, 2]
    assert len(decoded.extra) == 1


def test_a_label_that_comes_alone_is_no_event() -> None:
    decoded = flat({"features": {"a": 1}}, {"id": "x", "label": 1, "at": 5})
    assert len(decoded.rows) == 1
    assert [(label.line, label.id, label.value, label.at) for label in decoded.labels] == [(1, "x", 1, 5)]


def test_capture_lines_of_numbers() -> None:
    decoded = Capture(NUMBERS, "v2").decode([record("1.5,2", "0.1", inferenceId="i1"), record("-3e2,4\n", "0.9\n")])
    assert decoded.rows.numeric["a"].tolist() == [1.5, -300]
    assert decoded.rows.numeric["b"].tolist() == [2, 4]
    assert decoded.rows.prediction is not None
    assert decoded.rows.prediction.tolist() == [0.1, 0.9]
    assert decoded.rows.ids == ["i1", "e1"]
    assert decoded.rows.version == "v2"
    assert not decoded.rejects


@pytest.mark.parametrize(
    "line",
    [
        record("1,DE\n,FR", "0.1\n0.2"),
        record('[{"a": 1, "c": "DE"}, {"c": "FR"}]', '{"predictions": [{"score": 0.1}, [0.2]]}', "JSON"),
        record('{"instances": [{"features": {"a": 1, "c": "DE"}}, {"c": "FR"}]}', "[0.1, 0.2]", "JSON"),
        record('{"a": 1, "c": "DE"}\n{"c": "FR"}', "[0.1, 0.2]", "JSON"),
        record(base64.b64encode(b"1,DE\nnan,FR").decode(), "0.1\n0.2", "BASE64"),
        record(base64.b64encode(b'[{"a": 1, "c": "DE"}, {"c": "FR"}]').decode(), "0.1\n0.2", "BASE64"),
    ],
)
def test_many_rows_in_a_record_however_they_are_written(line: bytes) -> None:
    decoded = Capture(MIXED).decode([line])
    assert not decoded.rejects
    np.testing.assert_array_equal(decoded.rows.numeric["a"], [1, np.nan])
    assert decoded.rows.categorical["c"].tolist() == ["DE", "FR"]
    assert decoded.rows.prediction is not None
    assert decoded.rows.prediction.tolist() == [0.1, 0.2]
    assert decoded.rows.ids == ["e1#0", "e1#1"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (record("1,2,3", "0.1"), "3 cells where 2 are known"),
        (record("1,hunter2", "0.1"), "no number"),
        (record("1,2", "hunter2"), "an answer that is no number"),
        (record("1,2", "0.1\n0.2"), "1 rows, but 2 answers"),
        (record("1,inf", "0.1"), "infinite"),
        (record("1,1_0", "0.1"), "no number"),
        (record("hunter2", "0.1", "BASE64"), "no BASE64"),
        (record("{hunter2", "0.1", "JSON"), "no JSON"),
        (record("[1", "0.1"), "cells"),
        (record("1,2", "0.1", inferenceTime="hunter2"), "no time"),
        (b'{"captureData": {}}', "missing required field"),
    ],
)
def test_payloads_that_are_none(line: bytes, reason: str) -> None:
    good = record("1,2", "0.5")
    decoded = Capture(NUMBERS).decode([good, line, good])
    assert decoded.rows.line.tolist() == [0, 2]
    [reject] = decoded.rejects
    assert (reject.line, reason in reject.reason, "hunter2" in reject.reason) == (1, True, False), reject.reason


def test_a_table_with_header() -> None:
    table = Table(MIXED, b'more,c,a,"label",prediction\r\n', "day.csv")
    decoded = table.decode(
        [b"more,c,a,label,prediction\r", b'1,"D,E",2.5,1,0.5\r', b"", b",,,,", b"1,2", b"1,x,y,0,0.5", b'1,"x,1,1,1']
    )
    assert decoded.rows.categorical["c"].tolist() == ["D,E", None]
    np.testing.assert_array_equal(decoded.rows.numeric["a"], [2.5, np.nan])
    assert decoded.rows.ids == ["day.csv#2", "day.csv#4"]
    assert [(reject.line, reject.reason) for reject in decoded.rejects] == [
        (4, "2 cells where 5 are known"),
        (5, "a: no number"),
        (6, "0 cells where 5 are known"),
    ]
    assert len(decoded.extra) == 2


def test_columns_are_inferred_over_all_of_the_reference() -> None:
    lines = [b'{"features": {"a": 1, "b": null}}', b"no", b'{"features": {"a": 2.5, "b": "x", "c": true}}']
    found = infer_flat(lines, Schema())
    assert (found.numeric, found.categorical) == (("a",), ("b", "c"))
    header = b"at,a,b,prediction\r\n"
    found = infer_table(header, [header.rstrip(b"\n"), b"1,2,,0.5", b"1,,x,0.5", b"1"], Schema())
    assert (found.numeric, found.categorical) == (("a",), ("b",))


_EVENT = st.fixed_dictionaries(
    {"features": st.dictionaries(st.sampled_from("acx"), st.none() | st.floats() | st.text(max_size=3) | st.booleans())}
)


@given(st.lists(_EVENT.map(lambda e: json.dumps(e).encode()) | st.binary(max_size=30), max_size=12), st.data())
def test_lines_decode_alike_in_any_grouping(lines: list[bytes], data: st.DataObject) -> None:
    format_ = Flat(replace(MIXED, prediction=None))
    whole = format_.decode(lines)
    cut = data.draw(st.integers(0, len(lines)))
    parts = [format_.decode(lines[:cut]), format_.decode(lines[cut:])]
    np.testing.assert_array_equal(whole.rows.numeric["a"], np.concatenate([p.rows.numeric["a"] for p in parts]))
    assert whole.rows.categorical["c"].tolist() == [c for p in parts for c in p.rows.categorical["c"].tolist()]
    assert len(whole.rejects) == sum(len(p.rejects) for p in parts)
    assert np.isfinite(whole.rows.numeric["a"][~np.isnan(whole.rows.numeric["a"])]).all()


class _Dripping(io.BytesIO):
    """Gives at most so many bytes at a time."""

    most = 1

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self.most if size is None else min(size, self.most))


@given(
    st.binary(max_size=300).map(lambda b: b.replace(b"\0", b"\n")),
    st.integers(1, 5),
    st.integers(5, 40),
    st.integers(1, 300),
)
def test_lines_of_a_stream(text: bytes, batch: int, longest: int, most: int) -> None:
    stream = _Dripping(text)
    stream.most = most
    found = list(runs(stream, 0, len(text), batch, longest))
    assert all(len(run.lines) <= batch for run in found)
    for place, run in enumerate(found, 1):
        # Whoever goes on from where a run ends reads what comes after it.
        again = runs(io.BytesIO(text[run.stop :]), run.stop, len(text), batch, longest)
        after = [line for later in found[place:] for line in later.lines]
        assert [line for later in again for line in later.lines] == after
    lines = [line for run in found for line in run.lines]
    whole = text.split(b"\n")
    if whole[-1] == b"":
        whole.pop()
    assert lines == [line if len(line) <= longest else b"" for line in whole]
    assert not found or found[-1].stop == len(text)
    assert sum(len(run.rejects) for run in found) == sum(len(line) > longest for line in whole)


def test_no_transaction_is_spent_on_a_few_lines_left_over() -> None:
    text = b"x\n" * 1_010
    assert [len(run.lines) for run in runs(io.BytesIO(text), 0, len(text), 1_000, 10)] == [505, 505]


def test_lines_left_over_behind_a_full_transaction_go_with_the_next() -> None:
    stream = _Dripping(b"x\n" * 1_000)
    stream.most = 250
    assert [len(run.lines) for run in runs(stream, 0, 2_000, 100, 10)] == [100] * 10


def test_a_line_of_ten_megabytes_is_never_held() -> None:
    text = b"a\n" + b"x" * 10_000_000 + b"\nb\n"
    found = list(runs(io.BytesIO(text), 0, len(text), 100, 1 << 20))
    assert [line for run in found for line in run.lines] == [b"a", b"", b"b"]
    [reject] = [reject for run in found for reject in run.rejects]
    assert reject.reason == "a line of 10000000 bytes; 1048576 are read"
    assert found[-1].stop == len(text)


def test_pieces_and_single_lines_agree() -> None:
    count = 2 * PIECE + 100
    made: list[object] = [
        {"id": str(number), "at": 60 + number, "features": {"a": number, "c": "x"}, "version": "1"}
        for number in range(count)
    ]
    made[PIECE + 1] = "no event"
    made[PIECE + 2] = {"id": "x", "label": 1}
    made[PIECE + 3] = {"features": {"a": None, "more": 1}, "prediction": 0.5, "label": 0, "version": "2"}
    whole = flat(*made)
    single = [flat(one) for one in made]
    assert [reject.line for reject in whole.rejects] == [PIECE + 1]
    assert [label.line for label in whole.labels] == [PIECE + 2]
    assert len(whole.extra) == 1
    assert whole.rows.line.tolist() == [n for n in range(count) if n not in (PIECE + 1, PIECE + 2)]
    assert whole.rows.ids == [one for part in single for one in part.rows.ids]
    assert whole.rows.version == ["1"] * (PIECE + 1) + ["2"] + ["1"] * (count - PIECE - 4)
    for name, kind in (("a", float), ("c", str)):
        columns = [part.rows.numeric[name] if kind is float else part.rows.categorical[name] for part in single]
        together = whole.rows.numeric[name] if kind is float else whole.rows.categorical[name]
        np.testing.assert_array_equal(together, np.concatenate(columns))
    assert whole.rows.prediction is not None and whole.rows.label is not None
    assert np.flatnonzero(~np.isnan(whole.rows.prediction.astype(float))).tolist() == [PIECE + 1]
    assert np.flatnonzero(whole.rows.label == 0).tolist() == [PIECE + 1]


DAY = datetime(2026, 3, 1, tzinfo=UTC)


@given(
    st.lists(st.integers(0, 2 * 86_400 * 10**6), min_size=1, max_size=5),
    st.sampled_from(("seconds", "milliseconds", "microseconds", "auto")),
    st.sampled_from(("Z", "+00:00", "+05:30", "")),
)
def test_times_of_a_column_are_those_of_each_alone(moments: list[int], fraction: str, zone: str) -> None:
    texts = [(DAY + timedelta(microseconds=moment)).isoformat(timespec=fraction)[:-6] + zone for moment in moments]
    at, wrong = seconds(texts)
    assert not wrong
    assert at.tolist() == [parse_time(text) for text in texts]


@pytest.mark.parametrize(
    "time",
    [
        *("2026-03-01T24:00:00Z", "2026-03-01T23:60:00Z", "2026-03-01T23:00:60Z", "2026-03-01T2x:00:00Z"),
        *("2026-03-01 23:00:0Z0", "2026-02-30T23:00:00Z", "0000-12-31T23:59:59Z", "２026-03-01T23:00:00"),
    ],
)
def test_a_time_that_is_none_is_told_among_others(time: str) -> None:
    good = "2026-03-01T23:00:00Z"
    at, wrong = seconds([good, time, good])
    assert wrong == [1]
    assert at[0] == at[2] == parse_time(good)
    assert seconds([time, good])[1] == [0]


def test_records_older_than_the_epoch_have_times_and_negative_numbers_are_none() -> None:
    assert parse_time("1949-01-01T00:00:00Z") == datetime(1949, 1, 1, tzinfo=UTC).timestamp() < 0
    with pytest.raises(ValueError, match="1970"):
        parse_time(-1)


def test_ground_truth_records_are_labels() -> None:
    schema = Schema(numeric=("a",), prediction="probability")
    lines = [
        b'{"groundTruthData": {"data": "1", "encoding": "CSV"}, "eventMetadata": {"eventId": "a"}}',
        b'{"groundTruthData": {"data": "0\\n1", "encoding": "CSV"}, "eventMetadata": {"eventId": "b"}}',
        b'{"groundTruthData": {"data": "[true, 0]", "encoding": "JSON"}, "eventMetadata": {"eventId": "c"}}',
        b'{"groundTruthData": {"data": "secret", "encoding": "CSV"}, "eventMetadata": {"eventId": "d"}}',
        b'{"groundTruthData": {"data": "1"}}',
        b"",
    ]
    decoded = decoder("labels/x", lines[0], schema).decode(lines)
    assert [(label.line, label.id, label.value) for label in decoded.labels] == [
        (0, "a", 1.0),
        (1, "b#0", 0.0),
        (1, "b#1", 1.0),
        (2, "c#0", 1.0),
        (2, "c#1", 0.0),
    ]
    assert len(decoded.rows) == 0
    assert [reject.line for reject in decoded.rejects] == [3, 4]
    assert "secret" not in str(decoded.rejects)
    named = decoder("labels/x", lines[0], Schema(numeric=("a",), prediction="category")).decode(lines[:1])
    assert named.labels[0].value == "1"
