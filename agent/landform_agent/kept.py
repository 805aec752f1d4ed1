"""A pipeline in the state: what it takes to go on after any crash as if there had been none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from landform_agent import learning
from landform_agent.engines import PARTS
from landform_agent.identity import GENERATION, GENERATIONS
from landform_agent.intake import Intake, Mark
from landform_agent.labels import Arrivals, Waiting
from landform_agent.learning import Learning
from landform_agent.pipeline import Bank, Engine, Outcome, Pipeline
from landform_agent.store import Store

# Of the log of predictions and labels: it is summed up when it has so many entries, or more bytes than its sum and
# than a megabyte.
_ENTRIES: Final = 2_000
_BYTES: Final = 1 << 20


def restore(store: Store, engine: Engine, intake_of: Callable[[Mark], Intake], beginnings: Learning) -> Pipeline:
    """What the state holds; without a reference yet, what was learnt of it."""
    bank, mark = bank_of(store, engine), store.kept("intake")
    intake = intake_of(msgspec.msgpack.decode(mark, type=Mark) if mark else Mark())
    first, idents = store.seen()
    intake.seen.count = first
    for start in range(0, len(idents), GENERATION):
        intake.seen.add(idents[start : start + GENERATION])
    if intake.waiting is not None:
        _wait_again(store, intake.waiting)
    if bank is None:
        beginnings.rows = float(store.kept("learning rows") or beginnings.rows)
        for body in store.logged("learning"):
            beginnings.take(learning.loads(body))
    shape, cadence = engine.shape(store.kept("shape")), engine.cadence(store.kept("cadence"))
    return Pipeline(engine, intake, bank, beginnings, shape, cadence)


def bank_of(store: Store, engine: Engine) -> Bank | None:
    """The bank that the state holds."""
    held = store.kept("bank")
    return None if held is None else engine.of(held, store.kept_under(PARTS))


def _wait_again(store: Store, waiting: Waiting) -> None:
    for number, body in enumerate(store.logged("pending")):
        if number:
            waiting.take(Arrivals.loads(body))
        else:
            waiting.restore(body)
    # These were counted when they came.
    waiting.counts.clear()


def save(store: Store, pipeline: Pipeline, outcome: Outcome) -> None:
    """Put a pipeline in the state after what came of a run of lines, within a transaction."""
    if pipeline.bank is not None:
        changes = pipeline.bank.changes()
        store.keep({name: data for name, data in changes.items() if data is not None})
        store.drop([name for name, data in changes.items() if data is None])
    store.keep({"intake": msgspec.msgpack.encode(pipeline.intake.mark), "shape": pipeline.shape.dumps()})
    if pipeline.cadence is not None:
        store.keep({"cadence": pipeline.cadence.dumps()})
    _save_learning(store, pipeline, outcome)
    if pipeline.intake.waiting is not None and outcome.arrivals is not None:
        _save_waiting(store, pipeline.intake.waiting, outcome.arrivals)
    idents = outcome.idents
    seen_before = pipeline.intake.seen.count - len(idents)
    while len(idents):
        room = GENERATION - seen_before % GENERATION
        store.add_seen(seen_before, idents[:room])
        seen_before += min(room, len(idents))
        idents = idents[room:]
        if seen_before % GENERATION == 0:
            store.merge_seen(seen_before - GENERATION * GENERATIONS, seen_before - GENERATION, seen_before)


def _save_learning(store: Store, pipeline: Pipeline, outcome: Outcome) -> None:
    if pipeline.bank is not None:
        if outcome.learnt:
            store.keep({"reference rows": str(len(pipeline.learning)).encode()})
            store.clear_log("learning")
        return
    if pipeline.learning.reason:
        store.keep({"learning rows": str(pipeline.learning.rows).encode()})
    for block in outcome.learnt:
        store.log("learning", learning.dumps(block))


def _save_waiting(store: Store, waiting: Waiting, arrivals: Arrivals) -> None:
    base, *entries = store.log_sizes("pending") or [0]
    if not base or len(entries) >= _ENTRIES or sum(entries) > max(_BYTES, base):
        store.clear_log("pending")
        store.log("pending", waiting.dumps())
    else:
        store.log("pending", arrivals.dumps())
