"""Alarms: the defaults of every component, and those that the spec adds or puts in their place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from landform.catalog.alarms import DEFAULTS, Default
from landform.catalog.limits import ALARM_METRICS
from landform.catalog.metric import DAY, Metric
from landform.diagnostics import Diagnostic, Path, error
from landform.passes.resolve.naming import physical
from landform.passes.unknown import unknown
from landform.plan import Plan
from landform.plan.watch import Alarm, Component
from landform.spec.condition import Condition, TextError, in_base, parse
from landform.spec.monitor import Alarm as AlarmSpec
from landform.spec.names import fit
from landform.suggest import nearest

ALARM: Final = 255
"""Characters of an alarm's name (CloudWatch API, PutMetricAlarm, read 2026-11-28)."""

MOST_SECONDS: Final = 86_400
MOST_DAILY_SECONDS: Final = 7 * 86_400
"""How far back an alarm looks: a day where its periods are shorter than an hour, else a week (PutMetricAlarm)."""


SHARES: Final = {"errors": "error rate"}
"""Word for a count → the word for its share of all, on components that have one."""

Said = dict[tuple[str, str], Alarm]
"""Region and name → alarm: an alarm has one name in every region."""


def alarms(plan: Plan, everything: Sequence[Component], found: list[Diagnostic]) -> tuple[Alarm, ...]:
    """Return every alarm; one of the spec takes the place of the default on the same metric."""
    own = plan.system.monitor
    assert own is not None
    said: Said = {}
    if own.defaults == "auto":
        said = {(a.component.region, a.name): a for component in everything for a in _defaults(plan, component)}
    for entry, spec in sorted(own.alarms.items()):
        path = ("monitor", "alarms", entry)
        condition = _condition(path, spec, found)
        named = list(_named(plan, (*path, "of"), spec.of, everything, found))
        if condition is None or not named:
            continue
        metric = _metric(path, condition, named[0], found)
        if metric is None or not _fits(path, condition, metric, named[0].metrics, found):
            continue
        for component in named:
            _replace(plan, said, component, metric, condition)
            if not condition.never and metric.word in component.metrics:
                alarm = _own(plan, entry, spec, component, component.metrics[metric.word], condition)
                said[component.region, alarm.name] = alarm
    return tuple(part for place in sorted(said) for part in _parts(said[place], found))


def listeners(plan: Plan) -> tuple[str, ...]:
    """Return who hears of what nobody in particular is to be told: those under `tell`, else all of `notify`."""
    own = plan.system.monitor
    return tuple(sorted(own.tell or own.notify)) if own else ()


def _parts(whole: Alarm, found: list[Diagnostic]) -> Iterator[Alarm]:
    """Yield an alarm, as several where it would look at more metrics than CloudWatch takes.

    The highest of all is over a threshold where that of a part is; of a sum, or of what is usual, there are no parts.
    """
    if whole.looked_at <= ALARM_METRICS:
        yield whole
        return
    token, together = whole.metric.each or ("", "")
    if together != "MAX" or whole.comparison not in (">", ">="):
        fact = f"an alarm on '{whole.metric.word}' of {whole.component.label} would look at {whole.looked_at} metrics;"
        remedy = "Ask whether it is above something (`> …`): that is split. Or have fewer of them."
        found.append(error("LF0606", whole.path, f"{fact} CloudWatch takes {ALARM_METRICS}.", remedy))
        return
    component, values = whole.component, whole.component.tokens[token]
    for number, first in enumerate(range(0, len(values), ALARM_METRICS), 1):
        part = replace(component, tokens={**component.tokens, token: values[first : first + ALARM_METRICS]})
        name = whole.name if number == 1 else fit(f"{whole.name}-part-{number}", ALARM)
        yield replace(whole, name=name, component=part)


def _defaults(plan: Plan, component: Component) -> Iterator[Alarm]:
    for default in DEFAULTS.get(component.kind, ()):
        metric = component.metrics.get(default.word)
        threshold = _threshold(component, default)
        if metric and threshold is not None:
            yield Alarm(
                name=_name(plan, component, default.word),
                component=component,
                metric=metric,
                statistic=metric.statistic,
                comparison=default.comparison,
                threshold=threshold,
                sigmas=0,
                seconds=default.seconds,
                reason=default.reason,
                tell=listeners(plan),
                path=component.path,
            )


def _threshold(component: Component, default: Default) -> float | None:
    if not default.fact:
        return default.threshold
    fact = component.facts.get(default.fact)
    return None if fact is None else default.threshold * fact


