"""What an alarm says, in sentences that ask nothing of who reads them: at a terminal, on the page, in the alarm."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from landform_agent.report.bars import valued
from landform_agent.report.words import (
    SPREAD,
    above,
    count,
    decimals,
    kind_of,
    lasting,
    number,
    percent,
    real,
    short,
    signed,
    told_at,
)

Alarm = Mapping[str, Any]
Evidence = Mapping[str, Any]

NEW, OTHERS = "(new)", "(others)"
_EVENTS: Final = {"silence": "no events", "schema": "form of the events"}
_COME_AGAIN: Final = {"silence": "Events come again.", "schema": "Lines have the form again that the watch knows."}
_GROUPS: Final = {NEW: "Categories that the reference never had", OTHERS: "The rarer categories together"}
_SIDES: Final = ("below", "above")
_BINS: Final = 12
"""Of categories at most: ten by name, the others, and new ones."""

_MOST: Final = 60
"""Letters of a name."""


def subject(alarm: Alarm) -> str:
    """What an alarm is about, without its segment."""
    pair = (alarm.get("evidence") or {}).get("features")
    if isinstance(pair, list):
        return " × ".join(map(str, pair))
    kind, channel = str(alarm.get("kind")), str(alarm.get("channel") or "data")
    # Alarms of no feature are about the events as such: their form, or that none comes.
    own = {"label": "losses of the model", "joint": "pairs of features", "data": _EVENTS.get(kind, "events")}
    return str(alarm.get("feature") or own.get(channel, channel))


def name(alarm: Alarm) -> str:
    """What an alarm is about."""
    segment = alarm.get("segment")
    return f"{subject(alarm)} in {segment}" if segment else subject(alarm)


def change(alarm: Alarm) -> str:
    """What changed, and how far from the reference."""
    kind, evidence = str(alarm.get("kind")), alarm.get("evidence") or {}
    say = _SAID.get(kind)
    said = say(evidence) if say else f"A change of kind {kind}."
    return f"{said} It moved on while an earlier alarm stood." if "after" in evidence else said


def summary(alarm: Alarm) -> str:
    """An alarm for somebody who sees nothing else of it: what, how far, since when."""
    kind, state = str(alarm.get("kind")), alarm.get("state")
    what, many = short(name(alarm), _MOST), alarm.get("channel") == "label"
    if state == "cleared":
        gone = f"{what} {'have' if many else 'has'} gone back to the reference ({kind_of(alarm)})."
        return _COME_AGAIN.get(kind, gone)
    began = _began(alarm)
    if kind in _EVENTS:
        return f"{change(alarm)} {began}"
    verb = "have drifted" if many else "has drifted"
    return f"{what} {verb}{', and that stands' if state == 'ongoing' else ''}. {change(alarm)} {began}"


def _began(alarm: Alarm) -> str:
    when, events = told_at(alarm, "since", "since_seq"), int(real((alarm.get("evidence") or {}).get("events")))
    judged = f", judged on {count(events, 'event')}" if events else ""
    return f"Since {when}{' UTC' if ':' in when else ''}{judged}."


def _shift(evidence: Evidence) -> str:
    effect = real(evidence.get("effect"))
    place = above(effect)
    season = " for the season" if evidence.get("less_season") else ""
    few = [] if season else valued(evidence)
    if len(few) == 2 and (few[1][2] - few[1][1]) * effect > 0:
        (one, *sides), way = few[1], "higher" if effect > 0 else "lower"
        before, now = map(percent, sides)
        return f"Values are {way}: {one}, and not {few[0][0]}, was {before} of the events and is {now}."
    return (
        f"Values are {'higher' if effect > 0 else 'lower'}{season}: {_medians(evidence, effect)}"
        f"on average one lies above {percent(place)} of the reference’s (50 % is usual)."
    )


def _medians(evidence: Evidence, effect: float) -> str:
    """The medians, where values may be told and bear the sentence out."""
    cuts = [real(cut, math.nan) for cut in map(_number, evidence.get("bins") or ())]
    sides = [list(map(real, evidence.get(side) or ())) for side in ("before", "now")]
    if evidence.get("less_season") or not cuts or any(len(side) != len(cuts) + 1 for side in sides):
        return ""
    before, now = (_median(cuts, side) for side in sides)
    if not (before < now if effect > 0 else before > now):
        return ""
    told = [_about(value, cuts) for value in (before, now)]
    return f"their median went from {told[0]} to {told[1]}, and " if told[0] != told[1] else ""


def _median(cuts: Sequence[float], shares: Sequence[float]) -> float:
    """Within its bin as if that were even; infinite in the first and the last one, which are open."""
    reached = 0.0
    for place, share in enumerate(shares):
        if reached + share >= 0.5 * sum(shares) and share > 0:
            if not 0 < place < len(cuts):
                return -math.inf if place == 0 else math.inf
            part = (0.5 * sum(shares) - reached) / share
            return cuts[place - 1] + part * (cuts[place] - cuts[place - 1])
        reached += share
    return math.nan


def _about(value: float, cuts: Sequence[float]) -> str:
    if math.isinf(value):
        return f"below {number(cuts[0])}" if value < 0 else f"above {number(cuts[-1])}"
    # Shares of a few bins tell a fiftieth of what these reach over, and not more.
    return f"about {decimals(value, (cuts[-1] - cuts[0]) / 50)}"


def _number(cut: object) -> object:
    try:
        return float(str(cut))
    except ValueError:
        return None


def _spread(evidence: Evidence) -> str:
    effect = real(evidence.get("effect"))
    if "outliers_now" in evidence:
        return _outliers(evidence)
    times = math.sqrt(max(1 + effect * SPREAD, 0))
    if times < 0.05:
        return "Values hardly differ from each other any more."
    return f"Values vary {'more' if effect > 0 else 'less'}: their spread is {times:.2f} times the reference’s."


def _outliers(evidence: Evidence) -> str:
    before, now = real(evidence.get("outliers_before")), real(evidence.get("outliers_now"))
    way, usual = "more" if real(evidence.get("effect")) > 0 else "less", percent(before) if before else "none"
    sides = [
        f"{side} {number(real(evidence[f'outliers_{side}']))}" for side in _SIDES if f"outliers_{side}" in evidence
    ]
    far = f" ({' or '.join(sides)})" if sides else ""
    return f"Values far beyond the usual ones{far} come {way} often: {percent(now)} of the events, {usual} before."


def _category(evidence: Evidence) -> str:
    own, effect = evidence.get("category"), real(evidence.get("effect"))
    way = f"{'rose' if effect > 0 else 'fell'} by {number(100 * abs(effect), 2)} points"
    if not isinstance(own, str):
        return f"The share of one category, which is not named, {way}."
    if own == NEW and effect > 0:
        return f"{_GROUPS[own]} are {percent(effect)} of the events."
    shares = _shares(evidence)
    before, now = shares.get(own, (0.0, 0.0))
    # Where ten have a bin of their own, that of the others holds some that are watched by name.
    mixed = own == OTHERS and len(shares) >= _BINS
    if mixed or (now - before) * effect <= 0:
        # What is rare has no share of its own, and what was told last may be of few events.
        return f"{_GROUPS.get(own, f'“{short(own, _MOST)}”')}: the share of the events {way}."
    if own in _GROUPS:
        return f"{_GROUPS[own]}: {percent(before)} of the events before, {percent(now)} now."
    if not now:
        return f"“{short(own, _MOST)}” has gone: {percent(before)} of the events before, none now."
    return _named(own, shares)


def _named(own: str, shares: Mapping[str, tuple[float, float]]) -> str:
    other = _instead(own, shares)
    if other is None:
        return f"{_went(own, *shares[own])} of the events."
    # Beside one that is most of the events the other says more.
    first, second = (other, own) if shares[own][0] > 0.5 else (own, other)
    return f"{_went(first, *shares[first])} of the events, and {_went(second, *shares[second])}."


def _shares(evidence: Evidence) -> dict[str, tuple[float, float]]:
    names, *sides = (evidence.get(part) or () for part in ("bins", "before", "now"))
    return {str(own): (real(before), real(now)) for own, before, now in zip(names, *sides, strict=False)}


def _went(category: str, before: float, now: float) -> str:
    return f"“{short(category, _MOST)}” went from {percent(before)} to {percent(now)}"


def _instead(own: str, shares: Mapping[str, tuple[float, float]]) -> str | None:
    """The category that took most of the place, or gave it."""
    moved = shares[own][1] - shares[own][0]
    against = {one: (now - before) / moved for one, (before, now) in shares.items() if one not in (own, *_GROUPS)}
    other = min(against, key=lambda one: against[one], default=own)
    return other if against.get(other, 0.0) < -0.6 else None


def _missing(evidence: Evidence) -> str:
    before, now = real(evidence.get("missing_before")), real(evidence.get("missing_now"))
    if now >= 1:
        return f"No event has a value any more; before, {percent(1 - before)} had one."
    return f"Events without a value: {percent(before)} before, {percent(now)} now."


def _correlation(evidence: Evidence) -> str:
    before, now = real(evidence.get("correlation_before")), real(evidence.get("correlation_now"))
    way = "more" if abs(now) > abs(before) else "less"
    if before * now < 0 and min(abs(before), abs(now)) >= 0.1:
        way = "the other way round"
    return f"They go together {way}: their rank correlation went from {signed(before)} to {signed(now)}."


def _performance(evidence: Evidence) -> str:
    before, now = real(evidence.get("loss_before"), 1.0), real(evidence.get("loss_now"), 1.0)
    times = now / max(before, 1e-9)
    losses = "its errors, each weighed by how rare it was," if evidence.get("ranked") else "its losses"
    return f"The model errs more: {losses} are {times:.1f} times the reference’s."


def _silence(evidence: Evidence) -> str:
    lasts = lasting(real(evidence.get("seconds")))
    return f"Nothing was read for {lasts}: no events come, or the agent does not reach them."


def _schema(evidence: Evidence) -> str:
    reasons = evidence.get("reasons")
    why = f": {'; '.join(map(str, reasons))}" if isinstance(reasons, list) and reasons else ""
    lines, of = (number(real(evidence.get(part))) for part in ("lines", "of_last"))
    return f"{lines} of the last {of} lines do not have the form that the watch knows{why}."


_SAID: Final[Mapping[str, Callable[[Evidence], str]]] = {
    "shift": _shift,
    "spread": _spread,
    "category": _category,
    "missing": _missing,
    "correlation": _correlation,
    "performance": _performance,
    "silence": _silence,
    "schema": _schema,
}
