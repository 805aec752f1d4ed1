"""Lines of another form, and no lines at all: the right kind of alarm in time, once, whatever is cut or killed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform_agent.engine import Alarm, Settings
from landform_agent.shape import Lines, Odd, Place, Shape
from landform_agent.silence import GRACE, Silence

from .conftest import CONFIG, Site

Make = Callable[..., Site]
SETTINGS = Settings({}, watch="score", remind=5_000.0)


def look(kinds: str, cuts: Sequence[int] = (), learning: int = 0) -> list[Alarm]:
    """Lines of one second each: `.` fine, `r` rejected, `x` with one column more."""
    kept: bytes | None = None
    told: list[Alarm] = []
    bounds = [0, *sorted(cut % (len(kinds) + 1) for cut in cuts), len(kinds)]
    for start, stop in pairwise(bounds):
        odd = [
            Odd(place, "broken" if kind == "r" else "") for place, kind in enumerate(kinds[start:stop]) if kind != "."
        ]
        shape = Shape(SETTINGS, kept)
        known = max(0, min(learning, stop) - start)
        told += shape.look(Lines(stop - start, odd, lambda i, a=start: Place(a + i - 1, float(a + i), "1"), known))  # type: ignore[misc]
        kept = shape.dumps()
    return told


def test_a_hundred_lines_of_another_form() -> None:
    [alarm] = look("." * 2_000 + "x" * 500)
    assert (alarm.kind, alarm.state, alarm.seq, alarm.since_seq) == ("schema", "raised", 2_098, 2_000)
    assert alarm.evidence["reasons"] == ["100 x columns that the watch does not know"]
    assert look("." * 2_000 + "x" * 99 + "." * 3_000) == []


def test_where_traffic_is_slow_five_minutes_tell() -> None:
    slow = Shape(SETTINGS)
    told = [
        alarm
        for i in range(6)
        for alarm in slow.look(Lines(1, [Odd(0, "")], lambda _, i=i: Place(i, 90.0 * i, ""), 0))  # type: ignore[misc]
    ]
    assert [(alarm.seq, alarm.statistic) for alarm in told] == [(4, 5.0)]


def test_rejects_above_one_in_twenty() -> None:
    fine = "." * 19 + "r"
    assert look(fine * 200) == []
    raised, cleared = look(fine * 100 + "..r" * 100 + fine[:-1] * 300)
    assert (raised.kind, raised.statistic, raised.threshold) == ("schema", 51.0, 50.0)
    assert (cleared.state, cleared.id) == ("cleared", raised.id)


def test_a_form_that_stays_is_told_again_and_one_that_was_usual_is_not() -> None:
    told = look("." * 100 + "x" * 12_000)
    assert [(alarm.state, alarm.attempt) for alarm in told] == [("raised", 1), ("ongoing", 2), ("ongoing", 3)]
    assert len({alarm.id for alarm in told}) == 1
    assert look("x" * 5_000, learning=1_000) == []
    assert len(look("." * 900 + "x" * 500, learning=1_000)) == 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 10_000), max_size=20), st.sampled_from([0, 300]))
def test_groupings_agree(seed: int, cuts: list[int], learning: int) -> None:
    chance = random.Random(seed)
    kinds = "".join(
        chance.choice(("." * 40 + "r", "." * 9 + "x", "xr", "x", ".", ".")) * chance.randrange(400) for _ in range(6)
    )
    assert look(kinds, cuts, learning) == look(kinds, (), learning)


def test_silence_is_told_once_and_ends() -> None:
    silence = Silence(SETTINGS, 60, None, 1_000.0)
    assert silence.unheard(1_059, 9, "1") == []
    [alarm] = silence.unheard(1_061, 9, "1")
    assert (alarm.kind, alarm.state, alarm.since_seq, alarm.since, alarm.at) == ("silence", "raised", 10, 1_000, 1_061)
    again = Silence(SETTINGS, 60, silence.dumps(), 1_100.0)
    assert again.unheard(1_200, 9, "1") == []
    [reminder] = again.unheard(1_061 + SETTINGS.remind, 9, "1")
    assert (reminder.id, reminder.state, reminder.attempt) == (alarm.id, "ongoing", 2)
    [cleared] = again.heard(8_000, 12)
    assert (cleared.id, cleared.state) == (alarm.id, "cleared")
    assert again.heard(8_001, 12) == []
    [other] = again.unheard(9_000, 9, "1")
    assert (other.id, other.state, other.attempt) == (alarm.id, "raised", 3)


def test_an_agent_that_was_down_does_not_call_its_source_silent_at_once() -> None:
    silence = Silence(SETTINGS, 3_600, None, 1_000.0)
    back = Silence(SETTINGS, 3_600, silence.dumps(), 90_000.0)
    assert back.unheard(90_000 + GRACE - 1, 9, "") == []
    assert len(back.unheard(90_000 + GRACE + 1, 9, "")) == 1
    noticed = Silence(SETTINGS, 3_600, silence.dumps(), 90_000.0)
    noticed.noticed(90_010)
    assert noticed.unheard(90_000 + GRACE + 1, 9, "") == []


HEAD, CHANGE, COUNT = 3_000, 4_000, 6_000


def _event(number: int, chance: random.Random) -> dict[str, object]:
    features = {"amount": chance.gauss(0, 1), "age": chance.gauss(40, 9), "country": chance.choice(("DE", "FR"))}
    return {"id": f"e{number}", "at": 1_772_323_200 + number, "features": features, "prediction": chance.random()}


def _more(features: dict[str, object]) -> None:
    features["score2"] = 1.0


def _null(features: dict[str, object]) -> None:
    features["age"] = None


def _gone(features: dict[str, object]) -> None:
    del features["age"]


def _text(features: dict[str, object]) -> None:
    features["age"] = "forty"


@pytest.mark.parametrize(
    ("change", "kind", "feature", "within"),
    [
        (_more, "schema", None, 110),
        (_text, "schema", None, 0),
        (_null, "missing", "age", 110),
        (_gone, "missing", "age", 110),
    ],
)
def test_a_change_of_form_is_the_right_kind_of_alarm_in_time(
    site: Make, change: Callable[[dict[str, object]], None], kind: str, feature: str | None, within: int
) -> None:
    config = CONFIG.replace("amount: {kind: numeric}", "amount: {kind: numeric}, age: {kind: numeric}")
    changed = replace(site("changed", config.replace("rows: 1000", f"rows: {HEAD}")), engine="landform_agent.engine")
    chance = random.Random(4)
    lines = []
    for number in range(COUNT):
        event = _event(number, chance)
        if number >= CHANGE:
            change(event["features"])  # type: ignore[arg-type]
        lines.append(json.dumps(event))
    changed.write("0.jsonl", lines)
    changed.run("--batch", 700)
    alarms = sorted(map(json.loads, changed.alarms()), key=lambda alarm: alarm["seq"])
    first = alarms[0]
    assert (first["channel"], first["kind"], first["feature"]) == ("data", kind, feature)
    assert CHANGE - 1 <= first["seq"] <= CHANGE + within
    assert first["since_seq"] <= CHANGE + 10
    assert {alarm["kind"] for alarm in alarms} == {kind}


def test_capture_that_is_switched_off_is_silence_and_a_restart_repeats_nothing(site: Make) -> None:
    off = site("off", CONFIG.replace("baseline:", "stale_after: 1s\nbaseline:"))
    chance = random.Random(5)
    off.write("0.jsonl", [json.dumps(_event(number, chance)) for number in range(1_050)])
    for _ in range(2):
        done = off.call("run", "--until-idle", "2s")
        assert done.returncode == 0, done.stderr
    [alarm] = map(json.loads, off.alarms())
    assert (alarm["kind"], alarm["state"], alarm["since_seq"]) == ("silence", "raised", 1_050)
    assert alarm["model"] == "score"
    off.write("1.jsonl", [json.dumps(_event(number, chance)) for number in range(1_050, 1_060)])
    off.run()
    assert [json.loads(line)["state"] for line in off.alarms()] == ["cleared", "raised"]
