"""The engine with what a watch tells it: budget and season in its terms, and the rate of the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec
import numpy as np

from landform_agent import pipeline
from landform_agent.block import Block
from landform_agent.cadence import Cadence
from landform_agent.config import Config
from landform_agent.engine import OtherVersionError, Season, Segments, Settings, TooFewRowsError
from landform_agent.formats.rows import Schema
from landform_agent.lacking import lacking
from landform_agent.pipeline import Update
from landform_agent.reading import TooFewError
from landform_agent.shape import Shape
from landform_agent.store import RefusedError

# A bank is kept in parts, so that a commit writes what changed.
PARTS: Final = "bank/"


class Module(Protocol):
    """What `landform_agent.engine` offers."""

    @property
    def Bank(self) -> Any: ...  # noqa: D102, N802

    def fit(self, reference: Block, settings: Settings) -> pipeline.Bank: ...  # noqa: D102


class _Held(msgspec.Struct):
    rate: float
    labels: bool
    bank: bytes = b""


class Fitted:
    """A bank, the traffic's rate (events a second) that its budget was reckoned with, and whether it knew labels."""

    def __init__(self, bank: pipeline.Bank, rate: float, labels: bool) -> None:
        self.bank, self.rate, self.labels = bank, rate, labels

    def update(self, block: Block) -> Update:
        """As the bank does."""
        return self.bank.update(block)

    def report(self) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
        """What the bank can see: for each feature and kind the smallest change, and its delay in events."""
        return self.bank.report()

    def lines(self) -> Sequence[Any]:
        """What the levels of slices mean."""
        return self.bank.lines()

    def trace(self, reference: Block) -> Sequence[Any]:
        """The slices of a reference."""
        return self.bank.trace(reference)

    def beside(self) -> Any:
        """What counts rows from elsewhere beside the reference."""
        return self.bank.beside()

    def segments(self) -> Sequence[str]:
        """The segments that are watched by themselves too, the most frequent first."""
        return self.bank.segments()

    def dumps(self) -> bytes:
        """The bank and its rate."""
        return msgspec.msgpack.encode(_Held(self.rate, self.labels, self.bank.dumps()))

    def changes(self) -> dict[str, bytes | None]:
        """What changed of it since the last call, by the names that `Bound.of` wants; None for what is gone."""
        parts = {f"{PARTS}{name}": data for name, data in self.bank.changes().items()}
        return {"bank": msgspec.msgpack.encode(_Held(self.rate, self.labels)), **parts}


class Bound:
    """An engine that knows the configuration."""

    def __init__(self, module: Module, config: Config, schema: Schema) -> None:
        self._module, self._config, self._schema = module, config, schema

    def fit(self, reference: Block) -> Fitted:
        """A bank for the watch from its reference."""
        batches = self._config.cadence == "batch"
        span = float(np.ptp(reference.at) if batches else reference.at[-1] - reference.at[0])
        # A long reference is thinned out: its numbers tell how many events it stands for.
        rate = float(reference.seq[-1] - reference.seq[0] + 1) / span if span > 0 else 1.0
        labels = self._config.labels is not None or len(reference.losses.loss) > 0
        try:
            return Fitted(self._module.fit(reference, self.settings(rate, labels)), rate, labels)
        except TooFewRowsError as failure:
            raise TooFewError(str(failure)) from failure

    def lacks(self, reference: Block) -> list[str]:
        """What of the watch no event of the reference has."""
        return lacking(reference, self._config.false_alarms.each.unit == "seconds")

    def loads(self, data: bytes) -> Fitted:
        """The bank of `dumps`; all of it counts as changed."""
        return self._made(data, lambda held, settings: self._module.Bank.loads(held.bank, settings))

    def of(self, data: bytes, parts: Mapping[str, bytes]) -> Fitted:
        """The bank of `changes`: what stood under `bank`, and what stood under names that begin with `PARTS`."""
        own = {name.removeprefix(PARTS): part for name, part in parts.items()}
        return self._made(data, lambda _, settings: self._module.Bank.of(own, settings))

    def _made(self, data: bytes, bank: Callable[[_Held, Settings], pipeline.Bank]) -> Fitted:
        try:
            held = msgspec.msgpack.decode(data, type=_Held)
            return Fitted(bank(held, self.settings(held.rate, held.labels)), held.rate, held.labels)
        except (OtherVersionError, msgspec.DecodeError) as failure:
            raise RefusedError(f"a reference that this agent cannot read ({failure})") from failure

    def shape(self, kept: bytes | None = None) -> Shape:
        """The eye on the form of lines."""
        return Shape(self.settings(1.0, False), kept)

    def cadence(self, kept: bytes | None = None) -> Cadence | None:
        """What tells where batches end; None where events are a stream."""
        return Cadence(kept) if self._config.cadence == "batch" else None

    def settings(self, rate: float, labels: bool) -> Settings:
        """What the engine is told; a budget for a time becomes one for events at this rate."""
        config, schema = self._config, self._schema
        each = config.false_alarms.each
        events = each.amount if each.unit == "events" else each.amount * rate
        features = dict.fromkeys(schema.numeric, "numeric") | dict.fromkeys(schema.categorical, "categorical")
        known, cut, span = config.features or {}, config.segments, config.reference(2)[1]
        return Settings(
            features=features,  # type: ignore[arg-type]
            watch=config.watch,
            model=config.of or config.watch,
            region=config.region,
            false_alarms=config.false_alarms.count / events,
            prediction=schema.prediction,
            labels=labels,
            remind=config.remind,
            season=Season(config.season.amount, config.season.unit) if config.season else None,
            segments=Segments(cut.by, cut.max, cut.min_rows) if cut else None,
            baseline_rows=config.baseline.rows,
            baseline_span=Season(span, "seconds") if span else None,
            sensitive=frozenset(name for name, feature in known.items() if feature.hidden),
            batches=config.cadence == "batch",
        )
