"""The figures as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from benchmarks.drift import budget
from benchmarks.drift.oracle import RATE
from benchmarks.drift.ours import BUDGET
from benchmarks.drift.rivals import RIVALS, Rival
from benchmarks.drift.run import KINDS, OURS, Of, Result
from benchmarks.drift.score import Outcome, Score, lead
from benchmarks.drift.streams import BASELINE, HORIZON, Kind
from benchmarks.drift.traps import TRAPS
from benchmarks.drift.tune import ALL, EQUAL, TUNED

SEED = 1
FEWEST = 8
"""With fewer changes met by both an interval says nothing."""

GOAL_F1, GOAL_RATE, GOAL_TRAP, GOAL_DELAY, GOAL_FIRST = 0.95, 1.0, 2.0, 3.0, 0.9

_KIND = 36


class Figures:
    """Results gathered by kind or trap, and by detector."""

    def __init__(self, results: Iterable[Result]) -> None:
        self.results: dict[str, list[Result]] = {}
        for result in results:
            self.results.setdefault(result.of, []).append(result)

    def score(self, of: Of, names: Iterable[str] | None = None) -> Score:
        """Of one detector over some kinds and traps, or over all."""
        score = Score()
        for name in self.names() if names is None else names:
            for result in self.results.get(name, []):
                score.add(result.outcomes.get(of, []))
        return score

    def names(self) -> list[str]:
        """Every kind and trap that was run."""
        return [*(kind.name for kind in KINDS), *(trap.name for trap in TRAPS)]

    def oracle(self, kind: Kind, as_seldom: bool = False) -> float | None:
        """The oracle's median delay; or of the one that is allowed no more false alarms than we are."""
        results = self.results.get(kind.name, [])
        delays = [delay for one in results for delay in (one.as_seldom if as_seldom else one.oracle)]
        return float(np.median(delays)) if delays else None

    def paired(self, kind: Kind, of: Of) -> tuple[Score, Score]:
        """Ours, set for as many false alarms of the same law, and another's outcomes on the streams that both met."""
        ours, theirs = Score(), Score()
        for result in self.results.get(kind.name, []):
            if of in result.outcomes:
                ours.add(result.outcomes[EQUAL.name, of[1]])
                theirs.add(result.outcomes[of])
        return ours, theirs


def changes(figures: Figures) -> Iterator[str]:
    """One line of ours for each kind of change."""
    yield (
        f"{'Changes':{_KIND}s} {'found':>9s} {'false':>6s} {'stray':>6s} {'F1':>6s} "
        f"{'delay':>6s} {'oracle':>6s} {'ratio':>6s} {'seldom':>6s} {'first':>6s} {'since':>6s} {'cleared':>8s}"
    )
    for kind in KINDS:
        score = figures.score((OURS, ALL), [kind.name])
        if score.outcomes:
            yield f"{kind.name:{_KIND}s} {_ours(score, figures.oracle(kind), figures.oracle(kind, as_seldom=True))}"
    yield f"{'all':{_KIND}s} {_ours(figures.score((OURS, ALL), [kind.name for kind in KINDS]), None, None)}"
    yield f"{'':{_KIND}s} seldom: the ratio to an oracle that is allowed no more false alarms than the watch"


def _ours(score: Score, oracle: float | None, as_seldom: float | None) -> str:
    delay, hits = float(np.median(score.delays)), score.hits
    returns = [one for each in score.outcomes for one in each.cleared]
    cleared = f"{sum(one is not None for one in returns)}/{len(returns)}" if returns else ""
    known = f"{oracle:6.0f} {delay / oracle:6.2f}" if oracle else f"{'':13s}"
    known += f" {delay / as_seldom:6.2f}" if as_seldom else f" {'':6s}"
    found = f"{len(hits):4d}/{score.changes:<4d} {score.false:6d} {score.stray:6d} {score.f1:6.3f}"
    return (
        f"{found} {_delay(delay):>6s} {known} "
        f"{_part(hit.first for hit in hits)} {_part(hit.since for hit in hits)} {cleared:>8s}"
    )


def _part(true: Iterable[bool]) -> str:
    values = list(true)
    return f"{sum(values) / len(values):6.0%}" if values else f"{'':6s}"


def _delay(delay: float) -> str:
    return "missed" if delay >= HORIZON else f"{delay:.0f}"


