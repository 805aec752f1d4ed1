"""What a watch looks at and whom it tells; and its loop, step by step with the ways out of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landform.diagnostics import Path, dotted
from landform.emit.loop.retraining import APPROVAL_SECONDS
from landform.emit.loop.steps.assemble import HELD_OUT
from landform.emit.loop.steps.ledger import MOST_FAILURES
from landform.lower.loop import LONGEST, PATIENCE, QUEUED, longest_run
from landform.passes.grant_loop import loops, served_in
from landform.passes.resolve.loop import Retrained, old_rows
from landform.plan import Batch, DriftWatch, Job, Plan, Store
from landform.spec.condition import in_words
from landform.spec.drift import PAGED, RETRAINABLE


def parts(plan: Plan, path: Path) -> tuple[Path, ...]:
    """Return the paths of what an entry is made of: a watch is one with its loop."""
    return (path, *(own.loop.path for own in plan.drift if own.path == path and own.loop))


def watch(plan: Plan, path: Path) -> dict[str, Any] | None:
    """Return what a watch looks at, whom it tells, and its loop; None of what is no watch. Times are in seconds."""
    own = next((own for own in plan.drift if path in parts(plan, own.path)), None)
    if own is None:
        return None
    labels = own.labels
    return {
        "of": own.of,
        "share": own.share,
        "captured": _under(own.captured, own.captured_under),
        "labels": labels and {"of": _under(labels.bucket, labels.prefix), "lag": labels.lag},
        "false_alarms": own.watch.false_alarms,
        "bus": own.bus,
        "tells": list(own.tell),
        "loop": next((_loop(plan, each, job) for each, job in loops(plan) if each is own), None),
    }


def _loop(plan: Plan, own: DriftWatch, job: Retrained) -> dict[str, Any]:
    loop, labels = own.loop, own.labels
    assert loop is not None
    assert labels is not None
    return {
        "path": loop.path,
        "retrain": loop.retrain,
        "machines": {"retrain": loop.machine, "deploy": loop.deployer},
        "kinds": {
            "retrain": list(loop.on),
            "page": list(PAGED),
            "tell": [kind for kind in RETRAINABLE if kind not in loop.on],
        },
        "rest": loop.rest,
        "attempts": MOST_FAILURES,
        "min_labelled": loop.min_labelled,
        "labels_within": 2 * labels.lag + PATIENCE,
        "held_out": HELD_OUT,
        "accept": str(loop.accept),
        "approve": "manual" if loop.manual else None,
        "canary": {"percent": loop.deploy.percent, "seconds": loop.deploy.seconds},
        "regions": [each.region for each in served_in(plan, own)],
        "steps": [*_before(own, labels.lag), *_trained(own, job), *_after(plan, own)],
    }


def _before(own: DriftWatch, lag: int) -> Iterator[dict[str, Any]]:
    """Yield what happens until there are rows to learn from."""
    loop, labels = own.loop, own.labels
    assert loop is not None
    assert labels is not None
    idle = [kind for kind in RETRAINABLE if kind not in loop.on]
    yield _step(
        "alarm",
        f"{_listed(loop.on, 'or')} of what {own.of} is asked or answers",
        [],
        *([_way("told", f"{_listed(idle, 'or')} is not in `on`: nothing starts")] if idle else []),
    )
    yield _step(
        "admitted",
        f"one run at a time, {_time(loop.rest)} of rest after each; one alarm waits for its end",
        ["Admit", "Rest"],
        _way("page", f"{_listed(PAGED, 'or')}: nothing is trained on broken data"),
        _way("over", "it came twice, another one waits already, no alarm stands any more, or the loop has stopped"),
    )
    when = f"{_time(lag)} after the event" if lag else "final as soon as they come"
    yield _step(
        "labels",
        f"{loop.min_labelled:,} labelled rows since the change; {_under(labels.bucket, labels.prefix)}, {when}",
        ["Count", "Await labels"],
        _way("unlabelled", f"fewer after {_time(2 * lag + PATIENCE)}: nothing is trained"),
    )


def _trained(own: DriftWatch, job: Retrained) -> Iterator[dict[str, Any]]:
    """Yield how a challenger comes about, and is judged."""
    loop, old = own.loop, old_rows(job)
    assert loop is not None
    assert old is not None
    longest = longest_run(job)
    where, states, late = _on_its_platform(job)
    yield _step(
        "gather",
        f"old rows ({_under(old.store, old.prefix or '')}) and new ones; the newest {HELD_OUT:.0%} are kept back",
        ["Gather"],
        _way("broken", "other columns or types than the old rows, or too much missing"),
    )
    yield _step(
        "train",
        f"{loop.retrain} on {where}, for at most {_time(longest)}",
        states,
        _way("failed", f"the job fails, or is not done {_time(longest + QUEUED)} after it was asked for{late}"),
    )
    yield _step(
        "judge",
        f"{loop.accept}, with 95% certainty, on the rows kept back",
        ["Challenge", "Answer", "Evaluate"],
        _way("rejected", "it is not: the champion stays"),
    )
    if loop.manual:
        within = _time(APPROVAL_SECONDS)
        yield _step(
            "approve",
            f"{own.tell[0]} lets it in",
            ["Approve"],
            _way("rejected", f"refused, or not answered within {within}: the champion stays"),
        )


def _on_its_platform(job: Retrained) -> tuple[str, list[str], str]:
    """Return on what a training runs, the states that start and follow it, and what becomes of one that is late."""
    if isinstance(job, Job):
        return f"SageMaker, {job.spec.instance}", ["Request", "Train"], ""
    first, *others = (kind.name for kind in job.types)
    machine = f"{first} or another of {len(others) + 1} types" if others else first
    nodes = f"{job.spec.nodes} x {machine}" if job.spec.nodes > 1 else machine  # type: ignore[union-attr]
    if isinstance(job, Batch):
        return f"AWS Batch, {nodes}", ["Train"], ""
    return f"its fleet, {nodes}", ["Train", "Await training", "Follow", "Stop training"], ": its nodes are told to stop"


def _after(plan: Plan, own: DriftWatch) -> Iterator[dict[str, Any]]:
    """Yield what becomes of a challenger that is better."""
    loop, served = own.loop, served_in(plan, own)
    assert loop is not None
    canary, settled = loop.deploy, _time(loop.deploy.seconds + LONGEST)
    back = "the endpoint goes back by an alarm, or has not settled" + (" in a region" if served[1:] else "")
    yield _step("register", f"a package of {served[0].packages}: figures, data, alarm", ["Register"])
    yield _step(
        "deploy",
        f"canary {canary.percent}% for {_time(canary.seconds)} in {', then '.join(each.region for each in served)}",
        ["Deploy"],
        _way("failed", f"{back} after {settled}: who is told reads what serves there"),
    )
    told = f"{_listed(own.tell, 'and')} told; " if own.tell else ""
    yield _step("learn", f"{told}the watch learns anew what is usual, on {own.watch.baseline.rows:,} rows", ["Settle"])


def _step(name: str, says: str, states: list[str], *ways: dict[str, str]) -> dict[str, Any]:
    """A step, with the states of the machine that do it, and the ways out of it."""
    return {"name": name, "says": says, "states": states, "ways_out": list(ways)}


def _way(way: str, when: str) -> dict[str, str]:
    return {"way": way, "when": when}


def _under(store: Store, prefix: str) -> str:
    """Say where something lies: in a store of the spec, or in a bucket of the system's own."""
    name = dotted(store.path) if store.path[0] == "data" else store.name
    return f"{name} under {prefix}" if prefix else name


def _listed(words: Any, last: str) -> str:
    """Return words as a sentence has them: ``a, b or c``."""
    *most, end = list(words) or [""]
    return f"{', '.join(most)} {last} {end}" if most else end


def _time(seconds: int) -> str:
    """Return a time as a spec has it, of several days in days: ``65m``, ``36h``, ``28d 1h``."""
    days, rest = divmod(seconds, 86_400)
    if days < 2:
        return in_words("time", 1000 * seconds)
    return f"{days}d {_time(rest)}" if rest else f"{days}d"
