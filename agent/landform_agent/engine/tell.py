"""Findings of the lanes become alarms: named, numbered, with evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from landform_agent.block import Ints
from landform_agent.engine.alarms import Alarm, Evidence, distribution, identity
from landform_agent.engine.cell import AnyTrack, Cell
from landform_agent.engine.columns import Categorical, Column, Numeric
from landform_agent.engine.encode import PREDICTION
from landform_agent.engine.measure import LEAST_SHARE
from landform_agent.engine.outliers import KIND
from landform_agent.engine.scan import UNIT
from landform_agent.engine.scores import ERROR, FAR
from landform_agent.engine.settings import Settings
from landform_agent.engine.standing import Finding, Latch

_LISTED = 10
_DISCOVERY = 0.1
"""The share of names that may stand in an incident's list by chance."""

_ORDER = {"data": 0, "model": 1, "label": 2}


@dataclass(frozen=True)
class Found:
    """A finding, and where it was made."""

    number: int
    cell: Cell
    track: str
    lane: str
    finding: Finding

    @property
    def key(self) -> str:
        """Under this the cell keeps the alarm while it stands."""
        return f"{self.track}/{self.lane}/{self.finding.group}"

    @property
    def tracked(self) -> AnyTrack:
        """The track itself."""
        return self.cell.tracks[self.track]

    def order(self) -> tuple[int, int, int, str, int]:
        """Findings are told in the order of the events that brought them."""
        seq = self.tracked.mark(self.finding.end - 1).last_seq
        return seq, self.number, _ORDER[self.track], self.lane, self.finding.group


def tell(found: Found, settings: Settings, version: str) -> Alarm:
    """The alarm of a finding; the cell keeps it while it stands. Its incident is that of the alarm that raised it."""
    standing = found.cell.open.get(found.key)
    if found.finding.state == "raised" or standing is None:
        alarm = _raised(found, settings, version, standing)
    else:
        alarm = _later(found, settings, standing)
    if alarm.state == "cleared":
        found.cell.open.pop(found.key, None)
    else:
        found.cell.open[found.key] = alarm
    return alarm


def _later(found: Found, settings: Settings, alarm: Alarm) -> Alarm:
    finding, track = found.finding, found.tracked
    mark = track.mark(finding.end - 1)
    after: Evidence = {"after": alarm.evidence["after"]} if "after" in alarm.evidence else {}
    return replace(
        alarm,
        state=finding.state,
        attempt=finding.latch.attempt,
        seq=mark.last_seq,
        at=mark.last_at,
        evidence=_evidence(found, settings, _recent(found)) | after,
    )


def _recent(found: Found) -> int:
    """From where on evidence is taken: while an alarm stands all since the change began, as far as a window reaches."""
    end, latch = found.finding.end, found.finding.latch
    if found.finding.state == "cleared":
        return end - latch.width
    return max(latch.since, end - found.tracked.lanes[found.lane].design.lengths[-1])


def _raised(found: Found, settings: Settings, version: str, before: Alarm | None) -> Alarm:
    finding, track, latch = found.finding, found.tracked, found.finding.latch
    design = track.lanes[found.lane].design
    first, last = track.mark(latch.since), track.mark(finding.end - 1)
    channel, feature, kind = _named(found, settings)
    evidence = _evidence(found, settings, latch.since)
    segment = found.cell.profile.segment
    if before is not None:
        evidence["after"] = before.id
    parts = (settings.watch, segment, channel, feature, evidence.get("features"), kind, first.first_seq)
    return Alarm(
        id=identity(*parts),
        incident="",
        attempt=latch.attempt,
        watch=settings.watch,
        model=settings.model,
        model_version=version,
        region=settings.region,
        segment=segment,
        channel=channel,
        feature=feature,
        kind="spread" if kind == KIND else kind,
        severity="critical" if channel == "label" or _is_large(found, evidence) else "warning",
        state=finding.state,
        seq=last.last_seq,
        at=last.last_at,
        since_seq=first.first_seq,
        since=first.first_at,
        statistic=round(abs(latch.z), 4),
        threshold=round(float(design.height(latch.series, latch.width)), 4),
        evidence=evidence,
    )


def _is_large(found: Found, evidence: Evidence) -> bool:
    """Twice the least effect; of any share two points, and of far values that of all of them, not of stretches."""
    lane, latch = found.tracked.lanes[found.lane], found.finding.latch
    yard, effect = lane.design.yard, abs(latch.effect)
    if not yard.share[latch.series]:
        return effect >= 2 * float(lane.measure.least(yard, np.array([latch.series]))[0])
    before, now = (evidence.get(f"outliers_{when}", 0.0) for when in ("before", "now"))
    far = abs(float(str(now)) - float(str(before))) * UNIT
    return max(effect, far) >= 2 * LEAST_SHARE * UNIT


