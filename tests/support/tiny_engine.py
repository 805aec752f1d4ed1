"""An engine for tests of what surrounds the engine: its alarms give away every lost, repeated or reordered event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

import msgspec
import numpy as np

from landform_agent.block import Block
from landform_agent.engine.settings import Settings
from landform_agent.learning import join

EVERY = 100


@dataclass(frozen=True)
class Alarm:
    id: str
    seq: int
    at: float
    state: str = "raised"


@dataclass(frozen=True)
class Update:
    alarms: tuple[Alarm, ...]
    metrics: Mapping[str, float]
    slices: tuple[()] = ()


class Bank:
    """After every hundred events an alarm whose id is a hash over all events so far."""

    def __init__(self, digest: bytes, carried: bytes, count: int) -> None:
        self._digest, self._carried, self._count = digest, carried, count

    def update(self, block: Block) -> Update:
        alarms = []
        for i in range(len(block)):
            self._carried += _event(block, i)
            self._count += 1
            if self._count % EVERY == 0:
                self._digest = blake2b(self._digest + self._carried, digest_size=16).digest()
                self._carried = b""
                alarms.append(Alarm(self._digest.hex(), int(block.seq[i]), float(block.at[i])))
        return Update(tuple(alarms), {"events": float(self._count)})

    def dumps(self) -> bytes:
        return msgspec.msgpack.encode((self._digest, self._carried, self._count))

    def report(self) -> dict[str, dict[str, dict[str, float]]]:
        return {}

    def lines(self) -> tuple[()]:
        return ()

    def segments(self) -> tuple[()]:
        return ()

    def trace(self, reference: Block) -> tuple[()]:
        return ()

    def changes(self) -> dict[str, bytes | None]:
        return {"all": self.dumps()}

    @classmethod
    def of(cls, parts: Mapping[str, bytes], settings: Settings) -> Bank:
        return cls.loads(parts["all"], settings)

    @classmethod
    def loads(cls, data: bytes, settings: Settings) -> Bank:
        return cls(*msgspec.msgpack.decode(data, type=tuple[bytes, bytes, int]))


def _event(block: Block, i: int) -> bytes:
    values = [column[i].tobytes() for column in block.numeric.values()]
    values += [repr(column[i]).encode() for column in block.categorical.values()]
    due = block.losses.loss[block.losses.after_seq == block.seq[i]]
    prediction = b"" if block.prediction is None else block.prediction[i].tobytes()
    own = (block.seq[i].tobytes(), block.at[i].tobytes(), block.ident[i].tobytes(), prediction, due.tobytes())
    return b"".join((*own, *values, block.version.encode()))


def fit(reference: Block, settings: Settings) -> Bank:
    whole = join([reference])
    digest = blake2b(b"".join(_event(whole, i) for i in range(len(whole))), digest_size=16).digest()
    return Bank(digest + np.int64(len(whole)).tobytes(), b"", 0)
