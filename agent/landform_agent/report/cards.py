"""Cards: one for each feature that has, or had, alarms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from landform_agent.report import words
from landform_agent.report.charts import Axis, Plot, Span
from landform_agent.report.facts import Facts, Record
from landform_agent.report.lines import drawn


@dataclass(frozen=True)
class Bar:
    """One row of a distribution: shares of one, and their lengths in per cent of the widest."""

    name: str
    before: float
    now: float
    scale: float


@dataclass(frozen=True)
class Card:
    """One feature (or the prediction, the losses, a pair) that has, or had, alarms."""

    key: str
    name: str
    kind: str
    standing: bool
    critical: bool
    sentence: str
    when: str
    facts: tuple[tuple[str, str], ...]
    measure: str
    plot: Plot | None
    spans: tuple[Span, ...]
    bars: tuple[Bar, ...]
    bars_of: str
    earlier: tuple[tuple[str, str], ...]
    private: bool
    weight: float


def place_of(alarm: Record) -> tuple[str, str]:
    """What an alarm is about, and its channel; segments are told apart."""
    evidence = alarm.get("evidence") or {}
    channel = str(alarm.get("channel"))
    pair = evidence.get("features")
    name = {
        # Alarms of no feature are about the events as such: their form, or that none comes.
        "data": str(alarm.get("feature") or "events"),
        "prediction": "prediction",
        "label": "losses of the model",
        "joint": " × ".join(map(str, pair)) if isinstance(pair, list) else "pairs of features",
    }.get(channel, channel)
    segment = alarm.get("segment")
    return (f"{name} in {segment}" if segment else name), channel


def card_of(
    number: int,
    facts: Facts,
    name: str,
    own: Sequence[tuple[Record, Record]],
    axis: Axis,
    clock: words.Clock,
) -> Card:
    """A card from the alarms of one name, each as it was raised and as it was told last."""
    standing = [pair for pair in own if pair[1].get("state") != "cleared"]
    raised, latest = max(standing or own, key=lambda pair: int(pair[0]["seq"]))
    evidence = raised.get("evidence") or {}
    feature = raised.get("feature")
    known = (facts.config.features or {}).get(str(feature))
    private = known is not None and known.hidden
    measure, line = drawn(facts, raised, axis)
    bars, bars_of = _bars(latest, raised)
    return Card(
        key=f"c{number}",
        name=name,
        kind=str(raised.get("kind")),
        standing=bool(standing),
        critical=raised.get("severity") == "critical",
        sentence=words.change(raised),
        when=_when(raised, latest, clock, axis.last),
        facts=_evidence(raised, latest, evidence),
        measure=measure,
        plot=line,
        spans=tuple(_span(one, other, axis, clock) for one, other in own),
        bars=() if private else bars,
        bars_of=bars_of,
        earlier=tuple(
            (words.change(one), _when(one, other, clock, axis.last))
            for one, other in reversed(own)
            if one is not raised
        )[:8],
        private=private,
        weight=_weight(latest.get("evidence") or evidence),
    )


def _weight(evidence: Record) -> float:
    """How far it went, for the order of cards: the distance where there is one, else what stands for it."""
    psi = evidence.get("psi")
    if isinstance(psi, (int, float)):
        return float(psi)
    pairs = (("correlation_before", "correlation_now"), ("loss_before", "loss_now"))
    apart = [float(evidence[b]) - float(evidence[a]) for a, b in pairs if a in evidence and b in evidence]
    return 4 * apart[0] ** 2 if apart else 0.0


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
        f"{words.KINDS.get(str(raised.get('kind')), 'change')}: since {clock.tell(since)}, raised {clock.tell(at)}, "
        f"{'gone back ' + clock.tell(words.moment(latest, 'at')) if cleared else 'stands'}",
    )


def _evidence(raised: Record, latest: Record, evidence: Record) -> tuple[tuple[str, str], ...]:
    now = latest.get("evidence") or {}
    told = []
    if "psi" in evidence:
        before, later = (words.number(words.real(one.get("psi")), 2) for one in (evidence, {**evidence, **now}))
        told.append(("Distance (PSI)", before if before == later else f"{before}, {later} last told"))
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
    evidence = next((one for one in (latest.get("evidence"), raised.get("evidence")) if one and "bins" in one), None)
    if evidence is None:
        return (), ""
    bins, before, now = evidence["bins"], evidence["before"], evidence["now"]
    numeric = len(before) == len(bins) + 1
    names = _ranges(bins) if numeric else [str(name) for name in bins]
    widest = max(*before, *now, 1e-9)
    bars = tuple(Bar(name, b, n, 100 / widest) for name, b, n in zip(names, before, now, strict=False))
    unit = "Distance from the season, in typical distances" if evidence.get("less_season") else "Value"
    return bars, unit if numeric else "Category"


def _ranges(cuts: Sequence[object]) -> list[str]:
    told = [str(cut) for cut in cuts]
    if told and all(_is_number(cut) for cut in told):
        told = words.alike([float(cut) for cut in told])
    if not told:
        return ["all"]
    return [f"below {told[0]}", *(f"{low} – {high}" for low, high in pairwise(told)), f"{told[-1]} and up"]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