def _named(found: Found, settings: Settings) -> tuple[str, str | None, str]:
    if found.lane == "joint":
        return "joint", None, "correlation"
    if found.track == "label":
        return "label", None, "performance"
    track = found.tracked
    series = track.profile.series[found.finding.latch.series]
    name = track.columns[series.column].name
    if name == PREDICTION and settings.prediction is not None:
        return "prediction", None, series.kind
    return "data", name, series.kind


def _evidence(found: Found, settings: Settings, since: int) -> Evidence:
    latch, track = found.finding.latch, found.tracked
    first, last = track.mark(since), track.mark(found.finding.end - 1)
    events = float(track.events(since, found.finding.end))
    evidence: Evidence = {"events": events, "share": _share(found, events, last.last_seq - first.first_seq + 1)}
    if found.lane == "joint":
        return evidence | _correlation(found)
    if found.track == "label":
        before = latch.level - latch.effect
        evidence |= {"loss_before": round(before / UNIT, 4), "loss_now": round(latch.level / UNIT, 4)}
        return evidence | ({"ranked": 1.0} if track.columns[0].name == ERROR else {})
    series = track.profile.series[latch.series]
    column, counts = track.columns[series.column], track.profile.counts[series.column]
    sensitive = column.name in settings.sensitive
    now = track.counts(series.column, since, found.finding.end)
    evidence |= distribution(column, counts, now, sensitive)
    evidence["effect"] = round(latch.effect / _unit(series.kind, latch), 4)
    if series.kind == KIND:
        evidence |= _outliers(column, counts, now, latch.effect > 0, sensitive)
    if isinstance(column, Categorical) and series.code is not None and not sensitive:
        evidence["category"] = (*column.names, "(others)", "(new)")[series.code]
    evidence["moved"] = [*moved(track, found.lane, since, found.finding.end)]
    return evidence


def _outliers(column: Column, before: Ints, now: Ints, more: bool, sensitive: bool) -> Evidence:
    """Shares of values far beyond the usual ones, and from where on they are, on the sides on which some came."""
    told: Evidence = {"outliers_before": _far(column, before), "outliers_now": _far(column, now)}
    if isinstance(column, Numeric) and column.cycle is None and not sensitive:
        came = now if more else before
        ends = (("outliers_below", 0, column.edges[0]), ("outliers_above", column.size - 1, column.edges[-1]))
        told |= {name: float(f"{edge:.6g}") for name, code, edge in ends if came[code]}
    return told


def _far(column: Column, counts: Ints) -> float:
    """The share of absurd values."""
    absurd = column.absurd(np.arange(len(counts), dtype=np.uint8))
    return round(float(counts[absurd].sum() / max(int(counts.sum()), 1)), 6)


def _unit(kind: str, latch: Latch) -> float:
    """What an effect is told in: a share, deviations of a normal value, or those of its square."""
    if kind == "shift":
        return UNIT / (2 * FAR)
    return math.sqrt(2) * max(latch.level - latch.effect, 1.0) if kind == "spread" else float(UNIT)


def _share(found: Found, events: float, of: int) -> float:
    """What part of the watch's events the window's were. Losses come when they come: there it is the reference's."""
    share = found.cell.profile.share if found.track == "label" else events / max(of, 1)
    return round(min(share, 1.0), 4)


def _correlation(found: Found) -> Evidence:
    track, latch = found.tracked, found.finding.latch
    joint = track.profile.joint
    assert joint is not None
    numeric = [column.name for column in track.columns if not isinstance(column, Categorical)]
    before = latch.level - latch.effect
    return {
        "features": [numeric[int(joint.left[latch.series])], numeric[int(joint.right[latch.series])]],
        "correlation_before": round(math.tanh(before / UNIT), 4),
        "correlation_now": round(math.tanh(latch.level / UNIT), 4),
        "effect": round(latch.effect / UNIT, 4),
    }


def moved(track: AnyTrack, lane: str, since: int, end: int) -> list[str]:
    """The columns that moved in the same window, the farthest first, with few of them by chance.

    Benjamini and Hochberg (1995, "Controlling the false discovery rate"), each column with its smallest p-value times
    the number of its series.
    """
    series, z = track.profile.series, np.abs(track.lanes[lane].strays(since, end))
    farthest: dict[str, tuple[float, int]] = {}
    for one, size in zip(series, z.tolist(), strict=True):
        name = track.columns[one.column].name
        top, count = farthest.get(name, (0.0, 0))
        farthest[name] = (max(top, size), count + 1)
    chance = {name: min(count * math.erfc(top / math.sqrt(2)), 1.0) for name, (top, count) in farthest.items()}
    ordered = sorted(chance, key=lambda name: (-farthest[name][0], name))
    limit = [chance[name] <= _DISCOVERY * (place + 1) / len(ordered) for place, name in enumerate(ordered)]
    listed = max((place + 1 for place, fine in enumerate(limit) if fine), default=0)
    return ordered[: min(listed, _LISTED)]


def incident_span(settings: Settings) -> float:
    """Seconds of the events' time from an incident's first alarm in which others belong to it: a slice or a season."""
    seasonal = settings.season is not None and settings.season.unit == "seconds"
    return settings.season.length if seasonal and settings.season else 300.0