def rivals(figures: Figures, alone: bool) -> Iterator[str]:
    """Median delays of every detector in each kind; `!` where one is sooner than ours beyond doubt."""
    yield f"{f'Delay, rivals {_set(alone)}':{_KIND}s} {EQUAL.name:>11s} {_heads()}"
    for kind in KINDS:
        ours = figures.score(_of(EQUAL, kind, alone), [kind.name])
        if ours.outcomes:
            cells = (_rival(figures, kind, _of(rival, kind, alone)) for rival in RIVALS)
            yield f"{kind.name:{_KIND}s} {_delay(float(np.median(ours.delays))):>11s} {' '.join(cells)}"
    scores = [_over_all(figures, rival, alone) for rival in TUNED]
    which = "kinds" if alone else "streams"
    yield f"{f'F1 over all {which}':{_KIND}s} {_row(f'{one.f1:.3f}' for one in scores)}"
    yield f"{'false alarms per 100,000':{_KIND}s} {_row(f'{one.rate:.2f}' for one in scores)}"
    yield f"{'streams':{_KIND}s} {_row(str(len(one.outcomes)) for one in scores)}"


def _set(alone: bool) -> str:
    return "set for each law alone" if alone else "set once for all"


def _of(rival: Rival, kind: Kind, alone: bool) -> Of:
    return rival.name, kind.law if alone else ALL


def _over_all(figures: Figures, rival: Rival, alone: bool) -> Score:
    """Over all streams; where it is set for each law alone, over those of the kinds, since no trap has a setting."""
    if not alone:
        return figures.score((rival.name, ALL))
    score = Score()
    for kind in KINDS:
        score.add(figures.score(_of(rival, kind, alone), [kind.name]).outcomes)
    return score


def _row(cells: Iterable[str]) -> str:
    return " ".join(f"{cell:>11s}" for cell in cells)


def _heads() -> str:
    return " ".join(f"{rival.name:>11s}" for rival in RIVALS)


def _rival(figures: Figures, kind: Kind, of: Of) -> str:
    _, theirs = figures.paired(kind, of)
    if not theirs.outcomes:
        return f"{'':11s}"
    mark = "!" if better(figures, kind, of) else " "
    return f"{_delay(float(np.median(theirs.delays))):>10s}{mark}"


def leads(figures: Figures, alone: bool) -> Iterator[str]:
    """By how much each rival is later than ours: 95 % intervals, paired by change; and which is sooner beyond doubt."""
    heads = " ".join(f"{rival.name:>13s}" for rival in RIVALS)
    yield f"{f'Later, {_set(alone)}':{_KIND}s} changes {heads} sooner beyond doubt"
    for kind in KINDS:
        changes = len(figures.score(_of(EQUAL, kind, alone), [kind.name]).delays)
        if changes >= FEWEST:
            cells = " ".join(_lead(figures, kind, _of(rival, kind, alone)) for rival in RIVALS)
            yield f"{kind.name:{_KIND}s} {changes:7d} {cells} {_sooner(figures, kind, alone) or 'none'}"


def _lead(figures: Figures, kind: Kind, of: Of) -> str:
    low, high = _interval(figures, kind, of)
    return f"{f'{low:+.0f}..{high:+.0f}':>13s}"


def better(figures: Figures, kind: Kind, of: Of) -> bool:
    """Whether the whole paired interval has this detector sooner than ours."""
    return _interval(figures, kind, of)[1] < 0


def _interval(figures: Figures, kind: Kind, of: Of) -> tuple[float, float]:
    """Of how much later it is; without end where there are too few changes."""
    ours, theirs = figures.paired(kind, of)
    if len(ours.delays) < FEWEST:
        return -np.inf, np.inf
    return lead(ours.delays, theirs.delays, SEED)


def traps(figures: Figures, with_rivals: bool) -> Iterator[str]:
    """False alarms in each trap."""
    heads = f" {_heads()}" if with_rivals else ""
    yield f"{'Traps: false per 100,000 events':{_KIND}s} {'events':>9s} {OURS:>8s} {'95 % interval':>15s}{heads}"
    for trap in TRAPS:
        score = figures.score((OURS, ALL), [trap.name])
        if score.outcomes:
            theirs = [figures.score((rival.name, ALL), [trap.name]) for rival in RIVALS]
            cells = "".join(f" {one.rate:11.2f}" if one.outcomes else f" {'':11s}" for one in theirs)
            yield f"{trap.name:{_KIND}s} {score.armed:9,d} {_rate(score)}{cells if with_rivals else ''}"
    total = figures.score((OURS, ALL))
    yield f"{'all stationary events':{_KIND}s} {total.armed:9,d} {_rate(total)}"


def _rate(score: Score) -> str:
    low, high = score.rate_interval(SEED)
    return f"{score.rate:8.2f} {f'{low:.2f} to {high:.2f}':>15s}"


