"""Cards: one for each feature that has, or had, alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landform_agent.report import sentences, words
from landform_agent.report.bars import Bar, bars, numeric
from landform_agent.report.charts import Axis, Plot, Span
from landform_agent.report.distance import expected, outlying
from landform_agent.report.facts import Facts, Record
from landform_agent.report.lines import drawn

_PARTS = 12
"""Segments that a card names; more are counted."""


@dataclass(frozen=True)
class Card:
    """One feature (or the prediction, the losses, a pair) that has, or had, alarms; `parts` are those of its segments.

    `whole`: what is told is of the whole watch, and not of a segment. `since` is where that began, in seconds, and
    `began` the same in words; `foremost` is the segment that went much further.
    """

    key: str
    name: str
    channel: str
    kind: str
    standing: bool
    critical: bool
    sentence: str
    when: str
    since: float
    began: str
    facts: tuple[tuple[str, str], ...]
    measure: str
    plot: Plot | None
    spans: tuple[Span, ...]
    bars: tuple[Bar, ...]
    bars_of: str
    whole: bool
    foremost: str
    parts: tuple[tuple[str, str, str], ...]
    more_parts: int
    earlier: tuple[tuple[str, str], ...]
    private: bool
    weight: float


Told = tuple[Record, Record]
"""An alarm as it was raised, and as it was told last."""


def card_of(number: int, facts: Facts, own: Sequence[Told], axis: Axis, clock: words.Clock) -> Card:
    """A card from the alarms of one subject. Those of the whole watch speak for it, unless segments alone have any."""
    standing = [pair for pair in own if stands(pair)]
    speaks = _speaking(standing or own)
    said = _said(speaks)
    raised, latest = said[0]
    parts = _parts([pair for pair in standing or own if pair[0].get("segment") and pair not in speaks], clock, axis)
    known = (facts.config.features or {}).get(str(raised.get("feature")))
    private = known is not None and known.hidden
    measure, line = drawn(facts, raised, axis)
    rows, bars_of = _bars(latest, raised)
    since = words.moment(raised, "since")
    return Card(
        key=f"c{number}",
        name=sentences.name(raised),
        channel=str(raised.get("channel")),
        kind=str(raised.get("kind")),
        standing=bool(standing),
        critical=any(one.get("severity") == "critical" for one, _ in standing or own),
        sentence=" ".join(sentences.change(one) for one, _ in (said if standing else said[:1])),
        when=_when(raised, latest, clock, axis.last),
        since=since,
        began=clock.tell(since),
        facts=_evidence(raised, latest),
        measure=measure,
        plot=line,
        spans=tuple(_span(one, other, axis, clock) for one, other in own if _same_place(one, raised)),
        bars=() if private else rows,
        bars_of=bars_of,
        whole=not raised.get("segment"),
        foremost=_foremost(standing or own, speaks, parts),
        parts=parts[:_PARTS],
        more_parts=max(len(parts) - _PARTS, 0),
        earlier=tuple(
            (sentences.change(one), _when(one, other, clock, axis.last))
            for one, other in reversed(own)
            if one is not raised and _same_place(one, raised)
        )[:8],
        private=private,
        weight=max(_weight(pair) for pair in standing or own),
    )


def stands(pair: Told) -> bool:
    """Whether an alarm was not told to have gone back."""
    return pair[1].get("state") != "cleared"


def _same_place(one: Record, other: Record) -> bool:
    return one.get("segment") == other.get("segment")


def _speaking(own: Sequence[Told]) -> list[Told]:
    """The alarms of the whole; else those of the segment that went furthest."""
    whole = [pair for pair in own if not pair[0].get("segment")]
    if whole:
        return whole
    farthest = max(own, key=_weight)
    return [pair for pair in own if _same_place(pair[0], farthest[0])]


def _said(speaks: Sequence[Told]) -> list[Told]:
    """The critical ones first, the newest of them before others; what moved on since is said no more."""
    left = {(pair[0].get("evidence") or {}).get("after") for pair in speaks}
    now = [pair for pair in speaks if pair[0].get("id") not in left]
    return sorted(now or speaks, key=lambda pair: (pair[0].get("severity") != "critical", -int(pair[0]["seq"])))


def _foremost(own: Sequence[Told], speaks: Sequence[Told], parts: Sequence[tuple[str, str, str]]) -> str:
    """The segment that went more than twice as far as what speaks for the card, where there is one."""
    return parts[0][0] if parts and max(map(_weight, own)) > 2 * max(map(_weight, speaks)) else ""


def _parts(own: Sequence[Told], clock: words.Clock, axis: Axis) -> tuple[tuple[str, str, str], ...]:
    """Segments, the farthest first, each with the newest of its alarms."""
    newest = {str(pair[0]["segment"]): pair for pair in sorted(own, key=lambda pair: int(pair[0]["seq"]))}
    return tuple(
        (name, sentences.change(pair[0]), _when(*pair, clock, axis.last))
        for name, pair in sorted(newest.items(), key=lambda item: (-_weight(item[1]), item[0]))
    )


def _weight(pair: Told) -> float:
    """How far it went, for the order of cards: the distance beyond chance, or what stands for it."""
    evidence = _fuller(*pair)
    psi = evidence.get("psi")
    if isinstance(psi, (int, float)):
        return max(float(psi) - expected(evidence), outlying(evidence))
    pairs = (("correlation_before", "correlation_now"), ("loss_before", "loss_now"))
    apart = [float(evidence[b]) - float(evidence[a]) for a, b in pairs if a in evidence and b in evidence]
    return 4 * apart[0] ** 2 if apart else 0.0


def _fuller(raised: Record, latest: Record) -> Record:
    """The evidence that is of more events; of as many, what was told last."""
    first, last = raised.get("evidence") or {}, latest.get("evidence") or {}
    return first if words.real(first.get("events")) > words.real(last.get("events")) else last


def _when(raised: Record, latest: Record, clock: words.Clock, last: float) -> str:
    since, at = words.moment(raised, "since"), words.moment(raised, "at")
    events = int(raised["seq"]) - int(raised.get("since_seq", raised["seq"])) + 1
    told = (
        f"Since {clock.tell(since)}, raised {words.count(events, 'event') if events > 0 else 'without an event'} later"
    )
    told += f" ({clock.tell(at)})" if clock.tell(at) != clock.tell(since) else ""
    if latest.get("state") == "cleared":
        return f"{told}; gone back {clock.tell(words.moment(latest, 'at'))}."
    return f"{told}; it has stood for {clock.apart(max(last - since, 0))}."


def _span(raised: Record, latest: Record, axis: Axis, clock: words.Clock) -> Span:
    cleared = latest.get("state") == "cleared"
    since, at = words.moment(raised, "since"), words.moment(raised, "at")
    return Span(
        axis.place(since),
        axis.place(at),
        axis.place(words.moment(latest, "at")) if cleared else 100.0,
        str(raised.get("severity")),
        not cleared,
        f"{words.kind_of(raised)}: since {clock.tell(since)}, raised {clock.tell(at)}, "
        f"{'gone back ' + clock.tell(words.moment(latest, 'at')) if cleared else 'stands'}",
    )


def _evidence(raised: Record, latest: Record) -> tuple[tuple[str, str], ...]:
    evidence = raised.get("evidence") or {}
    told = []
    if "psi" in evidence:
        fuller = _fuller(raised, latest)
        apart, chance = words.number(words.real(fuller.get("psi")), 2), expected(fuller)
        told.append(
            ("Distance (PSI)", f"{apart}, of which {words.number(chance, 1)} by chance" if chance > 0.05 else apart)
        )
    found, bar = (words.number(words.real(raised.get(name))) for name in ("statistic", "threshold"))
    told.append(("Statistic", f"{found}, alarm above {bar}"))
    if "events" in evidence:
        told.append(("Judged on", words.count(int(words.real(evidence["events"])), "event")))
    share = words.real(evidence.get("share"), 1.0)
    if share < 1:
        told.append(("Share of the traffic", words.percent(share)))
    others = [
        str(name) for name in evidence.get("moved") or () if name not in (raised.get("feature"), raised.get("channel"))
    ]
    if others:
        told.append(("Moved with it", words.listed(others, 5)))
    missing = [words.real(evidence.get(name)) for name in ("missing_before", "missing_now")]
    if any(missing):
        told.append(("Missing", f"{words.percent(missing[0])} before, {words.percent(missing[1])} now"))
    return tuple(told)


def _bars(latest: Record, raised: Record) -> tuple[tuple[Bar, ...], str]:
    evidence = _fuller(raised, latest)
    rest = 3 * expected(evidence) if raised.get("kind") == "missing" else outlying(evidence)
    if "bins" not in evidence or words.real(evidence.get("psi")) < rest:
        # Where values went missing, or far away, those that are left say something only if they are others than before.
        return (), ""
    unit = "Distance from the season, in typical distances" if evidence.get("less_season") else "Value"
    events = int(words.real(evidence.get("events")))
    among = f" in {words.count(events, 'event')}" if events else ""
    return bars(evidence), f"{unit if numeric(evidence) else 'Category'}: shares in the reference, and now{among}"
