"""The bank: a watch's detectors. `fit` makes it from a reference, `update` takes events and gives alarms.

No input or output, no clock, no randomness. The same events give the same alarms, however they are cut into blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

from landform_agent.block import Block, Losses
from landform_agent.engine.alarms import Alarm
from landform_agent.engine.beside import Beside
from landform_agent.engine.cell import CellProfile
from landform_agent.engine.learning import Learning, Stretch
from landform_agent.engine.reference import LEAST_ROWS, TooFewRowsError, learn_reference
from landform_agent.engine.settings import Settings
from landform_agent.engine.sight import Sight, sight
from landform_agent.engine.slices import Line, Slice
from landform_agent.engine.state import OtherVersionError, pack, unpack
from landform_agent.engine.version import LossRows, Rows, Version

STEP = 4_096
"""Events that are looked at in one go: how many changes nothing but how long it takes."""

_VERSIONS = 4
"""Model versions that are watched side by side; the one that learnt first goes when one more has learnt."""

_LEARNING = 2
"""Model versions that learn at the same time; the one that began first goes when one more begins."""


@dataclass(frozen=True)
class Update:
    """What came of a block: alarms in order, figures of now, and the slices that are full."""

    alarms: tuple[Alarm, ...]
    metrics: Mapping[str, float]
    slices: tuple[Slice, ...] = ()


def fit(reference: Block, settings: Settings) -> Bank:
    """Learn the reference and set the thresholds for the budget. Raises `TooFewRowsError`."""
    bank = Bank(settings)
    version = Version(reference.version, learn_reference(reference, settings), settings)
    bank.versions[version.name] = version
    if settings.labels:
        version.teach(_losses(version, reference.losses, reference))
        if version.knows_losses(LEAST_ROWS):
            version.learn_losses()
    return bank


class Bank:
    """The detectors of one watch and where they stand: for each model version those of the whole and of segments.

    Events of a version that is not known yet teach it, and meanwhile count for the features of the version that learnt
    last; so do events of an unknown version (the empty name, where no such version was fitted).
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.versions: dict[str, Version] = {}
        self.learning: dict[str, Learning] = {}
        self._given: dict[str, bytes] = {}
        self._sealed: dict[str, tuple[Stretch, bytes]] = {}

    @property
    def serving(self) -> Version:
        """The version that learnt last."""
        return list(self.versions.values())[-1]

    def update(self, block: Block) -> Update:
        """Take events, in the order of their `seq`; what does not fill a block of ten waits for the next."""
        alarms: list[Alarm] = []
        self._tell_learning(block)
        known = block.version in self.versions
        if len(block) > STEP and (known or not block.version):
            # Nobody learns, so one version takes all of it; it is encoded at once, which costs less than in parts.
            rows = (self.versions[block.version] if known else self.serving).encode(block, known)
            for start in range(0, len(block), STEP):
                alarms += self._feed(block.slice(start, start + STEP), known, rows.between(start, start + STEP))
            return Update(tuple(alarms), self._metrics(), self._slices())
        for start in range(0, max(len(block), 1), STEP):
            alarms += self._chunk(block if len(block) <= STEP else block.slice(start, start + STEP))
        return Update(tuple(alarms), self._metrics(), self._slices())

    def _tell_learning(self, block: Block) -> None:
        """Batches of versions that learn end with others' too."""
        if len(block.ends):
            nothing = replace(block.slice(0, 0), ends=block.ends)
            for name in self.learning.keys() - {block.version}:
                self.learning[name] = self.learning[name].take(nothing, self.settings)[0]

    def _chunk(self, block: Block) -> list[Alarm]:
        known = block.version in self.versions
        if known or not block.version:
            return self._feed(block, known)
        alarms: list[Alarm] = []
        used, left = self._learn(block)
        alarms += self._feed(used, False)
        if left is not None:
            alarms += self._adopt(used)
            alarms += self._feed(left, block.version in self.versions)
        return alarms

    def _feed(self, block: Block, known: bool, rows: Rows | None = None) -> list[Alarm]:
        if not len(block) and not len(block.ends):
            return []
        version = self.versions[block.version] if known else self.serving
        losses = _by_version(block.losses, block.version if known else "")
        own = losses.pop(version.name, Losses())
        alarms = version.feed(version.encode(block, known) if rows is None else rows, _losses(version, own, block))
        others = self.versions.keys() - {version.name} if len(block.ends) else losses.keys() & self.versions.keys()
        nothing = replace(block.slice(0, 0), ends=block.ends)
        for name in sorted(others):
            other = self.versions[name]
            alarms += other.feed(other.encode(nothing, True), _losses(other, losses.get(name, Losses()), block))
        return sorted(alarms, key=lambda alarm: alarm.seq)

    def _learn(self, block: Block) -> tuple[Block, Block | None]:
        """The events up to the one with which the version has learnt, and those after it; None if it has not."""
        began = self.learning.pop(block.version, None)
        if began is None and len(self.learning) == _LEARNING:
            del self.learning[next(iter(self.learning))]
        now, used = (began or Learning()).take(block, self.settings)
        self.learning[block.version] = now
        if used is None:
            return block, None
        return block.parted(used)

    def _adopt(self, last: Block) -> list[Alarm]:
        """The version's own reference counts from here on. One that supports no budget begins to learn anew."""
        name = last.version
        learnt = self.learning.pop(name).block()
        segments = self.serving.reference.segments if self.settings.segments else None
        try:
            version = Version(name, learn_reference(learnt, self.settings, segments), self.settings)
        except TooFewRowsError:
            return []
        end = last if len(last) else learnt
        seq, at = int(end.seq[-1]), float(end.at[-1])
        alarms = [alarm for old in self.versions.values() for alarm in old.clear(seq, at)]
        if len(self.versions) == _VERSIONS:
            del self.versions[next(iter(self.versions))]
        self.versions[name] = version
        return alarms

    def _slices(self) -> tuple[Slice, ...]:
        slices = tuple(self.serving.slices)
        for version in self.versions.values():
            version.slices.clear()
        return slices

    def lines(self) -> tuple[Line, ...]:
        """What the levels of slices mean, in their order within each lane."""
        return self.serving.lines()

    def trace(self, reference: Block) -> tuple[Slice, ...]:
        """The slices of features and prediction over a reference. The bank stays as it was."""
        fresh = Version(reference.version, self.serving.reference, self.settings)
        fresh.feed(fresh.encode(reference, False), LossRows.none())
        return tuple(one for one in fresh.slices if one.lane in ("data", "prediction"))

    def _metrics(self) -> dict[str, float]:
        versions = self.versions.values()
        return {
            "events": float(sum(version.events for version in versions)),
            "standing": float(sum(sum(version.standing.values()) for version in versions)),
            "versions": float(len(self.versions)),
            "learning": float(len(self.learning)),
            "cells": float(sum(len(version.reference.cells) for version in versions)),
            "widened": max((version.widened for version in versions), default=1.0),
        }

    def report(self) -> dict[str, dict[str, Sight]]:
        """What the serving version's whole can see: for each feature and kind, see `Sight`."""
        return sight(self.serving)

    def segments(self) -> tuple[str, ...]:
        """The segments that the serving version watches by themselves too, the most frequent first."""
        return self.serving.reference.segments

    def beside(self) -> Beside:
        """What counts rows from elsewhere beside the serving version's reference. The bank stays as it was."""
        return Beside(self.serving)

    def reference(self, segment: str | None = None) -> CellProfile:
        """What a cell of the serving version learnt."""
        return self.serving.cell(self.serving.reference.names().index(segment)).profile

    def dumps(self) -> bytes:
        """Everything the bank knows as bytes of a versioned form, the same however the events came."""
        return pack(self._parts(canonical=True))

    def changes(self) -> dict[str, bytes | None]:
        """The parts of the state that changed since the last call; None for one that is gone.

        A state that is written often so stays cheap: mostly the codes of the last events, of a few kilobytes.
        """
        now = self._parts(canonical=False)
        changed: dict[str, bytes | None] = {
            name: data for name, data in now.items() if self._given.get(name) is not data
        }
        changed |= dict.fromkeys(self._given.keys() - now.keys())
        self._given = now
        return changed

    def _parts(self, canonical: bool) -> dict[str, bytes]:
        parts: dict[str, bytes] = {}
        for name, version in self.versions.items():
            parts |= {f"version/{_safe(name)}/{part}": data for part, data in version.parts(canonical).items()}
        sealed: dict[str, tuple[Stretch, bytes]] = {}
        for name, learning in self.learning.items():
            for place, stretch in learning.parts().items():
                key = f"learning/{_safe(name)}/{place}"
                known = self._sealed.get(key)
                sealed[key] = known if known and known[0] is stretch else (stretch, pack(stretch))
        self._sealed = sealed
        parts |= {key: data for key, (_, data) in sealed.items()}
        told = {name: replace(learning, stretches=()) for name, learning in self.learning.items()}
        index = pack((list(self.versions), told))
        parts["bank"] = self._given["bank"] if self._given.get("bank") == index else index
        return parts

    @staticmethod
    def loads(data: bytes, settings: Settings) -> Bank:
        """The bank that `dumps` wrote. Raises `OtherVersionError` where this engine cannot read it."""
        bank = Bank.of(unpack(data, dict[str, bytes]), settings)
        # Nobody was given its parts yet.
        bank._given = {}
        return bank

    @staticmethod
    def of(parts: Mapping[str, bytes], settings: Settings) -> Bank:
        """The bank whose parts these are. Raises `OtherVersionError` where this engine cannot read them."""
        if "bank" not in parts:
            raise OtherVersionError("the state lacks its list of versions: fit the watch again")
        names, learning = unpack(parts["bank"], tuple[list[str], dict[str, Learning]])
        bank = Bank(settings)
        for name in names:
            prefix = f"version/{_safe(name)}/"
            own = {key[len(prefix) :]: data for key, data in parts.items() if key.startswith(prefix)}
            bank.versions[name] = Version.of(name, own, settings)
        for name, one in learning.items():
            prefix = f"learning/{_safe(name)}/"
            places = sorted(int(key[len(prefix) :]) for key in parts if key.startswith(prefix))
            kept = tuple(unpack(parts[f"{prefix}{place}"], Stretch) for place in places)
            bank.learning[name] = replace(one, stretches=kept)
            for place, stretch in zip(places, kept, strict=True):
                bank._sealed[f"{prefix}{place}"] = (stretch, parts[f"{prefix}{place}"])
        bank._given = dict(parts)
        return bank


def _safe(name: str) -> str:
    """A version's name as one step of a path; names come with the events."""
    return quote(name, safe="")


def _by_version(losses: Losses, version: str) -> dict[str, Losses]:
    """Losses by the model version of their own event; the block's where they do not say."""
    if losses.version is None or not len(losses.loss):
        return {version: losses}
    return {name: losses.where(losses.version == name) for name in dict.fromkeys(losses.version.tolist())}


def _losses(version: Version, losses: Losses, block: Block) -> LossRows:
    return version.losses(losses, block.seq, block.at, block.ends)
