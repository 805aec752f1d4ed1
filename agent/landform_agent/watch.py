"""The loop: what the source has is decoded, judged and committed in one transaction; then sinks drain the outbox."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from landform_agent import history
from landform_agent.engines import PARTS
from landform_agent.formats.rows import Decoded
from landform_agent.health import Health
from landform_agent.kept import save
from landform_agent.lines import Run, runs
from landform_agent.pipeline import Engine, Outcome, Pipeline
from landform_agent.quarantine import Quarantine
from landform_agent.silence import Silence
from landform_agent.sinks import DeliveryError, Sink
from landform_agent.sources import GoneError, Opened, Source, SourceError
from landform_agent.store import Entry, Store

# Lines in one transaction: enough to make the cost of a commit vanish, few enough for memory.
BATCH: Final = 10_000
POLL_SECONDS: Final = 0.5
# Events that trickle share a commit: a source that gave less than 3 % of a batch is left alone for so long.
# What a commit costs hardly depends on how many they are: 1,000 events at ten a second take five or six.
GATHER: Final = 20.0
# How long an object that was read is known again: a queue keeps what it tells for at most 14 days
# (docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html, read November 2026).
KNOWN: Final = 15 * 86_400.0
MINUTE: Final = 60.0
_BREATH: Final = 5.0
# An idle source is asked so seldom that asking takes less than a hundredth of a core, however many files it has.
_SHARE: Final = 150
_LONGEST_WAIT: Final = 60.0

if TYPE_CHECKING:
    from landform_agent.snapshots import Snapshots

log = logging.getLogger("landform_agent")

Describe = Callable[[Any], dict[str, object]]


class Candidate(msgspec.Struct, frozen=True):
    """A reference that a later `fit` made: the so-manieth of the watch."""

    generation: int
    rows: int
    bank: bytes


class Position(msgspec.Struct, frozen=True):
    """How far the order is worked off: a stretch, and an offset in it; offset -1 is its end."""

    entry: int = 0
    offset: int = -1


class Watch:
    """A running watch. Everything that it knows is in the state; after a failure it is made anew from there."""

    def __init__(
        self,
        store: Store,
        source: Source,
        engine: Engine,
        pipeline: Pipeline,
        sinks: Sequence[Sink],
        quarantine: Quarantine,
        health: Health,
        describe: Describe,
        silence: Silence,
        snapshots: Snapshots | None = None,
        batch: int = BATCH,
        clock: Callable[[], float] = time.time,
        woken: threading.Event | None = None,
    ) -> None:
        """`woken` is set where a pause is to end, also by whoever sets what stops the watch."""
        self._store, self._source, self._engine, self._pipeline = store, source, engine, pipeline
        self._sinks, self._quarantine, self._health, self._describe = sinks, quarantine, health, describe
        self._silence, self._snapshots = silence, snapshots
        self._batch, self._clock, self._woken = batch, clock, woken
        kept = store.kept("position")
        self._position = msgspec.msgpack.decode(kept, type=Position) if kept else Position()
        self._retry = dict.fromkeys((sink.name for sink in sinks), (0.0, 1.0))
        self._told = 0.0
        # Of the minute before: lines that were read, and rejects.
        self._before = (0, 0)
        self._armed: tuple[object, float] = (None, 0.0)
        self._lines = 0
        # A candidate that was taken, and what is noted of it: its generation and the first event it judges.
        self._adopted: tuple[bytes, bytes] | None = None
        self._metrics: dict[str, float] = {}
        quarantine.start(store)
        for sink in sinks:
            sink.start(store)
        self._publish()

    def run(self, stop: threading.Event, until_idle: float | None = None) -> None:
        """Go on until told to stop; or until nothing came for so many seconds and all is delivered or refused."""
        idle_since = self._clock()
        while not stop.is_set():
            began, lines = time.thread_time(), self._lines
            try:
                news = self._source.poll(self._store)
                asked = time.thread_time() - began
                processed = self.process(stop)
            except SourceError as failure:
                log.error("the source cannot be asked", extra={"reason": str(failure)})
                news, processed, asked = False, False, _BREATH / _SHARE
            self._chores()
            if news or processed:
                idle_since = self._clock()
                self._silence.noticed(idle_since)
                pause = GATHER if processed and self._lines - lines < 0.03 * self._batch else 0.0
            elif until_idle is not None and self._clock() - idle_since >= until_idle:
                break
            else:
                self._unheard()
                pause = min(max(POLL_SECONDS, _SHARE * asked), _LONGEST_WAIT)
            pause = min(pause, self._retry_in())
            (self._woken or stop).wait(pause if until_idle is None else min(pause, until_idle))
            if self._woken:
                self._woken.clear()
        self.deliver()

    def process(self, stop: threading.Event) -> bool:
        """Work off the order as far as it goes; whether there was anything to do."""
        worked = False
        while not stop.is_set() and (entry := self._next()):
            worked = True
            self._health.busy = True
            offset = self._position.offset if self._position.entry == entry.position else entry.start
            try:
                with self._source.open(self._store, entry, offset) as opened:
                    self._stretch(entry, opened, offset, stop)
            except GoneError as gone:
                log.error("gone before it was read", extra={"object": str(gone)})
                self._pipeline.intake.counts["lost"] += 1
                self._commit(entry, Outcome(), Position(entry.position), None)
        self._health.busy = False
        return worked

    def _next(self) -> Entry | None:
        done = self._position.entry if self._position.offset < 0 else self._position.entry - 1
        return self._store.after(done)

    def _stretch(self, entry: Entry, opened: Opened, offset: int, stop: threading.Event) -> None:
        line, done = opened.line, False
        for run in runs(opened.stream, offset, entry.stop, self._batch, opened.decoder.max_line):
            self._adopt()
            decoded = opened.decoder.decode(run.lines, line)
            done = run.stop >= entry.stop
            decoded = _with(decoded, run, done and opened.whole)
            outcome = self._feed(decoded, np.inf if entry.horizon is None else entry.horizon)
            outcome.alarms += self._silence.heard(self._clock(), self._pipeline.intake.seq - 1)
            length = self._quarantine.append(entry.object, line, run.lines, decoded.rejects)
            self._commit(entry, outcome, Position(entry.position, -1 if done else run.stop), length)
            line += len(run.lines)
            self._lines += len(run.lines)
            self._chores()
            if stop.is_set():
                return
        if not done:
            # The object is shorter than it was.
            self._commit(entry, Outcome(), Position(entry.position), None)

    def _feed(self, decoded: Decoded, horizon: float) -> Outcome:
        pipeline = self._pipeline
        learns, reason = pipeline.bank is None, pipeline.learning.reason
        outcome = pipeline.feed(decoded, horizon)
        if learns and pipeline.bank is not None:
            log.info("learnt the reference", extra={"rows": len(pipeline.learning), "seq": pipeline.intake.seq})
            for sentence in pipeline.lacks:
                log.warning("the reference lacks something", extra={"reason": sentence})
        elif pipeline.learning.reason != reason:
            log.warning("goes on learning", extra={"reason": pipeline.learning.reason})
        return outcome

    def _adopt(self) -> None:
        """Take the candidate of a later `fit`; the next commit notes it."""
        candidate = self._store.kept("candidate")
        if candidate is not None:
            fitted = msgspec.msgpack.decode(candidate, type=Candidate)
            self._pipeline.bank = self._engine.loads(fitted.bank)
            note = {"generation": fitted.generation, "rows": fitted.rows, "seq": self._pipeline.intake.seq}
            self._adopted = candidate, msgspec.json.encode(note)
            log.info("adopted the reference of a later fit", extra=note)

    def _commit(self, entry: Entry, outcome: Outcome, position: Position, rejected: int | None) -> None:
        store = self._store
        with store.write():
            if self._adopted is not None:
                store.drop(list(store.kept_under(PARTS)))
                store.forget("candidate", self._adopted[0])
                store.log("adopted", self._adopted[1])
                store.keep({"reference rows": str(msgspec.json.decode(self._adopted[1])["rows"]).encode()})
                store.clear_log("learning")
                store.drop_slices()
            save(store, self._pipeline, outcome)
            store.keep({"position": msgspec.msgpack.encode(position)})
            self._tell(outcome)
            if rejected is not None:
                store.set_length(self._quarantine.name, rejected)
            if position.offset < 0:
                store.drop_body(entry.position)
        self._adopted = None
        self._position = position
        self._metrics |= outcome.metrics
        self._health.committed = self._clock()
        self._health.blocked = ""
        self._publish()

    def _tell(self, outcome: Outcome) -> None:
        """Put alarms where sinks and the report find them, with what is kept of the silence, within a transaction."""
        alarms = [self._describe(alarm) for alarm in outcome.alarms]
        bodies = [msgspec.json.encode(alarm) for alarm in alarms]
        history.record(self._store, outcome.slices, alarms)
        self._store.keep({"silence": self._silence.dumps()})
        for sink in self._sinks:
            if sink.carries == "alarms":
                self._store.post(sink.name, bodies)

    def _unheard(self) -> None:
        intake = self._pipeline.intake
        alarms = self._silence.unheard(self._clock(), intake.seq - 1, intake.version)
        if alarms:
            log.warning("nothing is read any more", extra={"since_seq": intake.seq})
            intake.counts["alarms"] += len(alarms)
            with self._store.write():
                self._tell(Outcome(alarms=alarms))
            self.deliver()

    def _chores(self) -> None:
        self.deliver()
        self._minute()
        if self._snapshots:
            self._snapshots.tick(self._store)

    def deliver(self) -> None:
        """Drain the outbox; a sink that fails is asked again later, at first after a second, at last every minute."""
        for sink in self._sinks:
            at, wait = self._retry[sink.name]
            if self._clock() < at:
                continue
            try:
                while sink.deliver(self._store):
                    pass
                self._retry[sink.name] = (0.0, 1.0)
                self._health.sinks_down = {k: v for k, v in self._health.sinks_down.items() if k != sink.name}
            except DeliveryError as failure:
                self._retry[sink.name] = (self._clock() + wait, min(2 * wait, _LONGEST_WAIT))
                self._health.sinks_down = {**self._health.sinks_down, sink.name: str(failure)}
                log.error("a sink is down", extra={"sink": sink.name, "reason": str(failure), "again_in": wait})

    def _retry_in(self) -> float:
        """Seconds until a sink that failed is asked again."""
        return max(0.0, min((at - self._clock() for at, _ in self._retry.values() if at), default=_LONGEST_WAIT))

    def _publish(self) -> None:
        late = int(self._store.kept("late") or 0)
        self._health.counts = {**self._pipeline.intake.counts, "late": late}
        self._health.gauges = {**self._health.gauges, **self._metrics, **self._figures()}

    def _figures(self) -> dict[str, float]:
        """What can be told after each commit."""
        intake, bank = self._pipeline.intake, self._pipeline.bank
        if self._armed[0] is not bank:
            self._armed = bank, float(sum(map(len, bank.report().values()))) if bank else 0.0
        judged, absent = intake.counts["labels_judged"], intake.counts["labels_absent"]
        return {
            "seq": float(intake.seq),
            "armed": self._armed[1],
            **({} if bank else {"learning": 1.0}),
            "event_age_seconds": max(0.0, self._clock() - intake.at) if intake.seq else 0.0,
            "label_coverage": judged / (judged + absent) if judged + absent else 0.0,
            **(intake.waiting.figures() if intake.waiting else {}),
        }

    def _minute(self) -> None:
        now = self._clock()
        if now - self._told < MINUTE:
            return
        self._told = now
        counts = self._pipeline.intake.counts
        lines = counts["accepted"] + counts["rejected"] + counts["duplicates"], counts["rejected"]
        read, rejected = lines[0] - self._before[0], lines[1] - self._before[1]
        self._before = lines
        self._health.gauges = {
            **self._health.gauges,
            **self._figures(),
            "reject_share": rejected / read if read else 0.0,
            "outbox": float(self._store.unsent()),
            "outbox_age_seconds": self._store.unsent_age(),
            "outbox_aside": float(self._store.aside()),
        }
        body = msgspec.json.encode({"at": now, "figures": self._health.figures()})
        with self._store.write():
            # Written even where nobody takes metrics: so a disk that was full is found to have room again.
            self._store.keep({"minute": str(now).encode()})
            self._store.prune(self._position.entry, KNOWN)
            for sink in self._sinks:
                if sink.carries == "metrics":
                    self._store.post(sink.name, [body])
        self._health.blocked = ""


def _with(decoded: Decoded, run: Run, ended: bool) -> Decoded:
    """What was decoded, with the lines that were too long to read, and whether a file ends with it."""
    if not run.rejects and not ended:
        return decoded
    rejects = tuple(sorted((*decoded.rejects, *run.rejects)))
    return Decoded(decoded.rows, decoded.labels, rejects, decoded.extra, ended)
