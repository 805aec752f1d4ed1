"""The page: true, escaped, small, readable by anybody, and asking nothing of anybody."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from landform_agent.config import parse
from landform_agent.engine import Line
from landform_agent.history import Kept
from landform_agent.report.facts import Facts
from landform_agent.report.page import page
from landform_agent.report.story import tell

START = 1_772_323_200.0
CONFIG = """
version: 1
system: shop
watch: score
features: {amount: {kind: numeric}, secret: {kind: categorical, sensitive: true}}
false_alarms: 1 per 100000 events
"""
EVIDENCE = {
    "psi": 1.25,
    "effect": 0.9,
    "events": 300.0,
    "missing_before": 0.0,
    "missing_now": 0.25,
    "bins": ["1.5", "2.5"],
    "before": [0.3, 0.4, 0.3],
    "now": [0.1, 0.2, 0.7],
}


def alarm(number: int = 0, **other: Any) -> dict[str, Any]:
    return {
        "id": f"a{number}",
        "segment": None,
        "channel": "data",
        "feature": "amount",
        "kind": "shift",
        "severity": "critical",
        "state": "raised",
        "seq": 7_000,
        "at": "2026-03-01T01:56:40.000Z",
        "since_seq": 6_700,
        "since": "2026-03-01T01:51:40.000Z",
        "statistic": 6.2,
        "threshold": 4.9,
        "evidence": EVIDENCE,
    } | other


def facts(alarms: Sequence[Mapping[str, Any]] = (), features: Sequence[str] = ("amount",)) -> Facts:
    chance = np.random.default_rng(3)
    levels = np.clip(0.5 + 0.03 * chance.standard_normal((100, len(features))), 0, 1).astype(np.float32)
    levels[70:] += np.float32(0.25)
    slices = [Kept(100, START + 100 * n, START + 100 * n + 99, levels[n].tobytes()) for n in range(100)]
    return Facts(
        config=parse(CONFIG),
        alarms=[(one, one) for one in alarms],
        slices={"data": slices},
        lines=[Line("data", name, "shift", None, 0.5) for name in features],
        sight={name: {"shift": {"change": 0.2, "events": 150.0, "threshold": 4.9}} for name in features},
        counts={"accepted": 10_000, "rejected": 12, "duplicates": 3},
        rows=5_000,
        rate=1.0,
        last=START + 9_999,
        timed=True,
    )


def written(of: Facts) -> str:
    return page(tell(of))


class _Outline(HTMLParser):
    """Elements with their attributes, in order; complains where one is closed that was not open."""

    EMPTY = frozenset({"meta", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def test_the_headline_says_what_stands_and_where_it_began() -> None:
    story = tell(facts([alarm()]))
    assert (story.verdict, story.tone) == ("amount has drifted.", "critical")
    assert [(one.name, one.began) for one in story.foremost] == [("amount", "1 Mar 01:51")]
    assert "Since 1\u00a0Mar\u00a001:51." in page(story).partition("</header>")[0]
    assert story.cards[0].plot is not None
    assert [bar.name for bar in story.cards[0].bars] == ["below 1.50", "1.50 – 2.50", "2.50 and up"]


def test_without_alarms_it_is_calm_and_what_went_back_is_no_drift() -> None:
    assert tell(facts()).verdict == "Nothing has drifted."
    gone = facts([alarm()])
    gone = replace(gone, alarms=[(alarm(), alarm(state="cleared", at="2026-03-01T02:20:00.000Z"))])
    story = tell(gone)
    assert (story.verdict, story.tone) == ("Nothing is drifting now.", "calm")
    assert "gone back 1 Mar 02:20" in story.cards[0].when


def test_what_stands_comes_first_and_what_went_further_before_the_rest() -> None:
    alarms = [
        alarm(1, feature="little", evidence=EVIDENCE | {"psi": 0.2}),
        alarm(2, feature="gone", evidence=EVIDENCE | {"psi": 9.0}, state="cleared"),
        alarm(3, feature="far", evidence=EVIDENCE | {"psi": 2.0}),
        alarm(4, feature=None, channel="label", kind="performance", evidence={"loss_before": 0.2, "loss_now": 0.5}),
    ]
    names = [card.name for card in tell(facts(alarms)).cards]
    assert names[0] == "far"
    assert names[-1] == "gone"


def test_that_no_events_come_is_no_drift() -> None:
    silent = alarm(1, feature=None, kind="silence", evidence={"seconds": 4_000.0})
    assert tell(facts([silent])).verdict == "No events come any more."
    assert (
        tell(facts([silent, alarm(feature="x" * 90)])).verdict == f"No events come any more. {'x' * 39}… has drifted."
    )


HOSTILE = '<script>alert("x")</script>"><img src=x onerror=alert(1)>&{{7*7}}\u202e'


def test_names_and_values_from_outside_are_text() -> None:
    evidence = EVIDENCE | {"bins": [HOSTILE, "DE", HOSTILE], "category": HOSTILE}
    alarms = [
        alarm(1, feature=HOSTILE, kind="category", evidence=evidence, severity=HOSTILE),
        alarm(2, feature=None, channel="joint", kind="correlation", evidence={"features": [HOSTILE, "b"]}),
        alarm(3, feature=HOSTILE, kind=HOSTILE, channel=HOSTILE, segment=HOSTILE),
    ]
    text = written(facts(alarms, features=("amount", HOSTILE)))
    tags = {tag for tag, _ in _Outline(text).elements}
    assert not tags & {"script", "img"}
    assert "49" not in re.findall(r"&amp;(.{2})", text)
    assert "&lt;script&gt;" in text
    assert all(not name.startswith("on") for _, attributes in _Outline(text).elements for name in attributes)


def test_it_asks_nothing_of_anybody() -> None:
    text = written(facts([alarm()]))
    assert "default-src 'none'" in text
    assert not re.search(r"https?://|url\(|@import|\bsrc=", text)
    assert all(
        str(value).startswith("#")
        for _, attributes in _Outline(text).elements
        for name, value in attributes.items()
        if name == "href"
    )


@pytest.mark.parametrize("spread", [1, 2_000])
def test_the_largest_watch_stays_below_a_megabyte(spread: int) -> None:
    names = [f"feature_with_a_rather_long_name_{number:04}" for number in range(2_000)]
    evidence = EVIDENCE | {
        "bins": ["category " * 12] * 20,
        "before": [0.05] * 20,
        "now": [0.05] * 20,
        "moved": names[:20],
    }
    alarms = [alarm(n, feature=names[n % spread], segment=f"country-{n % 50}", evidence=evidence) for n in range(500)]
    own = facts(alarms, features=names)
    kind = {"change": 0.2, "events": 150.0}
    own = replace(own, sight={name: dict.fromkeys(("shift", "spread", "category", "missing"), kind) for name in names})
    assert len(written(own).encode()) < 1_000_000


def test_a_sensitive_feature_shows_distances_only() -> None:
    evidence = {"psi": 0.8, "effect": 0.3, "missing_before": 0.0, "missing_now": 0.0, "events": 200.0}
    own = facts([alarm(feature="secret", kind="category", evidence=evidence)], features=("secret",))
    own = replace(own, lines=[Line("data", "secret", "category", "PLANTED", 0.5)])
    text = written(own)
    assert "PLANTED" not in text
    assert "Sensitive: only distances" in text
    assert "0.8" in text


def test_it_can_be_read_without_eyes_and_mouse() -> None:
    elements = _Outline(written(facts([alarm(), alarm(1, kind="spread")], features=("amount", "still")))).elements
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in elements:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert attributes["aria-label"]
        if attributes.get("aria-labelledby"):
            assert attributes["aria-labelledby"] in ids
        if (attributes.get("href") or "").startswith("#"):
            assert str(attributes["href"])[1:] in ids
        # What scrolls sideways can be reached by keyboard; nothing else is in the way.
        assert attributes.get("tabindex") in (None, "0")
        assert ("tabindex" in attributes) == (attributes.get("role") == "region")
    levels = [int(tag[1]) for tag, _ in elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert ("html", {"lang": "en"}) in elements


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


TEXT = [
    *((name, "paper") for name in ("ink", "soft", "now", "critical", "warning", "calm")),
    *((name, f"{name}-wash") for name in ("critical", "warning", "calm")),
    ("soft", "faint"),
]


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_stands_out_by_the_contrast_of_wcag_aa(scheme: int, text: str, ground: str) -> None:
    style = files("landform_agent.report").joinpath("templates", "style.css").read_text()
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    low, high = sorted((_light(colours[text]), _light(colours[ground])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_what_was_read_is_counted_with_its_reasons() -> None:
    own = replace(facts(), counts={"accepted": 900, "rejected": 100, "late": 2, "labels_absent": 40})
    story = tell(own)
    told = {name: value for name, value, _ in story.intake}
    assert told["Lines rejected"] == "100"
    assert told["Late objects"] == "2"
    assert told["Predictions whose labels never came"] == "40"
    assert "Labels that are none" not in told
    assert story.figures[3][1] == "90 %"


def test_events_without_times_are_told_by_their_numbers() -> None:
    own = facts([alarm(at="1970-01-01T01:56:40.000Z", since="1970-01-01T01:51:40.000Z")])
    slices = [Kept(one.count, one.since - START, one.until - START, one.levels) for one in own.slices["data"]]
    story = tell(replace(own, slices={"data": slices}, timed=False, last=9_999.0))
    assert "event 6,700" in story.cards[0].when
    assert [label for _, label in story.axis.ticks] == ["0", "2,000", "4,000", "6,000", "8,000"]
