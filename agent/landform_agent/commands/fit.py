"""`landform-agent fit`: learn the reference."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from rich.console import Console

from landform_agent import commands, history
from landform_agent.cadence import FEWEST
from landform_agent.commands.run import sink
from landform_agent.commands.terminal import Terminal
from landform_agent.config import Config
from landform_agent.engines import Fitted
from landform_agent.formats.rows import Schema
from landform_agent.kept import bank_of, save
from landform_agent.learning import Learning
from landform_agent.limits import LEAST_SEGMENT
from landform_agent.pipeline import Outcome, Pipeline
from landform_agent.reading import InputError, decode, infer, rejected
from landform_agent.report.sight import blind, sight, typical
from landform_agent.report.words import listed
from landform_agent.store import Store, lock
from landform_agent.watch import Candidate


def run(config: Config, options: argparse.Namespace) -> int:
    """Learn from the baseline; into a new state as its reference, into one that stands as a candidate."""
    path = commands.state_path(config)
    schema = infer(config, options.baseline)
    with Store(path) as store:
        # A running agent keeps the columns from its beginning on, before it has learnt.
        standing = store.kept("schema") is not None
        if standing:
            schema = commands.fitted_schema(config, store)
            # A candidate in a state that no agent of this version takes would lie there for ever.
            bank_of(store, commands.engine(options.engine, config, schema))
        pipeline, outcome = _learn(config, options, schema)
        bank = pipeline.bank
        assert isinstance(bank, Fitted)
        rows = len(pipeline.learning)
        if standing:
            generation = _offer(store, bank, rows)
            print(
                f"Candidate {generation} from {rows} rows lies in {path}; a running agent takes it with its next batch."
            )
        else:
            _begin(config, path, store, schema, pipeline, outcome)
            print(f"A reference of {rows} rows lies in {path}.")
    if config.cadence == "batch":
        count = pipeline.learning.batches
        print(
            f"It came in {count} batches of {rows / count:,.0f} rows on average; each is compared whole when it ends."
        )
    # Events without times come at no rate.
    timed = pipeline.intake.mark.last is not None
    _tell(bank, config, bank.rate if timed else None)
    return 0


def _learn(config: Config, options: argparse.Namespace, schema: Schema) -> tuple[Pipeline, Outcome]:
    """The pipeline behind the baseline, and all that came of it."""
    engine = commands.engine(options.engine, config, schema)
    batches = FEWEST if config.cadence == "batch" else 0
    pipeline = Pipeline(engine, commands.intake(config, schema), None, Learning(np.inf, batches=batches))
    whole, reason = Outcome(), ""
    for decoded in decode(options.baseline, schema, options.batch):
        outcome = pipeline.feed(decoded)
        whole.alarms += outcome.alarms
        reason = reason or next((reject.reason for reject in decoded.rejects), "")
        whole.idents = np.concatenate([whole.idents, outcome.idents])
        # What waits for labels is written whole; that anything does is enough to know.
        whole.arrivals = outcome.arrivals or whole.arrivals
    counts = pipeline.intake.counts
    if not len(pipeline.learning):
        raise InputError(f"{options.baseline[0]}: no event could be read{rejected(counts['rejected'], reason)}")
    if counts["rejected"]:
        print(f"{counts['rejected']} lines of the baseline were rejected.", file=sys.stderr)
    pipeline.fit(whole)
    for sentence in pipeline.lacks:
        print(sentence, file=sys.stderr)
    lived = pipeline.learning.seasons(config.season)
    if lived < 2:
        print(
            f"The baseline lasts {lived:.2g} seasons; two are needed to tell the season from a change. "
            "Until a longer one is fitted, its phases are guessed from what there is.",
            file=sys.stderr,
        )
    return pipeline, whole


def _begin(config: Config, path: Path, store: Store, schema: Schema, pipeline: Pipeline, outcome: Outcome) -> None:
    """A new state, past the lock of a running agent."""
    alarms = [commands.describe(config, alarm) for alarm in outcome.alarms]
    with lock(path), store.write():
        rows = str(len(pipeline.learning)).encode()
        store.keep({"schema": commands.keep_schema(schema), "reference rows": rows, "generation": b"1"})
        history.record(store, outcome.slices, alarms)
        save(store, pipeline, outcome)
        for one in config.sinks if alarms else ():
            to = sink(config, one)
            if to.carries == "alarms":
                store.post(to.name, [msgspec.json.encode(alarm) for alarm in alarms])


def _offer(store: Store, bank: Fitted, rows: int) -> int:
    """Put a candidate in the state; its generation."""
    with store.write():
        # What a watch learnt by itself is its first.
        before = int(store.kept("generation") or (1 if store.kept("bank") else 0))
        generation = before + 1
        candidate = msgspec.msgpack.encode(Candidate(generation, rows, bank.dumps()))
        store.keep({"candidate": candidate, "generation": str(generation).encode()})
    return generation


def _tell(bank: Fitted, config: Config, rate: float | None) -> None:
    """What this watch can see; `rate` is in events a second."""
    terminal, seen = Terminal(Console()), bank.report()
    terminal.say("The smallest change that is found four times of five, and how soon one of twice that size is:")
    terminal.table(sight(seen))
    for sentence in (typical(seen, rate), *blind(seen), *_apart(bank.segments(), config)):
        terminal.say(sentence)


def _apart(segments: Sequence[str], config: Config) -> Iterator[str]:
    """Which segments have rows enough; for what a small one does nobody is told."""
    if config.segments is None:
        return
    by, least = config.segments.by, f"{max(config.segments.min_rows, LEAST_SEGMENT)} rows"
    if segments:
        yield f"Watched by themselves too, with {least} each: {listed(segments, 10)}; all else is `other`."
    else:
        yield f"No value of {by} has {least}: none is watched by itself."
