"""What CloudWatch refuses of alarms: what has parts is split, the rest is refused before anything stands."""

from __future__ import annotations

from typing import Any

import pytest
from support.specs import Outcome, outcome
from support.watches import NOTIFY, variables


def readers(count: int, when: str = "") -> Outcome:
    """A stream that so many machines read, each by a way of its own."""
    names = [f"reader-{number:02d}" for number in range(count)]
    stream = f"data: {{clicks: {{kind: stream, fan_out: [{', '.join(f'machines.{name}' for name in names)}]}}}}\n"
    machines = "machines:\n" + "".join(f"  {name}: {{instance: t4g.small, reads: [clicks]}}\n" for name in names)
    own = f"  alarms: {{own: {{of: data.clicks, when: {when}}}}}\n" if when else ""
    return outcome(stream + machines + NOTIFY + own)


def test_an_alarm_looks_at_ten_metrics_at_most_and_several_see_all() -> None:
    plan = readers(14).sound
    parts = {a.name: a for a in plan.watches[0].alarms if a.metric.word == "age"}
    assert {name: part.looked_at for name, part in parts.items()} == {
        "demo-dev-data-clicks-age": 10,
        "demo-dev-data-clicks-age-part-2": 4,
    }
    written = variables(plan)
    seen = [
        series["dimensions"]["ConsumerName"] for name in parts for series in written["alarms"][name]["series"].values()
    ]
    assert len(seen) == len(set(seen)) == 14
    # Whoever is told hears of it once, and the dashboard draws one line.
    rule = written["composites"]["demo-dev-data-clicks"]["rule"]
    assert all(f'ALARM("{name}")' in rule for name in parts)
    widgets = (w["properties"] for w in written["dashboard"]["widgets"])
    (panel,) = [properties for properties in widgets if properties.get("title") == "data.clicks: latency"]
    assert len([line for line in panel["annotations"]["horizontal"] if "age" in line["label"]]) == 1


@pytest.mark.parametrize("when", ["age < 1s for 5m", "age outside 3 sigma for 15m"])
def test_what_has_no_parts_is_refused_over_ten_metrics(when: str) -> None:
    told = readers(14, when).one("LF0606")
    assert told.path == ("monitor", "alarms", "own")
    assert "would look at 14 metrics; CloudWatch takes 10." in told.message
    assert "Ask whether it is above something (`> …`): that is split." in told.text
    assert "LF0606" not in readers(14, "age > 1s for 5m").codes
    assert "LF0606" not in readers(10, when).codes


def reading(tables: int, name: str = "table") -> Outcome:
    names = [f"{name}-{number:02d}" for number in range(tables)]
    stores = "data: {" + ", ".join(f"{each}: {{kind: table, key: id}}" for each in names) + "}\n"
    return outcome(stores + f"machines: {{box: {{instance: t4g.small, reads: [{', '.join(names)}]}}}}\n" + NOTIFY)


def over(found: Outcome) -> list[tuple[str, Any]]:
    return [(d.message, d.path) for d in found.found if "CloudWatch takes" in d.message]


def test_a_composite_alarm_names_a_hundred_at_most() -> None:
    assert over(reading(45)) == []
    ((message, path),) = over(reading(55))
    assert path == ("machines", "box")
    assert "makes one alarm over" in message and "CloudWatch takes 100, in 10240." in message


STORE = "data: {features: {kind: table, key: id}}\n"


def test_an_alarm_is_named_by_a_hundred_and_fifty_composite_ones_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landform.passes.check.monitor.ALARM_COMPOSITES", 2)
    boxes = ", ".join(f"box-{n}: {{instance: t4g.small, reads: [features]}}" for n in range(3))
    told = [d.message for d in outcome(STORE + f"machines: {{{boxes}}}\n" + NOTIFY).found if d.code == "LF0606"]
    # The table's own, and one of each machine that reads it.
    assert any(message.startswith("4 of what is watched in us-east-1 depend on what the alarm") for message in told)
