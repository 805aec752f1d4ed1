"""One card a feature, in the order of what is more than chance; and what somebody may do about those that stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from landform_agent.engine import Line
from landform_agent.engine.alarms import stability
from landform_agent.report.bars import bars, valued
from landform_agent.report.distance import by_chance
from landform_agent.report.page import page
from landform_agent.report.sentences import change
from landform_agent.report.story import Story, tell

from .test_page import EVIDENCE, alarm, facts

EVEN = {"bins": [str(cut) for cut in range(1, 10)], "before": [0.1] * 10}
LABEL: dict[str, Any] = {
    "feature": None,
    "channel": "label",
    "kind": "performance",
    "evidence": {"loss_before": 0.1, "loss_now": 0.2},
}
GONE = {"state": "cleared", "at": "2026-03-01T02:20:00.000Z"}


def story(*alarms: dict[str, Any]) -> Story:
    return tell(facts(alarms))


def test_segments_stand_on_the_card_of_their_feature() -> None:
    parts = [alarm(n, segment=name, evidence=EVIDENCE | {"psi": psi}) for n, name, psi in ((1, "IT", 2), (2, "ES", 9))]
    told = story(alarm(3), *parts, alarm(4, feature="other"))
    assert [card.name for card in told.cards] == ["amount", "other"]
    assert told.verdict == "amount and other have drifted."
    card = told.cards[0]
    assert (card.whole, card.foremost, [name for name, *_ in card.parts]) == (True, "ES", ["ES", "IT"])
    assert len(card.spans) == 1
    assert ("Alarms", "4", "4 standing, 0 gone back") in told.figures
    assert "Furthest in ES." in page(told).partition("</header>")[0]


def test_segments_that_went_as_far_as_the_whole_are_not_the_news() -> None:
    assert story(alarm(1), alarm(2, segment="IT")).cards[0].foremost == ""


def test_a_segment_speaks_where_the_whole_is_calm() -> None:
    far = alarm(1, segment="IT", evidence=EVIDENCE | {"psi": 3.0})
    told = story(far, alarm(2, segment="ES"))
    assert told.verdict == "amount in IT has drifted."
    assert [name for name, *_ in told.cards[0].parts] == ["ES"]
    assert not told.cards[0].whole
    whole = alarm(3)
    gone = tell(replace(facts(), alarms=[(whole, whole | GONE), (far, far)]))
    assert gone.verdict == "amount in IT has drifted."


def test_many_segments_are_counted() -> None:
    card = story(alarm(0), *(alarm(n, segment=f"s{n:02}") for n in range(1, 21))).cards[0]
    assert (len(card.parts), card.more_parts) == (12, 8)


@pytest.mark.parametrize("events", [20, 60, 400, 3_000])
def test_what_few_events_show_by_chance_is_reckoned(events: int) -> None:
    chance, shares = np.random.default_rng(7), np.array([0.02, 0.08, 0.2, 0.3, 0.4])
    seen = [stability(shares, chance.multinomial(events, shares) / events) for _ in range(3_000)]
    assert by_chance(shares.tolist(), events) == pytest.approx(float(np.mean(seen)), rel=0.08)


def test_what_few_events_show_by_chance_goes_before_nothing() -> None:
    few = EVEN | {"psi": 1.1, "events": 20.0, "now": [0.15, 0.05] * 5}
    many = EVEN | {"psi": 0.4, "events": 900.0, "now": [0.05] * 5 + [0.15] * 5}
    told = story(alarm(1, feature="few", evidence=few), alarm(2, feature="many", evidence=many))
    assert [card.name for card in told.cards] == ["many", "few"]
    assert told.cards[1].facts[0] == ("Distance (PSI)", "1.1, of which 1 by chance")
    assert told.cards[1].bars_of == "Value: shares in the reference, and now in 20 events"


def test_the_fuller_of_two_tellings_is_drawn() -> None:
    first = alarm(evidence=EVEN | {"psi": 0.4, "events": 900.0, "now": [0.05] * 5 + [0.15] * 5})
    last = first | {"state": "ongoing", "evidence": EVEN | {"psi": 2.0, "events": 20.0, "now": [0.0] * 9 + [1.0]}}
    card = tell(replace(facts(), alarms=[(first, last)])).cards[0]
    assert card.bars[-1].now == 0.15
    assert card.bars_of.endswith("900 events")


def test_values_that_are_left_where_others_went_missing_are_not_drawn_as_news() -> None:
    few = EVEN | {"psi": 1.8, "events": 24.0, "missing_now": 0.2, "now": [0.15, 0.05] * 5}
    assert story(alarm(kind="missing", evidence=few)).cards[0].bars == ()
    moved = EVEN | {"psi": 2.0, "events": 900.0, "missing_now": 0.2, "now": [0.0] * 9 + [1.0]}
    assert story(alarm(kind="missing", evidence=moved)).cards[0].bars


FAR = EVEN | {"psi": 0.002, "events": 900.0, "now": [0.1] * 10, "outliers_before": 0.0, "outliers_now": 0.02}


def test_the_card_speaks_by_what_is_critical_not_by_what_is_newest() -> None:
    far = alarm(1, kind="spread", severity="critical", evidence=FAR | {"effect": 0.02})
    wide = alarm(2, kind="spread", severity="warning", evidence=EVEN | {"psi": 0.01, "effect": 0.1, "now": [0.1] * 10})
    card = story(far, wide).cards[0]
    assert card.sentence == f"{change(far)} {change(wide)}"
    assert card.sentence.startswith("Values far beyond the usual ones come more often: 2 %")
    assert card.bars == () and [said for said, _ in card.earlier] == [change(wide)]
    moved = wide | {"evidence": wide["evidence"] | {"after": far["id"]}}
    assert story(far, moved).cards[0].sentence == change(moved)


def test_far_values_go_before_what_hardly_moved() -> None:
    far = alarm(1, feature="far", kind="spread", evidence=FAR | {"effect": 0.02})
    small = alarm(2, feature="small", evidence=EVEN | {"psi": 0.05, "events": 900.0, "now": [0.05] * 5 + [0.15] * 5})
    assert [card.name for card in story(small, far).cards] == ["far", "small"]


def test_values_that_are_frequent_by_themselves_have_rows_of_their_own() -> None:
    flag = {"bins": ["0", "4.94066e-324", "1", "1"], "before": [0.0, 0.89, 0.0, 0.11, 0.0], "now": [0, 0.8, 0, 0.2, 0]}
    assert [(bar.name, bar.now) for bar in bars(flag)] == [("0", 0.8), ("1", 0.2)]
    assert [name for name, *_ in valued(flag)] == ["0", "1"]
    count = {"bins": ["3", "3", "4", "4", "6"], "before": [0.2, 0.3, 0.0, 0.2, 0.2, 0.1], "now": [0.2] * 6}
    assert [bar.name for bar in bars(count)] == ["below 3", "3", "3 – 4", "4", "4 – 6", "6 and up"]
    assert valued(count) == []


def test_the_steps_are_those_of_what_stands() -> None:
    one = story(alarm()).steps
    assert (
        one[0]
        == "Ask who makes amount what changed about 1 Mar 01:51. A release, a unit, a source, whom the model serves?"
    )
    assert "no labels come" in one[1]
    assert "landform-agent fit" in one[2]
    older = alarm(1, feature="age", kind="missing", since="2026-03-01T00:20:00.000Z")
    several = story(alarm(), older, alarm(2, **LABEL)).steps
    assert "age and amount what changed then: age first, 1 Mar 00:20." in several[0]
    assert "mostly come of a release" in several[0]
    assert several[1].startswith("It matters: the model errs more")
    assert story().steps == ()
    assert tell(replace(facts(), alarms=[(alarm(), alarm() | GONE)])).steps == ()


def test_that_the_model_errs_more_is_said_in_the_headline() -> None:
    assert story(alarm(), alarm(1, **LABEL)).verdict == "amount has drifted. The model errs more."
    assert story(alarm(1, **LABEL, segment="IT")).verdict == "The model errs more in parts of the traffic."


def test_labels_that_tell_nothing_are_good_news() -> None:
    own = facts([alarm()])
    told = tell(replace(own, lines=[*own.lines, Line("label", None, "performance", None, 0.1)]))
    assert told.steps[1].startswith("So far it does no harm that shows")


def test_losses_that_went_back_are_no_proof_of_no_harm() -> None:
    worse = alarm(1, **LABEL)
    told = tell(replace(facts(), alarms=[(alarm(), alarm()), (worse, worse | GONE)]))
    assert told.steps[1].startswith("The losses of the model are as they were now, but were worse once before")


def test_events_without_times_are_numbered_from_nought() -> None:
    told = tell(replace(facts(), timed=False, last=9_999.0, slices={}))
    assert told.period == "event 0 – event 9,999"
    assert ("Period", "–", "events have no times and are numbered") in told.figures


def test_a_broken_source_is_mended_and_nothing_is_trained() -> None:
    none: dict[str, Any] = {"feature": None, "evidence": {}}
    told = story(alarm(1, kind="silence", **none), alarm(2, kind="schema", **none))
    steps = told.steps
    assert len(steps) == 2
    assert steps[0].startswith("See why no events come")
    assert ".rejected.jsonl" in steps[1]
    assert told.verdict == "No events come any more. Events have taken another form."


def test_that_no_events_come_is_told_before_what_drifted() -> None:
    told = story(alarm(1), alarm(2, feature=None, kind="silence", evidence={"seconds": 4_000.0}))
    assert [card.name for card in told.foremost] == ["no events", "amount"]


def test_answers_that_drift_alone_point_to_the_version_that_serves() -> None:
    assert "another version serves since 1 Mar 01:51" in story(alarm(feature=None, channel="prediction")).steps[0]


def test_on_paper_it_is_dark_on_white_whatever_the_screen() -> None:
    text = page(story(alarm()))
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert "@media screen and (prefers-color-scheme: dark)" in style
    assert "print-color-adjust: exact" in style.partition("@media print")[2]
