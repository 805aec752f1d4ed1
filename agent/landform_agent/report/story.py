"""What the page tells: a verdict, the features in the order of how far they went, and what the watch can see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from landform_agent.config import Config
from landform_agent.report import words
from landform_agent.report.advice import advice
from landform_agent.report.cards import Card, Told, card_of, stands
from landform_agent.report.charts import Axis
from landform_agent.report.facts import Facts
from landform_agent.report.lines import Still, still
from landform_agent.report.sentences import subject
from landform_agent.report.sight import Sight, sight, typical
from landform_agent.report.training import Beside

FOREMOST: Final = 3
"""Changes that are told at the top."""

CARDS: Final = 24
QUIET: Final = 60
"""Features that are drawn; more are counted."""


@dataclass(frozen=True)
class Story:
    """Everything on the page, in words and places."""

    config: Config
    title: str
    verdict: str
    tone: str
    lead: str
    foremost: tuple[Card, ...]
    steps: tuple[str, ...]
    period: str
    figures: tuple[tuple[str, str, str], ...]
    axis: Axis
    cards: tuple[Card, ...]
    more_cards: int
    still: tuple[Still, ...]
    more_still: int
    budget: str
    sight: Sight
    typical: str
    intake: tuple[tuple[str, str, str], ...]
    training: Beside | None = None


def tell(facts: Facts) -> Story:
    """The story of a watch."""
    # Slices tell of times at which blocks end; what has none of its own is numbered from nought.
    first = min((one.since for own in facts.slices.values() for one in own), default=facts.last) if facts.timed else 0.0
    last = max((facts.last, *(one.until for own in facts.slices.values() for one in own)))
    clock = words.Clock(facts.timed, last - first)
    axis = Axis(first, last, 0.0, tuple(clock.ticks(first, last)))
    axis = Axis(first, last, axis.place(_baseline_end(facts, first)), axis.ticks)
    grouped: dict[tuple[str, object], list[Told]] = {}
    for raised, latest in facts.alarms:
        grouped.setdefault((subject(raised), raised.get("channel")), []).append((raised, latest))
    cards = sorted(
        (card_of(number, facts, own, axis, clock) for number, own in enumerate(grouped.values())),
        key=lambda card: (not card.standing, card.kind not in _BROKEN, -card.weight, card.name),
    )
    named = {place[0] for place in grouped}
    known = dict.fromkeys(line.feature for line in facts.lines if line.lane in ("data", "prediction"))
    quiet = [name for name in known if name is not None and name not in named]
    standing = [card for card in cards if card.standing]
    verdict, tone = _verdict(standing, cards)
    return Story(
        config=facts.config,
        title=f"{facts.config.system} · {facts.config.watch}",
        verdict=verdict,
        tone=tone,
        lead=_lead(cards),
        foremost=tuple(standing[:FOREMOST]),
        steps=advice(standing, cards, any(line.lane == "label" for line in facts.lines)),
        period=f"{clock.tell(first)} – {clock.tell(last)}",
        figures=_figures(facts, clock, first, last),
        axis=axis,
        cards=tuple(cards[:CARDS]),
        more_cards=max(len(cards) - CARDS, 0),
        still=tuple(still(name, facts, axis) for name in quiet[:QUIET]),
        more_still=max(len(quiet) - QUIET, 0),
        budget=_budget(facts),
        sight=sight(facts.sight),
        typical=typical(facts.sight, facts.rate if facts.timed else None),
        intake=_intake(facts.counts),
    )


def _baseline_end(facts: Facts, first: float) -> float:
    seen = 0
    for one in facts.slices.get("data", ()):
        seen += one.count
        if seen >= facts.rows:
            return one.until
    return first


_BROKEN: Final = {"silence": "No events come any more.", "schema": "Events have taken another form."}


def _verdict(standing: Sequence[Card], cards: Sequence[Card]) -> tuple[str, str]:
    if not standing:
        return ("Nothing is drifting now." if cards else "Nothing has drifted."), "calm"
    tone = "critical" if any(card.critical for card in standing) else "warning"
    told = [said for kind, said in _BROKEN.items() if any(card.kind == kind for card in standing)]
    names = [words.short(card.name) for card in standing if card.kind not in _BROKEN and card.channel != "label"]
    if names:
        told.append(f"{words.listed(names)} {'has' if len(names) == 1 else 'have'} drifted.")
    erring = next((card for card in standing if card.channel == "label"), None)
    if erring:
        told.append("The model errs more." if erring.whole else "The model errs more in parts of the traffic.")
    return " ".join(told), tone


def _lead(cards: Sequence[Card]) -> str:
    """What is said where nothing stands."""
    if cards:
        return f"{words.count(sum(len(card.spans) for card in cards), 'earlier change')} went back to the reference."
    return "Every feature stays within what its reference makes likely."


def _figures(facts: Facts, clock: words.Clock, first: float, last: float) -> tuple[tuple[str, str, str], ...]:
    raised, stand = len(facts.alarms), sum(map(stands, facts.alarms))
    accepted = facts.counts.get("accepted", 0)
    rejected = facts.counts.get("rejected", 0)
    read = accepted + rejected
    period = (clock.apart(last - first), f"{clock.tell(first)} – {clock.tell(last)}")
    period = period if facts.timed else ("–", "events have no times and are numbered")
    return (
        ("Events", f"{accepted:,}", f"{facts.rows:,} of them the reference"),
        ("Period", *period),
        ("Alarms", f"{raised:,}", f"{stand:,} standing, {raised - stand:,} gone back"),
        ("Read", words.percent(accepted / read) if read else "–", f"{words.count(rejected, 'line')} rejected"),
    )


def _budget(facts: Facts) -> str:
    rate = facts.config.false_alarms
    amount = rate.each.amount
    each = f"{amount:,.0f} events" if rate.each.unit == "events" else words.lasting(amount)
    return f"{words.number(rate.count)} false alarm{'' if rate.count == 1 else 's'} in {each} over the whole watch"


_COUNTED: Final = (
    ("accepted", "Events accepted", ""),
    ("rejected", "Lines rejected", "each with its reason in <state>.rejected.jsonl"),
    ("duplicates", "Duplicates left out", "the same id came before"),
    ("late", "Late objects", "came after their slice was closed, and count in the next"),
    ("future", "From the future", "more than an hour ahead of their slice"),
    ("backwards", "Times that go back", "accepted"),
    ("extra", "Rows with fields that nobody watches", ""),
    ("lost", "Objects gone before they were read", ""),
)
_LABELS: Final = (
    ("labels_judged", "Predictions judged by their labels", ""),
    ("labels_absent", "Predictions whose labels never came", "until they were due"),
    ("labels_given_up", "Predictions given up", "more waited than may; the rest is a sample"),
    ("labels_invalid", "Labels that are none", ""),
    ("labels_unasked", "Labels that nobody asked for", "the configuration has no labels"),
)


def _intake(counts: Mapping[str, int]) -> tuple[tuple[str, str, str], ...]:
    labels = [row for row in _LABELS if counts.get(row[0])]
    return tuple((label, f"{counts.get(name, 0):,}", why) for name, label, why in (*_COUNTED, *labels))