def _own(plan: Plan, entry: str, spec: AlarmSpec, component: Component, metric: Metric, condition: Condition) -> Alarm:
    return Alarm(
        name=_name(plan, component, entry),
        component=component,
        metric=metric,
        statistic=condition.statistic or metric.statistic,
        comparison=condition.comparison,
        threshold=in_base(metric.quantity, condition) if condition.comparison else 0,
        sigmas=condition.sigmas,
        seconds=condition.seconds,
        reason=spec.when,
        tell=tuple(sorted(set(spec.tell))) or listeners(plan),
        path=("monitor", "alarms", entry),
    )


def _replace(plan: Plan, said: Said, component: Component, metric: Metric, condition: Condition) -> None:
    """Take away the default alarm in whose place another is put; beside a band it stays."""
    if condition.comparison or condition.never:
        place = component.region, _name(plan, component, metric.word)
        if place in said and said[place].path == component.path:
            del said[place]


def _name(plan: Plan, component: Component, what: str) -> str:
    return physical(plan, component.slug, what.replace(" ", "-"), limit=ALARM)


def _condition(path: Path, spec: AlarmSpec, found: list[Diagnostic]) -> Condition | None:
    try:
        return parse(spec.when)
    except TextError as problem:
        found.append(_said("LF0661", path, problem))
        return None


def _said(code: str, path: Path, problem: TextError) -> Diagnostic:
    remedy = f"{problem.remedy[:1].upper()}{problem.remedy[1:]}."
    told = error(code, (*path, "when"), f"{problem.fact}.", remedy)
    return replace(told, within=(problem.start, problem.end))


def _named(
    plan: Plan, path: Path, label: str, everything: Sequence[Component], found: list[Diagnostic]
) -> Iterator[Component]:
    """Yield the components of that label, one in each region that has it, or say that there is none."""
    named = [component for component in everything if component.label == label]
    section, _, entry = label.partition(".")
    if not named and not {(section, entry), (section, "")} & plan.broken:
        found.append(unknown("LF0203", path, "component", label, sorted({c.label for c in everything})))
    yield from named


def _metric(path: Path, condition: Condition, component: Component, found: list[Diagnostic]) -> Metric | None:
    """Return the metric that a word means for a component, or list those that it has."""
    word, has = condition.word, component.metrics
    if word.text in has:
        return has[word.text]
    fact = f"{component.label} has no metric '{word.text}'"
    close = nearest(word.text, has)
    listed = f"It has {', '.join(sorted(has))}" if has else "It publishes none"
    remedy = f"Did you mean '{close[0]}'? {listed}" if close else listed
    found.append(_said("LF0662", path, TextError(fact, remedy, word.start, word.end)))
    return None


def _fits(path: Path, condition: Condition, metric: Metric, has: Mapping[str, Metric], found: list[Diagnostic]) -> bool:
    """Tell whether unit, statistic and time fit the metric; else say what does not."""
    try:
        _check(condition, metric)
    except TextError as problem:
        found.append(_said("LF0662", path, _share_meant(condition, problem, has)))
        return False
    return True


def _share_meant(condition: Condition, problem: TextError, has: Mapping[str, Metric]) -> TextError:
    """Say the word for a share, where a count is compared with one: `errors > 5%` means the rate of errors."""
    unit, rate = condition.unit, SHARES.get(condition.word.text, "")
    if not unit or unit.text != "%" or rate not in has:
        return problem
    counts = problem.remedy.removeprefix("write ")
    remedy = f"write `{rate} {condition.comparison} {condition.value:g}%`, or a count: {counts}"
    return TextError(problem.fact, remedy, problem.start, problem.end)


def _check(condition: Condition, metric: Metric) -> None:
    word, time = condition.word, condition.time
    if condition.never:
        return
    if metric.searched:
        fact = f"'{word.text}' of a job goes by a name that nobody knows before the job starts"
        raise TextError(fact, "it stands on the dashboard; an alarm can be on `errors`", word.start, word.end)
    if condition.comparison:
        in_base(metric.quantity, condition)
    if condition.statistic.startswith("p") and not metric.percentiles:
        fact = f"AWS publishes '{word.text}' without percentiles"
        raise TextError(fact, "leave the statistic out, or write `average` or `maximum`", 0, word.end)
    if condition.statistic and metric.formula:
        raise TextError(f"'{word.text}' is reckoned from several metrics", "leave the statistic out", 0, word.end)
    assert time is not None
    if metric.period == DAY and (condition.seconds % DAY or condition.seconds > MOST_DAILY_SECONDS):
        raise TextError(f"'{word.text}' is published once a day", "write `for 1d` up to `for 7d`", time.start, time.end)
    if metric.period < DAY and condition.seconds > MOST_SECONDS:
        raise TextError(f"an alarm looks back a day at most, not {time.text}", "write `for 1d`", time.start, time.end)
    if condition.seconds > 3600 and condition.seconds % 300 and metric.period < DAY:
        raise TextError(
            f"over an hour, {time.text} is counted in steps of five minutes", "round it", time.start, time.end
        )
