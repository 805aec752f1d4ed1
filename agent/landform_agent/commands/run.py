"""`landform-agent run`: watch a source for ever, or until it is idle."""

from __future__ import annotations

import argparse
import gc
import logging
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from landform_agent import commands, logs
from landform_agent import config as config_module
from landform_agent.config import Config, ConfigError
from landform_agent.formats.rows import Schema
from landform_agent.health import Health
from landform_agent.kept import bank_of, restore
from landform_agent.quarantine import Quarantine
from landform_agent.reading import schema_of
from landform_agent.serve import serving
from landform_agent.silence import Silence
from landform_agent.sinks import Sink, local
from landform_agent.sources import Source
from landform_agent.sources.files import Files
from landform_agent.sources.push import Push
from landform_agent.store import Store, lock, no_room
from landform_agent.watch import Watch

if TYPE_CHECKING:
    from landform_agent.snapshots import Snapshots

log = logging.getLogger("landform_agent")
_BREATH = 5.0
# New containers before cycles are looked for. Rows go by their counts of references; with Python's 700 a look came
# several times in each thousand of them, and took a seventh of the time of decoding.
_CYCLES = 50_000


def run(config: Config, options: argparse.Namespace) -> int:
    """Be the one writer of the state until told to stop."""
    path = commands.state_path(config)
    logs.set_up()
    gc.set_threshold(_CYCLES)
    stop, woken = threading.Event(), threading.Event()

    def end(*_: object) -> None:
        stop.set()
        woken.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    health = Health(config.stale)
    with lock(path), ExitStack() as open_while_running:
        snapshots = _snapshots(config)
        if snapshots:
            _own(snapshots, path, partial(_readable, config, options.engine))
        schema = _schema(config, path)
        events = _events(config, schema, path, woken.set)
        source = _with_truth(config, schema, events)
        if config.listen:
            inlet = events if isinstance(events, Push) else None
            open_while_running.enter_context(serving(config.listen, health, config.watch, inlet))
        while not _until_full(config, options, source, schema, health, stop, woken, snapshots):
            stop.wait(_BREATH)
    log.info("stopped", extra={"counts": dict(health.counts)})
    return 0


def _snapshots(config: Config) -> Snapshots | None:
    state = config.state
    if state is None or state.snapshots is None:
        return None
    from landform_agent.snapshots import Snapshots

    return Snapshots(state.snapshots, config.watch, config.region, state.every)


def _own(snapshots: Snapshots, path: Path, readable: Callable[[Path], None]) -> None:
    if not path.exists():
        snapshots.restore(path, readable)
        return
    with Store(path) as store:
        snapshots.check(store)


def _readable(config: Config, engine: str, path: Path) -> None:
    """`StateError` where this agent cannot go on from a state."""
    with Store(path, fresh=False) as store:
        if store.kept("schema") is not None:
            bank_of(store, commands.engine(engine, config, commands.fitted_schema(config, store)))


def _schema(config: Config, path: Path) -> Schema:
    """The columns of the state; a new state learns, where the configuration names its columns."""
    with Store(path, fresh=config.features is not None) as store:
        if store.kept("schema") is None and config.features is not None:
            with store.write():
                store.keep({"schema": commands.keep_schema(schema_of(config))})
        return commands.fitted_schema(config, store)


def _until_full(
    config: Config,
    options: argparse.Namespace,
    source: Source,
    schema: Schema,
    health: Health,
    stop: threading.Event,
    woken: threading.Event,
    snapshots: Snapshots | None,
) -> bool:
    """Watch; False where the disk is full. What was in memory then is ahead of the state, so it is given up."""
    path = commands.state_path(config)
    try:
        with Store(path, fresh=False) as store:
            engine = commands.engine(options.engine, config, schema)
            beginnings = commands.learning(config)
            pipeline = restore(store, engine, partial(commands.intake, config, schema), beginnings)
            watch = Watch(
                store,
                source,
                engine,
                pipeline,
                [sink(config, one) for one in config.sinks],
                Quarantine(Path(f"{path}.rejected.jsonl"), config.keep_raw),
                health,
                partial(commands.describe, config),
                Silence(engine.settings(1.0, False), config.stale, store.kept("silence"), time.time()),
                snapshots,
                options.batch,
                woken=woken,
            )
            told = {"watch": config.watch, "seq": pipeline.intake.seq, "learning": pipeline.bank is None}
            log.info("watching", extra=told)
            watch.run(stop, options.until_idle)
            if snapshots:
                snapshots.last(store)
            return True
    except (sqlite3.OperationalError, OSError) as failure:
        if not no_room(failure):
            raise
        health.blocked = "the disk takes nothing"
        log.error("the disk takes nothing: nothing is taken in until it does", extra={"reason": str(failure)})
        return stop.is_set()


def _with_truth(config: Config, schema: Schema, events: Source) -> Source:
    if config.labels is None or config.labels.bucket is None:
        return events
    from landform_agent.sources.truth import TruthObjects, WithTruth

    truth = TruthObjects(config.labels.bucket, config.labels.prefix, config.region, schema)
    return WithTruth(events, truth, getattr(config.source, "slice", None))


def _events(config: Config, schema: Schema, path: Path, wake: Callable[[], None]) -> Source:
    # boto3 takes a third of a second to import: only watches that need it pay.
    match config.source:
        case config_module.Http() as own:
            return Push(path, schema, own.pending, wake)
        case config_module.Capture() as own:
            from landform_agent.sources.capture import CaptureSource
            from landform_agent.sources.shifts import Parameter

            source = CaptureSource(own.bucket, own.prefix, own.queue, own.slice, own.wait, config.region, schema)
            source.shifts = Parameter(own.shifts, config.region) if own.shifts else None
            return source
        case config_module.Kinesis() as own:
            from landform_agent.sources.kinesis import KinesisSource

            return KinesisSource(own.stream, own.start, config.region, schema)
        case config_module.Files() as own:
            return Files(own.path, own.settle, schema, whole=config.cadence == "batch")
        case None:
            raise ConfigError("source: say where events come from, such as `source: {kind: files, path: in/*.jsonl}`")


def sink(config: Config, own: object) -> Sink:
    """The sink that a part of the configuration describes."""
    match own:
        case config_module.FileSink():
            return local.FileSink(Path(own.path))
        case config_module.EventBridge():
            from landform_agent.sinks.eventbridge import EventBridgeSink

            return EventBridgeSink(own.bus, config.region)
        case config_module.CloudWatch():
            from landform_agent.sinks.cloudwatch import CloudWatchSink

            return CloudWatchSink(own.namespace, config.watch, config.region)
        case _:
            return local.LogSink()