def fits(figures: Figures) -> Iterator[str]:
    """Realised over budgeted rates of single fits."""
    outcomes: list[Outcome] = figures.score((OURS, ALL), [budget.NAME]).outcomes
    if outcomes:
        ratios = np.sort([one.false / (one.armed * budget.BUDGET) for one in outcomes])
        low, middle, high = np.quantile(ratios, [0.1, 0.5, 0.9])
        yield (
            f"Budget: {len(ratios)} fits at {1e5 * budget.BUDGET:.0f} per 100,000 events, realised over budgeted: "
            f"median {middle:.2f} (goal 0.5 to 1.5), 10 % {low:.2f}, 90 % {high:.2f}"
        )


def verdict(figures: Figures, with_rivals: bool) -> Iterator[str]:
    """Each goal, and where it is missed."""
    total = figures.score((OURS, ALL))
    per_trap = {trap.name: figures.score((OURS, ALL), [trap.name]) for trap in TRAPS}
    per_kind = {kind: figures.score((OURS, ALL), [kind.name]) for kind in KINDS}
    per_kind = {kind: score for kind, score in per_kind.items() if score.outcomes}
    hits = [hit for score in per_kind.values() for hit in score.hits]
    yield _goal("F1 over all streams", f"{total.f1:.3f}", total.f1 >= GOAL_F1, f">= {GOAL_F1}")
    yield _goal("false alarms per 100,000, all", f"{total.rate:.2f}", total.rate <= GOAL_RATE, f"<= {GOAL_RATE:.0f}")
    worse = {name: f"{score.rate:.2f}" for name, score in per_trap.items() if score.rate > GOAL_TRAP}
    yield _goal("false alarms in each trap", _listed(worse), not worse, f"<= {GOAL_TRAP:.0f}")
    late = {kind.name: f"{ratio:.1f}" for kind, ratio in _ratios(figures, per_kind) if ratio > GOAL_DELAY}
    yield _goal("median delay over the oracle's", _listed(late), not late, f"<= {GOAL_DELAY:.0f} in each kind")
    for alone in (False, True) if with_rivals else ():
        sooner = {kind.name: _sooner(figures, kind, alone) for kind in per_kind if _sooner(figures, kind, alone)}
        judged = sum(len(score.delays) >= FEWEST for score in per_kind.values())
        if judged:
            yield _goal(
                f"no rival sooner, {_set(alone)}",
                _listed(sooner),
                not sooner,
                f"in {judged} kinds with {FEWEST} changes",
            )
    first = sum(hit.first for hit in hits) / max(len(hits), 1)
    since = sum(hit.since for hit in hits) / max(len(hits), 1)
    yield _goal("what changed is told first", f"{first:.0%}", first >= GOAL_FIRST, f">= {GOAL_FIRST:.0%}")
    yield f"  {'':4s} start within a quarter of the delay: {since:.0%} of the hits"
    if known := [right for kind in per_kind for result in figures.results[kind.name] for right in result.starts]:
        ours = [hit.since for kind, score in per_kind.items() if kind.oracle for hit in score.hits]
        both = f"{np.mean(known):.0%}, the watch {np.mean(ours):.0%}"
        yield f"  {'':4s} start by who knows both laws, asked at the same event: {both}"
    always = 2 * total.changes / (2 * total.changes + total.armed)
    yield f"  {'':4s} always F1 {always:.4f} · never F1 0"


def _ratios(figures: Figures, scores: Mapping[Kind, Score]) -> Iterator[tuple[Kind, float]]:
    for kind, score in scores.items():
        if oracle := figures.oracle(kind):
            yield kind, float(np.median(score.delays)) / oracle


def _sooner(figures: Figures, kind: Kind, alone: bool) -> str:
    return ", ".join(rival.name for rival in RIVALS if better(figures, kind, _of(rival, kind, alone)))


def _listed(found: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in found.items()) or "all"


def _goal(what: str, value: str, met: bool, goal: str) -> str:
    return f"  {'met ' if met else 'LOST'} {what} ({goal}): {value}"


def sizes(figures: Figures) -> str:
    """What was run."""
    total = figures.score((OURS, ALL))
    return (
        f"{total.changes} changes and {total.armed / 1e6:.1f} M stationary events in {len(total.outcomes)} streams; "
        f"reference {BASELINE:,} events, horizon {HORIZON:,}; false alarms allowed per 100,000 events: "
        f"oracle and rivals {1e5 * RATE:.0f}, the watch {1e5 * BUDGET:.2f}"
    )


def tables(figures: Figures, with_rivals: bool) -> Iterator[Sequence[str]]:
    """All tables, each as its lines."""
    yield list(changes(figures))
    if with_rivals:
        for alone in (False, True):
            yield list(rivals(figures, alone))
            yield list(leads(figures, alone))
    yield list(traps(figures, with_rivals))
    yield list(fits(figures))
    yield list(verdict(figures, with_rivals))
