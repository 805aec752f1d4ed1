"""`landform-agent replay`: the same engine over recorded files."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from rich.console import Console

from landform_agent import commands, history
from landform_agent.commands.report import show
from landform_agent.commands.terminal import Terminal
from landform_agent.config import Config
from landform_agent.engines import Fitted
from landform_agent.formats.rows import Schema
from landform_agent.kept import restore
from landform_agent.pipeline import Pipeline
from landform_agent.reading import InputError, decode, infer, rejected
from landform_agent.report.gather import gather
from landform_agent.report.page import write
from landform_agent.report.story import tell
from landform_agent.store import Store


def run(config: Config, options: argparse.Namespace) -> int:
    """Judge the files; with the state's reference where one was fitted, else with their own beginning."""
    terminal = Terminal(Console())
    with _scratch() as scratch:
        pipeline, schema = _pipeline(config, options, scratch)
        before = Counter(pipeline.intake.counts)
        reason = _judge(config, options, pipeline, schema, scratch, terminal)
        bank, counts = pipeline.bank, pipeline.intake.counts
        if not isinstance(bank, Fitted):
            asked = f"{counts['accepted']} events are no reference; baseline.rows asks for {config.baseline.rows}"
            raise InputError((pipeline.learning.reason or asked) + rejected(counts["rejected"], reason))
        for sentence in pipeline.lacks:
            print(sentence, file=sys.stderr)
        if before["accepted"] and config.state:
            print(_goes_on(config.state.path, counts - before), file=sys.stderr)
        counts = counts - before
        read = (
            f"{counts['accepted']:,} events, {counts['rejected']:,} lines rejected, {counts['duplicates']:,} duplicates"
        )
        terminal.say(f"{read}: {terminal.found()}, in {options.alarms}")
        if options.report:
            story = tell(gather(config, scratch, bank, pipeline.intake.mark))
            write(story, options.report)
            terminal.say(f"{story.verdict} The report is {options.report}")
            show(options.report, options.open)
    return 0


def _judge(
    config: Config, options: argparse.Namespace, pipeline: Pipeline, schema: Schema, scratch: Store, terminal: Terminal
) -> str:
    """Judge every line; why the first one that was rejected was."""
    reason = ""
    size = sum(path.stat().st_size for path in options.files)
    with options.alarms.open("wb") as out, terminal.progress(size) as done:
        for decoded in decode(options.files, schema, options.batch, done):
            outcome = pipeline.feed(decoded)
            alarms = [commands.describe(config, alarm) for alarm in outcome.alarms]
            for alarm in alarms:
                out.write(msgspec.json.encode(alarm) + b"\n")
                terminal.alarm(alarm)
            if options.report:
                with scratch.write():
                    history.record(scratch, outcome.slices, alarms)
            reason = reason or next((reject.reason for reject in decoded.rejects), "")
    return reason


def _goes_on(path: str, counts: Counter[str]) -> str:
    """From where a replay was judged that began with a state."""
    known = (
        f" {counts['duplicates']:,} events are in it already and were not judged again; to judge them anew, replay "
        "with another `state.path`."
        if counts["duplicates"]
        else ""
    )
    return f"Goes on from the state in {path}, which stays as it is.{known}"


@contextmanager
def _scratch() -> Iterator[Store]:
    """A store for the report's sake, which goes with the replay."""
    with TemporaryDirectory() as folder, Store(Path(folder) / "replay.sqlite") as store:
        yield store


def _pipeline(config: Config, options: argparse.Namespace, scratch: Store) -> tuple[Pipeline, Schema]:
    path = Path(config.state.path) if config.state else None
    if path and path.exists():
        with Store(path) as store:
            if store.kept("bank"):
                schema = commands.fitted_schema(config, store)
                engine = commands.engine(options.engine, config, schema)
                with scratch.write():
                    history.copy(store, scratch)
                intake_of = partial(commands.intake, config, schema)
                return restore(store, engine, intake_of, commands.learning(config)), schema
    schema = infer(config, options.files)
    if config.features is None:
        print(f"numeric: {', '.join(schema.numeric) or 'none'}\ncategorical: {', '.join(schema.categorical) or 'none'}")
    engine = commands.engine(options.engine, config, schema)
    # A recording is short: what it begins with has to do, unless the configuration asks for a span.
    return Pipeline(engine, commands.intake(config, schema), None, commands.learning(config, 0)), schema
