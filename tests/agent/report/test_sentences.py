"""What an alarm says to somebody who never saw this tool: what it is about, which way, how far, since when."""

from __future__ import annotations

from typing import Any

import pytest

from landform_agent.report.sentences import change, name, summary

DECILES = ["10", "20", "30", "40", "50", "60", "70", "80", "90"]
EVEN = [0.1] * 10
UP = {"effect": 0.9, "bins": DECILES, "before": EVEN, "now": [0.0, 0.0, 0.0, 0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.2]}
TAIL = {"effect": -1.4, "bins": DECILES, "before": EVEN, "now": [0.7, 0.1, 0.1, 0.1, 0, 0, 0, 0, 0, 0]}
FLAG = {"bins": ["0", "4.94066e-324", "1", "1"], "before": [0.0, 0.89, 0.0, 0.11, 0.0]}
PLACES = {"bins": ["DE", "FR", "IT", "(others)", "(new)"], "before": [0.4, 0.3, 0.2, 0.1, 0.0]}
MANY = {"bins": [*(f"c{n}" for n in range(10)), "(others)", "(new)"], "before": [0.05] * 10 + [0.5, 0.0]}
ON_AVERAGE = "on average one lies above {} % of the reference’s (50 % is usual)."


@pytest.mark.parametrize(
    ("kind", "evidence", "said"),
    [
        ("shift", UP, f"Values are higher: their median went from about 50 to about 75, and {ON_AVERAGE.format(74)}"),
        ("shift", TAIL, f"Values are lower: their median went from about 50 to below 10, and {ON_AVERAGE.format(16)}"),
        ("shift", {"effect": -0.7}, f"Values are lower: {ON_AVERAGE.format(31)}"),
        ("shift", UP | {"less_season": 1.0}, f"Values are higher for the season: {ON_AVERAGE.format(74)}"),
        # What a few events show may go the other way than the change; then it bears out nothing.
        ("shift", UP | {"effect": -0.2}, f"Values are lower: {ON_AVERAGE.format(44)}"),
        (
            "shift",
            FLAG | {"effect": 0.25, "now": [0.0, 0.8, 0.0, 0.2, 0.0]},
            "Values are higher: 1, and not 0, was 11 % of the events and is 20 %.",
        ),
        ("spread", {"effect": 0.5}, "Values vary more: their spread is 1.31 times the reference’s."),
        ("spread", {"effect": -0.5}, "Values vary less: their spread is 0.54 times the reference’s."),
        ("spread", {"effect": -0.71}, "Values hardly differ from each other any more."),
        (
            "category",
            PLACES | {"effect": -0.2, "category": "DE", "now": [0.2, 0.5, 0.2, 0.1, 0.0]},
            "“DE” went from 40 % to 20 % of the events, and “FR” went from 30 % to 50 %.",
        ),
        (
            "category",
            PLACES | {"effect": 0.2, "category": "DE", "now": [0.6, 0.2, 0.12, 0.08, 0.0]},
            "“DE” went from 40 % to 60 % of the events.",
        ),
        (
            "category",
            PLACES | {"effect": -0.2, "category": "IT", "now": [0.5, 0.38, 0.0, 0.12, 0.0]},
            "“IT” has gone: 20 % of the events before, none now.",
        ),
        (
            "category",
            PLACES | {"effect": 0.056, "category": "(new)", "now": [0.4, 0.3, 0.2, 0.1, 0.0]},
            "Categories that the reference never had are 5.6 % of the events.",
        ),
        (
            "category",
            PLACES | {"effect": 0.15, "category": "(others)", "now": [0.3, 0.25, 0.2, 0.25, 0.0]},
            "The rarer categories together: 10 % of the events before, 25 % now.",
        ),
        (
            "category",
            MANY | {"effect": 0.026, "category": "(others)", "now": [0.04] * 10 + [0.6, 0.0]},
            "The rarer categories together: the share of the events rose by 2.6 points.",
        ),
        ("category", {"effect": 0.12, "category": "DE"}, "“DE”: the share of the events rose by 12 points."),
        ("category", {"effect": -0.12}, "The share of one category, which is not named, fell by 12 points."),
        ("missing", {"missing_before": 0.001, "missing_now": 0.34}, "Events without a value: 0.1 % before, 34 % now."),
        (
            "missing",
            {"missing_before": 0.02, "missing_now": 1.0},
            "No event has a value any more; before, 98 % had one.",
        ),
        (
            "correlation",
            {"correlation_before": 0.93, "correlation_now": 0.4},
            "They go together less: their rank correlation went from +0.93 to +0.40.",
        ),
        (
            "correlation",
            {"correlation_before": 0.6, "correlation_now": -0.5},
            "They go together the other way round: their rank correlation went from +0.60 to −0.50.",
        ),
        (
            "performance",
            {"loss_before": 0.1, "loss_now": 0.18},
            "The model errs more: its losses are 1.8 times the reference’s.",
        ),
        (
            "performance",
            {"loss_before": 0.1, "loss_now": 0.18, "ranked": 1.0},
            "The model errs more: its errors, each weighed by how rare it was, are 1.8 times the reference’s.",
        ),
        (
            "silence",
            {"seconds": 5_400.0},
            "Nothing was read for 2 hours: no events come, or the agent does not reach them.",
        ),
        (
            "schema",
            {"lines": 60.0, "of_last": 1000.0, "reasons": ["60 x no JSON"]},
            "60 of the last 1,000 lines do not have the form that the watch knows: 60 x no JSON.",
        ),
        ("unheard-of", {}, "A change of kind unheard-of."),
    ],
)
def test_a_change_in_a_sentence(kind: str, evidence: dict[str, object], said: str) -> None:
    assert change({"kind": kind, "evidence": evidence}) == said


