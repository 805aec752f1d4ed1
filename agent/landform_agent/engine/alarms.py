"""Alarms, and the evidence that they carry within the bounds of privacy."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

from landform_agent.block import Floats, Ints
from landform_agent.engine.columns import BINS, MISSING, Categorical, Column, Numeric
from landform_agent.engine.settings import Settings
from landform_agent.engine.standing import State

_BINS = 10
_NAMED = 10

Evidence = dict[str, float | str | list[float | str]]


@dataclass(frozen=True)
class Alarm:
    """One alarm. `at` and `since` are in seconds since the epoch; `channel` is data, prediction, label or joint."""

    id: str
    incident: str
    attempt: int
    watch: str
    model: str
    model_version: str
    region: str
    segment: str | None
    channel: str
    feature: str | None
    kind: str
    severity: str
    state: State
    seq: int
    at: float
    since_seq: int
    since: float
    statistic: float
    threshold: float
    evidence: Evidence = field(default_factory=dict)


def identity(*parts: object) -> str:
    """The id of an alarm: the same parts, the same id, whatever was restarted in between."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:24]


def _shares(counts: Ints) -> Floats:
    shares: Floats = counts / max(int(counts.sum()), 1)
    return shares


def stability(before: Floats, now: Floats) -> float:
    """The population stability index of two distributions; empty bins count as one in ten thousand."""
    before, now = np.maximum(before, 1e-4), np.maximum(now, 1e-4)
    return float(((now - before) * np.log(now / before)).sum())


def inner_codes(reference: Ints) -> tuple[int, int]:
    """The first and the last code of a number's between its outermost quantiles: those beyond hold next to nothing."""
    until, every = np.cumsum(reference), int(reference.sum())
    inner = np.flatnonzero((until > every // BINS) & (until - reference < (BINS - 1) * every // BINS))
    return (int(inner[0]), int(inner[-1])) if len(inner) else (0, len(reference) - 1)


def _binned(column: Column, reference: Ints, now: Ints) -> tuple[list[str], Ints, Ints]:
    if isinstance(column, Categorical):
        named = list(column.names[:_NAMED])
        groups = [*range(len(named)), *[len(named)] * (column.size - len(named) - 1), len(named) + 1]
        labels = [*named, "(others)", "(new)"]
    else:
        first, last = inner_codes(reference[: column.size])
        places = np.clip(np.arange(column.size), first, last) - first
        groups = (places * _BINS // (last - first + 1)).tolist()
        firsts = [groups.index(number) for number in range(1, _BINS) if number in groups]
        labels = [f"{column.edges[first - 1]:.6g}" for first in firsts]
        groups = np.searchsorted(firsts, np.arange(column.size), side="right").tolist()
    size = max(groups) + 1
    return (
        labels,
        np.bincount(groups, weights=reference[: column.size], minlength=size).astype(np.int64),
        np.bincount(groups, weights=now[: column.size], minlength=size).astype(np.int64),
    )


def distribution(column: Column, reference: Ints, now: Ints, sensitive: bool) -> Evidence:
    """Before and after of one column: the distance, and where nothing is sensitive the shares in a few bins.

    `bins` are the cuts between the bins of a number (in the season's residuals where there is a season), or the names
    of the categories that are frequent in the reference.
    """
    labels, before, after = _binned(column, reference, now)
    evidence: Evidence = {
        "psi": round(stability(_shares(before), _shares(after)), 4),
        "missing_before": round(float(_shares(reference)[MISSING]), 6),
        "missing_now": round(float(_shares(now)[MISSING]), 6),
    }
    if not sensitive:
        if isinstance(column, Numeric) and column.cycle is not None:
            # The bins are distances from the season, not values.
            evidence["less_season"] = 1.0
        evidence["bins"] = [*labels]
        evidence["before"] = [round(float(share), 4) for share in _shares(before)]
        evidence["now"] = [round(float(share), 4) for share in _shares(after)]
    return evidence


def schema_alarm(
    settings: Settings,
    version: str,
    seq: int,
    at: float,
    since_seq: int,
    since: float,
    statistic: float,
    threshold: float,
    evidence: Evidence,
) -> Alarm:
    """Another form of the rows: it tells a person. `statistic` over `threshold` is what was counted."""
    return _operational("schema", settings, version, seq, at, since_seq, since, statistic, threshold, evidence)


def silence_alarm(
    settings: Settings,
    version: str,
    seq: int,
    at: float,
    since_seq: int,
    since: float,
    statistic: float,
    threshold: float,
    evidence: Evidence,
) -> Alarm:
    """Nothing was read for `statistic` seconds where `threshold` are allowed: it tells a person."""
    return _operational("silence", settings, version, seq, at, since_seq, since, statistic, threshold, evidence)


def _operational(
    kind: str,
    settings: Settings,
    version: str,
    seq: int,
    at: float,
    since_seq: int,
    since: float,
    statistic: float,
    threshold: float,
    evidence: Evidence,
) -> Alarm:
    own = identity(settings.watch, None, "data", None, None, kind, since_seq)
    return Alarm(
        id=own,
        incident=own,
        attempt=1,
        watch=settings.watch,
        model=settings.model,
        model_version=version,
        region=settings.region,
        segment=None,
        channel="data",
        feature=None,
        kind=kind,
        severity="critical",
        state="raised",
        seq=seq,
        at=at,
        since_seq=since_seq,
        since=since,
        statistic=statistic,
        threshold=threshold,
        evidence=evidence,
    )
