"""Numbers, times and changes as a person says them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import NormalDist
from typing import Any, Final

DAY: Final = 86_400.0
ABOVE: Final = 1 / (2 * math.sqrt(math.pi))
"""By how much the part of the reference that a value lies above grows with a small `effect` of a shift."""

SPREAD: Final = math.sqrt(2)
"""The deviation of a squared normal score against its mean; an `effect` of a spread is told in it."""

_PIECES: Final = ((365.25 * DAY, "year"), (DAY, "day"), (3_600.0, "hour"), (60.0, "minute"), (1.0, "second"))


def number(value: float, digits: int = 3) -> str:
    """A number to so many digits, thousands set apart."""
    if not math.isfinite(value):
        return "–"
    if abs(value) >= 1_000 or value == int(value):
        return f"{round(value):,}".replace("-", "−")
    return f"{value:.{digits}g}".replace("-", "−")


def alike(values: Sequence[float]) -> list[str]:
    """Numbers with as many decimals as tell a hundredth of their span and neighbours apart; whole ones have none."""
    span = max(values) - min(values) if len(values) > 1 else max(map(abs, values), default=1.0)
    first = min(max(math.ceil(-math.log10(span / 100)), 0), 9) if 0 < span < math.inf else 3
    if all(value == round(value) for value in values if math.isfinite(value)):
        first = 0
    for places in range(first, 10):
        told = [_fixed(value, places) for value in values]
        if len(set(told)) == len(set(values)):
            return told
    return [number(value, 6) for value in values]


def decimals(value: float, step: float) -> str:
    """A number to as many decimals as tell so small a step."""
    places = min(max(math.ceil(-math.log10(step)), 0), 9) if 0 < step < math.inf else 3
    return _fixed(value, places)


def _fixed(value: float, places: int) -> str:
    # What rounds to nought has no sign.
    return f"{round(value, places) + 0.0:,.{places}f}".replace("-", "−")


def percent(share: float) -> str:
    """A share of one."""
    value = 100 * share
    if 99.5 <= value < 100:
        # All but a few is not all.
        return f"{min(value, 99.9):.1f} %"
    return f"{value:.0f} %" if value >= 9.95 or value == 0 else f"{value:.2g} %"


def above(effect: float) -> float:
    """The part of the reference that a value lies above on average, for a mean normal score.

    What it is of normal values that move by so many deviations: McGraw and Wong (1992), "A common language effect size
    statistic".
    """
    return NormalDist().cdf(effect / math.sqrt(2))


def short(name: str, most: int = 40) -> str:
    """A name that fits a headline."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def count(amount: int, what: str) -> str:
    """`1 alarm`, `2 alarms`, `no alarm`."""
    return f"{amount:,} {what}{'' if amount == 1 else 's'}" if amount else f"no {what}"


def lasting(seconds: float) -> str:
    """A duration in its largest fitting unit."""
    for size, name in _PIECES:
        if seconds >= 1.5 * size or size == 1.0:
            return count(round(seconds / size), name)
    return ""


def listed(names: Sequence[str], most: int = 3) -> str:
    """`a, b and c`, or `a, b, c and 4 more`; never one more, which is as long as its name."""
    most = most + 1 if len(names) == most + 1 else most
    shown = [*names[:most], *([f"{len(names) - most} more"] if len(names) > most else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


class Clock:
    """Tells moments: as dates and times, or as the numbers of events where events have no time."""

    def __init__(self, timed: bool, span: float) -> None:
        self._timed, self._span = timed, span

    def tell(self, moment: float) -> str:
        """A moment, as precisely as the span of the page asks for."""
        if not self._timed:
            return f"event {moment:,.0f}"
        time = _utc(moment)
        if self._span > 60 * DAY:
            return f"{time.day} {time:%b %Y}"
        return f"{time.day} {time:%b %H:%M}" if self._span > 3_600 else f"{time:%H:%M:%S}"

    def apart(self, seconds: float) -> str:
        """The time between two moments."""
        return lasting(seconds) if self._timed else count(round(seconds), "event")

    def ticks(self, first: float, last: float, most: int = 6) -> list[tuple[float, str]]:
        """Round moments between two, with their labels."""
        if last <= first:
            return []
        return _dates(first, last, most) if self._timed else _numbers(first, last, most)


_STEPS: Final = (
    *((seconds, "%H:%M:%S") for seconds in (1, 5, 15, 30)),
    *((60 * minutes, "%H:%M") for minutes in (1, 5, 15, 30, 60, 180, 360, 720)),
    *((DAY * days, "%-d %b") for days in (1, 2, 3, 7, 14)),
)
_MONTHS: Final = (1, 3, 6, 12, 24, 60, 120, 240)


def _dates(first: float, last: float, most: int) -> list[tuple[float, str]]:
    for step, form in _STEPS:
        if (last - first) / step <= most:
            start = math.ceil(first / step)
            return [(n * step, _utc(n * step).strftime(form)) for n in range(start, math.floor(last / step) + 1)]
    begin, end = _utc(first), _utc(last)
    months = range(12 * begin.year + begin.month, 12 * end.year + end.month)
    step = next((size for size in _MONTHS if len(months) / size <= most), _MONTHS[-1])
    days = [datetime(n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in months if n % step == 0]
    return [(day.timestamp(), f"{day:%Y}" if step >= 12 else f"{day:%b %Y}") for day in days]


def _numbers(first: float, last: float, most: int) -> list[tuple[float, str]]:
    raw = (last - first) / most
    size = 10 ** math.floor(math.log10(max(raw, 1)))
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= raw or times == 10)
    start = math.ceil(first / step)
    return [(n * step, f"{n * step:,.0f}") for n in range(start, math.floor(last / step) + 1)]


def _utc(moment: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) if not math.isfinite(moment) else datetime.fromtimestamp(moment, UTC)


KINDS: Final = {
    "shift": "level",
    "spread": "spread",
    "outliers": "outliers",
    "category": "shares",
    "missing": "missing values",
    "correlation": "going together",
    "performance": "performance",
    "schema": "form of the events",
    "silence": "silence",
}


def own_kind(alarm: Mapping[str, Any]) -> str:
    """The kind of an alarm; far values are told apart from other spreads."""
    return "outliers" if "outliers_now" in (alarm.get("evidence") or {}) else str(alarm.get("kind"))


def kind_of(alarm: Mapping[str, Any]) -> str:
    """What kind of change an alarm is of, in words."""
    return KINDS.get(own_kind(alarm), "change")


def moment(alarm: Mapping[str, Any], name: str) -> float:
    """A time of an alarm in seconds since the epoch."""
    return datetime.fromisoformat(str(alarm[name])).timestamp()


def told_at(alarm: Mapping[str, Any], time: str, seq: str) -> str:
    """A time of an alarm; the event's number where that is all that is known of it."""
    place = alarm.get(seq)
    # The place before the first event is -1.
    if isinstance(place, int) and moment(alarm, time) == max(place, 0):
        return f"event {max(place, 0):,}"
    text = str(alarm.get(time)).removesuffix("Z").removesuffix(".000")
    return text.removesuffix("T00:00:00").replace("T", " ")


def real(value: object, otherwise: float = 0.0) -> float:
    """A number of evidence that may not be there."""
    return float(value) if isinstance(value, (int, float)) else otherwise


def signed(value: float) -> str:
    """A number with its sign, to two decimals."""
    return f"{value:+.2f}".replace("-", "−")