def test_of_a_flag_the_rarer_side_is_told_first() -> None:
    flag = {"category": "no", "effect": -0.02, "bins": ["no", "yes"], "before": [0.99, 0.01], "now": [0.97, 0.03]}
    said = "“yes” went from 1 % to 3 % of the events, and “no” went from 99 % to 97 %."
    assert change({"kind": "category", "evidence": flag}) == said


def alarm(**other: Any) -> dict[str, Any]:
    times = {"seq": 700, "at": "2026-03-01T12:00:00.000Z", "since_seq": 650, "since": "2026-03-01T11:20:00.000Z"}
    own = {"state": "raised", "channel": "data", "feature": "amount", "kind": "shift", "evidence": {"effect": 0.9}}
    return own | times | other


NONE: dict[str, Any] = {"feature": None}
RAISED = f"amount has drifted. Values are higher: {ON_AVERAGE.format(74)} Since 2026-03-01 11:20:00 UTC."


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (alarm(), RAISED),
        (alarm(state="ongoing"), RAISED.replace("drifted.", "drifted, and that stands.")),
        (
            alarm(evidence={"effect": 0.9, "events": 31.0}),
            RAISED.replace("UTC.", "UTC, judged on 31 events."),
        ),
        (
            alarm(evidence={"effect": 0.9, "after": "a1"}),
            RAISED.replace(" Since", " It moved on while an earlier alarm stood. Since"),
        ),
        (alarm(segment="IT"), RAISED.replace("amount", "amount in IT")),
        (alarm(since="1970-01-01T00:10:50.000Z"), RAISED.replace("2026-03-01 11:20:00 UTC", "event 650")),
        (alarm(state="cleared", segment="IT"), "amount in IT has gone back to the reference (level)."),
        (
            alarm(
                **NONE, channel="label", kind="performance", evidence={"loss_before": 1, "loss_now": 2}, segment="IT"
            ),
            "losses of the model in IT have drifted. The model errs more: its losses "
            "are 2.0 times the reference’s. Since 2026-03-01 11:20:00 UTC.",
        ),
        (
            alarm(**NONE, channel="label", kind="performance", state="cleared"),
            "losses of the model have gone back to the reference (performance).",
        ),
        (
            alarm(**NONE, kind="silence", evidence={"seconds": 600.0}),
            "Nothing was read for 10 minutes: no events come, or the agent does not reach them. "
            "Since 2026-03-01 11:20:00 UTC.",
        ),
        (alarm(**NONE, kind="silence", state="cleared"), "Events come again."),
        (alarm(**NONE, kind="schema", state="cleared"), "Lines have the form again that the watch knows."),
    ],
)
def test_an_alarm_that_is_all_that_somebody_sees(told: dict[str, Any], said: str) -> None:
    assert summary(told) == said


def test_what_an_alarm_is_about_has_one_name_everywhere() -> None:
    assert name(alarm(**NONE, channel="prediction")) == "prediction"
    assert name(alarm(**NONE, channel="joint", evidence={"features": ["a", "b"]}, segment="IT")) == "a × b in IT"
    assert name(alarm(**NONE, kind="silence")) == "no events"
    assert name(alarm(**NONE, kind="schema")) == "form of the events"
    assert name({"feature": "amount"}) == "amount"


def test_a_name_and_a_category_of_any_length_fit() -> None:
    long = {"bins": ["x" * 500, "y" * 500], "before": [0.9, 0.1], "now": [0.1, 0.9]}
    told = alarm(kind="category", feature="z" * 500, evidence=long | {"effect": -0.8, "category": "x" * 500})
    assert len(summary(told)) < 350
